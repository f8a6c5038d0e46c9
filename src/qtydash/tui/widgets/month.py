"""The month calendar: a grid whose cursor walks by date, from one month into the next."""

from dataclasses import dataclass
from datetime import date, timedelta

from textual.message import Message

from qtydash.tui.models.calendar import MonthCalendar
from qtydash.tui.widgets.grid import Grid


class MonthGrid(Grid):
    """Arrows move by day and by week, home and end to the month's ends, page keys by month."""

    @dataclass
    class DateAsked(Message):
        """The cursor should stand on ``date``, which may lie in another month."""

        date: date

    @property
    def cursor_date(self) -> date | None:
        """The date under the cursor."""
        model = self.model
        return model.date_at(self.cursor_row, self.cursor_column) if isinstance(model, MonthCalendar) else None

    def show(self, model: MonthCalendar, on: date) -> None:
        """Draw a month with the cursor on one of its dates."""
        self.set_model(model)
        row, column = model.place_of(on)
        self.move_cursor(row, column)

    def _ask(self, days: int) -> None:
        on = self.cursor_date
        if on is None:
            return
        try:
            self.post_message(self.DateAsked(on + timedelta(days=days)))
        except OverflowError:  # the calendar ends with the year 9999
            self.app.bell()

    def action_move(self, rows: int, columns: int) -> None:
        self._ask(rows * 7 + columns)

    def action_edge(self, side: int) -> None:
        on, model = self.cursor_date, self.model
        if on is not None and isinstance(model, MonthCalendar):
            self._ask((model.first - on).days if side < 0 else (model.last - on).days)

    def action_corner(self, side: int) -> None:
        self.action_edge(side)

    def action_page(self, pages: int) -> None:
        self._ask(28 * pages)
