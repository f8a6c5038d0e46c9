"""Stock held by carts, and the marks on what is to be freed.

What only a key asks for is loaded when it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from qtydash.domain.changes import IN_DOUBT, Intent, Kind
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.order_qty_filter import all_stale
from qtydash.domain.order_qty_sums import CartHolds
from qtydash.domain.snapshot import plural
from qtydash.services.order_qty_intents import deletion_intent, held_ids
from qtydash.tui.batch_ended import BatchEnded
from qtydash.tui.bindings import bindings
from qtydash.tui.models.marks import MarkSign
from qtydash.tui.models.order_qty import HoldList, Line, records_of
from qtydash.tui.models.order_qty_marks import (
    Stale,
    markable,
    marks_after,
    marks_keys,
    marks_parts,
    refusal,
)
from qtydash.tui.panes.order_qty_list import HoldListPane
from qtydash.tui.widgets.bar import Bar, Part

if TYPE_CHECKING:
    from qtydash.services.batch import BatchResult


class MarksLine(Bar):
    """What is marked. The keys for it, with ``delete`` to delete, give way to that where both do not fit."""

    def __init__(self, delete: str) -> None:
        super().__init__(classes="marks")
        self._delete = delete

    def parts(self, width: int) -> tuple[Sequence[Part], Sequence[Part]]:
        left, _ = super().parts(width)
        return left, marks_keys(left, width, self._delete)


class OrderQtyPane(HoldListPane):
    """The held stock of one product or several, and the marks on it."""

    change_kinds = frozenset({Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART})
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("order_qty")]
    DEFAULT_CSS = """
    OrderQtyPane > .marks { background: $warning-muted; color: $foreground; display: none; }
    """

    def marks_line(self) -> Bar:
        return MarksLine(self.keys["order_qty.delete"])

    @property
    def marked(self) -> tuple[OrderQty, ...]:
        """The marked records as they were last read, in the vendor's order; none while nothing is shown."""
        if self.listed is None or self.snapshot is None:
            return ()
        return self.marks.of(self.listed.records, lambda record: record.id)

    def rebuild(self) -> None:
        super().rebuild()
        self.show_marks()

    def sign(self, line: Line) -> MarkSign:
        return self.marks.sign(record.id for record in records_of(line))

    def take_over(self, before: HoldList, after: HoldList, stale_before: Stale, stale_now: Stale) -> None:
        if not self.marks:
            return
        self.marks, told = marks_after(self.marks, before.by_id, after.by_id, stale_before, stale_now)
        if told:
            self.notify(told, severity="warning", timeout=10, markup=False)

    def show_marks(self) -> None:
        bar, marked = self.query_one(MarksLine), self.marked
        bar.display = bool(marked)
        shown = self.marks.of(self.table.shown, lambda record: record.id) if self.table is not None else ()
        left = marks_parts(marked, self.workspace.now(), self.stale_after, len(marked) - len(shown))
        bar.show(left)

    def action_mark(self) -> None:
        line = self.line
        if line is None:
            return
        records = records_of(line)
        self.mark(self.marks.toggle(*(record.id for record in markable(records))))
        if told := refusal(records):
            self.notify(told, severity="warning", markup=False)

    def action_mark_stale(self) -> None:
        self.count_anew()  # as of now, so that what is marked is what is told to be stale
        if self.table is None or self.totals is None:
            return
        now = self.workspace.now()
        stale = all_stale(self.table.shown, now, self.stale_after)
        self.mark(self.marks.add(record.id for record in stale))
        if not stale:
            self.notify("Nothing was marked: no row shown is stale.", markup=False)
        elif hidden := self.totals.stale.rows - len(all_stale(self.marked, now, self.stale_after)):
            self.notify(f"{plural(hidden, 'stale row')} not marked: the filter hides them.", markup=False)

    def why_not(self, id: str) -> str:
        if id not in ("order_qty.delete", "order_qty.delete_cart") or not self.status.configured:
            return super().why_not(id)
        if locked := self.workspace.changes.locked:
            return locked
        if id == "order_qty.delete" and self.marked:
            return ""
        return "" if self.line is not None else "There is no row here to delete."

    # Deleting. Nothing is staged: the review opens on what is frozen here, and leaving it leaves nothing behind.

    def action_delete(self) -> None:
        from qtydash.tui.screens.clean_up import CleanUpScreen

        self.app.clear_notifications()  # they would cover what is asked
        records = self.marked or (records_of(self.line) if self.line is not None else ())
        free = markable(records)
        if told := refusal(records, "deleted"):
            self._refuse(told)
        intents = self._frozen(free)
        if intents:
            self.app.push_screen(CleanUpScreen(self.workspace, intents, self.stale_after), self._over)

    def action_delete_cart(self) -> None:
        from qtydash.tui.screens.clean_up import CartCleanUpScreen

        line = self.line
        if line is None:
            return
        cart = line.cart_id if isinstance(line, CartHolds) else line.consumer_cart_id
        if not cart:
            self._refuse(f"This row names no cart: {self.keys['order_qty.delete']} deletes it alone.")
            return
        self.app.clear_notifications()
        shown = self.query_now.codes if self.query_now is not None else ()
        products = tuple(dict.fromkeys((*(product.code for product in self._products), *shown)))
        self.app.push_screen(CartCleanUpScreen(self.workspace, cart, products, self.stale_after), self._over)

    def _frozen(self, records: Sequence[OrderQty]) -> Sequence[Intent]:
        """Deletions of records as they are shown; none, and a reason is told, where a record's list is unsure."""
        codes = self.query_now.codes if self.query_now is not None else ()
        if self.snapshot is None:
            return ()
        now, seen_at = self.workspace.now(), self.snapshot.fetched_at
        intents = []
        for record in records:
            product = codes[0] if len(codes) == 1 else record.product_id
            if product not in codes:
                self._refuse(
                    f"Row {record.id} names product {product}, which is not listed: list one product alone."
                )
                return ()
            intents.append(deletion_intent(record, product, now=now, seen_at=seen_at))
        return intents

    def _over(self, result: BatchResult | None) -> None:
        if result is not None and result.results:
            self.refresh_live()

    @on(BatchEnded)
    def _let_go(self, message: BatchEnded) -> None:
        """Marks of what was deleted, or may have been, go without a word. Where nobody watched to the end, it
        is read again."""
        ours = [found for found in message.result.results if found.change.intent.kind in self.change_kinds]
        done = {
            id
            for found in ours
            if found.is_done or found.state in IN_DOUBT
            for id in held_ids(found.change.intent)
        }
        if done & self.marks.keys:
            self.mark(self.marks.remove(done))
        if ours and not message.seen:
            self.refresh_live()

    def _refuse(self, why: str) -> None:
        self.notify(why, severity="warning", timeout=10, markup=False)
