"""What of a product's options and days the matrix shows, whatever number it shows of each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Literal, get_args

from qtydash.domain.tickets import Day, DayState, LowThreshold, TicketDay, calendar
from qtydash.tui.models.table import Order
from qtydash.tui.models.tickets_rows import OptionRow, in_order

Metric = Literal["left", "sold", "percent", "max"]
METRICS: tuple[Metric, ...] = get_args(Metric)

Kind = tuple[int, int, int] | Day
"""What days are alike in: the numbers of the record, or a whole day that has several. A hundred thousand days are
of a few hundred kinds, and only those need to be looked at one by one."""

_numbers: Callable[[TicketDay], tuple[int, int, int]] = attrgetter("max", "left", "sold")


@dataclass(frozen=True, slots=True)
class MatrixView:
    """How the operator wants to see the matrix."""

    metric: Metric = "left"
    low_only: bool = False
    words: tuple[str, ...] = ()
    order: Order = Order()  # noqa: RUF009 - frozen


def number_of(day: Day, metric: Metric) -> int | None:
    """The number that a metric shows of a day; None where there is none."""
    match metric:
        case "left":
            return day.left
        case "sold":
            return day.sold
        case "max":
            return day.max
        case "percent":
            return day.percent_left


@dataclass(frozen=True, slots=True)
class Totals:
    """What the summary line says of the days shown."""

    days: int
    low: int
    sold_out: int
    oversold: int
    mismatch: int


@dataclass(frozen=True)
class Shown:
    """The options and days that a view lets through, and what they amount to.

    ``options`` are those that the filter lets through; ``rows`` those of them that have a day to show.
    """

    options: Sequence[OptionRow]
    rows: Sequence[OptionRow]
    dates: Sequence[date]
    low: LowThreshold
    low_only: bool
    today: date
    _digits: dict[Metric, int] = field(default_factory=dict)

    @classmethod
    def of(cls, all_rows: Sequence[OptionRow], view: MatrixView, low: LowThreshold, today: date) -> "Shown":
        wanted = [word.casefold() for word in view.words]
        found = [row for row in all_rows if all(w in f"{row.name} {row.code}".casefold() for w in wanted)]
        options = rows = in_order(found, view.order)
        if view.low_only:
            rows = [row for row in options if any(day.is_low(low) for _, day in row.days())]
        return cls(options, rows, _dates(rows, view.low_only, low), low, view.low_only, today)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        return {row.code: index for index, row in enumerate(self.rows)}

    def digits(self, metric: Metric) -> int:
        """Digits of the longest number."""
        if metric not in self._digits:
            days = map(_day_of, chain(self._past, self._coming))
            numbers = [n for day in days if (n := number_of(day, metric)) is not None]
            self._digits[metric] = max(len(str(max(numbers))), len(str(min(numbers)))) if numbers else 1
        return self._digits[metric]

    @cached_property
    def totals(self) -> Totals:
        counts: Counter[DayState] = Counter()
        for kind, count in self._coming.items():
            day = _day_of(kind)
            if not self.low_only or day.is_low(self.low):
                counts[day.state(self.low)] += count
        return Totals(
            days=len(self.dates),
            low=counts[DayState.LOW],
            sold_out=counts[DayState.SOLD_OUT],
            oversold=counts[DayState.OVERSOLD],
            mismatch=counts[DayState.MISMATCH],
        )

    @cached_property
    def problems(self) -> Sequence[tuple[int, int]]:
        """Row and number of the date of each cell from today on that is low or worse or does not add up, in
        reading order. Of what is hidden none is a problem."""
        bad = {kind for kind in self._coming if self._is_problem(_day_of(kind))}
        column_of = {on: column for column, on in enumerate(self.dates) if on >= self.today}
        return [
            (number, column)
            for number, row in enumerate(self.rows if bad else ())
            for column in sorted(
                column_of[on]
                for on, found in row.records.items()
                if on in column_of and (Day(found) if isinstance(found, tuple) else _numbers(found)) in bad
            )
        ]

    def _is_problem(self, day: Day) -> bool:
        return day.is_low(self.low) or (not self.low_only and day.state(self.low) is DayState.MISMATCH)

    def prepare(self) -> None:
        """Find out now what is the same for every number."""
        _ = self.row_of, self.totals, self.problems

    @cached_property
    def _past(self) -> Mapping[Kind, int]:
        return _kinds([found for row in self.rows for on, found in row.records.items() if on < self.today])

    @cached_property
    def _coming(self) -> Mapping[Kind, int]:
        return _kinds([found for row in self.rows for on, found in row.records.items() if on >= self.today])


def _kinds(days: Sequence[TicketDay | tuple[TicketDay, ...]]) -> Mapping[Kind, int]:
    """How many days there are of each kind."""
    kinds: Counter[Kind] = Counter(Day(found) for found in days if isinstance(found, tuple))
    kinds.update(map(_numbers, [found for found in days if not isinstance(found, tuple)]))
    return kinds


def _day_of(kind: Kind) -> Day:
    """A day of that kind."""
    return kind if isinstance(kind, Day) else Day((TicketDay("", date.min, *kind, ""),))


def _dates(rows: Sequence[OptionRow], low_only: bool, low: LowThreshold) -> Sequence[date]:
    if low_only:
        return sorted({on for row in rows for on, day in row.days() if day.is_low(low)})
    return calendar(on for row in rows for on in row.records)
