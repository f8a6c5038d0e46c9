"""A history needs a file that keeps one: older, missing, broken and read-only files are shown without."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from qtydash.domain.gifts import Gift
from qtydash.domain.pace import Observation
from qtydash.domain.snapshot import Reading
from qtydash.domain.tickets import Availability, TicketDay
from qtydash.services.history import TicketHistory
from qtydash.storage import database, schema
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
from qtydash.storage.tickets import AVAILABILITY

AT = datetime(2026, 3, 1, 12, 30, 15, 250_999, UTC)
KEPT_AT = AT.replace(microsecond=250_000)
PARK = Source("prod", "https://park.example.com")
HOUR = timedelta(hours=1)
DAYS = (
    TicketDay("a", date(2026, 3, 1), 25, 9, 16, "i"),
    TicketDay("a", date(2026, 3, 2), 25, -1, 26, "i"),
    TicketDay("b", date(2026, 3, 1), 25, 5, 20, "j"),
)


def version(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def write_first_schema(path: Path, fetched_at: str = AT.isoformat()) -> None:
    """A cache as the first schema had it, with one read of a product and one of gifts."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        schema.CACHE.apply(Database(db, execute_plugins=False), stop_before="m002_history_of_ticket_days")
        db.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO sources VALUES (1, ?, ?)", (PARK.profile, PARK.base_url))
        db.execute("INSERT INTO reads VALUES (1, 1, 'gifts', '', 3, ?, 1, '[]')", (AT.isoformat(),))
        db.execute("INSERT INTO reads VALUES (2, 1, 'tickets', 'park', 7, ?, 0, '[]')", (fetched_at,))
        db.execute("INSERT INTO gifts VALUES (1, 'g', 0, 'S', '[]', 'active', 4, 0, NULL, NULL, 3)")
        db.executemany(
            "INSERT INTO ticket_days VALUES (2, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (d.option_code, d.date.isoformat(), d.inventory_code, d.max, d.left, d.sold, previous, serial)
                for d, previous, serial in zip(DAYS, (11, -1, None), (7, 7, 6), strict=True)
            ],
        )
    finally:
        db.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_first_schema(tmp_path / "cache.db")
    return tmp_path / "cache.db"


def loaded(cache: Cache) -> tuple[TicketDay, ...]:
    found = cache.load(AVAILABILITY, PARK, "park")
    assert found is not None
    return found.data.days


def save(cache: Cache, days: tuple[TicketDay, ...], at: datetime) -> None:
    reading = Reading(Availability("park", days))
    assert cache.save(AVAILABILITY, PARK, "park", reading, at).warnings == ()


