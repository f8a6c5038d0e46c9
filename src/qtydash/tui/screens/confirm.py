"""A question with a button to go on and one to leave it, which has the focus."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from qtydash.domain.text import safe_text
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.words import Line, Words


def button(label: str, id: str) -> Button:
    """One button of a dialog. Nothing in its label is read as markup."""
    return Button(Content(safe_text(label)), id=id, compact=True)


class Buttons(Horizontal):
    """The buttons of a dialog in a row; the first is the way out."""

    DEFAULT_CSS = """
    Buttons { height: 1; margin-top: 1; }
    Buttons Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("left", "app.focus_previous"),
        ("right", "app.focus_next"),
    ]


class ConfirmScreen(Dialog[bool]):
    """Says what would happen, and waits for a button: ``label`` goes on, Cancel and escape do not."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(False)", "back")]

    def __init__(self, title: str, lines: Sequence[Line], label: str) -> None:
        super().__init__()
        self._title, self._lines, self._label = title, lines, label

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog prompt"):
            yield Bar(classes="dialog-title")
            yield Words()
            with Buttons():
                yield button("Cancel", "cancel")
                yield button(self._label, "go")

    def on_mount(self) -> None:
        self.query_one(Bar).show([Part(self._title, "bold")])
        self.query_one(Words).say(self._lines)
        self.query_one("#cancel", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")
