"""What every key does, made from the registry."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from qtydash.tui.commands import SCOPE_TITLES, Command, Scope, of_scope
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words

GRID_KEYS = (
    ("arrows", "Move; page up and down, home and end go further."),
    ("ctrl+home, ctrl+end", "The first and the last row."),
    ("ctrl+p", "All commands by name."),
    ("escape", "Leave a dialog; in the filter line, show all rows again."),
)


def help_lines(scope: Scope) -> list[Line]:
    """The keys of a pane, then those that work everywhere."""
    lines: list[Line] = []
    if scope != "everywhere" and of_scope(scope):
        lines += _section(SCOPE_TITLES[scope], of_scope(scope))
    lines += _section(SCOPE_TITLES["everywhere"], of_scope("everywhere"))
    lines += [_key_line(key, words) for key, words in GRID_KEYS]
    return lines


def _section(title: str, commands: Iterable[Command]) -> list[Line]:
    return [[Part(title, "bold underline")], *(_key_line(c.shown, c.help) for c in commands)]


def _key_line(key: str, words: str) -> Line:
    return [Part(f"  {key:>6}  " if len(key) <= 6 else f"  {key}  ", "bold $accent"), Part(words)]


class HelpScreen(ModalScreen[None]):
    """The keys of the active pane, and those that work everywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "back"),
        ("question_mark", "dismiss(None)", "back"),
        ("q", "dismiss(None)", "back"),
    ]

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope: Scope = scope

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Keys (escape goes back)", classes="dialog-title", markup=False)
            with VerticalScroll():
                yield Words(id="keys")

    def on_mount(self) -> None:
        self.query_one("#keys", Words).say(help_lines(self._scope))
        self.query_one(VerticalScroll).focus()
