"""How a cart is kept: the domain's own fields as one JSON text. The vendor's JSON, with addresses, is not."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.storage.shelf import Shelf, ShelfTable, Shelved

_CARTS = ShelfTable("carts", (), ("cart",))


def _rows(data: Cart, _: Cart | None) -> Iterable[tuple[ShelfTable, Shelved]]:
    told = asdict(data)
    del told["raw"]
    yield _CARTS, Shelved([(json.dumps(told, default=_number),)])


def _number(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a cart holds no {type(value).__name__}")


def _load(db: sqlite3.Connection, reading: int, query: str) -> Cart:
    text = next(iter(_CARTS.select(db, reading, "reading")))[0]
    told: dict[str, Any] = json.loads(text)
    return Cart(
        **{
            **told,
            "total": _decimal(told["total"]),
            "lines": tuple(map(_line, told["lines"])),
            "order_markers": tuple(OrderMarker(**marker) for marker in told["order_markers"]),
            "infos": tuple(GiftInfo(**info) for info in told["infos"]),
            "promotion_names": tuple((code, name) for code, name in told["promotion_names"]),
        }
    )


def _line(told: dict[str, Any]) -> CartLine:
    return CartLine(
        **{
            **told,
            "unit_price": _decimal(told["unit_price"]),
            "amount": _decimal(told["amount"]),
            "markers": tuple(ItemMarker(**marker) for marker in told["markers"]),
        }
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


CARTS: Shelf[Cart] = Shelf("cart", _CARTS, _rows, _load, compared=False)
"""One session's cart; the query is the session's name."""
