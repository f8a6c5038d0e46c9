"""What a read gives: the data, how old it is, where it came from, and what is doubtful about it."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

T = TypeVar("T", covariant=True)

SnapshotSource = Literal["live", "cache"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a read of several pages has come. ``pages_total`` is None where the vendor tells no total.

    ``unit`` is what is counted as pages: a read of several products counts those.
    """

    pages: int
    rows: int
    pages_total: int | None = None
    unit: str = "page"


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What an adapter read, before anyone says when: see ``Snapshot`` for ``complete`` and ``warnings``.

    ``unreadable`` are the ids of rows that are there and were set aside, as far as their ids can be read.
    """

    data: T
    complete: bool = True
    warnings: tuple[str, ...] = ()
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """One reading of one thing.

    ``fetched_at`` is the aware UTC time at which the vendor answered, also when the snapshot comes from the
    cache. ``complete`` is False when a cap or a failed page left rows unread. ``warnings`` are sentences about
    rows set aside. ``previous`` holds the quantities of the read before this one for the records whose quantity
    moved, keyed as the record's own module says.
    """

    data: T
    fetched_at: datetime
    source: SnapshotSource
    complete: bool = True
    warnings: tuple[str, ...] = ()
    previous: Mapping[Hashable, object] = field(default_factory=dict)


def age_in_words(seconds: float, units: int = 1) -> str:
    """An age for people in its largest ``units`` whole units: ``8s``, ``12m``, ``3h``, ``5d``; never negative.

    >>> age_in_words(59), age_in_words(60), age_in_words(86400 * 3), age_in_words(3700, units=2)
    ('59s', '1m', '3d', '1h 1m')
    """
    left = max(0, int(seconds))
    words: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, rest = divmod(left, size)
        if count or words or unit == "s":
            words.append(f"{count}{unit}")
            left = rest
    return " ".join(words[:units]) if words else "0s"


def plural(count: int, word: str) -> str:
    """A count with its noun: ``1 gift``, ``2 gifts``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
