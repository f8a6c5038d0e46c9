"""A cart: its gift selections above, its lines below."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from qtydash.config.models import CartSource
from qtydash.domain.carts import Cart, CartLine, GiftSelection
from qtydash.domain.snapshot import plural
from qtydash.domain.vendors import CART
from qtydash.services import rows
from qtydash.services.carts import OrderFileError, from_file
from qtydash.tui.commands import bindings
from qtydash.tui.models.carts import CartView, lines_table, money, number, selections_table
from qtydash.tui.models.table import Order, Table, next_order
from qtydash.tui.panes.base import Pane, Shown
from qtydash.tui.screens.pick import Choice, PickScreen
from qtydash.tui.screens.prompt import PromptScreen
from qtydash.tui.typed_path import BadPath, typed_path
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Line, Words
from qtydash.tui.workspace import Workspace


class CartPane(Pane[str, Cart]):
    """The current cart of one session, or a saved order."""

    scope, number, vendor = "cart", 3, CART
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("cart")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.cart)
        self.selections_order = Order()
        self.lines_order = Order()
        self.selections: Table[GiftSelection] | None = None
        self.lines: Table[CartLine] | None = None
        self.file: Path | None = None
        sessions = self._section.sessions if self._section else ()
        self.query_now = sessions[0].name if sessions else None

    def compose_grids(self) -> ComposeResult:
        yield Grid(id="selections")
        yield Words(classes="between")
        yield Grid(id="lines")

    @property
    def _section(self) -> CartSource | None:
        return self.workspace.profile.cart

    @property
    def query_ready(self) -> bool:
        return self.query_now is not None or self.file is not None

    @property
    def grid(self) -> Grid:
        lines = self.query_one("#lines", Grid)
        return lines if lines.has_focus else self.query_one("#selections", Grid)

    @property
    def missing_query_words(self) -> str:
        name = self.workspace.profile.name
        return (
            f"No session is named yet. Add one under [[profiles.{name}.cart.sessions]], "
            "or press O to open a saved order."
        )

    @property
    def rows_exist(self) -> bool:
        return self.snapshot is not None and not self.snapshot.data.is_empty

    def build(self) -> None:
        if self.snapshot is None:
            return
        cart, glyphs = self.snapshot.data, self.workspace.glyphs
        self.selections = selections_table(cart, CartView(self.words, self.selections_order), glyphs)
        self.lines = lines_table(cart, CartView(self.words, self.lines_order), glyphs)
        self.query_one("#selections", Grid).set_model(self.selections)
        self.query_one("#lines", Grid).set_model(self.lines)
        free = sum(line.free for line in cart.lines)
        heading = f"{plural(len(cart.lines), 'cart line')}, {plural(free, 'piece')} free"
        total = f", total {money(cart.total, cart.currency)}" if cart.total is not None else ""
        self.query_one(".between", Words).say([[Part(heading + total, "bold")]])

    def subject(self) -> str:
        if self.file is not None:
            return f"file {self.file.name}"
        return self.query_now or ""

    def summary(self) -> str:
        if self.snapshot is None or self.selections is None:
            return ""
        found = sum(len(s.findings) for s in self.selections.records)
        cart = self.snapshot.data
        words = f"order {cart.order_id or '-'}, {plural(len(self.selections.records), 'gift selection')}"
        return f"{words}, {plural(found, 'finding')}" if found else words

    def nothing_words(self) -> str:
        return "The cart is empty: there is no current order."

    @property
    def shown_count(self) -> int:
        """Selections and lines together: a cart without gifts still has lines to show."""
        shown = (self.selections, self.lines)
        return sum(table.row_count for table in shown if table is not None)

    def explain(self) -> Sequence[Line]:
        if self.selections is None or self.lines is None or self.snapshot is None:
            return ()
        grid = self.grid
        if grid.id == "lines":
            return _line_explained(self.lines.records[grid.cursor_row], self.snapshot.data)
        return _selection_explained(self.selections.records[grid.cursor_row])

    def rows_shown(self) -> Shown:
        if self.selections is None or self.lines is None:
            return Shown((), ())
        lines = self.grid.id == "lines"
        shown = rows.cart_lines(self.lines.records) if lines else rows.cart_selections(self.selections.records)
        return Shown(tuple(shown[0]) if shown else (), shown)

    def next_sort(self) -> None:
        if self.selections is None or self.lines is None:
            return
        if self.grid.id == "lines":
            self.lines_order = next_order(self.lines_order, range(len(self.lines.columns)))
        else:
            self.selections_order = next_order(self.selections_order, range(len(self.selections.columns)))
        self.rebuild()

    def refresh_live(self, *, cache_first: bool = False) -> None:
        if self.file is None:
            super().refresh_live(cache_first=cache_first)
        else:
            self._open(self.file)

    def action_switch(self) -> None:
        here = self.grid
        self.query_one("#selections" if here.id == "lines" else "#lines", Grid).focus()

    def on_descendant_focus(self) -> None:
        if self.is_mounted:
            self.show_detail()

    def action_choose_query(self) -> None:
        sessions = self._section.sessions if self._section else ()
        choices = [Choice(s.name, s.name, " ".join(filter(None, (s.organization, s.site)))) for s in sessions]
        self.app.push_screen(PickScreen("Session", choices), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name is not None:
            self.file = None
            self.ask(name)

    def action_open_file(self) -> None:
        def fault(text: str) -> str:
            try:
                path = typed_path(text)
                if path.exists() and not path.is_file():
                    return f"{path} is no plain file."
                from_file(path.absolute(), self.workspace.now)
            except (BadPath, OrderFileError) as bad:
                return str(bad)
            return ""

        note = "A saved answer of GET current, of a cart change, or of the agent's order call."
        self.app.push_screen(
            PromptScreen("Open a saved order", fault=fault, placeholder="order.json", note=note),
            lambda text: self._open(typed_path(text).absolute()) if text else None,
        )

    def _open(self, path: Path) -> None:
        try:
            self.snapshot = from_file(path, self.workspace.now)
            trouble = ""
        except OrderFileError as bad:
            trouble = str(bad)
        self.file = path
        self._readings += 1
        self._took(replace(self.status, trouble=trouble, reading=False, configured=True))


def _selection_explained(s: GiftSelection) -> list[Line]:
    gift = f"{s.gift_type} {s.gift_detail}".strip() or "gift"
    fate = {True: "taken out by itself", False: "stays"}
    lines: list[Line] = [
        [Part(s.promotion_name or s.promotion_id, "bold"), Part(f"  {gift}")],
        [
            Part(
                f"{number(s.granted)} granted: {number(s.automatic)} added automatically, {number(s.targeted)} "
                f"already in the cart and made free, {number(s.selected)} chosen, {number(s.removed)} declined, "
                f"{number(s.failed)} failed; {number(s.available)} still open"
            )
        ],
    ]
    lines += [
        [
            Part(
                f"{'' if f.certain else 'assumed rule: '}{f.message}",
                "$text-error" if f.certain else "$text-warning",
            )
        ]
        for f in s.findings
    ]
    carried = ", ".join(f"{c.name or c.line_id} ({c.marker.free} free of {c.quantity})" for c in s.lines)
    lines.append([Part(f"on {carried}" if carried else "on no cart line", "$text-muted")])
    lines.append([Part(f"promotion {s.promotion_id}  identifier {s.gift_id}", "$text-muted")])
    if s.auto_remove is not None:
        lines.append([Part(f"{fate[s.auto_remove]} when the cart no longer qualifies", "$text-muted")])
    return lines


def _line_explained(line: CartLine, cart: Cart) -> list[Line]:
    names = dict(cart.promotion_names)
    prices = f"unit price {money(line.unit_price, cart.currency)}, amount {money(line.amount, cart.currency)}"
    lines: list[Line] = [
        [Part(line.name or line.product_id or line.id, "bold")],
        [Part(f"{line.quantity} in the cart, {line.free} free; {prices}")],
    ]
    lines += [
        [
            Part(
                f"{names.get(m.promotion_id) or m.promotion_id}: {m.automatic} automatic, {m.targeted} targeted, "
                f"{m.selected} chosen, {m.remaining} not touched"
            )
        ]
        for m in line.markers
    ]
    lines.append([Part(f"line {line.id}  product {line.product_id}  SKU {line.sku_id}", "$text-muted")])
    return lines
