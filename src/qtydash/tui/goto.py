"""Dates as people type them into `go to`."""

from datetime import date, timedelta

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
    return date.fromisoformat(words)


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
