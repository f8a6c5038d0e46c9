"""The review: what speaks against a change on a fresh read, before anything is decided."""

from dataclasses import replace

import pytest
from tests.changes_kit import NOON, intent

from qtydash.domain.changes import Facts, Kind
from qtydash.domain.review import Observed, proposed

SEEN = {"quantity": 21}


def now(quantity: int) -> Observed:
    return Observed(NOON, {"quantity": quantity})


def test_nothing_speaks_against_a_change_of_what_was_seen() -> None:
    line = proposed(intent(3, seen=SEEN), now(21))
    assert (line.ready, line.drifted, line.refusal, line.question) == (True, False, "", "")
    assert line.expected == {"quantity": 24}


def test_a_set_of_what_has_drifted_asks_with_both_numbers() -> None:
    line = proposed(intent(10, kind=Kind.GIFT_SET, seen=SEEN), now(19))
    assert line.question == "It was 21 when you staged this and is 19 now."
    assert (line.drifted, line.ready) == (True, False)
    assert replace(line, accepted=True).ready


@pytest.mark.parametrize(("amount", "becomes"), [(3, 22), (-4, 15)])
def test_an_adjust_of_what_has_drifted_is_shown_and_based_on_the_new_number(amount: int, becomes: int) -> None:
    line = proposed(intent(amount, seen=SEEN), now(19))
    assert line.expected == {"quantity": becomes}
    assert (line.drifted, line.question, line.ready) == (True, "", True)


@pytest.mark.parametrize(("kind", "amount"), [(Kind.GIFT_ADJUST, 3), (Kind.GIFT_SET, 10)])
def test_what_was_never_seen_has_not_drifted(kind: Kind, amount: int) -> None:
    assert not proposed(intent(amount, kind=kind), now(19)).drifted


@pytest.mark.parametrize(
    ("kind", "amount"),
    [(Kind.GIFT_ADJUST, 0), (Kind.GIFT_SET, 21)],
)
def test_a_change_that_changes_nothing_is_refused(kind: Kind, amount: int) -> None:
    line = proposed(intent(amount, kind=kind, seen=SEEN), now(21))
    assert line.refusal == "It would change nothing."
    assert not replace(line, accepted=True).ready


def test_a_set_that_someone_else_made_already_is_refused_not_asked_about() -> None:
    line = proposed(intent(19, kind=Kind.GIFT_SET, seen=SEEN), now(19))
    assert (line.refusal, line.question, line.drifted) == ("It would change nothing.", "", True)


def test_what_is_gone_is_refused() -> None:
    line = proposed(intent(3, seen=SEEN), Observed(NOON, None))
    assert line.refusal == "The vendor does not know it any more."
    assert not line.ready


@pytest.mark.parametrize("facts", [None, {"quantity": 0}])
def test_what_cannot_be_changed_is_refused_with_the_reason(facts: Facts | None) -> None:
    line = proposed(intent(3, seen=SEEN), Observed(NOON, facts, "Its stock is unlimited."))
    assert line.refusal == "Its stock is unlimited."
    assert not replace(line, accepted=True).ready


def test_deleting_what_is_gone_is_refused() -> None:
    line = proposed(intent(None, kind=Kind.HOLD_DELETE), Observed(NOON, {"present": 0}))
    assert line.refusal == "It is gone already."
