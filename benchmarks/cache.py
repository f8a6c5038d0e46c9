"""Cache: save 100,000 rows; open a file of 100 MB and paint one pane

*Save*: one reading into a cache that holds none of it, beside raw sqlite3: the same rows as ready tuples, one
`executemany` upsert into the same tables, one transaction, WAL and synchronous NORMAL. Of ticket days the cache
keeps a history as well, in two more tables: the raw write beside it fills those from the first, in two statements.
Two processes work at a time, each with one kind, which it saves both ways in turn.
*Open*: the first screen of the dashboard, offline, over a small cache and over one that holds more than 100 MB
of other products' days beside the same one; both files were read before.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from benchmarks import data, kinds, shop, starts
from benchmarks.figures import Effort, Row, times, told
from benchmarks.report import alone, scratch
from qtydash.domain.snapshot import Reading
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
from qtydash.storage.order_qty import ORDER_QTY
from qtydash.storage.shelf import Shelf
from qtydash.storage.tickets import AVAILABILITY, TICKET_PRODUCTS

MISSED = """\
A record is turned into a row, its times into ISO text and its titles into JSON, before SQLite sees it; raw
`executemany` gets rows that are ready.
"""

T = TypeVar("T")

LARGE = 100e6
OTHER = "other"
READING = 99
"""A number that no reading of the copied file has."""


def measure(effort: Effort) -> Iterator[Row]:
    yield from kinds.of_each(_saved, effort.pick(100_000, 5_000), effort.runs)
    yield from _open(effort)


def _saved(kind: str, count: int, runs: int) -> list[Row]:
    now = datetime.now(UTC)
    if kind == kinds.DAYS:
        return [_save(kind, runs, AVAILABILITY, data.availability(-(-count // 366), 366, now.date()))]
    if kind == kinds.GIFTS:
        return [_save(kind, runs, GIFTS, data.gifts(count))]
    return [_save(kind, runs, ORDER_QTY, data.holds(count, now))]


def _save(what: str, runs: int, shelf: Shelf[T], found: T) -> Row:
    ours, raw = [], []
    writes = [
        (_upsert(table.name, table.key, table.values), [(READING, 1, *row) for row in rows.rows])
        for table, rows in shelf.rows(found, None)
        if rows.rows
    ]
    if shelf is AVAILABILITY:
        writes += [(statement, [()]) for statement in _HISTORY]
    with scratch() as folder:
        empty = folder / "empty.db"
        Cache(empty, lambda: datetime.now(UTC)).save(
            TICKET_PRODUCTS, Source("other", shop.NOWHERE), "", Reading(()), datetime.now(UTC)
        )
        for run in range(runs):
            file, copy = folder / f"ours-{run}.db", folder / f"raw-{run}.db"
            shutil.copy(empty, file)
            shutil.copy(empty, copy)
            cache = Cache(file, lambda: datetime.now(UTC))
            begun = perf_counter()
            kept = cache.save(shelf, Source(shop.PROFILE, shop.NOWHERE), "x", Reading(found), datetime.now(UTC))
            ours.append((perf_counter() - begun) * 1_000)
            if kept.warnings:
                raise RuntimeError(" ".join(kept.warnings))
            raw.append(_raw(copy, writes))
            file.unlink()
            copy.unlink()
    return times(f"save {what}", ours, raw, "raw executemany", 1.5)


def _raw(file: Path, writes: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> float:
    begun = perf_counter()
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        for statement, rows in writes:
            db.executemany(statement, rows)
        db.execute("COMMIT")
    return (perf_counter() - begun) * 1_000


def _upsert(table: str, key: Sequence[str], values: Sequence[str]) -> str:
    columns = ("reading", "serial", *key, *values)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
        f"ON CONFLICT (reading, {', '.join(key)}) "
        f"DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in values)}"
    )


_HISTORY = (
    "INSERT INTO ticket_records (reading, option, date, inventory_code) "
    f"SELECT reading, option, date, inventory_code FROM ticket_days WHERE reading = {READING}",
    "INSERT INTO ticket_history (record, at, left) SELECT records.id, 1, left FROM ticket_days "
    f"JOIN ticket_records AS records USING (reading, option, date, inventory_code) WHERE reading = {READING}",
)
"""The records of the days that are there now, and what was left of each first."""


def _open(effort: Effort) -> Iterator[Row]:
    with scratch() as folder:
        small, large = (shop.make_home(folder / name) for name in ("small", "large"))
        shop.fill(small, "days", 14, 366)
        shutil.copy(small / "cache.db", large)
        shop.fill(large, "days", effort.pick(274, 2), 366, OTHER)
        while (large / "cache.db").stat().st_size < (LARGE / 100 if effort.quick else LARGE):
            _double(large / "cache.db")
        size = (large / "cache.db").stat().st_size / 1e6
        found: dict[str, list[starts.Start]] = {"small": [], "large": []}
        programs = {home.name: starts.offline_matrix(home) for home in (small, large)}
        for run in range(effort.runs + 1):
            for name, program in programs.items():
                start = starts.start(program, starts.ONE_PANE)
                if run:
                    found[name].append(start)
    paints = {name: [start.paint for start in made] for name, made in found.items()}
    cpus = {name: [start.cpu for start in made] for name, made in found.items()}
    yield told("first screen over a small cache", paints["small"])
    yield times(
        f"first screen over a cache of {size:.0f} MB", paints["large"], paints["small"], "small cache", 1.1
    )
    yield times("the same, processor time", cpus["large"], cpus["small"], "small cache", 1.1)


def _double(file: Path) -> None:
    """As many days again, of products of other names."""
    with closing(sqlite3.connect(file)) as db, db:
        of_others = "FROM reads WHERE query LIKE 'other%'"
        (last,) = db.execute("SELECT max(id) FROM reads").fetchone()
        db.execute(
            "INSERT INTO reads (id, source, kind, query, serial, fetched_at, complete, warnings) "
            f"SELECT id + {last}, source, kind, query || '-{last}', serial, fetched_at, complete, warnings "
            f"{of_others}"
        )
        names = [name for _, name, *_ in db.execute("PRAGMA table_info(ticket_days)")]
        columns = ", ".join(f"reading + {last}" if name == "reading" else name for name in names)
        db.execute(
            f"INSERT INTO ticket_days SELECT {columns} FROM ticket_days "
            f"WHERE reading <= {last} AND reading IN (SELECT id {of_others})"
        )


if __name__ == "__main__":
    alone(measure)
