"""A list as a grid model: typed columns over a sequence of records."""

from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress, islice, repeat
from operator import contains, indexOf
from typing import Any, Generic, TypeVar

from rich.cells import cell_len

from qtydash.tui.glyphs import UNICODE, Glyphs
from qtydash.tui.widgets.fit import Align
from qtydash.tui.widgets.grid_model import GAP, Cell, Column

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TableColumn(Generic[R]):
    """One column of a list: how it looks, what it shows of a record, and by what it sorts."""

    label: str
    width: int
    show: Callable[[R], Cell]
    sort: Callable[[R], Any] | None = None
    align: Align = "left"
    flexible: bool = False
    timed: bool = False
    """Whether what it sorts by changes as time goes on."""


@dataclass(frozen=True, slots=True)
class Order:
    """The column a list is sorted by, and which way. ``column`` -1 is the vendor's own order."""

    column: int = -1
    descending: bool = False


def next_order(order: Order, sortable: Sequence[int]) -> Order:
    """The order after ``order`` in the cycle: each sortable column up, then down, then the vendor's own."""
    if order.column >= 0 and not order.descending:
        return Order(order.column, True)
    later = [c for c in sortable if c > order.column]
    return Order(later[0]) if later else Order()


@dataclass(frozen=True)
class Table(Generic[R]):
    """Records under columns. The first ``fixed`` columns do not scroll sideways."""

    table_columns: Sequence[TableColumn[R]]
    records: Sequence[R]
    key: Callable[[R], Hashable]
    fixed: int = 0
    order: Order = field(default_factory=Order)
    header_lines: int = 1
    glyphs: Glyphs = UNICODE

    def __post_init__(self) -> None:
        grid_columns = tuple(
            Column(c.label, max(c.width, len(c.label) + 1), c.align, c.flexible) for c in self.table_columns
        )
        object.__setattr__(self, "_columns", grid_columns)

    @property
    def sortable(self) -> Sequence[int]:
        """The columns that rows can be sorted by."""
        return [at for at, column in enumerate(self.table_columns) if column.sort is not None]

    @property
    def columns(self) -> Sequence[Column]:
        columns: tuple[Column, ...] = self.__dict__["_columns"]
        return columns

    @property
    def row_count(self) -> int:
        return len(self.records)

    @property
    def row_lines(self) -> int:
        return 1

    def header(self, line: int, column: int) -> Cell:
        label = self.table_columns[column].label
        if column != self.order.column:
            return Cell(label)
        return Cell(f"{label}{self.glyphs.down if self.order.descending else self.glyphs.up}", "note")

    def cell(self, row: int, column: int, line: int = 0) -> Cell:
        return self.table_columns[column].show(self.records[row])

    def row_key(self, row: int) -> Hashable:
        return self.key(self.records[row])

    def column_key(self, column: int) -> Hashable:
        return column

    def find_row(self, key: Hashable) -> int | None:
        try:
            return indexOf(map(self.key, self.records), key)
        except ValueError:
            return None

    def find_column(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) and key < len(self.table_columns) else None


def fitting(columns: Sequence[TableColumn[R]], width: int) -> Sequence[TableColumn[R]]:
    """The leading columns that are whole within ``width`` cells, one at least: what is left over is the flexible
    one's. For lists whose other columns can be read elsewhere."""
    ends = accumulate(column.width + GAP for column in columns)
    return columns[: max(1, sum(end - GAP <= width for end in ends))]


_SAMPLE = 500


def widest(texts: Iterable[str], least: int, most: int) -> int:
    """The width that the first few hundred texts need, within bounds; looking at all of them would be slow."""
    return max(least, min(most, max(map(cell_len, islice(texts, _SAMPLE)), default=least)))


def holding(texts: Sequence[str], words: Sequence[str]) -> Sequence[bool]:
    """Whether each of the texts holds every word; both in one case."""
    first, *others = words
    held = list(map(contains, texts, repeat(first)))
    for word in others:
        held = [so_far and word in text for so_far, text in zip(held, texts, strict=True)]
    return held


class Arranged(Generic[R]):
    """Records, and their places in the order last asked for.

    To sort 100,000 takes ten times as long as to look through their texts, so it must not be done at each letter
    of a filter.
    """

    def __init__(self, records: Sequence[R]) -> None:
        self._records = records
        self._asked: object = None
        self._timed = False
        self._places: Sequence[int] = ()

    def chosen(
        self, columns: Sequence[TableColumn[R]], order: Order, passes: Sequence[bool] | None, by: object = None
    ) -> Sequence[R]:
        """Those that ``passes`` is true of, all where it is None, in ``order``. ``by`` is what the columns sort by
        besides the records: when it is another, they are sorted anew."""
        records, sort = self._records, _sort_of(columns, order)
        if sort is None:
            return records if passes is None else list(compress(records, passes))
        if (order, by) != self._asked:
            keys = list(map(sort, records))
            places = sorted(range(len(records)), key=keys.__getitem__, reverse=order.descending)
            self._asked, self._places = (order, by), array("I", places)
            self._timed = columns[order.column].timed
        if passes is None:
            return list(map(records.__getitem__, self._places))
        shown = compress(self._places, map(passes.__getitem__, self._places))
        return list(map(records.__getitem__, shown))

    def time_passed(self) -> None:
        """Sort anew when an order is asked for next that time changes."""
        if self._timed:
            self._asked = None


def arranged(
    records: Sequence[R],
    columns: Sequence[TableColumn[R]],
    order: Order,
    words: Sequence[str],
    text: Callable[[R], str],
) -> Sequence[R]:
    """The records that hold every word of the filter (case aside), in ``order``."""
    wanted = [word.casefold() for word in words]
    kept: Sequence[R] = records
    if wanted:
        kept = [r for r in records if _holds(text(r).casefold(), wanted)]
    sort = _sort_of(columns, order)
    return sorted(kept, key=sort, reverse=order.descending) if sort is not None else kept


def _sort_of(columns: Sequence[TableColumn[R]], order: Order) -> Callable[[R], Any] | None:
    return columns[order.column].sort if 0 <= order.column < len(columns) else None


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)
