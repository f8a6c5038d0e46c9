"""Reading ticket availability: one product's days, and the list of products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import Profile, TicketsSource
from qtydash.domain.snapshot import OnProgress, Reading, Snapshot
from qtydash.domain.tickets import Availability, TicketProduct
from qtydash.domain.vendors import TICKETS
from qtydash.services.connect import Connection, client, credential, prefixed
from qtydash.services.read import CachedReads
from qtydash.storage.cache import Cache, Source
from qtydash.storage.tickets import AVAILABILITY, CHOSEN_PRODUCT, TICKET_PRODUCTS, known_options, window

if TYPE_CHECKING:
    from qtydash.adapters.http import VendorClient
    from qtydash.adapters.tickets import TicketsApi


def connection(profile: Profile, source: TicketsSource, config_file: Path) -> Connection[TicketsApi]:
    """AX Cloud, with the two credentials each of its requests carries."""

    async def make() -> tuple[TicketsApi, VendorClient]:
        from qtydash.adapters.tickets import TicketsApi

        key = await credential(TICKETS, source.api_key, config_file)
        channel = await credential(TICKETS, source.channel_code, config_file)
        headers = {"Authorization": prefixed("Token", key), "Channel": prefixed("Code", channel)}
        http = client(TICKETS, source.base_url, profile, headers)
        return TicketsApi(http, page_size=source.page_size), http

    return Connection(make)


def availability(
    api: Connection[TicketsApi], cache: Cache, source: Source, now: Callable[[], datetime]
) -> CachedReads[str, Availability]:
    """One product's days; the query is its code. Options that a read brings no name for keep the one they had."""

    async def ask(product_code: str, on_progress: OnProgress | None) -> Reading[Availability]:
        import asyncio

        reading = await (await api.adapter()).availability(product_code, on_progress)
        if reading.data.is_named:
            return reading
        before = await asyncio.to_thread(cache.look_up, AVAILABILITY.kind, source, product_code, known_options)
        return replace(reading, data=reading.data.named_as_before(before or ()))

    return CachedReads(TICKETS, ask, cache, AVAILABILITY, source, now)


def products(
    api: Connection[TicketsApi], cache: Cache, source: Source, now: Callable[[], datetime]
) -> CachedReads[None, tuple[TicketProduct, ...]]:
    """All products of the channel."""

    async def ask(_: None, on_progress: OnProgress | None) -> Reading[tuple[TicketProduct, ...]]:
        return await (await api.adapter()).products(on_progress)

    return CachedReads(TICKETS, ask, cache, TICKET_PRODUCTS, source, now)


class ChosenProduct:
    """The product that the operator chose last: it is the first to be shown next time."""

    def __init__(self, cache: Cache, source: Source, now: Callable[[], datetime]) -> None:
        self._cache = cache
        self._source = source
        self._now = now

    def last(self) -> TicketProduct | None:
        """None if none was chosen yet. Milliseconds."""
        found = self._cache.load(CHOSEN_PRODUCT, self._source, "")
        return found.data[0] if found is not None and found.data else None

    def keep(self, product: TicketProduct) -> None:
        """Remember a choice. A cache that cannot be written forgets it, which harms nobody."""
        self._cache.save(CHOSEN_PRODUCT, self._source, "", Reading((product,)), self._now())


class TicketGlimpse:
    """A screenful of a product from the cache, while the rest of it is loaded."""

    def __init__(self, cache: Cache, source: Source) -> None:
        self._cache = cache
        self._source = source

    def of(self, product_code: str, first: date, last: date, options: int) -> Snapshot[Availability] | None:
        """The days from ``first`` to ``last`` of the first ``options`` options; milliseconds."""
        return self._cache.load(window(first, last, options), self._source, product_code)
