"""The engine over real sockets for carts and order quantity: what is removed, what is deleted, what is refused."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from qtydash.config.load import load
from qtydash.domain.carts import Cart, GiftSelection, selections
from qtydash.domain.changes import Intent, State
from qtydash.domain.order_qty import OrderQty
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data import order_qty as hold_data
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.services.batch import BatchResult
from qtydash.services.carts import removal_intent, removal_of_all_intent
from qtydash.services.changes import Changes
from qtydash.services.order_qty_intents import cart_deletion_intent, deletion_intent
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
PRODUCT = hold_data.PRODUCTS[0].id


class Clock:
    """A clock that moves when someone sleeps."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Desk:
    """A profile on a sandbox of its own: its sources and its changes."""

    def __init__(self, url: str, sources: Sources, changes: Changes) -> None:
        self.url, self.sources, self.changes = url, sources, changes

    async def cart(self, session: str = "support") -> Cart:
        assert self.sources.cart is not None
        return (await self.sources.cart.live(session)).data

    async def holds(self, product: str = PRODUCT) -> tuple[OrderQty, ...]:
        assert self.sources.order_qty is not None
        return (await self.sources.order_qty.live(product)).data

    async def applied(self, *intents: Intent) -> BatchResult:
        return await self.changes.apply(await self.changes.plan(intents))

    def writes(self) -> list[dict[str, Any]]:
        """What the sandbox's ledger says of requests that were no reads and no logins."""
        entries = httpx.get(f"{self.url}/_sandbox/ledger").json()["entries"]
        return [e for e in entries if e["method"] != "GET" and not e["path"].endswith(("login", "refresh"))]

    def faults(self, *specs: str) -> None:
        httpx.post(f"{self.url}/_sandbox/faults", json={"specs": list(specs)}).raise_for_status()


@asynccontextmanager
async def desk(home: Path, *faults: str) -> AsyncIterator[Desk]:
    with SandboxServer(create_app(today=NOW.date(), now=lambda: NOW, faults=faults)) as server:
        file = home / "config.toml"
        file.touch(0o600)
        file.write_text(config_toml(server.url))
        config = load(file)
        clock = Clock()
        sources = Sources(config.profile, config.paths, clock)
        journal = Journal(home / "journal.db")
        changes = Changes(
            config.profile, journal, sources.change_ports, clock, purpose="A test", sleep=clock.sleep
        )
        changes.open()
        assert changes.locked == ""
        try:
            yield Desk(server.url, sources, changes)
        finally:
            changes.close()
            await sources.aclose()


def open_selection(cart: Cart) -> GiftSelection:
    return next(s for s in selections(cart) if (s.available or 0) >= 1)


def remove(cart: Cart, quantity: int = 1, session: str = "support") -> Intent:
    return removal_intent(session, cart, open_selection(cart), quantity, now=NOW, seen_at=NOW)


def delete(holds: Sequence[OrderQty], count: int = 1) -> list[Intent]:
    free = [hold for hold in holds if not hold.kept_because]
    return [deletion_intent(hold, PRODUCT, now=NOW, seen_at=NOW) for hold in free[:count]]


async def test_what_is_removed_of_a_selection_is_one_request_with_an_integer(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        before = await at.cart()
        chosen = open_selection(before)
        result = await at.applied(remove(before))
        assert [r.state for r in result.results] == [State.CONFIRMED]
        after = next(s for s in selections(await at.cart()) if s.key == chosen.key)
        assert ((after.available or 0), (after.removed or 0)) == (
            (chosen.available or 0) - 1,
            (chosen.removed or 0) + 1,
        )
        (write,) = at.writes()
        assert f'"giftWithPurchaseIdentifier":{chosen.gift_id}' in write["body"]
        assert write["request_id"] == result.results[0].change.op_id
        assert isinstance(result.results[0].data, Cart)


async def test_more_than_is_open_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        cart = await at.cart()
        (line,) = await at.changes.plan([remove(cart, (open_selection(cart).available or 0) + 1)])
        assert "Only" in line.refusal
        assert not at.writes()


async def test_everything_open_is_removed_without_a_body(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        result = await at.applied(removal_of_all_intent("support", await at.cart(), now=NOW, seen_at=NOW))
        assert [r.state for r in result.results] == [State.CONFIRMED], result
        assert not any(s.available for s in selections(await at.cart()))
        (write,) = at.writes()
        assert write["body"] is None


async def test_another_cart_in_the_session_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        old = replace(await at.cart(), order_id="o-of-yesterday")
        (line,) = await at.changes.plan([remove(old)])
        assert "not cart o-of-yesterday" in line.refusal


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ("cart.write:close=after-apply,path=remove", State.APPLIED_INFERRED),
        ("cart.write:close=before-apply,path=remove", State.NOT_APPLIED_INFERRED),
        ("cart.write:status=500,apply,path=remove", State.APPLIED_INFERRED),
        ("cart.write:status=500,path=remove", State.NOT_APPLIED_INFERRED),
        ("cart.write:html,path=remove", State.APPLIED_INFERRED),
        ("cart.write:cut=eof,path=remove", State.APPLIED_INFERRED),
    ],
)
async def test_an_unknown_removal_is_judged_by_its_counts(tmp_path: Path, fault: str, end: State) -> None:
    async with desk(tmp_path, f"{fault},times=1") as at:
        result = await at.applied(remove(await at.cart()))
        assert [r.state for r in result.results] == [State.UNKNOWN]
        assert (await at.changes.reconcile(result.results[0].change.op_id)).state is end
        assert len(at.writes()) == 1


