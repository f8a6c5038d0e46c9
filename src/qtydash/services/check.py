"""Whether each vendor of a profile answers and accepts the credentials: one cheap read each, side by side."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from qtydash.config.models import Paths, Profile
from qtydash.domain.errors import VendorError
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS, VENDORS, Vendor
from qtydash.services import carts, gifts, order_qty, tickets
from qtydash.services.connect import Connection


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What one vendor said. ``words`` are a sentence, ``seconds`` the time to the answer."""

    vendor: Vendor
    ok: bool
    words: str
    seconds: float


class _Probed(Protocol):
    async def probe(self) -> str:
        """What answered, in words. Raises ``VendorError``."""


async def check_sources(profile: Profile, paths: Paths, now: Callable[[], datetime]) -> list[SourceCheck]:
    """Probe every configured vendor, a cart once per session. A vendor without a section is no failure."""
    checks = [
        _check(vendor, connection, told) for vendor, connection, told in _configured(profile, paths.config_file)
    ]
    found = await asyncio.gather(*checks)
    missing = [
        SourceCheck(vendor, True, f"Not set up: there is no [profiles.{profile.name}.{key}].", 0.0)
        for key, vendor in VENDORS.items()
        if profile.base_url(key) is None
    ]
    order = list(VENDORS.values())
    return sorted((*found, *missing), key=lambda check: order.index(check.vendor))


def _configured(profile: Profile, config_file: Path) -> Iterator[tuple[Vendor, Connection[_Probed], str]]:
    if profile.tickets is not None:
        yield TICKETS, tickets.connection(profile, profile.tickets, config_file), ""
    if profile.gifts is not None:
        yield GIFTS, gifts.connection(profile, profile.gifts, config_file), ""
    if profile.cart is not None:
        for session in profile.cart.sessions:
            connection = carts.connection(profile, profile.cart, session, config_file)
            yield CART, connection, f"Session {session.name}: "
    if profile.order_qty is not None:
        yield ORDER_QTY, order_qty.connection(profile, profile.order_qty, config_file), ""


async def _check(vendor: Vendor, connection: Connection[_Probed], told: str) -> SourceCheck:
    start = time.perf_counter()
    try:
        words, ok = await (await connection.adapter()).probe(), True
    except VendorError as error:
        words, ok = error.full, False
    finally:
        await connection.aclose()
    return SourceCheck(vendor, ok, told + words, time.perf_counter() - start)
