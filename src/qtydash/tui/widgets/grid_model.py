"""What a grid draws and where its columns lie: pure, so that it is tested without a screen."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from qtydash.tui.widgets.fit import Align

Tone = Literal[
    "", "dim", "good", "low", "bad", "worst", "odd", "note", "weekend", "today", "group", "strong", "past"
]
"""What a cell means."""

TONES: Mapping[str, str] = MappingProxyType(
    {
        "dim": "dim",
        "past": "dim",
        "good": "$text-success",
        "low": "bold $text-warning",
        "bad": "bold $text-error",
        "worst": "bold reverse $text-error",
        "odd": "italic $text-accent",
        "note": "$text-accent",
        "weekend": "$text-secondary",
        "today": "bold reverse $accent",
        "group": "bold underline",
        "strong": "bold",
    }
)
"""How each is drawn, in the theme's own colours. As component classes each would cost every grid a DOM node."""


class Cell(NamedTuple):
    """What one cell shows. Text may come from outside: the grid makes it safe again and fits it."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``width`` is in cells; the flexible column, if any, takes the room that is left over."""

    label: str
    width: int
    align: Align = "left"
    flexible: bool = False


class GridModel(Protocol):
    """What a grid draws. Calls must be cheap: they come for each visible cell at each repaint."""

    @property
    def columns(self) -> Sequence[Column]: ...

    @property
    def fixed(self) -> int:
        """How many leading columns stay in place when the rest scrolls sideways."""

    @property
    def header_lines(self) -> int: ...

    @property
    def row_count(self) -> int: ...

    @property
    def row_lines(self) -> int:
        """How many lines of the screen one row takes."""

    def header(self, line: int, column: int) -> Cell: ...

    def cell(self, row: int, column: int, line: int = 0) -> Cell:
        """What one line of a cell shows."""

    def row_key(self, row: int) -> Hashable:
        """Identity of a row, by which the cursor stays on it when the model is replaced."""

    def column_key(self, column: int) -> Hashable:
        """Identity of a column."""

    def find_row(self, key: Hashable) -> int | None: ...

    def find_column(self, key: Hashable) -> int | None: ...


class NoRows:
    """The model of a grid that has nothing to show."""

    columns: Sequence[Column] = ()
    fixed = 0
    header_lines = 0
    row_count = 0
    row_lines = 1

    def header(self, line: int, column: int) -> Cell:
        raise IndexError(column)

    def cell(self, row: int, column: int, line: int = 0) -> Cell:
        raise IndexError(row)

    def row_key(self, row: int) -> Hashable:
        raise IndexError(row)

    def column_key(self, column: int) -> Hashable:
        raise IndexError(column)

    def find_row(self, key: Hashable) -> int | None:
        return None

    def find_column(self, key: Hashable) -> int | None:
        return None


GAP = 1


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Where each column lies. Scrolling columns count from 0 behind the fixed part; a gap follows each."""

    widths: tuple[int, ...]
    fixed: int
    fixed_width: int
    offsets: tuple[int, ...]
    """Start of each scrolling column, and at the end their total width."""

    def first_visible(self, scroll_x: int) -> int:
        """Index of the first scrolling column at or after ``scroll_x``, the last one beyond the end."""
        return self.fixed + min(bisect_left(self.offsets, scroll_x), max(0, len(self.offsets) - 2))

    def offset_of(self, column: int) -> int:
        """Where a column begins; that of the nearest scrolling one for a column that does not scroll."""
        return self.offsets[min(max(0, column - self.fixed), len(self.offsets) - 1)]

    def shown(self, scroll_x: int, room: int) -> range:
        """The scrolling columns that are whole within ``room`` cells, and at least one.

        A column that is cut is not drawn: a number that lost a digit is another number.
        """
        first = self.first_visible(scroll_x)
        last = self.fixed + bisect_right(self.offsets, self.offsets[first - self.fixed] + room + GAP) - 1
        return range(first, min(max(last, first + 1), len(self.widths)))

    def scroll_to_show(self, column: int, scroll_x: int, room: int) -> int:
        """The nearest ``scroll_x`` at which ``column`` is whole within ``room`` cells."""
        if column < self.fixed:
            return scroll_x
        index = column - self.fixed
        start, end = self.offsets[index], self.offsets[index] + self.widths[column]
        current = self.offsets[self.first_visible(scroll_x) - self.fixed]
        if start < current:
            return start
        if end <= current + room:
            return current
        snapped = bisect_left(self.offsets, max(0, end - room))
        return self.offsets[min(snapped, index)]


def lay_out(columns: Sequence[Column], fixed: int, width: int) -> ColumnLayout:
    """Give each column its width within ``width`` cells; the flexible one never gets less than it asks for."""
    widths = [column.width for column in columns]
    spare = width - sum(widths) - GAP * len(widths)
    for index, column in enumerate(columns):
        if column.flexible and spare > 0:
            widths[index] += spare
            break
    fixed = min(fixed, len(widths))
    offsets = tuple(accumulate((w + GAP for w in widths[fixed:]), initial=0))
    return ColumnLayout(tuple(widths), fixed, sum(widths[:fixed]) + GAP * fixed, offsets)
