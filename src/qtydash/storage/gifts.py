"""How the gift list is kept."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from qtydash.domain.gifts import Gift
from qtydash.storage.shelf import Row, Shelf, ShelfTable, iso_time, time_of

_GIFTS = ShelfTable(
    "gifts",
    ("id",),
    ("position", "sku", "titles", "status", "quantity", "unlimited", "updated_at"),
    # The quantity of an unlimited gift says nothing, so it is no earlier quantity either.
    measure="CASE WHEN unlimited THEN NULL ELSE quantity END",
)


def _rows(data: tuple[Gift, ...]) -> Iterable[tuple[ShelfTable, Sequence[Row]]]:
    yield (
        _GIFTS,
        [
            (g.id, n, g.sku, json.dumps(g.titles), g.status, g.quantity, g.unlimited, iso_time(g.updated_at))
            for n, g in enumerate(data)
        ],
    )


def _load(db: sqlite3.Connection, reading: int, query: str) -> tuple[Gift, ...]:
    return tuple(
        Gift(gift_id, sku, _titles(titles), status, quantity, bool(unlimited), time_of(updated_at))
        for gift_id, _, sku, titles, status, quantity, unlimited, updated_at in _GIFTS.select(
            db, reading, "position"
        )
    )


def _titles(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((language, title) for language, title in json.loads(text))


GIFTS: Shelf[tuple[Gift, ...]] = Shelf("gifts", _GIFTS, _rows, _load)
"""The whole gift list; the query is empty."""
