"""The dashboard.

Longer than others: each key that works everywhere is an action, and Textual looks for actions on this one class.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.actions import ActionParseResult
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Input

from qtydash.domain.vendors import VENDORS, Vendor
from qtydash.tui.bindings import bindings, footer, of_scope, shown_keys
from qtydash.tui.change_actions import ChangeActions
from qtydash.tui.commands import SCOPE_TITLES, Command, Scope
from qtydash.tui.freshness import OPENING, PaneStatus, freshness
from qtydash.tui.jump import Place, lettered
from qtydash.tui.keymap import Keymap
from qtydash.tui.looks import Looks
from qtydash.tui.panes.base import Pane, StatusChanged, WentWrong
from qtydash.tui.panes.listing import Listing
from qtydash.tui.panes.room import ORDER, VENDOR_PANES, Room, pane_class
from qtydash.tui.troubles import Trouble, Troubles
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.header import Header, ShopWords, Tab
from qtydash.tui.widgets.keys import KeyBar
from qtydash.tui.workspace import Workspace

OVERVIEW = (160, 45)
"""From this size on, all four panes are on the screen at once."""
BARS = 3
"""Lines of the header and of the keys."""
DEFAULT_KEYS = Keymap()
FIRST_NEWS_SECONDS = 2.0
"""How long panes that are not on the screen wait for the first read of those that are."""


class QtyDash(ChangeActions):
    """Four panes over one profile. Reads run in the background; the screen never waits for a server."""

    TITLE = "qtydash"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, workspace: Workspace, keymap: Keymap = DEFAULT_KEYS, looks: Looks | None = None) -> None:
        commands = keymap.commands()
        workspace = replace(workspace, keys=shown_keys(commands))
        super().__init__(workspace, commands)
        self._keys_told = keymap.warnings
        self._looks = looks or Looks()
        self.set_keymap(dict(keymap.keys))
        self._header = Header()
        self._room = Room(workspace)
        self._keys = KeyBar()
        self.active = "tickets"
        self.tick_every = 1.0
        """Seconds between two looks at what time alone changes."""
        self.paused = False
        self.zoomed = False
        self._asked: dict[Scope, datetime] = {}
        self._notices_told = 0
        self._first_news = asyncio.Event()
        self.troubles = Troubles()
        self._terminal = Size(80, 24)

    def compose(self) -> ComposeResult:
        self._terminal = self.size
        self._room.begin(self._shown, Size(self.size.width, self.size.height - BARS))
        self._arrange()
        yield self._header
        yield self._room
        yield self._keys

    def on_mount(self) -> None:
        theme, doubt = self._looks.first(self.available_themes)
        self.theme = theme or self.theme
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        doubts = [*self._keys_told, *filter(None, [doubt])]
        if len(doubts) == 1:
            self.notify(doubts[0], title="Configuration", severity="warning", timeout=30, markup=False)
        elif doubts:  # each in a corner of its own would cover the screen
            for words in doubts:
                self.told_trouble(words, "Configuration", grave=False)
            told = (
                f"{doubts[0]} There are {len(doubts)} such warnings: {self.workspace.keys['errors']} lists them."
            )
            self.notify(told, title="Configuration", timeout=30, markup=False)
        self.call_after_refresh(self._start)

    def _theme_chosen(self, theme: Theme) -> None:
        if words := self._looks.chosen(theme.name):
            self.notify(words, markup=False)

    def _start(self) -> None:
        self._focus_active()
        for pane in self.panes:
            self.read(pane, cache_first=not pane.opened)
        self._tell_notices()
        self.set_interval(self.tick_every, self.tick)
        self._open_changes()
        self._first_news.clear()
        self._news_came()
        self._open_others()

    @work(group="open others", exit_on_error=False)
    async def _open_others(self) -> None:
        """Make the panes that are not on the screen yet, once those that are have their news."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._first_news.wait(), FIRST_NEWS_SECONDS)
        for scope in ORDER:
            await asyncio.to_thread(pane_class, scope)
            if scope == "changes":
                await asyncio.to_thread(lambda: self.workspace.changes)
            await self._have(scope)

    @on(StatusChanged)
    def _news_came(self) -> None:
        if not any(pane.display and pane.is_reading for pane in self.panes):
            self._first_news.set()

    async def _have(self, *scopes: Scope) -> None:
        """Make panes that are not there yet, and have them read."""
        for listing in await self._room.make(*scopes):
            if isinstance(listing, Pane):
                self.read(listing, cache_first=True)
            if self.change_watch is not None:
                listing.changes_moved()
                self._say_stopped()

    @property
    def listings(self) -> Sequence[Listing[Any]]:
        return self._room.listings

    def tick(self) -> None:
        """A second has passed: ages are drawn again, and what is due is read again."""
        for listing in self.listings:
            if listing.display:
                listing.tick()
        if self.change_watch is not None and self.change_watch.tick():
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

    async def on_resize(self, event: Resize) -> None:
        self._terminal = event.size
        await self._show()

    @property
    def overview(self) -> bool:
        """Whether all four panes are on the screen."""
        return self._is_big and not self.zoomed and self.active != "changes"

    @property
    def _is_big(self) -> bool:
        return self._terminal.width >= OVERVIEW[0] and self._terminal.height >= OVERVIEW[1]

    @property
    def _shown(self) -> Sequence[Scope]:
        """Which panes are to be on the screen."""
        return VENDOR_PANES if self.overview else (self.active,)

    async def _show(self) -> None:
        await self._have(*self._shown)
        self._arrange()

    def _arrange(self) -> None:
        self._room.place(self.active, self._shown)
        self.show_header()
        self._show_keys()

    def _focus_active(self) -> None:
        self.active_pane.focus_grid()

    @property
    def active_pane(self) -> Listing[Any]:
        """The pane that keys act on."""
        return self._room.pane(self.active) or self.listings[0]

    @on(StatusChanged)
    def show_header(self) -> None:
        watch, running, profile = self.change_watch, self.batch_running, self.workspace.profile
        shop = ShopWords(
            profile.title,
            profile.name,
            write=profile.write if watch is None else watch.writable,
            paused=self.paused,
            staged=watch.staged if watch is not None else 0,
            unknown=len(watch.doubt) if watch is not None else 0,
            to_send=None if running is None else running.left + (running.sent_at is not None),
            changes_active=self.active == "changes",
            changes_key=self.workspace.keys["pane.changes"],
        )
        self._header.show(shop, [self._tab(vendor) for vendor in VENDORS.values()])

    def _tab(self, vendor: Vendor) -> Tab:
        pane, key = self._room.pane(vendor.key), self.workspace.keys[f"pane.{vendor.key}"]
        if isinstance(pane, Pane):
            told = pane.freshness
        elif self.workspace.profile.base_url(vendor.key) is None:
            told = freshness(PaneStatus(configured=False), self.workspace.now())
        else:
            told = OPENING
        return Tab(key, vendor.title, told, vendor.key == self.active)

    @on(Grid.CursorMoved)
    @on(StatusChanged)
    def _show_keys(self) -> None:
        """The keys that work here, and those that do not just now."""
        watch = self.change_watch
        wanted = ("review",) if watch is not None and watch.staged else ()
        shown = footer(self.active, self.commands, wanted=wanted)
        known = bool(self.active_pane.query(Grid))
        focused = self.focused if self.screen_stack else None  # news may come after the last screen
        # Words to filter by: no letter is a command.
        typing = isinstance(focused, Input) and self.active_pane in focused.ancestors
        off = frozenset(c.id for c in shown if known and (typing or self.why_not(c)))
        self._keys.show_keys(shown, off)

    def on_descendant_focus(self) -> None:
        """The focus moved by mouse or tab: the pane that has it is the active one."""
        focused: Widget | None = self.focused
        if focused is None or len(self.screen_stack) > 1:
            return
        for pane in self.listings:
            if pane.display and pane in focused.ancestors_with_self and pane.scope != self.active:
                self.active = pane.scope
                self._arrange()
        self._show_keys()

    def on_descendant_blur(self) -> None:
        """Rows that were gone for a moment may be told so after they came back: then nothing has the focus."""
        self.call_after_refresh(self._keep_focus)

    def _keep_focus(self) -> None:
        if self.focused is None and self.app_focus and len(self.screen_stack) == 1:
            self._focus_active()

    # Commands.

    def why_not(self, command: Command) -> str:
        if held := self.active_pane.why_held:
            return held
        if command.scope != "everywhere" or command.id in ("filter", "sort", "copy", "export"):
            return self.active_pane.why_not(command.id)
        match command.id:
            case "stop" if self.batch_running is None and not self.active_pane.is_reading:
                return "Nothing is being read."
            case "refresh" if self.workspace.offline and self.active != "changes":
                return "Started with --offline: nothing is read from the vendors."
            case "pause" if self.workspace.profile.refresh is None:
                return 'Nothing is read by itself: the profile says refresh = "off".'
            case "zoom" if not self._is_big:
                return "One pane has the whole screen already; on 160 by 45 and more there are four at once."
            case _:
                return super().why_not(command)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do it, or say why it does nothing now, whether its key was pressed or its name was chosen."""
        command = self._command_of(action, default_namespace)
        if command is not None and (why := self.why_not(command)):
            self.notify(why, markup=False)
            return True
        return await super().run_action(action, default_namespace, namespaces)

    def _command_of(self, action: object, owner: DOMNode | None) -> Command | None:
        """The command that an action of the app, or of a pane, belongs to, unless it says itself why not."""
        if isinstance(owner, Listing) and owner.why_held:
            return None  # the key is a letter now, which the pane's next binding takes
        scope = owner.scope if isinstance(owner, Listing) else "everywhere"
        says_itself = owner.says_itself if isinstance(owner, Listing) else ()
        for command in self.commands:
            if command.action == action and command.scope in (scope, "everywhere"):
                return None if command.id in says_itself else command
        return None

    async def action_pane(self, scope: Scope) -> None:
        self.active = scope
        await self._show()
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
        self.active_pane.refresh_now()

    def action_pause(self) -> None:
        self.paused = not self.paused
        self.show_header()

    async def action_zoom(self) -> None:
        self.zoomed = not self.zoomed
        await self._show()
        self._focus_active()

    def action_stop(self) -> None:
        running = self.batch_running
        if running is not None:
            batches = self.workspace.changes.stop()
            told = "The batch stops" if batches == 1 else f"All {batches} batches stop"
            self.notify(f"{told} after the change that is on its way.", markup=False)
        elif self.active_pane.stop_reading():
            again = self.workspace.keys["refresh"]
            self.notify(f"Stopped: nothing of this read was kept. Press {again} to read again.", markup=False)

    def action_filter(self) -> None:
        self.active_pane.start_filter()

    def action_sort(self) -> None:
        self.active_pane.next_sort()
        self.active_pane.show_top()

    def action_copy(self) -> None:
        text = self.active_pane.copied_text()
        self.copy_to_clipboard(text)
        self.notify(f"Copied: {text[:80]}", markup=False)

    def action_export(self) -> None:
        from qtydash.tui.screens.export import export_rows, export_screen
        from qtydash.tui.typed_path import typed_path

        pane = self.active_pane
        if pane.snapshot is None:
            return
        snapshot, shown = pane.snapshot, pane.rows_shown()

        def write(name: str | None) -> None:
            if name is not None:
                self.notify(export_rows(typed_path(name), snapshot, shown), markup=False)

        stamp = self.workspace.now().astimezone().date().isoformat()
        self.push_screen(export_screen(f"qtydash-{pane.scope}-{stamp}.csv", shown), write)

    def places(self) -> list[Place]:
        """Where a letter of jump mode can go: each pane by its name above, then what is on the screen."""
        named = [
            Place(spot, f"pane.{scope}", partial(self.action_pane, scope))
            for scope, spot in zip(ORDER, self._header.spots(), strict=False)
        ]
        within = [
            replace(place, go=partial(self._go_to, listing.scope, place))
            for listing in self.listings
            if listing.display
            for place in listing.places()
        ]
        return [*named, *within]

    async def _go_to(self, scope: Scope, place: Place) -> None:
        if scope != self.active:
            await self.action_pane(scope)
        place.go()

    def action_jump(self) -> None:
        from qtydash.tui.screens.jump import JumpScreen

        def chosen(place: Place | None) -> None:
            if place is not None:
                self.call_after_refresh(place.go)  # once the focus is back where it was, which comes after this

        self.push_screen(JumpScreen(lettered(self.places())), chosen)

    def told_trouble(self, words: str, title: str, *, grave: bool) -> None:
        self._note(title or SCOPE_TITLES[self.active], words, "", grave=grave)

    @on(WentWrong)
    def _read_went_wrong(self, message: WentWrong) -> None:
        self._note(message.pane.vendor.title, message.words, message.to_do, grave=message.grave)

    def _note(self, place: str, words: str, to_do: str, *, grave: bool) -> None:
        self.troubles.add(Trouble(self.workspace.now(), place, words, to_do, grave))

    def action_errors(self) -> None:
        from qtydash.tui.screens.page import PageScreen

        self.clear_notifications()  # they are in the list
        self.push_screen(PageScreen("Errors and warnings", self.troubles.lines()))

    def action_help(self) -> None:
        from qtydash.tui.screens.help import HelpScreen

        here = (c for c in self.commands if c.scope in (self.active, "everywhere"))
        off = {command.id: why for command in here if (why := self.why_not(command))}
        self.push_screen(HelpScreen(self.active, self.workspace.glyphs, self.commands, off))

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
        await target.run_action(action)

    return run
