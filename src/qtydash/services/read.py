"""Reading is one straight line: the cache at once, the vendor then, a ``Snapshot`` either way."""

from typing import Protocol, TypeVar

from qtydash.domain.snapshot import OnProgress, Snapshot
from qtydash.domain.vendors import Vendor

Q = TypeVar("Q", contravariant=True)
T = TypeVar("T", covariant=True)


class Reads(Protocol[Q, T]):
    """One thing that can be read, of one profile. ``query`` names which: a product, a session, or None."""

    vendor: Vendor

    def cached(self, query: Q) -> Snapshot[T] | None:
        """What was last seen, or None if nothing was. Loads no network library; milliseconds."""

    async def live(self, query: Q, on_progress: OnProgress | None = None) -> Snapshot[T]:
        """Ask the vendor, keep the answer in the cache, return it.

        Raises ``VendorError`` (the cache is then untouched) and ``InvalidId``.
        """
