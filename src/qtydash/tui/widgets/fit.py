"""Fits text into cells by the width a terminal gives it, never by its length."""

from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size

from qtydash.domain.text import safe_text

Align = Literal["left", "right", "center"]

CUT = "⋯"
"""Shows that text was cut: one cell wide everywhere, which the usual ellipsis is not."""


@lru_cache(maxsize=16_384)
def fit(text: str, width: int, align: Align = "left") -> str:
    """``text`` made safe and exactly ``width`` cells wide: padded, or cut with a mark.

    >>> fit("gift", 6), fit("gift", 3), fit("7", 3, "right")
    ('gift  ', 'gi⋯', '  7')
    """
    if width <= 0:
        return ""
    text = safe_text(text)
    taken = cell_len(text)
    if taken > width:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + CUT, width)
    room = width - taken
    if align == "right":
        return " " * room + text
    if align == "center":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room
