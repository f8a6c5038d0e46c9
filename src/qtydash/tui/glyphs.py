"""The marks the panes draw, each one cell wide on every terminal, with a plain ASCII set beside them."""

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
    duplicate: str
    finding: str
    fine: str
    cut: str


UNICODE = Glyphs(
    up="▴",
    down="▾",
    low="!",
    sold_out="✗",
    oversold="✘",
    mismatch="?",
    no_inventory=".",
    unlimited="∞",
    duplicate="⧉",
    finding="!",
    fine="✓",
    cut="⋯",
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
    duplicate="dup",
    finding="!",
    fine="ok",
    cut="~",
)
