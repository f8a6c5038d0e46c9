"""A cart: its gift selections above, its lines below, what the cursor is on explained.

What only a key asks for is loaded when it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from qtydash.config.models import CartSource
from qtydash.domain.carts import CartLine, GiftSelection, selections
from qtydash.domain.snapshot import plural
from qtydash.services.carts import OrderFileError
from qtydash.tui.bindings import bindings
from qtydash.tui.freshness import Freshness, PaneStatus
from qtydash.tui.jump import Place
from qtydash.tui.models.carts import CartView, lines_table, selections_table
from qtydash.tui.models.table import Order, Table, next_order
from qtydash.tui.panes.base import WIDE, Shown
from qtydash.tui.panes.carts_changed import READ_ONCE, CartReadings
from qtydash.tui.panes.carts_detail import between_line, line_lines, selection_lines
from qtydash.tui.panes.carts_remove import CartRemovals
from qtydash.tui.widgets.backdrop import Stack
from qtydash.tui.widgets.bar import Bar
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Line, Words
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.tui.panes.carts_open import SavedOrder

ROOMY = 30
"""From this height on both lists are shown; below, the one that has the focus."""

DETAIL_WIDTH = 64
"""Cells that the explanation takes beside the lists, as the style sheet says."""
SCROLLBAR = 1


class CartPane(CartRemovals):
    """The current cart of one session, or a saved order."""

    scope, number = "cart", 3
    query_command, explain_command = "cart.session", "cart.explain"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("cart")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.selections_order = Order()
        self.lines_order = Order()
        self.selections: Table[GiftSelection] | None = None
        self.lines: Table[CartLine] | None = None
        self.saved: SavedOrder | None = None
        self.lines_shown = False
        self.readings = CartReadings()
        sessions = self._section.sessions if self._section else ()
        self.query_now = sessions[0].name if sessions else None

    def compose_grids(self) -> ComposeResult:
        with Stack(classes="lists"):
            yield Bar(classes="changed")
            yield Grid(id="selections")
            yield Words(classes="between")
            yield Grid(id="lines")

    def on_mount(self) -> None:
        self._arrange()

    def on_resize(self) -> None:
        self._arrange()
        self.rebuild()

    @property
    def _lists_width(self) -> int:
        beside = DETAIL_WIDTH if self.size.width >= WIDE else 0
        return self.size.width - beside - SCROLLBAR

    @property
    def _section(self) -> CartSource | None:
        return self.workspace.profile.cart

    @property
    def query_ready(self) -> bool:
        return self.query_now is not None or self.saved is not None

    @property
    def _selections_grid(self) -> Grid:
        return self.query_one("#selections", Grid)

    @property
    def _lines_grid(self) -> Grid:
        return self.query_one("#lines", Grid)

    @property
    def grid(self) -> Grid:
        return self._lines_grid if self.lines_shown else self._selections_grid

    @property
    def selection_here(self) -> GiftSelection | None:
        table, at = self.selections, self._selections_grid.cursor_row
        return table.records[at] if table and not self.lines_shown and at < table.row_count else None

    @property
    def session(self) -> str | None:
        return self.query_now if self.saved is None else None

    @property
    def missing_query_words(self) -> str:
        name = self.workspace.profile.name
        return (
            f"No session is named yet. Add one under [[profiles.{name}.cart.sessions]], "
            f"or press {self.keys['cart.open']} to open a saved order."
        )

    @property
    def rows_exist(self) -> bool:
        if self.snapshot is None:
            return False
        cart = self.snapshot.data
        return bool(cart.lines or cart.order_markers or cart.infos)

    @property
    def freshness(self) -> Freshness:
        told = super().freshness
        if self.saved is None:
            return told
        # When a pasted order was saved is not known, only when it was pasted.
        come_by = "saved" if self.saved.file is not None else "pasted"
        return replace(told, words=told.words.replace("cached", come_by))

    # Reading.

    def _took(self, status: PaneStatus) -> None:
        self.readings.take(self.snapshot)
        super()._took(status)

    def refresh_live(self, *, cache_first: bool = False) -> None:
        if self.saved is None:
            super().refresh_live(cache_first=cache_first)
        else:
            self._read_saved(self.saved)

    def _read_saved(self, saved: SavedOrder) -> None:
        if saved != self.saved:
            self.saved, self.snapshot = saved, None
            self.readings.take(None)
        trouble = ""
        try:
            found = saved.read(self.workspace.now)
            if self.snapshot is None or saved.file is not None:
                self.snapshot = found
        except OrderFileError as bad:
            trouble = str(bad)
        self.stop_reading()
        self._readings += 1
        self._took(replace(self.status, trouble=trouble, answered=True, reading=False, configured=True))

    # Drawing.

    def build(self) -> None:
        if self.snapshot is None:
            return
        cart, glyphs = self.snapshot.data, self.workspace.glyphs
        view = CartView(self.words, changes=self.readings.changes, width=self._lists_width, removal=self.removal)
        self.selections = selections_table(cart, replace(view, order=self.selections_order), glyphs)
        self.lines = lines_table(cart, replace(view, order=self.lines_order), glyphs)
        if not self.grid.has_focus or not (self.lines if self.lines_shown else self.selections).row_count:
            self._show_a_list_with_rows()
        self._selections_grid.set_model(self.selections)
        self._lines_grid.set_model(self.lines)
        self._arrange()

    def _show_a_list_with_rows(self) -> None:
        if self.selections is not None and self.lines is not None:
            shown, other = (self.lines, self.selections) if self.lines_shown else (self.selections, self.lines)
            if not shown.row_count and other.row_count:
                self.lines_shown = not self.lines_shown

    def _arrange(self) -> None:
        """Both lists where there is room, else the one that has the focus, with a line that tells of the other."""
        roomy = self.size.height >= ROOMY
        self._selections_grid.display = roomy or not self.lines_shown
        self._lines_grid.display = roomy or self.lines_shown
        self.query_one(".changed", Bar).show(line := self.readings.line(self.keys["cart.difference"]))
        self.query_one(".changed", Bar).display = bool(line)
        if self.snapshot is not None and self.selections is not None:
            other = between_line(
                self.snapshot.data,
                self.selections.row_count,
                roomy,
                lines_shown=self.lines_shown,
                switch=self.keys["cart.switch"],
            )
            self.query_one(".between", Words).say([other])

    def subject(self) -> str:
        return self.saved.title if self.saved is not None else self.query_now or ""

    def summary(self) -> str:
        if self.snapshot is None or self.selections is None:
            return ""
        if self.snapshot.data.is_empty:
            return "empty cart"
        every = selections(self.snapshot.data)
        found = sum(len(s.findings) for s in every)
        gifts = plural(len(every), "gift selection") if every else "no gift selection"
        words = f"{plural(found, 'finding')} in {gifts}" if found else gifts
        if (shown := len(self.selections.records)) != len(every):
            words = f"{words}, {shown} shown"
        staged = ", removal staged" if self.removal.edit is not None else ""
        order = self.snapshot.data.order_id
        return f"{words}{staged}, order {order}" if order else f"{words}{staged}"

    def nothing_words(self) -> str:
        if self.snapshot is not None and not self.snapshot.complete:
            return " ".join(self.snapshot.warnings)
        if self.snapshot is not None and not self.snapshot.data.is_empty:
            return f"Order {self.snapshot.data.order_id} has no line and no gift selection."
        if self.saved is not None:
            return "The cart is empty: when this was saved, there was no current order (answer 204)."
        return (
            f"The cart of session {self.query_now} is empty: there is no current order (answer 204), "
            "so no gift is promised and none is missing."
        )

    @property
    def shown_count(self) -> int:
        """Selections and lines together: a cart without gifts still has lines to show."""
        shown = (self.selections, self.lines)
        return sum(table.row_count for table in shown if table is not None)

    def explain(self) -> Sequence[Line]:
        return self._explained(whole=self.has_class("-wide"))

    def _explained(self, *, whole: bool) -> Sequence[Line]:
        if self.selections is None or self.lines is None or self.snapshot is None or not self.grid.model.row_count:
            return ()
        cart, row = self.snapshot.data, self.grid.cursor_row
        if self.lines_shown:
            return line_lines(self.lines.records[row], self.readings.changes, cart)
        return selection_lines(
            self.selections.records[row],
            self.readings.changes,
            cart,
            self.workspace.glyphs,
            removal=self.removal,
            whole=whole,
            keys=self.keys,
        )

    def rows_shown(self) -> Shown:
        from qtydash.services import rows

        if self.selections is None or self.lines is None:
            return Shown((), ())
        if self.lines_shown:
            shown = rows.cart_lines(self.lines.records)
        else:
            shown = rows.cart_selections(self.selections.records)
        return Shown(tuple(shown[0]) if shown else (), shown)

    def next_sort(self) -> None:
        if self.selections is None or self.lines is None:
            return
        if self.lines_shown:
            self.lines_order = next_order(self.lines_order, range(len(self.lines.columns)))
        else:
            self.selections_order = next_order(self.selections_order, range(len(self.selections.columns)))
        self.rebuild()

    # Keys.

    def list_places(self) -> Iterator[Place]:
        for grid, lines in ((self._selections_grid, False), (self._lines_grid, True)):
            if grid.display:
                id = "pane.cart" if lines == self.lines_shown else "cart.switch"
                yield Place(grid.region.offset, id, partial(self._show_list, lines=lines))

    def why_not(self, id: str) -> str:
        records = self.selections.records if self.selections is not None else ()
        match id:
            case "cart.open":
                return ""
            case "cart.session" if self._section is not None and not self._section.sessions:
                return self.missing_query_words
            case "cart.switch" | "cart.explain" if self.status.configured and not self.rows_exist:
                return "There is no cart here to look at."
            case "cart.next_problem" | "cart.previous_problem" if not any(found.findings for found in records):
                return super().why_not(id) or "Every gift selection shown here fits."
            case "cart.difference" if not self.readings.compared:
                return super().why_not(id) or READ_ONCE
            case "cart.raw" if self.snapshot is not None and not self.snapshot.data.raw:
                why = "There is no answer to show: the cache keeps none, since it holds addresses."
                return f"{why} Press {self.keys['refresh']} to read it."
            case "cart.raw" if self.snapshot is None:
                return super().why_not(id) or "No cart was read yet."
            case _:
                return super().why_not(id)

    def action_switch(self) -> None:
        self._show_list(lines=not self.lines_shown)

    def _show_list(self, *, lines: bool) -> None:
        self.lines_shown = lines
        self._arrange()
        self.focus_grid()
        self.show_detail()

    def on_descendant_focus(self) -> None:
        """The other list was clicked on."""
        if self.is_mounted and self._lines_grid.has_focus != self.lines_shown:
            if self._lines_grid.has_focus or self._selections_grid.has_focus:
                self.lines_shown = self._lines_grid.has_focus
                self._arrange()
            self.show_detail()

    @on(Grid.Chosen)
    def action_explain(self) -> None:
        lines = self._explained(whole=True)
        if lines:
            self._show_page("Cart line" if self.lines_shown else "Gift selection", lines)

    def action_problem(self, step: int) -> None:
        """Go to the next selection that has a finding, round the end."""
        records = self.selections.records if self.selections is not None else ()
        found = [row for row, selection in enumerate(records) if selection.findings]
        if not found:
            return
        at = self._selections_grid.cursor_row if not self.lines_shown else -step
        ahead = [row for row in found if (row - at) * step > 0]
        self._show_list(lines=False)
        self._selections_grid.move_cursor((ahead or found)[0 if step > 0 else -1])

    def action_difference(self) -> None:
        self._show_page("Changed since the last read", self.readings.page())

    def _show_page(self, title: str, lines: Sequence[Line]) -> None:
        from qtydash.tui.screens.page import PageScreen

        self.app.push_screen(PageScreen(title, lines))

    def action_raw(self) -> None:
        from qtydash.tui.models import json_tree
        from qtydash.tui.screens.json_view import JsonScreen

        raw = self.snapshot.data.raw if self.snapshot is not None else ""
        try:
            document = json_tree.load(raw)
        except json_tree.NoJson as bad:
            self.notify(str(bad), markup=False)
            return
        self.app.push_screen(JsonScreen(f"JSON  {self.subject()}", document, self.workspace.glyphs))

    def action_choose_query(self) -> None:
        from qtydash.tui.panes.carts_sessions import SessionScreen

        sessions = self._section.sessions if self._section else ()
        self.app.push_screen(SessionScreen(sessions, self.reads, self.workspace.now()), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name is not None:
            self.saved = None
            self.ask(name)

    def action_open_file(self) -> None:
        from qtydash.tui.panes.carts_open import OpenOrderScreen, saved_order

        self.app.push_screen(
            OpenOrderScreen(self.workspace.now),
            lambda text: self._read_saved(saved_order(text)) if text else None,
        )
