"""What can be done about one change, and why not where it cannot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qtydash.domain.change_words import edit_words
from qtydash.domain.changes import NOT_DONE, UNRESOLVED, ChangeRecord, Intent, Kind, State, again, inverse
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.change_lines import Line, clock_words, line_words
from qtydash.tui.models.change_states import EngineState, state_text
from qtydash.tui.models.changes import ChangeList

JUDGED = frozenset({State.UNKNOWN, State.UNDECIDED, State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED})
"""States on which the operator's own verdict is taken."""

_INFERRED = frozenset(
    {
        State.APPLIED_INFERRED,
        State.NOT_APPLIED_INFERRED,
        State.APPLIED_BY_VERDICT,
        State.NOT_APPLIED_BY_VERDICT,
    }
)
NO_LINE = "Put the cursor on a change first."


@dataclass(frozen=True, slots=True)
class Offer:
    """What taking a change back, or taking it up again, would stage; told before it is."""

    intent: Intent
    title: str
    words: Sequence[str]
    button: str


def reconcile_refusal(line: Line | None, engine: EngineState, now: datetime) -> str:
    """Why the outcome of a change cannot be looked up, "" when it can."""
    if isinstance(line, Intent):
        return f"It is staged, not sent: there is no outcome to look up. {engine.keys['review']} reviews it."
    if not isinstance(line, ChangeRecord):
        return NO_LINE
    if line.state is State.UNDECIDED:
        verdict = engine.keys["changes.verdict"]
        return f"Two reads fitted neither, and reading again cannot tell more. {verdict} takes your verdict."
    if line.state in (State.PLANNED, State.SENT):
        if engine.left_behind(line, now):
            return f"It cannot be settled from here. {engine.locked}".strip()
        return "It is on its way: its answer is still to come."
    if line.state is not State.UNKNOWN:
        return f"There is nothing to look up: this change is {state_text(line, engine, now)}."
    if engine.locked:
        return f"Nothing can be settled from here. {engine.locked}"
    if engine.offline:
        return "Started with --offline: nothing is read from the vendors, so it stays unknown."
    if line.op_id in engine.looked_at:
        return "It is being read at this moment; two reads take a few seconds."
    if left := engine.wait(line, now):
        return f"Too early: {left} s to go until reading can tell. It is then read by itself."
    return ""


def verdict_refusal(line: Line | None, engine: EngineState, now: datetime) -> str:
    """Why no verdict is taken on a change, "" when one is."""
    if isinstance(line, Intent):
        return "It is staged, not sent: there is nothing to judge."
    if not isinstance(line, ChangeRecord):
        return NO_LINE
    if line.state not in JUDGED:
        return f"There is nothing to judge: this change is {state_text(line, engine, now)}."
    return f"Nothing can be settled from here. {engine.locked}" if engine.locked else ""


def verdict_hint(record: ChangeRecord, engine: EngineState, now: datetime) -> str:
    """A better way to know than a verdict, "" when there is none."""
    if record.state is not State.UNKNOWN or engine.offline:
        return ""
    left = engine.wait(record, now)
    return (
        f"Reading may tell it by itself in {left} s."
        if left
        else f"{engine.keys['changes.reconcile']} may tell it by reading."
    )


def way_back(
    line: Line | None,
    listed: ChangeList,
    staged_for: Callable[[str], Intent | None],
    engine: EngineState,
    now: datetime,
    glyphs: Glyphs,
) -> Offer | str:
    """What would be staged to take an applied change back, or one that was not made up again; else why nothing."""
    if isinstance(line, Intent):
        return f"It is staged, not sent: {engine.keys['changes.drop']} unstages it."
    if not isinstance(line, ChangeRecord):
        return NO_LINE
    intent = line.change.intent
    if line.state in UNRESOLVED:
        return "Nobody knows yet whether it was applied, so there is nothing to take back. Settle it first."
    if intent.kind not in (Kind.GIFT_ADJUST, Kind.GIFT_SET):
        return "There is no way back from a removal or a deletion: the vendor has no call that restores it."
    if engine.locked:
        return f"Nothing can be staged from here. {engine.locked}"
    staged = staged_for(intent.target)
    if staged is not None and staged.follows == line.op_id:
        return f"It is staged already ({edit_words(staged)}): {engine.keys['review']} reviews it."
    if (
        line.state in NOT_DONE
        and staged is not None
        and (staged.kind, staged.amount) == (intent.kind, intent.amount)
    ):
        return f"The same edit is staged still: {engine.keys['review']} reviews it."
    if (by := listed.taken_back_by(line)) is not None:
        when = clock_words(by.sent_at or by.change.planned_at, now)
        return f"It was taken back already, at {when} ({by.op_id}). Edit the gift itself to change it further."
    return _offer(line, staged, now, glyphs, engine.keys)


def _offer(
    record: ChangeRecord, staged: Intent | None, now: datetime, glyphs: Glyphs, keys: Mapping[str, str]
) -> Offer | str:
    back, anew = inverse(record, now), again(record, now)
    intent = back or anew
    if intent is None:
        return "There is nothing to take back."
    was, edit = line_words(record, glyphs), edit_words(intent)
    sure = ", as far as anyone knows" if record.state in _INFERRED else ""
    if back is not None:
        told = f"It was applied{sure}: {was}."
        title = "Take back this change?"
    else:
        told = f"It was not made{sure}: {was}."
        title = "Stage this change again?"
    words = [
        f"{intent.label}",
        told,
        f"This stages {edit} for it. Nothing is sent: review it with {keys['review']}.",
    ]
    if back is not None and back.kind is Kind.GIFT_SET:
        words.append(f"{edit} is what it was before, whatever became of it since; the review shows that.")
    if staged is not None:
        words.append(f"It takes the place of {edit_words(staged)}, which is staged for it now.")
    return Offer(intent, title, words, f"Stage {edit}")
