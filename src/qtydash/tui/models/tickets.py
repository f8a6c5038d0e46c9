"""The date matrix: options down, days across."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Literal, get_args

from rich.cells import cell_len

from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import Availability, Day, DayState, LowThreshold, calendar
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.table import Order
from qtydash.tui.models.tickets_moves import Moves
from qtydash.tui.models.tickets_rows import OptionRow, in_order, option_rows
from qtydash.tui.widgets.grid_model import Cell, Column, Tone

Metric = Literal["left", "sold", "percent", "max"]
METRICS: tuple[Metric, ...] = get_args(Metric)
METRIC_WORDS: Mapping[Metric, str] = {"left": "left", "sold": "sold", "percent": "% left", "max": "maximum"}

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NAME_LEAST, NAME_USUAL, NAME_MOST = 8, 16, 40
"""Cells for the names of the options, at least and at most; in a narrow pane they get the usual."""

TONE: Mapping[DayState, Tone] = {
    DayState.AVAILABLE: "",
    DayState.LOW: "low",
    DayState.SOLD_OUT: "bad",
    DayState.OVERSOLD: "worst",
    DayState.MISMATCH: "odd",
}


@dataclass(frozen=True, slots=True)
class MatrixView:
    """How the operator wants to see the matrix."""

    metric: Metric = "left"
    low_only: bool = False
    words: tuple[str, ...] = ()
    order: Order = Order()  # noqa: RUF009 - frozen


def number_of(day: Day, metric: Metric) -> int | None:
    """The number that a metric shows of a day; None where there is none."""
    match metric:
        case "left":
            return day.left
        case "sold":
            return day.sold
        case "max":
            return day.max
        case "percent":
            return day.percent_left


@dataclass(frozen=True, slots=True)
class Totals:
    """What the summary line says of the days shown."""

    days: int
    low: int
    sold_out: int
    oversold: int
    mismatch: int


class Matrix:
    """The grid model of one product's availability.

    ``options`` are those that the filter lets through; ``rows`` those of them that are shown. ``width`` is that
    of the pane, of which the names take their share.
    """

    fixed = 2
    header_lines = 2
    row_lines = 1

    def __init__(
        self,
        snapshot: Snapshot[Availability],
        view: MatrixView,
        *,
        name_of: Callable[[str], str],
        low: LowThreshold,
        today: date,
        glyphs: Glyphs,
        moves: Moves = Moves(),  # noqa: B008 - frozen
        width: int = 80,
    ) -> None:
        self.moves = moves
        self.snapshot, self.view, self.low, self.today, self.glyphs = snapshot, view, low, today, glyphs
        rows = option_rows(snapshot.data, name_of, today)
        wanted = [word.casefold() for word in view.words]
        rows = [row for row in rows if all(w in f"{row.name} {row.code}".casefold() for w in wanted)]
        self.options = self.rows = in_order(rows, view.order)
        if view.low_only:
            self.rows = [row for row in self.options if any(day.is_low(low) for _, day in row.days())]
        self.dates = _dates(self.rows, view.low_only, low)
        self._row_of = {row.code: index for index, row in enumerate(self.rows)}
        digits = _digits(self.rows, view.metric)
        day_width = max(4, digits + 2)
        total_width = max(5, *(len(str(row.left)) for row in self.rows)) if self.rows else 5
        self.columns: Sequence[Column] = (
            Column("Option", name_width(self.rows, width)),
            Column("Left", total_width, "right"),
            *(Column("", day_width, "right") for _ in self.dates),
        )

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def header(self, line: int, column: int) -> Cell:
        if column < self.fixed:
            return self._fixed_header(column) if line else Cell("")
        day = self.dates[column - self.fixed]
        if line == 0:
            return Cell(f"{MONTHS[day.month - 1]} {day.year}", "strong")
        tone: Tone = "today" if day == self.today else "weekend" if day.weekday() >= 5 else ""
        return Cell(f"{WEEKDAYS[day.weekday()]}{day.day:>2}", "past" if day < self.today else tone)

    def _fixed_header(self, column: int) -> Cell:
        label = self.columns[column].label
        if self.view.order.column != column:
            return Cell(label)
        return Cell(f"{label}{self.glyphs.down if self.view.order.descending else self.glyphs.up}", "note")

    def cell(self, row: int, column: int, line: int = 0) -> Cell:
        option = self.rows[row]
        if column == 0:
            return Cell(option.name)
        if column == 1:
            return Cell(str(option.left), "strong")
        on = self.dates[column - self.fixed]
        day = option.day(on)
        if day is None:
            return Cell("" if self.view.low_only else f"{self.glyphs.no_inventory} ", "dim")
        if self._hides(day):
            return Cell("")
        state = day.state(self.low)
        number = number_of(day, self.view.metric)
        arrow = "" if self.view.metric == "max" else self.moves.arrow(day, self.glyphs)  # of what is left
        words = f"{arrow}{'-' if number is None else number}{mark_of(state, self.glyphs)}"
        return Cell(words, "past" if on < self.today else TONE[state])

    def _hides(self, day: Day) -> bool:
        return self.view.low_only and not day.is_low(self.low)

    @cached_property
    def _problems(self) -> Sequence[tuple[int, int]]:
        """Row and column of each cell from today on that is low or worse or does not add up, in reading order.

        Of what is hidden none is a problem.
        """
        columns = {on: self.fixed + n for n, on in enumerate(self.dates)}
        low, today, low_only = self.low, self.today, self.view.low_only
        return [
            (number, columns[on])
            for number, row in enumerate(self.rows)
            for on, day in sorted(row.days(), key=itemgetter(0))
            if on >= today
            and on in columns
            and (day.is_low(low) or (not low_only and day.state(low) is DayState.MISMATCH))
        ]

    def problem(self, row: int, column: int, step: int) -> tuple[int, int] | None:
        """The next problem cell after (``step`` 1) or before (-1) a cell, round the ends, if there is any."""
        if not self._problems:
            return None
        if step > 0:
            return self._problems[bisect_right(self._problems, (row, column)) % len(self._problems)]
        return self._problems[bisect_left(self._problems, (row, column)) - 1]

    def day_at(self, row: int, column: int) -> tuple[OptionRow, date, Day | None] | None:
        """What is under a cell: the option, the date, and the day if there is inventory. None off the days."""
        if not (0 <= row < len(self.rows) and self.fixed <= column < len(self.columns)):
            return None
        option, on = self.rows[row], self.dates[column - self.fixed]
        return option, on, option.day(on)

    def totals(self) -> Totals:
        """The dates shown, and the states of the cells shown from today on."""
        low, today, low_only = self.low, self.today, self.view.low_only
        counts: dict[DayState, int] = defaultdict(int)
        for row in self.rows:
            for on, found in row.records.items():
                if on >= today:
                    day = Day(found) if isinstance(found, tuple) else found
                    if not low_only or day.is_low(low):
                        counts[day.state(low)] += 1
        return Totals(
            days=len(self.dates),
            low=counts[DayState.LOW],
            sold_out=counts[DayState.SOLD_OUT],
            oversold=counts[DayState.OVERSOLD],
            mismatch=counts[DayState.MISMATCH],
        )

    def row_key(self, row: int) -> Hashable:
        return self.rows[row].code

    def column_key(self, column: int) -> Hashable:
        return column if column < self.fixed else self.dates[column - self.fixed]

    def find_row(self, key: Hashable) -> int | None:
        return self._row_of.get(key) if isinstance(key, str) else None

    def find_column(self, key: Hashable) -> int | None:
        """The column of a date, or of the nearest later one, or of the last."""
        if not isinstance(key, date):
            return key if isinstance(key, int) else None
        if not self.dates:
            return None
        return self.fixed + min(bisect_left(self.dates, key), len(self.dates) - 1)

    def known_dates(self) -> Sequence[date]:
        """The calendar of the options, whatever their numbers."""
        return calendar(on for row in self.options for on in row.records)


def _dates(rows: Sequence[OptionRow], low_only: bool, low: LowThreshold) -> Sequence[date]:
    if low_only:
        return sorted({on for row in rows for on, day in row.days() if day.is_low(low)})
    return calendar(on for row in rows for on in row.records)


def _digits(rows: Sequence[OptionRow], metric: Metric) -> int:
    if metric == "percent":
        numbers = [n for row in rows for _, day in row.days() if (n := number_of(day, metric)) is not None]
    else:
        one = attrgetter(metric)
        numbers = [
            sum(map(one, found)) if isinstance(found, tuple) else one(found)
            for row in rows
            for found in row.records.values()
        ]
    return max(len(str(max(numbers))), len(str(min(numbers)))) if numbers else 1


def summary_words(matrix: Matrix, *, narrow: bool) -> str:
    """What the matrix amounts to; in a narrow pane told by the marks, whose meaning stands in the keys screen, and
    the problems first, since the end may be cut."""
    t, g = matrix.totals(), matrix.glyphs
    counted = (
        (t.low, g.low, " low"),
        (t.sold_out, g.sold_out, " sold out"),
        (t.oversold, g.oversold, " oversold"),
        (t.mismatch, g.mismatch, " not adding up"),
    )
    options = plural(matrix.row_count, "option")
    if narrow:
        return "  ".join([*(f"{n}{mark}" for n, mark, _ in counted if n), options])
    told = ", ".join(f"{n}{words}" for n, _, words in counted if n)
    whole = f"{options}, {plural(t.days, 'day')}"
    return f"{whole}; from today {told}" if told else whole


def name_width(rows: Sequence[OptionRow], width: int) -> int:
    """Cells for the names of the options: as the longest asks for, up to a quarter of the ``width`` there is."""
    longest = max((cell_len(safe_text(row.name)) for row in rows), default=0)
    return max(NAME_LEAST, min(longest, max(NAME_USUAL, min(NAME_MOST, width // 4))))


def mark_of(state: DayState, glyphs: Glyphs) -> str:
    """The one-cell mark of a state, a space for available."""
    match state:
        case DayState.LOW:
            return glyphs.low
        case DayState.SOLD_OUT:
            return glyphs.sold_out
        case DayState.OVERSOLD:
            return glyphs.oversold
        case DayState.MISMATCH:
            return glyphs.mismatch
        case DayState.AVAILABLE:
            return " "


def month_start(on: date, months: int) -> date:
    """The first day of the month that is ``months`` after that of ``on``."""
    index = min(max(on.year * 12 + on.month - 1 + months, 12), 9999 * 12 + 11)
    return date(index // 12, index % 12 + 1, 1)
