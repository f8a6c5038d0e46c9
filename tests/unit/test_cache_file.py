"""The cache's file may be anything, in any state, on any disk: it is told in words and never raises."""

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.spoils import (
    cut_short,
    emptied,
    execute,
    from_another_program,
    from_the_future,
    full_disk,
    overwritten,
    with_a_page_of_noise,
    with_a_time_that_is_none,
    with_a_value_that_is_none,
    with_text_that_is_no_text,
    without_a_table,
)

from qtydash.domain.gifts import Gift
from qtydash.domain.snapshot import Reading
from qtydash.storage import database, schema
from qtydash.storage.cache import Cache, Kept, Source
from qtydash.storage.gifts import GIFTS

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = Source("prod", "https://shop.example.com")


def gifts(number: int, quantity: int = 1) -> tuple[Gift, ...]:
    return tuple(Gift(f"{n:024x}", "S", (("en", "Mug"),), "active", quantity, False, None) for n in range(number))


def fill(path: Path, number: int = 3) -> Cache:
    cache = Cache(path, lambda: AT)
    assert save(cache, number).warnings == ()
    return cache


def save(cache: Cache, number: int = 3, quantity: int = 1) -> Kept:
    return cache.save(GIFTS, SHOP, "", Reading(gifts(number, quantity)), AT)


def count(cache: Cache) -> int | None:
    found = cache.load(GIFTS, SHOP, "")
    return None if found is None else len(found.data)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_file_is_its_owners_alone_and_in_wal_mode(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "new" / "cache.db"
        fill(path)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert names(path.parent) == ["cache.db"]
    db = sqlite3.connect(path)
    try:
        pragmas = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "user_version")]
        application = db.execute("PRAGMA application_id").fetchone()[0]
    finally:
        db.close()
    assert pragmas == ["wal", database.VERSION]
    assert application == database.APPLICATION_ID


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    cache = fill(path)
    path.chmod(0o644)

    save(cache)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_version_counts_the_migrations(tmp_path: Path) -> None:
    assert len(schema.CACHE._migrations) == database.VERSION


