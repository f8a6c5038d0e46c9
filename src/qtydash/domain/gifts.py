"""Gift stock (document 001, SHOPLINE). Quantities are pieces; times are aware UTC."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from qtydash.domain.changes import Facts, Intent, Kind
from qtydash.domain.review import NO_OBJECTION, Objection

MAX_QUANTITY = 9_999_999
"""Quantities and changes of quantity lie within ± this."""


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

    def label(self, languages: Sequence[str] = ()) -> str:
        """What it is called among others: its title and SKU, as far as it has them, else its id."""
        title = self.title(languages)
        return f"{title} ({self.sku})" if title and self.sku else title or self.sku or self.id

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


def change_target(gift_id: str) -> str:
    """What a change of a gift's stock calls its target."""
    return f"gift:{gift_id}"


def objection(intent: Intent, expected: Facts) -> Objection:
    """What speaks against bringing a gift's stock to ``expected``. Certain: the range. Assumed: below 0 is odd."""
    amount, after = intent.amount or 0, expected["quantity"]
    if abs(amount) > MAX_QUANTITY or abs(after) > MAX_QUANTITY:
        return Objection(refusal=f"{after:,} is beyond ±{MAX_QUANTITY:,}, which is as far as the vendor counts.")
    if after < 0:
        return Objection(question=f"It would be {after} pieces, below zero. The vendor does not forbid it.")
    return NO_OBJECTION


UNLIMITED = "Its stock is unlimited, so there is no quantity to change; the vendor shows 0 for it."


def stock_intent(gift: Gift, kind: Kind, amount: int, label: str, *, now: datetime, seen_at: datetime) -> Intent:
    """What the operator wants of a gift they see, read at ``seen_at``."""
    return Intent(
        kind=kind,
        target=change_target(gift.id),
        label=label,
        staged_at=now,
        amount=amount,
        ids={"gift": gift.id},
        seen={"quantity": gift.quantity},
        seen_at=seen_at,
    )
