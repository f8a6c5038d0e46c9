"""The list of stock held by carts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from qtydash.domain.order_qty import HoldState, OrderQty
from qtydash.domain.snapshot import Snapshot, age_in_words
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.table import Order, Table, TableColumn, arranged, widest
from qtydash.tui.widgets.grid_model import Cell, Tone

STATE_TONE: dict[HoldState, Tone] = {
    HoldState.STALE: "bad",
    HoldState.FRESH: "good",
    HoldState.SUBMITTED: "",
    HoldState.INACTIVE: "dim",
    HoldState.DELETED: "dim",
    HoldState.UNKNOWN_AGE: "odd",
}

STATE_WORDS: dict[HoldState, str] = {
    HoldState.STALE: "stale",
    HoldState.FRESH: "fresh",
    HoldState.SUBMITTED: "submitted",
    HoldState.INACTIVE: "inactive",
    HoldState.DELETED: "deleted",
    HoldState.UNKNOWN_AGE: "unknown age",
}


@dataclass(frozen=True, slots=True)
class HoldsView:
    """How the operator wants to see the holds."""

    stale_only: bool = False
    words: tuple[str, ...] = ()
    order: Order = Order()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class HoldTotals:
    """Rows and pieces of one product's holds. Quantities are decimal."""

    rows: int
    active: Decimal
    stale_rows: int
    stale: Decimal
    submitted: Decimal


def totals(records: Sequence[OrderQty], now: datetime, stale_after: timedelta) -> HoldTotals:
    """What the holds amount to; a record without a quantity counts as a row only."""
    sums: dict[HoldState, Decimal] = {}
    stale_rows = 0
    for record in records:
        state = record.state(now, stale_after)
        stale_rows += state is HoldState.STALE
        sums[state] = sums.get(state, Decimal(0)) + (record.quantity or Decimal(0))
    counting = (HoldState.STALE, HoldState.FRESH, HoldState.UNKNOWN_AGE)
    return HoldTotals(
        rows=len(records),
        active=sum((sums.get(s, Decimal(0)) for s in counting), Decimal(0)),
        stale_rows=stale_rows,
        stale=sums.get(HoldState.STALE, Decimal(0)),
        submitted=sums.get(HoldState.SUBMITTED, Decimal(0)),
    )


def amount(quantity: Decimal | None) -> str:
    """A quantity as people write it: no exponent, no needless zeros; ``-`` when none is known.

    >>> amount(Decimal("3.500")), amount(Decimal("1E+2")), amount(None)
    ('3.5', '100', '-')
    """
    if quantity is None:
        return "-"
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def age_words(record: OrderQty, now: datetime) -> str:
    """How long ago the hold was touched; in words where that is not known or lies in the future."""
    age = record.age(now)
    if age is None:
        return "unknown"
    if age < timedelta(0):
        return f"in {age_in_words(-age.total_seconds(), 2)}"
    return age_in_words(age.total_seconds(), 2)


def holds_table(
    snapshot: Snapshot[tuple[OrderQty, ...]],
    view: HoldsView,
    *,
    clock: Callable[[], datetime],
    stale_after: timedelta,
    glyphs: Glyphs,
) -> Table[OrderQty]:
    """The holds that the view lets through, under their columns.

    Which rows are shown, and their order, is as of now; ages and states are told as of when they are drawn.
    """
    previous, now = snapshot.previous, clock()

    def quantity(record: OrderQty) -> Cell:
        was = previous.get(record.id)
        arrow = ""
        if isinstance(was, Decimal) and record.quantity is not None and was != record.quantity:
            arrow = glyphs.up if record.quantity > was else glyphs.down
        return Cell(f"{arrow}{amount(record.quantity)}")

    def state(record: OrderQty) -> Cell:
        told = record.state(clock(), stale_after)
        return Cell(STATE_WORDS[told], STATE_TONE[told])

    def seconds(record: OrderQty) -> float:
        age = record.age(now)
        return float("inf") if age is None else age.total_seconds()

    def id_column(label: str, id_of: Callable[[OrderQty], str], tone: Tone = "dim") -> TableColumn[OrderQty]:
        width = widest(map(id_of, snapshot.data), 8, 24)
        return TableColumn(label, width, lambda r: Cell(id_of(r) or "-", tone), id_of)

    columns: Sequence[TableColumn[OrderQty]] = (
        id_column("Cart", lambda r: r.consumer_cart_id, ""),
        TableColumn("Quantity", 9, quantity, lambda r: r.quantity or Decimal(0), align="right"),
        TableColumn("Age", 10, lambda r: Cell(age_words(r, clock())), seconds, align="right"),
        TableColumn("State", 11, state, lambda r: STATE_WORDS[r.state(now, stale_after)]),
        id_column("Inventory", lambda r: r.inventory_id),
        id_column("Region", lambda r: r.region_id),
        id_column("Id", lambda r: r.id),
    )
    records: Sequence[OrderQty] = snapshot.data
    if view.stale_only:
        records = [r for r in records if r.state(now, stale_after) is HoldState.STALE]
    records = arranged(
        records,
        columns,
        view.order,
        view.words,
        lambda r: (
            f"{r.consumer_cart_id} {r.id} {r.inventory_id} {r.region_id} {STATE_WORDS[r.state(now, stale_after)]}"
        ),
    )
    return Table(columns, records, lambda r: r.id, fixed=1, order=view.order, glyphs=glyphs)
