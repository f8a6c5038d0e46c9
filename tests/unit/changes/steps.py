"""What an operator does with the engine, in one step each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.changes_kit import intent
from tests.vendor_model import LOST_AFTER, Fate, ModelShop

from qtydash.domain.changes import Event, Intent, State
from qtydash.services.batch import BatchResult
from qtydash.services.changes import Changes
from qtydash.storage.journal import Journal, JournalError

FULL = "The journal is full."
MUGS = tuple(f"gift:{n}" for n in range(6))

Opened = Callable[..., Changes]


def restarted(changes: Changes, opened: Opened) -> Changes:
    """Another run of the program, after this one was killed."""
    changes.close()
    return opened(changes.profile.name)


async def applied(changes: Changes, *wanted: Intent, **kwargs: Any) -> BatchResult:
    """Stage, review and apply in one go."""
    changes.stage(*wanted)
    proposals = await changes.plan(wanted)
    return await changes.apply([replace(p, accepted=True) for p in proposals], **kwargs)


async def unknown(changes: Changes, shop: ModelShop, fate: Fate = LOST_AFTER, wanted: Intent | None = None) -> str:
    """A change of unknown outcome; its operation id."""
    shop.fates.append(fate)
    done = await applied(changes, wanted or intent(3))
    assert done.results[0].state is State.UNKNOWN
    return done.results[0].change.op_id


def states(result: BatchResult) -> list[State | None]:
    return [each.state for each in result.results]


def state_of(changes: Changes, op_id: str) -> State:
    return changes.found(op_id).state


def refuse(monkeypatch: pytest.MonkeyPatch, state: State, times: int = 100) -> None:
    """Let the journal refuse the next ``times`` that something comes to ``state``."""
    record = Journal.record
    left = [JournalError(FULL)] * times

    def failing(self: Journal, *events: tuple[str, Event]) -> None:
        if left and any(event.state is state for _, event in events):
            raise left.pop()
        record(self, *events)

    monkeypatch.setattr(Journal, "record", failing)
