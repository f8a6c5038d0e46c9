"""The dashboard."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from textual import on, work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget

from qtydash.config.errors import ConfigError, ConfigMissing
from qtydash.domain.change_words import edit_words
from qtydash.domain.snapshot import plural
from qtydash.services import log
from qtydash.services.batch import BatchResult
from qtydash.tui.change_watch import ChangeWatch
from qtydash.tui.commands import Scope, bindings, footer, of_scope
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.keymap import Keymap, keymap
from qtydash.tui.looks import Looks
from qtydash.tui.panes.base import ChangesMoved, Pane, StatusChanged
from qtydash.tui.panes.carts import CartPane
from qtydash.tui.panes.changes import ChangesPane
from qtydash.tui.panes.gifts import GiftsPane
from qtydash.tui.panes.listing import Listing
from qtydash.tui.panes.order_qty import OrderQtyPane
from qtydash.tui.panes.tickets import TicketsPane
from qtydash.tui.safety import OutsideTextFilter, crash_words
from qtydash.tui.screens.clean_up import ResumeScreen, take_up_words
from qtydash.tui.screens.export import export_rows, export_screen
from qtydash.tui.screens.help import HelpScreen
from qtydash.tui.screens.quit import Leave, QuitScreen
from qtydash.tui.screens.review import ReviewScreen
from qtydash.tui.screens.setup import SetupApp
from qtydash.tui.typed_path import typed_path
from qtydash.tui.widgets.header import Header, ShopWords, Tab
from qtydash.tui.widgets.keys import KeyBar
from qtydash.tui.workspace import Workspace

OVERVIEW = (160, 45)
"""From this size on, all four panes are on the screen at once."""
DEFAULT_KEYS = Keymap()
MOST_DOUBTS = 3
"""Warnings about the configuration that are shown at once: more would cover the screen."""


class QtyDash(App[int]):
    """Four panes over one profile. Reads run in the background; the screen never waits for a server."""

    TITLE = "qtydash"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, workspace: Workspace, keymap: Keymap = DEFAULT_KEYS, looks: Looks | None = None) -> None:
        super().__init__()
        self.workspace = workspace
        self.commands = keymap.commands()
        self._keys_told = keymap.warnings
        self._looks = looks or Looks()
        self.set_keymap(dict(keymap.keys))
        self.panes: Sequence[Pane[Any, Any]] = (
            TicketsPane(workspace),
            GiftsPane(workspace),
            CartPane(workspace),
            OrderQtyPane(workspace),
        )
        self.changes = ChangesPane(workspace)
        self._header = Header()
        self._room = Container(*self.panes, self.changes, id="panes")
        self._keys = KeyBar()
        self.active: Scope = "tickets"
        self.paused = False
        self.zoomed = False
        self._asked: dict[Scope, datetime] = {}
        self._notices_told = 0
        self._terminal = Size(80, 24)
        self._outside_text = OutsideTextFilter()
        self._watch = ChangeWatch(workspace)
        self._leaving = False
        self.crash: str | None = None

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._outside_text]

    def compose(self) -> ComposeResult:
        self._terminal = self.size
        self._arrange()
        yield self._header
        yield self._room
        yield self._keys

    def on_mount(self) -> None:
        theme, doubt = self._looks.first(self.available_themes)
        self.theme = theme or self.theme
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        doubts = [*self._keys_told, *filter(None, [doubt])]
        if len(doubts) > MOST_DOUBTS:
            more = f"And {len(doubts) - MOST_DOUBTS + 1} more: `qtydash config check` lists them."
            doubts[MOST_DOUBTS - 1 :] = [more]
        for words in doubts:
            self.notify(words, title="Configuration", severity="warning", timeout=30, markup=False)
        self.call_after_refresh(self._start)

    def _theme_chosen(self, theme: Theme) -> None:
        if words := self._looks.chosen(theme.name):
            self.notify(words, markup=False)

    def _start(self) -> None:
        self._focus_active()
        for pane in self.panes:
            self._read(pane, cache_first=not pane.opened)
        self._tell_notices()
        self.set_interval(1, self.tick)
        self._open_changes()

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
            review, unstage = self._key("review"), self._key("unstage_all")
            words = f"{plural(staged, 'staged edit')} from before: {review} reviews them, {unstage} unstages them."
            self.notify(words, markup=False)
        for stopped in self._watch.stopped[:1]:
            self.notify(take_up_words(stopped), severity="warning", timeout=30, markup=False)
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
        self._show_header()

    @work(group="stopped", exclusive=True, exit_on_error=False)
    async def _offer_stopped(self) -> None:
        """The panes say which clean-up waits to be taken up."""
        if self._watch.opened:
            await self._watch.look_for_stopped()
        self._say_stopped()

    def _say_stopped(self) -> None:
        offer = take_up_words(self._watch.stopped[0]) if self._watch.stopped else ""
        for pane in (*self.panes, self.changes):
            if isinstance(pane, OrderQtyPane | ChangesPane):
                pane.offer(offer)

    def tick(self) -> None:
        """A second has passed: ages are drawn again, and what is due is read again."""
        for pane in self.panes:
            if pane.display:
                pane.tick()
        if self.changes.display:
            self.changes.tick()
        if self._watch.tick():
            self._changes_moved()
        self._show_header()
        self._tell_notices()
        every = self.workspace.profile.refresh
        if self.paused or every is None:
            return
        now = self.workspace.now()
        for pane in self.panes:
            due = pane.scope not in self._asked or now - self._asked[pane.scope] >= every
            if pane.display and due and not pane.status.reading:
                self._read(pane)

    def _read(self, pane: Pane[Any, Any], *, cache_first: bool = False) -> None:
        self._asked[pane.scope] = self.workspace.now()
        pane.refresh_live(cache_first=cache_first)

    def _tell_notices(self) -> None:
        told = tuple(self.workspace.sources.notices)
        for notice in told[self._notices_told :]:
            self.notify(notice, severity="warning", timeout=20, markup=False)
        self._notices_told = len(told)

    # Which panes are on the screen.

    def on_resize(self, event: Resize) -> None:
        self._terminal = event.size
        self._arrange()

    @property
    def overview(self) -> bool:
        """Whether all four panes are on the screen."""
        big = self._terminal.width >= OVERVIEW[0] and self._terminal.height >= OVERVIEW[1]
        return big and not self.zoomed and self.active != "changes"

    def _arrange(self) -> None:
        overview = self.overview
        self._room.set_class(overview, "-overview")
        for pane in self.panes:
            pane.display = overview or pane.scope == self.active
            pane.set_class(pane.scope == self.active, "-active")
        self.changes.display = self.active == "changes"
        self._show_header()
        self._show_keys()

    def _focus_active(self) -> None:
        self.active_pane.focus_grid()

    @property
    def active_pane(self) -> Listing[Any]:
        """The pane that keys act on."""
        return next((pane for pane in self.panes if pane.scope == self.active), self.changes)

    @on(StatusChanged)
    def _show_header(self) -> None:
        tabs = [Tab(p.number, p.vendor.title, p.freshness, p.scope == self.active) for p in self.panes]
        profile = self.workspace.profile
        running = self.workspace.changes.running
        shop = ShopWords(
            profile.title,
            profile.name,
            write=self._watch.writable,
            paused=self.paused,
            staged=self._watch.staged,
            unknown=len(self._watch.doubt),
            to_send=None if running is None else running.left + (running.sent_at is not None),
            changes_active=self.active == "changes",
        )
        self._header.show(shop, tabs)

    def _show_keys(self) -> None:
        self._keys.show_keys(footer(self.active, self.commands))

    def on_descendant_focus(self) -> None:
        """The focus moved by mouse or tab: the pane that has it is the active one."""
        focused: Widget | None = self.focused
        if focused is None or len(self.screen_stack) > 1:
            return
        for pane in (*self.panes, self.changes):
            if pane.display and pane in focused.ancestors_with_self and pane.scope != self.active:
                self.active = pane.scope
                self._arrange()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something in the corner; words that stand there already are not said twice."""
        if all(toast.message != message for toast in self._notifications):
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _key(self, id: str) -> str:
        """The key of a command, as it is shown."""
        return next(command.shown for command in self.commands if command.id == id)

    # Commands.

    def action_pane(self, scope: Scope) -> None:
        self.active = scope
        self._arrange()
        self._focus_active()
        pane = self.active_pane
        every = self.workspace.profile.refresh
        if isinstance(pane, Pane) and every is not None and not self.paused:
            asked = self._asked.get(scope)
            if asked is None or self.workspace.now() - asked >= every:
                self._read(pane)

    def action_refresh_now(self) -> None:
        for pane in self.panes:
            if pane.display:
                pane.looked()
                self._read(pane)
        if self.changes.display:
            self.changes.refresh_now()
        elif self.workspace.offline:
            self.notify("Started with --offline: nothing is read from the vendors.", markup=False)

    def action_pause(self) -> None:
        self.paused = not self.paused
        self._show_header()

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self._arrange()
        self._focus_active()

    def action_stop(self) -> None:
        running = self.workspace.changes.running
        if running is not None:
            running.control.aborted = True
            self.notify("The batch stops after the change that is on its way.", markup=False)
        elif self.active_pane.stop_reading():
            again = self._key("refresh")
            self.notify(f"Stopped: nothing of this read was kept. Press {again} to read again.", markup=False)
        else:
            self.notify("Nothing is being read.", markup=False)

    def action_filter(self) -> None:
        self.active_pane.start_filter()

    def action_sort(self) -> None:
        self.active_pane.next_sort()
        self.active_pane.show_top()

    def action_copy(self) -> None:
        pane = self.active_pane
        if pane.snapshot is None or not pane.grid.model.row_count:
            self.notify("There is nothing to copy here.", markup=False)
            return
        text = pane.copied_text()
        self.copy_to_clipboard(text)
        self.notify(f"Copied: {text[:80]}", markup=False)

    def action_export(self) -> None:
        pane = self.active_pane
        if pane.snapshot is None or pane.partial:
            self.notify("There is nothing to export here.", markup=False)
            return
        snapshot, shown = pane.snapshot, pane.rows_shown()

        def write(name: str | None) -> None:
            if name is not None:
                self.notify(export_rows(typed_path(name), snapshot, shown), markup=False)

        stamp = self.workspace.now().astimezone().date().isoformat()
        self.push_screen(export_screen(f"qtydash-{pane.scope}-{stamp}.csv", shown), write)

    def action_review(self) -> None:
        changes = self.workspace.changes
        if not changes.staged:
            self.notify("Nothing is staged, so there is nothing to review.", markup=False)
        elif changes.locked:
            self.notify(changes.locked, severity="error", markup=False)
        else:
            self.push_screen(ReviewScreen(self.workspace, changes.staged), self._reviewed)

    def _reviewed(self, result: BatchResult | None) -> None:
        """Something was sent: what is on the screen is read again."""
        if result is None or not result.results:
            return
        changed = {r.change.intent.kind for r in result.results}
        for pane in self.panes:
            if pane.change_kinds & changed and not self.workspace.offline:
                self._read(pane)

    def action_take_up(self) -> None:
        """Take up the newest clean-up that stopped before its end."""
        if not self._watch.stopped:
            self.notify("No clean-up of the last 24 hours waits to be taken up.", markup=False)
            return
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
            self.notify(f"{left} of the running batch stay: {self._key('stop')} stops it.", markup=False)
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

    def action_help(self) -> None:
        self.push_screen(HelpScreen(self.active, self.workspace.glyphs, self.commands))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        pane = self.active_pane
        for command in (*of_scope(self.active, self.commands), *of_scope("everywhere", self.commands)):
            target = self if command.scope == "everywhere" else pane
            yield SystemCommand(
                f"{command.label} ({command.shown})", command.help, _runner(target, command.action)
            )
        yield from (c for c in super().get_system_commands(screen) if c.title in ("Theme", "Screenshot"))

    # A fault of our own.

    def _handle_exception(self, error: Exception) -> None:
        self.crash = crash_words(error)
        log.fault(self.crash)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print the values of variables here, and they may hold a credential."""
        self._close_messages_no_wait()


def _runner(target: Widget | App[int], action: str) -> Callable[[], Any]:
    async def run() -> None:
        await target.run_action(action.removeprefix("app."))

    return run


def run(config_file: Path | None, profile: str | None, offline: bool) -> int:
    """Open the dashboard; the exit status. Without a usable configuration it shows how to make one."""
    from qtydash.config.load import load
    from qtydash.services.background import Background
    from qtydash.services.changes import Changes
    from qtydash.services.clock import utc_now
    from qtydash.services.sources import Sources
    from qtydash.storage.chosen_theme import ChosenTheme
    from qtydash.storage.journal import Journal

    try:
        config = load(config_file, profile)
    except ConfigError as error:
        return SetupApp(str(error), missing=isinstance(error, ConfigMissing)).run() or 2
    log.begin(config.paths.journal_db)
    sources = Sources(config.profile, config.paths, utc_now)
    changes = Changes(
        config.profile, Journal(config.paths.journal_db), sources.change_ports, utc_now, purpose="The dashboard"
    )
    background = Background()
    glyphs = ASCII if config.profile.glyphs == "ascii" else UNICODE
    workspace = Workspace(config.profile, sources, background, utc_now, changes, offline, glyphs)
    try:
        looks = Looks(config.profile.theme, ChosenTheme(config.paths.cache_db))
        return run_app(QtyDash(workspace, keymap(config.keys), looks))
    finally:
        background.close(sources.aclose)
        changes.close()


def run_app(app: QtyDash) -> int:
    """Run until it ends; a crash is told on stderr, without the values of variables, and is exit status 1."""
    app.run()
    if app.crash is not None:
        print(app.crash, file=sys.stderr)  # noqa: T201 - the screen is gone
        return 1
    return app.return_code or 0
