"""The date matrix: options down, days across."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from rich.cells import cell_len

from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import Availability, Day, DayState, LowThreshold, calendar
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.tickets_moves import Moves
from qtydash.tui.models.tickets_rows import OptionRow, option_rows
from qtydash.tui.models.tickets_shown import MatrixView, Metric, Shown, Totals, number_of
from qtydash.tui.widgets.grid_model import Cell, Column, Tone

METRIC_WORDS: Mapping[Metric, str] = {"left": "left", "sold": "sold", "percent": "% left", "max": "maximum"}

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NAME_LEAST, NAME_USUAL, NAME_MOST = 8, 16, 40
"""Cells for the names of the options, at least and at most; in a narrow pane they get the usual."""

KEPT_CELLS = 8_192
"""Cells whose words are kept, several screens of them: scrolling by a column draws nearly the same ones again."""

TONE: Mapping[DayState, Tone] = {
    DayState.AVAILABLE: "",
    DayState.LOW: "low",
    DayState.SOLD_OUT: "bad",
    DayState.OVERSOLD: "worst",
    DayState.MISMATCH: "odd",
}


class Matrix:
    """The grid model of one product's availability.

    ``options`` are those that the filter lets through; ``rows`` those of them that are shown. ``width`` is that
    of the pane, of which the names take their share. What still holds of ``before``, an earlier matrix, is taken
    over: another number of the same 100,000 days need not wait for them to be sorted again.
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
        before: "Matrix | None" = None,
    ) -> None:
        self.moves = moves
        self.snapshot, self.view, self.low, self.today, self.glyphs = snapshot, view, low, today, glyphs
        self.width = width
        self._name_of = name_of
        self._cells: dict[tuple[int, int], Cell] = {}
        self._all: Sequence[OptionRow]
        self._of: Shown
        if before is not None and before._holds(snapshot, name_of, today):
            self._all = before._all
        else:
            self._all = option_rows(snapshot.data, name_of, today)
        if before is not None and before._all is self._all and before._lets_through(view, low):
            self._of = before._of
        else:
            self._of = Shown.of(self._all, view, low, today)
        self.options, self.rows, self.dates = self._of.options, self._of.rows, self._of.dates
        digits = self._of.digits(view.metric)
        day_width = max(4, digits + 2)
        total_width = max(5, *(len(str(row.left)) for row in self.rows)) if self.rows else 5
        self.columns: Sequence[Column] = (
            Column("Option", name_width(self.rows, width)),
            Column("Left", total_width, "right"),
            *(Column("", day_width, "right") for _ in self.dates),
        )

    def _holds(self, snapshot: Snapshot[Availability], name_of: Callable[[str], str], today: date) -> bool:
        return self.snapshot is snapshot and self._name_of == name_of and self.today == today

    def _lets_through(self, view: MatrixView, low: LowThreshold) -> bool:
        return self.low == low and self.view == replace(view, metric=self.view.metric)

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
        found = self._cells.get((row, column))
        if found is None:
            if len(self._cells) >= KEPT_CELLS:
                self._cells.clear()
            found = self._cells[row, column] = self._cell(row, column)
        return found

    def _cell(self, row: int, column: int) -> Cell:
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

    def problem(self, row: int, column: int, step: int) -> tuple[int, int] | None:
        """The next problem cell after (``step`` 1) or before (-1) a cell, round the ends, if there is any."""
        problems, at = self._of.problems, (row, column - self.fixed)
        if not problems:
            return None
        cut = bisect_right(problems, at) % len(problems) if step > 0 else bisect_left(problems, at) - 1
        return problems[cut][0], problems[cut][1] + self.fixed

    def day_at(self, row: int, column: int) -> tuple[OptionRow, date, Day | None] | None:
        """What is under a cell: the option, the date, and the day if there is inventory. None off the days."""
        if not (0 <= row < len(self.rows) and self.fixed <= column < len(self.columns)):
            return None
        option, on = self.rows[row], self.dates[column - self.fixed]
        return option, on, option.day(on)

    def prepare(self) -> None:
        """Find out now what is asked for later: the matrix after this one takes it over."""
        self._of.prepare()

    def totals(self) -> Totals:
        """The dates shown, and the states of the cells shown from today on."""
        return self._of.totals

    def row_key(self, row: int) -> Hashable:
        return self.rows[row].code

    def column_key(self, column: int) -> Hashable:
        return column if column < self.fixed else self.dates[column - self.fixed]

    def find_row(self, key: Hashable) -> int | None:
        return self._of.row_of.get(key) if isinstance(key, str) else None

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
