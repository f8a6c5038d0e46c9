"""A refresh that changes 10 of 100,000 rows: what it costs to paint, and to keep

*Paint*: the dashboard shows the holds of one product, read from a sandbox where ten of them move with each
read. `r` is pressed; what counts is the processor time of the thread that draws, until all is quiet again, and
what is written to the terminal, both less what each second costs anyway. Neither should depend on how many rows
there are.
*Keep*: a reading of 100,000 rows, each a new object, is kept by a cache that kept the one before, ten rows of
which were others. Beside it: raw sqlite3 reads the key and the quantity of every row, and writes ten, in one
transaction on a copy of the file. Two processes work at a time, each with one kind, both ways in turn.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from benchmarks import data, kinds, shop, starts
from benchmarks.figures import Effort, Row, times, told
from benchmarks.report import alone, scratch
from benchmarks.terminal import Seen, Terminal
from qtydash.domain.snapshot import Reading
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
from qtydash.storage.order_qty import ORDER_QTY
from qtydash.storage.shelf import Shelf
from qtydash.storage.tickets import AVAILABILITY

MISSED = """\
What the drawing thread does beyond a screenful is to free the 100,000 records of the reading before, and to wait
for its turn beside the thread that compares the new ones. What is kept is compared record by record: half of what
the cache's write takes.
"""

T = TypeVar("T")

MOVED = 10


def measure(effort: Effort) -> Iterator[Row]:
    small, large = 1_000, effort.pick(100_000, 5_000)
    few, few_bytes = _refreshes(small, effort.runs)
    many, many_bytes = _refreshes(large, effort.runs)
    yield told(f"refresh of {small:,} rows: processor time of the drawing thread", few)
    words = f"refresh of {large:,} rows: processor time of the drawing thread"
    yield times(words, many, few, f"{small:,} rows", 1.5)
    yield times("the same: written to the terminal", many_bytes, few_bytes, f"{small:,} rows", 1.5, "bytes")
    yield from kinds.of_each(_kept, large, effort.runs)


def _refreshes(count: int, runs: int) -> tuple[list[float], list[float]]:
    costs, written = [], []
    columns, lines = starts.ONE_PANE
    with scratch() as folder, shop.large_sandbox(holds=count, latency=20) as url:
        home = shop.make_home(folder / "home", url)
        with Terminal(
            [shop.QTYDASH], columns=columns, lines=lines, environment=shop.environment(home, QTYDASH_REFRESH="off")
        ) as terminal:
            terminal.wait_for("q quit")
            terminal.press("4")
            terminal.wait_for("cart-", timeout=120)
            terminal.settle()
            began, idle, idle_bytes = terminal.now, terminal.first_thread_cpu_ms(), terminal.bytes_written
            terminal.rest(2)
            passed = terminal.now - began
            idle, idle_bytes = terminal.first_thread_cpu_ms() - idle, terminal.bytes_written - idle_bytes
            for run in range(runs + 1):
                moved = _unlike(_first_quantity(terminal.lines))
                began, drawn, sent = terminal.now, terminal.first_thread_cpu_ms(), terminal.bytes_written
                terminal.press("r")
                terminal.wait_until(moved, what="moved rows", timeout=120)
                terminal.settle()
                share = (terminal.now - began) / passed
                if run:
                    costs.append(terminal.first_thread_cpu_ms() - drawn - idle * share)
                    written.append(terminal.bytes_written - sent - idle_bytes * share)
    return costs, written


def _first_quantity(shown: Sequence[str]) -> str:
    """The quantity of the first row, "" while there is none."""
    return next((match[1] for line in shown if (match := re.search(r"cart-0000000 +\D?([0-9.]+) ", line))), "")


def _unlike(before: str) -> Seen:
    return lambda shown: _first_quantity(shown) not in ("", before)


def _kept(kind: str, count: int, runs: int) -> list[Row]:
    """Two readings, the second made anew: two records that are one object are compared sooner."""
    now = datetime.now(UTC)
    if kind == kinds.DAYS:
        days, more_days = (data.availability(-(-count // 366), 366, now.date()) for _ in range(2))
        moved_days = tuple(replace(day, left=day.left + 1) for day in more_days.days[:MOVED])
        row = _keep(
            kind,
            runs,
            AVAILABILITY,
            shop.PRODUCT,
            (days, replace(days, days=moved_days + more_days.days[MOVED:])),
            "SELECT option, date, inventory_code, left FROM ticket_days WHERE reading = 1",
            "UPDATE ticket_days SET left = left + 1 "
            "WHERE reading = 1 AND option = ? AND date = ? AND inventory_code = ?",
            [(day.option_code, day.date.isoformat(), day.inventory_code) for day in moved_days],
        )
    elif kind == kinds.GIFTS:
        gifts, more_gifts = data.gifts(count), data.gifts(count)
        moved_gifts = tuple(replace(gift, quantity=gift.quantity + 1) for gift in more_gifts[:MOVED])
        row = _keep(
            kind,
            runs,
            GIFTS,
            "",
            (gifts, moved_gifts + more_gifts[MOVED:]),
            "SELECT id, quantity FROM gifts WHERE reading = 1",
            "UPDATE gifts SET quantity = quantity + 1 WHERE reading = 1 AND id = ?",
            [(gift.id,) for gift in moved_gifts],
        )
    else:
        holds, more_holds = data.holds(count, now), data.holds(count, now)
        moved_holds = tuple(
            replace(hold, quantity=(hold.quantity or Decimal(0)) + 1) for hold in more_holds[:MOVED]
        )
        row = _keep(
            kind,
            runs,
            ORDER_QTY,
            shop.HELD_PRODUCT,
            (holds, moved_holds + more_holds[MOVED:]),
            "SELECT id, quantity FROM order_qty WHERE reading = 1",
            "UPDATE order_qty SET quantity = quantity + 1 WHERE reading = 1 AND id = ?",
            [(hold.id,) for hold in moved_holds],
        )
    return [row]


def _keep(
    what: str,
    runs: int,
    shelf: Shelf[T],
    query: str,
    readings: tuple[T, T],
    scan: str,
    change: str,
    keys: Sequence[tuple[str, ...]],
) -> Row:
    ours, raw = [], []
    with scratch() as folder:
        file, source = folder / "cache.db", Source(shop.PROFILE, shop.NOWHERE)
        cache = Cache(file, lambda: datetime.now(UTC))
        cache.save(shelf, source, query, Reading(readings[0]), datetime.now(UTC))
        copy = folder / "copy.db"
        copy.write_bytes(file.read_bytes())
        for run in range(runs):
            reading = Reading(readings[(run + 1) % 2])
            begun = perf_counter()
            cache.save(shelf, source, query, reading, datetime.now(UTC))
            ours.append((perf_counter() - begun) * 1_000)
            raw.append(_raw(copy, scan, change, keys))
    return times(f"keep a reading in which 10 {what} moved", ours, raw, "scan and 10 rows, raw", 3)


def _raw(file: Path, scan: str, change: str, keys: Sequence[tuple[str, ...]]) -> float:
    begun = perf_counter()
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        db.execute(scan).fetchall()
        db.executemany(change, keys)
        db.execute("COMMIT")
    return (perf_counter() - begun) * 1_000


if __name__ == "__main__":
    alone(measure)
