"""What a change is and how its outcome is judged: every rule of ``docs/safety.md`` by name."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.changes_kit import CUP, HORIZON, MUG, NOON, WAYS, change, intent

from qtydash.domain.changes import (
    DONE,
    IN_DOUBT,
    NOT_DONE,
    STALE,
    UNRESOLVED,
    ChangeRecord,
    Event,
    Facts,
    Kind,
    Look,
    Next,
    State,
    again,
    inferred,
    inverse,
    judged,
    left_to_wait,
    may_follow,
    next_step,
    open_in_all,
    removed_all,
)

VERDICTS = {State.APPLIED_BY_VERDICT, State.NOT_APPLIED_BY_VERDICT}
TURNS = {
    State.DRAFT: {State.PLANNED},
    State.PLANNED: {State.SENT, State.ABANDONED},
    State.SENT: {State.CONFIRMED, State.ABSENT, State.REJECTED, State.NOT_SENT, State.UNKNOWN},
    State.NOT_SENT: {State.SENT},
    State.UNKNOWN: {State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED, State.UNDECIDED} | VERDICTS,
    State.UNDECIDED: VERDICTS,
    State.APPLIED_INFERRED: VERDICTS,
    State.NOT_APPLIED_INFERRED: VERDICTS,
}
FINAL = [State.CONFIRMED, State.ABSENT, State.REJECTED, State.ABANDONED, *sorted(VERDICTS)]
REJECTING = [
    *(307, 308, 400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422, 425, 428, 429, 431),
    *(451, 501, 511),
]
PUT_OR_POST = [Kind.GIFT_ADJUST, Kind.GIFT_SET, Kind.CART_REMOVE, Kind.CART_REMOVE_ALL]


def record(state: State, kind: Kind = Kind.GIFT_ADJUST, amount: int | None = 3) -> ChangeRecord:
    planned = change(intent(amount, kind=kind), {"quantity": 21})
    turns = (State.PLANNED, *WAYS[state])
    return ChangeRecord(planned, tuple(Event(turn, NOON + timedelta(seconds=n)) for n, turn in enumerate(turns)))


def looks(*facts: Facts | None) -> list[Look]:
    return [Look(NOON + timedelta(seconds=3 * n), told) for n, told in enumerate(facts)]


# States.


@pytest.mark.parametrize("state", State)
def test_a_state_is_followed_by_these_and_by_no_other(state: State) -> None:
    assert {then for then in State if may_follow(state, then)} == TURNS.get(state, set())


@pytest.mark.parametrize("state", FINAL)
def test_what_is_final_is_never_told_otherwise(state: State) -> None:
    assert not [then for then in State if may_follow(state, then)]


@pytest.mark.parametrize("state", [s for s in State if s not in (State.PLANNED, State.NOT_SENT)])
def test_nothing_is_sent_but_what_was_planned_or_never_left(state: State) -> None:
    assert not may_follow(state, State.SENT)


@pytest.mark.parametrize("state", [*sorted(IN_DOUBT), State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED])
def test_the_operator_may_judge_what_nobody_knows_for_certain(state: State) -> None:
    assert all(may_follow(state, verdict) for verdict in VERDICTS)


def test_a_target_is_taken_until_the_outcome_of_its_change_is_known() -> None:
    assert set(UNRESOLVED) == {State.PLANNED, State.SENT, State.UNKNOWN, State.UNDECIDED}
    assert set(IN_DOUBT) == {State.UNKNOWN, State.UNDECIDED}
    assert not DONE & UNRESOLVED


# The answer table.


@pytest.mark.parametrize("status", [200, 201, 202, 203, 204, 205, 206, 207, 226])
@pytest.mark.parametrize("kind", Kind)
def test_2xx_that_is_not_the_answer_asked_for_is_unknown(kind: Kind, status: int) -> None:
    assert judged(kind, status, request_started=True) is State.UNKNOWN


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("kind", Kind)
def test_a_redirect_after_which_the_method_may_change_is_unknown(kind: Kind, status: int) -> None:
    assert judged(kind, status, request_started=True) is State.UNKNOWN


@pytest.mark.parametrize("status", REJECTING)
@pytest.mark.parametrize("kind", PUT_OR_POST)
def test_a_put_or_post_answered_with_one_of_these_was_not_done(kind: Kind, status: int) -> None:
    assert judged(kind, status, request_started=True) is State.REJECTED


@pytest.mark.parametrize("status", [s for s in REJECTING if s not in (404, 410)])
@pytest.mark.parametrize("kind", [Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART])
def test_a_delete_answered_with_one_of_these_was_not_done(kind: Kind, status: int) -> None:
    assert judged(kind, status, request_started=True) is State.REJECTED


@pytest.mark.parametrize("status", [404, 410])
def test_404_or_410_on_delete_by_id_is_absent_the_goal_holds_not_by_us(status: int) -> None:
    assert judged(Kind.HOLD_DELETE, status, request_started=True) is State.ABSENT
    assert State.ABSENT in DONE


def test_404_on_delete_by_cart_is_in_no_row_so_it_is_unknown() -> None:
    assert judged(Kind.HOLD_DELETE_CART, 404, request_started=True) is State.UNKNOWN


def test_410_on_delete_by_cart_was_not_done() -> None:
    assert judged(Kind.HOLD_DELETE_CART, 410, request_started=True) is State.REJECTED


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, *range(520, 531)])
@pytest.mark.parametrize("kind", Kind)
def test_408_and_5xx_are_unknown_because_business_errors_come_as_500(kind: Kind, status: int) -> None:
    assert judged(kind, status, request_started=True) is State.UNKNOWN


def test_anything_not_listed_is_unknown() -> None:
    listed = {*REJECTING}
    told = {s: judged(Kind.GIFT_SET, s, request_started=True) for s in range(100, 1_000) if s not in listed}
    assert set(told.values()) == {State.UNKNOWN}


@pytest.mark.parametrize("kind", Kind)
def test_an_error_before_the_headers_started_is_not_sent(kind: Kind) -> None:
    assert judged(kind, None, request_started=False) is State.NOT_SENT


@pytest.mark.parametrize("kind", Kind)
def test_every_other_error_is_unknown(kind: Kind) -> None:
    assert judged(kind, None, request_started=True) is State.UNKNOWN


# What a batch does next.


@pytest.mark.parametrize("status", [None, 200, 500])
def test_the_first_unknown_stops_the_batch(status: int | None) -> None:
    assert next_step(State.UNKNOWN, status) is Next.STOP


@pytest.mark.parametrize("status", [401, 403])
def test_401_and_403_stop_the_batch(status: int) -> None:
    assert next_step(State.REJECTED, status) is Next.STOP


def test_429_pauses_the_batch() -> None:
    assert next_step(State.REJECTED, 429) is Next.PAUSE


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.CONFIRMED, 200),
        (State.ABSENT, 404),
        (State.REJECTED, 422),
        (State.REJECTED, 409),
        (State.NOT_SENT, None),
        (State.ABANDONED, None),
    ],
)
def test_after_anything_else_it_goes_on(state: State, status: int | None) -> None:
    assert next_step(state, status) is Next.GO_ON


# The horizon.


@pytest.mark.parametrize(
    ("seconds", "left"),
    [(0, 90), (1, 89), (89.5, 0.5), (90, 0), (91, 0), (10**6, 0)],
)
def test_an_outcome_may_be_judged_once_the_horizon_has_passed(seconds: float, left: float) -> None:
    now = NOON + timedelta(seconds=seconds)
    assert left_to_wait(NOON, HORIZON, now) == timedelta(seconds=left)


def test_a_clock_that_was_set_back_costs_one_horizon_and_no_more() -> None:
    assert left_to_wait(NOON, HORIZON, NOON - timedelta(days=400)) == HORIZON


# Two reads.

BEFORE, AFTER = {"quantity": 21}, {"quantity": 24}


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ((AFTER, AFTER), State.APPLIED_INFERRED),
        ((BEFORE, BEFORE), State.NOT_APPLIED_INFERRED),
        ((BEFORE, AFTER), State.UNDECIDED),
        ((AFTER, BEFORE), State.UNDECIDED),
        (({"quantity": 27}, {"quantity": 27}), State.UNDECIDED),
        ((AFTER, None), State.UNDECIDED),
        ((None, None), State.UNDECIDED),
        ((AFTER, AFTER, BEFORE), State.UNDECIDED),
        ((AFTER, AFTER, AFTER), State.APPLIED_INFERRED),
    ],
    ids=str,
)
def test_relative_both_reads_at_before_plus_delta_or_both_at_before(
    seen: tuple[Facts | None, ...], state: State
) -> None:
    assert inferred(BEFORE, intent(3).expected(BEFORE), looks(*seen)) is state


@pytest.mark.parametrize("seen", [(), (AFTER,), (BEFORE,), (None,)], ids=str)
def test_one_read_is_never_enough(seen: tuple[Facts | None, ...]) -> None:
    assert inferred(BEFORE, AFTER, looks(*seen)) is State.UNDECIDED


@pytest.mark.parametrize(
    ("quantity", "state"),
    [(10, State.APPLIED_INFERRED), (21, State.NOT_APPLIED_INFERRED), (11, State.UNDECIDED)],
)
def test_absolute_both_reads_at_the_target_or_both_at_before(quantity: int, state: State) -> None:
    expected = intent(10, kind=Kind.GIFT_SET).expected(BEFORE)
    assert inferred(BEFORE, expected, looks(*[{"quantity": quantity}] * 2)) is state


@pytest.mark.parametrize(
    ("available", "removed", "state"),
    [
        (1, 2, State.APPLIED_INFERRED),
        (3, 0, State.NOT_APPLIED_INFERRED),
        (1, 0, State.UNDECIDED),
        (3, 2, State.UNDECIDED),
        (2, 1, State.UNDECIDED),
    ],
)
def test_selection_counts_available_and_removed(available: int, removed: int, state: State) -> None:
    before = {"available": 3, "removed": 0}
    expected = intent(2, kind=Kind.CART_REMOVE).expected(before)
    assert inferred(before, expected, looks(*[{"available": available, "removed": removed}] * 2)) is state


def test_removing_everything_counts_every_selection() -> None:
    before = {"a.available": 2, "a.removed": 1, "b.available": 0, "b.removed": 4, "c.available": 5}
    expected = intent(None, kind=Kind.CART_REMOVE_ALL).expected(before)
    assert expected == {
        "a.available": 0,
        "a.removed": 3,
        "b.available": 0,
        "b.removed": 4,
        "c.available": 0,
        "c.removed": 5,
    }
    half = {**expected, "c.available": 5, "c.removed": 0}
    assert inferred(before, expected, looks(expected, expected)) is State.APPLIED_INFERRED
    assert inferred(before, expected, looks(half, half)) is State.UNDECIDED


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ((0, 0), State.APPLIED_INFERRED),
        ((1, 1), State.NOT_APPLIED_INFERRED),
        ((0, 1), State.UNDECIDED),
        ((1, 0), State.UNDECIDED),
    ],
)
def test_delete_present_or_absent_in_both(seen: tuple[int, int], state: State) -> None:
    before = {"present": 1}
    expected = intent(None, kind=Kind.HOLD_DELETE).expected(before)
    assert inferred(before, expected, looks(*[{"present": there} for there in seen])) is state


@pytest.mark.parametrize(
    ("there", "state"),
    [
        ({"a": 0, "b": 0, "c": 0}, State.APPLIED_INFERRED),
        ({"a": 1, "b": 1, "c": 1}, State.NOT_APPLIED_INFERRED),
        ({"a": 0, "b": 1, "c": 0}, State.UNDECIDED),
    ],
)
def test_by_cart_each_id_of_the_frozen_list(there: Facts, state: State) -> None:
    before = {"a": 1, "b": 1, "c": 1}
    expected = intent(None, kind=Kind.HOLD_DELETE_CART).expected(before)
    assert inferred(before, expected, looks(there, there)) is state


def test_only_sending_it_twice_does_an_adjust_or_a_removal_twice() -> None:
    assert {kind for kind in Kind if kind.is_relative} == {Kind.GIFT_ADJUST, Kind.CART_REMOVE}


# A change with its events.


def test_a_record_tells_the_last_that_is_known_of_it() -> None:
    events = (
        Event(State.PLANNED, NOON),
        Event(State.SENT, NOON + timedelta(seconds=1)),
        Event(State.NOT_SENT, NOON + timedelta(seconds=2), note="refused"),
        Event(State.SENT, NOON + timedelta(seconds=3)),
        Event(State.UNKNOWN, NOON + timedelta(seconds=4), status=500),
    )
    told = ChangeRecord(change(), events)
    assert (told.state, told.at) == (State.UNKNOWN, NOON + timedelta(seconds=4))
    assert told.sent_at == NOON + timedelta(seconds=3)
    assert (told.status, told.note, told.is_in_doubt) == (500, "refused", True)
    assert ChangeRecord(change(), events[:1]).sent_at is None


# Undoing.


@pytest.mark.parametrize("state", sorted(DONE))
def test_an_applied_adjust_is_taken_back_by_its_inverse(state: State) -> None:
    applied = record(state)
    back = inverse(applied, NOON)
    assert back is not None
    assert (back.kind, back.amount, back.target) == (Kind.GIFT_ADJUST, -3, MUG)
    assert (back.follows, back.ids) == (applied.op_id, {"gift": "mug"})


def test_an_applied_set_is_taken_back_by_the_value_before() -> None:
    back = inverse(record(State.CONFIRMED, Kind.GIFT_SET, 10), NOON)
    assert back is not None
    assert (back.kind, back.amount) == (Kind.GIFT_SET, 21)


@pytest.mark.parametrize("state", sorted(set(State) - DONE - {State.DRAFT}))
def test_what_was_not_applied_as_far_as_anyone_knows_is_not_taken_back(state: State) -> None:
    assert inverse(record(state), NOON) is None


@pytest.mark.parametrize("kind", [Kind.CART_REMOVE_ALL, Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART])
def test_there_is_no_way_back_from_a_removal(kind: Kind) -> None:
    assert inverse(record(State.CONFIRMED, kind, None), NOON) is None


def test_two_intents_are_one_edit_whatever_was_said_about_it_since() -> None:
    edit = intent(3, label="Mug", seen=BEFORE)
    assert edit.is_same_edit(replace(edit, label="M\\udc80g", reason="counted", seen=None))
    for other in (intent(4), intent(3, CUP), intent(3, kind=Kind.GIFT_SET), intent(3, at=NOON + HORIZON)):
        assert not edit.is_same_edit(other)


NOT_MADE = {
    *(State.REJECTED, State.NOT_SENT, State.ABANDONED),
    *(State.NOT_APPLIED_INFERRED, State.NOT_APPLIED_BY_VERDICT),
}


def test_these_were_not_made_as_far_as_anyone_knows() -> None:
    assert NOT_DONE == NOT_MADE


@pytest.mark.parametrize("state", sorted({*WAYS}))
@pytest.mark.parametrize("kind", [Kind.GIFT_ADJUST, Kind.GIFT_SET])
def test_what_was_not_made_is_staged_anew_on_what_was_seen_then(state: State, kind: Kind) -> None:
    made = record(state, kind)
    later = NOON + timedelta(hours=1)
    if state not in NOT_MADE:
        assert again(made, later) is None
        return
    planned = made.change
    wanted = replace(planned.intent, staged_at=later, follows=planned.op_id)
    assert again(made, later) == replace(wanted, seen=dict(planned.before), seen_at=planned.observed_at)


@pytest.mark.parametrize("kind", [Kind.CART_REMOVE, Kind.CART_REMOVE_ALL, Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART])
def test_a_removal_that_was_not_made_is_not_staged_anew(kind: Kind) -> None:
    before = {"available": 3, "removed": 0}
    planned = change(intent(1, kind=kind), before)
    made = ChangeRecord(planned, (Event(State.PLANNED, NOON), Event(State.ABANDONED, NOON)))
    assert again(made, NOON) is None


def test_these_ask_for_another_look_at_the_target_first() -> None:
    assert {409, 412} == STALE


def test_only_deletions_take_something_away_for_good() -> None:
    assert {kind for kind in Kind if kind.deletes} == {Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART}


def test_a_change_has_the_reason_of_its_intent() -> None:
    assert change(intent(3, reason="counted")).reason == "counted"


def test_of_a_whole_cart_what_is_open_is_removed_and_nothing_else() -> None:
    before = {"a.available": 1, "a.removed": 2, "b.available": 0, "c.available": -1, "d.available": 2}
    after = {"a.available": 0, "a.removed": 3, "b.available": 0, "c.available": -1} | {
        "d.available": 0,
        "d.removed": 2,
    }
    assert removed_all(before) == after
    assert open_in_all(before) == 3
    assert open_in_all(after) == 0
