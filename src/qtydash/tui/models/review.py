"""The review of staged changes, their progress while they are sent, and what came of them: the rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from qtydash.domain.change_words import STATE_WORDS, edit_words, facts_words
from qtydash.domain.changes import DONE, Intent, State
from qtydash.domain.review import Proposal
from qtydash.services.batch import Result
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.table import Table, TableColumn, widest
from qtydash.tui.widgets.grid_model import GAP, Cell, Tone


class Standing(StrEnum):
    """How a row stands before anything is sent."""

    READING = "reading"
    SEND = "send"
    REBASED = "re-based"
    """It will be sent on top of other facts than those it was staged on."""
    DECIDE = "decide"
    ACCEPTED = "accepted"
    LEFT_OUT = "left out"
    REFUSED = "refused"


_TONES: dict[Standing, Tone] = {
    Standing.READING: "dim",
    Standing.SEND: "good",
    Standing.REBASED: "low",
    Standing.DECIDE: "bad",
    Standing.ACCEPTED: "low",
    Standing.LEFT_OUT: "dim",
    Standing.REFUSED: "bad",
}

_REACHED = DONE | {State.SENT}
WAITING, SENDING, NOT_ATTEMPTED = "waiting", "sending", "not attempted"
CORRECT_THE_KEY = "If it stays so, correct the key or its rights: `qtydash config check`."
_OUTCOMES: dict[State, tuple[str, Tone]] = {
    State.SENT: (SENDING, "note"),
    State.CONFIRMED: ("done", "good"),
    State.ABSENT: ("gone already", "good"),
    State.REJECTED: ("rejected", "bad"),
    State.NOT_SENT: ("not sent", "bad"),
    State.ABANDONED: ("not sent", "bad"),
    State.UNKNOWN: ("outcome unknown", "worst"),
}
"""What came of a change, in a column's width."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One staged change in the review.

    ``left_out`` is the operator's own no. ``batched`` says that it was among those that were let go; ``result``
    is what is known of it since, None while it waits its turn.
    """

    proposal: Proposal
    left_out: bool = False
    batched: bool = False
    result: Result | None = None

    @property
    def intent(self) -> Intent:
        return self.proposal.intent

    @property
    def standing(self) -> Standing:
        proposal = self.proposal
        if proposal.refusal:
            return Standing.REFUSED
        if proposal.observed is None:
            return Standing.READING
        if proposal.question:
            return Standing.ACCEPTED if proposal.accepted else Standing.DECIDE
        if self.left_out:
            return Standing.LEFT_OUT
        return Standing.REBASED if proposal.drifted else Standing.SEND

    @property
    def goes(self) -> bool:
        """Whether it is sent when the review is applied."""
        return self.standing in (Standing.SEND, Standing.REBASED, Standing.ACCEPTED)

    def turned(self) -> "ReviewRow":
        """After the operator's decision: a question is answered yes, any other row left out; or the other way."""
        match self.standing:
            case Standing.DECIDE | Standing.ACCEPTED:
                accepted = not self.proposal.accepted
                return replace(self, proposal=replace(self.proposal, accepted=accepted))
            case Standing.REFUSED | Standing.READING:
                return self
            case _:
                return replace(self, left_out=not self.left_out)

    @property
    def outcome(self) -> tuple[str, Tone]:
        """What became of it since the batch began, or why it was not in it."""
        if not self.batched:
            return "undecided" if self.standing is Standing.DECIDE else self.standing.value, "dim"
        if self.result is None:
            return WAITING, "dim"
        state = self.result.state
        return (NOT_ATTEMPTED, "dim") if state is None else _OUTCOMES.get(state, (STATE_WORDS[state], "note"))


def staged_words(row: ReviewRow) -> str:
    """What the target was when the change was staged."""
    return "-" if row.intent.seen is None else facts_words(row.intent.seen)


def now_words(row: ReviewRow) -> str:
    """What the fresh read says."""
    observed = row.proposal.observed
    return "-" if observed is None else facts_words(observed.facts)


def after_words(row: ReviewRow) -> str:
    """What the target would become."""
    expected = row.proposal.expected
    return "-" if expected is None or row.proposal.refusal else facts_words(expected)


