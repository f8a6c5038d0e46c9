"""What can happen to the journal's and the cache's file: each function does it to the file at a path."""

import os
import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from qtydash.domain.changes import State
from qtydash.storage import journal_file
from qtydash.storage.journal import Journal
from tests.changes_kit import bring_to, change, intent, journal


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


# Of the journal.


def foreign(path: Path) -> None:
    path.unlink()
    execute(path, "CREATE TABLE t (x)")


def another_journal(path: Path) -> None:
    other = path.with_name("other.db")
    bring_to(journal(other), State.CONFIRMED)
    other.replace(path)


def newer(path: Path) -> None:
    execute(path, f"PRAGMA user_version = {journal_file.VERSION + 1}")


def unfinished(path: Path) -> None:
    execute(path, "PRAGMA user_version = 0")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def marker_garbled(path: Path) -> None:
    journal_file.marker(path).write_text("{}")


def marker_without_form(path: Path) -> None:
    """The note beside the journal is none of ours."""
    journal_file.marker(path).write_text('["another"]')


def older_copy(path: Path) -> None:
    """A copy taken before the last change comes back."""
    kept = path.read_bytes()
    longer = Journal(path)
    bring_to(longer, State.CONFIRMED, change(intent(3, "gift:cup")))
    longer.note_end()
    path.write_bytes(kept)


def marker_of_another(path: Path) -> None:
    journal_file.marker(path).write_text('{"id": "another"}')


# Of the cache.


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwritten(path: Path) -> None:
    path.write_bytes(b"<html>not a database</html>" * 100)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def from_another_program(path: Path) -> None:
    execute(path, "PRAGMA application_id = 7")


def from_the_future(path: Path) -> None:
    execute(path, "PRAGMA user_version = 99")


def without_a_table(path: Path) -> None:
    execute(path, "DROP TABLE gifts")


def with_a_page_of_noise(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


def with_a_value_that_is_none(path: Path) -> None:
    execute(path, "UPDATE gifts SET titles = '{'")


def with_a_time_that_is_none(path: Path) -> None:
    execute(path, "UPDATE reads SET fetched_at = 'soon'")


def with_text_that_is_no_text(path: Path) -> None:
    execute(path, "UPDATE gifts SET sku = CAST(x'ff' AS TEXT)")


# Of what is around them.


@contextmanager
def read_only() -> Iterator[None]:
    """As for someone who may read the file only; whoever runs the tests may be allowed to write any file."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def reading(place: str, **settings: Any) -> sqlite3.Connection:
        return connect(place.replace("mode=rw", "mode=ro"), **settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", reading)
        yield


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file of this process can grow beyond so many bytes: a limit of the system's, not a full disk itself."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
