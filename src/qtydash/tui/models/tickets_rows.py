"""One product's availability by option: the rows of the matrix, and what the month calendar draws of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qtydash.domain.tickets import Availability, Day, TicketDay
from qtydash.tui.models.table import Order


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option: its name, its records by day, and what is left from today on.

    A day has one record, or rarely several: only then is it a tuple, since there may be a hundred thousand days.
    """

    code: str
    name: str
    records: Mapping[date, TicketDay | tuple[TicketDay, ...]]
    left: int

    def day(self, on: date) -> Day | None:
        """The day, None when it has no inventory."""
        found = self.records.get(on)
        if found is None:
            return None
        return Day(found if isinstance(found, tuple) else (found,))

    def days(self) -> Iterator[tuple[date, Day]]:
        """Every day that has inventory."""
        for on, found in self.records.items():
            yield on, Day(found if isinstance(found, tuple) else (found,))


def option_rows(data: Availability, name_of: Callable[[str], str], today: date) -> list[OptionRow]:
    """A row for each option, also for one without a day, in the vendor's order."""
    by_option: dict[str, list[TicketDay]] = {option.code: [] for option in data.options}
    for record in data.days:
        by_option.setdefault(record.option_code, []).append(record)
    return [
        OptionRow(code, name_of(code), _by_date(found), sum(r.left for r in found if r.date >= today))
        for code, found in by_option.items()
    ]


def in_order(rows: Sequence[OptionRow], order: Order) -> Sequence[OptionRow]:
    """The rows by name (column 0), by what is left (column 1), or as they come."""
    if order.column == 0:
        return sorted(rows, key=lambda r: r.name.casefold(), reverse=order.descending)
    if order.column == 1:
        return sorted(rows, key=lambda r: r.left, reverse=order.descending)
    return rows


def _by_date(records: Sequence[TicketDay]) -> Mapping[date, TicketDay | tuple[TicketDay, ...]]:
    single: dict[date, TicketDay | tuple[TicketDay, ...]] = {record.date: record for record in records}
    if len(single) == len(records):
        return single
    several: dict[date, list[TicketDay]] = {}
    for record in records:
        several.setdefault(record.date, []).append(record)
    return {on: found[0] if len(found) == 1 else tuple(found) for on, found in several.items()}
