"""What of a product's options and days the matrix shows, whatever number it shows of each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Literal, get_args

from qtydash.domain.tickets import Day, DayState, LowThreshold, calendar
from qtydash.tui.models.table import Order
from qtydash.tui.models.tickets_rows import OptionRow, in_order

Metric = Literal["left", "sold", "percent", "max"]
METRICS: tuple[Metric, ...] = get_args(Metric)


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
            self._digits[metric] = _digits(self.rows, metric)
        return self._digits[metric]

    @cached_property
    def totals(self) -> Totals:
        low, low_only, today = self.low, self.low_only, self.today
        counts: dict[DayState, int] = defaultdict(int)
        for row in self.rows:
            for on, found in row.records.items():
                if on >= today:
                    day = Day(found) if isinstance(found, tuple) else found
                    if not low_only or day.is_low(low):
                        counts[day.state(low)] += 1
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
        number_of_date = {on: n for n, on in enumerate(self.dates)}
        low, today, low_only = self.low, self.today, self.low_only
        return [
            (number, number_of_date[on])
            for number, row in enumerate(self.rows)
            for on, day in sorted(row.days(), key=itemgetter(0))
            if on >= today
            and on in number_of_date
            and (day.is_low(low) or (not low_only and day.state(low) is DayState.MISMATCH))
        ]


def _dates(rows: Sequence[OptionRow], low_only: bool, low: LowThreshold) -> Sequence[date]:
    if low_only:
        return sorted({on for row in rows for on, day in row.days() if day.is_low(low)})
    return calendar(on for row in rows for on in row.records)


def _digits(rows: Sequence[OptionRow], metric: Metric) -> int:
    if metric == "percent":
        numbers = [n for row in rows for _, day in row.days() if (n := number_of(day, metric)) is not None]
    else:
        one = attrgetter(metric)
        numbers = [
            sum(map(one, found)) if isinstance(found, tuple) else one(found)
            for row in rows
            for found in row.records.values()
        ]
    return max(len(str(max(numbers))), len(str(min(numbers)))) if numbers else 1
