"""What may be marked for deletion, what becomes of marks when the rows change, and what deleting would free."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from rich.cells import cell_len

from qtydash.domain.order_qty import HoldState, OrderQty, amount
from qtydash.domain.order_qty_sums import freed
from qtydash.domain.snapshot import plural
from qtydash.tui.models.marks import Marks
from qtydash.tui.widgets.bar import Part

Stale = Callable[[OrderQty], bool]


def markable(records: Iterable[OrderQty]) -> tuple[OrderQty, ...]:
    """The records that an operator may mark one by one or by cart."""
    return tuple(record for record in records if not record.kept_because)


def refusal(records: Sequence[OrderQty], verb: str = "marked") -> str:
    """Why none or not all of ``records`` can be marked, in a sentence; "" when all can."""
    reasons = Counter(record.kept_because for record in records if record.kept_because)
    if not reasons:
        return ""
    if len(records) == 1:
        return f"This row cannot be {verb}: {next(iter(reasons))}."
    told = "; ".join(f"{plural(count, 'row')}: {reason}" for reason, count in reasons.items())
    return f"{f'Not {verb}' if len(records) > reasons.total() else f'Nothing was {verb}'} - {told}."


def marks_after(
    marks: Marks[str],
    before: Mapping[str, OrderQty],
    after: Mapping[str, OrderQty],
    stale_before: Stale,
    stale_after: Stale,
) -> tuple[Marks[str], str]:
    """The marks that are still safe in other rows, or at another threshold, and a sentence about the others.

    A mark goes when its row is listed no more, submitted or deleted, and when a row marked as stale is stale no
    more: its cart lives again.
    """
    lost: Counter[str] = Counter()
    kept: set[str] = set()
    for key in marks:
        row, was = after.get(key), before.get(key)
        if row is None:
            lost["not listed any more"] += 1
        elif row.submitted or row.deleted:
            lost["deleted since" if row.deleted else "submitted since"] += 1
        elif was is not None and stale_before(was) and not stale_after(row):
            lost["not stale any more"] += 1
        else:
            kept.add(key)
    if not lost:
        return marks, ""
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(lost.items()))
    return marks.keep_only(kept), f"{plural(lost.total(), 'mark')} dropped: {told}."


def marks_keys(left: Sequence[Part], width: int, delete: str) -> list[Part]:
    """The keys for what is marked, as far as they fit beside what is said of it in ``width`` cells.

    ``delete`` is the key that deletes.
    """
    room = width - sum(cell_len(part.text) for part in left)
    told = (f"{delete} deletes, escape clears ", "escape clears ")
    return [Part(keys, "$text-muted") for keys in told if cell_len(keys) < room][:1]


def marks_parts(marked: Sequence[OrderQty], now: datetime, stale_after: timedelta, hidden: int = 0) -> list[Part]:
    """How many rows are marked and what deleting them would free; what is unusual about them stands out.

    ``hidden`` are those that the filter does not show.
    """
    gain = freed(marked)
    odd = sum(record.state(now, stale_after) is not HoldState.STALE for record in marked)
    parts = [Part(f" {len(marked)} marked", "bold"), Part(f": {amount(gain.quantity)} would be freed")]
    if odd:
        parts.append(Part(f", {odd} not stale", "bold $text-warning"))
    if gain.unknown:
        parts.append(Part(f", {gain.unknown} of unknown quantity", "bold $text-warning"))
    if hidden:
        parts.append(Part(f", {hidden} not shown", "bold $text-warning"))
    return parts
