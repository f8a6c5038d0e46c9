"""The dashboard."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget

from qtydash.tui.bindings import bindings, footer, of_scope
from qtydash.tui.change_actions import ChangeActions
from qtydash.tui.commands import Scope
from qtydash.tui.keymap import Keymap
from qtydash.tui.looks import Looks
from qtydash.tui.panes.base import Pane, StatusChanged
from qtydash.tui.panes.carts import CartPane
from qtydash.tui.panes.changes import ChangesPane
from qtydash.tui.panes.gifts import GiftsPane
from qtydash.tui.panes.listing import Listing
from qtydash.tui.panes.order_qty import OrderQtyPane
from qtydash.tui.panes.tickets import TicketsPane
from qtydash.tui.screens.export import export_rows, export_screen
from qtydash.tui.screens.help import HelpScreen
from qtydash.tui.typed_path import typed_path
from qtydash.tui.widgets.header import Header, ShopWords, Tab
from qtydash.tui.widgets.keys import KeyBar
from qtydash.tui.workspace import Workspace

OVERVIEW = (160, 45)
"""From this size on, all four panes are on the screen at once."""
DEFAULT_KEYS = Keymap()
MOST_DOUBTS = 3
"""Warnings about the configuration that are shown at once: more would cover the screen."""


class QtyDash(ChangeActions):
    """Four panes over one profile. Reads run in the background; the screen never waits for a server."""

    TITLE = "qtydash"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, workspace: Workspace, keymap: Keymap = DEFAULT_KEYS, looks: Looks | None = None) -> None:
        super().__init__(workspace, keymap.commands())
        self._keys_told = keymap.warnings
        self._looks = looks or Looks()
        self.set_keymap(dict(keymap.keys))
        self.panes = (
            TicketsPane(workspace),
            GiftsPane(workspace),
            CartPane(workspace),
            OrderQtyPane(workspace),
        )
        self.changes = ChangesPane(workspace)
        self._header = Header()
        self._room = Container(*self.panes, self.changes, id="panes")
        self._keys = KeyBar()
        self.active = "tickets"
        self.paused = False
        self.zoomed = False
        self._asked: dict[Scope, datetime] = {}
        self._notices_told = 0
        self._terminal = Size(80, 24)

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
            self.read(pane, cache_first=not pane.opened)
        self._tell_notices()
        self.set_interval(1, self.tick)
        self._open_changes()

    def tick(self) -> None:
        """A second has passed: ages are drawn again, and what is due is read again."""
        for pane in self.panes:
            if pane.display:
                pane.tick()
        if self.changes.display:
            self.changes.tick()
        if self._watch.tick():
            self._changes_moved()
        self.show_header()
        self._tell_notices()
        every = self.workspace.profile.refresh
        if self.paused or every is None:
            return
        now = self.workspace.now()
        for pane in self.panes:
            due = pane.scope not in self._asked or now - self._asked[pane.scope] >= every
            if pane.display and due and not pane.status.reading:
                self.read(pane)

    def read(self, pane: Pane[Any, Any], *, cache_first: bool = False) -> None:
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
        self.show_header()
        self._show_keys()

    def _focus_active(self) -> None:
        self.active_pane.focus_grid()

    @property
    def active_pane(self) -> Listing[Any]:
        """The pane that keys act on."""
        return next((pane for pane in self.panes if pane.scope == self.active), self.changes)

    @on(StatusChanged)
    def show_header(self) -> None:
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
                self.read(pane)

    def action_refresh_now(self) -> None:
        for pane in self.panes:
            if pane.display:
                pane.looked()
                self.read(pane)
        if self.changes.display:
            self.changes.refresh_now()
        elif self.workspace.offline:
            self.notify("Started with --offline: nothing is read from the vendors.", markup=False)

    def action_pause(self) -> None:
        self.paused = not self.paused
        self.show_header()

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
            again = self.key_of("refresh")
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


def _runner(target: Widget | App[int], action: str) -> Callable[[], Any]:
    async def run() -> None:
        await target.run_action(action.removeprefix("app."))

    return run
