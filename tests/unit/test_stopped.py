"""Clean-ups that stopped: what is offered of them, and what is not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import HORIZON, NOON, Clock, of_profile, quick_folder
from tests.hold_model import HoldStore, hold
from tests.vendor_model import LOST_AFTER, LOST_BEFORE, NOT_SENT, Fate

from qtydash.domain.changes import Intent, State
from qtydash.domain.op_id import new_op_id
from qtydash.services.batch import BatchControl, BatchResult
from qtydash.services.changes import Changes
from qtydash.services.order_qty_intents import cart_deletion_intent, deletion_intent, held_ids
from qtydash.services.stopped import StoppedCleanUp, left_intents, settle_unknown, stopped_clean_ups
from qtydash.storage.journal import Journal

IDS = tuple(f"row{n}" for n in range(6))


class Desk:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = Clock()
        self.fates: list[Fate] = []
        self.store = HoldStore(self.clock, fate=lambda: self.fates.pop(0) if self.fates else Fate())
        self.store.add(hold(id) for id in IDS)
        self.changes = self.open()

    def open(self) -> Changes:
        profile, port = of_profile("shop"), self.store.port()
        changes = Changes(
            profile, Journal(self.path), [port], self.clock, purpose="a test", sleep=self.clock.sleep
        )
        changes.open()
        return changes

    def intents(self, *ids: str) -> list[Intent]:
        rows = [self.store.rows[id] for id in ids or IDS]
        now = self.clock()
        return [deletion_intent(row, row.product_id, now=now, seen_at=now) for row in rows]

    async def apply(self, intents: "list[Intent] | tuple[Intent, ...]", **other: BatchControl) -> BatchResult:
        proposals = [line for line in await self.changes.plan(intents) if line.ready]
        return await self.changes.apply(proposals, **other)  # type: ignore[arg-type]

    def stopped(self) -> tuple[StoppedCleanUp, ...]:
        return stopped_clean_ups(self.changes, self.clock())

    def left(self) -> list[str]:
        (found,) = self.stopped()
        return [held_ids(intent)[0] for intent in left_intents(self.changes, found, self.clock())]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with quick_folder() as folder:
        desk = Desk(Path(folder) / "journal.db")
        yield desk
        desk.changes.close()


async def test_a_clean_up_that_came_to_its_end_is_not_offered(desk: Desk) -> None:
    await desk.apply(desk.intents())
    assert desk.stopped() == ()


async def test_what_was_not_sent_is_offered_with_what_is_unknown(desk: Desk) -> None:
    desk.fates = [Fate(), Fate(), LOST_AFTER]
    await desk.apply(desk.intents())
    (found,) = desk.stopped()
    assert found.words == "A clean-up of 6 rows stopped after 2: 1 unknown, 3 not sent."
    assert sorted(desk.left()) == ["row3", "row4", "row5"]


async def test_the_unknown_is_settled_before_and_never_sent_again(desk: Desk) -> None:
    desk.fates = [Fate(), LOST_BEFORE]
    await desk.apply(desk.intents())
    (found,) = desk.stopped()
    told: list[str] = []
    (record,) = await settle_unknown(desk.changes, found, lambda record: told.append(record.op_id))
    assert (record.state, told) == (State.NOT_APPLIED_INFERRED, list(found.unknown))
    assert desk.clock() >= NOON + HORIZON
    await desk.apply(left_intents(desk.changes, found, desk.clock()))
    assert [arrival.id for arrival in desk.store.arrivals].count("row1") == 1
    assert desk.stopped() == (), "what is still there is told, and not taken up"
    assert set(desk.store.rows) == {"row1"}


async def test_an_unknown_that_was_judged_meanwhile_is_not_read_again(desk: Desk) -> None:
    desk.fates = [LOST_AFTER]
    await desk.apply(desk.intents())
    (found,) = desk.stopped()
    desk.changes.resolve(found.unknown[0], applied=True, reason="looked at the console")
    reads = desk.store.reads
    (record,) = await settle_unknown(desk.changes, found)
    assert (record.state, desk.store.reads) == (State.APPLIED_BY_VERDICT, reads)


async def test_a_stop_by_the_operator_and_a_kill_are_alike(desk: Desk) -> None:
    control = BatchControl()
    desk.store.on_arrival = lambda arrival: setattr(control, "aborted", True)
    await desk.apply(desk.intents(), control=control)
    assert sorted(desk.left()) == list(IDS[1:])


async def test_a_program_that_was_killed_leaves_an_offer_to_the_next(desk: Desk) -> None:
    proposals = await desk.changes.plan(desk.intents())
    changes = [desk.changes._change(line, "", new_op_id(line.intent.staged_at)) for line in proposals]
    batch = changes[0].op_id
    desk.changes.journal.plan([replace(change, batch=batch) for change in changes])
    desk.changes.close()
    desk.changes = desk.open()
    (found,) = desk.stopped()
    assert (found.batch, found.total, len(found.left)) == (batch, 6, 6)


async def test_what_is_taken_up_is_offered_no_more_and_what_that_leaves_is(desk: Desk) -> None:
    desk.fates = [Fate(), LOST_AFTER]
    await desk.apply(desk.intents())
    (first,) = desk.stopped()
    await settle_unknown(desk.changes, first)
    desk.fates = [Fate(), LOST_AFTER]
    intents = left_intents(desk.changes, first, desk.clock())
    assert {intent.follows for intent in intents} == set(first.left)
    await desk.apply(intents)
    (second,) = desk.stopped()
    assert (second.total, len(second.left), len(second.unknown)) == (4, 2, 1)


async def test_a_row_that_was_deleted_by_hand_since_is_not_offered(desk: Desk) -> None:
    desk.fates = [Fate(), LOST_AFTER]
    await desk.apply(desk.intents())
    desk.clock.move(1)
    await desk.apply(desk.intents("row4"))
    assert "row4" not in desk.left()


async def test_a_row_that_had_changed_or_gone_is_not_offered(desk: Desk) -> None:
    proposals = await desk.changes.plan(desk.intents())
    desk.store.touch("row0")
    desk.store.take("row1")
    desk.clock.move(10)
    desk.fates = [Fate(), LOST_AFTER]
    await desk.changes.apply(proposals)
    assert sorted(desk.left()) == ["row4", "row5"]


async def test_a_row_of_which_no_byte_left_is_offered(desk: Desk) -> None:
    desk.fates = [NOT_SENT] * 3 + [LOST_AFTER]
    await desk.apply(desk.intents())
    assert sorted(desk.left()) == ["row0", *IDS[2:]]


async def test_after_a_day_it_is_offered_no_more(desk: Desk) -> None:
    desk.fates = [LOST_AFTER]
    await desk.apply(desk.intents())
    desk.clock.at += timedelta(hours=23, minutes=59)
    assert desk.stopped()
    desk.clock.at += timedelta(minutes=2)
    assert desk.stopped() == ()


async def test_a_whole_cart_is_never_taken_up(desk: Desk) -> None:
    rows = [("gummies", row) for row in desk.store.rows.values()]
    cart = cart_deletion_intent("cart-1", rows, now=NOON, seen_at=NOON)
    proposals = await desk.changes.plan([cart])
    desk.store.touch("row0")
    await desk.changes.apply(proposals)
    assert desk.stopped() == ()


async def test_another_address_has_nothing_to_take_up(desk: Desk) -> None:
    desk.fates = [LOST_AFTER]
    await desk.apply(desk.intents())
    desk.changes.port_of(desk.intents("row3")[0].kind).origin = "https://elsewhere.example"
    assert desk.stopped() == ()
