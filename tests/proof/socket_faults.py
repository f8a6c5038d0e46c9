"""Faults on a real socket, each met by one write through the engine, its ports, its adapters and a journal.

What each must come to is written down in ``faults`` from the rules for writes, not taken from the program. A write
of which a byte left is never sent again; one of which none left may be tried three times.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
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
from qtydash.services.carts import removal_intent, removal_of_all_intent
from qtydash.services.changes import Changes
from qtydash.services.order_qty_intents import cart_deletion_intent, deletion_intent
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal
from tests.changes_kit import Clock, quick_folder
from tests.proof.faults import FAULTS, Fault, Write
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.raw_vendor import GIFT, HELD_CART, HOLD, ORDER, PRODUCT, QUANTITY, RawVendor, raw_vendor

FIGURE = Figure(
    title=f"{len(FAULTS)} kinds of faults on a real socket, each met by one write",
    unit="writes",
    full=2_000,
    subset=len(FAULTS),
    zero=("misclassed", "sent again", "unjournaled"),
    present=("confirmed", "rejected", "not_sent", "unknown", "absent"),
)

ATTEMPTS = 3
SHORT, LONG = 0.6, 60.0
"""Seconds that a write may take where the fault is that it never ends, and elsewhere."""


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
    write = rng.choice(sorted(fault.expected))
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
        intent = await _intent(write, sources, clock, rng)
        proposals = [replace(line, accepted=True) for line in await changes.plan([intent])]
        must(proposals[0].ready, "misclassed", f"the review refused it: {proposals[0].refusal}")
        with _meeting(fault, write, vendor, rng):
            try:
                await asyncio.wait_for(changes.apply(proposals), 120)
            finally:  # says more than what it led to
                must(len(vendor.sent) <= 1, "sent again", f"{fault.name}, {write}")
        journal.verify()
        (record,) = journal.records(profile.name)
        tally.counts[record.state.value] += 1
        must(not unjournaled, "unjournaled", f"{fault.name}, {write}: {unjournaled}")
        _check(fault, write, record, vendor)
    finally:
        await sources.aclose()
        changes.close()
        task = changes._writer._task
        if task is not None:
            task.cancel()


def _check(fault: Fault, write: Write, record: ChangeRecord, vendor: RawVendor) -> None:
    told = f"{fault.name}, {write}: {record.state} ({record.note})"
    sends = [event.state for event in record.events].count(State.SENT)
    must(sends == 1 or (not vendor.sent and sends <= ATTEMPTS), "sent again", f"{told}, {sends} attempts")
    must(len(vendor.arrived) <= (1 if vendor.sent else ATTEMPTS), "sent again", told)
    must(fault.fits(write, record.change.intent.kind, record.state), "misclassed", told)
    must(not fault.noted or record.note, "misclassed", f"{told}: nothing says that it is not as expected")
    must(vendor.sent or record.state is not State.CONFIRMED, "misclassed", f"{told}, and nothing arrived")


@contextmanager
def _meeting(fault: Fault, write: Write, vendor: RawVendor, rng: random.Random) -> Iterator[None]:
    """The next write meets the fault; the reads before it do not."""
    sent = VendorClient.send

    async def send(self: VendorClient, *request: Any, **more: Any) -> Any:
        vendor.answering = fault.answering(write, rng)
        if fault.before is not None:
            await fault.before(vendor)
        usual, self._deadline = self._deadline, SHORT if fault.endless else LONG
        try:
            return await sent(self, *request, **more)
        finally:
            self._deadline = usual

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VendorClient, "send", send)
        yield


async def _intent(write: Write, sources: Sources, clock: Clock, rng: random.Random) -> Intent:
    now = clock()
    if write == "gift":
        gift = Gift(GIFT, "MUG", (), "", QUANTITY, False, None)
        kind, amount = rng.choice(((Kind.GIFT_ADJUST, 3), (Kind.GIFT_SET, QUANTITY + 3)))
        return stock_intent(gift, kind, amount, "MUG", now=now, seen_at=now)
    if write == "cart":
        assert sources.cart is not None
        cart = (await sources.cart.live("shopper")).data
        assert cart.order_id == ORDER
        if rng.random() < 0.5:
            return removal_of_all_intent("shopper", cart, now=now, seen_at=now)
        return removal_intent("shopper", cart, selections(cart)[0], 3, now=now, seen_at=now)
    assert sources.order_qty is not None
    (row,) = (await sources.order_qty.live(PRODUCT)).data
    assert (row.id, row.consumer_cart_id) == (HOLD, HELD_CART)
    if write == "row":
        return deletion_intent(row, PRODUCT, now=now, seen_at=now)
    return cart_deletion_intent(HELD_CART, [(PRODUCT, row)], now=now, seen_at=now, products=[PRODUCT])


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
