"""What the held stock amounts to, on one line above the list."""

from rich.cells import cell_len

from qtydash.domain.order_qty import amount
from qtydash.domain.order_qty_sums import Tally, Totals
from qtydash.domain.snapshot import plural
from qtydash.tui.widgets.bar import Part


def totals_parts(totals: Totals, width: int) -> list[Part]:
    """Rows, what they hold, what of it stale carts do, and what is submitted, in the fullest wording that fits."""
    parts: list[Part] = []
    for held in (
        f"{_told(totals.stale)} of it by {plural(totals.stale_carts, 'stale cart')}"
        f" ({plural(totals.stale.rows, 'row')})",
        f"{_told(totals.stale)} of it by {plural(totals.stale_carts, 'stale cart')}",
        f"{_told(totals.stale)} stale",
    ):
        parts = [
            Part(f" {plural(totals.rows, 'row')}: {_told(totals.active)} held, "),
            Part(held, "bold $text-error" if totals.stale.rows else ""),
            Part(f", {_told(totals.submitted)} submitted"),
        ]
        if sum(cell_len(part.text) for part in parts) <= width:
            break
    return parts


def _told(tally: Tally) -> str:
    """A quantity; with a plus when some of its rows tell none."""
    return f"{amount(tally.quantity)}{'+?' if tally.unknown else ''}"
