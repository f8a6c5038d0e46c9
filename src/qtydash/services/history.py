"""What was left of ticket days in the past: for ▲▼ since the last look and since yesterday, the sparkline, and
the pace."""

from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime

from qtydash.domain.pace import Observation
from qtydash.domain.snapshot import Reading
from qtydash.storage import history
from qtydash.storage.cache import Cache, Source
from qtydash.storage.tickets import AVAILABILITY, LOOK


class TicketHistory:
    """The past of one source's ticket days, from the cache alone. Any thread may ask; milliseconds.

    Whatever is wrong with the cache, the answer is empty and the reason is among its ``notices``.
    """

    def __init__(self, cache: Cache, source: Source) -> None:
        self._cache = cache
        self._source = source

    def of_day(
        self, product_code: str, option_code: str, day: date, inventory_code: str
    ) -> tuple[Observation, ...]:
        """One record's past, oldest first: each change, the last read before it, and the last that brought it.

        So what stood still shows as two observations of one number. Times are UTC. The first may be older than
        90 days, where nothing changed since.
        """
        found = self._cache.look_up(
            AVAILABILITY.kind,
            self._source,
            product_code,
            lambda db, reading: history.of_day(db, reading, option_code, day, inventory_code),
        )
        return found or ()

    def left_at(self, product_code: str, when: datetime) -> Mapping[Hashable, int]:
        """What was left of every record as known at the aware time ``when``, by ``TicketDay.key``.

        Exact at any time of the last 7 days and at the end of each UTC day before that, for 90 days; within
        such a day it may be as old as the day's start. Records that were not known then, or were gone, are
        missing; an empty answer means nothing was known.
        """
        instant = when.astimezone(UTC)
        found = self._cache.look_up(
            AVAILABILITY.kind,
            self._source,
            product_code,
            lambda db, reading: history.left_at(db, reading, instant),
        )
        return found or {}

    def moved_since(self, product_code: str, when: datetime) -> Mapping[Hashable, int]:
        """What was left at the aware time ``when``, by ``TicketDay.key``, of the records that any read made later
        found changed, also where the change was taken back since. As exact as ``left_at``; what was not known
        then is missing."""
        instant = when.astimezone(UTC)
        found = self._cache.look_up(
            AVAILABILITY.kind,
            self._source,
            product_code,
            lambda db, reading: history.moved_since(db, reading, instant),
        )
        return found or {}

    def last_look(self, product_code: str) -> datetime | None:
        """The UTC time of the reading that the dashboard showed last, in this session or before; None if none."""
        found = self._cache.load(LOOK, self._source, product_code)
        return None if found is None else found.fetched_at

    def keep_look(self, product_code: str, fetched_at: datetime) -> None:
        """Remember which reading the dashboard shows. A cache that cannot be written forgets it, which harms
        nobody."""
        self._cache.save(LOOK, self._source, product_code, Reading(()), fetched_at)

    def known_since(self, product_code: str) -> datetime | None:
        """The UTC time of the first read that is remembered whole, None if none is.

        ``left_at`` an earlier time is empty, or lacks what changed later on that day.
        """
        return self._cache.look_up(AVAILABILITY.kind, self._source, product_code, history.known_since)
