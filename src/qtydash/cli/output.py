"""What a command prints: data on standard output, words on standard error."""

import sys
from collections.abc import Sequence
from datetime import datetime

import click

from qtydash.cli.context import Context, Format
from qtydash.cli.failure import Failure, say
from qtydash.domain.snapshot import Snapshot
from qtydash.services.export import Row, csv_text, envelope, json_text, utc_text
from qtydash.services.read import age


def chosen_format(context: Context) -> Format:
    """What was asked for, else a table on a terminal and JSON in a pipe."""
    return context.format or ("table" if sys.stdout.isatty() else "json")


def print_rows(
    context: Context,
    snapshot: Snapshot[object],
    columns: Sequence[str],
    rows: Sequence[Row],
    in_table: Sequence[str],
    now: datetime,
) -> None:
    """Print rows in the chosen format; ``in_table`` are the columns that a person needs at a glance."""
    match chosen_format(context):
        case "json":
            write(json_text(envelope(snapshot, rows)))
        case "csv":
            say_state(snapshot, now)
            write(csv_text(columns, rows))
        case "table":
            from qtydash.cli.table import table_text

            say_state(snapshot, now)
            write(table_text(in_table, rows), terminal=True)


def say_state(snapshot: Snapshot[object], now: datetime, come_by: str = "read") -> None:
    """What JSON tells beside the data, as words; ``come_by`` is what the time is the time of."""
    if snapshot.source == "cache":
        say(f"{come_by.capitalize()} {age(snapshot, now)} ago, at {utc_text(snapshot.fetched_at)}.")
    if not snapshot.complete:
        say("The data are not complete.")
    for warning in snapshot.warnings:
        say(warning)


def write(text: str, *, terminal: bool = False) -> None:
    """Write data: UTF-8, for a person's terminal in its own encoding. What has no character there is escaped;
    in JSON the escape of a lone surrogate is JSON's own."""
    encoding = (terminal and sys.stdout.encoding) or "utf-8"
    try:
        click.echo(text.encode(encoding, "backslashreplace"), nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(f"The output could not be written: {error.strerror or error}.") from error
