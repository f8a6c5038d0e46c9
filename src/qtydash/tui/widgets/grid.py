"""The one grid that draws every list and the date matrix.

It asks its model for the cells on the screen and for nothing else, so its cost does not depend on the number of
rows or columns.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qtydash.tui.widgets.fit import fit
from qtydash.tui.widgets.grid_model import GAP, TONES, Cell, GridModel, NoRows, lay_out


class Grid(ScrollView, can_focus=True):
    """A virtual grid with a fixed header, fixed leading columns and a row or cell cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--header",
        "grid--cursor",
        "grid--cursor-blurred",
        "grid--cross",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        ("up", "move(-1, 0)"),
        ("down", "move(1, 0)"),
        ("left", "move(0, -1)"),
        ("right", "move(0, 1)"),
        ("pageup", "page(-1)"),
        ("pagedown", "page(1)"),
        ("home", "edge(-1)"),
        ("end", "edge(1)"),
        ("ctrl+home", "corner(-1)"),
        ("ctrl+end", "corner(1)"),
        ("enter", "choose"),
    ]

    cursor_row: var[int] = var(0)
    cursor_column: var[int] = var(0)

    @dataclass
    class CursorMoved(Message):
        """The cursor stands on another cell, or on the same one of other data.

        ``told`` says that ``Grid.explain`` was called for it.
        """

        grid: "Grid"
        told: bool = False

        @property
        def control(self) -> "Grid":
            return self.grid

    @dataclass
    class Chosen(Message):
        """Enter was pressed, or the row under the cursor was clicked again."""

        grid: "Grid"

        @property
        def control(self) -> "Grid":
            return self.grid

    # A scrollbar that comes with more rows must not take cells from the columns laid out already.
    DEFAULT_CSS = """
    Grid { scrollbar-size: 0 1; scrollbar-gutter: stable; }
    """

    def __init__(self, *, cursor: Literal["row", "cell"] = "row", id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor_kind = cursor
        self.model: GridModel = NoRows()
        self._layout_now = lay_out((), 0, 0)
        self._styles: dict[str, Style] = {}
        self._styles_of = ""
        """The theme they are of."""
        self._told: dict[int, list[Cell]] = {}
        self._at: tuple[Hashable, Hashable] | None = None
        self.explain: Callable[[], None] | None = None
        """What tells about the row under the cursor. Called when the cursor is moved, so that both are drawn at
        once: a message comes when the cursor is drawn already, and costs a second drawing."""

    @property
    def page_rows(self) -> int:
        """Rows that fit on the screen below the header."""
        return max(1, (self.size.height - self.model.header_lines) // self.model.row_lines)

    @property
    def top_row(self) -> int:
        """The first row on the screen."""
        return round(self.scroll_y) // self.model.row_lines

    @property
    def _width(self) -> int:
        """Cells left of the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def _room(self) -> int:
        return max(1, self._width - self._layout_now.fixed_width)

    def set_model(self, model: GridModel) -> None:
        """Show ``model``; the cursor stays on the row and column it was on, by their keys, if they are there."""
        self._remember()
        offset, at_top = self.cursor_row - self.top_row, not self.top_row
        across = self.cursor_column - self._layout_now.first_visible(round(self.scroll_x))
        self.model = model
        self._lay_out()
        if not model.row_count:
            self.refresh()
            return
        row, column = self._remembered()
        self.set_reactive(Grid.cursor_row, row)
        self.set_reactive(Grid.cursor_column, column)
        hidden = not self.size.height
        top = 0 if hidden or (at_top and row < self.page_rows) else max(0, row - offset)
        x = self._layout_now.offset_of(column - across) if self.cursor_kind == "cell" else round(self.scroll_x)
        self.scroll_to(x, top * model.row_lines, animate=False, force=True, immediate=True)
        self._show_cursor()
        self.refresh()
        self.post_message(self.CursorMoved(self))

    def _remember(self) -> None:
        """Note what the cursor is on; while nothing is shown, what it was on before still counts."""
        model = self.model
        if self.cursor_row < model.row_count and self.cursor_column < len(model.columns):
            self._at = (model.row_key(self.cursor_row), model.column_key(self.cursor_column))

    def _remembered(self) -> tuple[int, int]:
        """Where in the model that is now; the nearest place where it is gone."""
        model, row, column = self.model, self.cursor_row, self.cursor_column
        if self._at is not None:
            row_key, column_key = self._at
            if not (row < model.row_count and model.row_key(row) == row_key):
                found = model.find_row(row_key)
                row = row if found is None else found
            found = model.find_column(column_key)
            column = column if found is None else found
        first = model.fixed if self.cursor_kind == "cell" else 0
        return min(row, model.row_count - 1), min(max(column, first), len(model.columns) - 1)

    def move_cursor(self, row: int | None = None, column: int | None = None) -> None:
        """Put the cursor on a row and column, both clamped to what there is, and scroll it into view."""
        if not self.model.row_count:
            return
        old = (self.cursor_row, self.cursor_column)
        new_row = self.cursor_row if row is None else max(0, min(row, self.model.row_count - 1))
        new_column = self.cursor_column
        if column is not None and self.cursor_kind == "cell":
            new_column = max(self.model.fixed, min(column, len(self.model.columns) - 1))
        if old == (new_row, new_column):
            return
        self.set_reactive(Grid.cursor_row, new_row)
        self.set_reactive(Grid.cursor_column, new_column)
        if not self._show_cursor():
            self._refresh_row(old[0])
            self._refresh_row(new_row)
            if old[1] != new_column:
                self.refresh(Region(0, 0, self.size.width, self.model.header_lines))
        if self.explain is not None:
            self.explain()
        self.post_message(self.CursorMoved(self, told=self.explain is not None))

    def jump_to_column(self, column: int) -> None:
        """Put the cursor on a column and the column at the left edge: what follows it is what people look for."""
        self.move_cursor(column=column)
        self.scroll_to(x=self._layout_now.offset_of(column), animate=False, force=True, immediate=True)

    def _refresh_row(self, row: int) -> None:
        lines, header = self.model.row_lines, self.model.header_lines
        y = header + (row - self.top_row) * lines
        if header <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, lines))

    def refresh_moved(self) -> None:
        """Draw again the rows on the screen whose cells tell something else than at the last call."""
        rows = range(self.top_row, min(self.top_row + self.page_rows, self.model.row_count))
        columns = range(len(self.model.columns))
        before, self._told = self._told, {row: [self.model.cell(row, at) for at in columns] for row in rows}
        for row in rows:
            if before.get(row) != self._told[row]:
                self._refresh_row(row)

    def _show_cursor(self) -> bool:
        """Scroll the cursor into view; whether that moved the window. A hidden grid does so when it is shown."""
        if not self.size.height:
            return False
        x, y = round(self.scroll_x), round(self.scroll_y)
        new_y = (
            min(max(self.top_row, self.cursor_row - self.page_rows + 1), self.cursor_row) * self.model.row_lines
        )
        new_x = x
        if self.cursor_kind == "cell" and self.cursor_column < len(self.model.columns):
            new_x = self._layout_now.scroll_to_show(self.cursor_column, x, self._room)
        if (new_x, new_y) == (x, y):
            return False
        self.scroll_to(new_x, new_y, animate=False, force=True, immediate=True)
        return True

    def _lay_out(self) -> None:
        model = self.model
        self._layout_now = lay_out(model.columns, model.fixed, self._width)
        width = self._layout_now.fixed_width + self._layout_now.offsets[-1]
        # Rows are never shown in part: the lines left below the last whole one scroll with it.
        spare = max(0, self.size.height - model.header_lines) % model.row_lines
        height = model.header_lines + model.row_count * model.row_lines + spare
        self.virtual_size = Size(max(1, width), height)

    def on_resize(self) -> None:
        self._lay_out()
        self._show_cursor()

    def on_focus(self) -> None:
        self._refresh_row(self.cursor_row)

    def on_blur(self) -> None:
        self._refresh_row(self.cursor_row)

    def action_move(self, rows: int, columns: int) -> None:
        if columns and self.cursor_kind == "row":
            self._scroll_columns(columns)
            return
        self.move_cursor(
            self.cursor_row + rows if rows else None, self.cursor_column + columns if columns else None
        )

    def _scroll_columns(self, columns: int) -> None:
        """Bring the next column to the left edge, or the one before, as long as others wait at that side."""
        layout = self._layout_now
        shown = layout.shown(round(self.scroll_x), self._room)
        if columns > 0 and shown.stop >= len(layout.widths):
            return
        index = max(0, min(shown.start - layout.fixed + columns, len(layout.offsets) - 2))
        self.scroll_to(x=layout.offsets[index], animate=False, force=True)
        self.refresh()

    def action_page(self, pages: int) -> None:
        self.move_cursor(self.cursor_row + pages * max(1, self.page_rows - 1))

    def action_edge(self, side: int) -> None:
        last = (len(self.model.columns) if self.cursor_kind == "cell" else self.model.row_count) - 1
        target = 0 if side < 0 else last
        if self.cursor_kind == "cell":
            self.move_cursor(column=target)
        else:
            self.move_cursor(row=target)

    def action_corner_row(self, side: int) -> None:
        """The first or the last row, in the column where the cursor is."""
        self.move_cursor(0 if side < 0 else self.model.row_count - 1)

    def action_corner(self, side: int) -> None:
        self.move_cursor(
            0 if side < 0 else self.model.row_count - 1, 0 if side < 0 else len(self.model.columns) - 1
        )

    def action_choose(self) -> None:
        if self.model.row_count:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        row = self.top_row + (event.y - self.model.header_lines) // self.model.row_lines
        if event.y < self.model.header_lines or row >= self.model.row_count:
            return
        column = self._column_at(event.x)
        same = row == self.cursor_row and (self.cursor_kind == "row" or column == self.cursor_column)
        if same and event.chain > 1:
            self.action_choose()
        self.move_cursor(row, column)

    def _column_at(self, x: int) -> int | None:
        layout = self._layout_now
        if x < layout.fixed_width:
            return None
        at = layout.fixed_width
        for column in layout.shown(round(self.scroll_x), self._room):
            at += layout.widths[column] + GAP
            if x < at:
                return column
        return None

    def render_line(self, y: int) -> Strip:
        model, width = self.model, self._width
        row, line = divmod(y - model.header_lines, model.row_lines)
        row += self.top_row
        if model.columns and y < model.header_lines:
            return self._header_line(y).adjust_cell_length(width, self._style("header"))
        if not model.columns or row >= model.row_count:
            return Strip.blank(width, self._style(""))
        return self._row_line(row, line)

    @property
    def _parts(self) -> tuple[range, range]:
        """The columns on the screen: those that stay, those that scroll."""
        return range(self._layout_now.fixed), self._layout_now.shown(round(self.scroll_x), self._room)

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def _style(self, name: str) -> Style:
        """How a part of the grid is drawn: "" the grid itself, "header" whole, any other on top of the others.

        Textual works this out anew after each refresh, which costs more than the drawing.
        """
        if self._styles_of != self.app.theme:
            self._styles_of, self._styles = self.app.theme, {}
        found = self._styles.get(name)
        if found is None:
            if name in TONES:
                found = self.app.stylesheet.parse_style(TONES[name]).rich_style
            elif name:
                found = self.get_component_rich_style(f"grid--{name}", partial=name != "header")
            else:
                found = self.rich_style
            self._styles[name] = found
        return found

    def _header_line(self, line: int) -> Strip:
        """One line of headings; above the last line, equal neighbours are one heading over all their columns."""
        model, widths, style = self.model, self._layout_now.widths, self._style
        base, cross = style("header"), style("cross")
        last = line == model.header_lines - 1
        segments: list[Segment] = []
        for part in self._parts:
            runs: list[tuple[Cell, int, int]] = []
            for column in part:
                cell = model.header(line, column)
                if not last and runs and runs[-1][0] == cell:
                    runs[-1] = (cell, runs[-1][1] + GAP + widths[column], column)
                else:
                    runs.append((cell, widths[column], column))
            for (text, tone), width, column in runs:
                drawn = base + style(tone) if tone else base
                if last and self.cursor_kind == "cell" and column == self.cursor_column:
                    drawn += cross
                align = model.columns[column].align if last else "left"
                segments += (Segment(fit(text, width, align), drawn), Segment(" " * GAP, base))
        strip = Strip(segments)
        if not last or self._parts[1].stop == len(model.columns):
            return strip
        more = style("note")
        return Strip.join([strip.adjust_cell_length(self._width - 1, base), Strip([Segment(">", base + more)])])

    def _row_line(self, row: int, line: int) -> Strip:
        model, widths, style = self.model, self._layout_now.widths, self._style
        base = style("")
        here = row == self.cursor_row
        cursor = style("cursor" if self.has_focus else "cursor-blurred")
        cross = style("cross")
        between = base + cursor if here and self.cursor_kind == "row" else base
        gap = Segment(" " * GAP, between)
        segments: list[Segment] = []
        for part in self._parts:
            for column in part:
                text, tone = model.cell(row, column, line)
                drawn = base + style(tone) if tone else base
                if here and (self.cursor_kind == "row" or column == self.cursor_column):
                    drawn += cursor
                elif here and column < model.fixed:
                    drawn += cross
                segments += (Segment(fit(text, widths[column], model.columns[column].align), drawn), gap)
        return Strip(segments).adjust_cell_length(self._width, between)
