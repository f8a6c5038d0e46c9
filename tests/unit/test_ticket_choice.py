"""Which days are chosen, what is known of an earlier time, and how days become a matrix."""

from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.tickets import (
    LONGEST_SPAN,
    Availability,
    Day,
    DayState,
    LowThreshold,
    OptionNames,
    TicketDay,
    by_option,
    calendar,
)
from qtydash.services import rows
from qtydash.services.choice import DayChoice, Earlier, earlier

LOW = LowThreshold()
FIRST = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(left: int, maximum: int = 25, sold: int | None = None, code: str = "i", on: date = FIRST) -> TicketDay:
    return TicketDay("a", on, maximum, left, maximum - left if sold is None else sold, code)


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ([record(20)], DayState.AVAILABLE),
        ([record(3), record(20)], DayState.AVAILABLE),
        ([record(1), record(2)], DayState.LOW),
        ([record(0), record(0)], DayState.SOLD_OUT),
        ([record(-3), record(2)], DayState.OVERSOLD),
        ([record(20, sold=4), record(5, sold=21)], DayState.MISMATCH),
        ([record(-9, sold=4), record(5)], DayState.OVERSOLD),
    ],
)
def test_a_day_of_several_records_has_one_state(records: list[TicketDay], state: DayState) -> None:
    assert Day(tuple(records)).state(LOW) is state


def test_a_days_counts_are_sums() -> None:
    day = Day((record(5, 20), record(10, 20)))

    assert (day.left, day.sold, day.max, day.percent_left) == (15, 25, 40, 38)
    assert Day((record(0, 0),)).percent_left is None


def test_days_are_grouped_by_option_and_date() -> None:
    other = TicketDay("b", FIRST, 1, 1, 0, "i")

    assert by_option([record(1, code="i1"), other, record(2, code="i2")]) == {
        "a": {FIRST: Day((record(1, code="i1"), record(2, code="i2")))},
        "b": {FIRST: Day((other,))},
    }


@given(st.lists(st.dates(FIRST, FIRST + timedelta(3_000)), max_size=6))
def test_a_calendar_is_unbroken_or_holds_the_dates_alone(dates: list[date]) -> None:
    found = calendar(dates)

    assert set(dates) <= set(found)
    assert list(found) == sorted(set(found))
    if dates and max(dates) - min(dates) <= timedelta(LONGEST_SPAN):
        assert len(found) == (max(dates) - min(dates)).days + 1
    else:
        assert set(found) == set(dates)


def test_a_matrix_sums_the_records_of_a_day_and_leaves_the_rest_empty() -> None:
    days = [record(-1, code="i1"), record(4, code="i2"), record(7, on=FIRST + timedelta(2))]

    columns, lines = rows.ticket_matrix(days, ["b", "a"], calendar(d.date for d in days), OptionNames({"a": "A"}))

    assert columns == ("option_code", "option_name", "2026-03-01", "2026-03-02", "2026-03-03")
    assert [list(line.values()) for line in lines] == [["b", "b", None, None, None], ["a", "A", 3, None, 7]]


def test_rows_of_changes() -> None:
    known, new = record(3, code="i1"), record(9, code="i2")

    changed = rows.ticket_changes([known, new], {known.key: 5}, OptionNames(), LOW)

    assert [tuple(row) for row in changed] == [rows.TICKET_CHANGE_COLUMNS] * 2
    assert [(row["left_before"], row["change"]) for row in changed] == [(5, -2), (None, None)]


@pytest.mark.parametrize(
    ("choice", "taken", "words"),
    [
        ({}, ["low", "fine", "odd"], ""),
        ({"low": True}, ["low"], "are low, sold out or oversold"),
        ({"low": True, "odd": True}, ["low", "odd"], "are low, sold out or oversold, or do not add up"),
        (
            {"since": Earlier(NOON, {record(2, code="low").key: 2, record(20, code="odd").key: 7})},
            ["fine", "odd"],
            "have another number left than at 2026-03-01 12:00 UTC",
        ),
    ],
)
def test_days_are_taken_by_their_numbers(choice: dict[str, object], taken: list[str], words: str) -> None:
    days = [record(2, code="low"), record(20, code="fine"), record(20, sold=1, code="odd")]
    chosen = DayChoice(["a"], **choice)  # type: ignore[arg-type]

    assert [day.inventory_code for day in days if chosen.takes(day, LOW)] == taken
    assert chosen.words == words


@pytest.mark.parametrize(("first", "last"), [(None, None), (0, None), (None, 4), (1, 2), (2, 2)])
def test_dates_are_covered_with_both_bounds(first: int | None, last: int | None) -> None:
    def on(offset: int | None) -> date | None:
        return None if offset is None else FIRST + timedelta(offset)

    choice = DayChoice(["a"], on(first), on(last))
    low, high = (0 if first is None else first), (4 if last is None else last)

    assert [n for n in range(5) if choice.covers("a", FIRST + timedelta(n))] == list(range(low, high + 1))
    assert not choice.covers("b", FIRST)


def test_what_is_gone_is_what_was_known_and_is_covered() -> None:
    here, gone, late = record(1), record(1, code="x"), record(1, on=FIRST + timedelta(9))
    left: dict[Hashable, int] = dict.fromkeys([here.key, gone.key, late.key, ("b", FIRST, "i")], 1)
    now = Availability("p", (here,))

    assert DayChoice(["a"], last=FIRST, since=Earlier(NOON, left)).gone(now) == [("a", FIRST)]
    assert DayChoice(["a"]).gone(now) == []


class Known:
    """A past that begins at ``begins``."""

    def __init__(self, begins: datetime | None) -> None:
        self.begins = begins

    def left_at(self, product_code: str, when: datetime) -> Mapping[Hashable, int]:
        assert product_code == "park"
        return {} if self.begins is None or when < self.begins else {"key": 7}

    def known_since(self, product_code: str) -> datetime | None:
        return self.begins


@pytest.mark.parametrize(("hours", "at"), [(30, 24), (24, 24), (3, 3)])
def test_the_time_asked_for_or_the_oldest_that_is_known(hours: int, at: int) -> None:
    when = NOON - timedelta(hours=24)
    begins = NOON - timedelta(hours=hours)
    found = earlier(Known(begins), "park", when)
    assert found == Earlier(NOON - timedelta(hours=at), {"key": 7})


def test_a_past_that_knows_nothing() -> None:
    assert earlier(Known(None), "park", NOON - timedelta(days=1)) is None
