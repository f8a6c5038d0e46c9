"""The month calendar of the tickets pane: of one option or of the sum of options, and where its cursor goes."""

from bisect import bisect_left, bisect_right
from datetime import date
from typing import Literal

from textual.geometry import Size

from qtydash.tui.models.calendar import Calendared, MonthCalendar, fitting_lines, of_option, of_sum
from qtydash.tui.models.tickets import Matrix
from qtydash.tui.models.tickets_rows import OptionRow
from qtydash.tui.widgets.month import MonthGrid

Of = Literal["none", "option", "sum"]
"""What the month calendar is of; none while the matrix is shown."""


class CalendarView:
    """Draws the days of a matrix as one month. It stays with its option, also where ``low only`` leaves none of
    the option's days."""

    def __init__(self) -> None:
        self.grid = MonthGrid(cursor="cell", id="month")
        self.of: Of = "none"
        self._code = ""

    @property
    def shown(self) -> bool:
        return self.of != "none"

    @property
    def cursor_date(self) -> date | None:
        return self.grid.cursor_date

    def turn(self, matrix: Matrix, row: int) -> None:
        """From the matrix to its ``row``, to the sum where there are several options, and back to the matrix."""
        if self.of == "none":
            self.of, self._code = "option", matrix.rows[row].code
        elif self.of == "option" and len(matrix.options) > 1:
            self.of = "sum"
        else:
            self.of = "none"

    def forget(self) -> None:
        """Another product is shown: its first option is as good as any."""
        self._code = ""

    def row(self, matrix: Matrix) -> int | None:
        """The matrix's row of the calendar's option, None where it is not shown."""
        return matrix.find_row(self._code)

    def draw(self, matrix: Matrix, on: date, pane: Size) -> None:
        """Draw the month of ``on`` with the cursor there. ``pane`` is what counts while the grid has no size."""
        of = self._drawn(matrix)
        if of is None:
            return
        room = self.grid.scrollable_content_region
        model = MonthCalendar(
            of,
            on,
            metric=matrix.view.metric,
            low=matrix.low,
            today=matrix.today,
            glyphs=matrix.glyphs,
            width=room.width or pane.width,
            row_lines=fitting_lines(room.height or pane.height - 6),
            low_only=matrix.view.low_only,
        )
        self.grid.show(model, on)

    def under_cursor(self) -> tuple[Calendared, date] | None:
        """What the calendar is of, and the date that the cursor is on."""
        model, on = self.grid.model, self.grid.cursor_date
        return (model.of, on) if on is not None and isinstance(model, MonthCalendar) else None

    def problem(self, matrix: Matrix, step: int) -> date | None:
        """The next problem day after (``step`` 1) or before (-1) the cursor, round the ends, if there is any."""
        of, at = self._drawn(matrix), self.cursor_date or matrix.today
        if of is None:
            return None
        dates = [on for on in matrix.known_dates() if on >= matrix.today]
        cut = bisect_right(dates, at) if step > 0 else bisect_left(dates, at)
        onwards = (dates[cut:] + dates[:cut])[::step]
        low_only = matrix.view.low_only
        return next((on for on in onwards if of.is_problem(on, matrix.low, low_only=low_only)), None)

    def _drawn(self, matrix: Matrix) -> Calendared | None:
        if not matrix.options:
            return None
        return of_sum(matrix.options) if self.of == "sum" else of_option(self._option(matrix))

    def _option(self, matrix: Matrix) -> OptionRow:
        return next((row for row in matrix.options if row.code == self._code), matrix.options[0])
