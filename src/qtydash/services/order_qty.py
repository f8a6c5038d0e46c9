"""Order quantity: reading the records of one product, and deleting records that hold stock for nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import OrderQtySource, Profile
from qtydash.domain.changes import Facts, Intent, Kind, WriteRequest
from qtydash.domain.errors import NotFound
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.review import NO_OBJECTION, Objection, Observed
from qtydash.domain.snapshot import OnProgress, Reading
from qtydash.domain.vendors import ORDER_QTY as VENDOR
from qtydash.services.connect import Connection, client, credential
from qtydash.services.order_qty_intents import frozen_stamp, held_ids, products_of, stamp
from qtydash.services.order_qty_products import SIDE_BY_SIDE
from qtydash.services.port import BatchRules, Told
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


@dataclass(frozen=True, slots=True)
class HoldLists:
    """What several products list: by product, its records by id, without those that are deleted.

    ``read_at`` is when the first of them was read; ``warnings`` are sentences about rows that could not be read
    and so are not there, ``unreadable`` their ids as far as those can be.
    """

    of: Mapping[str, Mapping[str, OrderQty]]
    read_at: datetime
    warnings: tuple[str, ...] = ()
    unreadable: frozenset[str] = frozenset()

    @property
    def by_id(self) -> Mapping[str, OrderQty]:
        """All of them, each once."""
        return {id: hold for holds in self.of.values() for id, hold in holds.items()}


@dataclass(frozen=True, slots=True)
class _List:
    """One product's records by id, as they were read at ``at``; ``unreadable`` are the ids of further ones."""

    at: datetime
    holds: Mapping[str, OrderQty]
    warnings: tuple[str, ...]
    unreadable: frozenset[str]


_Lists = Mapping[str, _List]
UNREADABLE = "is listed and cannot be read: it is left alone."
"""Neither there as it was frozen nor gone."""


class HoldChanges:
    """Deleting order-quantity records: the engine's port to BLAZE.

    A list is read per product and serves for a few seconds, so that a batch of one product is not a read a row.
    Nothing brings a deleted record back.
    """

    vendor = VENDOR
    kinds = frozenset({Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART})
    rules = BatchRules(pause=0.5, canary=True, fresh=timedelta(seconds=5), rejects_in_a_row=3, failures=0.05)

    def __init__(self, api: Connection[OrderQtyApi], origin: str, now: Callable[[], datetime]) -> None:
        self.origin = origin
        self._api = api
        self._now = now
        self._read: dict[str, _List] = {}

    def request(self, intent: Intent) -> WriteRequest:
        """See ``ChangePort``."""
        from qtydash.adapters.order_qty import delete_cart_request, delete_request

        if intent.kind is Kind.HOLD_DELETE:
            return delete_request(str(intent.ids["hold"]))
        return delete_cart_request(str(intent.ids["cart"]))

    def objection(self, intent: Intent, before: Facts, expected: Facts) -> Objection:
        """See ``ChangePort``. What speaks against a record is in its observation."""
        return NO_OBJECTION

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        """See ``ChangePort``."""
        lists = await self._lists(products_of(intents), max_age)
        return {
            intent.target: _hold_observed(intent, lists)
            if intent.kind is Kind.HOLD_DELETE
            else _cart_observed(intent, lists)
            for intent in intents
        }

    async def send(self, intent: Intent, op_id: str) -> Told:
        """See ``ChangePort``. The answer documents nothing, so it tells no facts."""
        api = await self._api.adapter()
        if intent.kind is Kind.HOLD_DELETE:
            outcome = await api.delete(str(intent.ids["hold"]), op_id)
            return Told(outcome.status, absent=outcome.absent)
        outcome = await api.delete_cart(str(intent.ids["cart"]), op_id)
        if outcome.absent:  # its rows were listed a moment ago, so this says nothing about them
            raise NotFound(f"{VENDOR.name} does not know cart {intent.ids['cart']}.", status=outcome.status)
        return Told(outcome.status)

    async def listed(self, products: Iterable[str], *, max_age: timedelta = timedelta()) -> HoldLists:
        """What ``products``, at least one, list, none of it older than ``max_age``.

        Raises ``VendorError``, ``InvalidId`` when any of the products cannot be read.
        """
        lists = await self._lists(products, max_age)
        return HoldLists(
            {
                product: {id: hold for id, hold in read.holds.items() if not hold.deleted}
                for product, read in lists.items()
            },
            min(read.at for read in lists.values()),
            tuple(f"{product}: {warning}" for product, read in lists.items() for warning in read.warnings),
            frozenset[str]().union(*(read.unreadable for read in lists.values())),
        )

    async def _lists(self, products: Iterable[str], max_age: timedelta) -> _Lists:
        """The lists of several products, read side by side."""
        import asyncio

        lanes = asyncio.Semaphore(SIDE_BY_SIDE)

        async def read(product: str) -> _List:
            async with lanes:
                return await self._list(product, max_age)

        wanted = sorted(set(products))
        found = await asyncio.gather(*map(read, wanted), return_exceptions=True)
        lists: dict[str, _List] = {}
        for product, answer in zip(wanted, found, strict=True):
            if isinstance(answer, BaseException):
                raise answer
            lists[product] = answer
        return lists

    async def _list(self, product: str, max_age: timedelta) -> _List:
        read = self._read.get(product)
        if read is None or not timedelta() <= self._now() - read.at < max_age:
            api = await self._api.adapter()
            answer = await api.of_product(product)
            read = _List(self._now(), {hold.id: hold for hold in answer.data}, answer.warnings, answer.unreadable)
            self._read[product] = read
        return read


def _hold_observed(intent: Intent, lists: _Lists) -> Observed:
    read, id = lists[str(intent.ids["product"])], str(intent.ids["hold"])
    at, hold = read.at, read.holds.get(id)
    if id in read.unreadable:
        return Observed(at, None, f"It {UNREADABLE}")
    if hold is None or hold.deleted:
        return Observed(at, {"present": 0}, record=hold)
    refusal = f"It is kept: {hold.kept_because}." if hold.kept_because else ""
    if not refusal and stamp(hold) != frozen_stamp(intent, hold.id):
        refusal = "It changed since it was listed: refresh the list and look at it again."
    return Observed(at, {"present": 1}, refusal, hold)


def _cart_observed(intent: Intent, lists: _Lists) -> Observed:
    """The cart's records in every list that was read; one more than were frozen means that the cart is alive."""
    cart = intent.ids["cart"]
    ids = held_ids(intent)
    at = min(read.at for read in lists.values())
    if blurred := frozenset[str]().union(*(read.unreadable for read in lists.values())) & set(ids):
        return Observed(at, None, f"Its record {min(blurred)} {UNREADABLE}")
    found = {
        hold.id: hold
        for read in lists.values()
        for hold in read.holds.values()
        if hold.consumer_cart_id == cart and not hold.deleted
    }
    facts = {id: int(id in found) for id in ids}
    records = [found[id] for id in ids if id in found]
    kept = next((hold for hold in found.values() if hold.kept_because), None)
    if kept is not None:
        return Observed(at, facts, f"Its record {kept.id} is kept: {kept.kept_because}.", records)
    if more := found.keys() - set(ids):
        return Observed(at, facts, f"It has {len(more)} more records than were listed: refresh the list.", records)
    moved = next((hold for hold in records if stamp(hold) != frozen_stamp(intent, hold.id)), None)
    refusal = f"Its record {moved.id} changed since it was listed: the cart is alive." if moved is not None else ""
    return Observed(at, facts, refusal, records)
