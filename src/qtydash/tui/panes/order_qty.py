"""Stock held by carts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from textual.binding import BindingType

from qtydash.config.models import OrderQtySource
from qtydash.domain.order_qty import DEFAULT_STALE_AFTER, OrderQty
from qtydash.domain.snapshot import age_in_words, plural
from qtydash.domain.vendors import ORDER_QTY
from qtydash.services import rows
from qtydash.tui.commands import bindings
from qtydash.tui.models.order_qty import STATE_WORDS, HoldsView, age_words, amount, holds_table, totals
from qtydash.tui.models.table import Table, next_order
from qtydash.tui.panes.base import Pane, Shown
from qtydash.tui.screens.pick import Choice, PickScreen
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace

REBUILD_EVERY = timedelta(seconds=30)


class OrderQtyPane(Pane[str, tuple[OrderQty, ...]]):
    """The order-quantity records of one product."""

    scope, number, vendor = "order_qty", 4, ORDER_QTY
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("order_qty")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.order_qty)
        self.view = HoldsView()
        self._built_at = workspace.now()
        self.table: Table[OrderQty] | None = None
        products = self._section.products if self._section else ()
        self.query_now = products[0].code if products else None

    @property
    def _section(self) -> OrderQtySource | None:
        return self.workspace.profile.order_qty

    @property
    def stale_after(self) -> timedelta:
        return self._section.stale_after if self._section else DEFAULT_STALE_AFTER

    @property
    def missing_query_words(self) -> str:
        name = self.workspace.profile.name
        return (
            f"No product is named yet. Add products to [profiles.{name}.order_qty]: "
            'products = [{ id = "...", name = "..." }].'
        )

    def build(self) -> None:
        if self.snapshot is None:
            return
        self._built_at = self.workspace.now()
        self.table = holds_table(
            self.snapshot,
            replace(self.view, words=self.words),
            clock=self.workspace.now,
            stale_after=self.stale_after,
            glyphs=self.workspace.glyphs,
        )
        self.grid.set_model(self.table)

    def subject(self) -> str:
        if self.query_now is None or self._section is None:
            return ""
        names = {p.code: p.name for p in self._section.products}
        return f"{names.get(self.query_now) or self.query_now}{', stale only' if self.view.stale_only else ''}"

    def summary(self) -> str:
        if self.snapshot is None:
            return ""
        t = totals(self.snapshot.data, self.workspace.now(), self.stale_after)
        stale = f"{amount(t.stale)} stale ({plural(t.stale_rows, 'row')})"
        return f"{plural(t.rows, 'row')}; pieces: {amount(t.active)} active, {stale}"

    def nothing_words(self) -> str:
        return "No cart holds stock of this product."

    def explain(self) -> Sequence[Line]:
        if self.table is None:
            return ()
        record, now = self.table.records[self.grid.cursor_row], self.workspace.now()
        state = record.state(now, self.stale_after)
        touched = record.last_touched
        when = f", last touched {touched:%Y-%m-%d %H:%M:%S} UTC" if touched else ""
        limit = age_in_words(self.stale_after.total_seconds())
        return [
            [Part(f"{amount(record.quantity)} held by cart {record.consumer_cart_id or '-'}", "bold")],
            [Part(f"{STATE_WORDS[state]}: age {age_words(record, now)}{when}; stale after {limit}")],
            [
                Part(
                    f"id {record.id}  inventory {record.inventory_id or '-'}  region {record.region_id or '-'}",
                    "$text-muted",
                )
            ],
        ]

    def rows_shown(self) -> Shown:
        shown = self.table.records if self.table is not None else ()
        return Shown(rows.ORDER_QTY_COLUMNS, rows.order_qty(shown, self.workspace.now(), self.stale_after))

    def next_sort(self) -> None:
        self.view = replace(self.view, order=next_order(self.view.order, range(7)))
        self.rebuild()

    def tick(self) -> None:
        """Ages go on; now and then the list is made anew, since fresh holds have become stale."""
        now = self.workspace.now()
        if self.snapshot is not None and now - self._built_at >= REBUILD_EVERY:
            self.rebuild()
        else:
            self.grid.refresh()
            super().tick()

    def action_low(self) -> None:
        self.view = replace(self.view, stale_only=not self.view.stale_only)
        self.rebuild()

    def action_choose_query(self) -> None:
        if self._section is None:
            return
        choices = [Choice(p.code, p.name or p.code, p.code) for p in self._section.products]
        self.app.push_screen(PickScreen("Product", choices), lambda code: self.ask(code) if code else None)
