"""Choose one product, several, or all of them."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from qtydash.config.models import NamedProduct
from qtydash.services.order_qty_products import Products
from qtydash.tui.models.marks import Marks, mark_column
from qtydash.tui.models.table import TableColumn
from qtydash.tui.screens.pick import Choice, PickScreen
from qtydash.tui.widgets.grid import Grid


class _Line(Input):
    """The line that narrows the list; a blank marks."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "screen.mark", "mark", show=False, priority=True)]


class ProductsScreen(PickScreen[Products]):
    """All configured products together, and each; the cursor starts on what is shown. Space marks, enter takes the
    marked, or what the cursor is on where nothing is marked."""

    line = _Line

    def __init__(self, products: Sequence[NamedProduct], shown: Products | None) -> None:
        self._codes = tuple(product.code for product in products)
        self._shown = shown
        self._marks: Marks[str] = Marks()
        choices = [Choice(Products((p.code,)), p.name or p.code, p.code) for p in products]
        if len(self._codes) > 1:
            choices.insert(0, Choice(Products(self._codes), f"All {len(self._codes)} products"))
        super().__init__("Products: space marks several, enter shows them", choices)

    def on_mount(self) -> None:
        self.call_after_refresh(self._start_on_shown)

    def _start_on_shown(self) -> None:
        grid = self.query_one(Grid)
        grid.move_cursor(grid.model.find_row(self._shown))

    def columns(self) -> Sequence[TableColumn[Choice[Products]]]:
        return (mark_column(lambda choice: self._marks.sign(choice.value.codes)), *super().columns())

    def action_mark(self) -> None:
        if (choice := self.choice_at_cursor()) is not None:
            self._marks = self._marks.toggle(*choice.value.codes)
            self.query_one(Grid).refresh()

    def take(self, choice: Choice[Products]) -> None:
        marked = self._marks.of(self._codes, str)
        self.dismiss(Products(marked) if marked else choice.value)
