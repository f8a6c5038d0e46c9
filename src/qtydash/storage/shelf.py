"""How one kind of reading is kept as rows: what the verticals' modules fill in and ``Cache`` uses."""

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Row = tuple[Any, ...]
"""Values in the order of a table's key and value columns."""
INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class ShelfTable:
    """One table of records, its rows keyed by their reading and ``key``.

    ``measure`` is the SQL expression whose value at the read before is kept in ``previous``, NULL for a record
    that is new. A text of ``lasting`` stays when a read brings an empty one. Names are constants of this
    program, never outside text.
    """

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    measure: str = ""
    lasting: tuple[str, ...] = ()

    def keep(self, db: sqlite3.Connection, reading: int, serial: int, rows: Sequence[Row]) -> int:
        """Insert or update ``rows``; returns how many hold a value that SQLite cannot, and were left out."""
        statement = self._upsert(reading, serial)
        db.execute("SAVEPOINT keep")
        try:
            db.executemany(statement, rows)
        except (UnicodeEncodeError, OverflowError):
            db.execute("ROLLBACK TO keep")
            fitting = [row for row in rows if all(map(_fits, row))]
            db.executemany(statement, fitting)
            return len(rows) - len(fitting)
        finally:
            if db.in_transaction:
                db.execute("RELEASE keep")
        return 0

    def _upsert(self, reading: int, serial: int) -> str:
        columns = [*self.key, *self.values]
        changes = [f"{column} = {self._kept(column)}" for column in (*self.values, "serial")]
        if self.measure:
            # A record that comes twice in one read did not move between them.
            changes.append(f"previous = CASE WHEN serial = excluded.serial THEN previous ELSE {self.measure} END")
        return (
            f"INSERT INTO {self.name} (reading, serial, {', '.join(columns)}) "  # noqa: S608
            f"VALUES ({reading:d}, {serial:d}, {', '.join('?' * len(columns))}) "
            f"ON CONFLICT (reading{''.join(', ' + column for column in self.key)}) "
            f"DO UPDATE SET {', '.join(changes)}"
        )

    def _kept(self, column: str) -> str:
        new = f"excluded.{column}"
        return f"CASE {new} WHEN '' THEN {column} ELSE {new} END" if column in self.lasting else new

    def forget(self, db: sqlite3.Connection, reading: int, serial: int) -> None:
        """Delete the rows that the read ``serial`` did not bring."""
        db.execute(f"DELETE FROM {self.name} WHERE reading = ? AND serial <> ?", (reading, serial))  # noqa: S608

    def settle(self, db: sqlite3.Connection, reading: int, serial: int) -> int:
        """Keep the rows that the read ``serial`` did not come to; returns how many they are."""
        where = f"FROM {self.name} WHERE reading = ? AND serial <> ?"
        if self.measure:
            db.execute(
                f"UPDATE {self.name} SET previous = NULL WHERE reading = ? AND serial <> ?",  # noqa: S608
                (reading, serial),
            )
        return int(db.execute(f"SELECT count(*) {where}", (reading, serial)).fetchone()[0])

    def select(self, db: sqlite3.Connection, reading: int, order: str) -> sqlite3.Cursor:
        """Key and value columns of a reading's rows."""
        columns = ", ".join((*self.key, *self.values))
        statement = f"SELECT {columns} FROM {self.name} WHERE reading = ? ORDER BY {order}"  # noqa: S608
        return db.execute(statement, (reading,))

    def moved(self, db: sqlite3.Connection, reading: int) -> list[Row]:
        """Key columns, then the previous measure, of the rows whose measure is another than at the read before."""
        if not self.measure:
            return []
        statement = (
            f"SELECT {', '.join(self.key)}, previous FROM {self.name} "  # noqa: S608
            # as numbers: decimals are kept as text, and 1.0 is no movement from 1
            f"WHERE reading = ? AND CAST(previous AS NUMERIC) <> CAST(({self.measure}) AS NUMERIC)"
        )
        return db.execute(statement, (reading,)).fetchall()


def _by_id(row: Row) -> tuple[Hashable, object]:
    return row[0], row[1]


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """Where one kind of reading is kept, and how it becomes rows and comes back."""

    kind: str
    records: ShelfTable
    """The table whose measure is compared from read to read."""
    rows: Callable[[T], Iterable[tuple[ShelfTable, Sequence[Row]]]]
    load: Callable[[sqlite3.Connection, int, str], T]
    """Gets the reading's id and its query; raises whatever a damaged value causes."""
    moved: Callable[[Row], tuple[Hashable, object]] = _by_id
    """A record's key and its previous quantity, from a row of ``ShelfTable.moved``."""
    remember: Callable[[sqlite3.Connection, int, int, datetime, bool], None] | None = None
    """Keeps what a read changed, for kinds with a history: gets the reading, its serial, its time, and whether it
    is complete, when the records are kept and those it lacks are still there."""


def iso_time(time: datetime | None) -> str | None:
    """UTC as ISO text."""
    return None if time is None else time.astimezone(UTC).isoformat()


def time_of(text: str | None) -> datetime | None:
    """The aware UTC time of ``iso_time``. Raises ``ValueError``."""
    return None if text is None else datetime.fromisoformat(text)


def _fits(value: object) -> bool:
    if isinstance(value, int):
        return value in INT64
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)
    return True
