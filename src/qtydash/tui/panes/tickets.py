"""Ticket availability: options down, days across.

What only a key asks for is loaded when it does: this pane is what the first screen waits for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from qtydash.domain.snapshot import Snapshot
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import Availability, Day, LowThreshold, OptionNames
from qtydash.domain.vendors import TICKETS
from qtydash.tui.bindings import bindings
from qtydash.tui.models.table import next_order
from qtydash.tui.models.tickets import METRIC_WORDS, Matrix, month_start, summary_words
from qtydash.tui.models.tickets_moves import Moves
from qtydash.tui.models.tickets_shown import METRICS, MatrixView
from qtydash.tui.panes.base import WIDE, Pane, Shown
from qtydash.tui.panes.tickets_calendar import CalendarView
from qtydash.tui.panes.tickets_detail import Explained, brief_lines, day_lines, full_lines
from qtydash.tui.panes.tickets_looks import Looks
from qtydash.tui.panes.tickets_products import Products
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.month import MonthGrid
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.config.models import TicketsSource
    from qtydash.domain.pace import Observation
    from qtydash.services.history import TicketHistory
    from qtydash.services.read import Reads
    from qtydash.tui.freshness import PaneStatus

GLIMPSE_BEFORE, GLIMPSE_AFTER = timedelta(days=1), timedelta(days=60)
GLIMPSE_OPTIONS = 60
"""What one screen may show at first."""
NARROW = 110
"""Below this width the summary is told in marks."""


class TicketsPane(Pane[str, Availability]):
    """The availability of one product."""

    scope, number, vendor = "tickets", 1, TICKETS
    fewer_rows = "tickets.low"
    query_command, explain_command = "tickets.product", "tickets.explain"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tickets")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.tickets)
        self.view = MatrixView()
        self.matrix: Matrix | None = None
        self._coming: Matrix | None = None
        self.calendar = CalendarView()
        self.products = Products(workspace)
        self.looks = Looks()
        self.moves = Moves()
        self._matrix_grid = Grid(cursor="cell", id="matrix")
        self._glimpse: Snapshot[Availability] | None = None
        self.query_now = self.products.first()

    def compose_grids(self) -> ComposeResult:
        yield self._matrix_grid
        yield self.calendar.grid

    def on_mount(self) -> None:
        self.calendar.grid.display = False

    def on_resize(self) -> None:
        if self.matrix is None or self.matrix.width != self.across:
            self.call_after_refresh(self.rebuild)

    @property
    def grid(self) -> Grid:
        return self.calendar.grid if self.calendar.shown else self._matrix_grid

    @property
    def _section(self) -> TicketsSource | None:
        return self.workspace.profile.tickets

    @property
    def _low(self) -> LowThreshold:
        return self._section.low if self._section else LowThreshold()

    @property
    def missing_query_words(self) -> str:
        return f"No product is chosen yet. Press {self.keys['tickets.product']} to choose one."

    def first_sight(self, reads: Reads[str, Availability], query: str) -> Snapshot[Availability] | None:
        """A screenful: a product of 100,000 days opens as fast as a small one."""
        source = self.workspace.sources.ticket_glimpse
        if source is None:
            return reads.cached(query)
        first, last = self.today - GLIMPSE_BEFORE, self.today + GLIMPSE_AFTER
        self._glimpse = source.of(query, first, last, GLIMPSE_OPTIONS)
        if self._glimpse is None or not self._glimpse.data.days:
            self._glimpse = None
            return reads.cached(query)
        return self._glimpse

    @property
    def partial(self) -> bool:
        return self._glimpse is not None and self.snapshot is self._glimpse

    @property
    def rows_exist(self) -> bool:
        return bool(self.snapshot is not None and (self.snapshot.data.days or self.snapshot.data.options))

    @property
    def shown_count(self) -> int:
        return self.matrix.row_count if self.matrix is not None else 0

    @property
    def _names(self) -> OptionNames:
        return self._names_in(self.snapshot)

    def _names_in(self, snapshot: Snapshot[Availability] | None) -> OptionNames:
        told = {o.code: o.name for o in snapshot.data.options if o.name} if snapshot else {}
        return OptionNames(told, dict(self._section.option_names) if self._section else {})

    @property
    def today(self) -> date:
        """The operator's own day: the vendor's dates carry no time zone."""
        return self.workspace.now().astimezone().date()

    def prepare(self, snapshot: Snapshot[Availability]) -> None:
        coming = self._matrix_of(snapshot, None, width=0)  # is never drawn; to ask for the width may lay out
        coming.prepare()
        self._coming = coming

    def build(self) -> None:
        if self.snapshot is None:
            return
        on = self._cursor_date or self.today
        before = self.matrix.snapshot.data if self.matrix is not None else None
        first = before is None or before.product_code != self.query_now or not before.days
        known = self.matrix
        if self._coming is not None and self._coming.snapshot is self.snapshot:
            known, self._coming = self._coming, None
        self.matrix = self._matrix_of(self.snapshot, known, self.across)
        self._matrix_grid.set_model(self.matrix)
        if first:
            self._matrix_grid.cursor_row = 0
            self.calendar.forget()
            self._go(self.today)
        elif self.calendar.shown:
            self.calendar.draw(self.matrix, on, self.size)

    def _matrix_of(self, snapshot: Snapshot[Availability], before: Matrix | None, width: int) -> Matrix:
        return Matrix(
            snapshot,
            replace(self.view, words=self.words),
            name_of=self._names_in(snapshot),
            low=self._low,
            today=self.today,
            glyphs=self.workspace.glyphs,
            moves=self.moves,
            width=width,
            before=before,
        )

    # What moved.

    def looked(self) -> None:
        if self.snapshot is not None and self.query_now is not None:
            self.looks.ask(self.query_now, self.snapshot.fetched_at)

    def _took(self, status: PaneStatus) -> None:
        super()._took(status)
        history = self.workspace.sources.ticket_history
        if history is not None and self.query_now is not None and self.snapshot is not None and not self.partial:
            self._look_back(history, self.query_now, self.snapshot.fetched_at)

    @work(group="look back", exclusive=True, exit_on_error=False)
    async def _look_back(self, history: TicketHistory, product: str, fetched_at: datetime) -> None:
        moves = await asyncio.to_thread(self.looks.moves, history, product, fetched_at, self.today)
        if product == self.query_now and moves != self.moves:
            self.moves = moves
            self.rebuild()
        if self.display:
            await asyncio.to_thread(history.keep_look, product, fetched_at)

    def subject(self) -> str:
        if self.query_now is None or self._section is None:
            return ""
        low = ", low only" if self.view.low_only else ""
        return f"{self.products.name(self.query_now)}: {METRIC_WORDS[self.view.metric]}{low}"

    def summary(self) -> str:
        if self.matrix is None:
            return ""
        if self.partial:
            return "loading the rest..."
        return summary_words(self.matrix, narrow=self.across < NARROW)

    def nothing_words(self) -> str:
        return "This product has no inventory."

    def explain(self) -> Sequence[Line]:
        what = self._explained()
        if what is None or self.matrix is None:
            return ()
        lines = day_lines if self.across >= WIDE else brief_lines
        return lines(what, self.matrix, self.workspace.now())

    def _explained(self) -> Explained | None:
        if self.calendar.shown:
            found = self.calendar.under_cursor()
            if found is None:
                return None
            of, on = found
            day = of.day(on)
            return Explained(of.title, on, day, self._history_of(day) if of.options == 1 else (), of.options)
        grid = self._matrix_grid
        at = self.matrix.day_at(grid.cursor_row, grid.cursor_column) if self.matrix else None
        if at is None:
            return None
        option, on, day = at
        return Explained(option.name, on, day, self._history_of(day))

    def _history_of(self, day: Day | None) -> Sequence[Observation]:
        history = self.workspace.sources.ticket_history
        if day is None or history is None or self.query_now is None or len(day.records) != 1:
            return ()
        record = day.records[0]
        return history.of_day(self.query_now, record.option_code, record.date, record.inventory_code)

    def rows_shown(self) -> Shown:
        from qtydash.services import rows
        from qtydash.tui.panes.tickets_export import browser_page, days_shown

        if self.snapshot is None or self.matrix is None:
            return Shown(rows.TICKET_DAY_COLUMNS, ())
        columns, names, matrix, low = rows.TICKET_DAY_COLUMNS, self._names, self.matrix, self._low
        days = days_shown(matrix)
        product, shop = self.products.name(self.query_now or ""), self.workspace.profile.title
        return Shown(
            columns, rows.ticket_days(days, names, low), lambda: browser_page(matrix, days, product, shop, names)
        )

    def show_top(self) -> None:
        """The cursor keeps its option: in the matrix one looks from it to its neighbours."""

    def copied_text(self) -> str:
        what = self._explained()
        if what is None or self.matrix is None:
            return ""
        lines = day_lines(what, self.matrix, self.workspace.now())
        return "\n".join("".join(safe_text(part.text) for part in line) for line in lines)

    def next_sort(self) -> None:
        self.view = replace(self.view, order=next_order(self.view.order, (0, 1)))
        self.rebuild()

    # Keys.

    def why_not(self, id: str) -> str:
        if (
            id.startswith("tickets.")
            and id != "tickets.product"
            and self.status.configured
            and not self.rows_exist
        ):
            return "There is no day of a product here yet."
        return super().why_not(id)

    def action_metric(self) -> None:
        after = METRICS[(METRICS.index(self.view.metric) + 1) % len(METRICS)]
        self.view = replace(self.view, metric=after)
        self.rebuild()

    def action_low(self) -> None:
        self.view = replace(self.view, low_only=not self.view.low_only)
        self.rebuild()

    def action_calendar(self) -> None:
        """From the matrix to the month of its option, to the month of all options, and back."""
        on, matrix = self._cursor_date, self.matrix
        if on is None or matrix is None:
            return
        self.calendar.turn(matrix, self._matrix_grid.cursor_row)
        shown = self.calendar.shown
        self._matrix_grid.display, self.calendar.grid.display = not shown, shown
        self.grid.focus()
        if not shown:
            self._matrix_grid.move_cursor(row=self.calendar.row(matrix))
        self._go(on)
        if shown:
            self.call_after_refresh(self._go, on)  # now that the calendar knows its size
        self.show_status()
        self.show_detail()

    @on(MonthGrid.DateAsked)
    def _date_asked(self, message: MonthGrid.DateAsked) -> None:
        self._go(message.date)

    @on(Grid.Chosen)
    def action_explain(self) -> None:
        """Everything about the day under the cursor."""
        from qtydash.tui.screens.page import PageScreen

        what = self._explained()
        if what is not None and self.matrix is not None:
            self.app.push_screen(PageScreen(what.heading, full_lines(what, self.matrix, self.workspace.now())))

    def action_problem(self, step: int) -> None:
        """Go to the next problem: in a calendar of what that is of, else anywhere in the matrix."""
        matrix, grid = self.matrix, self._matrix_grid
        if matrix is None:
            return
        if self.calendar.shown:
            on = self.calendar.problem(matrix, step)
            if on is not None:
                self._go(on)
        else:
            found = matrix.problem(grid.cursor_row, grid.cursor_column, step)
            on = matrix.dates[found[1] - matrix.fixed] if found is not None else None
            if found is not None:
                grid.move_cursor(*found)
        if on is None:
            self.notify("No day from today on is low, worse, or does not add up.", markup=False)

    def action_today(self) -> None:
        self._go(self.today)
        self._say_where(self.today)

    def action_month(self, months: int) -> None:
        at = self._cursor_date
        if at is not None:
            self._go(month_start(at, months))

    def action_go_to(self) -> None:
        from qtydash.tui.screens.date import ask_date

        def chosen(on: date | None) -> None:
            if on is not None:
                self._go(on)
                self._say_where(on, asked=True)

        ask_date(self.app, self._cursor_date or self.today, self.today, chosen)

    @property
    def _cursor_date(self) -> date | None:
        if self.calendar.shown:
            return self.calendar.cursor_date
        grid = self._matrix_grid
        at = self.matrix.day_at(grid.cursor_row, grid.cursor_column) if self.matrix else None
        return at[1] if at is not None else None

    def _go(self, on: date) -> None:
        """Put the cursor on a date, in the matrix and in the calendar: each goes on from where the other was."""
        matrix = self.matrix
        column = matrix.find_column(on) if matrix is not None else None
        if matrix is None or column is None:
            return
        self._matrix_grid.jump_to_column(column)
        if self.calendar.shown:
            self.calendar.draw(matrix, on, self.size)

    def _say_where(self, on: date, *, asked: bool = False) -> None:
        """Say why the cursor is not on a date that it should be on; one between the days only when asked for."""
        from qtydash.tui import goto

        if self.matrix is None:
            return
        if self.calendar.shown:  # which shows any date there is
            words = goto.beyond(on, self.matrix.known_dates(), low_only=False, went=False)
        else:
            dates, low_only = self.matrix.dates, self.view.low_only
            words = goto.beyond(on, dates, low_only=low_only, went=True)
            words = words or (goto.between(on, dates, low_only=low_only) if asked else "")
        if words:
            self.notify(words, markup=False)

    def action_choose_query(self) -> None:
        if self._section is not None:
            self.app.push_screen(self.products.picker(), self._chosen)

    def _chosen(self, code: str | None) -> None:
        if code is not None:
            self.moves = Moves()
            self.ask(code)
            self._keep_choice(code)

    @work(group="keep choice", exit_on_error=False)
    async def _keep_choice(self, code: str) -> None:
        await asyncio.to_thread(self.products.keep, code)
