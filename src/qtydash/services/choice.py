"""Which ticket days are asked for: by option and date, by their numbers, by what was left at an earlier time."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from qtydash.domain.tickets import Availability, LowThreshold, TicketDay


class Past(Protocol):
    """What ``TicketHistory`` knows; see there."""

    def left_at(self, product_code: str, when: datetime) -> Mapping[Hashable, int]: ...

    def known_since(self, product_code: str) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was left of each record at ``at`` (aware), by ``TicketDay.key``. A record not known then is missing."""

    at: datetime
    left: Mapping[Hashable, int]


def earlier(past: Past, product_code: str, when: datetime) -> Earlier | None:
    """What was known at ``when``, else the oldest that is known whole; None if nothing is."""
    since = past.known_since(product_code)
    if since is None:
        return None
    at = max(when, since)
    return Earlier(at, past.left_at(product_code, at))


@dataclass(frozen=True, slots=True)
class DayChoice:
    """``codes`` are the options, ``first`` and ``last`` the dates, both included, None without a bound.

    The rest chooses by numbers, and every part of it must hold: ``low`` is low, sold out or oversold, with ``odd``
    also what does not add up; ``since`` is another number left than then, or not known then.
    """

    codes: Collection[str]
    first: date | None = None
    last: date | None = None
    low: bool = False
    odd: bool = False
    since: Earlier | None = None

    def covers(self, option_code: str, on: date) -> bool:
        """Whether option and date are among those asked for, whatever the numbers."""
        return (
            option_code in self.codes
            and (self.first is None or on >= self.first)
            and (self.last is None or on <= self.last)
        )

    def takes(self, day: TicketDay, low: LowThreshold) -> bool:
        """Whether the numbers of a day that is covered are asked for."""
        if self.since is not None and self.since.left.get(day.key) == day.left:
            return False
        return not self.low or day.is_low(low) or (self.odd and not day.adds_up)

    def gone(self, now: Availability) -> list[tuple[str, date]]:
        """Option and date of the records that were known at ``since`` and that ``now`` lacks, sorted."""
        if self.since is None:
            return []
        gone = set()
        for key in self.since.left.keys() - {day.key for day in now.days}:
            match key:
                case (str() as code, date() as on, _) if self.covers(code, on):
                    gone.add((code, on))
        return sorted(gone)

    @property
    def words(self) -> str:
        """``are low …``: what the days chosen by number are, "" when no number matters."""
        words = []
        if self.low:
            words.append("are low, sold out or oversold" + (", or do not add up" if self.odd else ""))
        if self.since is not None:
            words.append(f"have another number left than at {self.since.at:%Y-%m-%d %H:%M} UTC")
        return " and ".join(words)
