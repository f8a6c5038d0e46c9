"""What was last seen of every source, in one SQLite file that may be lost at any time.

Every call opens its own connection and closes it, so any thread may call; a read and a save may run at once.
Nothing here raises for the state of the disk or of the file: a read gives None, a save says in words that it
could not keep the data, and a file that is no use is set aside and told in ``notices``.
"""

import errno
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from qtydash.domain.snapshot import Reading, Snapshot
from qtydash.storage import database
from qtydash.storage.shelf import Overtaken, Shelf, ShelfTable, Shelved

T = TypeVar("T")
Found = TypeVar("Found")

_ReadRow = tuple[int, int, str, int, str]
"""A row of ``reads``: id, serial, fetched_at, complete, warnings."""
_State = tuple[int, int, str]
"""Which read a row of ``reads`` tells of: its id, serial and fetched_at. Every save makes it another."""
_UNREADABLE = (ValueError, TypeError, KeyError, ArithmeticError, StopIteration, RecursionError)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose data: the same vendor under another address or profile is another source."""

    profile: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a save: quantities of the read before, for records that moved, and what to tell."""

    previous: Mapping[Hashable, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What a read holds in the file, as long as its state there is this one and it has as many rows."""

    source: Source
    query: str
    state: _State
    data: Any


class Cache:
    """The cache at ``path``, made when the first data are kept. ``notices`` are sentences for the operator.

    Of a kind that is compared it holds on to the data that it kept or loaded last: of the next reading of the same
    only records that are other than those become rows.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._aside = threading.Lock()
        self._known: dict[str, _Known] = {}
        self.notices: list[str] = []

    def load(self, shelf: Shelf[T], source: Source, query: str) -> Snapshot[T] | None:
        """What was last kept, None if there is nothing. Loads the standard library only."""
        return self._read(shelf.kind, source, query, lambda db, found: self._load(db, shelf, source, query, found))

    def look_up(
        self, kind: str, source: Source, query: str, ask: Callable[[sqlite3.Connection, int], Found]
    ) -> Found | None:
        """What ``ask`` finds for a reading of ``kind``, None if nothing was kept of it.

        It gets the reading's id, in a file that may be as old as ``database.READABLE_VERSION``, and may raise
        ``sqlite3.Error`` and what a damaged value causes. Loads the standard library only.
        """
        return self._read(kind, source, query, lambda db, found: ask(db, found[0]))

    def _read(
        self, kind: str, source: Source, query: str, ask: Callable[[sqlite3.Connection, _ReadRow], Found]
    ) -> Found | None:
        try:
            return self._asked(kind, source, query, ask)
        except FileNotFoundError:
            return None
        except database.Broken as broken:
            self._set_aside(broken)
        except (OSError, sqlite3.Error) as error:
            self._tell(
                f"The cache {self._path} cannot be read: {_words(error)}. What was seen before is not shown."
            )
        return None

    def save(self, shelf: Shelf[T], source: Source, query: str, reading: Reading[T], fetched_at: datetime) -> Kept:
        """Keep a reading in one transaction. A complete one takes the place of what was there; an incomplete
        one replaces only the records it holds."""
        try:
            try:
                return self._save(shelf, source, query, reading, fetched_at)
            except database.Broken as broken:
                self._set_aside(broken)
                return self._save(shelf, source, query, reading, fetched_at)
        except database.Broken as broken:
            return _not_kept(f"the cache {self._path} {broken.reason}")
        except (OSError, sqlite3.Error) as error:
            return _not_kept(f"{_words(error)} ({self._path})")
        except UnicodeEncodeError:
            return _not_kept("its name holds a character that cannot be stored")

    def _asked(
        self, kind: str, source: Source, query: str, ask: Callable[[sqlite3.Connection, _ReadRow], Found]
    ) -> Found | None:
        file = database.file_id(self._path)
        with closing(database.connect(self._path, database.READABLE_VERSION)) as db, _judged(file):
            db.execute("BEGIN")  # every query sees the same state
            found = _reading(db, kind, source, query)
            return None if found is None else ask(db, found)

    def _load(
        self, db: sqlite3.Connection, shelf: Shelf[T], source: Source, query: str, found: _ReadRow
    ) -> Snapshot[T]:
        snapshot = _snapshot(db, shelf, found, query)
        if shelf.compared and snapshot.complete and not snapshot.warnings:  # else its positions have gaps
            self._known[shelf.kind] = _Known(source, query, found[:3], snapshot.data)
        return snapshot

    def _save(
        self, shelf: Shelf[T], source: Source, query: str, reading: Reading[T], fetched_at: datetime
    ) -> Kept:
        known = self._known.pop(shelf.kind, None)
        if known is not None and reading.complete and (known.source, known.query) == (source, query):
            with suppress(Overtaken, *_UNREADABLE):  # a damaged value may be known
                return self._written(shelf, source, query, reading, fetched_at, known)
        return self._written(shelf, source, query, reading, fetched_at, None)

    def _written(
        self,
        shelf: Shelf[T],
        source: Source,
        query: str,
        reading: Reading[T],
        fetched_at: datetime,
        known: _Known | None,
    ) -> Kept:
        rows = tuple(shelf.rows(reading.data, None if known is None else known.data))
        db = self._made()
        file = database.file_id(self._path)
        with closing(db), _judged(file):
            db.execute("BEGIN IMMEDIATE")
            before = _place(db, shelf.kind, source, query)
            if known is not None and known.state != before:
                raise Overtaken  # closing rolls back
            kept, state = _keep(db, shelf, rows, before, reading, fetched_at)
            db.execute("COMMIT")
        if shelf.compared and not kept.warnings:  # what was left out is not known to be there
            self._known[shelf.kind] = _Known(source, query, state, reading.data)
        return kept

    def _made(self) -> sqlite3.Connection:
        try:
            db = database.connect(self._path)
        except FileNotFoundError:
            database.make(self._path)
            db = database.connect(self._path)
        database.protect(self._path)
        return db

    def _set_aside(self, broken: database.Broken) -> None:
        with self._aside:
            try:
                aside = database.set_aside(self._path, broken.file_id, self._now())
            except OSError as error:
                self._tell(
                    f"The cache {self._path} {broken.reason}, and it cannot be set aside: {_words(error)}. "
                    "Nothing is kept for offline viewing until it is moved away."
                )
                return
        if aside is not None:
            self._tell(
                f"The cache {self._path} {broken.reason}. It was set aside as {aside.name} and a new one is made; "
                "what was seen before is shown again after the next read."
            )

    def _tell(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices.append(sentence)


@contextmanager
def _judged(file: database.FileId) -> Iterator[None]:
    """Make ``Broken`` of what a damaged file causes: SQLite's errors, and values that are not what was kept."""
    try:
        with database.telling_damage(file):
            yield
    except UnicodeEncodeError:  # of what is to be kept
        raise
    except _UNREADABLE as error:
        raise database.Broken("holds values that cannot be read", file) from error


def _reading(db: sqlite3.Connection, kind: str, source: Source, query: str) -> _ReadRow | None:
    try:
        found: _ReadRow | None = db.execute(
            "SELECT reads.id, serial, fetched_at, complete, warnings "
            "FROM reads JOIN sources ON sources.id = source "
            "WHERE profile = ? AND base_url = ? AND kind = ? AND query = ?",
            (source.profile, source.base_url, kind, query),
        ).fetchone()
    except UnicodeEncodeError:  # a query that no file can hold was never kept
        return None
    return found


def _snapshot(db: sqlite3.Connection, shelf: Shelf[T], found: _ReadRow, query: str) -> Snapshot[T]:
    reading, _, fetched_at, complete, warnings = found
    return Snapshot(
        data=shelf.load(db, reading, query),
        fetched_at=datetime.fromisoformat(fetched_at),
        source="cache",
        complete=bool(complete),
        warnings=tuple(json.loads(warnings)),
        previous=_previous(db, shelf, reading),
    )


def _previous(db: sqlite3.Connection, shelf: Shelf[T], reading: int) -> dict[Hashable, object]:
    return dict(map(shelf.moved, shelf.records.moved(db, reading)))


def _keep(
    db: sqlite3.Connection,
    shelf: Shelf[T],
    shelved: Sequence[tuple[ShelfTable, Shelved]],
    before: _State,
    reading: Reading[T],
    fetched_at: datetime,
) -> tuple[Kept, _State]:
    place, serial = before[0], before[1] + 1
    left_out = earlier = 0
    for table, what in shelved:
        left_out += table.keep(db, place, serial, what)
        if table is shelf.records and shelf.remember is not None:
            shelf.remember(db, place, serial, fetched_at, reading.complete)
        if reading.complete:
            table.forget(db, place, serial, what)
        elif table is shelf.records:
            earlier = table.settle(db, place, serial)
    warnings: tuple[str, ...] = ()
    if left_out:
        warnings = (
            f"{left_out} record(s) hold a number or a character that cannot be stored; "
            "they are missing when offline.",
        )
    told = [*reading.warnings, *warnings]
    if earlier:
        told.append(f"{earlier} record(s) are from an earlier read: the last one ended before it came to them.")
    at = fetched_at.astimezone(UTC).isoformat()
    db.execute(
        "UPDATE reads SET serial = ?, fetched_at = ?, complete = ?, warnings = ? WHERE id = ?",
        (serial, at, reading.complete, json.dumps(told), place),
    )
    return Kept(_previous(db, shelf, place), warnings), (place, serial, at)


def _place(db: sqlite3.Connection, kind: str, source: Source, query: str) -> _State:
    """The state of what was kept last, made if there is nothing yet."""
    db.execute(
        "INSERT INTO sources (profile, base_url) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (source.profile, source.base_url),
    )
    db.execute(
        "INSERT INTO reads (source, kind, query, serial, fetched_at, complete, warnings) "
        "SELECT id, ?, ?, 0, '', 0, '[]' FROM sources WHERE profile = ? AND base_url = ? ON CONFLICT DO NOTHING",
        (kind, query, source.profile, source.base_url),
    )
    found: _State = db.execute(
        "SELECT reads.id, serial, fetched_at FROM reads JOIN sources ON sources.id = source "
        "WHERE profile = ? AND base_url = ? AND kind = ? AND query = ?",
        (source.profile, source.base_url, kind, query),
    ).fetchone()
    return found


def _not_kept(reason: str) -> Kept:
    return Kept(warnings=(f"This read could not be kept for offline viewing: {reason}.",))


def _words(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return os.strerror(error.errno).lower() if error.errno else str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    known = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_READONLY: "it is not writable",
        sqlite3.SQLITE_CANTOPEN: "it cannot be opened there",
        sqlite3.SQLITE_PERM: os.strerror(errno.EACCES).lower(),
        sqlite3.SQLITE_BUSY: "another program is holding it",
        sqlite3.SQLITE_LOCKED: "another program is holding it",
        sqlite3.SQLITE_IOERR: "the disk reports an error",
    }
    return known.get(code, str(error))
