"""The rows of a clean-up: what would be deleted of which cart, and what came of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qtydash.domain.changes import State
from qtydash.domain.order_qty import OrderQty, age_words, amount
from qtydash.domain.row_ends import RowEnd, end_in_review, row_end
from qtydash.services.clean_up import rows_read
from qtydash.services.order_qty_intents import held_ids
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.review import SENDING, WAITING, ReviewRow, Standing, why_words
from qtydash.tui.models.table import Table, TableColumn, widest
from qtydash.tui.widgets.grid_model import GAP, Cell, Tone

DELETE, LEFT_OUT, READING = "delete", "left out", "reading"

_TONES: Mapping[str, Tone] = {
    DELETE: "good",
    LEFT_OUT: "dim",
    READING: "dim",
    WAITING: "dim",
    SENDING: "note",
    RowEnd.DELETED: "good",
    RowEnd.GONE: "good",
    RowEnd.SKIPPED: "low",
    RowEnd.REJECTED: "bad",
    RowEnd.UNKNOWN: "worst",
    RowEnd.NOT_ATTEMPTED: "dim",
}
_STATE = 16
_WHY = 24
"""Cells in which a reason begins to make sense; in fewer it stands below the rows only."""
_SCROLLBAR = 1


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One row that is to be deleted. ``at`` is its deletion's place in the review: a cart's rows share theirs.

    ``record`` is the row as it was read, None where it is gone.
    """

    at: int
    id: str
    row: ReviewRow
    record: OrderQty | None


def hold_lines(rows: Sequence[ReviewRow]) -> Sequence[HoldLine]:
    """The rows that the deletions of a review take, in its order."""
    lines = []
    for at, row in enumerate(rows):
        read = {record.id: record for record in rows_read(row.proposal)}
        lines += [HoldLine(at, id, row, read.get(id)) for id in held_ids(row.intent)]
    return lines


def end_of(line: HoldLine) -> RowEnd | None:
    """How a row ended; None while it waits or is on its way. One that was not let go ended in the review."""
    row = line.row
    if not row.batched:
        return RowEnd.NOT_ATTEMPTED if row.standing is not Standing.REFUSED else end_in_review(row.proposal)
    if line.record is None:  # of a cart: it was gone before the others went
        return RowEnd.GONE
    if row.result is None or row.result.state is State.SENT:
        return None
    return row_end(row.result.state, row.result.phase)


def state_words(line: HoldLine, *, begun: bool) -> str:
    """How a row stands before anything is sent, or what came of it since."""
    row = line.row
    if begun:
        end = end_of(line)
        return end if end is not None else WAITING if row.result is None else SENDING
    match row.standing:
        case Standing.READING:
            return READING
        case Standing.LEFT_OUT:
            return LEFT_OUT
        case Standing.REFUSED:
            return end_in_review(row.proposal)
        case _:
            return DELETE if line.record is not None else RowEnd.GONE


def clean_up_table(
    lines: Sequence[HoldLine], names: Mapping[str, str], now: datetime, glyphs: Glyphs, width: int, *, begun: bool
) -> Table[HoldLine]:
    """The rows in ``width`` cells, with the reasons where there is room. ``names`` are the products'."""

    def state(line: HoldLine) -> Cell:
        words = state_words(line, begun=begun)
        return Cell(words, _TONES.get(words, "note"))

    columns: list[TableColumn[HoldLine]] = [
        TableColumn("State", _STATE, state),
        TableColumn("Quantity", 9, lambda line: Cell(_quantity(line), "strong"), align="right"),
        TableColumn("Age", 8, lambda line: Cell(_age(line, now)), align="right"),
    ]
    products = {product_of(line, names) for line in lines}
    if len(products) > 1:
        columns.append(TableColumn("Product", widest(products, 8, 14), lambda line: Cell(product_of(line, names))))
    room = width - _SCROLLBAR - sum(column.width + GAP for column in columns)
    carts = widest((cart_of(line) for line in lines), 8, 24)
    told = room >= carts + GAP + _WHY
    columns.append(
        TableColumn("Cart", carts if told else max(8, room), lambda line: Cell(cart_of(line)), flexible=not told)
    )
    if told:
        columns.append(TableColumn("Why", _WHY, lambda line: Cell(why_words(line.row), "dim"), flexible=True))
    return Table(columns, lines, lambda line: (line.at, line.id), fixed=1, glyphs=glyphs)


def _quantity(line: HoldLine) -> str:
    return "-" if line.record is None else amount(line.record.quantity)


def _age(line: HoldLine, now: datetime) -> str:
    return "-" if line.record is None else age_words(line.record.last_touched, now)


def cart_of(line: HoldLine) -> str:
    """The cart of a row."""
    return str(line.row.intent.ids["cart"]) or "(no cart)"


def product_of(line: HoldLine, names: Mapping[str, str]) -> str:
    """What the product of a row is called."""
    ids = line.row.intent.ids
    code = str(ids.get("product") or ids.get(f"hold:{line.id}") or "")
    return names.get(code) or code


def ends_of(lines: Iterable[HoldLine]) -> Sequence[RowEnd]:
    """The ends of the rows that have one."""
    return [end for line in lines if (end := end_of(line)) is not None]
