"""The states of a ticket day and what an option is called."""

from datetime import date

import pytest

from qtydash.domain.tickets import Day, DayState, LowThreshold, OptionNames, TicketDay, short_code

LOW = LowThreshold()
OPTION = "1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5"


def day(maximum: int, left: int, sold: int) -> TicketDay:
    return TicketDay(OPTION, date(2026, 3, 1), maximum, left, sold, "inv-1")


@pytest.mark.parametrize(
    ("maximum", "left", "sold", "state"),
    [
        (25, 15, 10, DayState.AVAILABLE),
        (25, 6, 19, DayState.AVAILABLE),
        (25, 5, 20, DayState.LOW),
        (100, 20, 80, DayState.LOW),
        (100, 21, 79, DayState.AVAILABLE),
        (3, 3, 0, DayState.LOW),
        (25, 0, 25, DayState.SOLD_OUT),
        (0, 0, 0, DayState.SOLD_OUT),
        (25, -1, 26, DayState.OVERSOLD),
        (25, 15, 9, DayState.MISMATCH),
        (25, 0, 24, DayState.MISMATCH),
        (25, 2, 2, DayState.MISMATCH),
        (25, -1, 25, DayState.OVERSOLD),
    ],
)
def test_the_gravest_state_that_applies(maximum: int, left: int, sold: int, state: DayState) -> None:
    assert day(maximum, left, sold).state(LOW) is state


@pytest.mark.parametrize(
    ("threshold", "left", "low"),
    [
        (LowThreshold(0, 0.0), 1, False),
        (LowThreshold(0, 0.0), 0, True),
        (LowThreshold(1, 0.0), 1, True),
        (LowThreshold(0, 0.5), 10, True),
        (LowThreshold(0, 0.5), 11, False),
        (LowThreshold(0, 0.5), -1, True),
    ],
)
def test_low_by_pieces_or_by_share(threshold: LowThreshold, left: int, low: bool) -> None:
    assert day(20, left, 20 - left).is_low(threshold) is low


def test_a_day_that_does_not_add_up_may_be_low_as_well() -> None:
    assert day(25, 2, 2).is_low(LOW)


@pytest.mark.parametrize(
    ("left", "sold", "stock"),
    [
        (15, 9, DayState.AVAILABLE),
        (2, 2, DayState.LOW),
        (0, 24, DayState.SOLD_OUT),
        (-1, 25, DayState.OVERSOLD),
        (15, 10, DayState.AVAILABLE),
    ],
)
def test_the_state_by_what_is_left_alone(left: int, sold: int, stock: DayState) -> None:
    found = day(25, left, sold)
    assert found.stock(LOW) is stock
    assert (stock is not DayState.AVAILABLE) == found.is_low(LOW)


def test_several_records_as_one() -> None:
    single, other = day(25, 15, 10), day(9, 9, 0)
    assert Day((single,)).whole is single
    assert Day((single, other)).whole == TicketDay(OPTION, date(2026, 3, 1), 34, 24, 10, "")


def test_records_of_one_day_are_told_apart_by_their_inventory() -> None:
    other = TicketDay(OPTION, date(2026, 3, 1), 25, 15, 10, "inv-2")
    assert day(25, 15, 10).key != other.key
    assert day(25, 15, 10).key == day(9, 9, 0).key


def test_an_option_is_called_by_the_vendor_then_by_the_user_then_by_its_code() -> None:
    assert OptionNames({OPTION: "Adult"}, {OPTION: "Grown-up"})(OPTION) == "Adult"
    assert OptionNames({OPTION: ""}, {OPTION: "Grown-up"})(OPTION) == "Grown-up"
    assert OptionNames()(OPTION) == "1e0bd91f"


def test_a_short_code_stays_as_it_is() -> None:
    assert short_code("42") == "42"
