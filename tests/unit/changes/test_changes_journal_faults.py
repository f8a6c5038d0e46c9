"""A journal that fails while a batch runs: nothing more is sent, changes are locked, and what is known is told."""

import asyncio
from pathlib import Path

import pytest
from tests.changes_kit import CUP, MUG, Clock, intent
from tests.unit.changes.steps import FULL, applied, refuse, states
from tests.vendor_model import NOT_SENT, Fate, ModelShop, answered

from qtydash.domain.changes import State
from qtydash.services.batch import BatchControl, Result
from qtydash.services.changes import Changes, NotNow


def check_locked(changes: Changes) -> None:
    assert changes.locked == FULL
    with pytest.raises(NotNow, match="journal is full"):
        changes.stage(intent(1))


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (Fate(), State.CONFIRMED),
        (Fate(applied=False, failure=answered(422)), State.REJECTED),
        (Fate(failure=answered(500)), State.UNKNOWN),
        (NOT_SENT, State.NOT_SENT),
    ],
)
async def test_an_outcome_that_cannot_be_written_down_ends_the_batch_for_that_reason_and_locks_changes(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch, fate: Fate, state: State
) -> None:
    refuse(monkeypatch, state)
    shop.fates.append(fate)
    result = await applied(changes, intent(3), intent(1, CUP))
    assert states(result) == [State.UNKNOWN, None]
    assert shop.targets == [MUG]
    assert result.stopped == result.journal_fault == FULL
    assert f"ended as {state.value}, but that could not be written down. {FULL}" in result.results[0].words
    assert result.results[1].words == f"Not attempted: the batch stopped before it. {FULL}"
    check_locked(changes)


async def test_where_sent_cannot_be_written_down_the_batch_ends_for_that_reason(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, State.SENT, 1)
    result = await applied(changes, intent(3), intent(1, CUP))
    assert (states(result), shop.targets) == ([None, None], [])
    assert result.stopped == FULL
    assert [each.words for each in result.results] == [f"Not attempted: the batch stopped before it. {FULL}"] * 2
    check_locked(changes)


async def test_where_it_cannot_be_written_down_that_one_moved_that_is_told_and_no_other_is_sent(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposals = await changes.plan([intent(3), intent(1, CUP)])
    shop.elsewhere(MUG, -2)
    refuse(monkeypatch, State.ABANDONED)
    result = await changes.apply(proposals)
    assert (states(result), shop.targets) == ([None, None], [])
    moved = result.results[0]
    assert (moved.phase, moved.words) == (
        "moved",
        "Not sent: it was 21 in the review and is 19 now. Review it again.",
    )
    assert result.stopped == FULL
    check_locked(changes)
    monkeypatch.undo()
    changes.open()
    assert [record.state for record in changes.records()] == [State.ABANDONED] * 2


async def test_where_what_was_left_cannot_be_given_up_the_first_reason_is_told_and_changes_are_locked(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = BatchControl()

    def on_result(position: int, result: Result) -> None:
        control.aborted = True

    refuse(monkeypatch, State.ABANDONED)
    result = await applied(changes, intent(3), intent(1, CUP), control=control, on_result=on_result)
    assert states(result) == [State.CONFIRMED, None]
    assert (result.stopped, result.journal_fault) == ("You stopped it.", FULL)
    assert result.results[1].words == "Not attempted: the batch stopped before it. You stopped it."
    check_locked(changes)


async def test_a_journal_that_fails_once_while_the_writer_is_cancelled_locks_changes_all_the_same(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, State.UNKNOWN, 1)
    shop.fates.append(Fate(cancelled=True))
    told: list[State | None] = []
    proposals = await changes.plan([intent(3)])
    with pytest.raises(asyncio.CancelledError):
        await changes.apply(proposals, on_result=lambda n, each: told.append(each.state))
    assert told == [State.SENT, State.UNKNOWN]
    assert [record.change.intent.target for record in changes.in_doubt()] == [MUG]
    check_locked(changes)


async def test_without_its_journal_what_was_in_flight_is_told_as_unknown_and_the_others_as_not_attempted(
    changes: Changes, shop: ModelShop, path: Path
) -> None:
    away = path.with_name("moved")
    shop.on_arrival = lambda op_id: (path.rename(away), None)[1]
    shop.fates.append(Fate(cancelled=True))
    told: dict[int, Result] = {}
    proposals = await changes.plan([intent(3), intent(1, CUP)])
    with pytest.raises(asyncio.CancelledError):
        await changes.apply(proposals, on_result=lambda n, each: told.update({n: each}))
    assert [told[n].state for n in range(2)] == [State.UNKNOWN, None]
    assert "whether it was applied is not known" in told[0].words
    assert "Not attempted" in told[1].words
    assert "missing" in changes.locked
    away.rename(path)
    assert changes.open() == (told[0].change.op_id,)
    assert (changes.locked, shop.targets) == ("", [MUG])


async def test_without_its_journal_what_was_tried_once_and_then_stopped_is_told_as_not_sent(
    changes: Changes, shop: ModelShop, clock: Clock, path: Path
) -> None:
    """It was tried, so that it is not one of those that were not attempted."""
    control = BatchControl()
    away = path.with_name("moved")

    async def stopping(seconds: float) -> None:
        await clock.sleep(seconds)
        control.aborted = True
        path.rename(away)

    changes._sleep = stopping
    shop.fates.append(NOT_SENT)
    result = await applied(changes, intent(3), intent(1, CUP), control=control)
    assert states(result) == [State.NOT_SENT, None]
    assert result.results[0].words == "Nothing listens there."
    assert (result.stopped, shop.targets) == ("You stopped it.", [MUG])
    assert "missing" in result.journal_fault
    away.rename(path)
    changes.open()
    assert sorted(record.state for record in changes.records()) == [State.ABANDONED, State.NOT_SENT]
