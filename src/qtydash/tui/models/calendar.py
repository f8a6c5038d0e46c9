"""One month of one option, or of the sum of options: weeks down, weekdays across."""

from calendar import monthrange
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qtydash.domain.tickets import Day, DayState, LowThreshold
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.tickets import MONTHS, TONE, WEEKDAYS, mark_of
from qtydash.tui.models.tickets_rows import OptionRow
from qtydash.tui.models.tickets_shown import Metric, number_of
from qtydash.tui.widgets.grid_model import Cell, Column, Tone


@dataclass(frozen=True, slots=True)
class Calendared:
    """What a calendar is of: its title, its days, and of how many options they are the sum.

    Options may share one pool of stock, so that a sum of several counts a piece more than once.
    """

    title: str
    day: Callable[[date], Day | None]
    options: int = 1

    def is_low(self, day: Day, low: LowThreshold) -> bool:
        """Whether a day is low or worse: of several options, what they have together."""
        return day.is_low(low) if self.options == 1 else day.whole.is_low(low)

    def is_problem(self, on: date, low: LowThreshold, *, low_only: bool) -> bool:
        """Whether a date is low or worse or, unless only low ones are shown, does not add up."""
        day = self.day(on)
        if day is None:
            return False
        return self.is_low(day, low) or (not low_only and day.state(low) is DayState.MISMATCH)


def of_option(row: OptionRow) -> Calendared:
    """One option's days."""
    return Calendared(row.name, row.day)


def of_sum(rows: Sequence[OptionRow]) -> Calendared:
    """Each day of all options together."""

    def day(on: date) -> Day | None:
        records = [record for row in rows if (found := row.day(on)) is not None for record in found.records]
        return Day(tuple(records)) if records else None

    return Calendared(f"Sum of options ({len(rows)})", day, len(rows))


def fitting_lines(height: int) -> int:
    """How many lines a week may take so that six weeks and the header fit into ``height``: 1, 2 or 3."""
    return max(1, min(3, (height - MonthCalendar.header_lines) // 6))


def bar(left: int, most: int, width: int, glyphs: Glyphs) -> str:
    """How much of ``most`` is left, ``width`` cells wide; something left is never drawn as nothing.

    >>> from qtydash.tui.glyphs import ASCII
    >>> bar(1, 100, 5, ASCII), bar(50, 100, 5, ASCII), bar(-3, 100, 5, ASCII)
    ('#----', '##---', '-----')
    """
    if most <= 0 or left <= 0:
        return glyphs.bar_empty * width
    filled = min(width, max(1, width * left // most))
    return glyphs.bar_full * filled + glyphs.bar_empty * (width - filled)


class MonthCalendar:
    """The grid model of one month. A cell outside the month is empty; with ``low_only`` one of a day that is not
    low or worse holds the number of the day alone."""

    fixed = 0
    header_lines = 2

    def __init__(
        self,
        of: Calendared,
        month: date,
        *,
        metric: Metric,
        low: LowThreshold,
        today: date,
        glyphs: Glyphs,
        width: int,
        row_lines: int,
        low_only: bool = False,
    ) -> None:
        self.low_only = low_only
        self.of, self.metric, self.low, self.today, self.glyphs = of, metric, low, today, glyphs
        self.first = month.replace(day=1)
        self.row_lines = row_lines
        self._lead = self.first.weekday()
        self._length = monthrange(month.year, month.month)[1]
        self._cell_width = max(6, min(16, width // 7 - 1))
        self.columns: Sequence[Column] = tuple(Column(name, self._cell_width) for name in WEEKDAYS)

    @property
    def last(self) -> date:
        """The month's last day."""
        return self.first.replace(day=self._length)

    @property
    def row_count(self) -> int:
        return -(-(self._lead + self._length) // 7)

    def date_at(self, row: int, column: int) -> date | None:
        """The date of a cell, None outside the month."""
        offset = row * 7 + column - self._lead
        return self.first + timedelta(days=offset) if 0 <= offset < self._length else None

    def place_of(self, on: date) -> tuple[int, int]:
        """Row and column of a date of this month."""
        return divmod(self._lead + on.day - 1, 7)

    def header(self, line: int, column: int) -> Cell:
        if line == 0:
            return Cell(f"{MONTHS[self.first.month - 1]} {self.first.year}: {self.of.title}", "strong")
        return Cell(WEEKDAYS[column], "weekend" if column >= 5 else "")

    def cell(self, row: int, column: int, line: int = 0) -> Cell:
        on = self.date_at(row, column)
        if on is None:
            return Cell("")
        day = self.of.day(on)
        if self.low_only and (day is None or not self.of.is_low(day, self.low)):
            return Cell(f"{on.day:>2}" if line == 0 else "", "today" if on == self.today else "dim")
        state = day.state(self.low) if day is not None else None
        number = "" if day is None else self._number(day)
        sign = "" if state is None else mark_of(state, self.glyphs).strip()
        tone = self._tone(on, state)
        match self.row_lines, line:
            case 1, _:
                words = f"{on.day:>2} {number or self.glyphs.no_inventory}{sign}"
                return Cell(words, "today" if on == self.today and not tone else tone)
            case 2, 0:
                return Cell(f"{on.day:>2} {number or self.glyphs.no_inventory}{sign}", tone or self._date_tone(on))
            case 3, 0:
                return Cell(f"{on.day:>2} {sign}", self._date_tone(on))
            case 3, 1:
                return Cell(f"   {number or self.glyphs.no_inventory}", tone)
            case _:
                return Cell("" if day is None else f" {self._bar(day)}", tone)

    def _number(self, day: Day) -> str:
        shown = number_of(day, self.metric)
        text = "-" if shown is None else str(shown)
        if self.metric == "percent":
            return f"{text}%"
        whole = f"{text}/{day.max}"
        return whole if self.metric in ("left", "sold") and len(whole) + 4 <= self._cell_width else text

    def _bar(self, day: Day) -> str:
        return bar(day.left, day.max, self._cell_width - 2, self.glyphs)

    def _date_tone(self, on: date) -> Tone:
        if on == self.today:
            return "today"
        return "past" if on < self.today else "weekend" if on.weekday() >= 5 else "strong"

    def _tone(self, on: date, state: DayState | None) -> Tone:
        if state is None:
            return "dim"
        return "past" if on < self.today else TONE[state]

    def row_key(self, row: int) -> Hashable:
        return row

    def column_key(self, column: int) -> Hashable:
        return column

    def find_row(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) and key < self.row_count else None

    def find_column(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) else None
