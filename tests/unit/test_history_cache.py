"""What the cache remembers of ticket days, read by read, and what it lets go."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from qtydash.domain.pace import Observation
from qtydash.domain.snapshot import Reading
from qtydash.domain.tickets import Availability, TicketDay
from qtydash.services.history import TicketHistory
from qtydash.storage import history as stored
from qtydash.storage.cache import Cache, Source
from qtydash.storage.tickets import AVAILABILITY

AT = datetime(2026, 3, 1, 12, 30, 15, 250_999, UTC)
PARK = Source("prod", "https://park.example.com")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    made = Cache(tmp_path / "cache.db", lambda: AT)
    yield made
    assert made.notices == []


@pytest.fixture
def history(cache: Cache) -> TicketHistory:
    return TicketHistory(cache, PARK)


def day(option: str, left: int, on: int = 1, code: str = "i") -> TicketDay:
    return TicketDay(option, date(2026, 3, on), 50, left, 50 - left, code)


def read(cache: Cache, at: datetime, *days: TicketDay, complete: bool = True, product: str = "park") -> None:
    kept = cache.save(AVAILABILITY, PARK, product, Reading(Availability(product, days), complete), at)
    assert kept.warnings == ()


def past(history: TicketHistory, of: TicketDay) -> list[tuple[datetime, int]]:
    found = history.of_day("park", of.option_code, of.date, of.inventory_code)
    return [(seen.at, seen.left) for seen in found]


def ms(at: datetime) -> datetime:
    """The time as it is kept."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def counted(tmp_path: Path, table: str) -> int:
    db = sqlite3.connect(tmp_path / "cache.db")
    try:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        db.close()


def test_every_change_is_kept_with_the_read_before_it(
    cache: Cache, history: TicketHistory, tmp_path: Path
) -> None:
    for hours, left in enumerate([9, 9, 9, 4, 4]):
        read(cache, AT + hours * HOUR, day("a", left), day("b", 20))

    at = ms(AT)
    assert past(history, day("a", 0)) == [(at, 9), (at + 2 * HOUR, 9), (at + 3 * HOUR, 4), (at + 4 * HOUR, 4)]
    assert past(history, day("b", 0)) == [(at, 20), (at + 4 * HOUR, 20)]
    assert counted(tmp_path, "ticket_history") == 3


def test_observations_are_in_utc(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9))

    (seen,) = history.of_day("park", "a", date(2026, 3, 1), "i")

    assert seen == Observation(ms(AT), 9)
    assert seen.at.utcoffset() == timedelta(0)


def test_what_was_left_at_any_time(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9), day("b", -1, 2, "j"))
    read(cache, AT + HOUR, day("a", 4), day("b", -1, 2, "j"))

    assert history.known_since("park") == ms(AT)
    assert history.left_at("park", AT - timedelta(seconds=1)) == {}
    assert history.left_at("park", AT) == {day("a", 9).key: 9, day("b", -1, 2, "j").key: -1}
    assert history.left_at("park", AT + HOUR - timedelta(milliseconds=2)) == history.left_at("park", AT)
    assert history.left_at("park", AT + HOUR)[day("a", 4).key] == 4
    assert history.left_at("park", AT + 99 * DAY) == history.left_at("park", AT + HOUR)


def test_what_moved_since_a_time_is_what_was_left_then(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9), day("b", 5), day("c", 3))
    read(cache, AT + HOUR, day("a", 4), day("b", 5), day("new", 2))
    read(cache, AT + 2 * HOUR, day("a", 1), day("b", 5), day("c", 3), day("new", 1))

    assert history.moved_since("park", AT) == {day("a", 0).key: 9, day("c", 0).key: 3}
    assert history.moved_since("park", AT + HOUR) == {day("a", 0).key: 4, day("new", 0).key: 2}
    assert history.moved_since("park", AT + 2 * HOUR) == {}
    assert history.moved_since("park", AT - HOUR) == {}
    assert history.moved_since("zoo", AT) == {}


def test_what_moved_and_came_back_is_told_too(cache: Cache, history: TicketHistory) -> None:
    for hours, left in enumerate([9, 4, 9]):
        read(cache, AT + hours * HOUR, day("a", left))

    assert history.moved_since("park", AT) == {day("a", 0).key: 9}


def test_whoever_reads_in_between_takes_no_movement_away(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9))
    read(cache, AT + HOUR, day("a", 4))
    for minutes in range(1, 9):
        read(cache, AT + HOUR + timedelta(minutes=minutes), day("a", 4))

    assert history.moved_since("park", AT) == {day("a", 0).key: 9}


