"""The month calendar: which date is where, and what each cell says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.tickets import Day, LowThreshold, TicketDay
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.calendar import Calendared, MonthCalendar, bar, fitting_lines, of_option, of_sum
from qtydash.tui.models.tickets_rows import OptionRow

MARCH = date(2026, 3, 1)
TODAY = date(2026, 3, 6)


def record(option: str, on: int, left: int, sold: int | None = None) -> TicketDay:
    return TicketDay(option, date(2026, 3, on), 30, left, 30 - left if sold is None else sold, f"{option}{on}")


ADULT_DAYS = (record("a", 6, 21), record("a", 7, 0), record("a", 9, 15, 9))
ADULT = OptionRow("a", "Adult", {r.date: r for r in ADULT_DAYS}, 36)
CHILD = OptionRow("c", "Child", {r.date: r for r in (record("c", 6, 4), record("c", 8, -2))}, 2)


def month(
    of: Calendared | None = None,
    *,
    lines: int = 3,
    width: int = 91,
    today: date = TODAY,
    low_only: bool = False,
) -> MonthCalendar:
    return MonthCalendar(
        of or of_option(ADULT),
        MARCH,
        metric="left",
        low=LowThreshold(),
        today=today,
        glyphs=UNICODE,
        width=width,
        row_lines=lines,
        low_only=low_only,
    )


def text(model: MonthCalendar, on: int) -> list[str]:
    row, column = model.place_of(date(2026, 3, on))
    return [model.cell(row, column, line).text for line in range(model.row_lines)]


@given(st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31)))
def test_every_date_of_a_month_has_one_place(on: date) -> None:
    model = MonthCalendar(
        Calendared("", lambda _: None),
        on,
        metric="left",
        low=LowThreshold(),
        today=TODAY,
        glyphs=UNICODE,
        width=80,
        row_lines=1,
    )
    places = [(row, column) for row in range(model.row_count) for column in range(7)]
    dates = [found for place in places if (found := model.date_at(*place)) is not None]
    assert dates == sorted(dates)
    assert (dates[0].day, dates[-1]) == (1, model.last)
    assert len(dates) == model.last.day
    assert model.date_at(*model.place_of(on)) == on
    assert model.place_of(on)[1] == on.weekday()


def test_three_lines_tell_date_and_state_then_number_then_bar() -> None:
    assert text(month(), 6) == [" 6 ", "   21/30", " ▰▰▰▰▰▰▰▱▱▱"]
    assert text(month(), 7) == [" 7 ✗", "   0/30", " ▱▱▱▱▱▱▱▱▱▱"]
    assert text(month(), 9)[0] == " 9 ?"


def test_no_inventory_is_not_zero() -> None:
    assert text(month(), 8) == [" 8 ", "   .", ""]


@pytest.mark.parametrize(("lines", "said"), [(2, [" 6 21/30", " ▰▰▰▰▰▰▰▱▱▱"]), (1, [" 6 21/30"])])
def test_fewer_lines_tell_the_same(lines: int, said: list[str]) -> None:
    assert text(month(lines=lines), 6) == said


def test_narrow_cells_leave_the_maximum_out() -> None:
    assert text(month(width=56), 6)[1] == "   21"


def test_the_sum_is_labelled_and_adds_the_options() -> None:
    model = month(of_sum((ADULT, CHILD)))
    assert model.header(0, 0).text == "Mar 2026: Sum of options (2)"
    assert text(model, 6)[1] == "   25/60"
    assert text(model, 8) == [" 8 ✘", "   -2/30", " ▱▱▱▱▱▱▱▱▱▱"]


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_low_only_leaves_of_other_days_their_number(lines: int) -> None:
    model = month(lines=lines, low_only=True)
    empty = [""] * (lines - 1)

    assert text(model, 7) == text(month(lines=lines), 7)
    for on in (5, 6, 8, 9):  # past, plenty, no inventory, does not add up yet is not low
        assert text(model, on) == [f"{on:>2}", *empty]
    assert model.cell(*model.place_of(date(2026, 3, 9))).tone == "dim"
    assert model.cell(*model.place_of(TODAY)).tone == "today"


def test_low_only_of_a_sum_is_by_what_the_options_have_together() -> None:
    model = month(of_sum((ADULT, CHILD)), low_only=True)

    assert text(model, 6) == [" 6", "", ""]  # the child's 4 are low, the 25 of both are not
    assert text(model, 8)[1] == "   -2/30"


@pytest.mark.parametrize(("low_only", "days"), [(False, [7, 9]), (True, [7])])
def test_problems_of_an_option_are_what_is_low_and_what_does_not_add_up(low_only: bool, days: list[int]) -> None:
    of = of_option(ADULT)
    found = [n for n in range(1, 32) if of.is_problem(date(2026, 3, n), LowThreshold(), low_only=low_only)]
    assert found == days


def test_cells_outside_the_month_are_empty() -> None:
    model = month()
    assert MARCH.weekday() == 6
    assert [model.cell(0, column).text for column in range(6)] == [""] * 6


def test_today_and_the_past_are_told_apart() -> None:
    model = month()
    tones = {on: model.cell(*model.place_of(date(2026, 3, on))).tone for on in (5, 6, 7, 10)}
    assert tones == {5: "past", 6: "today", 7: "weekend", 10: "strong"}


@given(st.integers(-50, 500), st.integers(-5, 300), st.integers(1, 30))
def test_a_bar_is_as_wide_as_asked_and_never_hides_what_is_left(left: int, most: int, width: int) -> None:
    drawn = bar(left, most, width, ASCII)
    assert len(drawn) == width
    assert ("#" in drawn) == (left > 0 and most > 0)


@pytest.mark.parametrize(("height", "lines"), [(3, 1), (13, 1), (14, 2), (19, 2), (20, 3), (60, 3)])
def test_six_weeks_fit_wherever_they_can(height: int, lines: int) -> None:
    assert fitting_lines(height) == lines


def test_several_records_on_a_day_are_one_cell() -> None:
    day = Day((record("a", 6, 5), record("a", 6, 6)))
    assert text(month(Calendared("both", lambda on: day if on == TODAY else None)), 6)[1] == "   11/60"
