"""Reading the gift list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import GiftsSource, Profile
from qtydash.domain.gifts import Gift
from qtydash.domain.snapshot import OnProgress, Reading
from qtydash.domain.vendors import GIFTS as VENDOR
from qtydash.services.connect import Connection, client, credential, prefixed
from qtydash.services.read import CachedReads
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS

if TYPE_CHECKING:
    from qtydash.adapters.gifts import GiftsApi
    from qtydash.adapters.http import VendorClient


def connection(profile: Profile, source: GiftsSource, config_file: Path) -> Connection[GiftsApi]:
    """SHOPLINE, with its token and the merchant handle it demands as User-Agent."""

    async def make() -> tuple[GiftsApi, VendorClient]:
        from qtydash.adapters.gifts import GiftsApi

        token = await credential(VENDOR, source.token, config_file)
        http = client(
            VENDOR,
            source.base_url,
            profile,
            {"Authorization": prefixed("Bearer", token), "User-Agent": source.user_agent},
        )
        return GiftsApi(http), http

    return Connection(make)


def all_gifts(
    api: Connection[GiftsApi], cache: Cache, source: Source, now: Callable[[], datetime]
) -> CachedReads[None, tuple[Gift, ...]]:
    """Every gift of the shop."""

    async def ask(_: None, on_progress: OnProgress | None) -> Reading[tuple[Gift, ...]]:
        return await (await api.adapter()).all(on_progress)

    return CachedReads(VENDOR, ask, cache, GIFTS, source, now)