def test_the_last_look_is_kept_by_product(cache: Cache, history: TicketHistory) -> None:
    assert history.last_look("park") is None

    history.keep_look("park", AT)
    history.keep_look("zoo", AT + HOUR)
    history.keep_look("park", AT + DAY)

    assert (history.last_look("park"), history.last_look("zoo")) == (AT + DAY, AT + HOUR)
    assert TicketHistory(cache, Source("test", PARK.base_url)).last_look("park") is None


def test_what_vanished_from_a_complete_answer_keeps_its_past(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9), day("b", 5))
    read(cache, AT + HOUR, day("b", 5))
    read(cache, AT + 2 * HOUR, day("b", 5))
    read(cache, AT + 3 * HOUR, day("a", 9), day("b", 5))

    at = ms(AT)
    assert past(history, day("a", 9)) == [(at, 9), (at + 3 * HOUR, 9)]
    assert [len(history.left_at("park", AT + n * HOUR)) for n in range(4)] == [2, 1, 1, 2]


def test_an_incomplete_read_says_nothing_of_what_it_did_not_reach(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9), day("b", 5))
    read(cache, AT + HOUR, day("a", 8), complete=False)
    read(cache, AT + 2 * HOUR, day("a", 8), complete=False)

    assert history.left_at("park", AT + 2 * HOUR) == {day("a", 8).key: 8, day("b", 5).key: 5}
    assert past(history, day("b", 5)) == [(ms(AT), 5)]
    read(cache, AT + 3 * HOUR, day("a", 8), day("b", 5))
    assert past(history, day("b", 5)) == [(ms(AT), 5), (ms(AT) + 3 * HOUR, 5)]
    read(cache, AT + 4 * HOUR, day("b", 1), complete=False)
    assert history.left_at("park", AT + 4 * HOUR) == {day("a", 8).key: 8, day("b", 5).key: 1}


def test_a_record_listed_twice_is_one_observation(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9), day("a", 7))

    assert past(history, day("a", 0)) == [(ms(AT), 7)]


def test_two_reads_of_one_instant_are_the_later_one(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9), day("b", 5))
    read(cache, AT, day("a", 7))

    assert past(history, day("a", 0)) == [(ms(AT), 7)]
    assert history.left_at("park", AT) == {day("a", 7).key: 7}


def test_a_clock_set_back_loses_no_value(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9), day("b", 5))
    read(cache, AT + 400 * DAY, day("a", 7), day("b", 4), complete=False)
    read(cache, AT + HOUR, day("a", 7), complete=False)
    read(cache, AT + 2 * HOUR, day("a", 7), day("b", 4))

    assert history.left_at("park", AT) == {day("a", 9).key: 9, day("b", 5).key: 5}
    assert history.left_at("park", AT + HOUR) == {day("a", 7).key: 7, day("b", 5).key: 4}
    at = ms(AT)
    assert past(history, day("a", 0)) == [(at, 9), (at + HOUR, 7), (at + 2 * HOUR, 7)]


def test_a_clock_set_back_to_an_earlier_read_replaces_it(cache: Cache, history: TicketHistory) -> None:
    for hours, left in [(0, 9), (1, 8), (2, 7), (1, 6)]:
        read(cache, AT + hours * HOUR, day("a", left))

    assert past(history, day("a", 0)) == [(ms(AT), 9), (ms(AT) + HOUR, 6)]


def test_products_and_sources_have_their_own_past(cache: Cache, history: TicketHistory) -> None:
    read(cache, AT, day("a", 9))
    read(cache, AT + HOUR, day("a", 1), product="zoo")
    elsewhere = TicketHistory(cache, Source("test", PARK.base_url))

    assert past(history, day("a", 0)) == [(ms(AT), 9)]
    assert history.left_at("zoo", AT + HOUR) == {day("a", 1).key: 1}
    assert elsewhere.left_at("park", AT + HOUR) == {}
    assert elsewhere.known_since("park") is None
    assert history.known_since("zoo") == ms(AT) + HOUR
    assert elsewhere.of_day("park", "a", date(2026, 3, 1), "i") == ()


