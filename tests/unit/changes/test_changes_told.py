"""What is told of each change and of why a batch ended; what holds one back, and how long the next try waits."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.changes_kit import CUP, MUG, Clock, change, intent, journal
from tests.hold_model import hold
from tests.unit.changes.steps import MUGS, applied, states
from tests.vendor_model import LOST_AFTER, NOT_SENT, Fate, ModelShop, answered

from qtydash.domain.changes import Intent, Kind, State
from qtydash.domain.errors import InvalidId, RateLimited, ReadOnlyProfile, UnexpectedAnswer
from qtydash.services.batch import Batch, BatchControl, Result
from qtydash.services.changes import Changes

HOLD = "hold:1"
DELETION = intent(None, HOLD, Kind.HOLD_DELETE)


@pytest.fixture
def shop(shop: ModelShop) -> ModelShop:
    """The shop, with an order-quantity record."""
    shop.facts[HOLD] = {"present": 1}
    shop.records[HOLD] = {"present": hold("1")}
    return shop


async def reviewed(changes: Changes, wanted: Intent) -> Result:
    """Review and apply one change, staged or not."""
    (result,) = (await changes.apply(await changes.plan([wanted]))).results
    return result


# What the vendor answered.


@pytest.mark.parametrize("wanted", [intent(3), intent(10, kind=Kind.GIFT_SET), DELETION])
async def test_of_a_change_that_came_out_as_foreseen_there_is_nothing_to_say(
    changes: Changes, wanted: Intent
) -> None:
    result = await reviewed(changes, wanted)
    assert (result.state, result.words, result.phase) == (State.CONFIRMED, "", "answer")


def busy() -> Exception:
    error = UnexpectedAnswer("It answered 503.", status=503)
    error.retry_after = 30
    return error


@pytest.mark.parametrize(
    ("wanted", "failure", "state", "words"),
    [
        (intent(3), answered(422), State.REJECTED, "It answered 422."),
        (intent(3), busy, State.UNKNOWN, "It answered 503. It asks to wait 30 s."),
        (
            intent(3),
            lambda: RateLimited("Slow down for 30 s.", retry_after=30),
            State.REJECTED,
            "Slow down for 30 s.",
        ),
        (DELETION, answered(404), State.ABSENT, "The vendor does not know it any more."),
        (DELETION, answered(422), State.REJECTED, "It answered 422."),
    ],
    ids=["422", "503", "429", "gone", "422 of a deletion"],
)
async def test_what_the_vendor_answered_is_told_and_each_thing_once(
    changes: Changes, shop: ModelShop, wanted: Intent, failure: Callable[[], Exception], state: State, words: str
) -> None:
    shop.fates.append(Fate(applied=False, failure=failure))
    result = await reviewed(changes, wanted)
    assert (result.state, result.words) == (state, words)
    assert changes.records()[0].note == words


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (lambda: ReadOnlyProfile("shop"), "Profile 'shop' is read-only"),
        (lambda: InvalidId("gift id", "../orders"), "'../orders' is not a usable gift id"),
    ],
    ids=["read-only", "id"],
)
async def test_a_request_that_cannot_be_made_is_not_sent_nor_tried_again_and_holds_up_no_other(
    changes: Changes, shop: ModelShop, failure: Callable[[], Exception], words: str
) -> None:
    shop.fates.append(Fate(reached=False, applied=False, failure=failure))
    result = await applied(changes, intent(3), intent(1, CUP))
    assert states(result) == [State.NOT_SENT, State.CONFIRMED]
    assert shop.targets == [MUG, CUP]
    assert (result.results[0].phase, words in result.results[0].words) == ("request", True)
    assert changes.staged == (intent(3),)


# Why it ended.


@pytest.mark.parametrize(
    ("fate", "stopped"),
    [
        (LOST_AFTER, "The outcome of a change is unknown."),
        (Fate(applied=False, failure=answered(401)), "SHOPLINE does not let this profile make changes (401)."),
        (Fate(applied=False, failure=answered(403)), "SHOPLINE does not let this profile make changes (403)."),
    ],
    ids=["unknown", "401", "403"],
)
async def test_why_it_ended_is_told_of_the_batch_and_of_each_that_was_not_attempted(
    changes: Changes, shop: ModelShop, fate: Fate, stopped: str
) -> None:
    shop.fates.append(fate)
    result = await applied(changes, intent(3), intent(1, CUP), intent(1, MUGS[0]))
    assert result.stopped == stopped
    told = f"Not attempted: the batch stopped before it. {stopped}"
    assert [each.words for each in result.results[1:]] == [told] * 2
    assert [changes.found(each.change.op_id).note for each in result.results[1:]] == [told] * 2


async def test_of_a_batch_that_is_cancelled_in_flight_each_change_is_told_as_it_is_written_down(
    changes: Changes, shop: ModelShop
) -> None:
    shop.fates.append(Fate(cancelled=True))
    told: dict[int, Result] = {}
    proposals = await changes.plan([intent(3), intent(1, CUP)])
    with pytest.raises(asyncio.CancelledError):
        await changes.apply(proposals, on_result=lambda n, each: told.update({n: each}))
    sent, left = told[0], told[1]
    assert (sent.state, sent.phase) == (State.UNKNOWN, "cancelled")
    assert sent.words == changes.in_doubt()[0].note
    assert (left.state, left.words) == (None, "Not attempted: the batch stopped before it. The batch ended.")


# What holds one back.


async def test_what_is_already_as_it_was_to_be_set_is_not_sent(changes: Changes, shop: ModelShop) -> None:
    proposals = await changes.plan([intent(10, CUP, Kind.GIFT_SET), intent(3)])
    shop.elsewhere(CUP, 5)
    result = await changes.apply(proposals)
    assert states(result) == [State.ABANDONED, State.CONFIRMED]
    assert shop.targets == [MUG]
    told = result.results[0]
    assert (told.phase, told.words) == ("gone", "Not sent: it is 10 already.")


async def test_what_cannot_be_made_out_any_more_is_not_sent_and_why_is_told(
    changes: Changes, shop: ModelShop
) -> None:
    proposals = await changes.plan([intent(1, CUP), intent(3)])
    shop.facts[CUP], shop.refusals[CUP] = None, "Its row cannot be read."
    result = await changes.apply(proposals)
    assert states(result) == [State.ABANDONED, State.CONFIRMED]
    assert shop.targets == [MUG]
    told = result.results[0]
    assert (told.phase, told.words) == ("refused", "Not sent: Its row cannot be read.")


# How long it waits.


@pytest.mark.parametrize(("jitter", "waits"), [(0.0, [1.0, 1.5]), (0.5, [2.0, 3.0]), (1.0, [3.0, 4.5])])
async def test_each_further_try_waits_longer_and_up_to_half_of_it_more_or_less(
    path: Path, shop: ModelShop, clock: Clock, jitter: float, waits: list[float]
) -> None:
    written, planned = journal(path), change()
    written.plan([planned])
    shop.fates += [NOT_SENT] * 3
    batch = Batch([planned], lambda _: shop, written, clock, clock.sleep, lambda: jitter)
    assert states(await batch.run()) == [State.NOT_SENT]
    assert clock.sleeps == waits


@pytest.mark.parametrize("ends", [False, True])
async def test_a_paused_batch_hears_within_a_second_that_it_is_to_go_on_or_to_end(
    changes: Changes, shop: ModelShop, clock: Clock, ends: bool
) -> None:
    control = BatchControl()
    sleep = clock.sleep

    def on_result(position: int, result: Result) -> None:
        control.paused = result.state is State.CONFIRMED

    async def telling(seconds: float) -> None:
        await sleep(seconds)
        if sum(clock.sleeps) > 5:
            control.paused, control.aborted = ends, ends

    changes._sleep = telling
    result = await applied(changes, intent(3), intent(1, CUP), control=control, on_result=on_result)
    assert states(result) == [State.CONFIRMED, None if ends else State.CONFIRMED]
    assert result.stopped == ("You stopped it." if ends else "")
    assert 5 < sum(clock.sleeps) <= 6
    assert max(clock.sleeps) <= 1
