"""Asked when someone leaves the review while its batch is being sent."""

from collections.abc import Callable
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Words

Way = Literal["stay", "stop", "close"]


class StopScreen(Dialog[Way]):
    """The three ways on. It goes when the batch has ended, which ``ended`` tells; ``rest`` says what becomes of
    what was not sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss('stay')", "go on"),
        ("x", "dismiss('stop')", "stop"),
        ("c", "dismiss('close')", "close"),
    ]

    def __init__(self, ended: Callable[[], bool], rest: str) -> None:
        super().__init__()
        self._ended, self._rest = ended, rest

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog prompt"):
            yield Static("Changes are being sent", classes="dialog-title", markup=False)
            yield Words()

    def on_mount(self) -> None:
        key = "bold $text-accent"
        self.query_one(Words).say(
            [
                [],
                [Part("x       ", key), Part(f"stop after this one; {self._rest}")],
                [Part("c       ", key), Part("close the review; it goes on, and 5 Changes shows it")],
                [Part("escape  ", key), Part("back to the review; it goes on")],
            ]
        )
        self.set_interval(0.2, self._look)

    def _look(self) -> None:
        if self._ended():
            self.dismiss("stay")
