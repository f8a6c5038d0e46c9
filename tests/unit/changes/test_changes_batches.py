"""Batches: when they pause, when they stop, and what is told of every change of them."""

import asyncio

import pytest
from tests.changes_kit import CUP, MUG, Clock, intent, until_idle
from tests.unit.changes.steps import MUGS, applied, state_of, states
from tests.vendor_model import LOST_AFTER, LOST_BEFORE, NOT_SENT, Fate, ModelShop, answered

from qtydash.domain.changes import Event, State
from qtydash.domain.errors import RateLimited
from qtydash.services.batch import BatchControl, Result
from qtydash.services.changes import Changes, NotNow
from qtydash.services.port import BatchRules
from qtydash.storage.journal import Journal, JournalError


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (LOST_AFTER, State.UNKNOWN),
        (LOST_BEFORE, State.UNKNOWN),
        (Fate(failure=answered(500)), State.UNKNOWN),
        (Fate(failure=answered(200)), State.UNKNOWN),
        (Fate(failure=lambda: RuntimeError("a fault of our own")), State.UNKNOWN),
        (Fate(applied=False, failure=answered(401)), State.REJECTED),
        (Fate(applied=False, failure=answered(403)), State.REJECTED),
    ],
)
async def test_the_first_unknown_and_401_403_stop_the_batch(
    changes: Changes, shop: ModelShop, fate: Fate, state: State
) -> None:
    shop.fates += [Fate(), fate]
    wanted = [intent(1, target) for target in MUGS]
    result = await applied(changes, *wanted)
    assert states(result) == [State.CONFIRMED, state, None, None, None, None]
    assert len(shop.sends) == 2
    assert result.stopped
    assert all("Not attempted" in each.words for each in result.results[2:])
    assert [state_of(changes, each.change.op_id) for each in result.results[2:]] == [State.ABANDONED] * 4
    kept = wanted[2:] if state is State.UNKNOWN else wanted[1:]
    assert list(changes.staged) == kept


@pytest.mark.parametrize("status", [409, 412, 422, 404])
async def test_a_rejection_stays_staged_and_the_batch_goes_on(
    changes: Changes, shop: ModelShop, status: int
) -> None:
    shop.fates.append(Fate(applied=False, failure=answered(status)))
    result = await applied(changes, intent(3), intent(1, CUP))
    assert states(result) == [State.REJECTED, State.CONFIRMED]
    assert changes.staged == (intent(3),)


def slow_down(seconds: float | None) -> Fate:
    return Fate(applied=False, failure=lambda: RateLimited("Slow down.", retry_after=seconds))


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [(None, 1, 2), (0, 1, 2), (5, 5, 6), (59, 59, 60), (61, 60, 60), (10**9, 60, 60)],
)
async def test_429_pauses_the_batch_and_retry_after_is_capped_at_60_seconds(
    changes: Changes, shop: ModelShop, clock: Clock, asked: float | None, least: float, most: float
) -> None:
    shop.fates.append(slow_down(asked))
    result = await applied(changes, intent(3), intent(1, CUP))
    assert states(result) == [State.REJECTED, State.CONFIRMED]
    assert least <= sum(clock.sleeps) <= most


async def test_a_rejection_is_told_before_the_pause_it_asks_for_and_nothing_waits_after_the_last(
    changes: Changes, shop: ModelShop, clock: Clock
) -> None:
    shop.fates += [slow_down(30), slow_down(30)]
    told: list[tuple[State | None, float]] = []

    def on_result(position: int, result: Result) -> None:
        told.append((result.state, sum(clock.sleeps)))

    await applied(changes, intent(3), intent(1, CUP), on_result=on_result)
    assert told[:2] == [(State.SENT, 0), (State.REJECTED, 0)]
    assert sum(clock.sleeps) < 32


