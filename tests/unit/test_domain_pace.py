"""Where a ticket day is heading: the line, its ends, and its words, at a fixed clock."""

import math
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from qtydash.domain.pace import Bounds, Observation, Pace, bounds, pace, pace_words

NOW = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
DAY = date(2026, 6, 1)
NONE = Pace(0.0, None)


def seen(*told: tuple[float, int]) -> list[Observation]:
    """Observations from (days before now, left)."""
    return [Observation(NOW - timedelta(days=days), left) for days, left in told]


def test_the_pace_is_the_line_over_the_whole_history_within_the_window() -> None:
    assert pace(seen((4, 50), (3, 20), (0, 10)), NOW, DAY) == Pace(10.0, date(2026, 3, 9))


def test_a_longer_history_starts_where_the_window_does() -> None:
    stood = seen((30, 90), (8, 90), (6, 76), (0, 20))  # 83 at the window's start, on the way from 90 to 76

    assert pace(stood, NOW, DAY) == Pace(9.0, date(2026, 3, 10))


def test_what_stood_still_into_the_window_starts_at_its_number() -> None:
    assert pace(seen((60, 90), (1, 90), (0.5, 20)), NOW, DAY) == Pace(70 / 6.5, date(2026, 3, 9))


def test_a_gap_longer_than_the_window_spreads_what_went_over_the_gap() -> None:
    found = pace(seen((20, 100), (0, 40)), NOW, DAY)

    assert found is not None
    assert math.isclose(found.per_day, 3.0)
    assert found.sold_out_on == date(2026, 3, 21)


@pytest.mark.parametrize(
    "told",
    [
        [],
        [(0, 5)],
        [(0, 5), (0, 4)],
        [(0.99, 5), (0, 4)],
        [(9, 50), (7, 40)],  # nothing was seen since the window opened
        [(7.5, 50)],
        [(0.5, 9), (-1, 5), (-3, 2)],  # times to come are a clock's mistake
    ],
)
def test_what_is_not_enough(told: list[tuple[float, int]]) -> None:
    assert pace(seen(*told), NOW, DAY) is None


def test_a_day_is_just_enough() -> None:
    assert pace(seen((1, 5), (0, 4)), NOW, DAY) == Pace(1.0, date(2026, 3, 12))


def test_what_does_not_sell_never_sells_out() -> None:
    assert pace(seen((5, 5), (0, 5)), NOW, DAY) == NONE
    assert pace(seen((5, 5), (0, 15)), NOW, DAY) == Pace(-2.0, None)


def test_stock_put_back_counts_against_what_was_sold() -> None:
    assert pace(seen((5, 30), (3, 10), (2.9, 40), (0, 20)), NOW, DAY) == Pace(2.0, date(2026, 3, 18))


def test_sold_out_on_the_day_itself_is_before_it_is_over() -> None:
    line = seen((5, 15), (0, 10))

    assert pace(line, NOW, date(2026, 3, 18)) == Pace(1.0, date(2026, 3, 18))
    assert pace(line, NOW, date(2026, 3, 17)) == Pace(1.0, None)


def test_what_is_gone_is_gone_today() -> None:
    assert pace(seen((5, 10), (0, 0)), NOW, DAY) == Pace(2.0, NOW.date())
    assert pace(seen((5, -3), (0, -3)), NOW, DAY) == Pace(0.0, NOW.date())


def test_a_line_that_ended_since_the_last_read_ends_today() -> None:
    assert pace(seen((5, 30), (3, 2)), NOW, DAY) == Pace(14.0, NOW.date())


def test_a_pace_that_would_take_for_ever_is_no_date() -> None:
    crawl = [Observation(NOW - timedelta(days=7), 2**62), Observation(NOW, 2**62 - 1024)]

    assert pace(crawl, NOW, date.max) == Pace(1024 / 7, None)
    assert pace(crawl, NOW, date.min) == Pace(1024 / 7, None)


class Summer(tzinfo):
    """A zone whose clock jumps from 2:00 to 3:00 on 2026-03-29."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        assert moment is not None
        return timedelta(hours=1 if (moment.month, moment.day, moment.hour) < (3, 29, 3) else 2)

    def dst(self, moment: datetime | None) -> timedelta:
        return self.utcoffset(moment) - timedelta(hours=1)

    def tzname(self, moment: datetime | None) -> str:
        return "there"

    def fromutc(self, moment: datetime) -> datetime:
        return moment + timedelta(hours=1 if (moment.month, moment.day, moment.hour) < (3, 29, 1) else 2)


def test_summer_time_and_the_callers_zone_change_nothing() -> None:
    now = datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    # the oldest is 167 hours before now: within 7 days of time, and outside 7 days of the local clock
    line = [Observation(now - timedelta(hours=hours), left) for hours, left in ((300, 500), (167, 40), (0, 12))]
    there = [
        now.astimezone(zone) for zone in (Summer(), timezone(timedelta(hours=9)), timezone(timedelta(hours=-9)))
    ]
    assert there[0].utcoffset() == timedelta(hours=2)
    assert len({moment.date() for moment in there}) == 2

    assert {pace(line, moment, DAY) for moment in there} == {pace(line, now, DAY)}
    assert {bounds(moment) for moment in there} == {bounds(now)}


def test_dates_are_those_of_utc() -> None:
    seoul = datetime(2026, 3, 9, 1, 0, tzinfo=timezone(timedelta(hours=9)))  # still the 8th in UTC

    assert pace(seen((2, 5), (0, 0)), seoul, DAY) == Pace(2.5, date(2026, 3, 8))
    assert pace_words(NONE, seoul, date(2026, 3, 8), 5) == "not selling"
    assert pace_words(NONE, seoul, date(2026, 3, 7), 5) == "its day is over"


def test_history_is_bounded_by_whole_days_of_utc() -> None:
    kept = Bounds(datetime(2025, 12, 8, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))

    assert bounds(NOW) == kept
    assert bounds(datetime(2026, 3, 8, tzinfo=UTC)) == kept
    assert bounds(datetime(2026, 3, 9, 8, 59, 59, tzinfo=timezone(timedelta(hours=9)))) == kept


@pytest.mark.parametrize(
    ("told", "left", "words"),
    [
        (Pace(2.5, date(2026, 3, 20)), 9, "at this pace sold out on 2026-03-20"),
        (Pace(2.5, None), 9, "at this pace not sold out by its day"),
        (Pace(0.0, None), 9, "not selling"),
        (Pace(-1.0, None), 9, "not selling"),
        (None, 9, "not enough history"),
        (Pace(2.5, NOW.date()), 0, "already sold out"),
        (None, -2, "already sold out"),
    ],
)
def test_the_words(told: Pace | None, left: int, words: str) -> None:
    assert pace_words(told, NOW, DAY, left) == words
