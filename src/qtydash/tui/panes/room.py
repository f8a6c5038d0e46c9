"""Where the panes are. Each is loaded and made when it is first wanted: the first screen waits for its own."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.geometry import Size

from qtydash.tui.commands import Scope
from qtydash.tui.widgets.backdrop import Stack
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.tui.panes.listing import Listing

VENDOR_PANES: tuple[Scope, ...] = ("tickets", "gifts", "cart", "order_qty")
"""Those that are on the screen together where it is large."""
ORDER: tuple[Scope, ...] = (*VENDOR_PANES, "changes")


def pane_class(scope: Scope) -> type[Listing[Any]]:
    """The pane of a scope. Takes tens of milliseconds the first time; any thread may call."""
    match scope:
        case "tickets":
            from qtydash.tui.panes.tickets import TicketsPane

            return TicketsPane
        case "gifts":
            from qtydash.tui.panes.gifts import GiftsPane

            return GiftsPane
        case "cart":
            from qtydash.tui.panes.carts import CartPane

            return CartPane
        case "order_qty":
            from qtydash.tui.panes.order_qty import OrderQtyPane

            return OrderQtyPane
        case "changes":
            from qtydash.tui.panes.changes import ChangesPane

            return ChangesPane
    raise ValueError(f"{scope!r} is no pane")


class Room(Stack):
    """The panes that were made yet, in their order."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(id="panes")
        self._workspace = workspace
        self._made: dict[Scope, Listing[Any]] = {}
        self._making = asyncio.Lock()

    def begin(self, scopes: Collection[Scope], size: Size) -> None:
        """Make the first panes, before the room is on the screen. ``size`` is what it will have."""
        self._made = {scope: pane_class(scope)(self._workspace) for scope in ORDER if scope in scopes}
        each = Size(size.width // 2, size.height // 2) if len(self._made) > 1 else size
        for pane in self._made.values():
            pane.expect(each)

    def compose(self) -> ComposeResult:
        yield from self._made.values()

    @property
    def listings(self) -> Sequence[Listing[Any]]:
        return tuple(self._made.values())

    def pane(self, scope: Scope) -> Listing[Any] | None:
        """The pane of a scope, None when it was not made yet."""
        return self._made.get(scope)

    async def make(self, *scopes: Scope) -> Sequence[Listing[Any]]:
        """Make the panes of ``scopes`` that are not there yet, and those before them; returns the new ones.

        They are mounted, and not shown.
        """
        async with self._making:
            last = max(map(ORDER.index, scopes))
            new = [pane_class(scope)(self._workspace) for scope in ORDER[: last + 1] if scope not in self._made]
            for pane in new:
                pane.display = False
            if new:
                await self.mount_all(new)
                made = self._made | {pane.scope: pane for pane in new}
                self._made = {scope: made[scope] for scope in ORDER if scope in made}
            return new

    def place(self, active: Scope, shown: Collection[Scope]) -> None:
        """Show the panes of ``shown``, side by side where there are several, and none of the others."""
        self.set_class(len(shown) > 1, "-overview")
        for scope, pane in self._made.items():
            pane.display = scope in shown
            pane.set_class(scope == active, "-active")
