"""Clean-ups that ended before their end: what of them is in doubt, and what was never sent."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qtydash.domain.changes import NEVER_MADE, ChangeRecord, Intent, Kind, State
from qtydash.domain.op_id import new_op_id
from qtydash.domain.row_ends import RowEnd, end_of_record
from qtydash.domain.snapshot import plural
from qtydash.services.changes import Changes

LASTING = timedelta(hours=24)
"""How long frozen rows may be taken up again: then they are another day's."""
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StoppedCleanUp:
    """A batch of deletions that ended early.

    ``left`` are those of which nothing was sent and that nobody has taken up since; ``unknown`` those without a
    known outcome.
    """

    batch: str
    total: int
    left: tuple[ChangeRecord, ...]
    unknown: tuple[ChangeRecord, ...]

    @property
    def words(self) -> str:
        """How far it came: ``A clean-up of 50 rows stopped after 23: 1 unknown, 26 not sent.``"""
        done = self.total - len(self.left) - len(self.unknown)
        doubt = f"{len(self.unknown)} unknown, " if self.unknown else ""
        return f"A clean-up of {plural(self.total, 'row')} stopped after {done}: {doubt}{len(self.left)} not sent."

    def intents(self, now: datetime, reason: str = "") -> tuple[Intent, ...]:
        """What is left, as it was frozen then, to be planned anew; for the reason given then, or another."""
        return tuple(
            replace(
                record.change.intent,
                staged_at=now,
                follows=record.op_id,
                reason=reason or record.change.intent.reason,
            )
            for record in sorted(self.left, key=lambda record: record.change.intent.staged_at)
        )


def stopped_clean_ups(changes: Changes, now: datetime) -> tuple[StoppedCleanUp, ...]:
    """Those of the last 24 hours that can be taken up, the newest first; none while one is running.

    A whole cart's deletion is none: it is listed afresh or not sent. Raises ``JournalError``.
    """
    if changes.running is not None or not changes.journal.exists:
        return ()
    since = new_op_id(now - LASTING, bytes(10))
    newest = next(iter(changes.records(states=(State.ABANDONED, State.NOT_SENT), limit=1)), None)
    if newest is None or newest.op_id < since:
        return ()
    records = changes.journal.planned_since(changes.profile.name, Kind.HOLD_DELETE, since)
    taken = _taken_up(records)
    batches: dict[str, list[ChangeRecord]] = {}
    for record in records:
        batches.setdefault(record.change.batch, []).append(record)
    origin = changes.port_of(Kind.HOLD_DELETE).origin if records else ""
    found = (
        StoppedCleanUp(
            batch,
            len(members),
            tuple(r for r in members if r.op_id not in taken and r.change.origin == origin and _was_not_sent(r)),
            tuple(r for r in members if r.is_in_doubt),
        )
        for batch, members in sorted(batches.items(), reverse=True)
    )
    return tuple(stopped for stopped in found if stopped.left)


def _was_not_sent(record: ChangeRecord) -> bool:
    never = record.state in (State.ABANDONED, State.NOT_SENT)
    return never and end_of_record(record) is RowEnd.NOT_ATTEMPTED


def _taken_up(records: Iterable[ChangeRecord]) -> frozenset[str]:
    """The changes that a later one took up, or whose row a later one was sent for."""
    followed: set[str] = set()
    latest: dict[str, str] = {}
    found = tuple(records)
    for record in found:
        followed.add(record.change.intent.follows)
        if record.state not in NEVER_MADE:
            target = record.change.intent.target
            latest[target] = max(latest.get(target, ""), record.op_id)
    return frozenset(
        r.op_id for r in found if r.op_id in followed or r.op_id < latest.get(r.change.intent.target, "")
    )


async def settle_unknown(
    changes: Changes, stopped: StoppedCleanUp, on_record: Callable[[ChangeRecord], None] = lambda record: None
) -> tuple[ChangeRecord, ...]:
    """Reconcile what is unknown of a clean-up, one after the other, before anything else of it is planned.

    Each is told to ``on_record`` before it is read. Raises ``VendorError``, ``NotNow`` when one cannot be judged.
    """
    settled = []
    for each in stopped.unknown:
        on_record(each)
        while each.op_id in changes.looked_at:  # noqa: ASYNC110 - nothing announces its end
            await asyncio.sleep(_POLL_SECONDS)
        record = changes.found(each.op_id)
        settled.append(await changes.reconcile(each.op_id) if record.state is State.UNKNOWN else record)
    return tuple(settled)
