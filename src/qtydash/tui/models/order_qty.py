"""The list of stock held by carts, row by row or under a heading for each cart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from qtydash.domain.order_qty import HoldState, OrderQty, age_words, amount
from qtydash.domain.order_qty_sums import CartHolds, Totals, by_cart, totals
from qtydash.domain.snapshot import Snapshot, plural
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.marks import MarkSign, mark_column
from qtydash.tui.models.order_qty_filter import FilterWords
from qtydash.tui.models.table import Arranged, Order, Table, TableColumn, arranged, holding, widest
from qtydash.tui.widgets.grid_model import Cell, Tone

Line = OrderQty | CartHolds
"""What one line of the list shows: a record, or the heading of a cart."""

STATE_TONE: dict[HoldState, Tone] = {
    HoldState.STALE: "bad",
    HoldState.FRESH: "good",
    HoldState.SUBMITTED: "",
    HoldState.INACTIVE: "dim",
    HoldState.DELETED: "dim",
    HoldState.UNKNOWN_AGE: "odd",
    HoldState.FUTURE: "odd",
}

NO_CART = "(no cart)"
CRAMPED = 76
"""Below this many cells names and states are cut, so that all that tells one row from another is there."""


@dataclass(frozen=True, slots=True)
class Folding:
    """Which carts show their heading only: all but ``but``, or none but them."""

    folded: bool = False
    but: frozenset[str] = frozenset()

    def __contains__(self, cart_id: object) -> bool:
        return self.folded != (cart_id in self.but)

    def turned(self, cart_id: str) -> "Folding":
        """With this cart the other way."""
        return replace(self, but=self.but ^ {cart_id})


@dataclass(frozen=True, slots=True)
class HoldsView:
    """How the operator wants to see the holds."""

    asked: FilterWords = field(default_factory=FilterWords)
    order: Order = field(default_factory=Order)
    grouped: bool = False
    folding: Folding = field(default_factory=Folding)


class HoldList:
    """The records of one snapshot, and what is found out about all of them: once each, however often it is asked.

    ``names`` are what products are called.
    """

    def __init__(self, snapshot: Snapshot[tuple[OrderQty, ...]], names: Mapping[str, str]) -> None:
        self.snapshot = snapshot
        self.names = names
        self._rows = Arranged(snapshot.data)
        self._totals: tuple[timedelta, datetime, Totals] | None = None

    @property
    def records(self) -> tuple[OrderQty, ...]:
        return self.snapshot.data

    @cached_property
    def by_id(self) -> Mapping[str, OrderQty]:
        return {record.id: record for record in self.records}

    @cached_property
    def carts(self) -> Sequence[CartHolds]:
        return by_cart(self.records)

    @cached_property
    def products(self) -> Sequence[str]:
        """What the products of the records are called."""
        return sorted({self.product(record) for record in self.records})

    @cached_property
    def _texts(self) -> Sequence[str]:
        told = (
            (r.consumer_cart_id, r.id, self.product(r), r.product_id, r.inventory_id, r.region_id)
            for r in self.records
        )
        return [" ".join(texts).casefold() for texts in told]

    def prepare(self) -> None:
        """Find out all of it now, but for the carts, which not everyone asks for."""
        _ = self.by_id, self.products, self._texts

    def totals(self, now: datetime, stale_after: timedelta) -> tuple[datetime, Totals]:
        """What all records amount to, and as of when: of a little earlier where it was asked for before."""
        if self._totals is None or self._totals[0] != stale_after:
            self._totals = (stale_after, now, totals(self.records, now, stale_after))
        return self._totals[1:]

    def forget_ages(self) -> None:
        """Count and sort anew when totals or an order are asked for next: fresh records have become stale."""
        self._totals = None
        self._rows.time_passed()

    def product(self, record: OrderQty) -> str:
        """What the record's product is called."""
        return self.names.get(record.product_id) or record.product_id

    def chosen(
        self,
        asked: FilterWords,
        now: datetime,
        stale_after: timedelta,
        columns: Sequence[TableColumn[Any]] = (),
        order: Order = Order(),  # noqa: B008 - frozen
    ) -> Sequence[OrderQty]:
        """The records that the filter asks for, in ``order``: that by state is kept until ``forget_ages``."""
        passes = holding(self._texts, asked.words) if asked.words else None
        records = self._rows.chosen(columns, order, passes, stale_after)
        return asked.holds.chosen(records, now, stale_after)


