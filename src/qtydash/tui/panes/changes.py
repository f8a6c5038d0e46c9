"""What was changed from here."""

from textual.app import ComposeResult
from textual.containers import Vertical

from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.words import Words


class ChangesPane(Vertical, can_focus=True):
    """Every change: staged, in flight, unknown, done."""

    number = 5

    def __init__(self) -> None:
        super().__init__(id="changes", classes="pane")

    def compose(self) -> ComposeResult:
        yield Bar(classes="title")
        yield Words(classes="message")

    def on_mount(self) -> None:
        self.query_one(".title", Bar).show([Part(" 5 Changes ", "bold")], [])
        self.query_one(".message", Words).say([[Part("No changes: nothing was staged or sent from here.")]])
