"""Consumer order quantity: stock held by online carts (document 000, BLAZE).

Quantities are decimal; times are aware UTC, None where the vendor sends 0 or nothing.
"""

from collections.abc import Hashable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class HoldState(StrEnum):
    """What a record does to the stock now."""

    STALE = "stale"
    FRESH = "fresh"
    SUBMITTED = "submitted"
    INACTIVE = "inactive"
    DELETED = "deleted"
    UNKNOWN_AGE = "unknown_age"


DEFAULT_STALE_AFTER = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class OrderQty:
    """One consumer-order-quantity record, the vendor's fifteen fields. All but ``id`` may be missing.

    ``updated`` is a generic flag of the vendor and decides nothing here.
    """

    id: str
    company_id: str
    shop_id: str
    created: datetime | None
    modified: datetime | None
    deleted: bool
    updated: bool
    inventory_id: str
    region_id: str
    product_id: str
    consumer_cart_id: str
    quantity: Decimal | None
    processed_time: datetime | None
    active: bool
    submitted: bool

    @property
    def key(self) -> Hashable:
        """Identity; keys ``Snapshot.previous`` (quantity at the read before)."""
        return self.id

    @property
    def last_touched(self) -> datetime | None:
        """The later of created and modified."""
        return max((t for t in (self.created, self.modified) if t is not None), default=None)

    def age(self, now: datetime) -> timedelta | None:
        """Time since it was last touched; negative when dated in the future, None when unknown."""
        touched = self.last_touched
        return None if touched is None else now - touched

    def state(self, now: datetime, stale_after: timedelta = DEFAULT_STALE_AFTER) -> HoldState:
        """The one word for this record. A date in the future counts as unknown age: it is never stale."""
        if self.deleted:
            return HoldState.DELETED
        if self.submitted:
            return HoldState.SUBMITTED
        if not self.active:
            return HoldState.INACTIVE
        age = self.age(now)
        if age is None or age < timedelta(0):
            return HoldState.UNKNOWN_AGE
        return HoldState.STALE if age > stale_after else HoldState.FRESH


FIELDS = tuple(field.name for field in fields(OrderQty))
"""The fifteen fields' names, in the document's order: what is kept, printed and exported."""