@dataclass(frozen=True)
class HoldsTable(Table[Line]):
    """The list as a grid draws it; ``shown`` are the records in it, those of folded carts too."""

    shown: Sequence[OrderQty] = ()


def touched(line: Line) -> datetime | None:
    """When it was last touched, of a cart its oldest record."""
    return line.oldest if isinstance(line, CartHolds) else line.last_touched


def records_of(line: Line) -> tuple[OrderQty, ...]:
    """The records that a line stands for."""
    return line.records if isinstance(line, CartHolds) else (line,)


def line_key(line: Line) -> str | tuple[str, str]:
    """A line's identity: a cart and a record may have the same id."""
    return line.id if isinstance(line, OrderQty) else ("cart", line.cart_id)


def holds_table(
    listed: HoldList,
    view: HoldsView,
    *,
    clock: Callable[[], datetime],
    stale_after: timedelta,
    glyphs: Glyphs,
    sign: Callable[[Line], MarkSign] = lambda line: "",
    width: int = 120,
    several: bool = False,
) -> HoldsTable:
    """The holds that the view lets through, under their columns.

    Which rows are shown is as of now, and their order, but that by state is kept until ``forget_ages``; ages,
    states and marks are told as of when they are drawn. ``several`` adds the product of each row, for a list of
    more than one.
    """
    now = clock()
    columns = _Columns(listed, view, clock, stale_after, glyphs, width, several).all(sign)
    if not view.grouped:
        shown = listed.chosen(view.asked, now, stale_after, columns, view.order)
        return HoldsTable(columns, shown, line_key, fixed=2, order=view.order, glyphs=glyphs, shown=shown)
    shown = listed.chosen(view.asked, now, stale_after)
    whole = len(shown) == len(listed.records)
    carts = arranged(listed.carts if whole else by_cart(shown), columns, view.order, (), str)
    lines: list[Line] = []
    ordered: list[OrderQty] = []
    for cart in carts:
        rows = arranged(cart.records, columns, view.order, (), str)
        ordered += rows
        lines.append(cart)
        if cart.cart_id not in view.folding:
            lines += rows
    return HoldsTable(columns, lines, line_key, fixed=2, order=view.order, glyphs=glyphs, shown=ordered)


