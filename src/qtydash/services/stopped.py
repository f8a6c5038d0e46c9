"""Clean-ups that ended before their end: what of them is in doubt, and what was never sent."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qtydash.domain.changes import IN_DOUBT, NEVER_MADE, ChangeRecord, Intent, Kind, State
from qtydash.domain.op_id import new_op_id
from qtydash.domain.row_ends import RowEnd, row_end
from qtydash.domain.snapshot import plural
from qtydash.services.changes import Changes
from qtydash.storage.journal import ChangeEnd

LASTING = timedelta(hours=24)
"""How long frozen rows may be taken up again: then they are another day's."""
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StoppedCleanUp:
    """A batch of deletions that ended early.

    ``left`` are those of which nothing was sent and that nobody has taken up since, ``unknown`` those without a
    known outcome, by their operation ids.
    """

    batch: str
    total: int
    left: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def words(self) -> str:
        """How far it came: ``A clean-up of 50 rows stopped after 23: 1 unknown, 26 not sent.``"""
        done = self.total - len(self.left) - len(self.unknown)
        doubt = f"{len(self.unknown)} unknown, " if self.unknown else ""
        return f"A clean-up of {plural(self.total, 'row')} stopped after {done}: {doubt}{len(self.left)} not sent."


def stopped_clean_ups(changes: Changes, now: datetime) -> tuple[StoppedCleanUp, ...]:
    """Those of the last 24 hours that can be taken up, the newest first; none while one is running.

    A whole cart's deletion is none: it is listed afresh or not sent. Raises ``JournalError``.
    """
    if changes.running is not None:
        return ()
    since = new_op_id(now - LASTING, bytes(10))
    ends = changes.journal.ends_since(changes.profile.name, Kind.HOLD_DELETE, since)
    if not ends:
        return ()
    origin, done = changes.port_of(Kind.HOLD_DELETE).origin, _taken_up(ends)
    batches: dict[str, list[ChangeEnd]] = {}
    for end in ends:
        batches.setdefault(end.batch, []).append(end)
    found = (
        StoppedCleanUp(
            batch,
            len(members),
            tuple(end.op_id for end in members if end.origin == origin and _was_not_sent(end, done)),
            tuple(end.op_id for end in members if end.state in IN_DOUBT),
        )
        for batch, members in sorted(batches.items(), reverse=True)
    )
    return tuple(stopped for stopped in found if stopped.left)


def _was_not_sent(end: ChangeEnd, taken_up: frozenset[str]) -> bool:
    never = end.state in (State.ABANDONED, State.NOT_SENT) and end.op_id not in taken_up
    return never and row_end(end.state, end.phase) is RowEnd.NOT_ATTEMPTED


def _taken_up(ends: Sequence[ChangeEnd]) -> frozenset[str]:
    """The changes that a later one took up, or whose row a later one was sent for."""
    followed = {end.follows for end in ends}
    latest: dict[str, str] = {}
    for end in ends:
        if end.state not in NEVER_MADE:
            latest[end.target] = max(latest.get(end.target, ""), end.op_id)
    return frozenset(end.op_id for end in ends if end.op_id in followed or end.op_id < latest.get(end.target, ""))


def left_intents(changes: Changes, stopped: StoppedCleanUp, now: datetime, reason: str = "") -> tuple[Intent, ...]:
    """What is left, as it was frozen then, to be planned anew; for the reason given then, or another.

    Raises ``JournalError``.
    """
    left = set(stopped.left)
    records = [record for record in changes.journal.batch(stopped.batch) if record.op_id in left]
    return tuple(
        replace(intent, staged_at=now, follows=record.op_id, reason=reason or intent.reason)
        for record in sorted(records, key=lambda record: record.change.intent.staged_at)
        for intent in (record.change.intent,)
    )


async def settle_unknown(
    changes: Changes, stopped: StoppedCleanUp, on_record: Callable[[ChangeRecord], None] = lambda record: None
) -> tuple[ChangeRecord, ...]:
    """Reconcile what is unknown of a clean-up, one after the other, before anything else of it is planned.

    Each is told to ``on_record`` before it is read. Raises ``VendorError``, ``NotNow`` when one cannot be judged.
    """
    settled = []
    for op_id in stopped.unknown:
        on_record(changes.found(op_id))
        while op_id in changes.looked_at:  # noqa: ASYNC110 - nothing announces its end
            await asyncio.sleep(_POLL_SECONDS)
        record = changes.found(op_id)
        settled.append(await changes.reconcile(op_id) if record.state is State.UNKNOWN else record)
    return tuple(settled)
