"""Decode 100,000 records: from an answer's bytes to domain objects

Each adapter is handed its answers ready, as if the network took no time: ticket days in 200 pages of 500, gifts
in 2,000 of 50, holds in one. Beside it `json.loads` of the same bytes. Bytes of a record are what the result
keeps, as `tracemalloc` counts them, in a run of its own over a tenth of them. Two processes work at a time, each
with one kind, whose answers are read and loaded in turn.
"""

import asyncio
import gc
import json
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import UTC, datetime
from time import process_time
from typing import Any, TypeVar, cast

from benchmarks import data, kinds, shop
from benchmarks.figures import Effort, Row, times, within
from benchmarks.report import alone
from qtydash.adapters.answers import Answer
from qtydash.adapters.gifts import GiftsApi
from qtydash.adapters.http import VendorClient
from qtydash.adapters.order_qty import OrderQtyApi
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.snapshot import Reading

MISSED = """\
`json.loads` only makes dicts and lets them go. The program has the same parser tell amounts as decimals, has
pydantic check each record's fields one by one, makes it a frozen object of up to fifteen fields (1 to 3 µs), and
tells each from the others by its id, so that none comes twice. Holds cost most: their fifteen fields are
checked in one object and kept in another, with times made of epoch milliseconds. That is a choice: what a vendor
sends is checked before anything is drawn of it or done with it.
"""

PART = 10

T = TypeVar("T")

Work = Callable[[Sequence[bytes]], object]


def measure(effort: Effort) -> Iterator[Row]:
    yield from kinds.of_each(_decoded, effort.pick(100_000, 5_000), effort.runs)


def _decoded(kind: str, count: int, runs: int) -> list[Row]:
    bodies, part, read = _kind(kind, count)
    ours, floor = [], []
    for _ in range(runs):
        floor.append(_timed(_loaded, bodies))
        ours.append(_timed(read, bodies))
    kept = _kept(read, part) * PART / count
    return [
        times(f"{count:,} {kind}, processor time", ours, floor, "json.loads", 2),
        within(f"{kind}: bytes kept of a record", [kept], 700, "bytes"),
    ]


def _kind(kind: str, count: int) -> tuple[Sequence[bytes], Sequence[bytes], Work]:
    """The answers, a tenth of them, and what reads them."""
    if kind == kinds.HOLDS:
        return [_hold_list(count)], [_hold_list(count // PART)], _holds
    bodies, read = (_gift_pages(count, 50), _gifts) if kind == kinds.GIFTS else (_day_pages(count, 500), _tickets)
    return bodies, bodies[: len(bodies) // PART], read


class _Ready:
    """A client whose answers are there already; past the last page they are empty."""

    def __init__(self, bodies: Sequence[bytes], empty: bytes) -> None:
        self._bodies = bodies
        self._empty = empty

    async def get(self, path: str, params: Any = None, **_: Any) -> Answer:
        page = int((params or {}).get("page", 0 if path.endswith(shop.PRODUCT) and "products" in path else 1))
        body = self._bodies[page - 1] if 0 < page <= len(self._bodies) else self._empty
        return Answer(200, body, "application/json", redact=str)


def _tickets(bodies: Sequence[bytes]) -> object:
    ready = cast("VendorClient", _Ready(bodies, b'{"status_code": 200, "option_codes": {}}'))
    return _read(TicketsApi(ready, page_size=500).availability(shop.PRODUCT)).days


def _gifts(bodies: Sequence[bytes]) -> object:
    """More pages than a read takes are read in parts."""
    found: list[object] = []
    for start in range(0, len(bodies), 1_000):
        ready = cast("VendorClient", _Ready(bodies[start : start + 1_000], b'{"items": []}'))
        found.append(_read(GiftsApi(ready, per_page=50).all()))
    return found


def _holds(bodies: Sequence[bytes]) -> object:
    return _read(OrderQtyApi(cast("VendorClient", _Ready(bodies, b"[]"))).of_product(shop.HELD_PRODUCT))


def _read(reading: Coroutine[Any, Any, Reading[T]]) -> T:
    """What was read. Not handed to ``asyncio.run`` as a result: that writes out its ``repr`` when it ends."""
    box: list[T] = []

    async def read() -> None:
        box.append((await reading).data)

    asyncio.run(read())
    return box[0]


def _loaded(bodies: Sequence[bytes]) -> object:
    """One answer after the other: what it held is let go before the next, as a program does."""
    for body in bodies:
        json.loads(body)
    return None


def _timed(work: Work, bodies: Sequence[bytes]) -> float:
    gc.collect()
    begun = process_time()
    kept = work(bodies)
    took = (process_time() - begun) * 1_000
    del kept
    return took


def _kept(work: Work, bodies: Sequence[bytes]) -> float:
    work(bodies)  # what is made once, and stays
    gc.collect()
    tracemalloc.start()
    try:
        kept = work(bodies)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        del kept
        return float(size)
    finally:
        tracemalloc.stop()


def _day_pages(count: int, per_page: int) -> list[bytes]:
    days = data.availability(-(-count // 366), 366, datetime.now(UTC).date()).days[:count]
    pages = []
    for start in range(0, count, per_page):
        options: dict[str, list[dict[str, object]]] = {}
        for day in days[start : start + per_page]:
            options.setdefault(day.option_code, []).append(
                {
                    "inventory_code": day.inventory_code,
                    "date": day.date.isoformat(),
                    "max_quantity": day.max,
                    "remain_quantity": day.left,
                    "ordered_quantity": day.sold,
                }
            )
        pages.append(json.dumps({"status_code": 200, "option_codes": options}).encode())
    return pages


def _gift_pages(count: int, per_page: int) -> list[bytes]:
    gifts = data.gifts(count)
    pages = []
    for start in range(0, count, per_page):
        items = [
            {
                "id": gift.id,
                "status": gift.status,
                "title_translations": dict(gift.titles),
                "sku": gift.sku,
                "quantity": gift.quantity,
                "unlimited_quantity": False,
                "cost": {"cents": 100, "currency_symbol": "NT$", "currency_iso": "TWD", "label": "NT$100"},
                "weight": 0.5,
                "medias": [],
                "created_at": "2026-03-01T00:00:00.000+00:00",
                "updated_at": "2026-03-01T00:00:00.000+00:00",
            }
            for gift in gifts[start : start + per_page]
        ]
        pages.append(json.dumps({"items": items, "pagination": {"current_page": 1}}).encode())
    return pages


def _hold_list(count: int) -> bytes:
    now = datetime.now(UTC)
    return json.dumps(
        [
            {
                "id": hold.id,
                "companyId": hold.company_id,
                "shopId": hold.shop_id,
                "created": int((hold.created or now).timestamp() * 1_000),
                "modified": int((hold.modified or now).timestamp() * 1_000),
                "deleted": False,
                "updated": False,
                "inventoryId": hold.inventory_id,
                "regionId": hold.region_id,
                "productId": hold.product_id,
                "consumerCartId": hold.consumer_cart_id,
                "quantity": float(hold.quantity or 0),
                "processedTime": 0,
                "active": True,
                "submitted": False,
            }
            for hold in data.holds(count, now)
        ]
    ).encode()


if __name__ == "__main__":
    alone(measure)
