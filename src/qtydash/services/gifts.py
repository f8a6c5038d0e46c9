"""Gifts: reading the list, and changing stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import GiftsSource, Profile
from qtydash.domain import gifts
from qtydash.domain.changes import Facts, Intent, Kind, WriteRequest
from qtydash.domain.errors import NotFound
from qtydash.domain.gifts import Gift
from qtydash.domain.review import Objection, Observed
from qtydash.domain.snapshot import OnProgress, Reading
from qtydash.domain.vendors import GIFTS as VENDOR
from qtydash.services.connect import Connection, client, credential, prefixed
from qtydash.services.port import BatchRules, Told
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


READ_SINGLY = 8
"""Up to this many gifts are read one by one; for more the whole list is the fewer requests."""


class GiftChanges:
    """Changing gift stock: the engine's port to SHOPLINE. A gift is addressed by its id, never by its SKU."""

    vendor = VENDOR
    kinds = frozenset({Kind.GIFT_ADJUST, Kind.GIFT_SET})
    rules = BatchRules()

    def __init__(self, api: Connection[GiftsApi], origin: str, now: Callable[[], datetime]) -> None:
        self.origin = origin
        self._api = api
        self._now = now

    def request(self, intent: Intent) -> WriteRequest:
        """See ``ChangePort``. ``replace`` is always sent: without it the vendor overwrites."""
        from qtydash.adapters.gifts import quantity_request

        return quantity_request(_gift_id(intent), intent.amount or 0, replace=intent.kind is Kind.GIFT_SET)

    def objection(self, intent: Intent, before: Facts, expected: Facts) -> Objection:
        """See ``ChangePort``."""
        return gifts.objection(intent, expected)

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        """See ``ChangePort``. Nothing is kept, so ``max_age`` is always met."""
        api = await self._api.adapter()
        ids = {_gift_id(intent) for intent in intents}
        if len(ids) > READ_SINGLY:
            listed = {gift.id: gift for gift in (await api.all()).data if gift.id in ids}
            at = self._now()
            found = {id: _observed(gift, at) for id, gift in listed.items()}
            # A list that changes while its pages are read can miss one.
            ids -= found.keys()
        else:
            found = {}
        for id in sorted(ids):
            try:
                found[id] = _observed(await api.get(id), self._now())
            except NotFound:
                found[id] = Observed(self._now(), None)
        return {intent.target: found[_gift_id(intent)] for intent in intents}

    async def send(self, intent: Intent, op_id: str) -> Told:
        """See ``ChangePort``."""
        api = await self._api.adapter()
        replace = intent.kind is Kind.GIFT_SET
        stock = await api.update_quantity(_gift_id(intent), intent.amount or 0, replace=replace, op_id=op_id)
        return Told(200, {"quantity": stock.quantity}, data=stock)


def _gift_id(intent: Intent) -> str:
    return str(intent.ids["gift"])


def _observed(gift: Gift, at: datetime) -> Observed:
    facts = {"quantity": gift.quantity}
    if gift.unlimited:
        # The vendor shows 0 then, which must not pass for a quantity when an outcome is looked for.
        return Observed(at, {**facts, "unlimited": 1}, gifts.UNLIMITED, gift)
    return Observed(at, facts, record=gift)
