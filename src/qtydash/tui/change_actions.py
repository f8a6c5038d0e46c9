"""What can be done about changes whichever pane is active: review, take up, unstage, leave while one is sent."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on, work

from qtydash.domain.snapshot import plural
from qtydash.tui.commands import Command, Scope
from qtydash.tui.guarded_app import GuardedApp
from qtydash.tui.panes.base import ChangesMoved, Pane
from qtydash.tui.panes.listing import Listing
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.services.batch import BatchResult
    from qtydash.services.changes import Running
    from qtydash.services.stopped import StoppedCleanUp
    from qtydash.tui.change_watch import ChangeWatch
    from qtydash.tui.screens.quit import Leave


class ChangeActions(GuardedApp):
    """The part of the dashboard that watches its changes and acts on them. The panes are its subclass's.

    The engine, and what shows its work, is loaded once the first screen stands.
    ``change_watch`` is None until then.
    """

    active: Scope

    def __init__(self, workspace: Workspace, commands: Sequence[Command]) -> None:
        super().__init__()
        self.workspace = workspace
        self.commands = commands
        self.change_watch: ChangeWatch | None = None
        self._leaving = False

    @property
    @abstractmethod
    def listings(self) -> Sequence[Listing[Any]]:
        """Every pane that was made yet."""

    @property
    def panes(self) -> Sequence[Pane[Any, Any]]:
        """Those of them over a vendor."""
        return [listing for listing in self.listings if isinstance(listing, Pane)]

    @abstractmethod
    async def action_pane(self, scope: Scope) -> None:
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
        watch = await asyncio.to_thread(_change_watch, self.workspace)
        self.workspace.changes.subscribe(self._on_change)
        await watch.open()
        self.change_watch = watch
        if watch.doubt:
            await self.action_pane("changes")
        locked = self.workspace.changes.locked
        if locked and self.workspace.profile.write:
            self.notify(
                locked, title="Nothing can be changed from here", severity="error", timeout=30, markup=False
            )
        elif (staged := watch.staged) and self.active != "changes":
            review, unstage = self.workspace.keys["review"], self.workspace.keys["unstage_all"]
            it, count = "it" if staged == 1 else "them", plural(staged, "staged edit")
            self.notify(f"{count} from before: {review} reviews {it}, {unstage} unstages {it}.", markup=False)
        for stopped in watch.stopped[:1]:
            self.notify(self._offer(stopped), severity="warning", timeout=30, markup=False)
        self._changes_moved()

    def _on_change(self) -> None:
        """Called on whatever thread something happened in."""
        self.post_message(ChangesMoved())

    @on(ChangesMoved)
    def _changes_moved(self) -> None:
        if not self.is_running or self.change_watch is None:
            return
        if self._leaving and self.workspace.changes.running is None:
            self.exit()
        self.change_watch.look()
        self._offer_stopped()
        for listing in self.listings:
            listing.changes_moved()
        self.show_header()

    @work(group="stopped", exclusive=True, exit_on_error=False)
    async def _offer_stopped(self) -> None:
        """The panes say which clean-up waits to be taken up."""
        if self.change_watch is not None:
            await self.change_watch.look_for_stopped()
        self._say_stopped()

    def _say_stopped(self) -> None:
        stopped = self.change_watch.stopped if self.change_watch is not None else ()
        words = self._offer(stopped[0]) if stopped else ""
        for listing in self.listings:
            listing.offer(words)

    def _offer(self, stopped: StoppedCleanUp) -> str:
        from qtydash.tui.screens.clean_up import take_up_words

        return take_up_words(stopped, self.workspace.keys)

    @property
    def batch_running(self) -> Running | None:
        """The batch that is being sent."""
        return self.workspace.changes.running if self.workspace.has_changes else None

    # Actions.

    def why_not(self, command: Command) -> str:
        """Why a command does nothing now, "" when it works; a sentence."""
        staged = self.change_watch.staged if self.change_watch is not None else 0
        match command.id:
            case "review" if not staged:
                return "Nothing is staged, so there is nothing to review."
            case "review":
                return self.workspace.changes.locked
            case "unstage" | "unstage_all" if not staged:
                return "Nothing is staged."
            case "take_up" if self.change_watch is None or not self.change_watch.stopped:
                return "No clean-up of the last 24 hours waits to be taken up."
            case _:
                return ""

    def action_review(self) -> None:
        from qtydash.tui.screens.review import ReviewScreen

        self.clear_notifications()  # what was told of an edit before may not hold any more, and would cover others
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
        from qtydash.tui.screens.clean_up import ResumeScreen

        watch = self.change_watch
        if watch is None or not watch.stopped:
            return
        self.clear_notifications()
        screen = ResumeScreen(self.workspace, watch.stopped[0])

        def over(result: BatchResult | None) -> None:
            if screen.is_settled:
                watch.let_go(screen.stopped.batch)
                self._say_stopped()
            self._reviewed(result)

        self.push_screen(screen, over)

    def action_unstage(self) -> None:
        from qtydash.domain.change_words import edit_words

        gone = self.workspace.changes.unstage_last()
        told = ", ".join(f"{intent.label} {edit_words(intent)}" for intent in gone[:3])
        more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
        self.notify(f"Unstaged: {told}{more}." if gone else "Nothing is staged.", markup=False)

    def action_unstage_all(self) -> None:
        changes = self.workspace.changes
        if changes.in_batch:
            left, stop = plural(len(changes.in_batch), "change"), self.workspace.keys["stop"]
            self.notify(f"{left} that are being sent stay: {stop} stops that.", markup=False)
        count = changes.unstage(intent.target for intent in changes.staged)
        self.notify(f"{plural(count, 'staged edit')} unstaged." if count else "Nothing is staged.", markup=False)

    async def action_quit(self) -> None:
        """Leave; while a change is on its way only after asking."""
        from qtydash.tui.screens.quit import QuitScreen

        if self.batch_running is None:
            self.exit()
        elif not isinstance(self.screen, QuitScreen):
            self.push_screen(QuitScreen(self.workspace), self._leave)

    def _leave(self, how: Leave | None) -> None:
        running = self.batch_running
        if how == "now" or (how == "after this one" and running is None):
            self.exit()
        elif how == "after this one" and running is not None:
            self.workspace.changes.stop()
            self._leaving = True


def _change_watch(workspace: Workspace) -> ChangeWatch:
    """Load what changes need, and make it; on a thread."""
    from qtydash.tui.change_watch import ChangeWatch

    return ChangeWatch(workspace)
