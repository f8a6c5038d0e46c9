"""What was changed from here: in doubt, on its way, staged, and done with."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from qtydash.config.errors import ConfigError
from qtydash.domain.change_words import edit_words
from qtydash.domain.changes import ChangeRecord, Intent, State
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.services.change_rows import CHANGE_COLUMNS, draft_row, record_row
from qtydash.services.changes import NotNow
from qtydash.storage.journal import JournalError
from qtydash.tui.bindings import bindings
from qtydash.tui.models.change_actions import (
    NO_LINE,
    Offer,
    reconcile_refusal,
    verdict_hint,
    verdict_refusal,
    way_back,
)
from qtydash.tui.models.change_lines import Line, More, line_words
from qtydash.tui.models.change_states import EngineState
from qtydash.tui.models.changes import ChangeList, ChangesTable, ChangesView, changes_table
from qtydash.tui.models.table import next_order
from qtydash.tui.panes.changes_detail import Told, brief_lines, draft_lines, full_lines
from qtydash.tui.panes.changes_journal import PAGE, JournalLook
from qtydash.tui.panes.changes_words import READING, nothing_lines, notice_lines, summary, unreadable_lines
from qtydash.tui.panes.listing import Listing, Shown
from qtydash.tui.screens.change import ChangeScreen
from qtydash.tui.screens.confirm import ConfirmScreen
from qtydash.tui.screens.verdict import Verdict, VerdictScreen
from qtydash.tui.widgets import words
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Words
from qtydash.tui.workspace import Workspace

TALL = 20
"""From this height on what the cursor is on may take more lines."""
AGAIN = 0.3
"""Seconds between two looks at the journal while it moves."""


class ChangesPane(Listing[tuple[ChangeRecord, ...]]):
    """Every change of the profile. It reads the journal; what is done about a change goes through the engine."""

    scope, number = "changes", 5
    explain_command = "changes.events"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("changes")]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.changes = workspace.changes
        self.view = ChangesView()
        self.listed = ChangeList((), ())
        self.table: ChangesTable | None = None
        self.fault = ""
        self.journal = JournalLook(workspace)
        self._stale = True
        self._looking = False
        self._doubt: frozenset[str] | None = None
        self._offered = ""

    # Reading the journal.

    def changes_moved(self) -> None:
        self._stale = True
        if self.display:
            self._load()

    def on_show(self) -> None:
        """What came to be in doubt while this was hidden is shown first."""
        if self._stale:
            self._load()
        else:
            self._doubt = None

    def on_hide(self) -> None:
        self._doubt = self._in_doubt

    def refresh_now(self) -> None:
        """Read the journal again, whatever is known of it."""
        self.journal.forget()
        self.changes_moved()

    def _load(self) -> None:
        if not self._looking and self._stale:
            self._looking, self._stale = True, False
            self._look()

    @work(group="journal", exit_on_error=False)
    async def _look(self) -> None:
        try:
            self.snapshot = await asyncio.to_thread(self.journal.look)
            self.fault = ""
        except JournalError as error:
            self.fault = str(error)
        finally:
            self._looking = False
        self.rebuild()
        if self._doubt is not None and self._in_doubt - self._doubt:
            self.show_top()
        self._doubt = None
        if self._stale:
            self.set_timer(AGAIN, self._load)

    # What is shown.

    def offer(self, words: str) -> None:
        """Say above the rows that something waits to be done, "" for nothing."""
        if words != self._offered:
            self._offered = words
            self._show_status()

    @property
    def engine(self) -> EngineState:
        """What the engine is about at this moment."""
        return EngineState(
            self.workspace.profile.reconcile_after,
            self.changes.running is not None,
            self.changes.looked_at,
            self.changes.locked,
            self.workspace.offline,
            self.keys,
        )

    @property
    def _told(self) -> Told:
        return Told(self.listed, self.engine, self.workspace.now(), self.workspace.glyphs)

    @property
    def _line(self) -> Line | None:
        at = self.grid.cursor_row
        return self.table.records[at] if self.table is not None and at < self.table.row_count else None

    @property
    def _in_doubt(self) -> frozenset[str]:
        return frozenset(record.op_id for record in self.listed.records if record.is_in_doubt)

    def rebuild(self) -> None:
        if self.snapshot is not None:
            staged = self.changes.staged
            self.listed = ChangeList(self.snapshot.data, staged, more=not self.snapshot.complete)
            first = self.table is None or not self.table.row_count
            self.view = replace(self.view, words=self.words)
            self.table = changes_table(
                self.listed,
                self.view,
                self.engine,
                clock=self.workspace.now,
                glyphs=self.workspace.glyphs,
                width=self.grid.size.width or self.size.width,
            )
            self.grid.set_model(self.table)
            if first:
                self.show_top()
        self._show_status()
        self.show_detail()

    def on_resize(self) -> None:
        self.set_class(self.size.height >= TALL, "-tall")
        if self.snapshot is not None:
            self.call_after_refresh(self.rebuild)

    def tick(self) -> None:
        """Seconds go on; a change that has had no news for long moves up."""
        if any(record.state in (State.PLANNED, State.SENT) for record in self.listed.records):
            self.rebuild()
        else:
            self.grid.refresh()
            self.show_detail()

    def _show_status(self) -> None:
        read, told = self.snapshot is not None or bool(self.fault), self._told
        locked = read and self.workspace.profile.write and self.changes.locked
        left = [
            Part(f" {self.key} Changes ", "bold"),
            Part(f"  {summary(told)}", "$text-muted"),
        ]
        self.query_one(".title", Bar).show(left, [Part("LOCKED ", "bold")] if locked else [])
        notice = notice_lines(self.changes.locked, self.fault, self._offered, write=self.workspace.profile.write)
        self.query_one(".notice", Words).say(notice if read else ())
        self.show_message(self._message())

    def _message(self) -> Sequence[words.Line]:
        """What stands in place of the rows when there are none."""
        if self.snapshot is None:
            return unreadable_lines(self.keys) if self.fault else READING
        if self.table is not None and self.table.shown:
            return ()
        return nothing_lines(self.listed, self.keys)

    def show_top(self) -> None:
        """Go to the first change: what stands above it is its heading."""
        self.grid.move_cursor(0)
        self.grid.move_cursor(1)

    def explain(self) -> Sequence[words.Line]:
        line = self._line
        return () if line is None else brief_lines(line, self._told)

    def rows_shown(self) -> Shown:
        shown = self.table.shown if self.table is not None else ()
        rows = [record_row(line) if isinstance(line, ChangeRecord) else self._draft_row(line) for line in shown]
        return Shown(CHANGE_COLUMNS, rows)

    def _draft_row(self, intent: Intent) -> dict[str, object]:
        return dict(draft_row(intent, self._origin(intent)))

    def _origin(self, intent: Intent) -> str:
        try:
            return self.changes.port(intent).origin
        except NotNow:
            return ""

    def copied_text(self) -> str:
        line = self._line
        if isinstance(line, ChangeRecord):
            return safe_text(f"{line.op_id} {line.change.sentence}")
        if isinstance(line, Intent):
            return safe_text(f"{line.label}: {line_words(line, self.workspace.glyphs)}, staged")
        return super().copied_text()

    def next_sort(self) -> None:
        if self.table is not None:
            self.view = replace(self.view, order=next_order(self.view.order, self.table.sortable))
            self.rebuild()

    # Keys.

    def why_not(self, id: str) -> str:
        line, now = self._line, self.workspace.now()
        match id:
            case "changes.events":
                return "" if isinstance(line, ChangeRecord | Intent | More) else NO_LINE
            case "changes.reconcile":
                return reconcile_refusal(line, self.engine, now)
            case "changes.verdict":
                return verdict_refusal(line, self.engine, now)
            case "changes.take_back":
                offer = self._way_back(line)
                return offer if isinstance(offer, str) else ""
            case "changes.drop" if not isinstance(line, Intent):
                return "Only what is staged can be unstaged; this is no staged edit."
            case "changes.older" if not self.listed.more:
                return f"There are no older ones: {plural(len(self.listed.records), 'change')} in all."
            case _:
                return super().why_not(id)

    @on(Grid.Chosen)
    def action_events(self) -> None:
        line = self._line
        if isinstance(line, ChangeRecord):
            op_id, label = line.op_id, line.change.intent.label
            latest = [line]

            def told() -> Sequence[words.Line]:
                latest[0] = self.listed.by_id.get(op_id, latest[0])
                return full_lines(latest[0], self._told)

            self.app.push_screen(ChangeScreen(label, told))
        elif isinstance(line, Intent):
            draft = line
            self.app.push_screen(ChangeScreen(draft.label, lambda: self._draft_page(draft)))
        elif isinstance(line, More):
            self.action_older()
        else:
            self.notify(self.why_not("changes.events"), markup=False)

    def _draft_page(self, intent: Intent) -> Sequence[words.Line]:
        try:
            request = self.changes.port(intent).request(intent)
        except (NotNow, ValueError):
            request = None
        return draft_lines(intent, self._told, request, self._origin(intent))

    def action_reconcile(self) -> None:
        if isinstance(line := self._line, ChangeRecord):
            self._reconcile(line)

    @work(group="reconcile", exit_on_error=False)
    async def _reconcile(self, record: ChangeRecord) -> None:
        label = record.change.intent.label
        try:
            judged = await self.workspace.background.run(self.changes.reconcile(record.op_id, wait=False))
        except VendorError as error:
            self._say(f"{label} could not be read, so its outcome stays unknown. {error.full}")
        except (NotNow, JournalError, ConfigError, InvalidId) as error:
            self._say(str(error))
        else:
            self.app.notify(f"{label}: {judged.note}", timeout=15, markup=False)

    def action_verdict(self) -> None:
        if isinstance(line := self._line, ChangeRecord):
            record, hint = line, verdict_hint(line, self.engine, self.workspace.now())
            self.app.push_screen(VerdictScreen(record, hint), lambda verdict: self._judge(record, verdict))

    def _judge(self, record: ChangeRecord, verdict: Verdict | None) -> None:
        if verdict is None:
            return
        try:
            self.changes.resolve(record.op_id, applied=verdict.applied, reason=verdict.reason)
        except (NotNow, JournalError) as error:
            self._say(str(error))
        else:
            word = "applied" if verdict.applied else "not applied"
            self.app.notify(f"{record.change.intent.label}: {word}, by your verdict.", markup=False)

    def _way_back(self, line: Line | None) -> Offer | str:
        now, glyphs = self.workspace.now(), self.workspace.glyphs
        return way_back(line, self.listed, self.changes.staged_for, self.engine, now, glyphs)

    def action_take_back(self) -> None:
        offer = self._way_back(self._line)
        if isinstance(offer, str):
            return
        first, *rest = offer.words
        lines = [[Part(first, "bold")], *([Part(line)] for line in rest)]
        self.app.push_screen(
            ConfirmScreen(offer.title, lines, offer.button), lambda yes: self._stage(offer) if yes else None
        )

    def _stage(self, offer: Offer) -> None:
        try:
            self.changes.stage(offer.intent)
        except (NotNow, JournalError) as error:
            self._say(str(error))
        else:
            keys, intent = self.keys, offer.intent
            ways = f"{keys['review']} reviews it, {keys['unstage']} unstages it."
            told = f"{edit_words(intent)} is staged for {intent.label}: {ways}"
            self.app.notify(told, markup=False)

    def action_drop(self) -> None:
        line = self._line
        if isinstance(line, Intent):
            self.changes.unstage([line.target])
            self.app.notify(f"Unstaged: {line.label} {edit_words(line)}.", markup=False)

    def action_older(self) -> None:
        self.journal.limit += PAGE
        self.refresh_now()

    def _say(self, words: str) -> None:
        """Why a key does nothing here."""
        self.app.notify(words, severity="warning", timeout=10, markup=False)
