"""Whatever is typed into `go to` is a date that was meant, or a sentence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.tui.goto import BadDate, find_date

TODAY = date(2026, 11, 3)
STARTS = st.dates(date(1990, 1, 1), date(2120, 12, 31))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@given(text=st.text(max_size=12) | st.text(alphabet="0123456789+-monturfi ", max_size=12), start=st.dates())
def test_anything_is_a_date_or_a_bad_date(text: str, start: date) -> None:
    try:
        assert isinstance(find_date(text, start, TODAY), date)
    except BadDate as bad:
        assert str(bad).startswith("That is no date. Write ")  # noqa: PT017 - both ends are right


@given(start=STARTS, day=st.integers(1, 31))
def test_a_bare_day_is_the_nearest_later_date_with_that_day(start: date, day: int) -> None:
    found = find_date(str(day), start, TODAY)

    assert found > start
    assert found.day == day
    between = (start + timedelta(days=n) for n in range(1, (found - start).days))
    assert all(on.day != day for on in between)


@given(start=STARTS, weekday=st.integers(0, 6), letters=st.integers(3, 9))
def test_a_weekday_is_the_next_one_after_the_start(start: date, weekday: int, letters: int) -> None:
    found = find_date(WEEKDAYS[weekday][:letters], start, TODAY)

    assert found.weekday() == weekday
    assert 1 <= (found - start).days <= 7


@given(start=STARTS, on=st.dates(date(2000, 1, 1), date(2000, 12, 31)))
def test_a_month_and_day_is_its_next_anniversary(start: date, on: date) -> None:
    found = find_date(f"{on.month}-{on.day}", start, TODAY)

    assert (found.month, found.day) == (on.month, on.day)
    assert found >= start
    assert found.year - start.year <= (8 if (on.month, on.day) == (2, 29) else 1)


@given(start=STARTS, days=st.integers(-3_000, 3_000))
def test_a_signed_number_is_so_many_days_away(start: date, days: int) -> None:
    assert (find_date(f"{days:+d}", start, TODAY) - start).days == days


@given(start=st.dates(), on=st.dates())
def test_a_whole_date_is_itself(start: date, on: date) -> None:
    assert find_date(on.isoformat(), start, TODAY) == on


@pytest.mark.parametrize("start", [date.min, date.max])
@given(text=st.sampled_from(["+1", "-1", "31", "12-31", "1-1", "2-29", "sun", "mon", "+99999999999"]))
def test_the_ends_of_the_calendar_are_survived(start: date, text: str) -> None:
    try:
        find_date(text, start, TODAY)
    except BadDate:
        assert (start, text[0]) != (date.min, "3")
