"""The one place that asks the machine what time it is; everything else is handed a clock."""

from datetime import UTC, date, datetime


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date on the operator's own calendar."""
    return datetime.now(UTC).astimezone().date()
