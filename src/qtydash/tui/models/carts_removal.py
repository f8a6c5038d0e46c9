"""What is being removed from a cart's gift selections, and what removing as many as are typed would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qtydash.domain.cart_removal import all_open, open_before, open_pieces, removal_quantity
from qtydash.domain.cart_words import check_words
from qtydash.domain.carts import Cart, GiftSelection, selections
from qtydash.domain.change_words import STATE_WORDS, edit_words
from qtydash.domain.changes import IN_DOUBT, ChangeRecord, Intent, Kind, State
from qtydash.domain.gates import Gate
from qtydash.domain.snapshot import plural
from qtydash.tui.bindings import KEYS
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.change_states import under_way_words
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.grid_model import Cell
from qtydash.tui.widgets.words import Line

WHAT_IT_DOES = "It takes away what is promised and not chosen yet. What is in the cart stays in the cart."


def look_there(keys: Mapping[str, str]) -> str:
    """Where a removal in doubt is told about."""
    return f"{keys['pane.changes']} Changes says what to do."


_HOW: Line = [Part("Enter stages it, escape leaves.", "$text-muted")]
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Removal:
    """What is being removed from one cart: ``edit`` is staged, the outcome of ``change`` is not known yet."""

    edit: Intent | None = None
    change: ChangeRecord | None = None

    def taken(self, selection: GiftSelection) -> int:
        """Pieces that what is staged is to take from ``selection``."""
        if self.edit is None or not _is_of(self.edit, selection):
            return 0
        return open_pieces(selection) if self.edit.kind is Kind.CART_REMOVE_ALL else self.edit.amount or 0

    def state(self, selection: GiftSelection) -> State | None:
        """How far the removal of ``selection`` is whose outcome is not known yet."""
        record = self.change
        if record is None or not _is_of(record.change.intent, selection):
            return None
        of_all = record.change.intent.kind is Kind.CART_REMOVE_ALL
        return record.state if not of_all or open_before(record.change.before, selection.key) else None

    @property
    def in_doubt(self) -> bool:
        """Whether a removal may or may not have been made."""
        return self.change is not None and self.change.state in IN_DOUBT


@dataclass(frozen=True, slots=True)
class Removals:
    """The same for every cart of the profile, by the changes' targets."""

    staged: Mapping[str, Intent] = field(default_factory=dict)
    unsettled: Mapping[str, ChangeRecord] = field(default_factory=dict)

    def of(self, target: str) -> Removal:
        return Removal(self.staged.get(target), self.unsettled.get(target))

    @property
    def in_doubt(self) -> frozenset[str]:
        """The targets whose removal may or may not have been made."""
        return frozenset(target for target, record in self.unsettled.items() if record.state in IN_DOUBT)


def _is_of(intent: Intent, selection: GiftSelection) -> bool:
    if intent.kind is Kind.CART_REMOVE_ALL:
        return True
    return (intent.ids["promotion"], intent.ids["gift"]) == selection.key


def open_cell(selection: GiftSelection, removal: Removal, moved: str, glyphs: Glyphs) -> Cell:
    """What is open; what is staged or on its way beside it. ``moved`` is the mark of a number that moved."""
    now = "-" if selection.available is None else f"{moved}{selection.available}"
    state, taken = removal.state(selection), removal.taken(selection)
    if state is not None:
        return Cell(f"{now} {under_way_words(state)}", "bad" if state in IN_DOUBT else "note")
    if taken > open_pieces(selection):
        return Cell(f"{now}, remove {taken}?", "bad")
    if taken:
        return Cell(f"{now} {glyphs.becomes} {open_pieces(selection) - taken}", "low")
    return Cell(now, "note" if selection.available else "dim")


