"""Looking for what needs a person, in everything that a profile names, again and again.

Looking is reading, as for the screens: what cannot be had live is told from the cache, with its age and why.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from qtydash.config.models import Profile
from qtydash.domain.carts import selections
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.snapshot import Snapshot, SnapshotSource
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS, Vendor
from qtydash.services.findings import Finding, cart_findings, gift_findings, hold_findings, ticket_findings
from qtydash.services.read import NothingCached, Reads, read_now
from qtydash.services.sources import Sources

Q = TypeVar("Q")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at: a product, the gifts, a session. ``subject`` is its name, "" for the gifts.

    ``fetched_at`` is None when nothing is known of it at all. ``trouble`` is why it could not be read live, ""
    when it was, or was not asked to be. ``looked_at`` is how many things there were to look at.
    """

    vendor: Vendor
    subject: str
    findings: tuple[Finding, ...] = ()
    looked_at: int = 0
    fetched_at: datetime | None = None
    source: SnapshotSource | None = None
    complete: bool = True
    trouble: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return (self.vendor.key, self.subject)

    @property
    def unread(self) -> bool:
        """Whether something of it could not be read as it was asked for."""
        return bool(self.trouble) or self.fetched_at is None or not self.complete


@dataclass(frozen=True, slots=True)
class Round:
    """Everything that was looked at, once."""

    at: datetime
    parts: tuple[Part, ...]

    @property
    def found(self) -> int:
        return sum(len(part.findings) for part in self.parts)

    @property
    def unread(self) -> bool:
        """Whether something could not be read."""
        return any(part.unread for part in self.parts)


@dataclass(frozen=True, slots=True)
class Moved:
    """What is there now and was not before, and the other way round, each with the part it is of."""

    new: tuple[tuple[Part, Finding], ...] = ()
    gone: tuple[tuple[Part, Finding], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone)


class Known:
    """The findings that were told. A part that could not be read keeps what was known of it."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], tuple[Part, Mapping[str, Finding]]] = {}

    def moved(self, found: Round) -> Moved:
        """What is different from what was told."""
        new: list[tuple[Part, Finding]] = []
        gone: list[tuple[Part, Finding]] = []
        for part in found.parts:
            before = self._told[part.key][1] if part.key in self._told else {}
            new += [(part, f) for f in part.findings if before.get(f.id) is None or before[f.id].state != f.state]
            now = {finding.id for finding in part.findings}
            if part.fetched_at is not None and part.complete:
                gone += [(part, finding) for id, finding in before.items() if id not in now]
        return Moved(tuple(new), tuple(gone))

    def tell(self, found: Round) -> None:
        """All of it was told."""
        for part in found.parts:
            now = {finding.id: finding for finding in part.findings}
            before = self._told[part.key][1] if part.key in self._told else {}
            whole = part.fetched_at is not None and part.complete
            self._told[part.key] = part, (now if whole else {**before, **now})


class Watch:
    """The checks of one profile. Everything belongs to one event loop."""

    def __init__(
        self,
        profile: Profile,
        sources: Sources,
        now: Callable[[], datetime],
        today: Callable[[], date],
        *,
        offline: bool = False,
    ) -> None:
        self._profile = profile
        self._sources = sources
        self._now = now
        self._today = today
        self._offline = offline

    async def look(self) -> Round:
        """Look at everything once, the vendors side by side, the parts of one after the other."""
        found = await asyncio.gather(
            *(_all(of) for of in (self._tickets(), self._gifts(), self._carts(), self._holds()))
        )
        return Round(self._now(), tuple(part for parts in found for part in parts))

    async def _tickets(self) -> AsyncIterator[Part]:
        section, reads = self._profile.tickets, self._sources.tickets
        if section is None or reads is None:
            return
        for product in section.products:
            yield await self._part(
                TICKETS,
                product.name or product.code,
                reads,
                product.code,
                lambda data: ticket_findings(data, section, self._today()),
                lambda data: sum(day.date >= self._today() for day in data.days),
            )

    async def _gifts(self) -> AsyncIterator[Part]:
        section, reads = self._profile.gifts, self._sources.gifts
        if section is None or reads is None:
            return
        yield await self._part(GIFTS, "", reads, None, lambda data: gift_findings(data, section), len)

    async def _carts(self) -> AsyncIterator[Part]:
        section, reads = self._profile.cart, self._sources.cart
        if section is None or reads is None:
            return
        for session in section.sessions:
            yield await self._part(
                CART, session.name, reads, session.name, cart_findings, lambda cart: len(selections(cart))
            )

    async def _holds(self) -> AsyncIterator[Part]:
        section, reads = self._profile.order_qty, self._sources.order_qty
        if section is None or reads is None:
            return
        for product in section.products:
            yield await self._part(
                ORDER_QTY,
                product.name or product.code,
                reads,
                product.code,
                lambda data: hold_findings(data, self._now(), section.stale_after),
                len,
            )

    async def _part(
        self,
        vendor: Vendor,
        subject: str,
        reads: Reads[Q, T],
        query: Q,
        findings: Callable[[T], Sequence[Finding]],
        count: Callable[[T], int],
    ) -> Part:
        try:
            snapshot, trouble = await read_now(reads, query, offline=self._offline)
        except (VendorError, InvalidId, NothingCached) as error:
            return Part(vendor, subject, trouble=error.full if isinstance(error, VendorError) else str(error))
        return _known(vendor, subject, snapshot, findings(snapshot.data), count(snapshot.data), trouble)


def _known(
    vendor: Vendor,
    subject: str,
    snapshot: Snapshot[object],
    findings: Sequence[Finding],
    looked_at: int,
    trouble: str,
) -> Part:
    return Part(
        vendor,
        subject,
        tuple(findings),
        looked_at,
        snapshot.fetched_at,
        snapshot.source,
        snapshot.complete,
        trouble,
        snapshot.warnings,
    )


async def _all(parts: AsyncIterator[Part]) -> list[Part]:
    return [part async for part in parts]
