"""How the gift list is kept."""

import json
import sqlite3
from collections.abc import Iterable
from operator import attrgetter

from qtydash.domain.gifts import Gift
from qtydash.storage.shelf import Row, Shelf, ShelfTable, Shelved, iso_time, time_of

_GIFTS = ShelfTable(
    "gifts",
    ("id",),
    ("position", "sku", "titles", "status", "quantity", "unlimited", "updated_at"),
    # The quantity of an unlimited gift says nothing, so it is no earlier quantity either.
    measure="CASE WHEN unlimited THEN NULL ELSE quantity END",
)


def _rows(data: tuple[Gift, ...], before: tuple[Gift, ...] | None) -> Iterable[tuple[ShelfTable, Shelved]]:
    yield _GIFTS.shelve(data, before, attrgetter("id"), _row)


def _row(n: int, g: Gift) -> Row:
    return g.id, n, g.sku, json.dumps(g.titles), g.status, g.quantity, g.unlimited, iso_time(g.updated_at)


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
