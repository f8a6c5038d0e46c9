"""A list as a grid model: typed columns over a sequence of records."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
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
        return next((row for row, record in enumerate(self.records) if self.key(record) == key), None)

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


def holding(records: Sequence[R], texts: Sequence[str], words: Sequence[str]) -> Sequence[R]:
    """The records whose text, told at the same place in ``texts``, holds every word; both in one case."""
    if not words:
        return records
    first, *others = words
    kept = [(record, text) for record, text in zip(records, texts, strict=True) if first in text]
    for word in others:
        kept = [(record, text) for record, text in kept if word in text]
    return [record for record, _ in kept]


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
    by = columns[order.column].sort if 0 <= order.column < len(columns) else None
    return sorted(kept, key=by, reverse=order.descending) if by is not None else kept


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)
