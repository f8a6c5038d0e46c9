"""The clean-up: what would be deleted, the gate, the rows as they go, and the list compared afterwards."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import Button

from qtydash.config.models import OrderQtySource
from qtydash.domain.change_words import tally
from qtydash.domain.changes import ChangeRecord, Intent, left_to_wait
from qtydash.domain.gates import Gate, deletion_gate
from qtydash.domain.op_id import new_op_id
from qtydash.domain.order_qty import DEFAULT_STALE_AFTER
from qtydash.domain.order_qty_sums import not_stale_words
from qtydash.domain.review import Proposal
from qtydash.domain.snapshot import age_in_words, plural
from qtydash.services.backup import backup_file, backup_folder
from qtydash.services.batch import BatchControl, BatchResult
from qtydash.services.changes import Running
from qtydash.services.clean_up import CART_WARNING, CleanUp, cart_intent, hold_port
from qtydash.services.stopped import StoppedCleanUp, left_intents, settle_unknown
from qtydash.tui.commands import Command
from qtydash.tui.models import clean_up_words as words
from qtydash.tui.models.clean_up import HoldLine, clean_up_table, hold_lines
from qtydash.tui.models.table import Table
from qtydash.tui.screens.gate import GateScreen
from qtydash.tui.screens.review import ReviewScreen
from qtydash.tui.screens.review_keys import CLEAN_UP_KEYS, Phase
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line
from qtydash.tui.workspace import Workspace

OFFLINE = "Started with --offline: nothing is read, so nothing can be deleted."
COMPARING = "Reading the list again to compare..."


class CleanUpScreen(ReviewScreen):
    """The review of deletions. Each row is a line of its own, also where a whole cart goes by one request."""

    noun = "row"
    offline = OFFLINE
    headings: ClassVar[Mapping[Phase, str]] = {
        **dict.fromkeys(Phase, "Clean-up"),
        Phase.SENDING: "Deleting",
        Phase.DONE: "Clean-up, done",
    }
    verb = "Delete"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("C", "take_up", "take up", id="take_up")]
    DEFAULT_CSS = """
    CleanUpScreen .review-words { max-height: 8; }
    CleanUpScreen #apply { min-width: 18; }
    """
    keys: ClassVar[Mapping[Phase, Sequence[Command]]] = CLEAN_UP_KEYS

    def __init__(
        self, workspace: Workspace, intents: Sequence[Intent] = (), stale_after: timedelta | None = None
    ) -> None:
        super().__init__(workspace, intents)
        usual = self._section.stale_after if self._section else DEFAULT_STALE_AFTER
        self._stale_after = usual if stale_after is None else stale_after
        self._clean_up = CleanUp(workspace.changes, intents)
        self._notes: tuple[str, ...] = ()
        self._warnings: tuple[str, ...] = ()
        """What must be read at the gate, too."""
        self._began = workspace.now()
        self._compared = ""
        self._lines: Sequence[HoldLine] = ()

    def on_mount(self) -> None:
        # Enter on a button must not open the gate and then, pressed again, do anything in it.
        self.query_one("#apply", Button).can_focus = False

    # Reading.

    async def plan(self) -> tuple[Proposal, ...]:
        self._clean_up = CleanUp(self.workspace.changes, await self.frozen())
        return await self._clean_up.plan()

    @property
    def rest(self) -> str:
        return f"the rest is not sent, and {self.workspace.keys['take_up']} takes it up"

    async def frozen(self) -> Sequence[Intent]:
        """The deletions that are reviewed. Runs in the background, each time the rows are read."""
        return self.intents

    def reading(self) -> Sequence[Line]:
        return [[Part(f"Reading {plural(len(self.intents), 'row')} afresh...")]]

    # The rows.

    def table(self, width: int, *, begun: bool) -> Table[Any]:
        self._lines = hold_lines(self.rows)
        glyphs = self.workspace.glyphs
        return clean_up_table(self._lines, self._names, self.workspace.now(), glyphs, width, begun=begun)

    def row_at(self, line: int) -> int:
        return self._lines[line].at if line < len(self._lines) else len(self.rows)

    def line_of(self, row: int) -> int:
        return next((n for n, line in enumerate(self._lines) if line.at == row), 0)

    @property
    def count(self) -> int:
        if self.phase is Phase.SENDING:
            return sum(line.row.batched for line in self._lines)
        return len(self._lines)

    @property
    def going_count(self) -> int:
        return len(words.going_rows(self._lines))

    @property
    def _section(self) -> OrderQtySource | None:
        return self.workspace.profile.order_qty

    @property
    def _names(self) -> Mapping[str, str]:
        products = self._section.products if self._section else ()
        return {product.code: product.name or product.code for product in products}

    # What is said.

    def summary(self) -> Sequence[Line]:
        folder = backup_folder(self.workspace.changes.journal.path)
        return words.summary_lines(self._lines, self._gate_for_all, folder, (*self._notes, *self._must_read))

    def progress(self, running: Running | None, control: BatchControl) -> Sequence[Line]:
        return words.progress_lines(self._lines, running, control, self._began, self.workspace.now())

    def outcome(self, result: BatchResult) -> Sequence[Line]:
        return words.result_lines(self._lines, result, self._compared, self._backup if result.results else None)

    def explanation(self, line: int) -> Sequence[Line]:
        if line >= len(self._lines):
            return ()
        return words.line_lines(self._lines[line], self._names, self.workspace.now(), self._stale_after)

    def action_unstage(self) -> None:
        """Nothing is staged here, and a row that is not to go is left out: it counts still."""

    # The gate.

    @property
    def _gate_for_all(self) -> Gate:
        profile = self.workspace.profile
        return deletion_gate(len(words.going_rows(self._lines)), profile.name, profile.max_bulk)

    @property
    def _must_read(self) -> Sequence[str]:
        living = not_stale_words(words.going_rows(self._lines), self.workspace.now(), self._stale_after)
        return (*self._warnings, living) if living else self._warnings

    @property
    def _backup(self) -> Path:
        """The file that the rows of this batch are written to."""
        return backup_file(self.workspace.changes.journal.path, self.workspace.profile.name, self._run.batch)

    def pass_gate(self, proposals: Sequence[Proposal], pass_on: Callable[[], None]) -> None:
        gate, rows = self._gate_for_all, words.going_rows(self._lines)
        if gate.refusal:
            self.notify(gate.refusal, severity="error", markup=False)
            return
        self._run.batch = new_op_id(self.workspace.now())
        lines = words.gate_lines(rows, self.workspace.profile.name, self._backup, self._must_read)

        def passed(yes: bool | None) -> None:
            if yes:
                self._began = self.workspace.now()
                pass_on()

        count = plural(len(rows), "row")
        self.app.push_screen(GateScreen(f"Delete {count}?", lines, gate, f"Delete {count}"), passed)

    # Afterwards.

    async def action_take_up(self) -> None:
        """Close, and take up what was not sent."""
        if self.phase is Phase.DONE:
            self.dismiss(self._result)
            await self.app.run_action("app.take_up")

    def over(self, result: BatchResult) -> None:
        if any(found.state is not None for found in result.results):
            self._compared = COMPARING
            self._show()
            self._compare(result)

    @work(group="compare", exit_on_error=False)
    async def _compare(self, result: BatchResult) -> None:
        outcomes = [(found.change.intent, found.state) for found in result.results]
        try:
            self._compared = await self.workspace.background.run(self._clean_up.lists_since(outcomes))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave it comparing forever
            self._compared = f"The list could not be compared: a fault of qtydash's own ({type(error).__name__})."
        self._show()


class CartCleanUpScreen(CleanUpScreen):
    """The deletion of a whole cart: every row of it that the configured products list, found afresh."""

    def __init__(
        self, workspace: Workspace, cart: str, products: Sequence[str], stale_after: timedelta | None = None
    ) -> None:
        super().__init__(workspace, stale_after=stale_after)
        self._cart, self._products = cart, products

    async def frozen(self) -> Sequence[Intent]:
        lists = await hold_port(self.workspace.changes).listed(self._products)
        self._warnings = (f"All of cart {self._cart} goes. {CART_WARNING}", *lists.warnings)
        return [cart_intent(self._cart, lists)]

    def heading(self) -> str:
        return f"{self.headings[self.phase]}: a whole cart, {plural(self.count, self.noun)}"

    def reading(self) -> Sequence[Line]:
        return [[Part(f"Looking for cart {self._cart} in {plural(len(self._products), 'product')}...")]]


def take_up_words(stopped: StoppedCleanUp, keys: Mapping[str, str]) -> str:
    """The offer to take a clean-up up again."""
    return f"{stopped.words} {keys['take_up']} takes it up."


class ResumeScreen(CleanUpScreen):
    """A clean-up that stopped before its end: what is unknown of it is settled first, then the rest is read."""

    def __init__(self, workspace: Workspace, stopped: StoppedCleanUp) -> None:
        super().__init__(workspace)
        self.stopped = stopped
        self._settling: ChangeRecord | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is left to be taken up."""
        return self.phase is Phase.DONE or (self.phase is Phase.DECIDING and not self.going_count)

    async def frozen(self) -> Sequence[Intent]:
        settled = await settle_unknown(self.workspace.changes, self.stopped, self._told)
        self._settling = None
        ends = tally([record.state for record in settled])
        self._notes = (self.stopped.words, *([f"Of what was unknown: {ends}."] if ends else []))
        return left_intents(self.workspace.changes, self.stopped, self.workspace.now())

    @property
    def count(self) -> int:
        return super().count or len(self.stopped.left)

    def _told(self, record: ChangeRecord) -> None:
        """Called in the background."""
        self._settling = record

    def reading(self) -> Sequence[Line]:
        record = self._settling
        lines: list[Line] = [[Part(self.stopped.words, "bold")]]
        if record is None:
            return [*lines, [Part(f"Reading {plural(len(self.stopped.left), 'row')} afresh...")]]
        horizon, now = self.workspace.profile.reconcile_after, self.workspace.now()
        left = left_to_wait(record.sent_at or record.at, horizon, now).total_seconds()
        wait = f"in {age_in_words(left)}, when a late answer cannot matter any more" if left else "now, twice"
        return [*lines, [Part(f"First what is unknown: {record.change.sentence}. It is read {wait}.")]]
