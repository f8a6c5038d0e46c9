"""Commands by their names."""

from typing import Any, TypeVar

from textual.command import CommandPalette
from textual.worker import Worker, WorkerState, WorkType

from qtydash.tui.screens.dialog import Dialog

R = TypeVar("R")


class Palette(CommandPalette, Dialog[None]):
    """Textual's palette. Left by one key more than it takes, or while it still looks for what was typed, its own
    would end the program."""

    def run_worker(self, work: WorkType[R], *settings: Any, **named: Any) -> Worker[R]:
        return super().run_worker(work, *settings, **{**named, "exit_on_error": False})

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault in what it looks for is one, unless that is because it has been left."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and isinstance(error, Exception) and not self.is_left:
            self.app._handle_exception(error)
