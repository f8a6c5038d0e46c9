"""What order-quantity records add up to: by state, by cart, and what deleting some of them would free."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from functools import cached_property

from qtydash.domain.order_qty import HOLDING, HoldState, OrderQty

_NOTHING = Decimal(0)
_DIGITS = 200
"""More than any sum of the vendor's numbers has: the usual 28 would round."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Some records and their quantities. ``unknown`` of the rows tell none; they count as rows only."""

    rows: int = 0
    quantity: Decimal = _NOTHING
    unknown: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        with localcontext() as exact:
            exact.prec = _DIGITS
            quantity = self.quantity + other.quantity
        return Tally(self.rows + other.rows, quantity, self.unknown + other.unknown)


def tally(records: Iterable[OrderQty]) -> Tally:
    """Rows and exact quantity of ``records``."""
    found = [record.quantity for record in records]
    told = [quantity for quantity in found if quantity is not None]
    return Tally(len(found), _sum(told), len(found) - len(told))


def freed(records: Iterable[OrderQty]) -> Tally:
    """What deleting ``records`` gives back to buyers: only those that hold stock free any."""
    return tally(record for record in records if record.holds_stock)


def not_stale_words(records: Iterable[OrderQty], now: datetime, stale_after: timedelta) -> str:
    """How many of ``records``, which are to be deleted, may be of a cart that lives; "" when none is."""
    found = Counter(record.state(now, stale_after) for record in records)
    del found[HoldState.STALE]
    if not found:
        return ""
    told = ", ".join(f"{found[state]:,} {state.words}" for state in HoldState if found[state])
    return f"{found.total():,} of them {'is' if found.total() == 1 else 'are'} not stale: {told}."


@dataclass(frozen=True, slots=True)
class Totals:
    """A list's records by state, as of one moment and one threshold; ``stale_carts`` hold the stale ones."""

    by_state: Mapping[HoldState, Tally] = field(default_factory=dict)
    stale_carts: int = 0
    oldest_stale: datetime | None = None
    """When the stale record was touched that was left alone the longest."""

    @property
    def rows(self) -> int:
        return self.of(*HoldState).rows

    @property
    def active(self) -> Tally:
        """What is kept from buyers: stale or not, of known age or not."""
        return self.of(*HOLDING)

    @property
    def stale(self) -> Tally:
        return self.of(HoldState.STALE)

    @property
    def submitted(self) -> Tally:
        return self.of(HoldState.SUBMITTED)

    def of(self, *states: HoldState) -> Tally:
        """The records in these states together."""
        return sum((self.by_state[state] for state in states if state in self.by_state), Tally())


def totals(records: Iterable[OrderQty], now: datetime, stale_after: timedelta) -> Totals:
    """What ``records`` add up to."""
    in_state: dict[HoldState, list[OrderQty]] = {}
    for record in records:
        in_state.setdefault(record.state(now, stale_after), []).append(record)
    stale = in_state.get(HoldState.STALE, ())
    return Totals(
        {state: tally(found) for state, found in in_state.items()},
        sum(1 if cart else len(found) for cart, found in _by_cart(stale).items()),
        min((touched for record in stale if (touched := record.last_touched)), default=None),
    )


@dataclass(frozen=True)  # without slots, so that sums are made when first asked for, and once
class CartHolds:
    """The records of one cart, in the vendor's order. ``cart_id`` is "" for those that name no cart."""

    cart_id: str
    records: tuple[OrderQty, ...]

    @cached_property
    def total(self) -> Tally:
        """All of them, whatever their state."""
        return tally(self.records)

    @cached_property
    def oldest(self) -> datetime | None:
        """When the record was touched that was left alone the longest; None when no time is known."""
        return min((touched for record in self.records if (touched := record.last_touched)), default=None)


def by_cart(records: Iterable[OrderQty]) -> tuple[CartHolds, ...]:
    """``records`` by cart, the carts in the order in which each first appears."""
    return tuple(CartHolds(cart, tuple(found)) for cart, found in _by_cart(records).items())


def _by_cart(records: Iterable[OrderQty]) -> dict[str, list[OrderQty]]:
    carts: dict[str, list[OrderQty]] = {}
    for record in records:
        carts.setdefault(record.consumer_cart_id, []).append(record)
    return carts


def _sum(quantities: Iterable[Decimal]) -> Decimal:
    with localcontext() as exact:
        exact.prec = _DIGITS
        return sum(quantities, _NOTHING)
