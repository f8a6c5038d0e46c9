"""Ticket availability: options down, days across."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from qtydash.config.errors import ConfigError
from qtydash.config.models import TicketsSource
from qtydash.domain.errors import VendorError
from qtydash.domain.pace import Observation
from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import Availability, Day, DayState, LowThreshold, OptionNames, TicketProduct
from qtydash.domain.vendors import TICKETS
from qtydash.services import rows
from qtydash.services.history import TicketHistory
from qtydash.services.read import Reads
from qtydash.services.tickets import ChosenProduct
from qtydash.tui.commands import bindings
from qtydash.tui.freshness import PaneStatus
from qtydash.tui.goto import BadDate, find_date
from qtydash.tui.models.calendar import MonthCalendar, fitting_lines, of_option, of_sum
from qtydash.tui.models.table import next_order
from qtydash.tui.models.tickets import METRIC_WORDS, METRICS, Matrix, MatrixView, month_start
from qtydash.tui.panes.base import Pane, Shown
from qtydash.tui.panes.tickets_detail import Explained, day_lines
from qtydash.tui.panes.tickets_export import browser_page, days_shown
from qtydash.tui.screens.pick import Choice, MoreChoices, PickScreen
from qtydash.tui.screens.prompt import PromptScreen
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.month import MonthGrid
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace

Calendar = Literal["none", "option", "sum"]
"""What the month calendar is of; none while the matrix is shown."""


GLIMPSE_BEFORE, GLIMPSE_AFTER = timedelta(days=1), timedelta(days=60)
GLIMPSE_OPTIONS = 60
"""What one screen may show at first."""


NARROW = 110
"""Below this width the summary is told in marks."""


class TicketsPane(Pane[str, Availability]):
    """The availability of one product."""

    scope, number, vendor = "tickets", 1, TICKETS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tickets")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.tickets)
        self.view = MatrixView()
        self.matrix: Matrix | None = None
        self.calendar_of: Calendar = "none"
        self._titles: dict[str, str] = {}
        self._glimpse: Snapshot[Availability] | None = None
        self.yesterday: Mapping[Hashable, int] = {}
        products = self._section.products if self._section else ()
        choice = workspace.sources.ticket_choice
        last = choice.last() if choice is not None else None
        if last is not None:
            self.query_now = last.code
            self._titles[last.code] = last.title or last.code
        else:
            self.query_now = products[0].code if products else None

    def compose_grids(self) -> ComposeResult:
        yield Grid(cursor="cell", id="matrix")
        yield MonthGrid(cursor="cell", id="month")

    def on_mount(self) -> None:
        self.query_one("#month").display = False

    def on_resize(self) -> None:
        if self.calendar_of != "none":
            self.call_after_refresh(self.rebuild)
        elif self.snapshot is not None:
            self._summary = self.summary()
            self.show_status()

    @property
    def grid(self) -> Grid:
        return self.query_one("#matrix" if self.calendar_of == "none" else "#month", Grid)

    @property
    def _matrix_grid(self) -> Grid:
        return self.query_one("#matrix", Grid)

    @property
    def _month_grid(self) -> MonthGrid:
        return self.query_one("#month", MonthGrid)

    @property
    def _section(self) -> TicketsSource | None:
        return self.workspace.profile.tickets

    @property
    def _low(self) -> LowThreshold:
        return self._section.low if self._section else LowThreshold()

    @property
    def missing_query_words(self) -> str:
        return "No product is chosen yet. Press P to choose one."

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
        told = {o.code: o.name for o in self.snapshot.data.options if o.name} if self.snapshot else {}
        return OptionNames(told, dict(self._section.option_names) if self._section else {})

    @property
    def today(self) -> date:
        """The operator's own day: the vendor's dates carry no time zone."""
        return self.workspace.now().astimezone().date()

    def build(self) -> None:
        if self.snapshot is None:
            return
        on = self._cursor_date or self.today
        first = self.matrix is None or self.matrix.snapshot.data.product_code != self.query_now
        self.matrix = Matrix(
            self.snapshot,
            replace(self.view, words=self.words),
            name_of=self._names,
            low=self._low,
            today=self.today,
            glyphs=self.workspace.glyphs,
            yesterday=self.yesterday,
        )
        self._matrix_grid.set_model(self.matrix)
        if first:
            self._matrix_grid.cursor_row = 0
            self.action_today()
        elif self.calendar_of != "none":
            self._show_month(on)

    def _show_month(self, on: date) -> None:
        """Draw the month of ``on``, of the matrix's row or of the sum."""
        if self.matrix is None or not self.matrix.rows:
            return
        row = min(self._matrix_grid.cursor_row, len(self.matrix.rows) - 1)
        grid = self._month_grid
        of = of_sum(self.matrix.rows) if self.calendar_of == "sum" else of_option(self.matrix.rows[row])
        room = grid.scrollable_content_region
        model = MonthCalendar(
            of,
            on,
            metric=self.view.metric,
            low=self._low,
            today=self.today,
            glyphs=self.workspace.glyphs,
            width=room.width or self.size.width,
            row_lines=fitting_lines(room.height or self.size.height - 6),
        )
        grid.show(model, on)

    def _took(self, status: PaneStatus) -> None:
        super()._took(status)
        if self.workspace.sources.ticket_history is not None and self.query_now is not None:
            self._look_back(self.workspace.sources.ticket_history, self.query_now)

    @work(group="look back", exclusive=True, exit_on_error=False)
    async def _look_back(self, history: TicketHistory, product_code: str) -> None:
        """What was left when yesterday ended, on the operator's own calendar."""
        midnight = datetime.combine(self.today, time.min).astimezone(UTC)
        found = await asyncio.to_thread(history.left_at, product_code, midnight)
        if product_code == self.query_now and found != self.yesterday:
            self.yesterday = found
            self.rebuild()

    def subject(self) -> str:
        if self.query_now is None or self._section is None:
            return ""
        low = ", low only" if self.view.low_only and self.calendar_of == "none" else ""
        return f"{self._subject_name}: {METRIC_WORDS[self.view.metric]}{low}"

    @property
    def _subject_name(self) -> str:
        """What the product is called: the operator's word, the vendor's, or the beginning of its code."""
        code = self.query_now or ""
        named = {p.code: p.name for p in self._section.products} if self._section else {}
        return named.get(code) or self._product_title(code)

    def _product_title(self, code: str) -> str:
        if code not in self._titles:
            self._titles |= {p.code: p.title for p in self._known_products() if p.title}
        return self._titles.setdefault(code, code[:8])

    def _known_products(self) -> Sequence[TicketProduct]:
        reads = self.workspace.sources.ticket_products
        known = reads.cached(None) if reads is not None else None
        return known.data if known is not None else ()

    def summary(self) -> str:
        if self.matrix is None:
            return ""
        if self.partial:
            return "loading the rest..."
        t = self.matrix.totals()
        g = self.workspace.glyphs
        counted = (
            (t.low, g.low, " low"),
            (t.sold_out, g.sold_out, " sold out"),
            (t.oversold, g.oversold, " oversold"),
            (t.mismatch, g.mismatch, " not adding up"),
        )
        if self.size.width < NARROW:  # the marks themselves: what they mean stands in the keys screen
            return "  ".join([plural(self.matrix.row_count, "option"), *(f"{n}{m}" for n, m, _ in counted if n)])
        told = [f"{n}{words}" for n, _, words in counted if n]
        whole = f"{plural(self.matrix.row_count, 'option')}, {plural(t.days, 'day')}"
        return f"{whole}; from today {', '.join(told)}" if told else whole

    def nothing_words(self) -> str:
        return "This product has no inventory."

    def explain(self) -> Sequence[Line]:
        if self.matrix is None:
            return ()
        what = self._explained_month() if self.calendar_of != "none" else self._explained_cell()
        if what is None:
            return ()
        return day_lines(what, self.matrix, self._low, self.workspace.now(), self.workspace.glyphs)

    def _explained_cell(self) -> Explained | None:
        grid = self._matrix_grid
        at = self.matrix.day_at(grid.cursor_row, grid.cursor_column) if self.matrix else None
        if at is None:
            return None
        option, on, day = at
        return Explained(option.name, on, day, self._history_of(day))

    def _explained_month(self) -> Explained | None:
        model, on = self._month_grid.model, self._month_grid.cursor_date
        if on is None or not isinstance(model, MonthCalendar):
            return None
        day = model.of.day(on)
        history = self._history_of(day) if self.calendar_of == "option" else ()
        return Explained(model.of.title, on, day, history)

    def _history_of(self, day: Day | None) -> Sequence[Observation]:
        history = self.workspace.sources.ticket_history
        if day is None or history is None or self.query_now is None or len(day.records) != 1:
            return ()
        record = day.records[0]
        return history.of_day(self.query_now, record.option_code, record.date, record.inventory_code)

    def rows_shown(self) -> Shown:
        if self.snapshot is None or self.matrix is None:
            return Shown(rows.TICKET_DAY_COLUMNS, ())
        columns, names, matrix, low = rows.TICKET_DAY_COLUMNS, self._names, self.matrix, self._low
        days = days_shown(matrix)
        product, shop = self._subject_name, self.workspace.profile.title
        return Shown(
            columns, rows.ticket_days(days, names, low), lambda: browser_page(matrix, days, product, shop, names)
        )

    def show_top(self) -> None:
        """The cursor keeps its option: in the matrix one looks from it to its neighbours."""

    def copied_text(self) -> str:
        return "\n".join("".join(safe_text(part.text) for part in line) for line in self.explain())

    def next_sort(self) -> None:
        self.view = replace(self.view, order=next_order(self.view.order, (0, 1)))
        self.rebuild()

    # Keys.

    def action_metric(self) -> None:
        after = METRICS[(METRICS.index(self.view.metric) + 1) % len(METRICS)]
        self.view = replace(self.view, metric=after)
        self.rebuild()

    def action_low(self) -> None:
        self.view = replace(self.view, low_only=not self.view.low_only)
        self.rebuild()

    def action_calendar(self) -> None:
        """From the matrix to the month of its option, to the month of all options, and back."""
        on = self._cursor_date
        if on is None:
            return
        turn: dict[Calendar, Calendar] = {"none": "option", "option": "sum", "sum": "none"}
        self.calendar_of = turn[self.calendar_of]
        shown = self.calendar_of != "none"
        self._matrix_grid.display, self._month_grid.display = not shown, shown
        self.grid.focus()
        self._go(on)
        if shown:
            self.call_after_refresh(self._go, on)  # now that the calendar knows its size
        self.show_status()
        self.show_detail()

    @on(MonthGrid.DateAsked)
    def _date_asked(self, message: MonthGrid.DateAsked) -> None:
        self._go(message.date)

    def action_problem(self, step: int) -> None:
        """Go to the next problem: in a calendar of its own option, else anywhere in the matrix."""
        matrix, grid = self.matrix, self._matrix_grid
        if matrix is None:
            return
        if self.calendar_of == "sum":
            self._next_sum_problem(matrix, step)
            return
        found = matrix.problem(grid.cursor_row, grid.cursor_column, step)
        if found is None:
            self.notify("No day from today on is low, worse, or does not add up.", markup=False)
            return
        grid.move_cursor(*found)
        at = matrix.day_at(*found)
        if self.calendar_of != "none" and at is not None:
            self._show_month(at[1])

    def _next_sum_problem(self, matrix: Matrix, step: int) -> None:
        at, day = self._cursor_date or self.today, of_sum(matrix.rows).day
        known = ((on, day(on)) for on in matrix.dates if on >= self.today)
        dates = [on for on, found in known if found is not None and _is_problem(found, self._low)]
        later = [on for on in dates if (on > at if step > 0 else on < at)]
        if dates:
            ahead = later or dates
            self._go(ahead[0] if step > 0 else ahead[-1])

    def action_today(self) -> None:
        self._go(self.today)

    def action_month(self, months: int) -> None:
        at = self._cursor_date
        if at is not None:
            self._go(month_start(at, months))

    def action_go_to(self) -> None:
        start = self._cursor_date or self.today

        def fault(text: str) -> str:
            try:
                find_date(text, start, self.today)
            except BadDate as bad:
                return str(bad)
            return ""

        def chosen(text: str | None) -> None:
            if text is not None:
                self._go(find_date(text, start, self.today))

        note = "2026-12-24, 12-24, 24 (next 24th), +7 (days), fri (next Friday)"
        self.app.push_screen(PromptScreen("Go to date", fault=fault, note=note), chosen)

    @property
    def _cursor_date(self) -> date | None:
        if self.calendar_of != "none":
            return self._month_grid.cursor_date
        grid = self._matrix_grid
        at = self.matrix.day_at(grid.cursor_row, grid.cursor_column) if self.matrix else None
        return at[1] if at is not None else None

    def _go(self, on: date) -> None:
        """Put the cursor on a date, in the matrix and in the calendar: each goes on from where the other was."""
        column = self.matrix.find_column(on) if self.matrix is not None else None
        if column is not None:
            self._matrix_grid.jump_to_column(column)
        if self.calendar_of != "none":
            self._show_month(on)

    def action_choose_query(self) -> None:
        section = self._section
        if section is None:
            return
        named = [Choice(p.code, p.name or p.code, p.code) for p in section.products]
        listed = {choice.value for choice in named}
        choices = named + [_choice(p) for p in self._known_products() if p.code not in listed]
        more = None if self.workspace.offline else self._more_products
        self.app.push_screen(PickScreen("Product", choices, more), self._chosen)

    def _chosen(self, code: str | None) -> None:
        if code is None:
            return
        self.ask(code)
        if (choice := self.workspace.sources.ticket_choice) is not None:
            self._keep_choice(choice, TicketProduct(code, self._subject_name))

    @work(group="keep choice", exit_on_error=False)
    async def _keep_choice(self, choice: ChosenProduct, product: TicketProduct) -> None:
        await asyncio.to_thread(choice.keep, product)

    async def _more_products(self) -> MoreChoices[str]:
        reads = self.workspace.sources.ticket_products
        if reads is None:
            return MoreChoices(())
        try:
            found = await self.workspace.background.run(reads.live(None))
        except VendorError as error:
            return MoreChoices((), error.full)
        except ConfigError as error:
            return MoreChoices((), str(error))
        return MoreChoices([_choice(p) for p in found.data], " ".join(found.warnings))


def _choice(product: TicketProduct) -> Choice[str]:
    return Choice(product.code, product.title or product.code, f"{product.city}  {product.code}".strip())


def _is_problem(day: Day, low: LowThreshold) -> bool:
    return day.state(low) is not DayState.AVAILABLE
