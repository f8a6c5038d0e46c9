"""The cache's history against a log that keeps everything: what it lets go is never missed."""

import sqlite3
from collections.abc import Hashable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtydash.domain.pace import bounds
from qtydash.domain.snapshot import Reading
from qtydash.domain.tickets import Availability, TicketDay
from qtydash.services.history import TicketHistory
from qtydash.storage import history
from qtydash.storage.cache import Cache, Source
from qtydash.storage.tickets import AVAILABILITY

START = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
PARK = Source("prod", "https://park.example.com")
MS = timedelta(milliseconds=1)
DAY = timedelta(days=1)
KEYS = [("a", 1), ("a", 2), ("b", 1), ("c", 1)]

Read = tuple[timedelta, bool, dict[tuple[str, int], int]]

reads: st.SearchStrategy[list[Read]] = st.lists(
    st.tuples(
        st.one_of(
            st.timedeltas(timedelta(0), timedelta(hours=12)),
            st.timedeltas(timedelta(0), timedelta(days=4)),
            st.timedeltas(timedelta(0), timedelta(days=60)),
            st.sampled_from([timedelta(0), DAY, timedelta(hours=15), timedelta(days=7), timedelta(days=90)]),
            st.timedeltas(timedelta(days=-3), timedelta(0)),  # a clock set back
        ),
        st.booleans(),
        st.dictionaries(st.sampled_from(KEYS), st.integers(-1, 3)),
    ),
    min_size=1,
    max_size=20,
)


class FullLog:
    """Everything that was known after each read, for ever."""

    def __init__(self) -> None:
        self.states: list[tuple[datetime, dict[Hashable, int]]] = []
        self.latest = START
        """The latest time a clock ever told: as of then the history may be thinned."""

    def append(self, at: datetime, complete: bool, days: tuple[TicketDay, ...]) -> None:
        known = {} if complete or not self.states else self.states[-1][1]
        self.latest = max(self.latest, at)
        # time that the clock took back is gone
        self.states = [(then, state) for then, state in self.states if then < at]
        self.states.append((at, {**known, **{day.key: day.left for day in days}}))

    def left_at(self, when: datetime) -> dict[Hashable, int]:
        return next((state for at, state in reversed(self.states) if at <= when), {})


def kept(cache: Cache, told: list[Read]) -> FullLog:
    """The reads in the cache and in a log; a time is cut to the milliseconds that both know."""
    log = FullLog()
    at = START
    for later, complete, lefts in told:
        at += later // MS * MS
        days = tuple(TicketDay(o, date(2026, 5, d), 9, left, 9 - left, "i") for (o, d), left in lefts.items())
        saved = cache.save(AVAILABILITY, PARK, "park", Reading(Availability("park", days), complete), at)
        assert saved.warnings == ()
        log.append(at, complete, days)
    return log


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


def fresh(folder: Path) -> Cache:
    for file in folder.iterdir():
        file.unlink()
    return Cache(folder / "cache.db", lambda: START)


@settings(max_examples=100, deadline=None)
@given(reads, st.lists(st.floats(0, 1), max_size=5))
def test_what_was_left_is_what_a_full_log_says(folder: Path, told: list[Read], moments: list[float]) -> None:
    log = kept(fresh(folder), told)
    window = bounds(log.latest)
    asked = [at for at, _ in log.states if at >= window.whole]
    asked += [window.whole + (log.latest - window.whole) * moment for moment in moments]
    asked += [window.oldest + n * DAY - MS for n in range(92)]  # the end of each day, today's included
    asked += [window.whole, log.latest, log.latest + DAY]

    with closing(sqlite3.connect(folder / "cache.db")) as db:
        found = [history.left_at(db, 1, when) for when in asked]
        since = history.known_since(db, 1)
        assert since is not None
        first = history.left_at(db, 1, since)

    assert dict(zip(asked, found, strict=True)) == {when: log.left_at(when) for when in asked}
    assert since.date() <= max(window.oldest, log.states[0][0]).date()
    assert first == log.left_at(since)


@settings(max_examples=60, deadline=None)
@given(reads)
def test_a_days_past_is_what_a_full_log_says(folder: Path, told: list[Read]) -> None:
    cache = fresh(folder)
    log = kept(cache, told)
    past_of = TicketHistory(cache, PARK).of_day

    for option, day in KEYS:
        on = date(2026, 5, day)
        past = past_of("park", option, on, "i")

        assert list(past) == sorted(past, key=lambda seen: seen.at)
        assert len({seen.at for seen in past}) == len(past)
        for seen in past:
            assert log.left_at(seen.at).get((option, on, "i")) == seen.left
        newest = log.states[-1][1].get((option, on, "i"))
        if newest is not None:
            assert past[-1].left == newest


@settings(max_examples=30, deadline=None)
@given(reads)
def test_a_history_stays_within_its_bounds(folder: Path, told: list[Read]) -> None:
    cache = fresh(folder)
    log = kept(cache, told)
    later = log.latest + 2 * DAY  # the next day's read thins whatever a clock set back may have left
    cache.save(AVAILABILITY, PARK, "park", Reading(Availability("park", ())), later)
    window = bounds(later)

    for option, day in KEYS:
        past = TicketHistory(cache, PARK).of_day("park", option, date(2026, 5, day), "i")
        changes = [seen.at for seen in past]
        assert len([at for at in changes if at < window.oldest]) <= 2
        days = [at.date() for at in changes if window.oldest <= at < window.whole]
        assert all(days.count(on) <= 2 for on in days)  # a change, and the last read that found it so
