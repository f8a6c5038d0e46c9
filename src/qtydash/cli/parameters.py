"""What is written on a command line: days, times and lengths of time."""

import re
from datetime import UTC, date, datetime, timedelta

import click

from qtydash.services.clock import today, utc_now

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


def past(written: str) -> datetime:
    """Read a time that has passed, in UTC: how long ago (``24h``, ``7d``), or ISO 8601, local where no zone is."""
    from qtydash.config import rules

    now = utc_now()
    try:
        return now - rules.duration(written)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(written.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{written!r} is no time. Write how long ago, as 90s, 45m, 24h or 7d, or a time, as 2026-03-01T12:00."
        ) from None
    if time > now:
        raise click.BadParameter(f"{written!r} has not come yet.")
    return time
