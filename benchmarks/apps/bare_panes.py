"""The framework's floor for four panes: each a title, a screenful of made-up rows drawn line by line, and a line
below; above and below them a line each. Nothing is read, looked up or formatted."""

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.containers import Container, Vertical
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

ROWS = 500


class Rows(ScrollView):
    def on_mount(self) -> None:
        self.virtual_size = Size(70, ROWS)

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(f"row {y:5}".ljust(self.size.width))])


class BarePanes(App[None]):
    CSS = """
    #panes { layout: grid; grid-size: 2; height: 1fr; }
    Static { height: 1; }
    Rows { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        yield Static("Four panes.")
        with Container(id="panes"):
            for number in range(1, 5):
                with Vertical():
                    yield Static(f"pane {number}")
                    yield Rows()
                    yield Static(f"below pane {number}")
        yield Static("Nothing but rows.")


if __name__ == "__main__":
    BarePanes().run()
