"""How a change stands, in a column's width: a mark, a few words and a tone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from qtydash.domain.change_words import STATE_WORDS
from qtydash.domain.changes import ChangeRecord, Intent, State, left_to_wait
from qtydash.domain.snapshot import age_in_words
from qtydash.tui.bindings import KEYS
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.widgets.grid_model import Cell, Tone


def offline_words(keys: Mapping[str, str]) -> str:
    """What becomes of what is staged while the vendor cannot be reached."""
    return f"Offline: it stays staged, unsent, until you review it with {keys['review']} while online."


@dataclass(frozen=True, slots=True)
class EngineState:
    """What is known beside the journal: whether this program sends or reads something, and whether it may.

    ``looked_at`` are the operation ids that are being read to judge them. ``locked`` says why nothing can be
    settled from here, "" when it can; with ``offline`` nothing can be read. ``keys`` are those that act on it.
    """

    horizon: timedelta
    sending: bool = False
    looked_at: frozenset[str] = frozenset()
    locked: str = ""
    offline: bool = False
    keys: Mapping[str, str] = field(default_factory=lambda: KEYS)

    def wait(self, record: ChangeRecord, now: datetime) -> int:
        """Seconds until an unknown outcome may be judged by reading; 0 when it may be now."""
        left = left_to_wait(record.sent_at or record.at, self.horizon, now)
        return -(-left // timedelta(seconds=1))

    def left_behind(self, record: ChangeRecord, now: datetime) -> bool:
        """Whether a change that is about to be sent, or being sent, has had no news for longer than that takes."""
        return not self.sending and now - record.at >= self.horizon


_SHORT: Mapping[State, str] = {
    State.SENT: "sent",
    State.ABSENT: "was gone",
    State.REJECTED: "rejected",
    State.UNKNOWN: "unknown",
    State.APPLIED_INFERRED: "fits applied",
    State.NOT_APPLIED_INFERRED: "fits not applied",
    State.UNDECIDED: "undecided",
    State.APPLIED_BY_VERDICT: "verdict: applied",
    State.NOT_APPLIED_BY_VERDICT: "verdict: not applied",
    State.ABANDONED: "given up",
}
"""What says the same in fewer cells; the other states have few words as it is."""

_TONES: Mapping[State, Tone] = {
    State.DRAFT: "note",
    State.PLANNED: "note",
    State.SENT: "note",
    State.CONFIRMED: "good",
    State.ABSENT: "good",
    State.REJECTED: "bad",
    State.NOT_SENT: "low",
    State.UNKNOWN: "worst",
    State.APPLIED_INFERRED: "good",
    State.NOT_APPLIED_INFERRED: "low",
    State.UNDECIDED: "worst",
    State.APPLIED_BY_VERDICT: "good",
    State.NOT_APPLIED_BY_VERDICT: "low",
    State.ABANDONED: "dim",
}


def under_way_words(state: State) -> str:
    """How far an unresolved change is, in as few words as stand beside a number."""
    return {State.PLANNED: "to be sent", State.SENT: "sending"}.get(state, "in doubt")


def state_mark(state: State, glyphs: Glyphs) -> str:
    """The mark of a state."""
    match state:
        case State.UNKNOWN | State.UNDECIDED:
            return glyphs.mismatch
        case State.CONFIRMED | State.ABSENT | State.APPLIED_BY_VERDICT:
            return glyphs.fine
        case State.REJECTED | State.NOT_APPLIED_BY_VERDICT:
            return glyphs.sold_out
        case State.APPLIED_INFERRED | State.NOT_APPLIED_INFERRED:
            return "~"
        case State.DRAFT:
            return "+"
        case State.PLANNED | State.SENT:
            return glyphs.folded
        case State.NOT_SENT | State.ABANDONED:
            return "-"


def state_text(
    line: ChangeRecord | Intent,
    engine: EngineState,
    now: datetime,
    *,
    taken_back: bool = False,
    short: bool = False,
) -> str:
    """How a change stands, with the seconds where they count."""
    if isinstance(line, Intent):
        return f"staged {age_in_words((now - line.staged_at).total_seconds())} ago"
    state = line.state
    words = _SHORT.get(state, STATE_WORDS[state]) if short or taken_back else STATE_WORDS[state]
    match state:
        case State.UNKNOWN if line.op_id in engine.looked_at:
            return f"{words}, reading"
        case State.UNKNOWN if not (engine.locked or engine.offline):
            left = engine.wait(line, now)
            return f"{words}, {left}s" if left else f"{words}, {engine.keys['changes.reconcile']} reads"
        case State.PLANNED | State.SENT if engine.left_behind(line, now):
            return "no word of it" if short else f"{words}, no word since"
        case State.SENT:
            return f"{words}, {age_in_words((now - line.at).total_seconds())}"
        case State.PLANNED:
            return "waits its turn"
        case _ if taken_back:
            return f"{words}, taken back"
        case State.CONFIRMED if line.events[-1].note:
            return f"{words}, others too" if short else f"{words}; others changed it too"
        case _:
            return words


def state_cell(
    line: ChangeRecord | Intent,
    engine: EngineState,
    now: datetime,
    glyphs: Glyphs,
    *,
    taken_back: bool = False,
    short: bool = False,
) -> Cell:
    """The same with its mark and its tone."""
    state = State.DRAFT if isinstance(line, Intent) else line.state
    words = state_text(line, engine, now, taken_back=taken_back, short=short)
    tone = _TONES[state]
    if isinstance(line, ChangeRecord) and state in (State.PLANNED, State.SENT) and engine.left_behind(line, now):
        return Cell(f"{glyphs.mismatch} {words}", "worst")
    return Cell(f"{state_mark(state, glyphs)} {words}", tone)
