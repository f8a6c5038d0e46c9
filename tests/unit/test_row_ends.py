"""How rows end: one word for each, which add up."""

from datetime import timedelta

import pytest
from tests.changes_kit import NOON, change, intent

from qtydash.domain.changes import ChangeRecord, Event, Kind, State
from qtydash.domain.errors import Unreachable
from qtydash.domain.review import Observed, Proposal, deletion_count, proposed
from qtydash.domain.row_ends import RowEnd, end_in_review, end_of_record, ends_words, row_end

DELETION = intent(None, "hold:a", Kind.HOLD_DELETE)


@pytest.mark.parametrize(
    ("state", "phase", "end"),
    [
        (State.CONFIRMED, "answer", RowEnd.DELETED),
        (State.APPLIED_INFERRED, "reconcile", RowEnd.DELETED),
        (State.APPLIED_BY_VERDICT, "verdict", RowEnd.DELETED),
        (State.ABSENT, "answer", RowEnd.GONE),
        (State.REJECTED, "answer", RowEnd.REJECTED),
        (State.SENT, "attempt 1", RowEnd.UNKNOWN),
        (State.UNKNOWN, "start", RowEnd.UNKNOWN),
        (State.UNDECIDED, "reconcile", RowEnd.UNKNOWN),
        (State.NOT_APPLIED_INFERRED, "reconcile", RowEnd.STILL_THERE),
        (State.NOT_APPLIED_BY_VERDICT, "verdict", RowEnd.STILL_THERE),
        (State.NOT_SENT, "request", RowEnd.NOT_ATTEMPTED),
        (State.PLANNED, "", RowEnd.NOT_ATTEMPTED),
        (None, "", RowEnd.NOT_ATTEMPTED),
        (State.ABANDONED, "gone", RowEnd.GONE),
        (State.ABANDONED, "moved", RowEnd.SKIPPED),
        (State.ABANDONED, "refused", RowEnd.SKIPPED),
        (State.ABANDONED, "unread", RowEnd.NOT_ATTEMPTED),
        (State.ABANDONED, "batch", RowEnd.NOT_ATTEMPTED),
        (State.ABANDONED, "start", RowEnd.NOT_ATTEMPTED),
    ],
)
def test_every_state_is_one_end(state: State | None, phase: str, end: RowEnd) -> None:
    assert row_end(state, phase) is end


def test_the_last_event_tells_the_end_of_a_record() -> None:
    planned = change(DELETION, {"present": 1})
    later = NOON + timedelta(seconds=1)
    record = ChangeRecord(planned, (Event(State.PLANNED, NOON), Event(State.ABANDONED, later, phase="moved")))
    assert end_of_record(record) is RowEnd.SKIPPED


@pytest.mark.parametrize(
    ("proposal", "end"),
    [
        (proposed(DELETION, Observed(NOON, {"present": 0})), RowEnd.GONE),
        (proposed(DELETION, Observed(NOON, None)), RowEnd.GONE),
        (proposed(DELETION, Observed(NOON, None, "It cannot be read.")), RowEnd.SKIPPED),
        (proposed(DELETION, Observed(NOON, {"present": 1}, "It changed.")), RowEnd.SKIPPED),
        (proposed(DELETION, Observed(NOON, {"present": 1})), RowEnd.NOT_ATTEMPTED),
        (Proposal(DELETION, refusal="Unread.", unread=Unreachable("No.")), RowEnd.NOT_ATTEMPTED),
        (Proposal(DELETION, refusal="An earlier change of it is unknown."), RowEnd.NOT_ATTEMPTED),
    ],
)
def test_a_row_that_came_no_further_than_the_review(proposal: Proposal, end: RowEnd) -> None:
    assert end_in_review(proposal) is end


def test_the_words_add_up() -> None:
    ends = [RowEnd.NOT_ATTEMPTED] * 26 + [RowEnd.DELETED] * 23 + [RowEnd.UNKNOWN]
    assert ends_words(ends) == "23 deleted, 1 unknown, 26 not attempted = 50"
    assert ends_words([]) == "0"


def test_deletions_are_counted_by_the_records_that_are_there() -> None:
    cart = intent(None, "cart-of-holds:c", Kind.HOLD_DELETE_CART)
    lines = [
        proposed(DELETION, Observed(NOON, {"present": 1})),
        proposed(cart, Observed(NOON, {"a": 1, "b": 1, "c": 0})),
        proposed(intent(3), Observed(NOON, {"quantity": 21})),
        Proposal(DELETION, refusal="Unread."),
    ]
    assert deletion_count(lines) == 3