@dataclass(frozen=True, slots=True)
class _Columns:
    """What each column shows of a record, and of a cart's heading."""

    listed: HoldList
    view: HoldsView
    clock: Callable[[], datetime]
    stale_after: timedelta
    glyphs: Glyphs
    width: int
    several: bool

    def all(self, sign: Callable[[Line], MarkSign]) -> Sequence[TableColumn[Any]]:
        records, cramped, several = self.listed.records, self.width < CRAMPED, self.several
        product = widest(self.listed.products, 8 if cramped else 10, 8 if cramped else 14) if several else 0
        state = 18 if cramped and several else 19
        others = 1 + 9 + 8 + state + 4 + (product + 1 if several else 0)  # what must not be pushed out, with gaps
        cart = widest((r.consumer_cart_id for r in records), 8, 24) + (2 if self.view.grouped else 0)
        cart = max(10, min(cart, self.width - others))
        return (
            mark_column(sign),
            TableColumn("Cart", cart, self._cart, _of(lambda c: c.cart_id, lambda r: r.consumer_cart_id)),
            *([TableColumn("Product", product, self._product, self._product_order)] if several else ()),
            TableColumn("Quantity", 9, self._quantity, _of(lambda c: c.total.quantity, _quantity), align="right"),
            TableColumn(
                "Age", 8, lambda line: Cell(age_words(touched(line), self.clock())), _untouched, align="right"
            ),
            TableColumn("State", state, self._state, self._state_order, timed=True),
            TableColumn("Why", 40, self._why),
            *(
                TableColumn(label, widest(map(told, records), 8, 24), _dim(told), _of(lambda _: "", told))
                for label, told in _IDS.items()
            ),
        )

    def _cart(self, line: Line) -> Cell:
        if isinstance(line, CartHolds):
            folded = line.cart_id in self.view.folding
            return Cell(
                f"{self.glyphs.folded if folded else self.glyphs.unfolded} {line.cart_id or NO_CART}", "strong"
            )
        return Cell(f"  {line.id}", "dim") if self.view.grouped else Cell(line.consumer_cart_id or NO_CART)

    def _product(self, line: Line) -> Cell:
        names = {self.listed.product(record) for record in records_of(line)}
        return Cell(names.pop() if len(names) == 1 else plural(len(names), "product"))

    def _product_order(self, line: Line) -> str:
        return min(self.listed.product(record).casefold() for record in records_of(line))

    def _quantity(self, line: Line) -> Cell:
        if isinstance(line, CartHolds):
            return Cell(amount(line.total.quantity), "strong")
        was, arrow = self.listed.snapshot.previous.get(line.id), ""
        if isinstance(was, Decimal) and line.quantity is not None and was != line.quantity:
            arrow = self.glyphs.up if line.quantity > was else self.glyphs.down
        return Cell(f"{arrow}{amount(line.quantity)}")

    def _state(self, line: Line) -> Cell:
        now = self.clock()
        if isinstance(line, OrderQty):
            return Cell(line.why(now, self.stale_after).state, STATE_TONE[line.state(now, self.stale_after)])
        states = [record.state(now, self.stale_after) for record in line.records]
        rows, stale = plural(len(states), "row"), states.count(HoldState.STALE)
        if len(set(states)) == 1:
            return Cell(f"{rows}, {states[0].words}", STATE_TONE[states[0]])
        return Cell(f"{rows}, {stale} stale", "bad") if stale else Cell(rows)

    def _state_order(self, line: Line) -> tuple[str, float]:
        """By state, in each by age; of carts those with most stale records first."""
        now = self.clock()
        if isinstance(line, OrderQty):
            return line.state(now, self.stale_after), _untouched(line)
        return "", -sum(r.state(now, self.stale_after) is HoldState.STALE for r in line.records)

    def _why(self, line: Line) -> Cell:
        if isinstance(line, OrderQty):
            return Cell(line.why(self.clock(), self.stale_after).facts, "dim")
        return Cell(states_words(line, self.clock(), self.stale_after), "dim")


def states_words(cart: CartHolds, now: datetime, stale_after: timedelta) -> str:
    """How many of a cart's records are in which state: ``2 stale, 1 submitted``."""
    found = [record.state(now, stale_after) for record in cart.records]
    return ", ".join(f"{found.count(state)} {state.words}" for state in HoldState if state in found)


_IDS: dict[str, Callable[[OrderQty], str]] = {
    "Inventory": lambda r: r.inventory_id,
    "Region": lambda r: r.region_id,
    "Id": lambda r: r.id,
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _of(of_cart: Callable[[CartHolds], Any], of_record: Callable[[OrderQty], Any]) -> Callable[[Line], Any]:
    return lambda line: of_cart(line) if isinstance(line, CartHolds) else of_record(line)


def _dim(told: Callable[[OrderQty], str]) -> Callable[[Line], Cell]:
    return lambda line: Cell("") if isinstance(line, CartHolds) else Cell(told(line) or "-", "dim")


def _quantity(record: OrderQty) -> Decimal:
    return record.quantity or Decimal(0)


def _untouched(line: Line) -> float:
    """Orders by age, an unknown one last."""
    at = touched(line)
    return float("inf") if at is None else (_BEGINNING - at).total_seconds()