async def test_a_pause_ends_when_the_operator_stops_the_batch(
    changes: Changes, shop: ModelShop, clock: Clock
) -> None:
    control = BatchControl()
    shop.fates.append(slow_down(60))
    sleep = clock.sleep

    async def stopping(seconds: float) -> None:
        await sleep(seconds)
        control.aborted = sum(clock.sleeps) > 2

    changes._sleep = stopping
    result = await applied(changes, intent(3), intent(1, CUP), control=control)
    assert (states(result), result.stopped) == ([State.REJECTED, None], "You stopped it.")
    assert sum(clock.sleeps) < 4


async def test_a_paused_batch_waits_and_a_stopped_one_ends(
    changes: Changes, shop: ModelShop, clock: Clock
) -> None:
    control = BatchControl()
    sleep = clock.sleep

    def on_result(position: int, result: Result) -> None:
        control.paused = position == 0 and result.state is State.CONFIRMED
        control.aborted = position == 1

    async def resuming(seconds: float) -> None:
        assert len(shop.sends) == 1 or not seconds
        await sleep(seconds)
        control.paused = control.paused and sum(clock.sleeps) < 10

    changes._sleep = resuming
    result = await applied(changes, *[intent(1, t) for t in MUGS], control=control, on_result=on_result)
    assert states(result) == [State.CONFIRMED, State.CONFIRMED, None, None, None, None]
    assert sum(clock.sleeps) >= 10


async def test_a_batch_made_within_one_millisecond_keeps_its_order(changes: Changes, shop: ModelShop) -> None:
    result = await applied(changes, *(intent(1, target) for target in MUGS))
    sent = [each.change.op_id for each in result.results]
    assert sent == sorted(sent) == shop.sends
    assert [r.change.intent.target for r in reversed(changes.records())] == list(MUGS)


async def test_every_change_has_one_result_and_they_add_up(changes: Changes, shop: ModelShop) -> None:
    shop.fates += [Fate(), Fate(applied=False, failure=answered(422)), *[NOT_SENT] * 3, LOST_AFTER]
    told: dict[int, list[State | None]] = {}
    result = await applied(
        changes,
        *[intent(1, target) for target in MUGS],
        on_result=lambda n, each: told.setdefault(n, []).append(each.state),
    )
    assert states(result) == [State.CONFIRMED, State.REJECTED, State.NOT_SENT, State.UNKNOWN, None, None]
    assert [told[n][-1] for n in range(6)] == states(result)
    assert len(changes.journal.batch(result.results[0].change.batch)) == 6


async def test_a_batch_that_is_paced_stops_after_rejects_in_a_row(changes: Changes, shop: ModelShop) -> None:
    shop.rules = BatchRules(pause=0.5, rejects_in_a_row=3)
    no = Fate(applied=False, failure=answered(422))
    shop.fates += [no, no, Fate(), no, no, no]
    result = await applied(changes, *[intent(1, target) for target in (*MUGS, MUG)])
    assert states(result) == [
        *[State.REJECTED, State.REJECTED, State.CONFIRMED],
        *[State.REJECTED, State.REJECTED, State.REJECTED, None],
    ]
    assert result.stopped == "SHOPLINE rejected 3 in a row."


# Ending.


async def test_whoever_waits_may_be_cancelled_and_the_batch_goes_on(changes: Changes, shop: ModelShop) -> None:
    proposals = await changes.plan([intent(3), intent(1, CUP)])
    waiting = asyncio.ensure_future(changes.apply(proposals))
    shop.on_arrival = lambda op_id: (waiting.cancel(), None)[1]
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await until_idle(changes).wait()
    assert [r.state for r in changes.records()] == [State.CONFIRMED] * 2


async def test_a_writer_that_is_cancelled_in_flight_says_unknown_and_gives_up_the_rest(
    changes: Changes, shop: ModelShop
) -> None:
    shop.fates.append(Fate(cancelled=True))
    told: dict[int, State | None] = {}
    changes.stage(intent(3), intent(1, CUP))
    proposals = await changes.plan(changes.staged)
    with pytest.raises(asyncio.CancelledError):
        await changes.apply(proposals, on_result=lambda n, each: told.update({n: each.state}))
    assert told == {0: State.UNKNOWN, 1: None}
    assert [r.change.intent.target for r in changes.in_doubt()] == [MUG]
    assert changes.in_doubt()[0].events[-1].phase == "cancelled"
    assert changes.staged == (intent(1, CUP),)
    assert changes.running is None
    assert states(await applied(changes, intent(1, CUP))) == [State.CONFIRMED]


