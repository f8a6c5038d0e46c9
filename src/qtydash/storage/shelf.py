"""How one kind of reading is kept as rows: what the verticals' modules fill in and ``Cache`` uses."""

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import eq
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Row = tuple[Any, ...]
"""Values in the order of a table's key and value columns."""
INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Shelved:
    """What is to be written of one table's records.

    ``rows`` are all of them. Where the table is taken to hold ``held`` rows already they are those that are other
    than it has them, ``moved`` the positions and the key columns of records that only stand elsewhere in the
    list, and ``gone`` the key columns of those that are there no longer.
    """

    rows: Sequence[Row]
    moved: Sequence[Row] = ()
    gone: Sequence[Row] = ()
    held: int | None = None


class Overtaken(Exception):
    """A table does not hold what it was taken to hold."""


def _alone(key: object) -> Row:
    return (key,)


@dataclass(frozen=True, slots=True)
class ShelfTable:
    """One table of records, its rows keyed by their reading and ``key``.

    ``measure`` is the SQL expression whose value at the read before is kept in ``previous``, NULL for a record
    that is new. A text of ``lasting`` stays when a read brings an empty one. A row's ``serial`` is that of the
    last read that wrote it, and where the table is ``dated`` of the last that brought it. Names are constants of
    this program, never outside text.
    """

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    measure: str = ""
    lasting: tuple[str, ...] = ()
    dated: bool = False

    def shelve(
        self,
        after: Sequence[R],
        before: Sequence[R] | None,
        key: Callable[[R], Hashable],
        row: Callable[[int, R], Row],
        *,
        columns: Callable[[Any], Row] = _alone,
        same: Callable[[R, R], bool] = eq,
    ) -> tuple[Self, Shelved]:
        """This table, and what ``after`` makes necessary where it holds ``before``, None if that is not known.

        No two records have one ``key``, whose ``columns`` are the table's key. ``row`` gets a record and its
        position; it is not asked again for a record that is the ``same`` as before.
        """
        if before is None:
            return self, Shelved([row(n, record) for n, record in enumerate(after)])
        places = dict(zip(map(key, before), range(len(before)), strict=True))
        held, ordered = len(places), "position" in self.values
        changed: list[Row] = []
        moved: list[Row] = []
        for n, record in enumerate(after):
            at = places.pop(key(record), None)
            if at is None or not same(before[at], record):
                changed.append(row(n, record))
            elif ordered and at != n:
                moved.append((n, *columns(key(record))))
        if not all(_fits(value) for values in changed for value in values):
            return self.shelve(after, None, key, row)
        return self, Shelved(changed, moved, [columns(each) for each in places], held)

    def keep(self, db: sqlite3.Connection, reading: int, serial: int, what: Shelved) -> int:
        """Insert or update the rows of a read; returns how many were left out, holding what SQLite cannot.

        What it did not bring is still there; ``forget`` takes it away. Raises ``Overtaken``.
        """
        if what.held is not None:
            if self._stand(db, reading, serial) != what.held:
                raise Overtaken
            self._move(db, reading, what.moved)
        left_out = self._write(db, reading, serial, what.rows)
        if self.dated and what.gone:
            statement = f"UPDATE {self.name} SET serial = {serial - 1:d} {self._where(reading)}"  # noqa: S608
            db.executemany(statement, what.gone)
        return left_out

    def _stand(self, db: sqlite3.Connection, reading: int, serial: int) -> int:
        """Every row stays as it was; returns how many they are."""
        if self.dated:
            previous = f", previous = {self.measure}" if self.measure else ""
            statement = f"UPDATE {self.name} SET serial = ?{previous} WHERE reading = ?"  # noqa: S608
            return db.execute(statement, (serial, reading)).rowcount
        if self.measure:
            moved = f"WHERE reading = ? AND previous IS NOT ({self.measure})"
            db.execute(f"UPDATE {self.name} SET previous = {self.measure} {moved}", (reading,))  # noqa: S608
        held = db.execute(f"SELECT count(*) FROM {self.name} WHERE reading = ?", (reading,))  # noqa: S608
        return int(held.fetchone()[0])

    def _move(self, db: sqlite3.Connection, reading: int, moved: Sequence[Row]) -> None:
        if moved:
            db.executemany(f"UPDATE {self.name} SET position = ? {self._where(reading)}", moved)  # noqa: S608

    def _where(self, reading: int) -> str:
        return f"WHERE reading = {reading:d}{''.join(f' AND {column} = ?' for column in self.key)}"

    def _write(self, db: sqlite3.Connection, reading: int, serial: int, rows: Sequence[Row]) -> int:
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
            # A record that comes twice in one read did not move between them; of one that stood it is set.
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

    def forget(self, db: sqlite3.Connection, reading: int, serial: int, what: Shelved) -> None:
        """Delete the rows that the read ``serial``, which was kept, did not bring."""
        if what.held is None:
            db.execute(f"DELETE FROM {self.name} WHERE reading = ? AND serial <> ?", (reading, serial))  # noqa: S608
        elif what.gone:
            db.executemany(f"DELETE FROM {self.name} {self._where(reading)}", what.gone)  # noqa: S608

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
    rows: Callable[[T, T | None], Iterable[tuple[ShelfTable, Shelved]]]
    """What is to be written; gets what is kept already as well, None where that is not known."""
    load: Callable[[sqlite3.Connection, int, str], T]
    """Gets the reading's id and its query; raises whatever a damaged value causes."""
    moved: Callable[[Row], tuple[Hashable, object]] = _by_id
    """A record's key and its previous quantity, from a row of ``ShelfTable.moved``."""
    remember: Callable[[sqlite3.Connection, int, int, datetime, bool], None] | None = None
    """Keeps what a read changed, for kinds with a history: gets the reading, its serial, its time, and whether it
    is complete, when the records are kept and those it lacks are still there."""
    compared: bool = True
    """Whether ``load`` gives all that is kept, and ``rows`` only what is other than that."""


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
