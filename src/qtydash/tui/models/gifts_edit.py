"""What typing ``+3``, ``-4`` or ``=10`` on a gift, or on the marked ones, would do: read, weighed, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from qtydash.domain.change_words import edit_words
from qtydash.domain.changes import Intent, Kind
from qtydash.domain.edits import whole_number
from qtydash.domain.gifts import UNLIMITED, Gift, objection, stock_intent
from qtydash.domain.snapshot import plural
from qtydash.tui.bindings import KEYS
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.change_states import offline_words
from qtydash.tui.models.gifts import UnderWay
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

SIGNS = ("+", "-", "=")
"""What begins an edit."""
HOW = "+3 adds, -4 takes away, =10 sets."
_NAMED = 3


@dataclass(frozen=True, slots=True)
class StockEdit:
    """What is wanted: a change by ``amount`` pieces, or a stock of ``amount``, by its kind."""

    kind: Kind
    amount: int


class NothingTyped(ValueError):
    """There is a sign at most, no number yet."""


def stock_edit(typed: str) -> StockEdit:
    """Read ``+3``, ``-4`` or ``=10``. Raises ``NothingTyped``, and ``ValueError`` with a sentence.

    >>> stock_edit("=10").amount
    10
    """
    text = typed.strip()
    sign, number = text[:1], text[1:].strip()
    if not number and (not sign or sign in SIGNS):
        raise NothingTyped(HOW)
    if sign not in SIGNS:
        raise ValueError(f"Begin with what to do: {HOW}")
    if number[0] == "+" or (number[0] == "-" and sign != "="):
        raise ValueError(f"One sign is enough: {HOW}")
    if sign == "=":
        return StockEdit(Kind.GIFT_SET, whole_number(number))
    return StockEdit(Kind.GIFT_ADJUST, whole_number(sign + number))


LONGEST = 16
"""Characters that can be typed; the longest edit has nine."""


@dataclass(frozen=True, slots=True)
class Typing:
    """An edit that is being typed for the gifts with these ``ids``."""

    text: str
    ids: tuple[str, ...]

    def with_text(self, more: str) -> "Typing":
        """With what was typed or pasted at its end; what would not fit is not taken at all."""
        text = self.text + more
        return self if len(text) > LONGEST else replace(self, text=text)

    def without_last(self) -> "Typing":
        """Without its last character."""
        return replace(self, text=self.text[:-1])


@dataclass(frozen=True, slots=True)
class Desk:
    """What an edit is weighed against.

    ``locked`` says why nothing can be changed from here, "" when it can; ``hidden`` counts the gifts to edit that
    the filter hides; ``seen_at`` is when the quantities were read.
    """

    under_way: UnderWay
    languages: Sequence[str]
    glyphs: Glyphs
    now: datetime
    seen_at: datetime
    locked: str = ""
    offline: bool = False
    hidden: int = 0
    keys: Mapping[str, str] = field(default_factory=lambda: KEYS)


@dataclass(frozen=True, slots=True)
class Offer:
    """What enter would do with what is typed.

    ``what`` and ``change`` stand beside it, ``notes`` below. Without ``intents`` it is ``refused``, unless
    ``unstages`` names a target whose edit enter takes back. ``told`` is said once it is done, where the screen
    does not show it.
    """

    what: str
    change: Part
    notes: Sequence[Line]
    intents: tuple[Intent, ...] = ()
    unstages: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One gift under an edit: ``after`` is what it would become, ``refusal`` says why it cannot."""

    gift: Gift
    intent: Intent
    after: int
    refusal: str = ""
    below_zero: bool = False


def offer(typed: str, gifts: Sequence[Gift], desk: Desk) -> Offer:
    """What ``typed`` would do to ``gifts``: the one under the cursor, or those that are marked."""
    what = gifts[0].label(desk.languages) if len(gifts) == 1 else plural(len(gifts), "marked gift")
    if desk.locked:
        return _refused(what, desk.locked)
    try:
        edit = stock_edit(typed)
    except NothingTyped as nothing:
        return _waiting(what, gifts, desk, str(nothing))
    except ValueError as error:
        return _refused(what, str(error))
    weighed = [_weigh(gift, edit, desk) for gift in gifts]
    return _for_one(what, weighed[0], desk) if len(gifts) == 1 else _for_several(what, edit, weighed, desk)


def gone(count: int) -> Offer:
    """The gifts that were to be edited are not in the list any more."""
    return _refused(plural(count, "gift"), "Not in the list any more: the vendor does not tell of it.")


def _refused(what: str, why: str, change: Part | None = None) -> Offer:
    return Offer(what, change or Part(""), [[Part(why, "$text-error")], [Part("Escape leaves.", "$text-muted")]])


