"""Carts on a sandbox that is served on a real socket, and the engine that removes what is open in them."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from tests.adapter.change_shop import Served
from tests.changes_kit import Clock

from qtydash.config.models import Paths
from qtydash.domain.carts import Cart, GiftSelection, SelectionKey, selections
from qtydash.domain.changes import Intent
from qtydash.sandbox import carts as sandbox_carts
from qtydash.sandbox import exchange, ledger
from qtydash.sandbox.answers import Json
from qtydash.sandbox.data.carts import FILMS, SHARED_IDENTIFIER, carts
from qtydash.sandbox.faults import Faults
from qtydash.sandbox.ledger import Entry, Ledger
from qtydash.services import connect
from qtydash.services.batch import BatchResult
from qtydash.services.carts import CartChanges, removal_intent, removal_of_all_intent
from qtydash.services.changes import Changes
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal

FILM: SelectionKey = (FILMS.id, SHARED_IDENTIFIER)
"""A selection of the rich cart: 2 open, 1 removed."""
HELD_UP = 60.0
"""Seconds from which on a wait of the sandbox ends when the test says so, and not before."""


class CartShop:
    """The sandbox's carts as they were in the beginning, its ledger, and the engine."""

    def __init__(self, sandbox: Served, home: Path) -> None:
        self.server, self.state = sandbox.server, sandbox.state
        self.clock = Clock()
        self.applied = threading.Event()
        """Set when a removal has been done."""
        self.go = threading.Event()
        """Lets the sandbox go on with what it holds up."""
        self.paths = Paths(home / "config.toml", home / "cache.db", home / "journal.db")
        self.paths.config_file.touch(0o600)  # the sandbox's secrets are plain
        self.sources = Sources(sandbox.profile, self.paths, self.clock)
        self.port = next(port for port in self.sources.change_ports if isinstance(port, CartChanges))
        self.changes = Changes(
            sandbox.profile,
            Journal(self.paths.journal_db),
            self.sources.change_ports,
            self.clock,
            purpose="a test",
            sleep=self.clock.sleep,
            operator="ann",
        )
        self.changes.open()
        assert self.changes.locked == ""

    async def api(self, session: str = "support") -> Any:
        return await self.port._apis[session].adapter()

    async def cart(self, session: str = "support") -> Cart:
        assert self.sources.cart is not None
        return (await self.sources.cart.live(session)).data

    async def selection(self, key: SelectionKey = FILM, session: str = "support") -> GiftSelection:
        return next(s for s in selections(await self.cart(session)) if s.key == key)

    async def counts(self, key: SelectionKey = FILM) -> tuple[int | None, int | None]:
        """What is open and what is removed of a selection."""
        selection = await self.selection(key)
        return selection.available, selection.removed

    async def wish(self, quantity: int = 1, key: SelectionKey = FILM, session: str = "support") -> Intent:
        """What the operator wants of a selection as it is now."""
        cart, at = await self.cart(session), self.clock()
        found = next(s for s in selections(cart) if s.key == key)
        return removal_intent(session, cart, found, quantity, now=at, seen_at=at)

    async def wish_all(self, session: str = "support") -> Intent:
        at = self.clock()
        return removal_of_all_intent(session, await self.cart(session), now=at, seen_at=at)

    async def apply(self, *wanted: Intent) -> BatchResult:
        self.changes.stage(*wanted)
        return await self.changes.apply(await self.changes.plan(wanted))

    def faults(self, *specs: str) -> None:
        self.state.faults.add(specs)

    @property
    def writes(self) -> list[Entry]:
        """Every removal that arrived, done or not."""
        return [
            entry for entry in self.state.ledger.entries if "/removeAll" in entry.path or "/removeS" in entry.path
        ]

    @property
    def done(self) -> list[Entry]:
        """Every removal that was done."""
        return [entry for entry in self.writes if entry.change is not None]

    @property
    def logins(self) -> list[Entry]:
        return [entry for entry in self.state.ledger.entries if entry.path.endswith("/login")]

    async def until_applied(self) -> None:
        """Wait until the sandbox has done a removal, whether or not it was answered."""
        assert await asyncio.to_thread(self.applied.wait, 20)

    async def aclose(self) -> None:
        self.go.set()
        await self.sources.aclose()
        self.changes.close()


@asynccontextmanager
async def cart_shop(sandbox: Served, home: Path) -> AsyncIterator[CartShop]:
    """The engine on the sandbox, whose carts are as new; nothing is slowed down."""
    sandbox.server.start()
    sandbox.state.carts, sandbox.state.ledger, sandbox.state.faults = carts(), Ledger(), Faults()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connect.REQUESTS_PER_SECOND, "cart", 10_000)
        shop = CartShop(sandbox, home)
        wait = exchange._wait

        def recorded(request: Request, change: Json) -> None:
            ledger.record_change(request, change)
            shop.applied.set()

        async def held_up(seconds: float) -> None:
            await (asyncio.to_thread(shop.go.wait, 20) if seconds >= HELD_UP else wait(seconds))

        patch.setattr(sandbox_carts, "record_change", recorded)
        patch.setattr(exchange, "_wait", held_up)
        try:
            yield shop
        finally:
            await shop.aclose()
