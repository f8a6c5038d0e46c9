"""The active profile's vendors, ready to be read. Making one contacts nobody and loads no network library."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qtydash.config.models import Paths, Profile
from qtydash.services import log
from qtydash.storage.cache import Cache, Source

if TYPE_CHECKING:
    from qtydash.adapters.carts import CartsApi
    from qtydash.adapters.gifts import GiftsApi
    from qtydash.adapters.order_qty import OrderQtyApi
    from qtydash.adapters.tickets import TicketsApi
    from qtydash.domain.carts import Cart
    from qtydash.domain.gifts import Gift
    from qtydash.domain.order_qty import OrderQty
    from qtydash.domain.tickets import Availability, TicketProduct
    from qtydash.services.connect import Connection
    from qtydash.services.history import TicketHistory
    from qtydash.services.port import ChangePort
    from qtydash.services.read import Reads
    from qtydash.services.tickets import ChosenProduct, TicketGlimpse


class Sources:
    """What can be read in a profile; None where the profile has no section for the vendor.

    ``cached`` may be called on any thread; every ``live`` and ``aclose`` belong to one event loop, in which the
    clients are made. ``notices`` are sentences about the cache file. A vendor's part is loaded when it is first
    asked for: the first pane need not wait for the others.
    """

    def __init__(self, profile: Profile, paths: Paths, now: Callable[[], datetime]) -> None:
        self._profile = profile
        self._config_file = paths.config_file
        self._now = now
        self._cache = Cache(paths.cache_db, now)
        self._logged = 0
        self._connections: list[Connection[Any]] = []

    # Tickets.

    @cached_property
    def tickets(self) -> Reads[str, Availability] | None:
        from qtydash.services import tickets

        api, source = self._tickets_api, self._tickets_source
        return tickets.availability(api, self._cache, source, self._now) if api and source else None

    @cached_property
    def ticket_products(self) -> Reads[None, tuple[TicketProduct, ...]] | None:
        from qtydash.services import tickets

        api, source = self._tickets_api, self._tickets_source
        return tickets.products(api, self._cache, source, self._now) if api and source else None

    @cached_property
    def ticket_history(self) -> TicketHistory | None:
        from qtydash.services.history import TicketHistory

        return TicketHistory(self._cache, self._tickets_source) if self._tickets_source else None

    @cached_property
    def ticket_choice(self) -> ChosenProduct | None:
        from qtydash.services.tickets import ChosenProduct

        return ChosenProduct(self._cache, self._tickets_source, self._now) if self._tickets_source else None

    @cached_property
    def ticket_glimpse(self) -> TicketGlimpse | None:
        from qtydash.services.tickets import TicketGlimpse

        return TicketGlimpse(self._cache, self._tickets_source) if self._tickets_source else None

    @cached_property
    def _tickets_api(self) -> Connection[TicketsApi] | None:
        from qtydash.services import tickets

        section = self._profile.tickets
        return self._kept(tickets.connection(self._profile, section, self._config_file)) if section else None

    @cached_property
    def _tickets_source(self) -> Source | None:
        section = self._profile.tickets
        return Source(self._profile.name, section.base_url) if section else None

    # Gifts.

    @cached_property
    def gifts(self) -> Reads[None, tuple[Gift, ...]] | None:
        from qtydash.services import gifts

        api, shop = self._gifts_api, self._profile.gifts
        if api is None or shop is None:
            return None
        return gifts.all_gifts(api, self._cache, Source(self._profile.name, shop.base_url), self._now)

    @cached_property
    def _gifts_api(self) -> Connection[GiftsApi] | None:
        from qtydash.services import gifts

        shop = self._profile.gifts
        return self._kept(gifts.connection(self._profile, shop, self._config_file)) if shop else None

    # Cart.

    @cached_property
    def cart(self) -> Reads[str, Cart] | None:
        from qtydash.services import carts

        store = self._profile.cart
        if store is None:
            return None
        return carts.current(self._cart_apis, self._cache, Source(self._profile.name, store.base_url), self._now)

    @cached_property
    def _cart_apis(self) -> dict[str, Connection[CartsApi]]:
        from qtydash.services import carts

        profile, file, store = self._profile, self._config_file, self._profile.cart
        sessions = store.sessions if store else ()
        return {s.name: self._kept(carts.connection(profile, store, s, file)) for s in sessions if store}

    # Order quantity.

    @cached_property
    def order_qty(self) -> Reads[str, tuple[OrderQty, ...]] | None:
        from qtydash.services import order_qty

        api, partner = self._order_qty_api, self._profile.order_qty
        if api is None or partner is None:
            return None
        return order_qty.of_product(api, self._cache, Source(self._profile.name, partner.base_url), self._now)

    @cached_property
    def _order_qty_api(self) -> Connection[OrderQtyApi] | None:
        from qtydash.services import order_qty

        partner = self._profile.order_qty
        return self._kept(order_qty.connection(self._profile, partner, self._config_file)) if partner else None

    # All of them.

    @cached_property
    def change_ports(self) -> list[ChangePort]:
        """What the change engine needs of each vendor that can be written to."""
        from qtydash.services.carts import CartChanges
        from qtydash.services.gifts import GiftChanges
        from qtydash.services.order_qty import HoldChanges

        profile, now = self._profile, self._now
        ports: list[ChangePort] = []
        if profile.gifts and self._gifts_api:
            ports.append(GiftChanges(self._gifts_api, profile.gifts.base_url, now))
        if profile.cart:
            ports.append(CartChanges(self._cart_apis, profile.cart.base_url, now))
        if profile.order_qty and self._order_qty_api:
            ports.append(HoldChanges(self._order_qty_api, profile.order_qty.base_url, now))
        return ports

    def _kept(self, connection: Connection[Any]) -> Connection[Any]:
        """Remember a connection, so that it is closed with the others."""
        self._connections.append(connection)
        return connection

    @property
    def notices(self) -> tuple[str, ...]:
        told = tuple(self._cache.notices)
        for notice in told[self._logged :]:
            log.warning(notice)
        self._logged = len(told)
        return told

    async def aclose(self) -> None:
        """Close every client."""
        for connection in self._connections:
            await connection.aclose()
