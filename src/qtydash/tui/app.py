"""The dashboard."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from qtydash.config.errors import ConfigError, ConfigMissing
from qtydash.tui.commands import Scope, bindings, footer, of_scope
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.panes.base import Pane, StatusChanged
from qtydash.tui.panes.carts import CartPane
from qtydash.tui.panes.changes import ChangesPane
from qtydash.tui.panes.gifts import GiftsPane
from qtydash.tui.panes.order_qty import OrderQtyPane
from qtydash.tui.panes.tickets import TicketsPane
from qtydash.tui.safety import OutsideTextFilter, crash_words
from qtydash.tui.screens.export import export_rows, export_screen
from qtydash.tui.screens.help import HelpScreen
from qtydash.tui.screens.setup import SetupApp
from qtydash.tui.typed_path import typed_path
from qtydash.tui.widgets.header import Header, ShopWords, Tab
from qtydash.tui.widgets.keys import KeyBar
from qtydash.tui.workspace import Workspace

OVERVIEW = (160, 45)
"""From this size on, all four panes are on the screen at once."""


class QtyDash(App[int]):
    """Four panes over one profile. Reads run in the background; the screen never waits for a server."""

    TITLE = "qtydash"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.panes: Sequence[Pane[Any, Any]] = (
            TicketsPane(workspace),
            GiftsPane(workspace),
            CartPane(workspace),
            OrderQtyPane(workspace),
        )
        self.changes = ChangesPane()
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
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self._focus_active()
        for pane in self.panes:
            self._read(pane, cache_first=not pane.opened)
        self._tell_notices()
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """A second has passed: ages are drawn again, and what is due is read again."""
        for pane in self.panes:
            if pane.display:
                pane.tick()
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
        pane = self.active_pane
        if pane is None:
            self.changes.focus()
        else:
            pane.focus_grid()

    @property
    def active_pane(self) -> Pane[Any, Any] | None:
        """The pane that keys act on; None in the changes pane."""
        return next((pane for pane in self.panes if pane.scope == self.active), None)

    @on(StatusChanged)
    def _show_header(self) -> None:
        tabs = [Tab(p.number, p.vendor.title, p.freshness, p.scope == self.active) for p in self.panes]
        profile = self.workspace.profile
        shop = ShopWords(
            profile.title,
            profile.name,
            write=profile.write,
            paused=self.paused,
            staged=0,
            unknown=0,
            changes_active=self.active == "changes",
        )
        self._header.show(shop, tabs)

    def _show_keys(self) -> None:
        self._keys.show_keys(footer(self.active))

    def on_descendant_focus(self) -> None:
        """The focus moved by mouse or tab: the pane that has it is the active one."""
        focused: Widget | None = self.focused
        if focused is None or len(self.screen_stack) > 1:
            return
        for pane in self.panes:
            if pane in focused.ancestors_with_self and pane.scope != self.active:
                self.active = pane.scope
                self._arrange()

    # Commands.

    def action_pane(self, scope: Scope) -> None:
        self.active = scope
        self._arrange()
        self._focus_active()
        pane = self.active_pane
        every = self.workspace.profile.refresh
        if pane is not None and every is not None and not self.paused:
            asked = self._asked.get(scope)
            if asked is None or self.workspace.now() - asked >= every:
                self._read(pane)

    def action_refresh_now(self) -> None:
        for pane in self.panes:
            if pane.display:
                self._read(pane)
        if self.workspace.offline:
            self.notify("Started with --offline: nothing is read from the vendors.", markup=False)

    def action_pause(self) -> None:
        self.paused = not self.paused
        self._show_header()

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self._arrange()
        self._focus_active()

    def action_stop(self) -> None:
        pane = self.active_pane
        if pane is not None and pane.stop_reading():
            self.notify("Stopped: nothing of this read was kept. Press r to read again.", markup=False)

    def action_filter(self) -> None:
        if (pane := self.active_pane) is not None:
            pane.start_filter()

    def action_sort(self) -> None:
        if (pane := self.active_pane) is not None:
            pane.next_sort()
            pane.show_top()

    def action_copy(self) -> None:
        pane = self.active_pane
        if pane is None or pane.snapshot is None or not pane.grid.model.row_count:
            self.notify("There is nothing to copy here.", markup=False)
            return
        text = pane.copied_text()
        self.copy_to_clipboard(text)
        self.notify(f"Copied: {text[:80]}", markup=False)

    def action_export(self) -> None:
        pane = self.active_pane
        if pane is None or pane.snapshot is None or pane.partial:
            self.notify("There is nothing to export here.", markup=False)
            return
        snapshot, shown = pane.snapshot, pane.rows_shown()

        def write(name: str | None) -> None:
            if name is not None:
                self.notify(export_rows(typed_path(name), snapshot, shown), markup=False)

        stamp = self.workspace.now().astimezone().date().isoformat()
        self.push_screen(export_screen(f"qtydash-{pane.scope}-{stamp}.csv", shown), write)

    def action_help(self) -> None:
        self.push_screen(HelpScreen(self.active, self.workspace.glyphs))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        pane = self.active_pane
        for command in (*of_scope(self.active), *of_scope("everywhere")):
            target = self if command.scope == "everywhere" or pane is None else pane
            yield SystemCommand(
                f"{command.label} ({command.shown})", command.help, _runner(target, command.action)
            )
        yield from (c for c in super().get_system_commands(screen) if c.title in ("Theme", "Screenshot"))

    # A fault of our own.

    def _handle_exception(self, error: Exception) -> None:
        self.crash = crash_words(error)
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
    from qtydash.services.clock import utc_now
    from qtydash.services.sources import Sources

    try:
        config = load(config_file, profile)
    except ConfigError as error:
        return SetupApp(str(error), missing=isinstance(error, ConfigMissing)).run() or 2
    sources = Sources(config.profile, config.paths, utc_now)
    background = Background()
    glyphs = ASCII if config.profile.glyphs == "ascii" else UNICODE
    workspace = Workspace(config.profile, sources, background, utc_now, offline, glyphs)
    try:
        return run_app(QtyDash(workspace))
    finally:
        background.close(sources.aclose)


def run_app(app: QtyDash) -> int:
    """Run until it ends; a crash is told on stderr, without the values of variables, and is exit status 1."""
    app.run()
    if app.crash is not None:
        print(app.crash, file=sys.stderr)  # noqa: T201 - the screen is gone
        return 1
    return app.return_code or 0
