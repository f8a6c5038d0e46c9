"""What was left of each ticket day over time, in the cache beside its latest value.

Only changes are kept: a record's row says what was left from ``at`` (epoch ms) until its next row, NULL that a
complete answer no longer held it. ``ticket_reads`` says when anyone looked, so "unchanged until then" is known.
The newest row of a record is therefore always the ``left`` of its row in ``ticket_days``, before and after a save.
"""

import sqlite3
from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta

from qtydash.domain.pace import Observation, bounds

SINCE_VERSION = 2
"""The first schema that keeps a history; an older file is read without one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DAY = timedelta(days=1) // _MS


def remember(db: sqlite3.Connection, reading: int, serial: int, fetched_at: datetime, complete: bool) -> None:
    """Keep what the read ``serial`` changed.

    To be called within its transaction, when its rows are kept and those it lacks are still there.
    """
    at = _epoch_ms(fetched_at)
    (newest,) = db.execute("SELECT max(at) FROM ticket_reads WHERE reading = ?", (reading,)).fetchone()
    if newest is not None and newest > at:
        _pull_back(db, reading, at)
    _append(db, reading, serial, at, complete)
    if newest is not None and newest // _DAY != at // _DAY:  # the first read of a UTC day
        _thin(db, reading, fetched_at)


def of_day(
    db: sqlite3.Connection, reading: int, option: str, day: date, inventory_code: str
) -> tuple[Observation, ...]:
    """One record's past, oldest first: each change, the last read before it, and the last read that brought it."""
    if not _keeps_history(db):
        return ()
    record = {"reading": reading, "option": option, "date": day.isoformat(), "inventory_code": inventory_code}
    try:
        rows = db.execute(
            "SELECT at, left, "
            "(SELECT max(at) FROM ticket_reads WHERE reading = :reading AND at < changes.at) "
            "FROM ticket_records AS records JOIN ticket_history AS changes ON record = records.id "
            "WHERE reading = :reading AND option = :option AND date = :date AND inventory_code = :inventory_code "
            "ORDER BY at",
            record,
        ).fetchall()
    except UnicodeEncodeError:  # a name that no file can hold was never kept
        return ()
    rows += db.execute(
        "SELECT NULL, NULL, at FROM ticket_reads WHERE reading = :reading AND serial <= "
        "(SELECT serial FROM ticket_days WHERE reading = :reading "
        "AND option = :option AND date = :date AND inventory_code = :inventory_code) "
        "ORDER BY at DESC LIMIT 1",
        record,
    ).fetchall()
    return _observed(rows)


def left_at(db: sqlite3.Connection, reading: int, when: datetime) -> dict[Hashable, int]:
    """What was left of every record of a reading as known at ``when``, by ``TicketDay.key``."""
    if not _keeps_history(db):
        return {}
    days: dict[str, date] = {}
    found: dict[Hashable, int] = {}
    for option, day, inventory_code, left in db.execute(
        "SELECT option, date, inventory_code, "
        "(SELECT left FROM ticket_history WHERE record = records.id AND at <= ? ORDER BY at DESC LIMIT 1) "
        "FROM ticket_records AS records WHERE reading = ?",
        (_epoch_ms(when), reading),
    ):
        if left is not None:
            on = days.get(day) or days.setdefault(day, date.fromisoformat(day))
            found[option, on, inventory_code] = left
    return found


def moved_since(db: sqlite3.Connection, reading: int, when: datetime) -> dict[Hashable, int]:
    """What was left at ``when`` of the records that were known then and that any later read changed."""
    if not _keeps_history(db):
        return {}
    found = db.execute(
        "SELECT option, date, inventory_code, "
        "(SELECT left FROM ticket_history WHERE record = records.id AND at <= :at ORDER BY at DESC LIMIT 1) "
        "FROM ticket_records AS records WHERE reading = :reading "
        "AND EXISTS (SELECT 1 FROM ticket_history WHERE record = records.id AND at > :at)",
        {"reading": reading, "at": _epoch_ms(when)},
    )
    return {(option, date.fromisoformat(day), code): left for option, day, code, left in found if left is not None}


def known_since(db: sqlite3.Connection, reading: int) -> datetime | None:
    """The first time for which ``left_at`` knows every record, None where there is no history."""
    if not _keeps_history(db):
        return None
    (at,) = db.execute("SELECT min(at) FROM ticket_reads WHERE reading = ?", (reading,)).fetchone()
    return None if at is None else _time(at)