async def test_a_session_that_ends_during_the_review_logs_in_again_and_goes_on(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as at:
        intent = remove(await at.cart())
        at.faults("cart.read:status=401,times=1,path=current")
        result = await at.applied(intent)
        assert [r.state for r in result.results] == [State.CONFIRMED]
        assert len(at.writes()) == 1


async def test_a_change_that_is_answered_with_401_is_not_sent_again(tmp_path: Path) -> None:
    async with desk(tmp_path, "cart.write:status=401,path=remove") as at:
        result = await at.applied(remove(await at.cart()))
        assert [(r.state, r.status) for r in result.results] == [(State.REJECTED, 401)]
        assert "does not let" in result.stopped
        assert len(at.writes()) == 1


async def test_holds_are_deleted_one_by_one_and_the_first_is_looked_up(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        intents = delete(await at.holds(), 3)
        result = await at.applied(*intents)
        assert [r.state for r in result.results] == [State.CONFIRMED] * 3
        left = {hold.id for hold in await at.holds() if not hold.deleted}
        assert not left & {str(intent.ids["hold"]) for intent in intents}
        assert [e["path"].rpartition("/")[2] for e in at.writes()] == [i.ids["hold"] for i in intents]


async def test_a_canary_that_is_answered_but_still_there_ends_the_batch(tmp_path: Path) -> None:
    async with desk(tmp_path, "order_qty.write:status=200,times=1") as at:
        result = await at.applied(*delete(await at.holds(), 3))
        assert [r.state for r in result.results] == [State.CONFIRMED, None, None]
        assert "a read shows there where gone is due" in result.stopped
        assert len(at.writes()) == 1


async def test_a_hold_that_is_gone_already_is_absent(tmp_path: Path) -> None:
    async with desk(tmp_path, "order_qty.write:status=404,times=1") as at:
        result = await at.applied(*delete(await at.holds()))
        assert [r.state for r in result.results] == [State.ABSENT]


async def test_a_hold_that_changed_since_it_was_listed_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        hold = next(h for h in await at.holds() if not h.kept_because)
        older = replace(hold, quantity=Decimal(99))
        (line,) = await at.changes.plan([deletion_intent(older, PRODUCT, now=NOW, seen_at=NOW)])
        assert "changed since it was listed" in line.refusal


async def test_a_submitted_hold_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        hold = next(h for h in await at.holds() if h.submitted)
        (line,) = await at.changes.plan([deletion_intent(hold, PRODUCT, now=NOW, seen_at=NOW)])
        assert "would not cancel" in line.refusal


async def test_a_cart_goes_in_one_request_and_an_unknown_one_is_judged_per_record(tmp_path: Path) -> None:
    async with desk(tmp_path, "order_qty.write:close=after-apply,times=1") as at:
        found = [
            (product.id, hold)
            for product in hold_data.PRODUCTS
            for hold in await at.holds(product.id)
            if hold.consumer_cart_id == hold_data.STALE_CART and not hold.deleted
        ]
        assert len(found) > 1
        result = await at.applied(cart_deletion_intent(hold_data.STALE_CART, found, now=NOW, seen_at=NOW))
        assert [r.state for r in result.results] == [State.UNKNOWN]
        record = await at.changes.reconcile(result.results[0].change.op_id)
        assert record.state is State.APPLIED_INFERRED
        assert [e["path"].rpartition("/")[2] for e in at.writes()] == [hold_data.STALE_CART]


async def test_a_cart_that_has_more_records_than_were_listed_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        hold = next(h for h in await at.holds() if h.consumer_cart_id == hold_data.STALE_CART)
        gone = replace(hold, id="65aa0000000000000000ffff")
        intent = cart_deletion_intent(hold_data.STALE_CART, [(PRODUCT, gone)], now=NOW, seen_at=NOW)
        (line,) = await at.changes.plan([intent])
        assert "more records than were listed" in line.refusal
