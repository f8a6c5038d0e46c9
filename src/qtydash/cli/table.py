"""Plain aligned text for a terminal: widths by cell, so that CJK titles keep the columns straight."""

from collections.abc import Sequence
from decimal import Decimal

from rich.cells import cell_len, set_cell_size

from qtydash.domain.text import safe_text
from qtydash.services.export import Row, plain_cell

WIDEST = 60
"""Cells of one column; a longer text is cut and the cut is shown."""


def table_text(columns: Sequence[str], rows: Sequence[Row], widest: int | None = WIDEST) -> str:
    """A header line and a line per row; numbers to the right, no line ends in blanks.

    ``widest`` is the cells that a column may have, None for as many as it needs.
    """
    lines = [[_words(row[column], widest) for column in columns] for row in rows]
    heads = [column.replace("_", " ").upper() for column in columns]
    numeric = [bool(rows) and all(_is_number(row[column]) for row in rows) for column in columns]
    widths = [max(map(cell_len, column)) for column in zip(heads, *lines, strict=True)]
    return "".join("  ".join(map(_aligned, line, widths, numeric)).rstrip() + "\n" for line in (heads, *lines))


def _words(value: object, widest: int | None) -> str:
    text = safe_text(plain_cell(value))
    if widest is None or cell_len(text) <= widest:
        return text
    return set_cell_size(text, widest - 1).rstrip() + "…"


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))


def _aligned(text: str, width: int, to_the_right: bool) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if to_the_right else text + blanks
