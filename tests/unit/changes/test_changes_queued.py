"""A batch that was confirmed while another runs: it waits its turn, and what ends the one holds for the other."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.changes_kit import CUP, MUG, intent
from tests.unit.changes.steps import FULL, refuse, states
from tests.vendor_model import Fate, ModelShop

from qtydash.domain.changes import State
from qtydash.services.batch import BatchControl, BatchResult, Result
from qtydash.services.changes import Changes, NotNow


async def both(
    changes: Changes, shop: ModelShop, meanwhile: Callable[[], object] = lambda: None
) -> tuple[BatchResult, BatchResult]:
    """Apply a batch and another behind it; ``meanwhile`` is done when the first has reached the vendor."""
    edits = intent(3), intent(1, CUP)
    changes.stage(*edits)
    one, two = [[replace(p, accepted=True) for p in await changes.plan([edit])] for edit in edits]

    def arrived(op_id: str) -> None:
        if shop.sends == [op_id]:
            meanwhile()

    shop.on_arrival = arrived
    return await asyncio.gather(changes.apply(one), changes.apply(two))


async def test_it_is_sent_when_the_first_has_ended(changes: Changes, shop: ModelShop) -> None:
    one, two = await both(changes, shop)
    assert states(one) + states(two) == [State.CONFIRMED, State.CONFIRMED]
    assert shop.targets == [MUG, CUP]


async def test_a_journal_that_failed_under_the_first_lets_nothing_of_it_go(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, State.CONFIRMED, 1)
    one, two = await both(changes, shop)
    assert shop.targets == [MUG]
    assert states(one) + states(two) == [State.UNKNOWN, None]
    assert two.stopped == changes.locked == FULL


async def test_changes_that_are_closed_let_nothing_of_it_go(changes: Changes, shop: ModelShop) -> None:
    one, two = await both(changes, shop, changes.close)
    assert shop.targets == [MUG]
    assert states(one) + states(two) == [State.CONFIRMED, None]
    assert two.stopped == "You stopped it."
    assert "closed" in changes.locked


async def test_stopping_stops_both(changes: Changes, shop: ModelShop) -> None:
    told: list[int] = []
    one, two = await both(changes, shop, lambda: told.append(changes.stop()))
    assert told == [2]
    assert shop.targets == [MUG]
    assert states(one) + states(two) == [State.CONFIRMED, None]
    assert changes.stop() == 0


async def test_what_it_is_about_to_send_cannot_be_unstaged(changes: Changes, shop: ModelShop) -> None:
    seen: list[object] = []

    def meanwhile() -> None:
        seen.extend((changes.in_batch, changes.unstage([CUP]), changes.staged_for(CUP) is not None))

    await both(changes, shop, meanwhile)
    assert seen == [{MUG, CUP}, 0, True]
    assert changes.in_batch == frozenset()
    assert changes.staged == ()


async def test_what_the_first_has_done_and_the_second_does_again_cannot_be_unstaged_either(
    changes: Changes, shop: ModelShop
) -> None:
    changes.stage(intent(3), intent(1, CUP))
    control = BatchControl()
    seen: list[object] = []
    second: list[asyncio.Task[BatchResult]] = []

    async def once_more() -> BatchResult:
        changes.stage(intent(2))
        proposals = await changes.plan([intent(2)])
        control.paused = False
        return await changes.apply(proposals)

    def told(position: int, result: Result) -> None:
        if result.is_done and not position:
            control.paused = True
            second.append(asyncio.create_task(once_more()))

    def arrived(op_id: str) -> None:
        seen.append(changes.in_batch)
        if len(shop.targets) == 3:
            seen.append(changes.unstage([MUG]))

    shop.on_arrival = arrived
    first = [replace(p, accepted=True) for p in await changes.plan(changes.staged)]
    await changes.apply(first, control=control, on_result=told)
    await second[0]
    assert shop.targets == [MUG, CUP, MUG]
    assert seen == [{MUG, CUP}, {MUG, CUP}, {MUG}, 0]


async def test_where_the_writer_is_cancelled_it_is_given_up(changes: Changes, shop: ModelShop) -> None:
    shop.fates.append(Fate(cancelled=True))
    one, two = await changes.plan([intent(3)]), await changes.plan([intent(1, CUP)])
    ended = await asyncio.gather(changes.apply(one), changes.apply(two), return_exceptions=True)
    assert [type(each) for each in ended] == [asyncio.CancelledError] * 2
    assert changes.in_batch == frozenset()
    assert changes.stop() == 0
    changes.open()
    assert sorted(record.state for record in changes.records()) == [State.ABANDONED, State.UNKNOWN]


async def test_opening_again_between_the_two_gives_nothing_up(changes: Changes, shop: ModelShop) -> None:
    opened: list[object] = []

    def open_between() -> None:
        if changes.running is None and shop.targets == [MUG]:
            opened.append(changes.open())

    changes.subscribe(open_between)
    one, two = await both(changes, shop)
    assert opened
    assert states(one) + states(two) == [State.CONFIRMED, State.CONFIRMED]


async def test_one_that_was_refused_does_not_wait(changes: Changes) -> None:
    proposals = await changes.plan([intent(3)])
    _, refused = await asyncio.gather(changes.apply(proposals), changes.apply(proposals), return_exceptions=True)
    assert isinstance(refused, NotNow)
    assert changes.stop() == 0
