"""How the journal's file is found and opened: what goes wrong then is told with its reason, and not swallowed."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.changes_kit import NOON, journal
from tests.spoils import execute

from qtydash.storage import journal_file
from qtydash.storage.journal import Journal, JournalError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


def test_it_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    book = Journal(tmp_path / "a" / "b" / "journal.db")
    assert not book.exists
    book.unlock(NOON)
    assert book.exists


def test_one_that_was_there_counts_as_one_with_or_without_its_marker(path: Path) -> None:
    book = journal(path)
    kept = path.rename(path.with_name("kept.db"))
    assert book.exists
    kept.rename(path)
    journal_file.marker(path).unlink()
    assert book.exists


def test_one_that_another_program_made_a_wal_journal_is_a_rollback_journal_again(path: Path) -> None:
    journal(path)
    execute(path, "PRAGMA journal_mode = WAL")
    Journal(path).serial()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_it_is_opened_as_an_address_that_makes_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds of SQLite take an address without being asked to, others take it for a name."""
    asked: list[object] = []
    connect = sqlite3.connect

    def noting(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        if str(path.parent) in str(args[0]):  # a library that is loaded meanwhile may look at SQLite, too
            asked.append(kwargs.get("uri"))
        db: sqlite3.Connection = connect(*args, **kwargs)
        return db

    monkeypatch.setattr(sqlite3, "connect", noting)
    journal(path)
    assert set(asked) == {True}


def test_a_text_that_is_none_is_told_without_repeating_it(path: Path) -> None:
    journal(path)
    with pytest.raises(JournalError, match="a text in it cannot be read"), journal_file.connected(path) as db:
        db.execute("SELECT CAST(x'73ff' AS TEXT)").fetchone()


def test_what_the_journal_refuses_is_for_whoever_wrote_it(path: Path) -> None:
    journal(path)
    with pytest.raises(sqlite3.IntegrityError), journal_file.connected(path) as db:
        db.execute("INSERT INTO changes (op_id) VALUES ('a')")


def test_a_place_that_cannot_be_reached_is_told_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(JournalError, match=r"cannot be reached \(File exists\)"):
        Journal(file / "journal.db").unlock(NOON)
    with pytest.raises(JournalError, match=r"cannot be used \(Not a directory\)"):
        Journal(file / "journal.db").verify()
