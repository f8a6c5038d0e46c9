"""The date matrix: what each cell says, which days and options are there, and what stays where it was."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qtydash.domain.snapshot import Snapshot
from qtydash.domain.tickets import (
    LONGEST_SPAN,
    Availability,
    Day,
    DayState,
    LowThreshold,
    TicketDay,
    TicketOption,
)
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.table import Order
from qtydash.tui.models.tickets import Matrix, month_start, name_width, summary_words
from qtydash.tui.models.tickets_moves import Moves
from qtydash.tui.models.tickets_rows import OptionRow
from qtydash.tui.models.tickets_shown import METRICS, MatrixView, Metric, Totals
from qtydash.tui.widgets.fit import fit
from qtydash.tui.widgets.grid_model import Cell

FRIDAY = date(2026, 3, 6)
LOW = LowThreshold()
NAMES = {"a": "Adult", "b": "Child", "c": "小人"}


def day(option: str, on: int | date, left: int, sold: int | None = None, inventory: str = "i") -> TicketDay:
    """A day of 30, on a day of March 2026; the rest is sold unless it is told."""
    when = date(2026, 3, on) if isinstance(on, int) else on
    return TicketDay(option, when, 30, left, 30 - left if sold is None else sold, inventory)


DAYS = (
    day("a", 5, 20),
    day("a", 6, 12),
    day("a", 7, 5),
    day("a", 9, 0),
    day("b", 6, -2),
    day("b", 7, 20, 9),
    day("b", 9, 30),
    day("c", 6, 25),
)


def matrix(
    days: Sequence[TicketDay] = DAYS,
    view: MatrixView | None = None,
    *,
    look: Mapping[Any, int] | None = None,
    name_of: Callable[[str], str] = lambda code: NAMES.get(code, code),
    options: Sequence[str] = (),
    **other: Any,
) -> Matrix:
    data = Availability("park", tuple(days), tuple(TicketOption(code) for code in options))
    snapshot = Snapshot(data, datetime(2026, 3, 6, 12, tzinfo=UTC), "live")
    told = {"low": LOW, "today": FRIDAY, "glyphs": UNICODE, "moves": Moves(look=look or {}), **other}
    return Matrix(snapshot, view or MatrixView(), name_of=name_of, **told)


def cell(model: Matrix, option: str, on: int) -> Cell:
    row, column = model.find_row(option), model.find_column(date(2026, 3, on))
    assert row is not None
    assert column is not None
    assert model.column_key(column) == date(2026, 3, on)
    return model.cell(row, column)


def texts(model: Matrix, row: int) -> list[str]:
    return [model.cell(row, column).text for column in range(len(model.columns))]


def test_options_down_and_days_across_without_a_gap() -> None:
    model = matrix()

    assert model.dates == [date(2026, 3, n) for n in (5, 6, 7, 8, 9)]
    assert [texts(model, row) for row in range(3)] == [
        ["Adult", "17", "20 ", "12 ", "5!", ". ", "0✗"],
        ["Child", "48", ". ", "-2✘", "20?", ". ", "30 "],
        ["小人", "25", ". ", "25 ", ". ", ". ", ". "],
    ]


def test_each_state_has_its_tone_and_the_past_has_none() -> None:
    model = matrix()

    assert cell(model, "a", 5).tone == "past"
    assert [cell(model, "a", n).tone for n in (6, 7, 8, 9)] == ["", "low", "dim", "bad"]
    assert [cell(model, "b", n).tone for n in (6, 7)] == ["worst", "odd"]


def test_no_inventory_is_not_none_left() -> None:
    model = matrix([day("a", 6, 0), day("a", 8, 1)])

    assert cell(model, "a", 7) == Cell(". ", "dim")
    assert cell(model, "a", 6) == Cell("0✗", "bad")
    assert model.day_at(0, 3) == (model.rows[0], date(2026, 3, 7), None)


@pytest.mark.parametrize(
    ("metric", "shown"),
    [
        ("left", ["20 ", "12 ", "5!", "0✗"]),
        ("sold", ["10 ", "18 ", "25!", "30✗"]),
        ("percent", ["67 ", "40 ", "17!", "0✗"]),
        ("max", ["30 ", "30 ", "30!", "30✗"]),
    ],
)
def test_the_metric_changes_the_number_and_not_the_state(metric: Metric, shown: list[str]) -> None:
    model = matrix(view=MatrixView(metric=metric))
    assert [cell(model, "a", n).text for n in (5, 6, 7, 9)] == shown


def test_a_share_of_nothing_is_not_a_number() -> None:
    nothing = TicketDay("a", FRIDAY, 0, 0, 0, "i")
    assert cell(matrix([nothing], MatrixView(metric="percent")), "a", 6).text == "-✗"
    assert Day((nothing,)).percent_left is None


def test_the_marks_are_those_of_the_chosen_set() -> None:
    model = matrix(glyphs=ASCII, look={("a", FRIDAY, "i"): 13})
    assert [cell(model, "a", n).text for n in (6, 7, 8, 9)] == ["v12 ", "5!", ". ", "0x"]
    assert cell(model, "b", 6).text == "-2X"


def test_headers_name_month_weekday_and_day() -> None:
    model = matrix([day("a", date(2026, 2, 28), 9), day("a", 1, 9), day("a", 6, 9), day("a", 9, 9)])

    assert [model.header(0, column).text for column in (0, 1, 2, 3)] == ["", "", "Feb 2026", "Mar 2026"]
    told = [model.header(1, column) for column in (0, 1, 2, 3, 8, 9, 11)]
    assert told == [
        Cell("Option"),
        Cell("Left"),
        Cell("Sa28", "past"),
        Cell("Su 1", "past"),
        Cell("Fr 6", "today"),
        Cell("Sa 7", "weekend"),
        Cell("Mo 9"),
    ]


def test_several_records_on_one_day_are_one_cell() -> None:
    model = matrix([day("a", 6, 4, inventory="i1"), day("a", 6, 20, inventory="i2")])
    at = model.day_at(0, 2)

    assert at is not None
    assert at[2] is not None
    assert (at[2].left, at[2].sold, at[2].max, at[2].percent_left) == (24, 36, 60, 40)
    assert cell(model, "a", 6) == Cell("24 ")


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ([day("a", 6, 0), day("a", 6, 0)], DayState.SOLD_OUT),
        ([day("a", 6, 2), day("a", 6, 3)], DayState.LOW),
        ([day("a", 6, -3), day("a", 6, 1)], DayState.OVERSOLD),
        ([day("a", 6, -1), day("a", 6, 20)], DayState.AVAILABLE),
        ([day("a", 6, 20, 9), day("a", 6, 20, 11)], DayState.MISMATCH),
        ([day("a", 6, -9, 9), day("a", 6, 1)], DayState.OVERSOLD),
    ],
)
def test_the_state_of_several_records_together(records: list[TicketDay], state: DayState) -> None:
    assert Day(tuple(records)).state(LOW) is state


def test_arrows_show_what_moved_since_the_last_look() -> None:
    look: dict[Any, int] = {
        ("a", FRIDAY, "i"): 0,
        ("a", date(2026, 3, 7), "i"): 6,
        ("a", date(2026, 3, 9), "other"): 6,
        ("b", FRIDAY, "i"): -2,
    }
    model = matrix(look=look)

    assert [cell(model, "a", n).text for n in (6, 7, 9)] == ["▴12 ", "▾5!", "0✗"]
    assert cell(model, "b", 6).text == "-2✘"


def test_an_arrow_is_of_what_is_left_whatever_the_metric() -> None:
    model = matrix(view=MatrixView(metric="sold"), look={("a", FRIDAY, "i"): 10})
    assert cell(model, "a", 6).text == "▴18 "


def test_what_was_left_on_a_day_of_several_records() -> None:
    records = [day("a", 6, 4, inventory="i1"), day("a", 6, 20, inventory="i2")]
    moved = Moves(look={("a", FRIDAY, "i1"): 9})
    level = Moves(look={("a", FRIDAY, "i1"): 5, ("a", FRIDAY, "i2"): 19})
    found = Day(tuple(records))

    assert (moved.at_look(found), moved.arrow(found, UNICODE)) == (29, "▾")
    assert (Moves().at_look(found), Moves().arrow(found, UNICODE)) == (None, "")
    assert (level.at_look(found), level.arrow(found, UNICODE)) == (None, "")


def test_since_yesterday_counts_where_nothing_moved_since_the_last_look() -> None:
    key = ("a", FRIDAY, "i")
    found = Day((day("a", 6, 12),))
    since_yesterday = Moves(yesterday={key: 9})
    both = Moves(look={key: 15}, yesterday={key: 9})

    assert (since_yesterday.at_yesterday(found), since_yesterday.arrow(found, UNICODE)) == (9, "▵")
    assert both.arrow(found, UNICODE) == "▾"
    assert Moves(look={key: 12}, yesterday={key: 15}).arrow(found, UNICODE) == "▿"


def test_only_low_and_sold_out_days_and_their_options() -> None:
    model = matrix(view=MatrixView(low_only=True))

    assert [row.code for row in model.rows] == ["a", "b"]
    assert model.dates == [FRIDAY, date(2026, 3, 7), date(2026, 3, 9)]
    assert [texts(model, row)[2:] for row in range(2)] == [["", "5!", "0✗"], ["-2✘", "", ""]]


def test_of_what_low_only_hides_none_is_a_problem() -> None:
    every, low = matrix(), matrix(view=MatrixView(low_only=True))

    def problems(model: Matrix) -> list[tuple[str, int]]:
        found, at = [], (0, 0)
        while (step := model.problem(*at, 1)) is not None and step not in found:
            found.append(step)
            at = step
        told = [model.day_at(*place) for place in found]
        return [(where[0].code, where[1].day) for where in told if where is not None]

    assert problems(every) == [("a", 7), ("a", 9), ("b", 6), ("b", 7)]
    assert problems(low) == [("a", 7), ("a", 9), ("b", 6)]  # the 7th of b does not add up, and is hidden


def test_options_that_low_only_hides_are_still_known() -> None:
    low = matrix(view=MatrixView(low_only=True, words=("小",)))

    assert ([row.code for row in low.rows], [row.code for row in low.options]) == ([], ["c"])
    assert (list(low.dates), low.known_dates()) == ([], [FRIDAY])


@pytest.mark.parametrize(
    ("longest", "width", "cells"),
    [(3, 80, 8), (14, 60, 14), (30, 60, 16), (30, 80, 20), (30, 120, 30), (60, 160, 40), (60, 400, 40)],
)
def test_names_get_their_share_of_the_width(longest: int, width: int, cells: int) -> None:
    rows = [OptionRow("a", "n" * longest, {}, 0), OptionRow("b", "小" * (longest // 2), {}, 0)]
    assert name_width(rows, width) == cells


def test_a_wide_name_is_measured_in_cells() -> None:
    assert name_width([OptionRow("a", "小人チケット", {}, 0)], 80) == 12


def test_the_summary_is_told_in_words_or_in_marks() -> None:
    assert summary_words(matrix(), narrow=False) == (
        "3 options, 5 days; from today 1 low, 1 sold out, 1 oversold, 1 not adding up"
    )
    assert summary_words(matrix(), narrow=True) == "1!  1✗  1✘  1?  3 options"
    assert summary_words(matrix([day("a", 6, 30)]), narrow=False) == "1 option, 1 day"


@pytest.mark.parametrize(
    ("words", "rows"), [((), "abc"), (("adult",), "a"), (("b",), "b"), (("小",), "c"), (("adult", "b"), "")]
)
def test_options_that_hold_every_word(words: tuple[str, ...], rows: str) -> None:
    assert "".join(row.code for row in matrix(view=MatrixView(words=words)).rows) == rows


def test_days_of_hidden_options_are_not_there() -> None:
    assert matrix(view=MatrixView(words=("小",))).dates == [FRIDAY]


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        (Order(), "abc"),
        (Order(0), "abc"),
        (Order(0, True), "cba"),
        (Order(1), "acb"),
        (Order(1, True), "bca"),
    ],
)
def test_options_in_order(order: Order, rows: str) -> None:
    assert "".join(row.code for row in matrix(view=MatrixView(order=order)).rows) == rows


def test_the_column_that_options_are_sorted_by_carries_an_arrow() -> None:
    by_name, by_left = matrix(view=MatrixView(order=Order(0))), matrix(view=MatrixView(order=Order(1, True)))

    assert [by_name.header(1, column).text for column in (0, 1)] == ["Option▴", "Left"]
    assert [by_left.header(1, column).text for column in (0, 1)] == ["Option", "Left▾"]


def test_the_sum_of_what_is_left_counts_from_today() -> None:
    model = matrix([day("a", 5, 20), day("a", 6, 3), day("a", 7, -1)])
    assert model.rows[0].left == 2
    assert matrix([day("a", 5, 20)]).rows[0].left == 0


def test_the_totals_count_states_from_today() -> None:
    assert matrix().totals() == Totals(days=5, low=1, sold_out=1, oversold=1, mismatch=1)
    assert matrix([day("a", 5, 0), day("a", 6, 9)]).totals().sold_out == 0


def test_the_totals_are_of_the_days_shown() -> None:
    assert matrix(view=MatrixView(low_only=True)).totals() == Totals(3, low=1, sold_out=1, oversold=1, mismatch=0)


def test_an_option_without_a_day_is_still_a_row() -> None:
    model = matrix([day("a", 6, 9)], options=["z", "a"])
    assert [texts(model, row) for row in range(2)] == [["z", "0", ". "], ["Adult", "9", "9 "]]


def test_nothing_at_all() -> None:
    model = matrix([])

    assert (model.row_count, model.dates, len(model.columns)) == (0, [], 2)
    assert model.totals() == Totals(0, 0, 0, 0, 0)
    assert model.find_column(FRIDAY) is None
    assert model.find_row("a") is None
    assert model.day_at(0, 2) is None


def test_a_cell_that_is_no_day() -> None:
    model = matrix()
    assert [model.day_at(row, column) for row, column in ((0, 0), (0, 1), (3, 2), (0, 7), (-1, 2))] == [None] * 5


def test_the_cursor_keeps_its_option_and_its_day_when_the_data_changes() -> None:
    before = matrix()
    row, column = 1, 5
    after = matrix([day("0", 1, 9), *DAYS, day("a", date(2026, 4, 1), 9)])

    found = after.find_row(before.row_key(row)), after.find_column(before.column_key(column))

    assert found == (2, 9)
    assert after.column_key(9) == before.column_key(column)


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2026, 3, 5), date(2026, 3, 5)),
        (date(2026, 3, 8), date(2026, 3, 9)),
        (date(2020, 1, 1), date(2026, 3, 5)),
        (date(2030, 1, 1), date(2026, 3, 9)),
    ],
)
def test_a_day_that_is_not_shown_is_found_near(on: date, found: date) -> None:
    model = matrix([day("a", 5, 1), day("a", 8, 30), day("a", 9, 1)], MatrixView(low_only=True))

    column = model.find_column(on)

    assert column is not None
    assert model.column_key(column) == found


@pytest.mark.parametrize("key", [None, 3, ("a",), FRIDAY])
def test_a_row_is_found_by_its_option_only(key: Any) -> None:
    assert matrix().find_row(key) is None


@pytest.mark.parametrize("key", [None, "a", ("a",)])
def test_a_column_is_found_by_its_date_only(key: Any) -> None:
    assert matrix().find_column(key) is None


def test_a_long_calendar_is_unbroken_and_a_longer_one_shows_its_days_only() -> None:
    start = date(2026, 1, 1)
    near, far = (start + timedelta(days=LONGEST_SPAN + more) for more in (0, 1))

    assert len(matrix([day("a", start, 9), day("a", near, 9)]).dates) == LONGEST_SPAN + 1
    assert matrix([day("a", start, 9), day("a", far, 9)]).dates == [start, far]
    assert matrix([day("a", date.min, 9), day("a", date.max, 9)]).dates == [date.min, date.max]


@pytest.mark.parametrize("metric", METRICS)
def test_every_number_is_whole_in_its_column(metric: Metric) -> None:
    days = [
        TicketDay("a", FRIDAY, 1_000_000, -999_999, 1_999_999, "i"),
        TicketDay("a", date(2026, 3, 7), 3, 4_000_000, 3, "i"),
        TicketDay("b", FRIDAY, 1_000_000, 1_000_000, 0, "i"),
    ]
    model = matrix(days, MatrixView(metric=metric), look={d.key: 0 for d in days})

    for row in range(model.row_count):
        for column in range(1, len(model.columns)):
            text = model.cell(row, column).text
            assert fit(text, model.columns[column].width, "right").strip() == text.strip()


@pytest.mark.parametrize(
    ("on", "months", "start"),
    [
        (date(2026, 3, 31), 0, date(2026, 3, 1)),
        (date(2026, 3, 31), 1, date(2026, 4, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 1)),
        (date(2026, 12, 9), 1, date(2027, 1, 1)),
        (date(2026, 1, 9), -1, date(2025, 12, 1)),
        (date(2028, 2, 29), -12, date(2027, 2, 1)),
        (date(2026, 6, 1), 19, date(2028, 1, 1)),
        (date(9999, 12, 31), 1, date(9999, 12, 1)),
        (date(1, 1, 31), -1, date(1, 1, 1)),
    ],
)
def test_the_first_of_a_month_nearby(on: date, months: int, start: date) -> None:
    assert month_start(on, months) == start
