"""A figure of the proof: what is counted, what must be zero, and what a run of it gave."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast


@dataclass(frozen=True, slots=True)
class Share:
    """``of`` may be at most ``at_most`` (a ratio) of ``among``; both are names of counts."""

    of: str
    among: str
    at_most: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the proof.

    ``unit`` is what a case is, in the plural. ``full`` and ``subset`` are how many cases a full run has, and one
    within the tests. ``zero`` names the counts that must be zero, ``present`` those that must not be: without
    them the figure tried nothing. Those and ``shares`` are asked of a run of ``subset`` cases or more. With
    ``alone`` nothing else runs meanwhile, for figures that measure time. With ``proc`` it asks the system of other
    processes (``/proc``), and is not run where that cannot be asked.
    """

    title: str
    unit: str
    full: int
    subset: int
    zero: tuple[str, ...]
    present: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    alone: bool = False
    proc: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in the case of ``seed``: which count that must be zero it is in, and what was seen."""

    seed: int
    zero: str
    told: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave. ``ran`` counts cases, ``worst`` keeps the largest of each measure, its unit in its name.

    ``not_run`` says why there is no figure, where this machine cannot make it.
    """

    ran: int
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    worst: Mapping[str, float] = field(default_factory=dict)
    not_run: str = ""
    seconds: float = 0.0

    def unmet(self, figure: Figure) -> tuple[str, ...]:
        """Why the figure does not hold; nothing when it does."""
        if self.not_run:
            return (f"not run: {self.not_run}",)
        if not self.ran:
            return ("not run",)
        wrong = tuple(f"{self.counts.get(name, 0):,} {name}" for name in figure.zero if self.counts.get(name, 0))
        if self.ran < figure.subset:
            return wrong
        return (
            *wrong,
            *(f"0 {name}: nothing was tried" for name in figure.present if not self.counts.get(name, 0)),
            *(
                f"{self.counts.get(share.of, 0):,} {share.of} of {self.counts.get(share.among, 0):,} {share.among}"
                for share in figure.shares
                if self.counts.get(share.of, 0) > share.at_most * self.counts.get(share.among, 0)
            ),
        )


class Tally:
    """Counts cases while a figure runs."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.worst: dict[str, float] = {}
        self.ran = 0

    @contextmanager
    def case(self, seed: int, otherwise: str) -> Iterator[None]:
        """One case: what it raises is a failure, of the count that a ``Wrong`` names, else of ``otherwise``."""
        self.ran += 1
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the other cases are still worth having
            zero, told = otherwise, f"{type(error).__name__}: {error}"
            if isinstance(error, Wrong):
                zero, told = error.zero, str(error)
            self.failed(seed, zero, told)

    def failed(self, seed: int, zero: str, told: str) -> None:
        """Count what must not be."""
        self.counts[zero] += 1
        self.failures.append(Failure(seed, zero, told))

    def measured(self, name: str, value: float) -> None:
        """Keep the largest."""
        self.worst[name] = max(value, self.worst.get(name, value))

    def outcome(self) -> Outcome:
        return Outcome(self.ran, dict(self.counts), tuple(self.failures), dict(self.worst))


class Wrong(AssertionError):
    """What must not be: in the count ``zero``."""

    def __init__(self, zero: str, told: str) -> None:
        super().__init__(told)
        self.zero = zero


def must(holds: object, zero: str, told: object = "") -> None:
    """Raise ``Wrong`` unless it holds."""
    if not holds:
        raise Wrong(zero, f"{zero}: {told}" if told else zero)


class Module(Protocol):
    """What a figure's module has."""

    FIGURE: Figure

    def run(self, count: int, seed: int) -> Outcome:
        """Run ``count`` cases, the first with ``seed``, the next with ``seed + 1``. Raises nothing of a case."""


def module(name: str) -> Module:
    """The module of a figure."""
    return cast("Module", import_module(f"tests.proof.{name}"))


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    """One outcome of the pieces that a run was split into."""
    counts: Counter[str] = Counter()
    worst: dict[str, float] = {}
    failures: list[Failure] = []
    ran, seconds, why = 0, 0.0, ""
    for each in outcomes:
        ran += each.ran
        seconds += each.seconds
        counts.update(each.counts)
        failures += each.failures
        why = why or each.not_run
        for name, value in each.worst.items():
            worst[name] = max(value, worst.get(name, value))
    return Outcome(ran, dict(counts), tuple(failures), worst, why, seconds)


_PROC = Path("/proc/self/stat")


def timed(name: str, count: int, seed: int) -> Outcome:
    """Run a figure here and now."""
    if module(name).FIGURE.proc and not _PROC.exists():
        return Outcome(0, not_run="it needs /proc, which this system does not have")
    begun = time.perf_counter()
    told = module(name).run(count, seed)
    return Outcome(told.ran, told.counts, told.failures, told.worst, told.not_run, time.perf_counter() - begun)