async def test_a_journal_that_fails_while_the_writer_is_cancelled_locks_changes(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(self: Journal, *events: tuple[str, Event]) -> None:
        raise JournalError("The journal is full.")

    shop.on_arrival = lambda op_id: monkeypatch.setattr(Journal, "record", failing)
    shop.fates.append(Fate(cancelled=True))
    told: dict[int, State | None] = {}
    proposals = await changes.plan([intent(3), intent(1, CUP)])
    with pytest.raises(asyncio.CancelledError):
        await changes.apply(proposals, on_result=lambda n, each: told.update({n: each.state}))
    assert changes.locked == "The journal is full."
    assert told == {0: State.UNKNOWN, 1: None}
    monkeypatch.undo()
    recovered = changes.open()
    assert [r.op_id for r in changes.in_doubt()] == list(recovered)
    assert (changes.locked, len(recovered)) == ("", 1)


@pytest.mark.parametrize(
    ("fate", "state"), [(NOT_SENT, State.NOT_SENT), (slow_down(30), State.REJECTED)], ids=["not sent", "429"]
)
async def test_a_writer_that_is_cancelled_while_it_waits_tells_what_is_known(
    changes: Changes, shop: ModelShop, fate: Fate, state: State
) -> None:
    async def ended(seconds: float) -> None:
        if seconds:
            raise asyncio.CancelledError

    changes._sleep = ended
    shop.fates.append(fate)
    told: dict[int, State | None] = {}
    changes.stage(intent(3), intent(1, CUP))
    proposals = await changes.plan(changes.staged)
    with pytest.raises(asyncio.CancelledError):
        await changes.apply(proposals, on_result=lambda n, each: told.update({n: each.state}))
    assert told == {0: state, 1: None}
    assert not changes.in_doubt()
    assert len(changes.staged) == 2


async def test_a_listener_that_fails_leaves_nothing_in_flight(changes: Changes, shop: ModelShop) -> None:
    """Between `sent` and the first byte: it was not sent, but the journal cannot tell."""

    def failing(position: int, result: Result) -> None:
        if result.state is State.SENT:
            raise RuntimeError("a fault of the screen")

    with pytest.raises(RuntimeError, match="fault of the screen"):
        await applied(changes, intent(3), intent(1, CUP), on_result=failing)
    assert changes.in_flight is None
    assert sorted(r.state for r in changes.records()) == [State.ABANDONED, State.UNKNOWN]
    assert changes.running is None


async def test_what_is_running_is_told(changes: Changes, shop: ModelShop, clock: Clock) -> None:
    seen: list[tuple[bool, int]] = []

    def look(op_id: str) -> None:
        running = changes.running
        assert running is not None
        assert changes.in_flight is not None
        seen.append((running.sent_at == clock(), running.left))

    shop.on_arrival = look
    await applied(changes, intent(3), intent(1, CUP))
    assert seen == [(True, 1), (True, 0)]
    assert changes.running is None


async def test_closed_while_a_batch_runs_it_sends_nothing_more(changes: Changes, shop: ModelShop) -> None:
    shop.on_arrival = lambda op_id: changes.close()
    result = await applied(changes, intent(3), intent(1, CUP))
    assert states(result) == [State.CONFIRMED, None]
    assert len(shop.sends) == 1


async def test_once_it_is_closed_nothing_is_sent(changes: Changes, shop: ModelShop) -> None:
    """The lock is gone, so another program may be writing."""
    proposals = await changes.plan([intent(3)])
    changes.close()
    with pytest.raises(NotNow):
        await changes.apply(proposals)
    with pytest.raises(NotNow):
        changes.stage(intent(3))
