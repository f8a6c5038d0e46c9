"""A page of words to read and to copy."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from qtydash.domain.text import safe_text
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.words import Line, Words


class PageScreen(Dialog[None]):
    """Lines that may be more than fit: arrows scroll, ``c`` copies them all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "back"),
        ("enter", "dismiss(None)", "back"),
        ("q", "dismiss(None)", "back"),
        ("c", "copy", "copy"),
    ]

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            title = f"{safe_text(self._title)} (escape goes back, c copies)"
            yield Static(title, classes="dialog-title", markup=False)
            with VerticalScroll():
                yield Words(id="page")

    def on_mount(self) -> None:
        self.query_one("#page", Words).say(self._lines)
        self.query_one(VerticalScroll).focus()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(
            "\n".join("".join(safe_text(part.text) for part in line) for line in self._lines)
        )
        self.notify("Copied.", markup=False)
