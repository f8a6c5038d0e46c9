"""Unknown outcomes: judged by two reads after the horizon, or by the operator."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.changes_kit import HORIZON, MUG, WAYS, Clock, bring_to, change, intent
from tests.unit.changes.steps import Opened, applied, restarted, state_of, unknown
from tests.vendor_model import LOST_AFTER, LOST_BEFORE, Fate, ModelShop, lost

from qtydash.domain.changes import IN_DOUBT, State
from qtydash.domain.errors import UnexpectedAnswer
from qtydash.services.changes import Changes, NotNow
from qtydash.services.judging import LOOK_GAP


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (LOST_AFTER, State.APPLIED_INFERRED),
        (LOST_BEFORE, State.NOT_APPLIED_INFERRED),
        (Fate(late=60, failure=lost), State.APPLIED_INFERRED),
        (Fate(late=HORIZON.total_seconds() + 1, failure=lost), State.UNDECIDED),
    ],
)
async def test_after_the_horizon_two_reads_tell(
    changes: Changes, shop: ModelShop, clock: Clock, fate: Fate, state: State
) -> None:
    op_id = await unknown(changes, shop, fate)
    sent_at = clock()
    record = await changes.reconcile(op_id)
    assert record.state is state
    first, second = record.events[-1].looks
    assert first.at >= sent_at + HORIZON
    assert second.at - first.at >= timedelta(seconds=LOOK_GAP)
    assert "21" in record.note
    assert len(shop.sends) == 1


async def test_before_the_horizon_nothing_is_judged(changes: Changes, shop: ModelShop, clock: Clock) -> None:
    op_id = await unknown(changes, shop)
    clock.move(60)
    reads = shop.reads
    with pytest.raises(NotNow, match="Too early to judge by reading: 30 s to go"):
        await changes.reconcile(op_id, wait=False)
    assert shop.reads == reads
    clock.move(30)
    assert (await changes.reconcile(op_id, wait=False)).state is State.APPLIED_INFERRED


async def test_the_horizon_counts_from_the_sending_not_from_when_it_was_found(
    changes: Changes, opened: Opened, clock: Clock
) -> None:
    sent = bring_to(changes.journal, State.SENT)
    clock.move(HORIZON.total_seconds() + 60)
    next_run = restarted(changes, opened)
    assert state_of(next_run, sent.op_id) is State.UNKNOWN
    assert (await next_run.reconcile(sent.op_id, wait=False)).state is State.NOT_APPLIED_INFERRED


async def test_what_another_writer_changed_meanwhile_is_undecided_and_left_to_the_operator(
    changes: Changes, shop: ModelShop
) -> None:
    op_id = await unknown(changes, shop)
    shop.elsewhere(MUG, -1)
    record = await changes.reconcile(op_id)
    assert record.state is State.UNDECIDED
    with pytest.raises(NotNow, match="nothing to reconcile"):
        await changes.reconcile(op_id)
    with pytest.raises(NotNow, match="no known outcome"):
        changes.stage(intent(1))
    assert changes.resolve(op_id, applied=True, reason="counted").state is State.APPLIED_BY_VERDICT
    changes.stage(intent(1))


@pytest.mark.parametrize("read", [0, 1])
async def test_while_the_vendor_cannot_be_read_the_outcome_stays_unknown(
    changes: Changes, shop: ModelShop, read: int
) -> None:
    op_id = await unknown(changes, shop)
    observe = shop.observe
    reads = 0

    async def failing(*args: Any, **kwargs: Any) -> Any:
        nonlocal reads
        reads += 1
        if reads > read:
            raise UnexpectedAnswer("It has trouble.", status=503)
        return await observe(*args, **kwargs)

    shop.observe = failing  # type: ignore[method-assign]
    with pytest.raises(UnexpectedAnswer):
        await changes.reconcile(op_id)
    assert state_of(changes, op_id) is State.UNKNOWN


async def test_two_that_reconcile_one_change_come_to_one_judgement(changes: Changes, shop: ModelShop) -> None:
    op_id = await unknown(changes, shop)
    told = await asyncio.gather(changes.reconcile(op_id), changes.reconcile(op_id))
    assert [record.state for record in told] == [State.APPLIED_INFERRED] * 2
    assert [e.state for e in changes.found(op_id).events].count(State.APPLIED_INFERRED) == 1


async def test_a_verdict_given_while_it_is_read_stands(changes: Changes, shop: ModelShop) -> None:
    op_id = await unknown(changes, shop)

    async def meanwhile(seconds: float) -> None:
        if seconds == LOOK_GAP:
            changes.resolve(op_id, applied=False, reason="looked at the console")

    changes._sleep = meanwhile
    assert (await changes.reconcile(op_id)).state is State.NOT_APPLIED_BY_VERDICT


async def test_what_was_sent_to_another_address_is_not_judged_by_this_one(
    changes: Changes, shop: ModelShop
) -> None:
    op_id = await unknown(changes, shop)
    shop.origin = "https://another.example"
    with pytest.raises(NotNow, match=r"sent to https://shop\.example"):
        await changes.reconcile(op_id)
    assert state_of(changes, op_id) is State.UNKNOWN


async def test_what_is_settled_is_not_reconciled(changes: Changes) -> None:
    result = await applied(changes, intent(3))
    with pytest.raises(NotNow, match="nothing to reconcile: this change is confirmed"):
        await changes.reconcile(result.results[0].change.op_id)


async def test_who_listens_hears_that_it_is_read_and_that_it_was(changes: Changes, shop: ModelShop) -> None:
    op_id = await unknown(changes, shop)
    heard: list[frozenset[str]] = []
    changes.subscribe(lambda: heard.append(changes.looked_at))
    await changes.reconcile(op_id)
    assert heard == [{op_id}, frozenset()]


async def test_who_may_not_write_judges_nothing(changes: Changes, shop: ModelShop) -> None:
    op_id = await unknown(changes, shop)
    changes.locked = "Another program writes."
    reads = shop.reads
    with pytest.raises(NotNow, match="Another program writes"):
        await changes.reconcile(op_id)
    with pytest.raises(NotNow, match="Another program writes"):
        changes.resolve(op_id, applied=True, reason="counted")
    assert shop.reads == reads
    assert state_of(changes, op_id) is State.UNKNOWN


# Verdicts.


async def test_who_listens_hears_of_a_verdict(changes: Changes, shop: ModelShop) -> None:
    op_id = await unknown(changes, shop)
    heard: list[State] = []
    changes.subscribe(lambda: heard.append(state_of(changes, op_id)))
    changes.resolve(op_id, applied=True, reason="counted")
    assert heard == [State.APPLIED_BY_VERDICT]


async def test_a_verdict_on_what_was_settled_meanwhile_is_refused(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    op_id = await unknown(changes, shop)
    known = changes.found(op_id)
    changes.resolve(op_id, applied=False, reason="counted")
    monkeypatch.setattr(changes, "found", lambda told: known)
    with pytest.raises(NotNow, match="not_applied_by_verdict, so it cannot become applied_by_verdict"):
        changes.resolve(op_id, applied=True, reason="counted")


@pytest.mark.parametrize("state", sorted({*WAYS}))
@pytest.mark.parametrize("applied_", [True, False])
def test_the_verdict_is_an_event_with_who_when_and_why(
    changes: Changes, clock: Clock, state: State, applied_: bool
) -> None:
    planned = bring_to(changes.journal, state)
    before = changes.found(planned.op_id).events
    clock.move(100)
    judgeable = (*IN_DOUBT, State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED)
    if state not in judgeable:
        with pytest.raises(NotNow, match="nothing to judge"):
            changes.resolve(planned.op_id, applied=applied_, reason="why")
        return
    record = changes.resolve(planned.op_id, applied=applied_, reason="  counted  ")
    assert record.events[:-1] == before
    told = record.events[-1]
    assert told.state is (State.APPLIED_BY_VERDICT if applied_ else State.NOT_APPLIED_BY_VERDICT)
    assert (told.operator, told.at, told.reason) == ("ann", clock(), "counted")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_verdict_needs_a_reason(changes: Changes, reason: str) -> None:
    planned = bring_to(changes.journal, State.UNKNOWN)
    with pytest.raises(NotNow, match="needs a reason"):
        changes.resolve(planned.op_id, applied=True, reason=reason)


@pytest.mark.parametrize("profile", ["till", "shop"])
def test_a_change_of_another_profile_or_of_none_is_not_found(changes: Changes, profile: str) -> None:
    planned = change(profile=profile)
    if profile != "shop":
        bring_to(changes.journal, State.UNKNOWN, planned)
    with pytest.raises(NotNow, match=f"no change {planned.op_id} in profile 'shop'"):
        changes.resolve(planned.op_id, applied=True, reason="why")
