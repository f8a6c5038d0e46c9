"""Reading ticket availability: one product's days, and the list of products."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import Profile, TicketsSource
from qtydash.domain.snapshot import OnProgress, Reading
from qtydash.domain.tickets import Availability, TicketProduct
from qtydash.domain.vendors import TICKETS
from qtydash.services.connect import Connection, client, credential, prefixed
from qtydash.services.read import CachedReads
from qtydash.storage.cache import Cache, Source
from qtydash.storage.tickets import AVAILABILITY, TICKET_PRODUCTS

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
    """One product's days; the query is its code."""

    async def ask(product_code: str, on_progress: OnProgress | None) -> Reading[Availability]:
        return await (await api.adapter()).availability(product_code, on_progress)

    return CachedReads(TICKETS, ask, cache, AVAILABILITY, source, now)


def products(
    api: Connection[TicketsApi], cache: Cache, source: Source, now: Callable[[], datetime]
) -> CachedReads[None, tuple[TicketProduct, ...]]:
    """All products of the channel."""

    async def ask(_: None, on_progress: OnProgress | None) -> Reading[tuple[TicketProduct, ...]]:
        return await (await api.adapter()).products(on_progress)

    return CachedReads(TICKETS, ask, cache, TICKET_PRODUCTS, source, now)
