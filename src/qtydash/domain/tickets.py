"""Day-ticket availability (document 002, AX Cloud). All counts are pieces; a date has no time zone."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

LONGEST_SPAN = 1_500
"""Days shown as one unbroken calendar; a wider span shows only the days that have records."""


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

    def stock(self, low: LowThreshold) -> DayState:
        """The state by what is left alone; never ``MISMATCH``."""
        if self.left < 0:
            return DayState.OVERSOLD
        if self.left == 0:
            return DayState.SOLD_OUT
        return DayState.LOW if self.is_low(low) else DayState.AVAILABLE

    def state(self, low: LowThreshold) -> DayState:
        """The one word for this day; the gravest that applies."""
        return DayState.MISMATCH if self.left >= 0 and not self.adds_up else self.stock(low)


@dataclass(frozen=True, slots=True)
class Day:
    """All records of one option on one day; nearly always one. Its counts are their sums."""

    records: tuple[TicketDay, ...]

    @property
    def left(self) -> int:
        return sum(record.left for record in self.records)

    @property
    def sold(self) -> int:
        return sum(record.sold for record in self.records)

    @property
    def max(self) -> int:
        return sum(record.max for record in self.records)

    @property
    def percent_left(self) -> int | None:
        """Whole percent of the maximum that is left, None when the maximum is 0."""
        return round(100 * self.left / self.max) if self.max else None

    @property
    def whole(self) -> TicketDay:
        """The records as one; a single one as it is."""
        first = self.records[0]
        if len(self.records) == 1:
            return first
        return TicketDay(first.option_code, first.date, self.max, self.left, self.sold, "")

    def is_low(self, low: LowThreshold) -> bool:
        """Whether any of the records is low, sold out or oversold."""
        return any(record.is_low(low) for record in self.records)

    def state(self, low: LowThreshold) -> DayState:
        """The state of the records together; one that does not add up makes the day not add up."""
        whole = self.whole
        if whole.left >= 0 and not all(record.adds_up for record in self.records):
            return DayState.MISMATCH
        return whole.state(low)


def by_option(days: Iterable[TicketDay]) -> dict[str, Mapping[date, Day]]:
    """Each option's days, by option code and date, in the order in which they come."""
    found: dict[str, dict[date, list[TicketDay]]] = {}
    for record in days:
        found.setdefault(record.option_code, {}).setdefault(record.date, []).append(record)
    return {code: {on: Day(tuple(records)) for on, records in dates.items()} for code, dates in found.items()}


def calendar(dates: Iterable[date]) -> Sequence[date]:
    """Every date from the first to the last; beyond ``LONGEST_SPAN`` days only the dates given. Sorted."""
    known = sorted(set(dates))
    if not known or (known[-1] - known[0]).days > LONGEST_SPAN:
        return known
    return [known[0] + timedelta(days=n) for n in range((known[-1] - known[0]).days + 1)]


@dataclass(frozen=True, slots=True)
class TicketOption:
    """One bookable option of a product. ``name`` is "" when the vendor told none."""

    code: str
    name: str = ""


Extra = tuple[tuple[str, str], ...]
"""Fields of a record that no document names: each name with its value as JSON, both safe to draw."""


@dataclass(frozen=True, slots=True)
class Availability:
    """All days of all options of one product, sorted by option code, date and inventory code.

    ``options`` are in the vendor's order; none when the vendor could not be asked for them. ``extras`` holds the
    undocumented fields of the records that came with any, by ``TicketDay.key``.
    """

    product_code: str
    days: tuple[TicketDay, ...]
    options: tuple[TicketOption, ...] = ()
    extras: Mapping[Hashable, Extra] = field(default_factory=dict)

    @property
    def is_named(self) -> bool:
        """Whether the options are known, each by its name."""
        return bool(self.options) and all(option.name for option in self.options)

    def named_as_before(self, before: Sequence[TicketOption]) -> "Availability":
        """The same days, their options named as in ``before`` where this read brought no name."""
        names = {option.code: option.name for option in before}
        options = tuple(replace(o, name=o.name or names.get(o.code, "")) for o in self.options)
        return replace(self, options=options or tuple(before))


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
