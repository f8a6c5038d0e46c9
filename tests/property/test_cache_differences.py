"""What the cache writes when it knows what the file holds is what it writes when it does not, to the last row."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import Reading
from qtydash.domain.tickets import Availability, TicketDay, TicketOption
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
from qtydash.storage.order_qty import ORDER_QTY
from qtydash.storage.shelf import Shelf
from qtydash.storage.tickets import AVAILABILITY

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = Source("prod", "https://shop.example.com")

# Now and then what SQLite cannot hold.
names = st.sampled_from([*"abcdefgh" * 4, "a\ud800"])
numbers = st.sampled_from([*range(4)] * 8 + [2**63])
amounts = st.none() | st.sampled_from(["1", "1.0", "0", "-0", "100", "1E+2", "9" * 30]).map(Decimal)


@dataclass(frozen=True)
class Kind:
    """A kind of reading that is a list: how its records are made, and which are the same."""

    shelf: Shelf[Any]
    record: st.SearchStrategy[Any]
    fields: tuple[str, ...]
    """What tells one record from another."""
    reading: Callable[[Sequence[Any]], st.SearchStrategy[Any]] = lambda records: st.just(tuple(records))

    def key(self, record: Any) -> tuple[Any, ...]:
        return tuple(getattr(record, name) for name in self.fields)


def _days(days: Sequence[TicketDay]) -> st.SearchStrategy[Availability]:
    keys = [day.key for day in days]
    options = st.dictionaries(names, st.sampled_from(["", "Adult", "Child"]), max_size=3)
    return st.builds(
        lambda told, named, turned: Availability(
            "park",
            tuple(days),
            tuple(TicketOption(*pair) for pair in (reversed(named.items()) if turned else named.items())),
            {key: (("note", note),) for key, note in told.items()},
        ),
        st.dictionaries(st.sampled_from(keys), st.sampled_from("xy"), max_size=3) if keys else st.just({}),
        options,
        st.booleans(),
    )


KINDS = {
    "gifts": Kind(
        GIFTS,
        st.builds(
            lambda gift_id, quantity, title, *, unlimited: Gift(
                gift_id, "SKU", (("en", title),), "active", quantity, unlimited, START
            ),
            names,
            numbers,
            names,
            unlimited=st.booleans(),
        ),
        ("id",),
    ),
    "holds": Kind(
        ORDER_QTY,
        st.builds(
            lambda hold_id, quantity, cart: OrderQty(
                hold_id, "co", "s", START, None, False, False, "i", "r", "p", cart, quantity, None, True, False
            ),
            names,
            amounts,
            names,
        ),
        ("id",),
    ),
    "days": Kind(
        AVAILABILITY,
        st.builds(
            lambda option, on, code, left: TicketDay(option, date(2026, 3, on), 25, left, 25 - left, code),
            names,
            st.integers(1, 2),
            st.sampled_from(["", "i"]),
            numbers,
        ),
        ("option_code", "date", "inventory_code"),
        _days,
    ),
}
UNDATED = {("gifts", "serial"), ("order_qty", "serial")}
STEPS = [*["save"] * 6, "part", "part", "elsewhere", "load", "other", "deleted"]
"""What may happen between two saves: a read that ended early, another process's read, another query's."""
EDITS = ["insert", "drop", "alter", "move"]


def _next(data: st.DataObject, kind: Kind, records: Sequence[Any]) -> list[Any]:
    """A list that came from another as a vendor's does: most of it is as it was."""
    found = list(records)
    for edit in data.draw(st.lists(st.sampled_from(EDITS), max_size=3)):
        place = data.draw(st.integers(0, len(found)))
        new = data.draw(kind.record)
        if edit == "insert" or place == len(found):
            found.insert(place, new)
            continue
        old = found.pop(place)
        if edit == "alter":
            found.insert(place, replace(new, **{name: getattr(old, name) for name in kind.fields}))
        elif edit == "move":
            found.append(old)
    return list({kind.key(record): record for record in found}.values())


def _clock() -> datetime:
    return START


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that keeps nothing yet: to make one takes most of an example's time."""
    file = tmp_path_factory.mktemp("empty") / "cache.db"
    Cache(file, _clock).save(GIFTS, Source("another", ""), "", Reading(()), START)
    return file


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_difference_leaves_what_the_whole_leaves(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    kind, folder = KINDS[name], tmp_path_factory.mktemp("caches")
    for file in ("one.db", "two.db"):
        copy(empty, folder / file)
    now = START
    knowing = Cache(folder / "one.db", _clock)
    records: list[Any] = []
    for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=3, max_size=8)):
        # A file that is made anew may hold as many reads as the one before, of the same second.
        now += timedelta(hours=data.draw(st.sampled_from([1, 30] if step == "deleted" else [0, 1, 30, -1])))
        whole = Cache(folder / "two.db", _clock)  # knows of nothing
        match step:
            case "load":
                assert knowing.load(kind.shelf, SHOP, "q") == whole.load(kind.shelf, SHOP, "q")
            case "deleted":
                for each in folder.iterdir():
                    each.unlink()
            case _:
                records = _next(data, kind, records)
                reading = Reading(data.draw(kind.reading(records)), step != "part")
                query = "r" if step == "other" else "q"
                one = Cache(folder / "one.db", _clock) if step == "elsewhere" else knowing
                kept = one.save(kind.shelf, SHOP, query, reading, now)
                assert kept == whole.save(kind.shelf, SHOP, query, reading, now)
                if step == "part" and data.draw(st.booleans()):  # as whoever asked does
                    assert knowing.load(kind.shelf, SHOP, "q") == whole.load(kind.shelf, SHOP, "q")
        assert _rows(folder / "one.db") == _rows(folder / "two.db")
    assert knowing.load(kind.shelf, SHOP, "q") == Cache(folder / "two.db", _clock).load(kind.shelf, SHOP, "q")
    assert not knowing.notices


def _columns(db: sqlite3.Connection, table: str) -> str:
    """All of them, but the read that wrote a row last where it need not tell the last that brought it."""
    names = [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]
    return ", ".join(f'"{name}"' for name in names if (table, name) not in UNDATED)


def _rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a file holds. Numbers that stand for nothing outside it may differ."""
    if not file.exists():
        return {}
    with closing(sqlite3.connect(file)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {name: sorted(db.execute(f"SELECT {_columns(db, name)} FROM {name}"), key=repr) for name in tables}
    del found["_sqlite_migrations"]  # the time of day
    numbers = {row[0]: row[1:] for row in found.pop("ticket_records")}
    found["ticket_history"] = sorted(((numbers[n], *row) for n, *row in found["ticket_history"]), key=repr)
    return found
