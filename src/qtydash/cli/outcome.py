"""From what became of each change to the one number with which a command ends."""

from collections.abc import Iterable
from enum import Enum, auto

from qtydash.cli.failure import ExitCode
from qtydash.domain.changes import DONE, IN_DOUBT, ChangeRecord, State
from qtydash.domain.review import Proposal
from qtydash.domain.row_ends import RowEnd, end_in_review, end_of_record


class End(Enum):
    """How one change ended, as far as the exit status is concerned."""

    DONE = auto()
    UNKNOWN = auto()
    REFUSED = auto()
    """By the vendor, because its target had moved, or by a gate."""
    FAILED = auto()
    """It could not be read, or nothing of it left."""
    NOT_ATTEMPTED = auto()
    """The batch ended before it, for a reason that another change has."""


def end_of(record: ChangeRecord) -> End:
    """How a change ended that the journal has."""
    if record.state in DONE:
        return End.DONE
    if record.state in IN_DOUBT or record.state is State.SENT:
        return End.UNKNOWN
    if record.state is State.NOT_SENT:
        return End.FAILED
    if record.state is State.ABANDONED:
        if record.change.intent.kind.deletes and end_of_record(record) is RowEnd.GONE:
            return End.DONE  # the goal holds, not by us
        ends = {"unread": End.FAILED, "batch": End.NOT_ATTEMPTED, "start": End.NOT_ATTEMPTED}
        return ends.get(record.events[-1].phase, End.REFUSED)
    return End.NOT_ATTEMPTED if record.state is State.PLANNED else End.REFUSED


def end_of_proposal(proposal: Proposal) -> End:
    """How a change ends that came no further than the review. One that is ready would be done."""
    if proposal.ready or (proposal.intent.kind.deletes and end_in_review(proposal) is RowEnd.GONE):
        return End.DONE
    found = proposal.observed is None or proposal.observed.facts is not None
    return End.REFUSED if found else End.FAILED


def exit_code(ends: Iterable[End]) -> ExitCode:
    """The number for all changes of a command."""
    found = set(ends)
    if End.UNKNOWN in found:
        return ExitCode.UNKNOWN
    if found <= {End.DONE}:
        return ExitCode.DONE
    return ExitCode.PARTLY if found & {End.DONE, End.REFUSED} else ExitCode.FAILED