READ_FIRST = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from qtydash.services.history import TicketHistory
from qtydash.storage.cache import Cache, Source
from qtydash.storage.tickets import AVAILABILITY
park = Source("prod", "https://park.example.com")
cache = Cache(Path(sys.argv[1]), lambda: datetime.now(UTC))
found = cache.load(AVAILABILITY, park, "park")
known = TicketHistory(cache, park).left_at("park", found.fetched_at)
heavy = {"sqlite_utils", "pydantic", "httpx", "textual", "asyncio", "click"}
print(len(found.data.days), len(found.previous), len(known), sorted(heavy & set(sys.modules)), cache.notices)
"""


def run_reader(path: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", READ_FIRST, str(path)], capture_output=True, text=True, check=True
    ).stdout


def test_a_read_shows_an_older_file_as_it_is_with_the_standard_library_only(path: Path) -> None:
    assert run_reader(path) == "3 1 0 [] []\n"
    assert version(path) == 1


def test_a_read_of_todays_file_and_its_past_needs_the_standard_library_only(path: Path) -> None:
    save(Cache(path, lambda: AT), DAYS, AT + HOUR)

    assert run_reader(path) == "3 0 3 [] []\n"


def test_the_first_save_brings_the_file_up_with_what_it_held(path: Path, tmp_path: Path) -> None:
    cache = Cache(path, lambda: AT)
    history = TicketHistory(cache, PARK)
    assert loaded(cache) == DAYS
    moved = TicketDay("a", date(2026, 3, 1), 25, 2, 23, "i")

    save(cache, (moved, *DAYS[1:]), AT + HOUR)

    assert version(path) == database.VERSION
    assert loaded(cache) == (moved, *DAYS[1:])
    assert history.left_at("park", AT) == {day.key: day.left for day in DAYS}
    assert history.left_at("park", AT - timedelta(milliseconds=1)) == {}
    assert history.of_day("park", "a", date(2026, 3, 1), "i") == (
        Observation(KEPT_AT, 9),
        Observation(KEPT_AT + HOUR, 2),
    )
    assert history.of_day("park", "b", date(2026, 3, 1), "j") == (
        Observation(KEPT_AT, 5),
        Observation(KEPT_AT + HOUR, 5),
    )
    assert [file.name for file in tmp_path.iterdir()] == ["cache.db"]
    assert cache.notices == []


def test_an_older_file_is_read_without_other_fields_and_then_keeps_them(path: Path) -> None:
    cache = Cache(path, lambda: AT)
    found = cache.load(AVAILABILITY, PARK, "park")
    assert found is not None
    assert found.data.extras == {}

    data = Availability("park", DAYS, extras={DAYS[0].key: (("price", "1"),)})
    assert cache.save(AVAILABILITY, PARK, "park", Reading(data), AT + HOUR).warnings == ()

    again = cache.load(AVAILABILITY, PARK, "park")
    assert again is not None
    assert again.data.extras == data.extras
    assert cache.notices == []


def test_a_save_of_another_kind_brings_it_up_too(path: Path) -> None:
    cache = Cache(path, lambda: AT)
    gift = Gift("g", "S", (), "active", 1, False, None)

    kept = cache.save(GIFTS, PARK, "", Reading((gift,)), AT + HOUR)

    assert kept.previous == {"g": 4}
    assert loaded(cache) == DAYS
    assert TicketHistory(cache, PARK).left_at("park", AT + HOUR) == {day.key: day.left for day in DAYS}


@pytest.mark.parametrize("fetched_at", ["2026-03-01T12:30:15+00:00", "2026-03-01T12:30:15.250000+00:00"])
def test_a_past_starts_at_the_time_it_was_read(tmp_path: Path, fetched_at: str) -> None:
    path = tmp_path / "cache.db"
    write_first_schema(path, fetched_at)
    cache = Cache(path, lambda: AT)
    save(cache, DAYS, AT + HOUR)

    (first, _) = TicketHistory(cache, PARK).of_day("park", "a", date(2026, 3, 1), "i")

    assert first == Observation(datetime.fromisoformat(fetched_at), 9)


def test_a_read_of_unknown_time_starts_its_past_with_the_next_change(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    write_first_schema(path, "soon")
    cache = Cache(path, lambda: AT)
    history = TicketHistory(cache, PARK)
    save(cache, DAYS, AT)
    assert history.left_at("park", AT) == {}
    moved = TicketDay("a", date(2026, 3, 1), 25, 2, 23, "i")

    save(cache, (moved, *DAYS[1:]), AT + HOUR)

    assert history.left_at("park", AT + HOUR) == {moved.key: 2}
    assert cache.notices == []


def test_a_read_while_the_file_is_brought_up_sees_one_or_the_other(path: Path) -> None:
    cache = Cache(path, lambda: AT)
    holder = sqlite3.connect(path, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        schema.CACHE.apply(Database(holder, execute_plugins=False))
        assert loaded(cache) == DAYS
        assert TicketHistory(cache, PARK).left_at("park", AT) == {}
        assert TicketHistory(cache, PARK).moved_since("park", AT - HOUR) == {}
        assert TicketHistory(cache, PARK).known_since("park") is None
    finally:
        holder.close()
    assert loaded(cache) == DAYS
    assert version(path) == 1


def overwritten(path: Path) -> None:
    path.write_bytes(b"<html>not a database</html>" * 100)


def removed(path: Path) -> None:
    path.unlink()


def without_its_table(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DROP TABLE ticket_history")
    db.close()


def with_a_date_that_is_none(path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("UPDATE ticket_records SET date = 'soon, ' || date")
    db.close()


@pytest.mark.parametrize(
    ("damage", "notices"),
    [(removed, 0), (overwritten, 1), (without_its_table, 1), (with_a_date_that_is_none, 1)],
)
def test_a_file_that_is_no_use_has_no_past(path: Path, damage: Callable[[Path], None], notices: int) -> None:
    cache = Cache(path, lambda: AT)
    history = TicketHistory(cache, PARK)
    save(cache, DAYS, AT)
    damage(path)

    assert history.left_at("park", AT) == {}
    assert history.moved_since("park", AT - HOUR) == {}
    assert history.of_day("park", "a", date(2026, 3, 1), "i") == ()
    assert history.known_since("park") is None
    assert history.last_look("park") is None
    assert len(cache.notices) == notices


def test_names_that_no_file_can_hold_have_no_past(path: Path) -> None:
    cache = Cache(path, lambda: AT)
    history = TicketHistory(cache, PARK)
    save(cache, DAYS, AT)

    assert history.of_day("\ud800", "a", date(2026, 3, 1), "i") == ()
    assert history.of_day("park", "\ud800", date(2026, 3, 1), "i") == ()
    assert history.left_at("zoo", AT) == {}
    assert cache.notices == []
