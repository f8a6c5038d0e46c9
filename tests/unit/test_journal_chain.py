"""A journal in which anything is another than was written is noticed, and nothing more is sent from it."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.changes_kit import NOON, ORIGIN, PROFILE, bring_to, change, intent, journal, quick_folder

from qtydash.domain.changes import ChangeRecord, Event, Intent, State
from qtydash.storage.journal import Journal, JournalError

FLIPS = int(os.environ.get("FLIPS", "400"))
CHAINED = ("changes", "events", "current", "journal")


@pytest.fixture(scope="module")
def original() -> Iterator[Path]:
    """A journal of a few changes, some settled and some not."""
    with quick_folder() as folder:
        book = journal(Path(folder) / "journal.db")
        for state in (State.PLANNED, State.REJECTED, State.UNDECIDED, State.APPLIED_BY_VERDICT):
            bring_to(book, state, change(intent(3, f"gift:{state}", seen={"quantity": 20}, reason="counted")))
        yield book.path


@pytest.fixture
def path(original: Path) -> Iterator[Path]:
    with quick_folder() as folder:
        for file in original.parent.iterdir():
            shutil.copy(file, folder)
        yield Path(folder) / original.name


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """The file without its triggers, which are back afterwards as they were."""
    with closing(sqlite3.connect(path)) as db, db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        yield db
        for _, statement in triggers:
            db.execute(statement)


def told(path: Path) -> tuple[ChangeRecord, ...]:
    return Journal(path).records(PROFILE.name)


def cells(path: Path) -> list[tuple[str, int, str, Any]]:
    found = []
    with closing(sqlite3.connect(path)) as db:
        for table in CHAINED:
            cursor = db.execute(f"SELECT rowid, * FROM {table}")
            names = [column[0] for column in cursor.description]
            for rowid, *values in cursor:
                found += [(table, rowid, name, value) for name, value in zip(names[1:], values, strict=True)]
    return found


def another(value: object) -> object:
    match value:
        case int():
            return value + 100
        case str() if value:
            return value[:-1] + ("x" if value[-1] != "x" else "y")
        case str():
            return "x"
    return None


def test_an_untouched_journal_verifies(path: Path) -> None:
    Journal(path).verify()
    with tampering(path):
        pass
    Journal(path).verify()


def test_any_single_field_that_was_changed_is_noticed(path: Path, original: Path) -> None:
    unnoticed = []
    for table, rowid, column, value in cells(original):
        if value is None:
            continue
        shutil.copy(original, path)
        with tampering(path) as db:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (another(value), rowid))
        try:
            Journal(path).unlock(NOON)
        except JournalError:
            continue
        unnoticed.append((table, rowid, column, value))
    assert not unnoticed


@pytest.mark.parametrize("table", CHAINED)
def test_any_single_row_that_was_removed_is_noticed(path: Path, original: Path, table: str) -> None:
    rows = sorted({rowid for name, rowid, _, _ in cells(original) if name == table})
    for rowid in rows:
        shutil.copy(original, path)
        with tampering(path) as db:
            db.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))
        with pytest.raises(JournalError, match="damaged"):
            Journal(path).unlock(NOON)


def test_a_removed_event_is_noticed_even_where_the_numbers_were_closed_up(path: Path, original: Path) -> None:
    with closing(sqlite3.connect(original)) as db:
        (last,) = db.execute("SELECT max(seq) FROM events").fetchone()
    for seq in range(1, last):
        shutil.copy(original, path)
        with tampering(path) as db:
            db.execute("DELETE FROM events WHERE seq = ?", (seq,))
            db.execute("UPDATE events SET seq = seq - 1 WHERE seq > ?", (seq,))
        with pytest.raises(JournalError, match="damaged"):
            Journal(path).verify()


def test_events_in_another_order_are_noticed(path: Path, original: Path) -> None:
    with closing(sqlite3.connect(original)) as db:
        (last,) = db.execute("SELECT max(seq) FROM events").fetchone()
    for seq in range(1, last):
        shutil.copy(original, path)
        with tampering(path) as db:
            db.execute("UPDATE events SET seq = -1 WHERE seq = ?", (seq,))
            db.execute("UPDATE events SET seq = ? WHERE seq = ?", (seq, seq + 1))
            db.execute("UPDATE events SET seq = ? WHERE seq = -1", (seq + 1,))
        with pytest.raises(JournalError, match="damaged"):
            Journal(path).verify()


def test_a_change_that_was_added_by_another_hand_is_noticed(path: Path) -> None:
    with tampering(path) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(changes)")][1:]
        db.execute(
            f"INSERT INTO changes SELECT 'forged', {', '.join(columns)} FROM changes ORDER BY op_id LIMIT 1"
        )
    with pytest.raises(JournalError, match="damaged"):
        Journal(path).verify()


def test_a_history_that_could_not_have_happened_is_noticed_although_its_hashes_fit(path: Path) -> None:
    """Whoever can write the hashes can still not say that a rejected change was done."""
    rejected = next(r for r in told(path) if r.state is State.REJECTED)
    forger = Journal(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qtydash.storage.journal.may_follow", lambda state, then: True)
        forger.record((rejected.op_id, Event(State.CONFIRMED, NOON)))
    with pytest.raises(JournalError, match="damaged"):
        Journal(path).verify()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER events_stay",
        "DROP TRIGGER changes_remain",
        "DROP TRIGGER states_follow",
        "DROP INDEX one_unresolved_change_per_target",
        "CREATE TRIGGER quiet BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END",
        "ALTER TABLE events ADD COLUMN more TEXT",
        "CREATE TABLE more (x)",
    ],
)
def test_a_journal_without_its_guards_is_noticed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement)
    with pytest.raises(JournalError, match="damaged"):
        Journal(path).verify()


def _flip(path: Path, original: bytes, rng: random.Random) -> str:
    """Make one byte another one; returns which."""
    at, mask = rng.randrange(len(original)), rng.randrange(1, 256)
    path.write_bytes(original[:at] + bytes([original[at] ^ mask]) + original[at + 1 :])
    return f"byte {at} ^ {mask:#04x}"


def _cut(path: Path, original: bytes, rng: random.Random) -> str:
    length = rng.randrange(len(original))
    path.write_bytes(original[:length])
    return f"cut to {length} bytes"


def _zeroed(path: Path, original: bytes, rng: random.Random) -> str:
    at, size = rng.randrange(len(original)), rng.choice([1, 16, 512, 4096])
    path.write_bytes((original[:at] + bytes(size) + original[at + size :])[: len(original)])
    return f"{size} zeros at {at}"


@pytest.mark.parametrize("damage", [_flip, _cut, _zeroed])
def test_any_byte_may_be_wrong_and_it_is_noticed_or_makes_no_difference(
    path: Path, original: Path, damage: Callable[[Path, bytes, random.Random], str]
) -> None:
    content, before = original.read_bytes(), told(original)
    noticed = harmless = 0
    for n in range(FLIPS):
        seed = f"{damage.__name__}-{n}"
        what = damage(path, content, random.Random(seed))
        try:
            Journal(path).unlock(NOON)
        except JournalError as error:
            noticed += str(path) in str(error)
        else:
            assert told(path) == before, f"unnoticed, seed {seed}: {what}"
            harmless += 1
        path.with_name("journal.db-journal").unlink(missing_ok=True)
    assert noticed
    assert noticed + harmless == FLIPS, "an alarm did not name the file"


def test_a_draft_in_which_any_byte_is_wrong_is_noticed_or_is_still_an_intent(tmp_path: Path) -> None:
    """Drafts are in no chain, because nothing was sent of them: each is read afresh and shown before it is."""
    book = journal(tmp_path / "journal.db")
    book.keep_drafts(PROFILE.name, [(ORIGIN, intent(3, seen={"quantity": 20}))])
    content = book.path.read_bytes()
    start = content.index(b'{"amount"')
    end = content.index(b"}", content.index(b'"target"')) + 1
    for at in range(start, end):
        for mask in (0x01, 0x10, 0x80):
            book.path.write_bytes(content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :])
            try:
                drafts = book.drafts(PROFILE.name)
            except JournalError:
                continue
            for _, draft in drafts:
                assert isinstance(draft, Intent)
                assert draft.amount is None or isinstance(draft.amount, int)
                assert isinstance(draft.expected({"quantity": 21})["quantity"], int)
