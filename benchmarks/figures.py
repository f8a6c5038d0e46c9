"""Samples, and the rows of the results that are made of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

RUNS = 7


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured. ``quick`` is for seeing that a measure works: small data, few runs, no figures."""

    runs: int = RUNS
    quick: bool = False

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the results. ``met`` is None where nothing was aimed at."""

    what: str
    measured: str
    beside: str = ""
    """What it is compared with."""
    result: str = ""
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.met is None else "met" if self.met else "missed"


Measure = Callable[[Effort], Iterator[Row]]


def told(what: str, values: Sequence[float], unit: str = "ms", *, beside: str = "", among: int = 0) -> Row:
    """A figure that only gives the others their scale; ``among``: of how many samples it is one."""
    return Row(what, spread(values, unit, among), beside)


def processor(values: Sequence[float]) -> str:
    """Processor time, to stand beside a time: on a busy machine the one that can be trusted."""
    return f"processor time: {short(median(values), 'ms')}"


def within(
    what: str, values: Sequence[float], most: float, unit: str = "ms", *, beside: str = "", among: int = 0
) -> Row:
    """A median that should be ``most`` or less."""
    value = median(values)
    return Row(what, spread(values, unit, among), beside, short(value, unit), f"≤ {most:g} {unit}", value <= most)


def times(
    what: str,
    values: Sequence[float],
    floor: Sequence[float],
    of: str,
    most: float | None = None,
    unit: str = "ms",
) -> Row:
    """A median as a multiple of ``floor``'s, which should be ``most`` or less."""
    ratio = median(values) / median(floor)
    beside = _beside(of, floor, unit)
    if most is None:
        return Row(what, spread(values, unit), beside, f"{ratio:.2f} ×")
    return Row(what, spread(values, unit), beside, f"{ratio:.2f} ×", f"≤ {most:g} ×", ratio <= most)


def faster(
    what: str,
    values: Sequence[float],
    than: Sequence[float],
    of: str,
    least: float | None = None,
    unit: str = "ms",
) -> Row:
    """How many times faster than ``than`` it is, which should be ``least`` or more."""
    ratio = median(than) / median(values)
    beside = _beside(of, than, unit)
    result = f"{ratio:.3g} × faster"
    if least is None:
        return Row(what, spread(values, unit), beside, result)
    return Row(what, spread(values, unit), beside, result, f"≥ {least:g} ×", ratio >= least)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that ``percent`` of a hundred stay below; of two values at least."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _beside(of: str, values: Sequence[float], unit: str) -> str:
    """What it is compared with: its median, of how many where they were not ``RUNS``."""
    return f"{of}: {short(median(values), unit)}" + ("" if len(values) == RUNS else f", n={len(values)}")


def spread(values: Sequence[float], unit: str, among: int = 0) -> str:
    """The median, how far the runs lay apart, and how many they were where they were not ``RUNS``.

    ``among``: of how many samples the only value is one.
    """
    middle, many = short(median(values), unit), f"n={among or len(values)}"
    if len(values) < 2:
        return f"{middle}, {many}"
    apart = f"{middle} ({_digits(min(values))}–{_digits(max(values))})"
    return apart if len(values) == RUNS else f"{apart}, {many}"


def short(value: float, unit: str) -> str:
    return f"{_digits(value)} {unit}"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
