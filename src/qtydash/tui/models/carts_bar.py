"""How granted pieces were used, as a bar of one letter for each piece."""

from collections.abc import Sequence
from typing import NamedTuple

from qtydash.domain.cart_words import USES
from qtydash.domain.carts import GiftSelection
from qtydash.tui.glyphs import Glyphs

BAR_WIDTH = 8
"""Cells of the longest bar; more pieces than that share them."""


class Run(NamedTuple):
    """A stretch of the bar: what it stands for (a use, ``open``, or ``untold``), how it is drawn, how long."""

    field: str
    mark: str
    cells: int


def bar(selection: GiftSelection, glyphs: Glyphs, width: int = BAR_WIDTH) -> list[Run]:
    """The five uses, what is open, and what nobody accounts for. A piece is a cell where they all fit into
    ``width``; else the cells are shared in proportion, and whatever is there gets one at least."""
    counts = [(use.field, use.letter, getattr(selection, use.field) or 0) for use in USES]
    counts.append(("open", glyphs.bar_empty, selection.available or 0))
    counts.append(("untold", glyphs.mismatch, untold(selection)))
    shown = [(field, mark, count) for field, mark, count in counts if count > 0]
    cells = shared([count for _, _, count in shown], width)
    return [Run(field, mark, n) for (field, mark, _), n in zip(shown, cells, strict=True)]


def untold(selection: GiftSelection) -> int:
    """Granted pieces that are neither used nor open; 0 where more is told than was granted."""
    used = [getattr(selection, use.field) or 0 for use in USES]
    told = sum(max(0, count) for count in (*used, selection.available or 0))
    return max(0, (selection.granted or 0) - told)


def shared(counts: Sequence[int], width: int) -> list[int]:
    """``width`` cells shared among positive counts in proportion, none left with nothing; the counts themselves
    where they fit. ``width`` is no less than the number of counts.

    >>> shared([1, 1, 2], 8), shared([1, 99], 8), shared([10, 20, 30], 6)
    ([1, 1, 2], [1, 7], [1, 2, 3])
    """
    total = sum(counts)
    if total <= width:
        return list(counts)
    cells = [max(1, count * width // total) for count in counts]
    while sum(cells) != width:
        step = 1 if sum(cells) < width else -1
        # to whoever has least of what is due, from whoever has most; nobody loses the last cell
        due = [count * width / total - has for count, has in zip(counts, cells, strict=True)]
        able = [i for i, has in enumerate(cells) if step > 0 or has > 1]
        cells[max(able, key=lambda i: due[i] * step)] += step
    return cells


def bar_text(selection: GiftSelection, glyphs: Glyphs, width: int = BAR_WIDTH) -> str:
    """The bar without its colours: ``SR▱▱``."""
    return "".join(run.mark * run.cells for run in bar(selection, glyphs, width))
