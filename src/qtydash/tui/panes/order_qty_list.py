"""The list of stock held by carts: what is read, filtered, grouped and told of it.

What only a key asks for is loaded when it does.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input

from qtydash.config import rules
from qtydash.config.models import NamedProduct, OrderQtySource
from qtydash.domain.order_qty import DEFAULT_STALE_AFTER, HoldState, OrderQty
from qtydash.domain.order_qty_sums import CartHolds, Totals
from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.vendors import ORDER_QTY
from qtydash.services.order_qty_products import ProductReads, Products
from qtydash.tui.freshness import Freshness
from qtydash.tui.models.marks import MarkSign
from qtydash.tui.models.order_qty import (
    Folding,
    HoldList,
    HoldsTable,
    HoldsView,
    Line,
    holds_table,
    line_key,
    records_of,
)
from qtydash.tui.models.order_qty_filter import FilterWords, filter_of
from qtydash.tui.models.order_qty_marks import Stale
from qtydash.tui.models.order_qty_totals import totals_parts
from qtydash.tui.models.table import Order, next_order
from qtydash.tui.panes.base import Shown
from qtydash.tui.panes.marking import MarkingPane
from qtydash.tui.panes.order_qty_detail import cart_lines, row_lines
from qtydash.tui.widgets import words
from qtydash.tui.widgets.backdrop import Stack
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.workspace import Workspace

REBUILD_EVERY = timedelta(seconds=30)


class TotalsLine(Bar):
    """What all rows amount to, whatever the filter hides."""

    totals = Totals()

    def show_totals(self, told: Totals) -> None:
        if told is not self.totals:
            self.totals = told
            self.refresh()

    def parts(self, width: int) -> tuple[Sequence[Part], Sequence[Part]]:
        return totals_parts(self.totals, width), ()


class HoldListPane(MarkingPane[Products, tuple[OrderQty, ...]]):
    """The order-quantity records of one product or several. How marks show is its subclass's."""

    scope, number, vendor = "order_qty", 4, ORDER_QTY
    fewer_rows, query_command = "order_qty.stale", "order_qty.product"
    DEFAULT_CSS = """
    HoldListPane .list { width: 1fr; height: 1fr; }
    HoldListPane .totals { background: $surface; }
    """

    def __init__(self, workspace: Workspace) -> None:
        section, one = workspace.profile.order_qty, workspace.sources.order_qty
        self._products: Sequence[NamedProduct] = section.products if section else ()
        self._names = {product.code: product.name or product.code for product in self._products}
        super().__init__(workspace, None if one is None else ProductReads(one, self._names))
        self.view = HoldsView()
        self.stale_only = False
        self.stale_after = section.stale_after if section else DEFAULT_STALE_AFTER
        self.listed: HoldList | None = None
        self._coming: HoldList | None = None
        self.table: HoldsTable | None = None
        self.totals: Totals | None = None
        self._summed_at = workspace.now()
        self._offered = ""
        self.query_now = Products((self._products[0].code,)) if self._products else None

    def compose_grids(self) -> ComposeResult:
        with Stack(classes="list"):
            yield TotalsLine(classes="totals")
            yield Grid()

    def on_mount(self) -> None:
        self.query_one(".filter", Input).placeholder = "stale, submitted, inactive, older:3h, or words to look for"

    def on_resize(self) -> None:
        if self.snapshot is not None:
            self.call_after_refresh(self.rebuild)

    @property
    def _section(self) -> OrderQtySource | None:
        return self.workspace.profile.order_qty

    @property
    def missing_query_words(self) -> str:
        name = self.workspace.profile.name
        return (
            f"No product is named yet. Add products to [profiles.{name}.order_qty]: "
            'products = [{ id = "...", name = "..." }].'
        )

    # What is shown.

    @property
    def several(self) -> bool:
        """Whether more than one product is listed."""
        return self.query_now is not None and len(self.query_now.codes) > 1

    @property
    def asked(self) -> FilterWords:
        """What the filter line and the stale key ask for."""
        return filter_of(self.words, stale_only=self.stale_only, keys=self.keys)

    def sign(self, line: Line) -> MarkSign:
        """How a line is marked."""
        return ""

    def take_over(self, before: HoldList, after: HoldList, stale_before: Stale, stale_now: Stale) -> None:
        """Other rows come in place of ``before``, or another threshold holds."""

    def prepare(self, snapshot: Snapshot[tuple[OrderQty, ...]]) -> None:
        listed = HoldList(snapshot, self._names)
        listed.prepare()
        listed.totals(self.workspace.now(), self.stale_after)
        self._coming = listed

    def build(self) -> None:
        if self.snapshot is None:
            return
        if self.listed is None or self.listed.snapshot is not self.snapshot:
            before, coming = self.listed, self._coming
            ready = coming is not None and coming.snapshot is self.snapshot
            listed = coming if coming is not None and ready else HoldList(self.snapshot, self._names)
            if before is not None:
                self.take_over(before, listed, self._is_stale, self._is_stale)
            self.listed, self.totals = listed, None
        if self.totals is None:
            self._summed_at, self.totals = self.listed.totals(self.workspace.now(), self.stale_after)
        self.view = replace(self.view, asked=self.asked)
        self.table = holds_table(
            self.listed,
            self.view,
            clock=self.workspace.now,
            stale_after=self.stale_after,
            glyphs=self.workspace.glyphs,
            sign=self.sign,
            width=self.grid.scrollable_content_region.width or self.across,
            several=self.several,
        )
        self.grid.set_model(self.table)
        self.query_one(TotalsLine).show_totals(self.totals)

    def subject(self) -> str:
        if self.query_now is None or self._section is None:
            return ""
        codes, known = self.query_now.codes, len(self._products)
        shown = f"all {known} products" if len(codes) == known else f"{len(codes)} of {known} products"
        what = shown if self.several else self._names.get(codes[0], codes[0])
        stale = ", stale only" if self.stale_only else ""
        return f"{what}, stale after {rules.in_words(self.stale_after)}{stale}"

    def summary(self) -> str:
        if self.table is None or self.listed is None:
            return ""
        shown, known = len(self.table.shown), len(self.listed.records)
        counted = plural(known, "row") if shown == known else f"{shown} of {plural(known, 'row')}"
        if not self.view.grouped:
            return counted
        return f"{counted} in {plural(sum(isinstance(line, CartHolds) for line in self.table.records), 'cart')}"

    def nothing_words(self) -> str:
        return f"No cart holds stock of {'these products' if self.several else 'this product'}."

    def _notice(self, told: Freshness) -> Sequence[words.Line]:
        said = [*([self._offered] if self._offered else []), *([fault] if (fault := self.asked.fault) else [])]
        return [*([Part(words, "$text-warning")] for words in said), *super()._notice(told)]

    def offer(self, words: str) -> None:
        """Say above the rows that something waits to be done, "" for nothing."""
        if words != self._offered:
            self._offered = words
            self.show_status()

    def explain(self) -> Sequence[words.Line]:
        line = self.line
        if line is None or self.listed is None:
            return ()
        now = self.workspace.now()
        if isinstance(line, CartHolds):
            return cart_lines(line, self.listed, now, self.stale_after)
        return row_lines(line, self.listed, now, self.stale_after)

    def rows_shown(self) -> Shown:
        from qtydash.services import rows

        shown = self.table.shown if self.table is not None else ()
        return Shown(rows.ORDER_QTY_COLUMNS, rows.order_qty(shown, self.workspace.now(), self.stale_after))

    def copied_text(self) -> str:
        return super().copied_text().partition("\t")[2]  # without the column of marks

    def next_sort(self) -> None:
        if self.table is not None:
            self.view = replace(self.view, order=next_order(self.view.order, self.table.sortable))
            self.rebuild()

    def tick(self) -> None:
        """Ages go on; now and then the list is made anew, since fresh holds have become stale."""
        if self.listed is not None and self.workspace.now() - self._summed_at >= REBUILD_EVERY:
            self._summed_at = self.workspace.now()
            self._count_in_background(self.listed)
        else:
            self.grid.refresh_moved()
            super().tick()

    @work(group="count", exclusive=True, exit_on_error=False)
    async def _count_in_background(self, listed: HoldList) -> None:
        listed.forget_ages()
        await asyncio.to_thread(listed.totals, self.workspace.now(), self.stale_after)
        if listed is self.listed:
            self.totals = None
            self.rebuild()

    def count_anew(self) -> None:
        """Make list and totals as of now."""
        if self.listed is not None:
            self.listed.forget_ages()
        self.totals = None
        self.rebuild()

    @property
    def line(self) -> Line | None:
        """What the cursor is on."""
        at = self.grid.cursor_row
        return self.table.records[at] if self.table is not None and at < self.table.row_count else None

    def _is_stale(self, record: OrderQty) -> bool:
        return record.state(self.workspace.now(), self.stale_after) is HoldState.STALE

    def _go_to(self, *lines: Line) -> None:
        """Put the cursor on the first of ``lines`` that is shown."""
        if self.table is not None:
            found = (self.table.find_row(line_key(line)) for line in lines)
            self.grid.move_cursor(next((row for row in found if row is not None), None))

    # Keys.

    def why_not(self, id: str) -> str:
        if not id.startswith("order_qty.") or not self.status.configured:
            return super().why_not(id)
        match id:
            case "order_qty.product":
                return "" if self._products else self.missing_query_words
            case "order_qty.threshold":
                return ""
            case _ if not self.rows_exist:
                return "There is no row here."
            case "order_qty.fold" if not self.view.grouped:
                group = self.keys["order_qty.group"]
                return f"There is nothing to fold: press {group} to group the rows by cart."
            case _:
                return ""

    def action_low(self) -> None:
        self.stale_only = not self.stale_only
        self.rebuild()

    def action_group(self) -> None:
        line = self.line
        self.view = replace(self.view, grouped=not self.view.grouped)
        self.rebuild()
        if line is not None:
            self._go_to(line, *records_of(line), *self._cart_of(line))

    def _cart_of(self, line: Line) -> Sequence[CartHolds]:
        """The heading that a line is under, where there is one."""
        cart_id = line.cart_id if isinstance(line, CartHolds) else line.consumer_cart_id
        carts = (found for found in (self.table.records if self.table else ()) if isinstance(found, CartHolds))
        return [cart for cart in carts if cart.cart_id == cart_id]

    @on(Grid.Chosen)
    def _fold(self) -> None:
        line = self.line
        for cart in self._cart_of(line) if line is not None else ():
            self.view = replace(self.view, folding=self.view.folding.turned(cart.cart_id))
            self.rebuild()
            self._go_to(cart)

    def action_fold_all(self) -> None:
        line = self.line
        self.view = replace(self.view, folding=Folding(not self.view.folding.folded))
        self.rebuild()
        if line is not None:
            self._go_to(line, *self._cart_of(line))

    def action_threshold(self) -> None:
        from qtydash.tui.screens.prompt import PromptScreen

        usual = rules.in_words(self._section.stale_after if self._section else DEFAULT_STALE_AFTER)
        self.app.push_screen(
            PromptScreen(
                "Stale when not touched for longer than",
                fault=_threshold_fault,
                value=rules.in_words(self.stale_after),
                note=f"45m, 3h, 2d or 1h30m, until you leave; the profile says {usual}.",
            ),
            self._threshold_given,
        )

    def _threshold_given(self, typed: str | None) -> None:
        if typed is None:
            return
        was, self.stale_after = self.stale_after, rules.duration(typed)
        if self.listed is not None:
            now = self.workspace.now()
            self.take_over(
                self.listed, self.listed, lambda r: r.state(now, was) is HoldState.STALE, self._is_stale
            )
        self.count_anew()

    def action_choose_query(self) -> None:
        from qtydash.tui.panes.order_qty_products import ProductsScreen

        self.app.push_screen(ProductsScreen(self._products, self.query_now), self._products_chosen)

    def _products_chosen(self, products: Products | None) -> None:
        if products is not None:
            self.view = replace(self.view, order=Order())  # the columns are others
            self.ask(products)


def _threshold_fault(typed: str) -> str:
    try:
        rules.duration(typed)
    except ValueError:
        return "That is no length of time. Write 45m, 3h, 2d or 1h30m, from 1s to 365d."
    return ""
