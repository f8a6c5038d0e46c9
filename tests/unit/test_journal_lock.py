"""One writer per profile: whoever comes second is told who is first, and is first once that one is gone."""

import errno
import fcntl
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.changes_kit import NOON

from qtydash.storage.lock import HeldElsewhere, WriterLock

_HOLDER = """
import signal, sys
from pathlib import Path
from tests.changes_kit import NOON
from qtydash.storage.lock import WriterLock
lock = WriterLock(Path(sys.argv[1]), "shop", "the dashboard")
lock.take(NOON)
print("held", flush=True)
signal.pause()
"""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


@pytest.fixture
def holder(journal: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that writes for the profile ``shop``."""
    command = [sys.executable, "-c", _HOLDER, str(journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "held\n"
        yield program
        program.kill()


def lock(journal: Path, profile: str = "shop", purpose: str = "`gifts set`") -> WriterLock:
    return WriterLock(journal, profile, purpose)


def lock_file(journal: Path) -> Path:
    (found,) = journal.parent.glob("*.lock")
    return found


def test_a_second_process_is_told_who_holds_it(journal: Path, holder: subprocess.Popen[str]) -> None:
    mine = lock(journal)
    with pytest.raises(HeldElsewhere) as caught:
        mine.take(NOON)
    told = str(caught.value)
    assert f"the dashboard (process {holder.pid} on " in told
    assert "since 01 Mar 12:00" in told
    assert "profile 'shop'" in told
    assert "close the other" in told
    assert not mine.held


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_is_free_once_the_first_is_killed(
    journal: Path, holder: subprocess.Popen[str], number: signal.Signals
) -> None:
    holder.send_signal(number)
    holder.wait(30)
    mine = lock(journal)
    mine.take(NOON)
    assert mine.held
    assert json.loads(lock_file(journal).read_text())["pid"] == os.getpid()
    mine.release()


def test_another_profile_is_not_held(journal: Path, holder: subprocess.Popen[str]) -> None:
    other = lock(journal, "till")
    other.take(NOON)
    assert other.held
    other.release()


def test_within_one_process_it_is_held_once_too(journal: Path) -> None:
    first, second = lock(journal), lock(journal)
    first.take(NOON)
    first.take(NOON)
    with pytest.raises(HeldElsewhere, match=f"process {os.getpid()} "):
        second.take(NOON)
    first.release()
    first.release()
    second.take(NOON)
    second.release()


def test_it_is_ours_and_nobody_s_until_it_is_taken(journal: Path) -> None:
    mine = lock(journal)
    assert [mine.is_ours, mine.is_free] == [False, True]
    mine.take(NOON)
    assert [mine.is_ours, mine.is_free] == [True, False]
    mine.release()
    assert [mine.is_ours, mine.is_free] == [False, True]


def test_asking_whether_it_is_free_does_not_take_it(journal: Path) -> None:
    mine, other = lock(journal), lock(journal)
    mine.take(NOON)
    mine.release()
    assert other.is_free
    mine.take(NOON)
    assert mine.held
    mine.release()


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_one_whose_file_was_taken_away_is_let_go_and_taken_anew(journal: Path, how: str) -> None:
    mine = lock(journal)
    mine.take(NOON)
    file = lock_file(journal)
    moved = file.rename(file.with_suffix(".moved"))
    if how == "replaced":
        file.touch()
    assert [mine.is_ours] == [False]
    mine.take(NOON)
    assert [mine.is_ours] == [True]
    with moved.open() as left:
        fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
    mine.release()


def test_who_does_not_get_it_keeps_no_file_open(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = lock(journal), lock(journal)
    first.take(NOON)
    gc.collect()  # what earlier tests left open is closed now, not between two looks
    free = next_file()
    with pytest.raises(HeldElsewhere):
        second.take(NOON)
    assert next_file() == free
    assert [second.is_free] == [False]
    assert next_file() == free
    first.release()

    def none(file: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    free = next_file()
    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.raises(OSError, match="No locks available"):
        second.take(NOON)
    assert next_file() == free
    assert not second.held


def next_file() -> int:
    """The number that the next file to be opened gets: the lowest that is free."""
    file = os.open(os.devnull, os.O_RDONLY)
    os.close(file)
    return file


def test_the_folders_above_it_are_made(tmp_path: Path) -> None:
    mine = lock(tmp_path / "a" / "b" / "journal.db")
    mine.take(NOON)
    assert mine.held
    mine.release()


def test_the_file_is_0600_stays_and_names_nobody_once_it_is_free(journal: Path) -> None:
    mine = lock(journal)
    mine.take(NOON)
    file = lock_file(journal)
    assert file.stat().st_mode & 0o777 == 0o600
    assert journal.parent.stat().st_mode & 0o777 == 0o700
    mine.release()
    assert file.read_bytes() == b""


@pytest.mark.parametrize("written", [b"", b"{", b"\xff\xfe", b"[]", b'{"pid": "x"}', b'{"since": 1}', b"null"])
def test_a_holder_that_did_not_say_who_it_is_is_still_one(
    journal: Path, holder: subprocess.Popen[str], written: bytes
) -> None:
    lock_file(journal).write_bytes(written)
    with pytest.raises(HeldElsewhere, match="another qtydash is open on profile"):
        lock(journal).take(NOON)


def test_what_a_holder_says_is_made_safe(journal: Path, holder: subprocess.Popen[str]) -> None:
    told = {"pid": 1, "host": "h\x1b[31m", "since": NOON.isoformat(), "what": "\x1b]0;x\x07" + "y" * 900}
    lock_file(journal).write_text(json.dumps(told))
    with pytest.raises(HeldElsewhere) as caught:
        lock(journal).take(NOON)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("profile", ["a/b", "../x", "贈品", "a b", "CON", "%"])
def test_any_profile_name_has_a_file_of_its_own_beside_the_journal(journal: Path, profile: str) -> None:
    mine = lock(journal, profile)
    mine.take(NOON)
    assert lock_file(journal).parent == journal.parent
    mine.release()
