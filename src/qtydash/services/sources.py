"""The active profile's vendors, ready to be read. Making one contacts nobody and loads no network library."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from qtydash.config.models import Paths, Profile
from qtydash.domain.carts import Cart
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.tickets import Availability, TicketProduct
from qtydash.services import carts, gifts, log, order_qty, tickets
from qtydash.services.connect import Connection
from qtydash.services.history import TicketHistory
from qtydash.services.port import ChangePort
from qtydash.services.read import Reads
from qtydash.services.tickets import ChosenProduct, TicketGlimpse
from qtydash.storage.cache import Cache, Source


class Sources:
    """What can be read in a profile; None where the profile has no section for the vendor.

    ``cached`` may be called on any thread; every ``live`` and ``aclose`` belong to one event loop, in which the
    clients are made. ``notices`` are sentences about the cache file. ``change_ports`` are what the change engine
    needs of each vendor that can be written to.
    """

    tickets: Reads[str, Availability] | None = None
    ticket_products: Reads[None, tuple[TicketProduct, ...]] | None = None
    ticket_history: TicketHistory | None = None
    ticket_choice: ChosenProduct | None = None
    ticket_glimpse: TicketGlimpse | None = None
    gifts: Reads[None, tuple[Gift, ...]] | None = None
    cart: Reads[str, Cart] | None = None
    order_qty: Reads[str, tuple[OrderQty, ...]] | None = None

    def __init__(self, profile: Profile, paths: Paths, now: Callable[[], datetime]) -> None:
        cache = Cache(paths.cache_db, now)
        config_file = paths.config_file
        self._cache = cache
        self._logged = 0
        self._connections: list[Connection[Any]] = []
        self.change_ports: list[ChangePort] = []
        if (section := profile.tickets) is not None:
            api = tickets.connection(profile, section, config_file)
            source = Source(profile.name, section.base_url)
            self.tickets = tickets.availability(api, cache, source, now)
            self.ticket_products = tickets.products(api, cache, source, now)
            self.ticket_history = TicketHistory(cache, source)
            self.ticket_choice = ChosenProduct(cache, source, now)
            self.ticket_glimpse = TicketGlimpse(cache, source)
            self._connections.append(api)
        if (shop := profile.gifts) is not None:
            gift_api = gifts.connection(profile, shop, config_file)
            self.gifts = gifts.all_gifts(gift_api, cache, Source(profile.name, shop.base_url), now)
            self.change_ports.append(gifts.GiftChanges(gift_api, shop.base_url, now))
            self._connections.append(gift_api)
        if (store := profile.cart) is not None:
            apis = {s.name: carts.connection(profile, store, s, config_file) for s in store.sessions}
            self.cart = carts.current(apis, cache, Source(profile.name, store.base_url), now)
            self.change_ports.append(carts.CartChanges(apis, store.base_url, now))
            self._connections += apis.values()
        if (partner := profile.order_qty) is not None:
            qty_api = order_qty.connection(profile, partner, config_file)
            self.order_qty = order_qty.of_product(qty_api, cache, Source(profile.name, partner.base_url), now)
            self.change_ports.append(order_qty.HoldChanges(qty_api, partner.base_url, now))
            self._connections.append(qty_api)

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
