"""A vendor of order quantities in memory: what really became of each row is in its ledger, whatever was answered.

It stands where the adapter does, so that the engine's own port is tried with it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from qtydash.adapters.order_qty import DeleteOutcome
from qtydash.domain.errors import UnexpectedAnswer
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import Reading
from qtydash.services.order_qty import HoldChanges
from tests.changes_kit import ORIGIN, Clock
from tests.vendor_model import Fate

LONG_AGO = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


def hold(id: str, product: str = "gummies", cart: str = "cart-1", quantity: str = "1.5", **other: Any) -> OrderQty:
    """A stale row."""
    told: dict[str, Any] = {
        "company_id": "company",
        "shop_id": "shop",
        "created": LONG_AGO,
        "modified": LONG_AGO,
        "deleted": False,
        "updated": False,
        "inventory_id": "inventory",
        "region_id": "region",
        "processed_time": None,
        "active": True,
        "submitted": False,
    }
    return OrderQty(id=id, product_id=product, consumer_cart_id=cart, quantity=Decimal(quantity), **(told | other))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A deletion that reached the vendor: of a row, or with ``cart`` of a cart. ``row`` is the row as it was."""

    op_id: str
    id: str
    at: datetime
    row: OrderQty | None = None
    cart: bool = False


@dataclass(slots=True)
class HoldStore:
    """Rows by id. ``fate`` tells what becomes of each deletion.

    ``step`` is called around everything that is asked of it.
    """

    clock: Clock
    rows: dict[str, OrderQty] = field(default_factory=dict)
    fate: Callable[[], Fate] = Fate
    blind: deque[Exception] = field(default_factory=deque)
    warnings: tuple[str, ...] = ()
    unreadable: set[str] = field(default_factory=set)
    """Rows that are listed in a form that nobody can read."""
    arrivals: list[Arrival] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    """By row, the operation that deleted it; "" for somebody else."""
    changed_at: dict[str, datetime] = field(default_factory=dict)
    reads: int = 0
    on_arrival: Callable[[Arrival], None] = lambda arrival: None
    step: Callable[[], None] = lambda: None
    _due: list[tuple[datetime, str, str]] = field(default_factory=list)

    def port(self) -> HoldChanges:
        """The engine's port to it."""
        return HoldChanges(_Line(self), ORIGIN, self.clock)  # type: ignore[arg-type]

    # What the port asks for.

    async def of_product(self, product: str) -> Reading[tuple[OrderQty, ...]]:
        self.step()
        await asyncio.sleep(0)
        self.reads += 1
        if self.blind:
            raise self.blind.popleft()
        self.settle()
        self.step()
        listed = [row for row in self.rows.values() if row.product_id == product]
        found = tuple(row for row in listed if row.id not in self.unreadable)
        aside = frozenset(row.id for row in listed) & self.unreadable
        return Reading(found, warnings=self.warnings, unreadable=aside)

    async def delete(self, id: str, op_id: str) -> DeleteOutcome:
        return await self._written(Arrival(op_id, id, self.clock(), self.rows.get(id)))

    async def delete_cart(self, cart: str, op_id: str) -> DeleteOutcome:
        return await self._written(Arrival(op_id, cart, self.clock(), cart=True))

    async def _written(self, arrival: Arrival) -> DeleteOutcome:
        self.step()
        fate = self.fate()
        await asyncio.sleep(0)
        ids = (
            [arrival.id]
            if not arrival.cart
            else [r.id for r in self.rows.values() if r.consumer_cart_id == arrival.id]
        )
        there = [id for id in ids if id in self.rows]
        if fate.reached:
            self.arrivals.append(arrival)
            self.on_arrival(arrival)
            self.step()
            if fate.applied:
                late = timedelta(seconds=fate.late or 0)
                self._due += ((self.clock() + late, arrival.op_id, id) for id in there)
            self.settle()
        self.clock.move(fate.seconds)
        self.step()
        if fate.failure is not None:
            raise fate.failure()
        return DeleteOutcome(200 if there else 404, absent=not there)

    # What happens beside it.

    def settle(self) -> None:
        """Let happen what is due by now."""
        for due in [due for due in self._due if due[0] <= self.clock()]:
            self._due.remove(due)
            _, op_id, id = due
            if self.rows.pop(id, None) is not None:
                self.gone[id] = op_id

    def touch(self, id: str, **other: Any) -> None:
        """Somebody else changes a row."""
        if id in self.rows:
            self.rows[id] = replace(self.rows[id], modified=self.clock(), **other)
            self.changed_at[id] = self.clock()

    def take(self, id: str) -> None:
        """Somebody else deletes a row."""
        if self.rows.pop(id, None) is not None:
            self.gone[id] = ""

    def add(self, rows: Iterable[OrderQty]) -> None:
        self.rows |= {row.id: row for row in rows}


class _Line:
    """The connection to the store."""

    def __init__(self, store: HoldStore) -> None:
        self._store = store

    async def adapter(self) -> HoldStore:
        return self._store


def server_trouble() -> Exception:
    """An answer that says nothing."""
    return UnexpectedAnswer("It answered 502.", status=502)