def why_words(row: ReviewRow) -> str:
    """What there is to know of a row, "" when it is as it was staged."""
    if row.result is not None:
        return row.result.words
    proposal = row.proposal
    if proposal.refusal or proposal.question:
        return proposal.refusal or proposal.question
    if proposal.drifted:
        return f"It was {staged_words(row)} when you staged this; it is done on top of {now_words(row)}."
    return ""


def tally(words: Iterable[str]) -> str:
    """How many came to which end, which adds up: ``12 done, 1 rejected, 3 not attempted = 16``."""
    counts = Counter(words)
    order = dict.fromkeys(
        (*(word for word, _ in _OUTCOMES.values()), *STATE_WORDS.values(), NOT_ATTEMPTED, WAITING)
    )
    told = [f"{counts[word]} {word}" for word in order if counts[word]]
    return f"{', '.join(told)} = {counts.total()}"


_LEAST = 8
"""Cells from which a label tells something."""
_WHAT = 18
"""Cells from which the label of a target tells enough."""
_WHY = 26
"""Cells in which a reason begins to make sense; in fewer it stands below the rows only."""
_SCROLLBAR = 1


def review_table(rows: Sequence[ReviewRow], glyphs: Glyphs, width: int, *, begun: bool) -> Table[ReviewRow]:
    """What each target was when its change was staged (where that differs or has the room), is now, would become.

    Once the batch has ``begun``: what it was before, what it becomes, and what came of it. The reasons stand
    beside the rows where ``width`` cells have the room.
    """

    def state(row: ReviewRow) -> Cell:
        return Cell(*row.outcome) if begun else Cell(row.standing.value, _TONES[row.standing])

    def moved(row: ReviewRow) -> Tone:
        return "low" if row.proposal.drifted else ""

    def expected(row: ReviewRow) -> Tone:
        alive = row.goes if not begun else row.batched and (row.result is None or row.result.state in _REACHED)
        return "note" if alive else "dim"

    def facts(
        label: str, told: Callable[[ReviewRow], str], tone: Callable[[ReviewRow], Tone]
    ) -> TableColumn[ReviewRow]:
        size = max(widest(map(told, rows), 4, 22), len(label) + 1)
        return TableColumn(label, size, lambda row: Cell(told(row), tone(row)), align="right")

    first: TableColumn[ReviewRow] = TableColumn("State", 16 if begun else 9, state)
    numbers: Sequence[TableColumn[ReviewRow]] = (
        facts("Before" if begun else "Now", now_words, moved),
        facts("Change", lambda row: edit_words(row.intent), lambda _: "strong"),
        facts("After", after_words, expected),
    )
    staged = facts("Before", staged_words, lambda _: "dim")
    drifted = any(row.proposal.drifted for row in rows)
    if not begun and (drifted or _room((first, staged, *numbers), width) >= _LEAST):
        numbers = (staged, *numbers)
    room = _room((first, *numbers), width)
    labels = widest((row.intent.label for row in rows), _LEAST, 40)
    if room < _WHAT + GAP + _WHY:
        alone: TableColumn[ReviewRow] = TableColumn("What", max(_LEAST, min(room, labels)), _label, flexible=True)
        return _table((first, alone, *numbers), rows, glyphs)
    what: TableColumn[ReviewRow] = TableColumn("What", min(labels, room - GAP - _WHY), _label)
    why: TableColumn[ReviewRow] = TableColumn("Why", _WHY, lambda row: Cell(why_words(row), "dim"), flexible=True)
    return _table((first, what, *numbers, why), rows, glyphs)


def _room(columns: Sequence[TableColumn[ReviewRow]], width: int) -> int:
    """Cells that are left for the label beside these columns."""
    return width - _SCROLLBAR - sum(column.width + GAP for column in columns) - GAP


def _label(row: ReviewRow) -> Cell:
    return Cell(row.intent.label)


def _table(
    columns: Sequence[TableColumn[ReviewRow]], rows: Sequence[ReviewRow], glyphs: Glyphs
) -> Table[ReviewRow]:
    return Table(columns, rows, lambda row: (row.intent.kind, row.intent.target), fixed=2, glyphs=glyphs)