def _waiting(what: str, gifts: Sequence[Gift], desk: Desk, how: str) -> Offer:
    """Nothing is typed yet. On a staged row that may mean: not after all."""
    if len(gifts) == 1:
        gift = gifts[0]
        if refusal := _kept(gift, desk):
            return _refused(what, refusal)
        if (staged := desk.under_way.edit(gift)) is not None:
            note = f"{_staged_words(staged)} Enter without a number takes it back. {how}"
            return Offer(what, Part(""), [[Part(note, "$text-muted")]], unstages=staged.target)
    return Offer(what, Part(""), [[Part(how, "$text-muted"), Part(" Escape leaves.", "$text-muted")]])


def _weigh(gift: Gift, edit: StockEdit, desk: Desk) -> _Weighed:
    intent = stock_intent(
        gift, edit.kind, edit.amount, gift.label(desk.languages), now=desk.now, seen_at=desk.seen_at
    )
    expected = intent.expected({"quantity": gift.quantity})
    told = _Weighed(gift, intent, expected["quantity"])
    if refusal := _kept(gift, desk):
        return replace(told, refusal=refusal)
    if told.after == gift.quantity:
        same = "It would change nothing." if edit.kind is Kind.GIFT_ADJUST else f"It is {gift.quantity} already."
        return replace(told, refusal=same)
    found = objection(intent, expected)
    return replace(told, refusal=found.refusal, below_zero=bool(found.question))


def _kept(gift: Gift, desk: Desk) -> str:
    """Why a gift cannot be changed whatever is typed, "" when it can."""
    if gift.unlimited:
        return UNLIMITED
    if desk.under_way.state(gift) is not None:
        return (
            "A change of it has no known outcome yet, so nobody can tell what this one would come on top of. "
            "5 Changes says what to do."
        )
    return ""


def _for_one(what: str, weighed: _Weighed, desk: Desk) -> Offer:
    difference = weighed.after - weighed.gift.quantity
    words = f"{weighed.gift.quantity} {desk.glyphs.becomes} {weighed.after} ({difference:+d})"
    if weighed.refusal:
        return _refused(what, weighed.refusal, Part("" if weighed.gift.unlimited else words, "$text-error"))
    notes: list[Line] = []
    if weighed.below_zero:
        notes.append([Part("Below zero: the review will ask whether you mean it.", "$text-warning")])
    if (staged := desk.under_way.edit(weighed.gift)) is not None:
        notes.append([Part(f"{_staged_words(staged)} This takes its place.", "$text-warning")])
    notes.append(_ending(desk))
    style = "bold $text-warning" if weighed.below_zero else "bold $text-accent"
    return Offer(
        what, Part(words, style), notes, (weighed.intent,), told=offline_words(desk.keys) if desk.offline else ""
    )


def _for_several(what: str, edit: StockEdit, weighed: Sequence[_Weighed], desk: Desk) -> Offer:
    taken = [one for one in weighed if not one.refusal]
    refused = [one for one in weighed if one.refusal]
    each = edit_words(weighed[0].intent)
    change = f"{each} each" if edit.kind is Kind.GIFT_ADJUST else each
    skipped = _skipped(refused, desk)
    if not taken:
        return Offer(
            what, Part(change, "$text-error"), [[Part(f"None of them can be changed. {skipped}", "$text-error")]]
        )
    shown = ", ".join(f"{one.gift.quantity} {desk.glyphs.becomes} {one.after}" for one in taken[:_NAMED])
    notes: list[Line] = [[Part(f"{shown}{_more(taken)}", "$text-accent")]]
    if below := sum(one.below_zero for one in taken):
        notes.append([Part(f"{below} would be below zero: the review will ask.", "$text-warning")])
    if replaced := sum(desk.under_way.edit(one.gift) is not None for one in taken):
        notes.append([Part(f"In place of {plural(replaced, 'edit')} staged before.", "$text-warning")])
    if refused:
        notes.append([Part(skipped, "$text-warning")])
    if desk.hidden:
        notes.append([Part(f"{desk.hidden} of them are not shown: the filter hides them.", "$text-warning")])
    notes.append(_ending(desk))
    told = f"Staged {each} for {plural(len(taken), 'gift')}."
    told = " ".join(filter(None, (told, skipped, offline_words(desk.keys) if desk.offline else "")))
    return Offer(what, Part(change, "bold $text-accent"), notes, tuple(one.intent for one in taken), told=told)


def _skipped(refused: Sequence[_Weighed], desk: Desk) -> str:
    """Which of the marked gifts are left out, by name, with the reason; "" when none is."""
    if not refused:
        return ""
    reasons = Counter(one.refusal for one in refused)
    told = []
    for reason in reasons:
        of_reason = [one for one in refused if one.refusal == reason]
        names = ", ".join(one.gift.label(desk.languages) for one in of_reason[:_NAMED])
        told.append(f"{names}{_more(of_reason)}: {reason[0].lower()}{reason[1:]}")
    return f"Skipped: {' '.join(told)}"


def _more(found: Sequence[_Weighed]) -> str:
    return f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""


def _staged_words(staged: Intent) -> str:
    return f"{edit_words(staged)} is staged."


def _ending(desk: Desk) -> Line:
    if desk.offline:
        return [Part(offline_words(desk.keys), "$text-warning")]
    return [Part("Enter stages it, escape leaves.", "$text-muted")]
