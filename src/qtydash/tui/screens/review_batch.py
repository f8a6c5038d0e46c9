"""A batch on its way, told to the screen that let it go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen

from qtydash.domain.review import Proposal
from qtydash.services.batch import BatchControl, BatchResult, Result
from qtydash.services.changes import NotNow
from qtydash.storage.journal import JournalError
from qtydash.tui.batch_ended import BatchEnded
from qtydash.tui.models.review import ReviewRow, tally
from qtydash.tui.workspace import Workspace

Gate = Callable[[Screen[Any], Sequence[Proposal], Callable[[], None]], None]
"""What must be done before these are sent, after the key that applies them; calls the last once it is done."""


def no_gate(screen: Screen[Any], proposals: Sequence[Proposal], pass_on: Callable[[], None]) -> None:
    """The key that applies is enough."""
    pass_on()


@dataclass
class RowMoved(Message, bubble=False):
    """A change of the batch is on its way, or came to its end."""

    position: int
    result: Result


@dataclass
class BatchRun:
    """One batch. The app waits for it, so that closing the screen loses nothing of what comes of it."""

    workspace: Workspace
    screen: Screen[Any]
    control: BatchControl = field(default_factory=BatchControl)
    batch: str = ""
    """Its id, where one was told before it began."""

    def start(self, proposals: Sequence[Proposal]) -> None:
        """Send them, one after the other."""
        self.screen.app.run_worker(self._run(proposals), group="apply", exit_on_error=False)

    async def _run(self, proposals: Sequence[Proposal]) -> None:
        changes, app = self.workspace.changes, self.screen.app
        ended = BatchEnded(BatchResult(()))
        try:
            ended.result = await self.workspace.background.run(
                changes.apply(proposals, on_result=self._moved, control=self.control, batch=self.batch)
            )
        except (NotNow, JournalError) as error:
            ended.fault, ended.begun = f"Nothing was sent. {error}", False
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the screen sending forever
            ended.fault = (
                f"qtydash has a fault of its own here ({type(error).__name__}). 5 Changes shows what was sent; "
                "look there before you do anything again."
            )
        ended.seen = self.screen.is_attached
        if ended.seen:
            self.screen.post_message(ended)
        else:
            bad = ended.fault or ended.result.stopped
            severity: SeverityLevel = "error" if bad else "information"
            app.notify(ended.fault or _ended_words(ended.result), severity=severity, timeout=20, markup=False)
        for pane in app.screen_stack[0].query(".pane"):
            pane.post_message(replace(ended))

    def _moved(self, position: int, result: Result) -> None:
        """Called on the thread that sends."""
        self.screen.post_message(RowMoved(position, result))


def _ended_words(result: BatchResult) -> str:
    rows = (ReviewRow(Proposal(r.change.intent), batched=True, result=r) for r in result.results)
    return " ".join(filter(None, (f"The batch ended: {tally(row.outcome[0] for row in rows)}.", result.stopped)))
