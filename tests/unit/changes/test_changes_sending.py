"""One change: written down before it is sent, sent once, given up where the target moved."""

import asyncio

import pytest
from tests.changes_kit import CUP, MUG, Clock, intent
from tests.unit.changes.steps import Opened, applied, refuse, restarted, state_of, states
from tests.vendor_model import LOST_BEFORE, NOT_SENT, Fate, ModelShop, lost

from qtydash.domain.changes import Event, Intent, Kind, State
from qtydash.domain.errors import Unauthorized
from qtydash.domain.review import Proposal
from qtydash.services.batch import BatchResult
from qtydash.services.changes import Changes, NotNow
from qtydash.storage.journal import Journal, JournalError


async def test_sent_is_written_down_before_the_first_byte(changes: Changes, shop: ModelShop) -> None:
    seen: list[State] = []
    shop.on_arrival = lambda op_id: seen.append(state_of(changes, op_id))
    result = await applied(changes, intent(3), intent(2, CUP))
    assert states(result) == [State.CONFIRMED, State.CONFIRMED]
    assert seen == [State.SENT, State.SENT]
    assert (shop.quantity(MUG), shop.quantity(CUP)) == (24, 7)
    assert not changes.staged


@pytest.mark.parametrize("commits", [False, True])
async def test_where_sent_cannot_be_written_down_nothing_is_sent(
    changes: Changes, opened: Opened, shop: ModelShop, monkeypatch: pytest.MonkeyPatch, commits: bool
) -> None:
    record = Journal.record

    def failing(self: Journal, *events: tuple[str, Event]) -> None:
        if any(event.state is State.SENT for _, event in events):
            if commits:
                record(self, *events)
            raise JournalError("The journal is full.")
        record(self, *events)

    monkeypatch.setattr(Journal, "record", failing)
    result = await applied(changes, intent(3), intent(2, CUP))
    assert not shop.sends
    assert result.journal_fault == "The journal is full."
    assert changes.locked == "The journal is full."
    with pytest.raises(NotNow, match="journal is full"):
        changes.stage(intent(1))
    monkeypatch.undo()
    again = restarted(changes, opened)
    expected = State.UNKNOWN if commits else State.ABANDONED
    assert [r.state for r in again.records()].count(expected) == (1 if commits else 2)


