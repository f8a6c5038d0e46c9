"""Reading is one straight line: the cache at once, the vendor then, a ``Snapshot`` either way."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from qtydash.config.errors import ConfigError
from qtydash.domain.crash import crash_report
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.snapshot import OnProgress, Reading, Snapshot, age_in_words
from qtydash.domain.vendors import Vendor
from qtydash.services import log
from qtydash.services.names import UnknownName
from qtydash.storage.cache import Cache, Source
from qtydash.storage.shelf import Shelf

Q = TypeVar("Q", contravariant=True)
T = TypeVar("T", covariant=True)
Query = TypeVar("Query", bound=str | None)
D = TypeVar("D")


class Reads(Protocol[Q, T]):
    """One thing that can be read, of one profile. ``query`` names which: a product, a session, or None."""

    vendor: Vendor

    def cached(self, query: Q) -> Snapshot[T] | None:
        """What was last seen, or None if nothing was. Loads no network library; milliseconds."""

    async def live(self, query: Q, on_progress: OnProgress | None = None) -> Snapshot[T]:
        """Ask the vendor, keep the answer in the cache, return it.

        Raises ``VendorError`` (the cache is then untouched) and ``InvalidId``.
        """


class NothingCached(Exception):
    """Only the cache was allowed, and it holds nothing of this. The text is a sentence."""


class CachedReads(Generic[Query, D]):
    """``Reads`` of one kind: what ``ask`` gets from the vendor is kept on a shelf of the cache."""

    def __init__(
        self,
        vendor: Vendor,
        ask: Callable[[Query, OnProgress | None], Awaitable[Reading[D]]],
        cache: Cache,
        shelf: Shelf[D],
        source: Source,
        now: Callable[[], datetime],
    ) -> None:
        self.vendor = vendor
        self._ask = ask
        self._cache = cache
        self._shelf = shelf
        self._source = source
        self._now = now

    def cached(self, query: Query) -> Snapshot[D] | None:
        """See ``Reads``."""
        return self._cache.load(self._shelf, self._source, _name(query))

    async def live(self, query: Query, on_progress: OnProgress | None = None) -> Snapshot[D]:
        """See ``Reads``. A reading that cannot be kept is returned all the same, with a warning that says so."""
        import asyncio

        try:
            reading = await self._ask(query, on_progress)
        except VendorError as error:
            log.trouble(error)
            raise
        except (InvalidId, ConfigError, UnknownName):
            raise
        except Exception as error:
            log.fault(crash_report(error))
            raise
        fetched_at = self._now()
        kept = await asyncio.to_thread(
            self._cache.save, self._shelf, self._source, _name(query), reading, fetched_at
        )
        found = Snapshot(
            data=reading.data,
            fetched_at=fetched_at,
            source="live",
            complete=reading.complete,
            warnings=(*reading.warnings, *kept.warnings),
            previous=kept.previous,
        )
        return found if reading.complete else await asyncio.to_thread(self._completed, found, query)

    def _completed(self, found: Snapshot[D], query: Query) -> Snapshot[D]:
        """An incomplete reading with what earlier ones knew of the rest: the cache holds both and says so."""
        whole = self.cached(query)
        if whole is None or whole.fetched_at != found.fetched_at:
            return found
        return replace(whole, source="live")


def _name(query: str | None) -> str:
    return "" if query is None else query


def read_offline(reads: Reads[Q, T], query: Q) -> Snapshot[T]:
    """What the cache holds. Raises ``NothingCached``."""
    found = reads.cached(query)
    if found is None:
        of = f" for {query}" if query else ""
        raise NothingCached(
            f"Nothing was read from {reads.vendor.name}{of} yet, so there is nothing to show offline. "
            "Run the same command once without --offline."
        )
    return found


async def read_now(
    reads: Reads[Q, T], query: Q, *, offline: bool = False, live_only: bool = False
) -> tuple[Snapshot[T], str]:
    """One reading for someone who waits for it, and why it is not live: "" when it is, or was not asked to be.

    A live read that fails gives the cached one, unless ``live_only``. Raises ``VendorError`` when neither can be
    had, ``NothingCached`` when offline, ``InvalidId``.
    """
    if offline:
        return read_offline(reads, query), ""
    try:
        return await reads.live(query), ""
    except VendorError as error:
        found = None if live_only else reads.cached(query)
        if found is None:
            raise
        return found, error.full


def age(snapshot: Snapshot[object], now: datetime) -> str:
    """How old a snapshot is, for people."""
    return age_in_words((now - snapshot.fetched_at).total_seconds())