def removal_lines(
    selection: GiftSelection, removal: Removal, glyphs: Glyphs, keys: Mapping[str, str] = KEYS
) -> list[Line]:
    """What is staged for a selection, and how far a removal is that has no known outcome."""
    lines: list[Line] = []
    if (state := removal.state(selection)) is not None:
        look = f" {look_there(keys)}" if state in IN_DOUBT else ""
        lines.append([Part(f"A removal of it: {STATE_WORDS[state]}.{look}", "bold $text-error")])
    taken, still_open = removal.taken(selection), open_pieces(selection)
    if taken > still_open:
        words = f"Staged: remove {taken}, and only {still_open} of it is open now: the review will refuse it."
        lines.append([Part(words, "bold $text-error")])
    elif taken:
        words = f"Staged: {_becomes(selection, taken, glyphs)}."
        ways = f" {keys['review']} reviews it, {keys['unstage']} takes it back."
        lines.append([Part(words, "bold $text-warning"), Part(ways, "$text-muted")])
    return lines


def _becomes(selection: GiftSelection, taken: int, glyphs: Glyphs) -> str:
    still_open, removed = open_pieces(selection), selection.removed or 0
    arrow = glyphs.becomes
    return f"open {still_open} {arrow} {still_open - taken}, removed {removed} {arrow} {removed + taken}"


# What is typed.


@dataclass(frozen=True, slots=True)
class Desk:
    """What a removal is weighed against. ``offline`` is a sentence to say then, "" while online."""

    removal: Removal
    glyphs: Glyphs
    offline: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What enter would do: stage a removal of ``quantity``, take the staged one back, or not with a ``fault``."""

    lines: Sequence[Line]
    quantity: int = 0
    takes_back: bool = False
    fault: str = ""


def weighed(typed: str, selection: GiftSelection, desk: Desk) -> Weighed:
    """What removing as many as are ``typed`` would do to ``selection``."""
    still_open, staged = open_pieces(selection), desk.removal.taken(selection)
    how_many = f"{still_open} open: type 1 to {still_open}." if still_open > 1 else "1 open: type 1."
    if not typed.strip():
        if staged and desk.removal.edit is not None:
            told = f"{edit_words(desk.removal.edit)} is staged: enter without a number takes it back."
            return Weighed([[Part(told, "$text-warning")], *_explained(selection)], takes_back=True)
        return Weighed([[Part(how_many)], *_explained(selection)], fault=how_many)
    try:
        quantity = removal_quantity(typed, still_open)
    except ValueError as error:
        return Weighed([[Part(str(error), "$text-error")], *_explained(selection)], fault=str(error))
    told = f"{_becomes(selection, quantity, desk.glyphs)}."
    return Weighed([[Part(told, "bold $text-warning")], *_explained(selection), *_ending(desk, _HOW)], quantity)


def _explained(selection: GiftSelection) -> list[Line]:
    odd = [check for check in selection.findings if check.rule in ("available", "repeated", "identifier")]
    odd += [check for check in selection.findings if check.rule.startswith("orphan")]
    return [[Part(WHAT_IT_DOES)], *([Part(f"But: {check_words(check)}.", "$text-warning")] for check in odd[:2])]


def _ending(desk: Desk, how: Line) -> list[Line]:
    """What is given up for it, then how to go on."""
    lines: list[Line] = []
    if desk.removal.edit is not None:
        before = f"{desk.removal.edit.label}: {edit_words(desk.removal.edit)}"
        lines.append([Part(f"It takes the place of what is staged for this cart. {before}.", "$text-warning")])
    if desk.offline:
        lines.append([Part(desk.offline, "$text-warning")])
    return [*lines, how]


def removal_gate(cart: Cart) -> Gate:
    """What must be typed before everything open of a cart is staged to be removed: how many pieces that is."""
    count = sum(all_open(cart).values())
    return Gate(str(count)) if count else Gate(refusal="Nothing is open in this cart, so nothing can be removed.")


def removal_of_all_lines(cart: Cart, gate: Gate, desk: Desk) -> list[Line]:
    """What to type, what it does, and of what everything open is."""
    open_ones = [s for s in selections(cart) if open_pieces(s)]
    named: list[Line] = [[Part(f"{open_pieces(s)} of {s.label}")] for s in open_ones[:_NAMED]]
    if rest := open_ones[_NAMED:]:
        named.append([Part(f"{sum(map(open_pieces, rest))} of {plural(len(rest), 'more selection')}")])
    ask: Line = [
        Part("Type "),
        Part(gate.phrase, "bold $text-accent"),
        Part(f", how many these are in all, then enter. {WHAT_IT_DOES}"),
    ]
    return [*_ending(desk, ask), *named]
