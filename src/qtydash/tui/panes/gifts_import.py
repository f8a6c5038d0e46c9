"""Import counts: ask for the file, show what fits, stage it."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from qtydash.domain.changes import Intent
from qtydash.domain.gifts import Gift
from qtydash.domain.snapshot import Snapshot
from qtydash.services.stock_take import StockTake, file_bytes, stock_take
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.gifts import UnderWay
from qtydash.tui.models.gifts_import import counted_lines, faults, report_lines, report_table, stageable
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.screens.prompt import PromptScreen
from qtydash.tui.typed_path import BadPath, typed_path
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Words

NOTE = "CSV with a header: id or sku, and quantity (counted) or delta (more or fewer)."


def counts_prompt() -> PromptScreen:
    """Ask for the file of counts."""
    return PromptScreen("Import counts from", fault=counts_fault, placeholder="counts.csv", note=NOTE)


def counts_fault(typed: str) -> str:
    """Why a name is that of no file to read, "" when it is one."""
    try:
        path = typed_path(typed)
    except BadPath as bad:
        return str(bad)
    if not typed:
        return "Type the name of a file."
    return "" if path.is_file() else f"There is no file {path}."


def matched_counts(
    typed: str, snapshot: Snapshot[tuple[Gift, ...]], now: datetime, languages: Sequence[str]
) -> StockTake:
    """The counts in a file, matched with the gifts that are shown. Raises ``CountsFileError``."""
    data = file_bytes(typed)
    return stock_take(data, snapshot.data, now=now, seen_at=snapshot.fetched_at, languages=languages)


class StockTakeScreen(Dialog[tuple[Intent, ...] | None]):
    """What became of each row of a file. Gives what is to be staged, None for nothing.

    ``under_way`` is what is staged already, and what cannot be changed now; ``complete`` says whether every gift
    is known.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back"), ("P", "partial", "partial")]
    DEFAULT_CSS = """
    StockTakeScreen .take { width: 100%; max-width: 150; height: 100%; max-height: 44; padding: 0 1; }
    StockTakeScreen .take { background: $panel; }
    StockTakeScreen Grid { margin: 1 0; height: 1fr; background: $panel; }
    StockTakeScreen Words { height: auto; max-height: 5; }
    """

    def __init__(
        self,
        name: str,
        take: StockTake,
        *,
        languages: Sequence[str],
        glyphs: Glyphs,
        under_way: UnderWay,
        complete: bool,
    ) -> None:
        super().__init__()
        self._name, self._take, self._languages, self._glyphs = name, take, languages, glyphs
        self._unsettled, self._staged = under_way.unsettled.keys(), under_way.staged.keys()
        self._complete = complete
        self._table = report_table(take, languages, glyphs, 80, self._unsettled)

    def compose(self) -> ComposeResult:
        with Vertical(classes="take"):
            yield Bar(classes="dialog-title")
            yield Words(classes="report")
            yield Grid()
            yield Words(classes="row")

    def on_mount(self) -> None:
        self.query_one(Bar).show(
            [Part(f"Counts from {self._name}", "bold")], [Part("escape leaves", "$text-muted")]
        )
        lines = report_lines(self._take, self._unsettled, self._staged, complete=self._complete)
        self.query_one(".report", Words).say(lines)
        self.query_one(Grid).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        grid = self.query_one(Grid)
        self._table = report_table(self._take, self._languages, self._glyphs, grid.size.width, self._unsettled)
        grid.set_model(self._table)

    @on(Grid.CursorMoved)
    def _explain(self) -> None:
        row = self._table.records[self.query_one(Grid).cursor_row]
        self.query_one(".row", Words).say(counted_lines(row, self._languages, self._glyphs))

    @on(Grid.Chosen)
    def _stage(self) -> None:
        if faults(self._take, self._unsettled):
            self.app.bell()
        else:
            self.action_partial()

    def action_partial(self) -> None:
        ready = stageable(self._take, self._unsettled)
        if ready:
            self.dismiss(ready)
        else:
            self.app.bell()