def _append(db: sqlite3.Connection, reading: int, serial: int, at: int, complete: bool) -> None:
    values = {"reading": reading, "serial": serial, "at": at, "complete": complete}
    # ``previous`` is NULL for a record that was not there at the read before: new, or back after a gap.
    db.execute(
        "INSERT INTO ticket_records (reading, option, date, inventory_code) "
        "SELECT reading, option, date, inventory_code FROM ticket_days "
        "WHERE reading = :reading AND serial = :serial AND left IS NOT previous ON CONFLICT DO NOTHING",
        values,
    )
    db.execute(
        "INSERT INTO ticket_history (record, at, left) "
        "SELECT records.id, :at, CASE WHEN serial = :serial THEN left END "
        # CROSS keeps the order: the few rows that changed look up their record, not the other way round
        "FROM ticket_days CROSS JOIN ticket_records AS records USING (reading, option, date, inventory_code) "
        "WHERE reading = :reading "
        "AND CASE WHEN serial = :serial THEN left IS NOT previous ELSE :complete END "
        "ON CONFLICT DO UPDATE SET left = excluded.left",
        values,
    )
    db.execute(
        "INSERT INTO ticket_reads (reading, at, serial) VALUES (:reading, :at, :serial) "
        "ON CONFLICT DO UPDATE SET serial = excluded.serial",
        values,
    )


def _pull_back(db: sqlite3.Connection, reading: int, at: int) -> None:
    """The clock was set back: what is later than ``at`` was known at ``at``. Time then runs on from there."""
    of_reading = "record IN (SELECT id FROM ticket_records WHERE reading = :reading)"
    db.execute(
        f"DELETE FROM ticket_history AS early WHERE {of_reading} AND at >= :at AND EXISTS "  # noqa: S608
        "(SELECT 1 FROM ticket_history AS late WHERE late.record = early.record AND late.at > early.at)",
        {"reading": reading, "at": at},
    )
    db.execute(
        f"UPDATE ticket_history SET at = :at WHERE {of_reading} AND at > :at",  # noqa: S608
        {"reading": reading, "at": at},
    )
    db.execute("DELETE FROM ticket_reads WHERE reading = ? AND at > ?", (reading, at))


def _thin(db: sqlite3.Connection, reading: int, now: datetime) -> None:
    """Keep the last row of each UTC day before ``Bounds.whole``, and the last of all before ``Bounds.oldest``.

    A row goes only for a later one of its day, so what was left at a day's end stays as it was.
    """
    kept = bounds(now)
    values = {
        "reading": reading,
        "whole": _epoch_ms(kept.whole),
        "oldest": _epoch_ms(kept.oldest),
        "day": _DAY,
    }
    of_reading = "record IN (SELECT id FROM ticket_records WHERE reading = :reading)"
    db.execute(
        f"DELETE FROM ticket_history AS early WHERE {of_reading} AND at < :whole AND EXISTS "  # noqa: S608
        "(SELECT 1 FROM ticket_history AS late WHERE late.record = early.record AND late.at > early.at "
        "AND late.at < max((early.at / :day + 1) * :day, :oldest))",
        values,
    )
    db.execute(
        f"DELETE FROM ticket_history WHERE {of_reading} AND at < :oldest AND left IS NULL",  # noqa: S608
        values,
    )
    db.execute(
        "DELETE FROM ticket_records WHERE reading = ? "
        "AND NOT EXISTS (SELECT 1 FROM ticket_history WHERE record = ticket_records.id)",
        (reading,),
    )
    db.execute(
        "DELETE FROM ticket_reads AS early WHERE reading = :reading AND at < :whole AND EXISTS "
        "(SELECT 1 FROM ticket_reads AS late WHERE late.reading = early.reading AND late.at > early.at "
        "AND late.at < max((early.at / :day + 1) * :day, :oldest))",
        values,
    )


def _observed(rows: list[tuple[int | None, int | None, int | None]]) -> tuple[Observation, ...]:
    """Rows of a change's time, what was left from then on, and the last read before it; oldest first."""
    found: list[Observation] = []
    since: int | None = None
    left: int | None = None
    for at, left_then, looked_at in rows:
        if since is not None and left is not None and looked_at is not None and looked_at > since:
            found.append(Observation(_time(looked_at), left))
        since, left = at, left_then
        if since is not None and left is not None:
            found.append(Observation(_time(since), left))
    return tuple(found)


def _keeps_history(db: sqlite3.Connection) -> bool:
    return int(db.execute("PRAGMA user_version").fetchone()[0]) >= SINCE_VERSION


def _epoch_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MS


def _time(epoch_ms: int) -> datetime:
    return _EPOCH + epoch_ms * _MS
