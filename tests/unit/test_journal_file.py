"""The journal's file: made once, never again by itself; whatever is wrong with it locks changes and is named."""

import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.changes_kit import NOON, PROFILE, bring_to, change, intent, journal
from tests.spoils import (
    another_journal,
    cut_short,
    dangling,
    emptied,
    execute,
    folder,
    foreign,
    full_disk,
    marker_garbled,
    marker_of_another,
    marker_without_form,
    newer,
    older_copy,
    overwritten,
    read_only,
    unfinished,
)

from qtydash.domain.changes import Event, State
from qtydash.storage import journal_file
from qtydash.storage.journal import Journal, JournalError

SHOP = PROFILE.name


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


WRONG: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "missing": (Path.unlink, "is missing", "Put it back"),
    "empty": (emptied, "is damaged", "put back a backup"),
    "text": (overwritten, "is damaged", "put back a backup"),
    "foreign": (foreign, "not written by qtydash", "put back a backup"),
    "another journal": (another_journal, "is another journal", "Put the right one back"),
    "newer": (newer, "written by a newer qtydash", "Use that version"),
    "unfinished": (unfinished, "was never finished", "put back a backup"),
    "truncated": (cut_short, "is damaged", "put back a backup"),
    "a folder": (folder, "is not a file", "locked"),
    "a dangling link": (dangling, "is missing", "Put it back"),
    "marker garbled": (marker_garbled, "cannot be read", "remove it to accept"),
    "marker without form": (marker_without_form, "cannot be read", "remove it to accept"),
    "an older copy": (older_copy, "is an older copy: it ends at event 3, and event 6 was", "remove journal.db.id"),
    "marker of another": (marker_of_another, "is another journal", "remove journal.db.id"),
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# How it is made.


def test_it_is_made_0600_in_a_folder_made_0700(path: Path) -> None:
    journal(path)
    assert (mode(path.parent), mode(path), mode(journal_file.marker(path))) == (0o700, 0o600, 0o600)
    assert sorted(file.name for file in path.parent.iterdir()) == ["journal.db", "journal.db.id"]


def test_one_that_others_may_read_is_closed_to_them(path: Path) -> None:
    journal(path)
    path.chmod(0o644)
    Journal(path).serial()
    assert mode(path) == 0o600


def test_it_is_a_strict_rollback_journal_that_waits_for_the_disk(path: Path) -> None:
    journal(path)
    with journal_file.connected(path) as db:
        told = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "trusted_schema",
                "application_id",
                "user_version",
            )
        }
        tables = db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert told == {
        "journal_mode": "delete",
        "synchronous": 3,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "application_id": 0x7174796A,
        "user_version": 1,
    }
    own = {"changes", "events", "current", "drafts", "journal"}
    assert {name for name, strict in tables if strict} == own


