"""Dates as people type them into `go to`."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from qtydash.tui.models.tickets import MONTHS

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


NOTE = "2026-12-24, today; counted from the cursor: 12-24, 24, +7, -7, fri"
"""What may be typed."""


class BadDate(ValueError):
    """The text names no date; the message says which forms there are."""


def find_date(text: str, start: date, today: date) -> date:
    """The date that ``text`` names, seen from ``start``; a bare day or weekday means the next one after it.

    >>> find_date("fri", date(2026, 11, 21), date(2026, 11, 1))
    datetime.date(2026, 11, 27)
    """
    words = text.strip().casefold()
    try:
        found = today if words == "today" else _find(words, start)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise BadDate("That is no date. Write 2026-12-24, 12-24, 24, +7, -7, today or fri.")
    return found


def beyond(asked: date, dates: Sequence[date], *, low_only: bool, went: bool) -> str:
    """A sentence when ``asked`` lies beyond the ends of ``dates`` (sorted), else "".

    ``low_only`` says that these are the low days only, ``went`` that the cursor is at the end instead.

    >>> beyond(date(2027, 12, 24), [date(2027, 6, 30)], low_only=False, went=True)
    '24 Dec 2027 is beyond the last day on sale, 30 Jun 2027: went there.'
    """
    if not dates or dates[0] <= asked <= dates[-1]:
        return ""
    side, end = ("before the first", dates[0]) if asked < dates[0] else ("beyond the last", dates[-1])
    return f"{_told(asked)} is {side} {_kind(low_only)}, {_told(end)}{': went there' if went else ''}."


def between(asked: date, dates: Sequence[date], *, low_only: bool) -> str:
    """A sentence when ``asked`` is not among ``dates`` though between two of them, and the cursor on the later."""
    at = bisect_left(dates, asked)
    if not 0 < at < len(dates) or dates[at] == asked:
        return ""
    return f"{_told(asked)} is no {_kind(low_only)}: went to the next, {_told(dates[at])}."


def _kind(low_only: bool) -> str:
    return "low day" if low_only else "day on sale"


def _told(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def _find(words: str, start: date) -> date | None:
    if words[:1] in "+-" and words[1:].isdecimal():
        return start + timedelta(days=int(words))
    if words[:3] in _DAYS and _full(words):
        ahead = (_DAYS.index(words[:3]) - start.weekday() - 1) % 7 + 1
        return start + timedelta(days=ahead)
    if words.isdecimal() and len(words) <= 2:
        return _next_day(int(words), start)
    parts = words.split("-")
    if len(parts) == 2 and all(part.isdecimal() for part in parts):
        month, day = map(int, parts)
        return next(
            (on for year in range(start.year, start.year + 9) if (on := _on(year, month, day)) and on >= start),
            None,
        )
    if len(parts) == 3 and len(parts[0]) == 4 and all(part.isdecimal() for part in parts):
        return _on(*map(int, parts))
    return None


def _full(words: str) -> bool:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return any(name.startswith(words) for name in names)


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next_day(day: int, start: date) -> date | None:
    """The first date after ``start`` whose day of the month is ``day``; some months have none."""
    for months in range(13):
        index = start.year * 12 + start.month - 1 + months
        found = _on(index // 12, index % 12 + 1, day)
        if found is not None and found > start:
            return found
    return None
