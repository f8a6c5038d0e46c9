"""How each row of a clean-up ended: every id that was frozen has one end, and they add up to all of them."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from qtydash.domain.changes import ChangeRecord, State
from qtydash.domain.review import Proposal


class RowEnd(StrEnum):
    """What became of a row that was to be deleted. They are told in this order."""

    DELETED = "deleted"
    GONE = "already gone"
    SKIPPED = "changed-skipped"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    STILL_THERE = "still there"
    """Its outcome was unknown, and reading or the operator has said since that it was not deleted."""
    NOT_ATTEMPTED = "not attempted"


_ENDS: dict[State | None, RowEnd] = {
    State.CONFIRMED: RowEnd.DELETED,
    State.APPLIED_INFERRED: RowEnd.DELETED,
    State.APPLIED_BY_VERDICT: RowEnd.DELETED,
    State.ABSENT: RowEnd.GONE,
    State.REJECTED: RowEnd.REJECTED,
    State.SENT: RowEnd.UNKNOWN,
    State.UNKNOWN: RowEnd.UNKNOWN,
    State.UNDECIDED: RowEnd.UNKNOWN,
    State.NOT_APPLIED_INFERRED: RowEnd.STILL_THERE,
    State.NOT_APPLIED_BY_VERDICT: RowEnd.STILL_THERE,
}
_SKIPPED = {"gone": RowEnd.GONE, "moved": RowEnd.SKIPPED, "refused": RowEnd.SKIPPED}
"""The phases in which a row was given up because of what a last look at it showed."""


def row_end(state: State | None, phase: str) -> RowEnd:
    """The end of a row whose deletion came to ``state`` in ``phase``; None is one that was not attempted."""
    if state is State.ABANDONED:
        return _SKIPPED.get(phase, RowEnd.NOT_ATTEMPTED)
    return _ENDS.get(state, RowEnd.NOT_ATTEMPTED)


def end_of_record(record: ChangeRecord) -> RowEnd:
    """The end of a row whose deletion the journal has."""
    return row_end(record.state, record.events[-1].phase)


def end_in_review(proposal: Proposal) -> RowEnd:
    """The end of a row whose deletion came no further than the review."""
    observed = proposal.observed
    if not proposal.refusal or proposal.unread is not None or observed is None:
        return RowEnd.NOT_ATTEMPTED
    there = any(observed.facts.values()) if observed.facts is not None else bool(observed.refusal)
    return RowEnd.SKIPPED if there else RowEnd.GONE


def ends_words(ends: Iterable[RowEnd]) -> str:
    """How many rows came to which end: ``23 deleted, 1 unknown, 26 not attempted = 50``."""
    counts = Counter(ends)
    told = [f"{counts[end]:,} {end}" for end in RowEnd if counts[end]]
    return f"{', '.join(told)} = {counts.total():,}" if told else "0"
