"""How old what you see is, in words: the one place that says it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qtydash.domain.snapshot import Progress, age_in_words

Mood = Literal["live", "cached", "offline", "error", "loading", "empty", "off"]


@dataclass(frozen=True, slots=True)
class Freshness:
    """``words`` for a title, ``short`` and ``sign`` where it is crowded, ``mood`` for the colour."""

    words: str
    short: str
    sign: str
    mood: Mood
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PaneStatus:
    """What is known about what a pane shows.

    ``trouble`` is why the last live read failed, "" when it did not; ``answered`` is True when the vendor did
    answer, but not as it should. ``complete`` is False when rows are missing. ``configured`` is False when the
    profile has no section for the vendor. ``offline`` is True when the operator asked for no live reads.
    """

    fetched_at: datetime | None = None
    source: Literal["live", "cache"] | None = None
    trouble: str = ""
    answered: bool = False
    complete: bool = True
    reading: bool = False
    progress: Progress | None = None
    configured: bool = True
    offline: bool = False


OPENING = Freshness("opening", "..", "..", "loading")
"""What is told of a pane that is about to be made."""


def freshness(status: PaneStatus, now: datetime) -> Freshness:
    """Say it: ``live 12s``, ``cached 3h``, ``OFFLINE 3h``, ``ERROR 3h``, ``reading``, ``no data``, and so on."""
    if not status.configured:
        return Freshness("not set up", "-", "-", "off")
    if status.fetched_at is None:
        if status.reading:
            return Freshness(f"reading{_pages(status.progress)}", "reading", "..", "loading")
        if status.trouble:
            return _troubled(status, "")
        return Freshness("no data", "none", "-", "empty")
    age = age_in_words((now - status.fetched_at).total_seconds())
    if status.trouble:
        return _troubled(status, age)
    if status.offline:
        return Freshness(f"OFFLINE {age}", f"OFF {age}", f"!{age}", "offline", "started with --offline")
    busy = f", reading{_pages(status.progress)}" if status.reading else ""
    gap = "" if status.complete else ", incomplete"
    if status.source == "live":
        return Freshness(f"live {age}{gap}{busy}", age, age, "live" if status.complete else "cached")
    return Freshness(f"cached {age}{gap}{busy}", f"~{age}", f"~{age}", "cached")


def _troubled(status: PaneStatus, age: str) -> Freshness:
    """No answer is OFFLINE; an answer that is of no use is ERROR, and the network is not to blame."""
    after = f" {age}" if age else ""
    if status.answered:
        return Freshness(f"ERROR{after}", f"ERR{after}", f"!{age}", "error", status.trouble)
    return Freshness(f"OFFLINE{after}", f"OFF{after}", f"!{age}", "offline", status.trouble)


def _pages(progress: Progress | None) -> str:
    if progress is None:
        return ""
    total = "" if progress.pages_total is None else f"/{progress.pages_total}"
    return f" {progress.unit} {progress.pages}{total}, {progress.rows} rows"