def test_a_cache_of_an_older_version_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    execute(path, f"PRAGMA application_id = {database.APPLICATION_ID}", "PRAGMA journal_mode = WAL")
    cache = Cache(path, lambda: AT)

    assert count(cache) is None
    save(cache)

    assert count(cache) == 3
    assert cache.notices == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut_short, "is damaged"),
        (overwritten, "is damaged or no SQLite file"),
        (emptied, "is empty"),
        (from_another_program, "was not written by qtydash"),
        (from_the_future, "was written by a newer qtydash"),
        (without_a_table, "is damaged"),
        (with_a_page_of_noise, "is damaged"),
        (with_a_value_that_is_none, "holds values that cannot be read"),
        (with_a_time_that_is_none, "holds values that cannot be read"),
        (with_text_that_is_no_text, "is damaged"),
    ],
)
def test_a_useless_file_is_set_aside_rebuilt_and_told(
    tmp_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "cache.db"
    fill(path, 500)
    damage(path)
    before = path.read_bytes()
    cache = Cache(path, lambda: AT)

    assert count(cache) is None

    aside = tmp_path / "cache.db.broken-20260301T120000Z"
    assert aside.read_bytes() == before
    assert len(cache.notices) == 1
    assert words in cache.notices[0]
    assert aside.name in cache.notices[0]
    assert save(cache).warnings == ()
    assert count(cache) == 3
    assert len(cache.notices) == 1


@pytest.mark.parametrize("damage", [overwritten, emptied, from_another_program, without_a_table])
def test_a_save_finds_the_useless_file_too(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "cache.db"
    cache = fill(path)
    damage(path)

    assert save(cache, 5) == Kept()

    assert count(cache) == 5
    assert len(cache.notices) == 1
    assert names(tmp_path) == ["cache.db", "cache.db.broken-20260301T120000Z"]


def test_the_log_goes_with_its_file_and_three_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    for at in [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 2, 3, 4)]:
        path.write_bytes(b"junk" * 200)
        (tmp_path / "cache.db-wal").write_bytes(b"log")
        (tmp_path / "cache.db-shm").write_bytes(b"index")
        database.set_aside(path, database.file_id(path), at)

    kept = ["cache.db.broken-20260302T000000Z.002", "cache.db.broken-20260303T000000Z"]
    kept.append("cache.db.broken-20260304T000000Z")
    assert names(tmp_path) == sorted(name + end for name in kept for end in ("", "-shm", "-wal"))


def test_a_file_replaced_by_another_process_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    path.write_bytes(b"junk" * 200)
    judged = database.file_id(path)
    fill_elsewhere(tmp_path).replace(path)

    assert database.set_aside(path, judged, AT) is None
    assert count(Cache(path, lambda: AT)) == 4


def fill_elsewhere(tmp_path: Path) -> Path:
    other = tmp_path / "other" / "cache.db"
    fill(other, 4)
    return other


def test_a_file_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    cache = fill(path)
    path.unlink()

    assert count(cache) is None
    assert save(cache, 2).warnings == ()
    assert count(cache) == 2
    assert cache.notices == []


def test_a_log_left_behind_is_not_replayed_into_a_new_file(tmp_path: Path) -> None:
    path, log = tmp_path / "cache.db", tmp_path / "cache.db-wal"
    cache = fill(path)
    reader = sqlite3.connect(path)  # keeps the log from being folded in
    reader.execute("SELECT count(*) FROM gifts").fetchone()
    save(cache, 900, 7)
    left = log.read_bytes()
    reader.close()
    path.unlink()
    log.write_bytes(left)

    assert save(cache, 2) == Kept()

    db = sqlite3.connect(path)
    try:
        assert db.execute("SELECT count(*) FROM gifts").fetchone() == (2,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        db.close()


def test_the_place_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache.db", lambda: AT)

    assert count(cache) is None
    (told,) = save(cache).warnings

    assert told.startswith("This read could not be kept for offline viewing: not a directory (")
    assert len(cache.notices) == 1
    assert "cannot be read: not a directory" in cache.notices[0]


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: os.mkfifo(path)])
def test_the_name_is_taken_by_no_file(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "cache.db"
    make(path)
    cache = Cache(path, lambda: AT)

    assert count(cache) is None
    assert "is not a regular file" in save(cache).warnings[0]
    assert names(tmp_path) == ["cache.db"]


def test_another_program_holds_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    cache = fill(tmp_path / "cache.db")
    holder = sqlite3.connect(tmp_path / "cache.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        (told,) = save(cache, 9).warnings
        assert count(cache) == 3
    finally:
        holder.close()

    assert "another program is holding it" in told
    assert save(cache, 9).warnings == ()


def test_the_disk_is_full(tmp_path: Path) -> None:
    cache = fill(tmp_path / "cache.db")
    with full_disk(150_000):
        told = save(cache, 20_000)

    assert len(told.warnings) == 1
    assert told.warnings[0].startswith("This read could not be kept for offline viewing: the disk ")
    assert count(cache) == 3
    assert cache.notices == []


READ_ONLY_ONCE = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from qtydash.domain.snapshot import Reading
from qtydash.storage import schema  # before the rights to read it go
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
path, at = Path(sys.argv[1]), datetime(2026, 3, 1, tzinfo=UTC)
for rights in (0o600, 0o400, 0o600):
    if path.exists():
        path.chmod(rights)
    kept = Cache(path, lambda: at).save(GIFTS, Source("prod", "https://shop.example.com"), "", Reading(()), at)
    print(*kept.warnings)
"""
READ_ONLY_FOLDER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from qtydash.domain.snapshot import Reading
from qtydash.storage import schema  # before the rights to read it go
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
cache = Cache(Path(sys.argv[1]), lambda: datetime(2026, 3, 1, tzinfo=UTC))
shop = Source("prod", "https://shop.example.com")
print(len(cache.load(GIFTS, shop, "").data))
print(*cache.save(GIFTS, shop, "", Reading(()), datetime(2026, 3, 1, tzinfo=UTC)).warnings)
missing = Cache(Path(sys.argv[1]).with_name("other.db"), lambda: datetime(2026, 3, 1, tzinfo=UTC))
kept = missing.save(GIFTS, shop, "", Reading(()), datetime(2026, 3, 1, tzinfo=UTC))
print(missing.load(GIFTS, shop, ""), *kept.warnings)
print(cache.notices + missing.notices)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_folder_that_cannot_be_written_can_be_read(open_folder: Path) -> None:
    path = open_folder / "kept" / "cache.db"
    fill(path)
    path.chmod(0o644)
    path.parent.chmod(0o555)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", READ_ONLY_FOLDER, str(path)], capture_output=True, text=True, check=False
        )
    finally:
        path.parent.chmod(0o700)

    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "3",
        f"This read could not be kept for offline viewing: it is not writable ({path}).",
        f"None This read could not be kept for offline viewing: permission denied ({path.with_name('other.db')}).",
        "[]",
    ]


def test_a_cache_that_was_read_only_once_is_written_again(open_folder: Path) -> None:
    open_folder.chmod(0o777)
    path = open_folder / "cache.db"
    ran = subprocess.run(
        [sys.executable, "-c", READ_ONLY_ONCE, str(path)], capture_output=True, text=True, check=False
    )

    assert ran.stderr == ""
    refused = f"This read could not be kept for offline viewing: it is not writable ({path})."
    assert ran.stdout.splitlines() == ["", refused, ""]


def test_many_threads_read_and_save_at_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db", lambda: AT)
    seen: list[int | None] = []
    told: list[str] = []
    start = threading.Barrier(4)

    def write(quantity: int) -> None:
        start.wait()
        for _ in range(5):
            told.extend(save(cache, 200, quantity).warnings)

    def read() -> None:
        start.wait()
        seen.extend(count(cache) for _ in range(30))

    threads = [threading.Thread(target=write, args=(n,)) for n in (1, 2)]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == []
    assert cache.notices == []
    assert set(seen) <= {None, 200}
    assert count(cache) == 200


PAINT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
from qtydash.storage import carts, order_qty, tickets
shop = Source("prod", "https://shop.example.com")
found = Cache(Path(sys.argv[1]), lambda: datetime.now(UTC)).load(GIFTS, shop, "")
heavy = {"sqlite_utils", "pydantic", "httpx", "textual", "asyncio", "click"}
print(len(found.data), sorted(heavy & set(sys.modules)))
"""


def test_painting_from_the_cache_loads_the_standard_library_only(tmp_path: Path) -> None:
    fill(tmp_path / "cache.db")

    ran = subprocess.run(
        [sys.executable, "-c", PAINT, str(tmp_path / "cache.db")], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "3 []\n"
