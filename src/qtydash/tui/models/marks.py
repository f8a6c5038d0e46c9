"""Rows an operator marked, and the column that shows it. Pure: the panes keep one ``Marks`` and replace it."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from qtydash.tui.models.table import TableColumn
from qtydash.tui.widgets.grid_model import Cell

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

MarkSign = Literal["", "*", "-"]
"""Not marked, marked, and of a group: some of it is. The same on every terminal, whatever its glyphs."""


@dataclass(frozen=True, slots=True)
class Marks(Generic[K]):
    """The keys of the marked rows. A mark stays with its key, so it survives a refresh and a new order.

    >>> marks = Marks(frozenset({"a"}))
    >>> sorted(marks.toggle("a", "b")), sorted(marks.toggle("a"))
    (['a', 'b'], [])
    """

    keys: frozenset[K] = frozenset()

    def __contains__(self, key: object) -> bool:
        return key in self.keys

    def __iter__(self) -> Iterator[K]:
        return iter(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def toggle(self, *keys: K) -> "Marks[K]":
        """Mark all of ``keys``; unmark them when all are marked already."""
        given = frozenset(keys)
        return Marks(self.keys - given if given <= self.keys else self.keys | given)

    def add(self, keys: Iterable[K]) -> "Marks[K]":
        """Mark these too."""
        return Marks(self.keys.union(keys))

    def remove(self, keys: Iterable[K]) -> "Marks[K]":
        """Unmark these."""
        return Marks(self.keys.difference(keys))

    def keep_only(self, keys: AbstractSet[K]) -> "Marks[K]":
        """Drop every mark that is not among ``keys``: its row is gone, or may not be marked any more."""
        return Marks(self.keys & keys)

    def of(self, records: Iterable[R], key: Callable[[R], K]) -> tuple[R, ...]:
        """The marked ones of ``records``, in their order."""
        return tuple(record for record in records if key(record) in self.keys) if self.keys else ()

    def sign(self, keys: Iterable[K]) -> MarkSign:
        """How a row that stands for ``keys`` is shown: marked, partly marked, or not."""
        if not self.keys:
            return ""
        marked = [key in self.keys for key in keys]
        return "*" if marked and all(marked) else "-" if any(marked) else ""


def mark_column(sign: Callable[[R], MarkSign]) -> TableColumn[R]:
    """The narrow column in front of a list. ``sign`` is asked at each repaint, so marking needs no new model."""
    return TableColumn("", 1, lambda record: Cell(sign(record), "note"))
