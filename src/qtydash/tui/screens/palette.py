"""Commands by their names."""

from typing import Any, TypeVar

from textual.app import ComposeResult
from textual.command import CommandList, CommandPalette
from textual.events import Click
from textual.worker import Worker, WorkerState, WorkType

from qtydash.tui.screens.dialog import Dialog

R = TypeVar("R")


class _Commands(CommandList):
    async def _on_click(self, event: Click) -> None:
        """Fewer may be there than when the one that is clicked was drawn: the click would end the program."""
        if event.style.meta.get("option", -1) >= self.option_count:
            event.prevent_default()


class Palette(CommandPalette, Dialog[None]):
    """Textual's palette. Left by one key more than it takes, or while it still looks for what was typed, its own
    would end the program."""

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            yield _Commands() if isinstance(widget, CommandList) else widget

    def run_worker(self, work: WorkType[R], *settings: Any, **named: Any) -> Worker[R]:
        return super().run_worker(work, *settings, **{**named, "exit_on_error": False})

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault in what it looks for is one, unless that is because it has been left."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and isinstance(error, Exception) and not self.is_left:
            self.app._handle_exception(error)
