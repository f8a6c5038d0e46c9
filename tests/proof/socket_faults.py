"""Faults on a real socket, each met by one write through the engine, its ports, its adapters and a journal.

What each must come to is written down in ``faults`` from the rules for writes, not taken from the program. A write
of which a byte left is never sent again; one of which none left may be tried three times. How often it was sent is
told by the connections that were made for it, also where the vendor reads nothing: each is in the journal as sent,
and all but the last of them as not sent.

Behind each fault waits a second write that would go well. It must not be sent after an unknown outcome, after 401
and 403, and where the first of several deletions was answered as done and is still listed; else it must be sent,
after 429 as late as the vendor asks for, a minute at most.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from qtydash.adapters.http import VendorClient
from qtydash.config.load import load
from qtydash.config.models import Paths, Profile
from qtydash.domain.carts import selections
from qtydash.domain.changes import ChangeRecord, Intent, Kind, State
from qtydash.domain.gifts import Gift, stock_intent
from qtydash.services import connect
from qtydash.services.batch import Result
from qtydash.services.carts import removal_intent, removal_of_all_intent
from qtydash.services.changes import Changes
from qtydash.services.order_qty_intents import cart_deletion_intent, deletion_intent
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal
from tests.changes_kit import Clock, quick_folder
from tests.proof.faults import FAULTS, Fault, Write, well
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.raw_vendor import (
    GIFT,
    HELD_CART,
    HOLD,
    NEXT_CART,
    NEXT_GIFT,
    NEXT_HOLD,
    ORDER,
    PRODUCT,
    QUANTITY,
    RawVendor,
    raw_vendor,
)

BATCHES = "batches that went on or stopped wrongly"

FIGURE = Figure(
    title=f"{len(FAULTS)} kinds of faults on a real socket, each met by one write with another one behind it",
    unit="writes",
    full=2_000,
    subset=len(FAULTS),
    zero=("misclassed", "sent again", "unjournaled", BATCHES),
    present=(
        *("confirmed", "rejected", "not_sent", "unknown", "absent"),
        *("batches that stopped", "batches that went on", "asked to wait"),
    ),
)

ATTEMPTS = 3
SHORT, LONG = 0.6, 60.0
"""Seconds that a write may take where the fault is that it never ends, and elsewhere."""
BEHIND: Mapping[Write, Write] = {"gift": "gift", "cart": "gift", "row": "row", "held cart": "row"}
"""What the second write is, by the first."""


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    asyncio.run(_run(tally, range(seed, seed + count)))
    return tally.outcome()


async def _run(tally: Tally, seeds: range) -> None:
    async with raw_vendor() as vendor:
        with quick_folder() as folder, pytest.MonkeyPatch.context() as patch:
            for name in ("gifts", "cart", "order_qty"):
                patch.setitem(connect.REQUESTS_PER_SECOND, name, 10_000)
            profile = _profile(Path(folder), vendor.url)
            for seed in seeds:
                with tally.case(seed, "misclassed"), quick_folder() as home:
                    await _meet(tally, seed, vendor, profile, Path(home))
                await vendor.calm()


async def _meet(tally: Tally, seed: int, vendor: RawVendor, profile: Profile, home: Path) -> None:
    """One write meets one fault."""
    fault, rng = FAULTS[seed % len(FAULTS)], random.Random(seed)
    writes = sorted(fault.expected)  # one after the other, so that each kind of write meets each fault
    write = writes[(seed + seed // len(FAULTS)) % len(writes)]
    clock, journal = Clock(), Journal(home / "journal.db")
    sources = Sources(profile, Paths(home / "config.toml", home / "cache.db", journal.path), clock)
    (home / "config.toml").touch(0o600)
    changes = Changes(
        profile, journal, sources.change_ports, clock, purpose="the proof", sleep=clock.sleep, operator="ann"
    )
    changes.open()
    unjournaled: list[str] = []

    def connected() -> None:
        if not journal.records(profile.name, states=[State.SENT]):
            unjournaled.append("a connection for a write was made, and the journal has none as sent")

    vendor.on_write = connected
    try:
        intents = [await _intent(write, sources, clock, rng), await _intent_behind(write, sources, clock)]
        proposals = [replace(line, accepted=True) for line in await changes.plan(intents)]
        for line in proposals:
            must(line.ready, "misclassed", f"the review refused it: {line.refusal}")
        batch = _Batch(fault, write, vendor, rng)
        with batch.meeting():
            try:
                result = await asyncio.wait_for(changes.apply(proposals, on_result=batch.turn), 120)
            finally:  # says more than what it led to
                must(len([data for data in batch.first if data]) <= 1, "sent again", f"{fault.name}, {write}")
        journal.verify()
        first, second = sorted(journal.records(profile.name), key=lambda record: record.op_id)
        tally.counts[first.state.value] += 1
        must(not unjournaled, "unjournaled", f"{fault.name}, {write}: {unjournaled}")
        batch.check_first(first)
        batch.check_second(tally, first, second, result.stopped)
    finally:
        await sources.aclose()
        changes.close()
        task = changes._writer._task
        if task is not None:
            task.cancel()


@dataclass
class _Batch:
    """Two writes: the first meets the fault; the second, and what is read before and between them, does not."""

    fault: Fault
    write: Write
    vendor: RawVendor
    rng: random.Random
    position: int = 0
    of_first: int | None = None
    """How many connections were made for the first, once the second is sent."""
    shown: bool = False
    """Whether what the first deletes is listed no more once it was sent."""

    def turn(self, position: int, result: Result) -> None:
        """The batch tells how far it is."""
        self.position = position

    @property
    def first(self) -> list[bytes]:
        """What arrived on each connection for the first write."""
        return self.vendor.arrived[: self.of_first]

    @property
    def second(self) -> list[bytes]:
        return [] if self.of_first is None else self.vendor.arrived[self.of_first :]

    @contextmanager
    def meeting(self) -> Iterator[None]:
        sent = VendorClient.send

        async def send(client: VendorClient, *request: Any, **more: Any) -> Any:
            usual = client._deadline
            await self._prepare(client)
            try:
                return await sent(client, *request, **more)
            finally:
                client._deadline, self.vendor.answering = usual, None
                await self.vendor.recover()
                if self.shown:
                    self.vendor.gone.add(HOLD)

        self.shown = self.rng.random() < 0.5
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(VendorClient, "send", send)
            yield

    async def _prepare(self, client: VendorClient) -> None:
        client._deadline = SHORT if self.fault.endless and not self.position else LONG
        if self.position:
            if self.of_first is None:
                self.of_first = len(self.vendor.arrived)
            self.vendor.answering = well(BEHIND[self.write])
            return
        self.vendor.answering = self.fault.answering(self.write, self.rng)
        if self.fault.before is not None:
            await self.fault.before(self.vendor)

    def check_first(self, record: ChangeRecord) -> None:
        """It came to what it must, and was sent as often as it may be."""
        told, sent = self._told(record), [data for data in self.first if data]
        turns = [event.state for event in record.events]
        sends = turns.count(State.SENT)
        must(sends - 1 <= turns.count(State.NOT_SENT), "sent again", f"{told}, {sends} attempts")
        must(len(self.first) <= sends, "sent again", f"{told}, {len(self.first)} connections for {sends} attempts")
        must(sends == 1 or (not sent and sends <= ATTEMPTS), "sent again", f"{told}, {sends} attempts")
        must(self.fault.fits(self.write, record.change.intent.kind, record.state), "misclassed", told)
        must(not self.fault.noted or record.note, "misclassed", f"{told}: nothing says that it is not as expected")
        must(sent or record.state is not State.CONFIRMED, "misclassed", f"{told}, and nothing arrived")

    def check_second(self, tally: Tally, first: ChangeRecord, second: ChangeRecord, stopped: str) -> None:
        """It was sent if it may be, and not too early."""
        told = f"{self._told(first)}; the next: {second.state} ({second.note})"
        turns, connections = [event.state for event in second.events], len(self.second)
        deletes = first.change.intent.kind.deletes
        unseen = deletes and first.state is State.CONFIRMED and not self.shown
        if first.state is State.UNKNOWN or self.fault.ends or unseen:
            must(turns == [State.PLANNED, State.ABANDONED] and not connections, BATCHES, f"{told}: it went on")
            must(stopped, BATCHES, f"{told}: nothing says why it stopped")
            tally.counts["batches that stopped"] += 1
            return
        must(turns == [State.PLANNED, State.SENT, State.CONFIRMED], BATCHES, f"{told}: {stopped or 'it stopped'}")
        must(connections == 1, "sent again", f"{told}, {connections} connections")
        tally.counts["batches that went on"] += 1
        assert second.sent_at is not None
        waited, (least, most) = (second.sent_at - first.at).total_seconds(), self.fault.waits
        must(least <= waited <= most, BATCHES, f"{told}: it went on after {waited:.1f} s")
        tally.counts["asked to wait"] += first.status == 429

    def _told(self, record: ChangeRecord) -> str:
        return f"{self.fault.name}, {self.write}: {record.state} ({record.note})"


async def _intent(write: Write, sources: Sources, clock: Clock, rng: random.Random) -> Intent:
    now = clock()
    if write == "gift":
        kind, amount = rng.choice(((Kind.GIFT_ADJUST, 3), (Kind.GIFT_SET, QUANTITY + 3)))
        return _stock_intent(GIFT, kind, amount, clock)
    if write == "cart":
        assert sources.cart is not None
        cart = (await sources.cart.live("shopper")).data
        assert cart.order_id == ORDER
        if rng.random() < 0.5:
            return removal_of_all_intent("shopper", cart, now=now, seen_at=now)
        return removal_intent("shopper", cart, selections(cart)[0], 3, now=now, seen_at=now)
    assert sources.order_qty is not None
    row, _ = (await sources.order_qty.live(PRODUCT)).data
    assert (row.id, row.consumer_cart_id) == (HOLD, HELD_CART)
    if write == "row":
        return deletion_intent(row, PRODUCT, now=now, seen_at=now)
    return cart_deletion_intent(HELD_CART, [(PRODUCT, row)], now=now, seen_at=now, products=[PRODUCT])


async def _intent_behind(write: Write, sources: Sources, clock: Clock) -> Intent:
    if BEHIND[write] == "gift":
        return _stock_intent(NEXT_GIFT, Kind.GIFT_ADJUST, 3, clock)
    assert sources.order_qty is not None
    _, row = (await sources.order_qty.live(PRODUCT)).data
    assert (row.id, row.consumer_cart_id) == (NEXT_HOLD, NEXT_CART)
    return deletion_intent(row, PRODUCT, now=clock(), seen_at=clock())


def _stock_intent(gift: str, kind: Kind, amount: int, clock: Clock) -> Intent:
    shown = Gift(gift, "MUG", (), "", QUANTITY, False, None)
    return stock_intent(shown, kind, amount, "MUG", now=clock(), seen_at=clock())


def _profile(folder: Path, url: str) -> Profile:
    file = folder / "config.toml"
    file.touch(0o600)
    sections: Mapping[str, str] = {
        "gifts": 'token = "fake-token"\nuser_agent = "shop"',
        "cart": 'sessions = [{ name = "shopper", visitor_id = "fake-visitor" }]',
        "order_qty": f'partner_key = "fake-key"\ndeveloper_key = "fake-key"\nproducts = [{{ id = "{PRODUCT}" }}]',
    }
    told = "\n".join(f'[profiles.shop.{name}]\nbase_url = "{url}"\n{text}' for name, text in sections.items())
    file.write_text(f"[profiles.shop]\nwrite = true\n{told}\n", encoding="utf-8")
    return load(file).profile
