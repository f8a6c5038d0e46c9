"""What a read gives: the data, how old it is, where it came from, and what is doubtful about it."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

T = TypeVar("T", covariant=True)

Origin = Literal["live", "cache"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a read of several pages has come. ``pages_total`` is None where the vendor tells no total."""

    pages: int
    rows: int
    pages_total: int | None = None


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What an adapter read, before anyone says when: see ``Snapshot`` for ``complete`` and ``warnings``."""

    data: T
    complete: bool = True
    warnings: tuple[str, ...] = ()


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
    source: Origin
    complete: bool = True
    warnings: tuple[str, ...] = ()
    previous: Mapping[Hashable, object] = field(default_factory=dict)


def age_in_words(seconds: float) -> str:
    """An age for people: ``8s``, ``12m``, ``3h``, ``5d``; the largest whole unit, never negative.

    >>> age_in_words(59), age_in_words(60), age_in_words(86400 * 3)
    ('59s', '1m', '3d')
    """
    whole = max(0, int(seconds))
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if whole >= size:
            return f"{whole // size}{unit}"
    return f"{whole}s"
