"""A cart that can be changed: the vendor's side in memory under the real port, and reads that see it."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

from tests.screen.shop import NOW, WRITABLE, Dashboard, Shop, StubReads, live_snapshot, opened, shop

from qtydash.adapters.carts import CartsApi, parse_order
from qtydash.domain.carts import Cart, SelectionKey
from qtydash.domain.errors import VendorError
from qtydash.domain.snapshot import OnProgress, Reading, Snapshot
from qtydash.domain.vendors import CART
from qtydash.sandbox.data.carts import FILMS, RICH_ORDER, SHARED_IDENTIFIER, carts
from qtydash.services.carts import CartChanges
from qtydash.services.connect import Connection

FILM: SelectionKey = (FILMS.id, SHARED_IDENTIFIER)
"""The second selection of the rich cart: 2 open, 1 removed."""


def order(order_id: str = RICH_ORDER) -> Cart:
    """A cart of the sandbox."""
    return parse_order(json.dumps(carts()[order_id], ensure_ascii=False).encode()).data


def with_removed(cart: Cart, key: SelectionKey, quantity: int) -> Cart:
    """The cart with so many open pieces of a selection removed."""
    return replace(
        cart,
        order_markers=tuple(
            replace(m, removed=m.removed + quantity) if m.key == key else m for m in cart.order_markers
        ),
        infos=tuple(replace(i, available=i.available - quantity) if i.key == key else i for i in cart.infos),
    )


@dataclass
class StubCarts:
    """Oracle Commerce with one cart.

    ``errors`` are raised by the next removals, one each; ``applies`` tells whether such a one is done anyway.
    ``also`` is what else becomes of the cart. With ``slow`` an answer comes once ``go`` is set.
    """

    cart: Cart = field(default_factory=order)
    errors: list[VendorError] = field(default_factory=list)
    applies: bool = True
    also: Callable[[Cart], Cart] = lambda cart: cart
    slow: bool = False
    go: threading.Event = field(default_factory=threading.Event)
    sent: list[tuple[object, ...]] = field(default_factory=list)

    async def current(self) -> Reading[Cart]:
        return Reading(self.cart)

    async def remove_selectable_quantity(
        self, promotion: str, gift: int, quantity: int, op_id: str
    ) -> Reading[Cart]:
        self.sent.append((promotion, gift, quantity))
        return await self._done(lambda cart: with_removed(cart, (promotion, gift), quantity))

    async def remove_all_selectable_quantity(self, op_id: str) -> Reading[Cart]:
        self.sent.append(("all",))

        def removed(cart: Cart) -> Cart:
            for info in cart.infos:
                cart = with_removed(cart, info.key, info.available)
            return cart

        return await self._done(removed)

    async def _done(self, removed: Callable[[Cart], Cart]) -> Reading[Cart]:
        error = self.errors.pop(0) if self.errors else None
        if error is None or self.applies:
            self.cart = self.also(removed(self.cart))
        if self.slow:
            await asyncio.to_thread(self.go.wait, 20)
        if error is not None:
            raise error
        return Reading(self.cart)

    @property
    def port(self) -> CartChanges:
        """The engine's port to it, for the session of the shop's profile."""

        async def made() -> Any:
            return self, None

        connection = cast("Connection[CartsApi]", Connection(made))
        return CartChanges({"support": connection}, "https://shop.example.com", lambda: NOW)


class SeenReads(StubReads[Cart]):
    """Reads what the vendor has. With ``hold`` a read shows what it had then, and comes once ``go`` is set."""

    def __init__(self, vendor: StubCarts) -> None:
        super().__init__(CART)
        self.at_vendor = vendor
        self.go = threading.Event()

    async def live(self, query: object, on_progress: OnProgress | None = None) -> Snapshot[Cart]:
        self.asked.append(query)
        seen = self.at_vendor.cart
        if self.error is not None:
            raise self.error
        if self.hold:
            await asyncio.to_thread(self.go.wait, 20)
        return live_snapshot(seen)


def stubs_of(vendor: StubCarts) -> Shop:
    """A shop whose cart is the vendor's."""
    stubs = shop()
    stubs.cart = SeenReads(vendor)
    return stubs


@asynccontextmanager
async def cart_pane(
    vendor: StubCarts, size: tuple[int, int] = (80, 24), *, stubs: Shop | None = None, **other: Any
) -> AsyncIterator[Dashboard]:
    """The dashboard with the vendor's cart on the whole screen, the cursor on ``FILM``."""
    settings = {"profile": WRITABLE, "stock": vendor.port, **other}
    async with opened(stubs or stubs_of(vendor), size=size, **settings) as dashboard:
        await dashboard.press("3")
        if dashboard.app.overview:
            await dashboard.press("z")
        await dashboard.press("down")
        yield dashboard
