"""What an operator does with the engine, in one step each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.changes_kit import intent
from tests.vendor_model import LOST_AFTER, Fate, ModelShop

from qtydash.domain.changes import Intent, State
from qtydash.services.batch import BatchResult
from qtydash.services.changes import Changes

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
