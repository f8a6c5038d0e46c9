"""Asked when someone quits while a change is on its way."""

from datetime import datetime
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from qtydash.services.changes import Running
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words
from qtydash.tui.workspace import Workspace

Leave = Literal["stay", "after this one", "now"]


class QuitScreen(Dialog[Leave]):
    """How long the change under way has been on its way, and the three ways on. It goes when the batch is done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss('stay')", "stay"),
        ("s", "dismiss('after this one')", "stop and quit"),
        ("n", "dismiss('now')", "quit now"),
    ]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog prompt"):
            yield Static("Changes are being sent", classes="dialog-title", markup=False)
            yield Words(classes="quit-words")

    def on_mount(self) -> None:
        self._show()
        self.set_interval(0.5, self._show)

    def _show(self) -> None:
        running = self._workspace.changes.running
        if running is None:
            self.dismiss("stay")  # what came of it is on the screen behind
            return
        self.query_one(Words).say(quit_lines(running, self._workspace.now()))


def quit_lines(running: Running, now: datetime) -> list[Line]:
    """What is being sent, for how long, and what each key does."""
    lines: list[Line] = []
    if running.sent_at is not None:
        seconds = max(0, int((now - running.sent_at).total_seconds()))
        lines.append([Part(f"{running.sentence}: on its way for {seconds} s.", "bold")])
    if running.left:
        lines.append([Part(f"{running.left} more of this batch wait their turn.")])
    lines += [
        [],
        [Part("escape  ", "bold $text-accent"), Part("stay; it goes on")],
        [Part("s       ", "bold $text-accent"), Part("quit once this one is answered; the rest is not sent")],
        [
            Part("n       ", "bold $text-accent"),
            Part("quit now; what became of this one is then not known until it is looked up"),
        ],
    ]
    return lines
