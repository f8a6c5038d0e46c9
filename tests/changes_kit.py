"""What the tests of the change engine share: a clock that the test moves, changes of a mug, journals of them."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from qtydash.config.models import Profile
from qtydash.domain.change_words import sentence
from qtydash.domain.changes import Change, Event, Facts, Intent, Kind, State, WriteRequest
from qtydash.domain.op_id import new_op_id
from qtydash.services.changes import Changes
from qtydash.storage.journal import Journal

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HORIZON = timedelta(seconds=90)
PROFILE = Profile("shop", write=True, reconcile_after=HORIZON)
ORIGIN = "https://shop.example"
MUG = "gift:mug"
CUP = "gift:cup"

WAYS: Mapping[State, tuple[State, ...]] = {
    State.PLANNED: (),
    State.SENT: (State.SENT,),
    State.CONFIRMED: (State.SENT, State.CONFIRMED),
    State.ABSENT: (State.SENT, State.ABSENT),
    State.REJECTED: (State.SENT, State.REJECTED),
    State.NOT_SENT: (State.SENT, State.NOT_SENT),
    State.UNKNOWN: (State.SENT, State.UNKNOWN),
    State.APPLIED_INFERRED: (State.SENT, State.UNKNOWN, State.APPLIED_INFERRED),
    State.NOT_APPLIED_INFERRED: (State.SENT, State.UNKNOWN, State.NOT_APPLIED_INFERRED),
    State.UNDECIDED: (State.SENT, State.UNKNOWN, State.UNDECIDED),
    State.APPLIED_BY_VERDICT: (State.SENT, State.UNKNOWN, State.APPLIED_BY_VERDICT),
    State.NOT_APPLIED_BY_VERDICT: (State.SENT, State.UNKNOWN, State.NOT_APPLIED_BY_VERDICT),
    State.ABANDONED: (State.ABANDONED,),
}
"""The events after ``planned`` by which a change comes to each state."""


class Clock:
    """Time that stands still until someone sleeps or the test moves it; nobody waits."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.sleeps: list[float] = []
        """What was slept, in seconds; giving way without waiting is not counted."""

    def __call__(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        if seconds:
            self.sleeps.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def intent(
    amount: int | None = 3,
    target: str = MUG,
    kind: Kind = Kind.GIFT_ADJUST,
    *,
    label: str = "Mug",
    reason: str = "",
    seen: Facts | None = None,
    at: datetime = NOON,
) -> Intent:
    """What an operator wants of a mug."""
    return Intent(
        kind,
        target,
        label,
        at,
        amount,
        {"gift": target.partition(":")[2]},
        seen=seen,
        seen_at=None if seen is None else at,
        reason=reason,
    )


def change(
    wanted: Intent | None = None,
    before: Facts | None = None,
    *,
    profile: str = PROFILE.name,
    origin: str = ORIGIN,
    batch: str = "b1",
    at: datetime = NOON,
    op_id: str = "",
) -> Change:
    """A planned change, by default of a mug from 21 to 24."""
    wanted = wanted or intent()
    before = {"quantity": 21} if before is None else before
    expected = wanted.expected(before)
    return Change(
        op_id=op_id or new_op_id(at),
        batch=batch,
        profile=profile,
        origin=origin,
        intent=wanted,
        request=WriteRequest("PUT", "/v1/gifts/mug/update_quantity", {"quantity": 3, "replace": False}),
        sentence=sentence(wanted, before, expected),
        before=before,
        observed_at=at,
        expected=expected,
        operator="ann@till",
        planned_at=at,
    )


def journal(path: Path) -> Journal:
    """A journal that may be written."""
    made = Journal(path)
    made.unlock(NOON)
    return made


def bring_to(journal: Journal, state: State, planned: Change | None = None) -> Change:
    """Journal a change and everything that brings it to ``state``."""
    planned = planned or change()
    journal.plan([planned])
    for n, turn in enumerate(WAYS[state], 1):
        journal.record((planned.op_id, Event(turn, NOON + timedelta(seconds=n), note=f"turn {n}")))
    return planned


def of_profile(name: str, **settings: bool | timedelta) -> Profile:
    """``PROFILE`` under another name or with other settings."""
    return replace(PROFILE, name=name, **settings)  # type: ignore[arg-type]


def until_idle(changes: Changes) -> asyncio.Event:
    """Set when the engine says that the batch that is running has ended."""
    assert changes.running is not None
    idle = asyncio.Event()
    changes.subscribe(lambda: None if changes.running else idle.set())
    return idle


def quick_folder() -> "tempfile.TemporaryDirectory[str]":
    """A folder in memory, where there is one: what is synced to the disk there costs nothing."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(prefix="qtydash-", dir=memory if memory.is_dir() else None)
