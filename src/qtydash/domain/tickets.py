"""Day-ticket availability (document 002, AX Cloud). All counts are pieces; a date has no time zone."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class DayState(StrEnum):
    """What a day's numbers say. A day without a record is no inventory, which is none of these."""

    AVAILABLE = "available"
    LOW = "low"
    SOLD_OUT = "sold_out"
    OVERSOLD = "oversold"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class LowThreshold:
    """A day is low at ``left`` pieces or fewer, or at ``ratio`` of its maximum or less."""

    left: int = 5
    ratio: float = 0.2


@dataclass(frozen=True, slots=True)
class TicketDay:
    """The stock of one option on one day. ``max`` is what was first created, ``left`` may be negative.

    ``inventory_code`` is the vendor's identity of the record; the older answer's ``id`` is kept in its place.
    """

    option_code: str
    date: date
    max: int
    left: int
    sold: int
    inventory_code: str

    @property
    def key(self) -> Hashable:
        """Identity among the records of one product; keys ``Snapshot.previous`` (left at the read before)."""
        return (self.option_code, self.date, self.inventory_code)

    @property
    def adds_up(self) -> bool:
        """Whether left + sold = max. True in every sample of the vendor, yet no law: shown, never corrected."""
        return self.left + self.sold == self.max

    def is_low(self, low: LowThreshold) -> bool:
        """Whether the day is low, sold out or oversold, by what is left alone."""
        return self.left <= low.left or self.left <= self.max * low.ratio

    def state(self, low: LowThreshold) -> DayState:
        """The one word for this day; the gravest that applies."""
        if self.left < 0:
            return DayState.OVERSOLD
        if not self.adds_up:
            return DayState.MISMATCH
        if self.left == 0:
            return DayState.SOLD_OUT
        return DayState.LOW if self.is_low(low) else DayState.AVAILABLE


@dataclass(frozen=True, slots=True)
class TicketOption:
    """One bookable option of a product. ``name`` is "" when the vendor told none."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Availability:
    """All days of all options of one product, sorted by option code, date and inventory code."""

    product_code: str
    days: tuple[TicketDay, ...]
    options: tuple[TicketOption, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketProduct:
    """One line of the product list. Dates are None where the vendor sends none or ``Void``."""

    code: str
    title: str
    category: str = ""
    detail_category: str = ""
    sale_starts: date | None = None
    sale_ends: date | None = None
    city: str = ""


@dataclass(frozen=True, slots=True)
class OptionNames:
    """Chooses what an option is called: the vendor's word, else the user's, else a short code."""

    told: dict[str, str] = field(default_factory=dict)
    configured: dict[str, str] = field(default_factory=dict)

    def __call__(self, code: str) -> str:
        return self.told.get(code) or self.configured.get(code) or short_code(code)


def short_code(code: str) -> str:
    """The first eight characters: enough to tell options of one product apart, short enough for a row header."""
    return code[:8]
