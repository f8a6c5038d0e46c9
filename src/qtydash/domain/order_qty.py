"""Consumer order quantity: stock held by online carts (document 000, BLAZE).

Quantities are decimal; times are aware UTC, None where the vendor sends 0 or nothing.
"""

from collections.abc import Hashable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from qtydash.domain.snapshot import age_in_words


class HoldState(StrEnum):
    """What a record does to the stock now."""

    STALE = "stale"
    FRESH = "fresh"
    SUBMITTED = "submitted"
    INACTIVE = "inactive"
    DELETED = "deleted"
    UNKNOWN_AGE = "unknown_age"
    FUTURE = "future"
    """Last touched at a time that has not come yet: its age cannot be told."""

    @property
    def words(self) -> str:
        """The state as people say it."""
        return self.value.replace("_", " ")


HOLDING = frozenset({HoldState.STALE, HoldState.FRESH, HoldState.UNKNOWN_AGE, HoldState.FUTURE})
"""The states in which a record holds stock that nobody bought yet: active, not submitted, not deleted."""

DEFAULT_STALE_AFTER = timedelta(minutes=45)
_NO_TIME = timedelta(0)


class Why(NamedTuple):
    """A record's state and the facts it follows from, in words."""

    state: str
    facts: str

    def __str__(self) -> str:
        return f"{self.state}: {self.facts}"


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
        created, modified = self.created, self.modified
        if created is None or modified is None:
            return created or modified
        return max(created, modified)

    @property
    def holds_stock(self) -> bool:
        """Whether its quantity is kept from other buyers without being bought."""
        return self.active and not self.submitted and not self.deleted

    def age(self, now: datetime) -> timedelta | None:
        """Time since it was last touched; negative when dated in the future, None when unknown."""
        touched = self.last_touched
        return None if touched is None else now - touched

    def state(self, now: datetime, stale_after: timedelta = DEFAULT_STALE_AFTER) -> HoldState:
        """The one word for this record. Without a known age in the past it is never stale."""
        if self.deleted:
            return HoldState.DELETED
        if self.submitted:
            return HoldState.SUBMITTED
        if not self.active:
            return HoldState.INACTIVE
        touched = self.last_touched
        if touched is None:
            return HoldState.UNKNOWN_AGE
        if touched > now:
            return HoldState.FUTURE
        return HoldState.STALE if now - touched > stale_after else HoldState.FRESH

    def why(self, now: datetime, stale_after: timedelta = DEFAULT_STALE_AFTER) -> Why:
        """The state with its reason, as of ``now``.

        >>> from datetime import UTC
        >>> touched, now = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 4, 12, 45, tzinfo=UTC)
        >>> hold = OrderQty("a", "", "", touched, None, False, False, "", "", "", "", None, None, True, False)
        >>> str(hold.why(now))
        'stale since 3d 4h: active, not submitted, older than 45m'
        """
        state, age = self.state(now, stale_after), self.age(now) or _NO_TIME
        match state:
            case HoldState.STALE:
                limit = in_words(stale_after)
                return Why(
                    f"stale since {in_words(age - stale_after)}", f"active, not submitted, older than {limit}"
                )
            case HoldState.FRESH:
                return Why("fresh", f"active, not submitted, stale in {in_words(stale_after - age)}")
            case HoldState.SUBMITTED:
                return Why("submitted", "the order was placed")
            case HoldState.INACTIVE:
                return Why("inactive", "it is taken to hold nothing")
            case HoldState.DELETED:
                return Why("deleted", "the vendor keeps it as deleted")
            case HoldState.UNKNOWN_AGE:
                return Why("unknown age", "active, not submitted, no time known")
            case HoldState.FUTURE:
                return Why("future", f"dated {in_words(-age)} ahead: no age to go by")

    @property
    def kept_because(self) -> str:
        """Why this record must not be chosen for deletion, "" when it may be.

        Deleting is no way to cancel an order, so a submitted record is never taken; a deleted one has nothing
        to free.
        """
        if self.deleted:
            return "it is deleted already"
        if self.submitted:
            return "its order was placed, and deleting it would not cancel that order"
        return ""


FIELDS = tuple(field.name for field in fields(OrderQty))
"""The fifteen fields' names, in the document's order: what is kept, printed and exported."""


def in_words(length: timedelta) -> str:
    """A length of time in its two largest units, without an empty second one.

    >>> in_words(timedelta(days=3, hours=4)), in_words(timedelta(minutes=45)), in_words(timedelta(seconds=9))
    ('3d 4h', '45m', '9s')
    """
    largest, _, rest = age_in_words(length.total_seconds(), 2).partition(" ")
    return largest if not rest or rest.startswith("0") else f"{largest} {rest}"


def age_words(touched: datetime | None, now: datetime) -> str:
    """How long ago that was; below zero when it lies in the future."""
    if touched is None:
        return "unknown"
    return in_words(now - touched) if touched <= now else f"-{in_words(touched - now)}"


def amount(quantity: Decimal | None) -> str:
    """A quantity as people write it: every digit that counts, no exponent; ``-`` when none is known.

    >>> amount(Decimal("3.500")), amount(Decimal("1E+2")), amount(None)
    ('3.5', '100', '-')
    """
    if quantity is None:
        return "-"
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
