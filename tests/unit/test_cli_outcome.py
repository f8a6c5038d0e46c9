"""The exit status of a writing command, from what became of each change."""

from datetime import UTC, datetime

import pytest

from qtydash.cli.outcome import End, end_of, end_of_proposal, exit_code
from qtydash.domain.changes import Change, ChangeRecord, Event, Intent, Kind, State, WriteRequest
from qtydash.domain.review import Observed, Proposal

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INTENT = Intent(Kind.GIFT_SET, "gift:1", "Mug", NOON, 5, {"gift": "1"})
CHANGE = Change(
    *("0191", "0191", "prod", "https://shop.example", INTENT, WriteRequest("PUT", "/x"), "Mug"),
    *({"quantity": 1}, NOON, {"quantity": 5}, "kim", NOON),
)


@pytest.mark.parametrize(
    ("state", "phase", "end"),
    [
        (State.CONFIRMED, "answer", End.DONE),
        (State.ABSENT, "answer", End.DONE),
        (State.APPLIED_INFERRED, "reconcile", End.DONE),
        (State.APPLIED_BY_VERDICT, "verdict", End.DONE),
        (State.UNKNOWN, "answer", End.UNKNOWN),
        (State.UNDECIDED, "reconcile", End.UNKNOWN),
        (State.SENT, "attempt 1", End.UNKNOWN),
        (State.REJECTED, "answer", End.REFUSED),
        (State.NOT_APPLIED_INFERRED, "reconcile", End.REFUSED),
        (State.NOT_SENT, "answer", End.FAILED),
        (State.ABANDONED, "moved", End.REFUSED),
        (State.ABANDONED, "gone", End.REFUSED),
        (State.ABANDONED, "unread", End.FAILED),
        (State.ABANDONED, "batch", End.NOT_ATTEMPTED),
        (State.PLANNED, "", End.NOT_ATTEMPTED),
    ],
)
def test_how_a_change_ended(state: State, phase: str, end: End) -> None:
    assert end_of(ChangeRecord(CHANGE, (Event(state, NOON, phase=phase),))) is end


def test_how_a_proposal_ended() -> None:
    seen = Observed(NOON, {"quantity": 1})
    assert end_of_proposal(Proposal(INTENT, seen, {"quantity": 5})) is End.DONE
    assert end_of_proposal(Proposal(INTENT, seen, {"quantity": -5}, question="Below zero.")) is End.REFUSED
    assert end_of_proposal(Proposal(INTENT, refusal="In doubt.")) is End.REFUSED
    assert end_of_proposal(Proposal(INTENT, Observed(NOON, None), refusal="Not known.")) is End.FAILED


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ([], 0),
        ([End.DONE, End.DONE], 0),
        ([End.FAILED], 1),
        ([End.FAILED, End.NOT_ATTEMPTED], 1),
        ([End.NOT_ATTEMPTED], 1),
        ([End.REFUSED], 3),
        ([End.REFUSED, End.FAILED], 3),
        ([End.DONE, End.FAILED], 3),
        ([End.DONE, End.NOT_ATTEMPTED], 3),
        ([End.DONE, End.UNKNOWN, End.REFUSED, End.FAILED, End.NOT_ATTEMPTED], 4),
    ],
)
def test_the_exit_status(ends: list[End], code: int) -> None:
    assert exit_code(ends) == code
