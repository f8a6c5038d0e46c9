"""How old what you see is, in words: the one place that says it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qtydash.domain.snapshot import Progress, age_in_words

Mood = Literal["live", "cached", "offline", "loading", "empty", "off"]


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

    ``trouble`` is why the last live read failed, "" when it did not. ``configured`` is False when the profile has
    no section for the vendor. ``offline`` is True when the operator asked for no live reads.
    """

    fetched_at: datetime | None = None
    source: Literal["live", "cache"] | None = None
    trouble: str = ""
    reading: bool = False
    progress: Progress | None = None
    configured: bool = True
    offline: bool = False


def freshness(status: PaneStatus, now: datetime) -> Freshness:
    """Say it: ``live 12s``, ``cached 3h``, ``OFFLINE 3h``, ``reading``, ``no data`` or ``not set up``."""
    if not status.configured:
        return Freshness("not set up", "-", "-", "off")
    if status.fetched_at is None:
        if status.reading:
            return Freshness(f"reading{_pages(status.progress)}", "reading", "..", "loading")
        if status.trouble:
            return Freshness("OFFLINE", "OFF", "!", "offline", status.trouble)
        return Freshness("no data", "none", "-", "empty")
    age = age_in_words((now - status.fetched_at).total_seconds())
    if status.trouble:
        return Freshness(f"OFFLINE {age}", f"OFF {age}", f"!{age}", "offline", status.trouble)
    if status.offline:
        return Freshness(f"OFFLINE {age}", f"OFF {age}", f"!{age}", "offline", "you asked for no live reads")
    busy = f", reading{_pages(status.progress)}" if status.reading else ""
    if status.source == "live":
        return Freshness(f"live {age}{busy}", age, age, "live")
    return Freshness(f"cached {age}{busy}", f"~{age}", f"~{age}", "cached")


def _pages(progress: Progress | None) -> str:
    if progress is None:
        return ""
    total = "" if progress.pages_total is None else f"/{progress.pages_total}"
    return f" page {progress.pages}{total}"
