"""Ticket availability: options down, days across."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from qtydash.config.errors import ConfigError
from qtydash.config.models import TicketsSource
from qtydash.domain.errors import VendorError
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import Availability, LowThreshold, OptionNames, TicketProduct
from qtydash.domain.vendors import TICKETS
from qtydash.services import rows
from qtydash.tui.commands import bindings
from qtydash.tui.goto import BadDate, find_date
from qtydash.tui.models.table import next_order
from qtydash.tui.models.tickets import (
    METRIC_WORDS,
    METRICS,
    WEEKDAYS,
    Day,
    Matrix,
    MatrixView,
    OptionRow,
    month_start,
)
from qtydash.tui.panes.base import Pane, Shown
from qtydash.tui.screens.pick import Choice, MoreChoices, PickScreen
from qtydash.tui.screens.prompt import PromptScreen
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace


class TicketsPane(Pane[str, Availability]):
    """The availability of one product."""

    scope, number, vendor = "tickets", 1, TICKETS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tickets")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.sources.tickets)
        self.view = MatrixView()
        self.matrix: Matrix | None = None
        products = self._section.products if self._section else ()
        self.query_now = products[0].code if products else None

    def compose_grids(self) -> ComposeResult:
        yield Grid(cursor="cell")

    @property
    def _section(self) -> TicketsSource | None:
        return self.workspace.profile.tickets

    @property
    def _low(self) -> LowThreshold:
        return self._section.low if self._section else LowThreshold()

    @property
    def missing_query_words(self) -> str:
        return "No product is chosen yet. Press P to choose one."

    @property
    def rows_exist(self) -> bool:
        return bool(self.snapshot is not None and (self.snapshot.data.days or self.snapshot.data.options))

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
        first = self.matrix is None or self.matrix.snapshot.data.product_code != self.query_now
        self.matrix = Matrix(
            self.snapshot,
            replace(self.view, words=self.words),
            name_of=self._names,
            low=self._low,
            today=self.today,
            glyphs=self.workspace.glyphs,
        )
        self.grid.set_model(self.matrix)
        if first:
            self.grid.cursor_row = 0
            self.action_today()

    def subject(self) -> str:
        if self.query_now is None or self._section is None:
            return ""
        names = {p.code: p.name for p in self._section.products}
        low = ", low only" if self.view.low_only else ""
        name = names.get(self.query_now) or self._product_title(self.query_now)
        return f"{name}: {METRIC_WORDS[self.view.metric]}{low}"

    def _product_title(self, code: str) -> str:
        return next((p.title for p in self._known_products() if p.code == code and p.title), code[:8])

    def _known_products(self) -> Sequence[TicketProduct]:
        reads = self.workspace.sources.ticket_products
        known = reads.cached(None) if reads is not None else None
        return known.data if known is not None else ()

    def summary(self) -> str:
        if self.matrix is None:
            return ""
        t = self.matrix.totals()
        counted = (
            (t.low, "low"),
            (t.sold_out, "sold out"),
            (t.oversold, "oversold"),
            (t.mismatch, "do not add up"),
        )
        told = [f"{n} {words}" for n, words in counted if n]
        return ", ".join([f"{plural(self.matrix.row_count, 'option')}, {plural(t.days, 'day')}", *told])

    def nothing_words(self) -> str:
        return "This product has no inventory."

    def explain(self) -> Sequence[Line]:
        at = self.matrix.day_at(self.grid.cursor_row, self.grid.cursor_column) if self.matrix else None
        if at is None or self.matrix is None:
            return ()
        option, on, day = at
        title = f"{option.name}  {WEEKDAYS[on.weekday()]} {on.isoformat()}"
        if day is None:
            return [[Part(title, "bold")], [Part("No inventory on this day, which is not the same as none left.")]]
        return _explained(title, option, day, self.matrix, self._low)

    def rows_shown(self) -> Shown:
        if self.snapshot is None or self.matrix is None:
            return Shown(rows.TICKET_DAY_COLUMNS, ())
        codes, dates = {row.code for row in self.matrix.rows}, set(self.matrix.dates)
        days = [
            d
            for d in self.snapshot.data.days
            if d.option_code in codes and d.date in dates and (not self.view.low_only or d.is_low(self._low))
        ]
        return Shown(rows.TICKET_DAY_COLUMNS, rows.ticket_days(days, self._names, self._low))

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
        if self.matrix is None:
            return None
        at = self.matrix.day_at(self.grid.cursor_row, self.grid.cursor_column)
        return at[1] if at is not None else None

    def _go(self, on: date) -> None:
        column = self.matrix.find_column(on) if self.matrix is not None else None
        if column is not None:
            self.grid.jump_to_column(column)

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
        if code is not None:
            self.ask(code)

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


def _explained(title: str, option: OptionRow, day: Day, matrix: Matrix, low: LowThreshold) -> list[Line]:
    state = day.state(low)
    percent = day.percent_left
    share = "" if percent is None else f", {percent} % left"
    was = matrix.previous_left(day)
    moved = "" if was is None or was == day.left else f"  {matrix.moved(day)} was {was} at the read before"
    tone = "$text-success" if state == "available" else "$text-warning"
    lines: list[Line] = [
        [Part(title, "bold"), Part(f"  {state.value.replace('_', ' ')}", tone)],
        [Part(f"{day.left} left of {day.max}, {day.sold} sold{share}"), Part(moved, "$text-accent")],
    ]
    for record in day.records:
        if not record.adds_up:
            words = f"{record.left} left + {record.sold} sold is not the maximum of {record.max}"
            lines.append([Part(f"Does not add up: {words}.", "$text-warning")])
    codes = ", ".join(record.inventory_code for record in day.records)
    lines.append([Part(f"option {option.code}  inventory {codes}", "$text-muted")])
    return lines
