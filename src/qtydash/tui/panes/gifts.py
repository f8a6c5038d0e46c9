"""Gift stock."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from qtydash.domain.gifts import Gift, duplicate_skus
from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.vendors import GIFTS
from qtydash.services import rows
from qtydash.tui.commands import bindings
from qtydash.tui.models.gifts import GiftsView, gifts_table, marks
from qtydash.tui.models.table import Table, next_order
from qtydash.tui.panes.base import Pane, Shown
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace


class GiftsPane(Pane[None, tuple[Gift, ...]]):
    """All gifts of the shop with what is left of each."""

    scope, number, vendor = "gifts", 2, GIFTS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("gifts")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.gifts)
        self.view = GiftsView()
        self.table: Table[Gift] | None = None
        self._counted: Snapshot[tuple[Gift, ...]] | None = None
        self._duplicates: frozenset[str] = frozenset()

    @property
    def query_ready(self) -> bool:
        return True

    def build(self) -> None:
        section = self.workspace.profile.gifts
        if self.snapshot is None or section is None:
            return
        if self.snapshot is not self._counted:
            self._counted, self._duplicates = self.snapshot, duplicate_skus(self.snapshot.data)
        view = replace(self.view, words=self.words)
        self.table = gifts_table(self.snapshot, view, section, self.workspace.glyphs)
        self.grid.set_model(self.table)

    def subject(self) -> str:
        return "low only" if self.view.low_only else ""

    def summary(self) -> str:
        section = self.workspace.profile.gifts
        if self.snapshot is None or section is None or self.table is None:
            return ""
        gifts = self.snapshot.data
        low = sum(g.is_low(section.low) for g in gifts)
        shown = f"{self.table.row_count} of " if self.table.row_count != len(gifts) else ""
        return f"{shown}{plural(len(gifts), 'gift')}, {low} low"

    def nothing_words(self) -> str:
        return "This shop has no gifts."

    def explain(self) -> Sequence[Line]:
        section = self.workspace.profile.gifts
        if self.snapshot is None or self.table is None or section is None:
            return ()
        gift = self.table.records[self.grid.cursor_row]
        found = marks(gift, section.low, self._duplicates)
        stock = "" if gift.unlimited else f"{gift.quantity} left"
        was = self.snapshot.previous.get(gift.id)
        moved = f", {was} at the read before" if isinstance(was, int) and was != gift.quantity else ""
        lines: list[Line] = [
            [Part(gift.title(section.languages) or gift.sku or gift.id, "bold")],
            [Part(f"{stock}{moved}  " if stock else ""), Part(found.words, "$text-warning")],
            [Part(f"SKU {gift.sku or '-'}  {gift.status}  id {gift.id}", "$text-muted")],
        ]
        if found.duplicate:
            lines.append([Part("Other gifts carry this SKU too: tell them apart by id.", "$text-warning")])
        return lines

    def rows_shown(self) -> Shown:
        section = self.workspace.profile.gifts
        shown = self.table.records if self.table is not None else ()
        return Shown(rows.GIFT_COLUMNS, rows.gifts(shown, section.languages if section else ()))

    def next_sort(self) -> None:
        if self.table is not None:
            self.view = replace(self.view, order=next_order(self.view.order, range(5)))
            self.rebuild()

    def action_low(self) -> None:
        self.view = replace(self.view, low_only=not self.view.low_only)
        self.rebuild()
