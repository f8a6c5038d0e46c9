"""What can be done about changes whichever pane is active: review, take up, unstage, leave while one is sent."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from textual import on, work

from qtydash.domain.change_words import edit_words
from qtydash.domain.snapshot import plural
from qtydash.services.batch import BatchResult
from qtydash.tui.change_watch import ChangeWatch
from qtydash.tui.commands import Command, Scope
from qtydash.tui.guarded_app import GuardedApp
from qtydash.tui.panes.base import ChangesMoved, Pane
from qtydash.tui.panes.changes import ChangesPane
from qtydash.tui.panes.order_qty import OrderQtyPane
from qtydash.tui.screens.clean_up import ResumeScreen, take_up_words
from qtydash.tui.screens.quit import Leave, QuitScreen
from qtydash.tui.screens.review import ReviewScreen
from qtydash.tui.workspace import Workspace


class ChangeActions(GuardedApp):
    """The part of the dashboard that watches its changes and acts on them. The panes are its subclass's."""

    panes: Sequence[Pane[Any, Any]]
    changes: ChangesPane
    active: Scope

    def __init__(self, workspace: Workspace, commands: Sequence[Command]) -> None:
        super().__init__()
        self.workspace = workspace
        self.commands = commands
        self._watch = ChangeWatch(workspace)
        self._leaving = False

    @abstractmethod
    def action_pane(self, scope: Scope) -> None:
        """Make a pane the active one."""

    @abstractmethod
    def read(self, pane: Pane[Any, Any], *, cache_first: bool = False) -> None:
        """Have a pane read again."""

    @abstractmethod
    def show_header(self) -> None:
        """Draw the first line again."""

    # What moved.

    @work(exit_on_error=False)
    async def _open_changes(self) -> None:
        """What an earlier run left in doubt is shown before anything else can be done."""
        self.workspace.changes.subscribe(self._on_change)
        await self._watch.open()
        if self._watch.doubt:
            self.action_pane("changes")
        locked = self.workspace.changes.locked
        if locked and self.workspace.profile.write:
            self.notify(
                locked, title="Nothing can be changed from here", severity="error", timeout=30, markup=False
            )
        elif (staged := self._watch.staged) and self.active != "changes":
            review, unstage = self.workspace.keys["review"], self.workspace.keys["unstage_all"]
            words = f"{plural(staged, 'staged edit')} from before: {review} reviews them, {unstage} unstages them."
            self.notify(words, markup=False)
        for stopped in self._watch.stopped[:1]:
            self.notify(take_up_words(stopped, self.workspace.keys), severity="warning", timeout=30, markup=False)
        self._changes_moved()

    def _on_change(self) -> None:
        """Called on whatever thread something happened in."""
        self.post_message(ChangesMoved())

    @on(ChangesMoved)
    def _changes_moved(self) -> None:
        if not self.is_running:
            return
        if self._leaving and self.workspace.changes.running is None:
            self.exit()
        self._watch.look()
        self._offer_stopped()
        for pane in self.panes:
            pane.changes_moved()
        self.changes.changes_moved()
        self.show_header()

    @work(group="stopped", exclusive=True, exit_on_error=False)
    async def _offer_stopped(self) -> None:
        """The panes say which clean-up waits to be taken up."""
        if self._watch.opened:
            await self._watch.look_for_stopped()
        self._say_stopped()

    def _say_stopped(self) -> None:
        offer = take_up_words(self._watch.stopped[0], self.workspace.keys) if self._watch.stopped else ""
        for pane in (*self.panes, self.changes):
            if isinstance(pane, OrderQtyPane | ChangesPane):
                pane.offer(offer)

    # Actions.

    def why_not(self, command: Command) -> str:
        """Why a command does nothing now, "" when it works; a sentence."""
        changes = self.workspace.changes
        match command.id:
            case "review" if not changes.staged:
                return "Nothing is staged, so there is nothing to review."
            case "review":
                return changes.locked
            case "unstage" | "unstage_all" if not changes.staged:
                return "Nothing is staged."
            case "take_up" if not self._watch.stopped:
                return "No clean-up of the last 24 hours waits to be taken up."
            case _:
                return ""

    def action_review(self) -> None:
        self.push_screen(ReviewScreen(self.workspace, self.workspace.changes.staged), self._reviewed)

    def _reviewed(self, result: BatchResult | None) -> None:
        """Something was sent: what is on the screen is read again."""
        if result is None or not result.results:
            return
        changed = {r.change.intent.kind for r in result.results}
        for pane in self.panes:
            if pane.change_kinds & changed and not self.workspace.offline:
                self.read(pane)

    def action_take_up(self) -> None:
        """Take up the newest clean-up that stopped before its end."""
        screen = ResumeScreen(self.workspace, self._watch.stopped[0])

        def over(result: BatchResult | None) -> None:
            if screen.is_settled:
                self._watch.let_go(screen.stopped.batch)
                self._say_stopped()
            self._reviewed(result)

        self.push_screen(screen, over)

    def action_unstage(self) -> None:
        gone = self.workspace.changes.unstage_last()
        told = ", ".join(f"{intent.label} {edit_words(intent)}" for intent in gone[:3])
        more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
        self.notify(f"Unstaged: {told}{more}." if gone else "Nothing is staged.", markup=False)

    def action_unstage_all(self) -> None:
        changes = self.workspace.changes
        if changes.in_batch:
            left = plural(len(changes.in_batch), "change")
            self.notify(f"{left} of the running batch stay: {self.workspace.keys['stop']} stops it.", markup=False)
        count = changes.unstage(intent.target for intent in changes.staged)
        self.notify(f"{plural(count, 'staged edit')} unstaged." if count else "Nothing is staged.", markup=False)

    async def action_quit(self) -> None:
        """Leave; while a change is on its way only after asking."""
        if self.workspace.changes.running is None:
            self.exit()
        elif not isinstance(self.screen, QuitScreen):
            self.push_screen(QuitScreen(self.workspace), self._leave)

    def _leave(self, how: Leave | None) -> None:
        running = self.workspace.changes.running
        if how == "now" or (how == "after this one" and running is None):
            self.exit()
        elif how == "after this one" and running is not None:
            running.control.aborted = True
            self._leaving = True
