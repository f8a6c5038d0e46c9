"""What is written on a command line: days and lengths of time."""

import re
from datetime import date, timedelta

import click

from qtydash.services.clock import today

_FROM_TODAY = re.compile(r"[+-][0-9]{1,5}")


def day(written: str) -> date:
    """Read ``2026-03-01``, ``today``, or days from today: ``+7``, ``-1``."""
    text = written.strip().lower()
    try:
        if text == "today":
            return today()
        if _FROM_TODAY.fullmatch(text):
            return today() + timedelta(days=int(text))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{written!r} is no day. Write 2026-03-01, today, or +7 for a week from today."
        ) from None


def duration(written: str) -> timedelta:
    """Read ``90s``, ``45m``, ``2h``, ``1h30m``, as the configuration does."""
    from qtydash.config import rules

    try:
        return rules.duration(written)
    except ValueError:
        raise click.BadParameter(f"{written!r} is no duration. Write 90s, 45m, 2h or 1h30m.") from None
