"""How changes are printed: rows in the usual envelope, a dry run and one change also as a page."""

from collections.abc import Iterable, Iterator, Sequence

from qtydash.cli.context import Context
from qtydash.cli.output import chosen_format, write
from qtydash.domain.change_words import STATE_WORDS
from qtydash.domain.changes import ChangeRecord, Event, WriteRequest
from qtydash.domain.review import Proposal
from qtydash.domain.snapshot import Snapshot
from qtydash.domain.text import safe_text
from qtydash.services.change_rows import (
    CHANGE_COLUMNS,
    CHANGE_TABLE,
    EVENT_COLUMNS,
    body_text,
    event_row,
    in_table,
    plain_facts,
    proposal_row,
    record_row,
    request_url,
)
from qtydash.services.clock import utc_now
from qtydash.services.export import Row, csv_text, envelope, json_text, plain_cell, utc_text

_MAX_LINE = 1_000


def print_changes(
    context: Context, rows: Sequence[Row], warnings: Sequence[str] = (), *, complete: bool = True
) -> None:
    """Print change records. ``warnings`` go with JSON only: on a terminal they were said."""
    match chosen_format(context):
        case "json":
            write(json_text(_envelope(rows, warnings, complete)))
        case "csv":
            write(csv_text(CHANGE_COLUMNS, rows))
        case _:
            from qtydash.cli.table import table_text

            write(table_text(CHANGE_TABLE, in_table(rows), widest=100), terminal=True)


def print_dry_run(
    context: Context,
    found: Sequence[tuple[Proposal, WriteRequest | None, str]],
    warnings: Sequence[str] = (),
    *,
    complete: bool = True,
) -> None:
    """Print what would be sent: each proposal with its request and its vendor's address."""
    rows = [proposal_row(proposal, request, origin) for proposal, request, origin in found]
    if chosen_format(context) == "table":
        pages = [
            _lines(_foreseen(row, request, origin)) for row, (_, request, origin) in zip(rows, found, strict=True)
        ]
        write("\n".join(pages), terminal=True)
    else:
        print_changes(context, rows, warnings, complete=complete)


def print_change(context: Context, record: ChangeRecord, todo: str) -> None:
    """Print one change with every event; as CSV its events. ``todo`` is the next step, "" for none."""
    match chosen_format(context):
        case "json":
            write(json_text(_envelope([record_row(record)], (), True)))
        case "csv":
            write(csv_text(EVENT_COLUMNS, [event_row(event) for event in record.events]))
        case _:
            write(_lines(_page(record, todo)), terminal=True)


def _envelope(rows: Sequence[Row], warnings: Sequence[str], complete: bool) -> dict[str, object]:
    return envelope(Snapshot(rows, utc_now(), "live", complete, tuple(warnings)), rows)


def _foreseen(row: Row, request: WriteRequest | None, origin: str) -> Iterator[str]:
    yield str(row["sentence"])
    for name in ("refusal", "question"):
        if row[name]:
            yield f"  {name}: {row[name]}"
    if request is not None and not row["refusal"]:
        yield from _request(request, origin, "the operation id that it gets")


def _request(request: WriteRequest, origin: str, op_id: str) -> Iterator[str]:
    yield f"  {request.method} {request_url(request, origin)}"
    yield f"  X-Request-Id: {op_id}"
    if request.body is not None:
        yield f"  {body_text(request)}"


def _page(record: ChangeRecord, todo: str) -> Iterator[str]:
    change = record.change
    yield change.sentence
    yield f"  {STATE_WORDS[record.state]}{f': {todo}' if todo else ''}"
    yield f"  operation {record.op_id}, batch {change.batch}"
    yield f"  by {change.operator}{f', because: {change.reason}' if change.reason else ''}"
    if change.intent.follows:
        yield f"  takes back or takes up {change.intent.follows}"
    yield f"  before: {plain_cell(plain_facts(change.before))}, read at {utc_text(change.observed_at)}"
    yield f"  after: {plain_cell(plain_facts(change.expected))}, once it is applied"
    yield ""
    yield from (line.removeprefix("  ") for line in _request(change.request, change.origin, record.op_id))
    yield ""
    for event in record.events:
        yield from _event(event)


def _event(event: Event) -> Iterator[str]:
    facts = [f"HTTP {event.status}" if event.status is not None else "", event.fault, event.phase]
    told = ", ".join(filter(None, facts))
    yield f"{utc_text(event.at)}  {STATE_WORDS[event.state]}{f' ({told})' if told else ''}"
    for look in event.looks:
        yield f"  {plain_cell(plain_facts(look.facts)) or 'not found'} at {utc_text(look.at)}"
    if event.note:
        yield f"  {event.note}"
    if event.operator:
        yield f"  by {event.operator}{f', because: {event.reason}' if event.reason else ''}"


def _lines(lines: Iterable[str]) -> str:
    return "".join(safe_text(line, _MAX_LINE) + "\n" for line in lines)
