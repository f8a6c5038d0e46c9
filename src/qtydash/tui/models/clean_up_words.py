"""What a clean-up says above and below its rows, at its gate, and when it is over."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from qtydash.domain.changes import STOPPING, State
from qtydash.domain.gates import Gate
from qtydash.domain.order_qty import OrderQty, amount
from qtydash.domain.order_qty_sums import freed
from qtydash.domain.row_ends import RowEnd, ends_words
from qtydash.domain.snapshot import age_in_words, plural
from qtydash.services.batch import BatchControl, BatchResult
from qtydash.services.changes import Running
from qtydash.tui.models.clean_up import HoldLine, cart_of, end_of, ends_of, product_of, state_words
from qtydash.tui.models.review import CORRECT_THE_KEY, SENDING, WAITING, why_words
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

NO_WAY_BACK = "Nothing brings a deleted row back."


def summary_lines(
    lines: Sequence[HoldLine], gate: Gate, folder: Path, notes: Iterable[str] = ()
) -> Sequence[Line]:
    """What would be deleted and freed, what is skipped and why it may not go at all."""
    going = going_rows(lines)
    told: list[Line] = [
        [
            Part(f"{len(going)} of {plural(len(lines), 'row')} will be deleted", "bold"),
            Part(f"; {freed_words(going)}."),
        ]
    ]
    told += [[Part(note, "$text-warning")] for note in notes]
    skipped = Counter(words for line in lines if (words := state_words(line, begun=False)) in _NOT_GOING)
    if skipped:
        counted = ", ".join(f"{count} {words}" for words, count in skipped.items())
        told.append([Part(f"Not deleted: {counted}. The reason is below.", "$text-warning")])
    if gate.refusal:
        told.append([Part(gate.refusal, "$text-error")])
    elif going:
        told.append([Part(f"They are written to a file in {folder} first.", "$text-muted")])
    return told


_NOT_GOING = frozenset({RowEnd.SKIPPED, RowEnd.GONE, RowEnd.NOT_ATTEMPTED, "left out"})


def going_rows(lines: Iterable[HoldLine]) -> Sequence[OrderQty]:
    """The rows that are deleted when the review is applied."""
    return [line.record for line in lines if line.row.goes and line.record is not None]


def freed_words(rows: Sequence[OrderQty]) -> str:
    """What deleting rows gives back, and what cannot be told of it."""
    gain = freed(rows)
    unknown = f", {gain.unknown} of unknown quantity" if gain.unknown else ""
    return f"{amount(gain.quantity)} would be freed{unknown}"


def gate_lines(rows: Sequence[OrderQty], profile: str, backup: Path, notes: Iterable[str] = ()) -> Sequence[Line]:
    """What the operator must have read before the rows go."""
    return [
        [Part(f"{plural(len(rows), 'row')} in {profile}; {freed_words(rows)}.")],
        *([Part(note, "$text-warning")] for note in notes),
        [Part(NO_WAY_BACK, "$text-warning"), Part(" First they are written to")],
        [Part(str(backup), "$text-muted")],
    ]


def progress_lines(
    lines: Sequence[HoldLine],
    running: Running | None,
    control: BatchControl,
    began: datetime,
    now: datetime,
) -> Sequence[Line]:
    """How far it has come, how fast, what the first showed, and why it waits."""
    batch = [line for line in lines if line.row.batched]
    counts = Counter(state_words(line, begun=True) for line in batch)
    order = [*RowEnd, SENDING, WAITING]
    tally = ", ".join(f"{counts[words]} {words}" for words in order if counts[words])
    done = len(ends_of(batch))
    told: list[Line] = [[Part(f"{done} of {plural(len(batch), 'row')}: {tally}", "bold")]]
    if control.aborted:
        told.append([Part("Stops after this one; the rest is not sent.", "$text-warning")])
    elif control.paused:
        on_its_way = running is not None and running.sent_at is not None
        words = "It pauses after this one." if on_its_way else "Paused: p goes on, x stops."
        told.append([Part(words, "$text-warning")])
    elif control.waiting:
        told.append([Part(control.waiting, "$text-warning")])
    elif done:
        told.append([Part(rate_words(done, len(batch) - done, now - began))])
    if running is not None and running.sent_at is not None:
        seconds = age_in_words((now - running.sent_at).total_seconds())
        told.append([Part(f"{running.sentence}: on its way for {seconds}.")])
    if control.canary:
        told.append([Part(control.canary, "$text-muted")])
    return told


def rate_words(done: int, left: int, taken: timedelta) -> str:
    """How fast it goes and how long the rest takes at that.

    >>> rate_words(20, 30, timedelta(seconds=10))
    '2.0 a second, about 15s to go.'
    """
    seconds = max(taken.total_seconds(), 0.1)
    return f"{done / seconds:.1f} a second, about {age_in_words(left * seconds / done)} to go."


def result_lines(
    lines: Sequence[HoldLine], result: BatchResult, compared: str, backup: Path | None
) -> Sequence[Line]:
    """What came of every row, which adds up to all of them; what the list says; what to do."""
    ends = ends_of(lines)
    odd = any(end not in (RowEnd.DELETED, RowEnd.GONE) for end in ends)
    told: list[Line] = [[Part(ends_words(ends), "bold $text-error" if odd else "bold $text-success")]]
    if result.stopped:
        told.append([Part(f"Stopped early: {result.stopped}", "$text-error")])
    doubt = any(found.state is State.UNKNOWN for found in result.results)
    if any(found.state is None for found in result.results):
        then = "settles what is unknown, then takes up the rest" if doubt else "takes up what was not sent"
        told.append([Part(f"C {then}.", "$text-warning")])
    elif doubt:
        told.append(
            [Part("5 Changes tells what became of it once reading can. Do not repeat it.", "$text-warning")]
        )
    if any(found.status in STOPPING for found in result.results):
        told.append([Part(CORRECT_THE_KEY, "$text-warning")])
    if compared:
        told.append([Part(compared)])
    if backup is not None:
        told.append([Part(f"{backup.parent.name}/{backup.name}", "$text-muted")])
    return told


def line_lines(line: HoldLine, names: Mapping[str, str], now: datetime, stale_after: timedelta) -> Sequence[Line]:
    """One row, whole: what it holds and why it is what it is; why it is skipped, or what came of it."""
    record, row = line.record, line.row
    product = product_of(line, names) or "-"
    if record is None:
        told: list[Line] = [[Part(f"Row {line.id} of {product}, cart {cart_of(line)}", "bold")]]
    else:
        why = record.why(now, stale_after)
        told = [[Part(f"{amount(record.quantity)} of {product}, cart {cart_of(line)}", "bold"), Part(f"  {why}")]]
    if words := why_words(row):
        grave = end_of(line) not in (RowEnd.DELETED, RowEnd.GONE)
        told.append([Part(words, "$text-error" if grave else "$text-warning")])
    observed = row.proposal.observed
    read = f", read {observed.at:%H:%M:%S} UTC" if observed is not None else ""
    told.append([Part(f"id {line.id}{read}", "$text-muted")])
    return told
