"""Rows as text that other programs read: JSON and CSV, the same for commands and screens."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from qtydash.domain.snapshot import Snapshot

Row = Mapping[str, object]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def utc_text(time: datetime) -> str:
    """ISO 8601 in UTC with ``Z``, to the second, to the millisecond where the time has them.

    >>> utc_text(datetime(2026, 3, 1, 12, 30, tzinfo=UTC))
    '2026-03-01T12:30:00Z'
    """
    precision = "milliseconds" if time.microsecond else "seconds"
    return time.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def envelope(snapshot: Snapshot[object], data: object) -> dict[str, object]:
    """The object around all JSON data: what was read, when, from where, and what is doubtful about it."""
    return {
        "data": data,
        "fetched_at": utc_text(snapshot.fetched_at),
        "source": snapshot.source,
        "complete": snapshot.complete,
        "warnings": list(snapshot.warnings),
    }


def json_text(value: object) -> str:
    """JSON for people and programs: UTF-8 text, two spaces, decimals as numbers, times with ``Z``."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=_plain) + "\n"


def json_line(value: object) -> str:
    """The same on one line, for programs that read line by line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def csv_text(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """CSV with a header line. A text cell that a spreadsheet would run as a formula gets a ``'`` in front;
    a number is a number, also below zero. Nothing is an empty cell, a list is JSON in a cell."""
    lines = [list(columns), *([_cell(row[column]) for column in columns] for row in rows)]
    return "".join(map(_line, lines))


def _line(cells: Sequence[str]) -> str:
    # The writer quotes a line break only if it is in its own terminator, and tools want a plain one.
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().removesuffix("\r\n") + "\n"


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return plain_cell(value)


def plain_cell(value: object) -> str:
    """One value as the text of a cell: numbers in full digits, dates ISO, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