def test_a_week_is_kept_whole_and_earlier_days_by_their_end(cache: Cache, history: TicketHistory) -> None:
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    for hours in range(0, 10 * 24 + 1, 6):
        read(cache, midnight + hours * HOUR, day("a", 10_000 - hours))

    kept = dict(past(history, day("a", 0)))

    # 2026-01-11 0:00 was the last read: whole since 01-04 0:00, by their last read the three days before
    assert [midnight + n * DAY + 18 * HOUR for n in range(3)] == [at for at in kept if at < midnight + 3 * DAY]
    assert len([at for at in kept if at >= midnight + 3 * DAY]) == 7 * 4 + 1
    assert all(left == 10_000 - (at - midnight) // HOUR for at, left in kept.items())


def test_what_ninety_days_ago_begins_with_is_kept(cache: Cache, history: TicketHistory, tmp_path: Path) -> None:
    read(cache, AT, day("a", 9), day("b", 5), day("c", 3))
    read(cache, AT + DAY, day("a", 8), day("b", 5))
    read(cache, AT + 2 * DAY, day("a", 7), day("b", 5))
    later = AT + 200 * DAY
    read(cache, later, day("a", 6), day("b", 5))

    assert history.left_at("park", later - 90 * DAY) == {day("a", 7).key: 7, day("b", 5).key: 5}
    assert history.known_since("park") == ms(AT) + 2 * DAY
    assert past(history, day("a", 0)) == [(ms(AT) + 2 * DAY, 7), (ms(later), 6)]
    assert past(history, day("c", 0)) == []
    assert counted(tmp_path, "ticket_records") == 2
    assert counted(tmp_path, "ticket_reads") == 2


def test_the_ninety_days_begin_with_the_end_of_the_day_before(cache: Cache, history: TicketHistory) -> None:
    oldest = datetime(2026, 3, 2, tzinfo=UTC)
    millisecond = timedelta(milliseconds=1)
    read(cache, oldest - 2 * millisecond, day("a", 9))
    read(cache, oldest - millisecond, day("a", 8), day("b", 5))
    read(cache, oldest, day("a", 7))
    read(cache, oldest + 90 * DAY, day("a", 6))

    assert history.left_at("park", oldest - millisecond) == {day("a", 0).key: 8, day("b", 0).key: 5}
    assert history.left_at("park", oldest) == {day("a", 0).key: 7}
    assert [left for _, left in past(history, day("a", 0))] == [8, 7, 6]


def test_history_is_thinned_once_a_day_of_utc(cache: Cache, tmp_path: Path) -> None:
    read(cache, AT, day("a", 9))
    read(cache, AT + HOUR, day("a", 8))
    at = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)  # 7 days later to the day: all is still whole
    read(cache, at, day("a", 7))
    assert counted(tmp_path, "ticket_history") == 3

    read(cache, at + HOUR, day("a", 7))

    assert counted(tmp_path, "ticket_history") == 2
    db = sqlite3.connect(tmp_path / "cache.db", isolation_level=None)
    try:
        db.execute("INSERT INTO ticket_history SELECT record, at - 1, left FROM ticket_history")
    finally:
        db.close()
    read(cache, at + 2 * HOUR, day("a", 7))
    assert counted(tmp_path, "ticket_history") == 4
    read(cache, at + 25 * HOUR, day("a", 7))
    assert counted(tmp_path, "ticket_history") == 3  # 03-08 is whole until the 16th


def test_a_save_that_fails_leaves_no_past(cache: Cache, history: TicketHistory, tmp_path: Path) -> None:
    read(cache, AT, day("a", 9))
    db = sqlite3.connect(tmp_path / "cache.db", isolation_level=None)
    try:
        db.execute("CREATE TRIGGER stop BEFORE INSERT ON ticket_reads BEGIN SELECT RAISE(ABORT, 'stopped'); END")
        kept = cache.save(AVAILABILITY, PARK, "park", Reading(Availability("park", (day("a", 3),))), AT + HOUR)
        db.execute("DROP TRIGGER stop")
    finally:
        db.close()

    assert len(kept.warnings) == 1
    assert past(history, day("a", 0)) == [(ms(AT), 9)]
    read(cache, AT + 2 * HOUR, day("a", 3))
    assert past(history, day("a", 0))[-1] == (ms(AT) + 2 * HOUR, 3)


def test_questions_are_answered_by_index_alone(cache: Cache, tmp_path: Path) -> None:
    read(cache, AT, day("a", 9))
    asked: list[str] = []
    db = sqlite3.connect(tmp_path / "cache.db")
    try:
        db.set_trace_callback(asked.append)
        stored.of_day(db, 1, "a", date(2026, 3, 1), "i")
        stored.left_at(db, 1, AT)
        stored.moved_since(db, 1, AT)
        stored.known_since(db, 1)
        db.set_trace_callback(None)
        statements = [statement for statement in asked if statement.startswith("SELECT")]
        plan = [row[3] for s in statements for row in db.execute(f"EXPLAIN QUERY PLAN {s}")]
    finally:
        db.close()
    assert len(statements) == 5
    assert [step for step in plan if step.startswith("SCAN")] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == []
