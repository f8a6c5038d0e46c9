"""What stands on the screen when there is no usable configuration."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Words

WAYS_ON = (
    ("qtydash demo", "look around on invented data; nothing to set up"),
    ("qtydash config init", "write a commented configuration to fill in"),
    ("qtydash config check", "test it: each vendor is asked once"),
)


class SetupApp(App[int]):
    """Says what is wrong with the configuration and which commands mend it."""

    CSS = """
    SetupApp { align: center middle; }
    #setup { width: 80%; max-width: 90; height: auto; padding: 1 2; background: $panel; }
    #setup .dialog-title { text-style: bold; margin-bottom: 1; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [("q", "exit", "quit"), ("escape", "exit", "quit")]

    def __init__(self, problem: str, *, missing: bool = True) -> None:
        super().__init__()
        self._problem = problem
        self._title = "qtydash is not set up yet" if missing else "The configuration cannot be used as it is"

    def compose(self) -> ComposeResult:
        with Vertical(id="setup"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Words()

    def on_mount(self) -> None:
        self.query_one(Words).say(
            [
                *([Part(line, "$text-warning")] for line in self._problem.splitlines()),
                [],
                *([Part(f"{command:<22}"), Part(words, "$text-muted")] for command, words in WAYS_ON),
                [],
                [Part("Press q to leave.", "bold")],
            ]
        )

    def action_exit(self) -> None:
        self.exit(2)