async def test_where_an_outcome_cannot_be_written_down_it_is_in_doubt_and_the_batch_ends(
    changes: Changes, opened: Opened, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Journal.record

    def failing(self: Journal, *events: tuple[str, Event]) -> None:
        if any(event.state is State.CONFIRMED for _, event in events):
            raise JournalError("The journal is full.")
        record(self, *events)

    monkeypatch.setattr(Journal, "record", failing)
    result = await applied(changes, intent(3), intent(2, CUP))
    assert states(result) == [State.UNKNOWN, None]
    assert "ended as confirmed" in result.results[0].words
    assert len(shop.sends) == 1
    monkeypatch.undo()
    changes.open()
    assert [r.op_id for r in changes.in_doubt()] == [result.results[0].change.op_id]
    assert changes.staged == (intent(2, CUP),)


async def test_what_could_not_be_written_down_as_not_sent_is_not_sent_again(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, State.NOT_SENT)
    shop.fates.append(NOT_SENT)
    result = await applied(changes, intent(3))
    assert states(result) == [State.UNKNOWN]
    assert len(shop.sends) == 1


async def test_what_was_not_sent_is_tried_three_times_with_jitter(
    changes: Changes, shop: ModelShop, clock: Clock
) -> None:
    shop.fates += [NOT_SENT] * 3
    result = await applied(changes, intent(3))
    assert states(result) == [State.NOT_SENT]
    assert len(shop.sends) == 3
    first, second = clock.sleeps
    assert 1 <= first <= 3 < 1.5 * 3
    assert 1.5 <= second <= 4.5
    assert changes.staged == (intent(3),)
    told = [event.state for event in changes.records()[0].events]
    assert told == [State.PLANNED, *[State.SENT, State.NOT_SENT] * 3]


async def test_what_reaches_the_vendor_at_the_second_try_is_done_once(changes: Changes, shop: ModelShop) -> None:
    shop.fates += [NOT_SENT, Fate()]
    result = await applied(changes, intent(3))
    assert states(result) == [State.CONFIRMED]
    assert (shop.quantity(MUG), len(shop.ledger)) == (24, 1)


async def test_without_credentials_it_is_not_sent_and_not_tried_again(changes: Changes, shop: ModelShop) -> None:
    def missing() -> Exception:
        return Unauthorized("The key cannot be had.", request_started=False)

    shop.fates.append(Fate(reached=False, applied=False, failure=missing))
    result = await applied(changes, intent(3))
    assert (states(result), len(shop.sends)) == ([State.NOT_SENT], 1)


async def test_between_two_tries_another_program_may_take_the_target(
    changes: Changes, opened: Opened, shop: ModelShop, clock: Clock
) -> None:
    other = opened("till")
    shop.fates += [NOT_SENT, LOST_BEFORE]
    sleep = clock.sleep

    async def meanwhile(seconds: float) -> None:
        if seconds and not other.records():
            await applied(other, intent(1))
        await sleep(seconds)

    changes._sleep = meanwhile
    result = await applied(changes, intent(3), intent(1, CUP))
    assert states(result) == [State.NOT_SENT, State.CONFIRMED]
    assert "no known outcome yet" in result.results[0].words
    assert state_of(changes, result.results[0].change.op_id) is State.NOT_SENT
    assert [r.state for r in other.records()] == [State.UNKNOWN]
    assert changes.staged == (intent(3),)


# What the answer says.


async def test_a_set_that_is_answered_with_another_number_is_in_doubt(
    changes: Changes, shop: ModelShop, clock: Clock
) -> None:
    """Neither the number that was set nor the one before: reading later is what tells."""
    shop.on_arrival = lambda op_id: shop.elsewhere(CUP, 2)
    shop.fates += [Fate(applied=False)]
    result = await applied(changes, intent(10, CUP, Kind.GIFT_SET), intent(3))
    assert states(result) == [State.UNKNOWN, None]
    assert "says it is done, and that it is 7, not 10 as it was set" in result.results[0].words
    assert [look.facts for look in changes.records(states=[State.UNKNOWN])[0].events[-1].looks] == [
        {"quantity": 7}
    ]
    clock.move(90)
    judged = await changes.reconcile(result.results[0].change.op_id)
    assert judged.state is State.UNDECIDED


async def test_an_adjust_that_is_answered_with_another_number_is_done_and_told(
    changes: Changes, shop: ModelShop
) -> None:
    shop.on_arrival = lambda op_id: shop.elsewhere(CUP, 2)
    result = await applied(changes, intent(10, CUP))
    assert states(result) == [State.CONFIRMED]
    assert "the vendor says it is 17 now, not 15" in result.results[0].words


# Drift between review and send.


@pytest.mark.parametrize("wanted", [intent(3), intent(10, kind=Kind.GIFT_SET)])
async def test_what_drifted_since_the_review_is_not_sent_and_stays_staged(
    changes: Changes, shop: ModelShop, wanted: Intent
) -> None:
    changes.stage(wanted)
    proposals = await changes.plan([wanted])
    shop.elsewhere(MUG, -2)
    result = await changes.apply(proposals)
    assert states(result) == [State.ABANDONED]
    assert "it was 21 in the review and is 19 now" in result.results[0].words
    assert not shop.sends
    assert changes.staged == (wanted,)


async def test_an_adjust_is_not_done_because_someone_else_came_to_the_same_number(
    changes: Changes, shop: ModelShop
) -> None:
    changes.stage(intent(3))
    proposals = await changes.plan([intent(3)])
    shop.elsewhere(MUG, 3)
    result = await changes.apply(proposals)
    assert states(result) == [State.ABANDONED]
    assert (result.results[0].phase, "Review it again" in result.results[0].words) == ("moved", True)


async def test_what_cannot_be_read_just_before_is_not_sent_and_stops_the_batch(
    changes: Changes, shop: ModelShop
) -> None:
    proposals = await changes.plan([intent(3), intent(1, CUP)])
    shop.blind.append(lost())
    result = await changes.apply(proposals)
    assert states(result) == [State.ABANDONED, None]
    assert not shop.sends


@pytest.mark.parametrize("gone", [True, False])
async def test_what_is_gone_or_cannot_be_changed_any_more_is_not_sent(
    changes: Changes, shop: ModelShop, gone: bool
) -> None:
    proposals = await changes.plan([intent(3)])
    if gone:
        shop.facts[MUG] = None
    else:
        shop.refusals[MUG] = "Its stock is unlimited."
    result = await changes.apply(proposals)
    assert states(result) == [State.ABANDONED]
    assert ("does not know it" if gone else "unlimited") in result.results[0].words


# What may be applied at all.


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (intent(-22), "below zero"),
        (intent(10_000_000, kind=Kind.GIFT_SET), "beyond"),
        (intent(9_999_999), "beyond"),
        (intent(10**30), "beyond"),
        (intent(0), "change nothing"),
        (intent(3, "gift:nowhere"), "does not know"),
    ],
)
async def test_what_was_not_reviewed_as_ready_is_not_applied(
    changes: Changes, shop: ModelShop, wanted: Intent, why: str
) -> None:
    (line,) = await changes.plan([wanted])
    assert why in line.refusal + line.question
    with pytest.raises(NotNow, match=why):
        await changes.apply([line])
    assert not shop.sends
    assert not changes.records()


async def test_below_zero_goes_once_the_operator_said_so(changes: Changes, shop: ModelShop) -> None:
    assert states(await applied(changes, intent(-22))) == [State.CONFIRMED]
    assert shop.quantity(MUG) == -1


async def test_a_line_that_was_never_read_is_not_applied(changes: Changes) -> None:
    with pytest.raises(NotNow):
        await changes.apply([Proposal(intent(3))])


async def test_what_was_applied_once_is_not_applied_again_by_the_same_review(
    changes: Changes, shop: ModelShop
) -> None:
    proposals = await changes.plan([intent(3)])
    await changes.apply(proposals)
    assert states(await changes.apply(proposals)) == [State.ABANDONED]
    assert shop.quantity(MUG) == 24


async def test_of_two_that_apply_one_review_at_once_one_is_told_to_wait(changes: Changes, shop: ModelShop) -> None:
    proposals = await changes.plan([intent(3)])
    one, two = await asyncio.gather(changes.apply(proposals), changes.apply(proposals), return_exceptions=True)
    assert isinstance(one, BatchResult)
    assert isinstance(two, NotNow)
    assert shop.quantity(MUG) == 24


async def test_two_batches_follow_each_other(changes: Changes, shop: ModelShop) -> None:
    one, two = await changes.plan([intent(3)]), await changes.plan([intent(1, CUP)])
    results = await asyncio.gather(changes.apply(one), changes.apply(two))
    assert [states(result) for result in results] == [[State.CONFIRMED], [State.CONFIRMED]]
