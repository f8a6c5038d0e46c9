"""Gift stock (document 001, SHOPLINE). Quantities are pieces; times are aware UTC."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift. ``sku`` is not unique among gifts. ``titles`` are (language, text) pairs in the vendor's order.

    ``quantity`` says nothing when ``unlimited`` is true: the vendor then sends 0.
    """

    id: str
    sku: str
    titles: tuple[tuple[str, str], ...]
    status: str
    quantity: int
    unlimited: bool
    updated_at: datetime | None

    @property
    def key(self) -> Hashable:
        """Identity; keys ``Snapshot.previous`` (quantity at the read before)."""
        return self.id

    def title(self, languages: Sequence[str] = ()) -> str:
        """The title in the first of ``languages`` that has one, else the first title there is, else ""."""
        told = dict(self.titles)
        for language in languages:
            if text := told.get(language):
                return text
        return next((text for _, text in self.titles if text), "")

    def is_low(self, threshold: int) -> bool:
        """Whether ``threshold`` pieces or fewer are left. An unlimited gift is never low."""
        return not self.unlimited and self.quantity <= threshold


@dataclass(frozen=True, slots=True)
class GiftStock:
    """What the vendor says a gift's quantity is after a change: ``quantity`` is the new total."""

    id: str
    sku: str
    quantity: int
    updated_at: datetime | None


def duplicate_skus(gifts: Iterable[Gift]) -> frozenset[str]:
    """The non-empty SKUs that more than one gift carries."""
    return frozenset(sku for sku, n in Counter(g.sku for g in gifts if g.sku).items() if n > 1)
