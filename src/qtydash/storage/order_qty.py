"""How order-quantity records are kept."""

import sqlite3
from collections.abc import Hashable, Iterable
from decimal import Decimal
from operator import attrgetter
from sys import intern

from qtydash.domain.order_qty import FIELDS, OrderQty
from qtydash.storage.shelf import Row, Shelf, ShelfTable, Shelved, iso_time, time_of

_VALUES = tuple(name for name in FIELDS if name != "id")
_ORDER_QTY = ShelfTable("order_qty", ("id",), ("position", *_VALUES), measure="quantity")


def _rows(data: tuple[OrderQty, ...], before: tuple[OrderQty, ...] | None) -> Iterable[tuple[ShelfTable, Shelved]]:
    yield _ORDER_QTY.shelve(data, before, attrgetter("id"), _row, same=_same)


def _same(one: OrderQty, other: OrderQty) -> bool:
    """To the last digit: 1 and 1.0 are equal."""
    return one == other and str(one.quantity) == str(other.quantity)


def _row(position: int, record: OrderQty) -> Row:
    return (
        record.id,
        position,
        record.company_id,
        record.shop_id,
        iso_time(record.created),
        iso_time(record.modified),
        record.deleted,
        record.updated,
        record.inventory_id,
        record.region_id,
        record.product_id,
        record.consumer_cart_id,
        None if record.quantity is None else str(record.quantity),
        iso_time(record.processed_time),
        record.active,
        record.submitted,
    )


def _load(db: sqlite3.Connection, reading: int, query: str) -> tuple[OrderQty, ...]:
    return tuple(_record(row) for row in _ORDER_QTY.select(db, reading, "position"))


def _record(row: Row) -> OrderQty:
    # Interned, as where they are read from the vendor: most rows repeat these.
    return OrderQty(
        id=row[0],
        company_id=intern(row[2]),
        shop_id=intern(row[3]),
        created=time_of(row[4]),
        modified=time_of(row[5]),
        deleted=bool(row[6]),
        updated=bool(row[7]),
        inventory_id=intern(row[8]),
        region_id=intern(row[9]),
        product_id=intern(row[10]),
        consumer_cart_id=intern(row[11]),
        quantity=None if row[12] is None else Decimal(row[12]),
        processed_time=time_of(row[13]),
        active=bool(row[14]),
        submitted=bool(row[15]),
    )


def _moved(row: Row) -> tuple[Hashable, object]:
    return row[0], Decimal(row[1])


ORDER_QTY: Shelf[tuple[OrderQty, ...]] = Shelf("order_qty", _ORDER_QTY, _rows, _load, _moved)
"""One product's records; the query is its id."""
