"""The marks the panes draw, with a plain ASCII set beside them.

Each is one cell wide on every terminal, but for the sign of the unlimited, which some East Asian terminals draw
in two; it stands alone in its cell.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of marks."""

    up: str
    down: str
    low: str
    sold_out: str
    oversold: str
    mismatch: str
    no_inventory: str
    unlimited: str
    finding: str
    fine: str
    bar_full: str
    bar_empty: str
    levels: str
    """What a sparkline is drawn with, from nothing to full."""
    up_since_yesterday: str
    down_since_yesterday: str
    folded: str
    unfolded: str
    becomes: str
    """Between what was and what will be."""


UNICODE = Glyphs(
    up="▴",
    down="▾",
    low="!",
    sold_out="✗",
    oversold="✘",
    mismatch="?",
    no_inventory=".",
    unlimited="∞",
    finding="!",
    fine="✓",
    bar_full="▰",
    bar_empty="▱",
    levels=" ⣀⣤⣶⣿",
    up_since_yesterday="▵",
    down_since_yesterday="▿",
    folded="▸",
    unfolded="▾",
    becomes="➔",
)

ASCII = Glyphs(
    up="^",
    down="v",
    low="!",
    sold_out="x",
    oversold="X",
    mismatch="?",
    no_inventory=".",
    unlimited="unlimited",
    finding="!",
    fine="ok",
    bar_full="#",
    bar_empty="-",
    levels=" .:|#",
    up_since_yesterday="'",
    down_since_yesterday=",",
    folded=">",
    unfolded="v",
    becomes="->",
)
