"""Consumer order quantities: 2,000 rows over six products (document 000)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from qtydash.sandbox.data import hex_id, stream

Wrapper = Literal["list", "values", "searchResult", "results", "object"]


@dataclass(frozen=True, slots=True)
class Product:
    """A product, how many rows it has at start, and how its answer wraps them."""

    id: str
    name: str
    rows: int
    wrapper: Wrapper


PRODUCTS = (
    Product("prod-1", "Gummies", 1_100, "list"),
    Product("prod-2", "Cold brew", 500, "values"),
    Product("prod-3", "Flower, by weight", 300, "searchResult"),
    Product("prod-4", "Tincture", 99, "results"),
    Product("prod-5", "Gift card", 1, "object"),
    Product("prod-6", "Rolling tray", 0, "list"),
)

STALE_CART = "65c0ffee0000000000000001"
"""Three stale rows: ``prod-1`` 2, ``prod-2`` 1.5, ``prod-3`` 0.125 pieces, three hours old."""
FRESH_CART = "65c0ffee0000000000000002"
SUBMITTED_CART = "65c0ffee0000000000000003"
STALE_ROW = "65aa00000000000000000001"
"""Of ``prod-1``, in ``STALE_CART``; its two companions end in 2 and 3."""
FRESH_ROW = "65aa00000000000000000004"
SUBMITTED_ROW = "65aa00000000000000000005"
DATELESS_ROW = "65aa00000000000000000006"
FUTURE_ROW = "65aa00000000000000000007"
INACTIVE_ROW = "65aa00000000000000000008"
DELETED_ROW = "65aa00000000000000000009"
ONLY_ROW = "65aa00000000000000000010"
"""The only row of ``prod-5``, stale, 4.25 pieces."""

_HALVES = (1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 0.5, 1.5, 2.5)
_GRAMS = (0.125, 0.25, 0.5, 1.0, 3.5, 7.0, 14.0, 28.35)


@dataclass(slots=True)
class Row:
    """One record. Times are epoch milliseconds, 0 for never. ``bare`` rows leave out what is not required."""

    id: str
    product_id: str
    cart_id: str
    quantity: float
    created: int
    modified: int
    processed: int = 0
    active: bool = True
    submitted: bool = False
    deleted: bool = False
    updated: bool = False
    bare: bool = False


class OrderQtys:
    """All records by id, in the order they were made."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.products = {product.id: product for product in PRODUCTS}
        self.rows = {row.id: row for row in [*_promised(now), *_many(stream(seed, "order_qty"), now)]}

    def of_product(self, product_id: str) -> list[Row]:
        return [row for row in self.rows.values() if row.product_id == product_id]

    def of_cart(self, cart_id: str) -> list[Row]:
        return [row for row in self.rows.values() if row.cart_id == cart_id]


def epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)


def _promised(now: datetime) -> list[Row]:
    def row(row_id: str, product_id: str, cart_id: str, quantity: float, age: timedelta) -> Row:
        touched = epoch_ms(now - age)
        return Row(row_id, product_id, cart_id, quantity, touched, touched)

    old, recent = timedelta(hours=3), timedelta(minutes=5)
    return [
        row(STALE_ROW, "prod-1", STALE_CART, 2.0, old),
        row("65aa00000000000000000002", "prod-2", STALE_CART, 1.5, old),
        row("65aa00000000000000000003", "prod-3", STALE_CART, 0.125, old),
        row(FRESH_ROW, "prod-1", FRESH_CART, 1.0, recent),
        replace(row(SUBMITTED_ROW, "prod-1", SUBMITTED_CART, 3.0, old), submitted=True),
        replace(row(DATELESS_ROW, "prod-1", "65c0ffee0000000000000004", 1.0, old), created=0, modified=0),
        row(FUTURE_ROW, "prod-1", "65c0ffee0000000000000005", 1.0, timedelta(hours=-2)),
        replace(row(INACTIVE_ROW, "prod-4", "65c0ffee0000000000000006", 1.0, old), active=False),
        replace(row(DELETED_ROW, "prod-4", "65c0ffee0000000000000007", 1.0, old), active=False, deleted=True),
        row(ONLY_ROW, "prod-5", "65c0ffee0000000000000008", 4.25, old),
    ]


def _many(rng: Random, now: datetime) -> Iterator[Row]:
    told = [row.product_id for row in _promised(now)]
    wanted = [p.id for p in PRODUCTS for _ in range(p.rows - told.count(p.id))]
    rng.shuffle(wanted)
    number = cart = 0
    while wanted:
        cart += 1
        first = _of_cart(rng, now, hex_id(f"cart/{cart}"))
        for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 6))):
            if not wanted:
                return
            number += 1
            product_id = wanted.pop()
            quantity = rng.choice(_GRAMS if product_id == "prod-3" else _HALVES)
            yield replace(
                first,
                id=hex_id(f"row/{number}"),
                product_id=product_id,
                quantity=quantity,
                updated=rng.random() < 0.3,
                bare=number % 50 == 0,
            )


def _of_cart(rng: Random, now: datetime, cart_id: str) -> Row:
    """What the rows of one cart have in common: when it was filled and what became of it."""
    fate = rng.random()
    minutes = rng.uniform(0.1, 40) if fate < 0.18 else min(46 * rng.paretovariate(0.7), 60 * 24 * 28)
    created = now - timedelta(minutes=minutes)
    modified = created + timedelta(minutes=minutes * rng.random() * 0.1)
    row = Row("", "", cart_id, 0.0, epoch_ms(created), epoch_ms(modified))
    if 0.62 <= fate < 0.80:
        row.submitted, row.processed = True, row.modified
    elif 0.80 <= fate < 0.90:
        row.active = False
    elif 0.90 <= fate < 0.98:
        row.active, row.deleted = False, True
    elif 0.98 <= fate < 0.995:
        row.created = row.modified = 0
    elif fate >= 0.995:
        row.created = row.modified = epoch_ms(now + timedelta(minutes=rng.uniform(5, 240)))
    return row
