"""Reading the order-quantity records of one product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import OrderQtySource, Profile
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import OnProgress, Reading
from qtydash.domain.vendors import ORDER_QTY as VENDOR
from qtydash.services.connect import Connection, client, credential
from qtydash.services.read import CachedReads
from qtydash.storage.cache import Cache, Source
from qtydash.storage.order_qty import ORDER_QTY

if TYPE_CHECKING:
    from qtydash.adapters.http import VendorClient
    from qtydash.adapters.order_qty import OrderQtyApi


def connection(profile: Profile, source: OrderQtySource, config_file: Path) -> Connection[OrderQtyApi]:
    """BLAZE, with the partner key in the header the account needs and the developer key as it is."""

    async def make() -> tuple[OrderQtyApi, VendorClient]:
        from qtydash.adapters.order_qty import OrderQtyApi

        partner = await credential(VENDOR, source.partner_key, config_file)
        developer = await credential(VENDOR, source.developer_key, config_file)
        headers = {source.partner_key_header: partner, "Authorization": developer}
        http = client(VENDOR, source.base_url, profile, headers)
        return OrderQtyApi(http), http

    return Connection(make)


def of_product(
    api: Connection[OrderQtyApi], cache: Cache, source: Source, now: Callable[[], datetime]
) -> CachedReads[str, tuple[OrderQty, ...]]:
    """One product's records; the query is its id."""

    async def ask(product_id: str, _: OnProgress | None) -> Reading[tuple[OrderQty, ...]]:
        return await (await api.adapter()).of_product(product_id)

    return CachedReads(VENDOR, ask, cache, ORDER_QTY, source, now)
