"""The review: every staged change on a fresh read, then applied one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from qtydash.config.errors import ConfigError
from qtydash.domain.changes import Intent
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.review import Proposal
from qtydash.domain.snapshot import plural
from qtydash.services.batch import BatchControl, BatchResult
from qtydash.services.changes import NotNow, Running
from qtydash.storage.journal import JournalError
from qtydash.tui.batch_ended import BatchEnded
from qtydash.tui.commands import Command
from qtydash.tui.models.review import ReviewRow, Standing, review_table
from qtydash.tui.models.review_words import progress_lines, result_lines, row_lines, summary_lines
from qtydash.tui.models.table import Table
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.screens.review_batch import BatchRun, Gate, RowMoved, no_gate
from qtydash.tui.screens.review_keys import KEYS, Phase, bindings
from qtydash.tui.screens.review_stop import StopScreen, Way
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.keys import KeyBar
from qtydash.tui.widgets.words import Line, Words
from qtydash.tui.workspace import Workspace

OFFLINE = "Started with --offline: nothing is read, so nothing can be sent. What is staged stays so."


class ReviewScreen(Dialog[BatchResult | None]):
    """Before, now and after of each staged change; what came of each once they are applied.

    Gives the batch's result, None when nothing was sent or it is being sent still.
    """

    AUTO_FOCUS = "#leave"
    noun: ClassVar[str] = "change"
    """What is counted."""
    offline: ClassVar[str] = OFFLINE
    headings: ClassVar[Mapping[Phase, str]] = {Phase.SENDING: "Sending", Phase.DONE: "Sent"}
    verb: ClassVar[str] = "Apply"
    keys: ClassVar[Mapping[Phase, Sequence[Command]]] = KEYS
    """What the bottom line shows in each phase."""
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(),
        ("up", "step(-1)"),
        ("down", "step(1)"),
        ("pageup", "step(-10)"),
        ("pagedown", "step(10)"),
        ("left", "columns(-1)"),
        ("right", "columns(1)"),
    ]
    DEFAULT_CSS = """
    ReviewScreen .review { width: 100%; max-width: 150; height: 100%; max-height: 44; padding: 0 1; }
    ReviewScreen .review { background: $panel; }
    ReviewScreen Grid { margin: 1 0; height: 1fr; background: $panel; }
    ReviewScreen .review-words, ReviewScreen .review-row { height: auto; max-height: 5; }
    ReviewScreen .review-row { max-height: 7; }
    ReviewScreen .review-buttons { height: 1; margin-top: 1; }
    ReviewScreen Button { margin-right: 1; min-width: 10; }
    """

    def __init__(self, workspace: Workspace, intents: Sequence[Intent], gate: Gate = no_gate) -> None:
        super().__init__()
        self.workspace = workspace
        self.intents = tuple(intents)
        self.phase = Phase.READING
        self.rows: tuple[ReviewRow, ...] = tuple(ReviewRow(Proposal(intent)) for intent in intents)
        self._gate = gate
        self._batch: tuple[int, ...] = ()
        self._run = BatchRun(workspace, self)
        self._result: BatchResult | None = None
        self._fault = ""

    @property
    def rest(self) -> str:
        """What becomes of what is not sent when the batch is stopped."""
        return "the rest is not sent and stays staged"

    def compose(self) -> ComposeResult:
        with Vertical(classes="review"):
            yield Bar(classes="dialog-title")
            yield Words(classes="review-words")
            yield Grid()
            yield Words(classes="review-row")
            with Horizontal(classes="review-buttons"):
                yield Button("Cancel", id="leave", compact=True)
                yield Button("Apply", id="apply", compact=True, variant="warning")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Grid).can_focus = False
        self.action_read()
        self.set_interval(0.5, self._tick)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    # Reading.

    def action_read(self) -> None:
        """Read every target afresh. What was accepted on another reading is to be decided again."""
        if self.phase in (Phase.SENDING, Phase.DONE):
            return
        if self.workspace.offline:
            self.rows = tuple(ReviewRow(Proposal(intent, refusal=self.offline)) for intent in self.intents)
            self._turn(Phase.FAILED, self.offline)
        else:
            self._turn(Phase.READING)
            self._read()

    async def plan(self) -> tuple[Proposal, ...]:
        """What each change would do now. Runs in the background."""
        return await self.workspace.changes.plan(self.intents)

    @work(group="read", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        out = {row.intent.target for row in self.rows if row.left_out}
        try:
            proposals = await self.workspace.background.run(self.plan())
        except (VendorError, ConfigError, InvalidId, JournalError, NotNow) as error:
            self._turn(Phase.FAILED, error.full if isinstance(error, VendorError) else str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the review reading forever
            self._turn(Phase.FAILED, f"qtydash has a fault of its own here ({type(error).__name__}).")
        else:
            self.intents = tuple(proposal.intent for proposal in proposals)
            self.rows = tuple(ReviewRow(proposal, proposal.intent.target in out) for proposal in proposals)
            self._turn(Phase.DECIDING)
            asking = (at for at, row in enumerate(self.rows) if row.standing is Standing.DECIDE)
            self._go_to(next(asking, None))

    # Deciding.

    @property
    def _going(self) -> tuple[int, ...]:
        return tuple(at for at, row in enumerate(self.rows) if row.goes)

    def row_at(self, line: int) -> int:
        """Which of ``rows`` a line of the table is of."""
        return line

    def line_of(self, row: int) -> int:
        """The first line of the table that is of one of ``rows``."""
        return row

    @property
    def _at(self) -> int:
        """The row that the cursor is on."""
        return self.row_at(self.query_one(Grid).cursor_row)

    def _go_to(self, row: int | None) -> None:
        self.query_one(Grid).move_cursor(None if row is None else self.line_of(row))

    @property
    def going_count(self) -> int:
        """How many there are of what is sent when it is applied."""
        return len(self._going)

    def action_decide(self) -> None:
        at = self._at
        if self.phase is Phase.DECIDING and at < len(self.rows):
            if self.rows[at].standing is Standing.REFUSED:
                self.app.bell()
            self._set_row(at, self.rows[at].turned())
            self._show()

    def action_next(self) -> None:
        """Go to the next row that waits for a decision."""
        here, count = self._at, len(self.rows)
        order = ((here + step) % count for step in range(1, count + 1))
        if self.phase is Phase.DECIDING:
            self._go_to(next((at for at in order if self.rows[at].standing is Standing.DECIDE), here))

    def action_unstage(self) -> None:
        at = self._at
        if self.phase not in (Phase.DECIDING, Phase.FAILED) or at >= len(self.rows):
            return
        target = self.rows[at].intent.target
        self.workspace.changes.unstage([target])
        self.intents = tuple(intent for intent in self.intents if intent.target != target)
        self.rows = tuple(row for row in self.rows if row.intent.target != target)
        if self.rows:
            self._show()
        else:
            self.dismiss(None)

    # Sending.

    @on(Button.Pressed, "#apply")
    def action_apply(self) -> None:
        going = self._going
        if self.phase is not Phase.DECIDING or not going:
            self.app.bell()
            return
        proposals = [self.rows[at].proposal for at in going]
        self.pass_gate(proposals, lambda: self._begin(going, proposals))

    def pass_gate(self, proposals: Sequence[Proposal], pass_on: Callable[[], None]) -> None:
        """Have the operator do what must be done before these are sent, then call ``pass_on``."""
        self._gate(self, proposals, pass_on)

    def _begin(self, going: tuple[int, ...], proposals: Sequence[Proposal]) -> None:
        if self.phase is not Phase.DECIDING:
            return
        self._batch = going
        for at in going:
            self._set_row(at, replace(self.rows[at], batched=True))
        self._turn(Phase.SENDING)
        self._run.start(proposals)

    @on(RowMoved)
    def _row_moved(self, message: RowMoved) -> None:
        if self.phase is not Phase.SENDING:
            return
        at = self._batch[message.position]
        self._set_row(at, replace(self.rows[at], result=message.result))
        self._show()
        self._go_to(at)

    @on(BatchEnded)
    def _ended(self, message: BatchEnded) -> None:
        results = dict(zip(self._batch, message.result.results, strict=False))
        for at in self._batch:
            self._set_row(at, replace(self.rows[at], batched=message.begun, result=results.get(at)))
        if not message.begun:
            self._batch = ()
            self._turn(Phase.FAILED, message.fault)
            return
        self._result = message.result
        self._turn(Phase.DONE, message.fault)
        bad = (at for at in self._batch if at not in results or not results[at].is_done)
        # From the top, however far it was scrolled on its way.
        self.query_one(Grid).scroll_home(animate=False, force=True, immediate=True)
        self._go_to(next(bad, self._batch[0]))
        self.over(message.result)

    def over(self, result: BatchResult) -> None:
        """The batch has ended, and its result is shown."""

    def action_pause(self) -> None:
        if self.phase is Phase.SENDING:
            self._run.control.paused = not self._run.control.paused
            self._show()

    def action_stop(self) -> None:
        if self.phase is Phase.SENDING:
            self.app.push_screen(StopScreen(lambda: self.phase is not Phase.SENDING, self.rest), self._stop)

    def _stop(self, way: Way | None) -> None:
        if way == "stop":
            self._run.control.aborted = True
            self._show()
        elif way == "close" and self.phase is Phase.SENDING:
            self.dismiss(None)

    # Leaving.

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        if self.phase is Phase.SENDING:
            self.action_stop()
        else:
            self.dismiss(self._result)

    async def action_changes(self) -> None:
        if self.phase is Phase.DONE:
            self.dismiss(self._result)
            await self.app.run_action("app.pane('changes')")

    # Drawing.

    def action_step(self, rows: int) -> None:
        grid = self.query_one(Grid)
        grid.move_cursor(grid.cursor_row + rows)

    def action_columns(self, columns: int) -> None:
        self.query_one(Grid).action_move(0, columns)

    def _set_row(self, at: int, row: ReviewRow) -> None:
        self.rows = (*self.rows[:at], row, *self.rows[at + 1 :])

    def _turn(self, phase: Phase, fault: str = "") -> None:
        self.phase, self._fault = phase, fault
        self._show()

    def _tick(self) -> None:
        if self.phase in (Phase.READING, Phase.SENDING):
            self._say()

    def _show(self) -> None:
        grid = self.query_one(Grid)
        begun = self.phase in (Phase.SENDING, Phase.DONE)
        grid.set_model(self.table(grid.size.width, begun=begun))
        self._say()
        self._explain()
        self._show_keys()

    def table(self, width: int, *, begun: bool) -> Table[Any]:
        """The rows, before or since the batch has begun."""
        return review_table(self.rows, self.workspace.glyphs, width, begun=begun)

    def _say(self) -> None:
        profile = self.workspace.profile
        name = profile.title if profile.title == profile.name else f"{profile.title} ({profile.name})"
        self.query_one(".dialog-title", Bar).show([Part(self.heading(), "bold")], [Part(name, "bold")])
        self.query_one(".review-words", Words).say(self._words())

    def heading(self) -> str:
        """What stands on top."""
        return f"{self.headings.get(self.phase, 'Review')}: {plural(self.count, self.noun)}"

    @property
    def count(self) -> int:
        """How many there are of the ``noun``."""
        return len(self._batch) if self._batch else len(self.rows)

    def _words(self) -> Sequence[Line]:
        match self.phase:
            case Phase.READING:
                return self.reading()
            case Phase.DECIDING:
                return self.summary()
            case Phase.SENDING:
                return self.progress(self.workspace.changes.running, self._run.control)
            case Phase.DONE if self._result is not None and not self._fault:
                return self.outcome(self._result)
            case _:
                return [[Part(self._fault, "$text-error")]]

    def reading(self) -> Sequence[Line]:
        """What is said above the rows while they are read."""
        return [[Part(f"Reading {plural(len(self.intents), 'target')}...")]]

    def summary(self) -> Sequence[Line]:
        """What is said before anything is sent."""
        return summary_lines(self.rows)

    def progress(self, running: Running | None, control: BatchControl) -> Sequence[Line]:
        """What is said while the batch is on its way."""
        return progress_lines(self.rows, running, control, self.workspace.now())

    def outcome(self, result: BatchResult) -> Sequence[Line]:
        """What is said of what came of it."""
        staged_for = self.workspace.changes.staged_for
        stay = sum(staged_for(row.intent.target) == row.intent for row in self.rows)
        return result_lines(self.rows, result, stay, self.workspace.keys)

    def explanation(self, line: int) -> Sequence[Line]:
        """What is said of the line that the cursor is on."""
        return row_lines(self.rows[line], self.workspace.glyphs) if line < len(self.rows) else ()

    @on(Grid.CursorMoved)
    def _explain(self) -> None:
        self.query_one(".review-row", Words).say(self.explanation(self.query_one(Grid).cursor_row))

    def _show_keys(self) -> None:
        leave, apply = self.query_one("#leave", Button), self.query_one("#apply", Button)
        leave.label = {Phase.SENDING: "Stop...", Phase.DONE: "Close"}.get(self.phase, "Cancel")
        apply.display = self.phase in (Phase.READING, Phase.DECIDING)
        going = self.going_count
        apply.disabled = self.phase is not Phase.DECIDING or not going
        apply.label = f"{self.verb} {going}" if going else self.verb
        self.query_one(KeyBar).show_keys(self.keys[self.phase])
