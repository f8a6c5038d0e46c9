"""One day in words: in brief, with its codes, and in full."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qtydash.domain.pace import Observation
from qtydash.domain.snapshot import Snapshot
from qtydash.domain.tickets import Availability, Day, LowThreshold, TicketDay, TicketOption
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models.tickets import Matrix
from qtydash.tui.models.tickets_moves import Moves
from qtydash.tui.models.tickets_shown import MatrixView
from qtydash.tui.panes.tickets_detail import (
    HINT,
    MOST_CHANGES,
    SUM_HINT,
    Explained,
    brief_lines,
    day_lines,
    full_lines,
)
from qtydash.tui.widgets.words import Line

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
ON = date(2026, 3, 6)
ADULT = TicketDay("option-a", ON, 25, 11, 10, "inv-1")
CHILD = TicketDay("option-c", ON, 30, 4, 26, "inv-2")
EXTRA = (("price", "12000"), ("currency", '"KRW"'))


def matrix(moves: Moves | None = None) -> Matrix:
    options = (TicketOption("option-a", "Adult"), TicketOption("option-c", "Child"))
    return Matrix(
        Snapshot(Availability("park", (ADULT, CHILD), options, {ADULT.key: EXTRA}), NOW, "live"),
        MatrixView(),
        name_of={option.code: option.name for option in options}.__getitem__,
        low=LowThreshold(),
        today=ON,
        glyphs=UNICODE,
        moves=moves or Moves(),
    )


def told(lines: Sequence[Line]) -> list[str]:
    return ["".join(part.text for part in line) for line in lines]


def adult(**other: Any) -> Explained:
    return Explained("Adult", ON, Day((ADULT,)), **other)


BOTH = Explained("Sum of options (2)", ON, Day((ADULT, CHILD)), options=2)


def test_in_brief() -> None:
    assert told(brief_lines(adult(), matrix(), NOW)) == [
        "Adult  Fr 2026-03-06  mismatch",
        "11 left of 25, 10 sold, 44 % left",
        "Does not add up: 11 left + 10 sold ≠ 25 max",
        "not enough history",
        HINT,
    ]


def test_no_line_is_drawn_through_a_history_that_is_not_enough() -> None:
    young = (Observation(NOW - timedelta(hours=2), 11), Observation(NOW - timedelta(hours=1), 11))

    assert told(brief_lines(adult(history=young), matrix(), NOW))[3] == "not enough history"


def test_with_its_codes_and_what_the_vendor_sent() -> None:
    assert told(day_lines(adult(), matrix(), NOW))[4:] == [
        "option option-a",
        "inventory inv-1",
        "as sent: date 2026-03-06, max_quantity 25, remain_quantity 11, ordered_quantity 10, "
        'price 12000, currency "KRW"',
    ]


def test_in_full_every_field_of_the_vendors_row_stands_on_its_line() -> None:
    lines = told(full_lines(adult(), matrix(), NOW))

    assert lines[0] == "mismatch"
    assert lines[4:] == [
        "",
        "The vendor's row",
        "option_code       option-a",
        "inventory_code    inv-1",
        "date              2026-03-06",
        "max_quantity      25",
        "remain_quantity   11",
        "ordered_quantity  10",
        "price             12000",
        'currency          "KRW"',
    ]


def test_in_full_each_of_several_records() -> None:
    day = Day((CHILD, TicketDay("option-c", ON, 9, 9, 0, "inv-3")))
    lines = told(full_lines(Explained("Child", ON, day), matrix(), NOW))

    assert [line for line in lines if line.startswith("The vendor")] == [
        "The vendor's row 1 of 2",
        "The vendor's row 2 of 2",
    ]
    assert "inventory_code    inv-3" in lines


def test_of_a_sum_each_option() -> None:
    m = matrix()

    assert told(brief_lines(BOTH, m, NOW)) == [
        "Sum of options (2)  Fr 2026-03-06  mismatch",
        "15 left of 55, 36 sold, 27 % left",
        "1 option of the sum not adding up",
        "Options may share one pool of stock: a sum may count a piece twice.",
        SUM_HINT,
    ]
    assert told(day_lines(BOTH, m, NOW)) == told(brief_lines(BOTH, m, NOW))
    assert told(full_lines(BOTH, m, NOW))[4:] == [
        "",
        "Each option",
        "    11 left of 25, 10 sold  Adult  mismatch",
        "     4 left of 30, 26 sold  Child  low",
    ]


def test_a_sum_of_one_option_counts_nothing_twice() -> None:
    one = Explained("Sum of options (1)", ON, Day((CHILD,)))
    for lines in (brief_lines, day_lines, full_lines):
        assert not any("twice" in line for line in told(lines(one, matrix(), NOW)))


def test_an_option_that_is_called_like_a_sum_is_none() -> None:
    named = Explained("Sum of options (2)", ON, Day((CHILD,)))
    assert "inventory inv-2" in told(day_lines(named, matrix(), NOW))


def test_no_inventory() -> None:
    nothing = Explained("Adult", ON, None)
    words = "No inventory on this day, which is not the same as none left."

    assert told(brief_lines(nothing, matrix(), NOW)) == ["Adult  Fr 2026-03-06", words]
    assert told(day_lines(nothing, matrix(), NOW)) == ["Adult  Fr 2026-03-06", words]
    assert told(full_lines(nothing, matrix(), NOW)) == [words]


@pytest.mark.parametrize(
    ("looked_at", "when"),
    [(NOW - timedelta(hours=3), "09:00 UTC"), (NOW - timedelta(hours=15), "2026-03-05 21:00 UTC")],
)
def test_what_moved_since_the_last_look_and_since_yesterday(looked_at: datetime, when: str) -> None:
    moves = Moves(looked_at, {ADULT.key: 14}, {ADULT.key: 9})
    assert told(brief_lines(adult(), matrix(moves), NOW))[1] == (
        f"11 left of 25, 10 sold, 44 % left  ▾ was 14 when you looked, {when}  +2 since yesterday"
    )


HISTORY = tuple(
    Observation(NOW - timedelta(days=days), left) for days, left in ((5, 20), (4, 20), (3, 16), (2, 16), (1, 11))
)


def test_the_value_before_and_when_it_ended() -> None:
    assert told(brief_lines(adult(history=HISTORY), matrix(), NOW))[1].endswith(
        "  was 16 until 2026-03-05 12:00 UTC"
    )


def test_in_full_what_was_left_since_when() -> None:
    lines = told(full_lines(adult(history=HISTORY), matrix(), NOW))
    assert lines[lines.index("What was left, newest first") + 1 :] == [
        "    11  since 2026-03-05 12:00 UTC",
        "    16  since 2026-03-03 12:00 UTC",
        "    20  first seen 2026-03-01 12:00 UTC",
    ]


def test_a_long_past_is_cut_and_counted() -> None:
    many = tuple(Observation(NOW - timedelta(hours=200 - n), n) for n in range(MOST_CHANGES + 2))
    lines = told(full_lines(adult(history=many), matrix(), NOW))
    assert len(lines) - lines.index("What was left, newest first") - 1 == MOST_CHANGES + 1
    assert lines[-1] == "and 2 earlier changes"
