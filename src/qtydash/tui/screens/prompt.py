"""Ask for one line: a date, a file."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Words


class PromptScreen(ModalScreen[str | None]):
    """One line of input. ``fault`` says what is wrong with it, "" when it can be taken."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(
        self, title: str, *, fault: Callable[[str], str], value: str = "", placeholder: str = "", note: str = ""
    ) -> None:
        super().__init__()
        self._title, self._fault, self._value = title, fault, value
        self._placeholder, self._note = placeholder, note

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog prompt"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Input(self._value, placeholder=self._placeholder)
            yield Words(classes="dialog-words")

    def on_mount(self) -> None:
        self.query_one(Words).say([[Part(self._note, "$text-muted")]] if self._note else ())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        value = event.value.strip()
        if fault := self._fault(value):
            self.query_one(Words).say([[Part(fault, "$text-error")]])
        else:
            self.dismiss(value)