def test_a_journal_whose_making_was_interrupted_is_made_again(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qtydash.storage.journal_schema.APPLICATION_ID", "no number")
        with pytest.raises(JournalError, match="could not be made"):
            journal(path)
    assert not list(path.parent.iterdir())
    journal(path).verify()


def test_two_that_make_it_at_once_share_one(path: Path) -> None:
    """The other program's appears between the look and the making."""
    with pytest.MonkeyPatch.context() as patch:
        link = Path.hardlink_to

        def late(self: Path, target: Path) -> None:
            patch.setattr(Path, "hardlink_to", link)
            bring_to(journal(path), State.UNKNOWN)
            link(self, target)

        patch.setattr(Path, "hardlink_to", late)
        book = journal(path)
    assert [r.state for r in book.records(SHOP)] == [State.UNKNOWN]
    assert sorted(file.name for file in path.parent.iterdir()) == ["journal.db", "journal.db.id"]


def test_without_hard_links_it_is_made_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    journal(path).verify()


# What is wrong with it is told, and nothing is made anew.


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_named_with_what_to_do(path: Path, wrong: str) -> None:
    bring_to(journal(path), State.UNKNOWN)
    spoil, why, what_to_do = WRONG[wrong]
    spoil(path)
    before = sorted((file.name, file.lstat().st_size) for file in path.parent.iterdir())
    for _ in range(2):
        with pytest.raises(JournalError) as caught:
            Journal(path).unlock(NOON)
        told = str(caught.value)
        assert str(path) in told
        assert why in told
        assert what_to_do in told
        assert "locked" in told
    assert sorted((file.name, file.lstat().st_size) for file in path.parent.iterdir()) == before


@pytest.mark.parametrize("wrong", [name for name in WRONG if not name.startswith(("marker", "an older"))])
def test_what_is_wrong_is_noticed_by_whoever_has_it_open(path: Path, wrong: str) -> None:
    book = journal(path)
    planned = bring_to(book, State.PLANNED)
    WRONG[wrong][0](path)
    with pytest.raises(JournalError):
        book.record((planned.op_id, Event(State.SENT, NOON)))


def test_a_journal_that_was_empty_is_not_exchanged_for_another_unnoticed(path: Path) -> None:
    book = journal(path)
    another_journal(path)
    with pytest.raises(JournalError, match="damaged"):
        book.plan([change()])


def test_an_older_copy_put_back_under_a_running_program_is_noticed(path: Path) -> None:
    book = journal(path)
    bring_to(book, State.CONFIRMED)
    older = path.read_bytes()
    planned = bring_to(book, State.PLANNED)
    path.write_bytes(older)
    with pytest.raises(JournalError, match="gone"):
        book.record((planned.op_id, Event(State.SENT, NOON)))


def test_a_program_that_knows_less_takes_nothing_back_of_what_is_noted(path: Path) -> None:
    first = journal(path)
    bring_to(first, State.CONFIRMED)
    second = Journal(path)
    second.unlock(NOON)
    noted = journal_file.marker(path).read_bytes()
    bring_to(second, State.CONFIRMED, change(intent(3, "gift:cup")))
    second.note_end()
    assert journal_file.marker(path).read_bytes() != noted
    noted = journal_file.marker(path).read_bytes()
    first.note_end()
    assert journal_file.marker(path).read_bytes() == noted


def test_a_marker_of_before_ends_were_noted_is_taken_as_it_is(path: Path) -> None:
    book = journal(path)
    bring_to(book, State.CONFIRMED)
    with closing(sqlite3.connect(path)) as db:
        (journal_id,) = db.execute("SELECT id FROM journal").fetchone()
    journal_file.marker(path).write_text(json.dumps({"id": journal_id}))
    Journal(path).unlock(NOON)
    assert json.loads(journal_file.marker(path).read_text())["seq"] == 3


@pytest.mark.parametrize("how", ["removed", "renamed", "replaced"])
def test_a_journal_that_is_taken_away_while_it_is_open_takes_nothing(path: Path, how: str) -> None:
    """What was written to a file that is no longer there was not written down."""
    book = journal(path)
    another = path.with_name("another.db")
    journal(another)

    def take_away(statement: str) -> None:
        if statement.startswith("INSERT INTO events"):
            path.rename(path.with_name("moved.db"))
            if how == "replaced":
                another.rename(path)
            elif how == "removed":
                path.with_name("moved.db").unlink()

    with watched(take_away), pytest.raises(JournalError):
        book.plan([change()])
    assert how == "replaced" or not path.exists()
    with pytest.raises(JournalError):
        book.plan([change()])


def test_a_journal_put_back_is_used_again(path: Path) -> None:
    book = journal(path)
    planned = bring_to(book, State.SENT)
    kept = path.rename(path.with_name("kept.db"))
    with pytest.raises(JournalError, match="missing"):
        book.verify()
    kept.rename(path)
    book.unlock(NOON)
    book.record((planned.op_id, Event(State.CONFIRMED, NOON)))


def test_a_new_journal_begins_once_the_marker_is_taken_away(path: Path) -> None:
    journal(path)
    path.unlink()
    journal_file.marker(path).unlink()
    assert not journal(path).records(SHOP)


def test_a_lost_marker_is_written_again(path: Path) -> None:
    book = journal(path)
    journal_file.marker(path).unlink()
    book.unlock(NOON)
    path.unlink()
    with pytest.raises(JournalError, match="missing"):
        book.unlock(NOON)


def test_what_is_noted_beside_it_is_where_it_ends(path: Path) -> None:
    book = journal(path)
    bring_to(book, State.CONFIRMED)
    Journal(path).unlock(NOON)
    Journal(path).unlock(NOON)
    with closing(sqlite3.connect(path)) as db:
        end = db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    noted = json.loads(journal_file.marker(path).read_text())
    assert (noted["seq"], noted["hash"]) == end


def test_a_journal_that_does_not_say_which_it_is_is_damaged(path: Path) -> None:
    journal(path)
    execute(path, "DROP TRIGGER journal_remains", "DELETE FROM journal")
    with pytest.raises(JournalError, match="does not say which journal it is"):
        Journal(path).unlock(NOON)


def test_a_journal_that_is_replaced_while_it_is_read_is_noticed(path: Path) -> None:
    book = journal(path)
    another = path.with_name("another.db")
    journal(another)

    def replace(statement: str) -> None:
        if "FROM changes" in statement and another.exists():
            another.rename(path)

    with watched(replace), pytest.raises(JournalError, match="was replaced while it was open"):
        book.records(SHOP)
    assert not another.exists()


# What cannot be written.


def test_a_read_only_journal_is_read_and_takes_nothing(path: Path) -> None:
    book = journal(path)
    planned = bring_to(book, State.PLANNED)
    with read_only():
        assert book.find(planned.op_id) is not None
        with pytest.raises(JournalError, match="readonly") as caught:
            book.record((planned.op_id, Event(State.SENT, NOON)))
    assert str(path) in str(caught.value)


def test_a_full_disk_takes_nothing_and_loses_nothing(path: Path) -> None:
    book = journal(path)
    planned = bring_to(book, State.PLANNED)
    with full_disk(path.stat().st_size), pytest.raises(JournalError) as caught:
        book.plan([change(intent(3, f"gift:{n}", reason="x" * 2_000)) for n in range(200)])
    assert str(path) in str(caught.value)
    book.verify()
    assert [r.op_id for r in book.records(SHOP)] == [planned.op_id]


def test_a_journal_that_another_program_holds_is_busy_not_damaged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = journal(path)
    monkeypatch.setattr(journal_file, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalError, match="in use by another program"):
            book.plan([change()])
    book.plan([change()])


def test_reading_does_not_mistake_another_program_s_writing_for_damage(path: Path) -> None:
    """A change and its first event may come between two questions to the file."""
    book, other = journal(path), Journal(path)
    bring_to(book, State.CONFIRMED)
    planned: list[str] = []

    def between(statement: str) -> None:
        if "FROM events" in statement and not planned:
            planned.append("now")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(journal_file, "BUSY_SECONDS", 0.01)
                try:
                    other.plan([change(intent(target="gift:other"))])
                except JournalError:
                    planned.append("later")

    with watched(between):
        book.verify()
    assert planned


@contextmanager
def watched(on_statement: Callable[[str], None]) -> Iterator[None]:
    """Have ``on_statement`` called before each statement that the journal's connections run."""
    opened = journal_file._open

    def traced(path: Path) -> sqlite3.Connection:
        db = opened(path)
        db.set_trace_callback(on_statement)
        return db

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_file, "_open", traced)
        yield


def test_it_holds_no_credential(path: Path) -> None:
    """A column for one does not exist, and what is sent in a header is in none."""
    bring_to(journal(path), State.CONFIRMED)
    content = path.read_bytes().lower()
    assert not [word for word in (b"authorization", b"bearer", b"token", b"api_key") if word in content]
