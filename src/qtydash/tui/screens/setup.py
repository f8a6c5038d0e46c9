"""What stands on the screen when there is no usable configuration."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from qtydash.tui.guarded_app import GuardedApp
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words

WayOn = Literal["demo", "init"]

WAYS_ON = (
    ("d", "qtydash demo", "look around on invented data"),
    ("i", "qtydash config init", "write a commented configuration to fill in"),
    ("", "qtydash config check", "then test it: each vendor is asked once"),
    ("q", "", "leave"),
)
"""The keys, the commands that do the same, and what they are for."""
NARROW = 78


class SetupApp(GuardedApp):
    """Says what is wrong with the configuration and leads to what mends it. ``way_on`` is what was chosen."""

    CSS = """
    Screen { align: center middle; }
    #setup { width: 96%; max-width: 90; height: auto; padding: 1 2; background: $panel; }
    #setup .dialog-title { text-style: bold; margin-bottom: 1; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "exit", "quit"),
        ("escape", "exit", "quit"),
        ("d", "go('demo')"),
        ("i", "go('init')"),
    ]

    def __init__(self, problem: str, *, missing: bool = True) -> None:
        super().__init__()
        self._problem = problem
        self._missing = missing
        self.way_on: WayOn | None = None
        self._title = "qtydash is not set up yet" if missing else "The configuration cannot be used as it is"

    def compose(self) -> ComposeResult:
        with Vertical(id="setup"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Words()

    def on_resize(self) -> None:
        self.query_one(Words).say(
            [
                *([Part(line, "$text-warning")] for line in self._problem.splitlines()),
                [],
                *(line for way in WAYS_ON if self._missing or way[0] != "i" for line in self._way(*way)),
            ]
        )

    def _way(self, key: str, command: str, words: str) -> Iterator[Line]:
        """A way on in one line, or in two where there is no room."""
        before = [Part(f"  {key:<3}", "bold $text-accent")]
        if self.size.width >= NARROW:
            yield [*before, Part(f"{command:<22}"), Part(words, "$text-muted")]
        else:
            yield [*before, Part(command or words)]
            if command:
                yield [Part(f"     {words}", "$text-muted")]

    def action_exit(self) -> None:
        self.exit(2)

    def action_go(self, way_on: WayOn) -> None:
        """Leave for one of the ways on; a file that is there already is not written over."""
        if way_on == "demo" or self._missing:
            self.way_on = way_on
            self.exit(0)
