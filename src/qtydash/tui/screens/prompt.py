"""Ask for one line: a date, a file."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words


class PromptScreen(Dialog[str | None]):
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
            yield self.line()
            yield Words(classes="dialog-words")

    def line(self) -> Input:
        """The line to type into."""
        return Input(self._value, placeholder=self._placeholder)

    def on_mount(self) -> None:
        self.query_one(Words).say(self.words(self._value))

    def words(self, typed: str) -> Sequence[Line]:
        """What stands below the line when ``typed`` is in it."""
        return [[Part(self._note, "$text-muted")]] if self._note else ()

    def refused(self, typed: str, fault: str) -> Sequence[Line]:
        """What stands there once ``typed`` was not taken."""
        return [[Part(fault, "$text-error")]]

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.take(event.value.strip())

    def take(self, value: str) -> None:
        """Give ``value``, or say what is wrong with it."""
        if fault := self._fault(value):
            self.query_one(Words).say(self.refused(value, fault))
        else:
            self.dismiss(value)
