"""What holds a write back at the last moment: a stop, a lock that is gone, another address, a batch under way."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import CUP, MUG, intent
from tests.unit.changes.steps import MUGS, Opened, applied, states
from tests.vendor_model import ModelShop

from qtydash.domain.changes import Event, Intent, State, inverse
from qtydash.domain.op_id import new_op_id
from qtydash.domain.review import Observed
from qtydash.services.batch import BatchControl, Result
from qtydash.services.changes import Changes, NotNow


def lock_of(path: Path) -> Path:
    return next(path.parent.glob("*.lock"))


async def test_a_stop_during_the_read_before_a_send_holds_it_back(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = BatchControl()
    observe = shop.observe

    async def stopping(intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        control.aborted = changes.running is not None
        return await observe(intents, max_age=max_age)

    monkeypatch.setattr(shop, "observe", stopping)
    result = await applied(changes, intent(3), intent(1, CUP), control=control)
    assert (states(result), result.stopped) == ([None, None], "You stopped it.")
    assert shop.sends == []
    assert [record.state for record in changes.records()] == [State.ABANDONED] * 2


async def test_nothing_more_is_sent_once_the_lock_is_not_ours(
    changes: Changes, shop: ModelShop, path: Path
) -> None:
    def on_result(position: int, result: Result) -> None:
        if result.state is State.CONFIRMED:
            lock_of(path).unlink()

    result = await applied(changes, *[intent(1, target) for target in MUGS[:3]], on_result=on_result)
    assert states(result) == [State.CONFIRMED, None, None]
    assert len(shop.sends) == 1
    assert "another one may be writing now" in changes.locked
    with pytest.raises(NotNow, match="another one may be writing now"):
        changes.stage(intent(1, CUP))


async def test_a_lock_that_was_replaced_is_not_taken_for_ours(
    changes: Changes, opened: Opened, path: Path
) -> None:
    lock_of(path).unlink()
    other = opened()
    assert other.locked == ""
    changes.open()
    assert "is the one that writes" in changes.locked


async def test_the_way_back_is_not_staged_for_another_address(changes: Changes, shop: ModelShop) -> None:
    done = await applied(changes, intent(3))
    back = inverse(changes.found(done.results[0].change.op_id), changes._now())
    assert back is not None
    shop.origin = "https://another.example"
    with pytest.raises(NotNow, match="Point the profile back first"):
        changes.stage(back)


async def test_what_a_batch_is_about_to_send_cannot_be_unstaged(changes: Changes, shop: ModelShop) -> None:
    seen: list[tuple[int, int]] = []

    def on_result(position: int, result: Result) -> None:
        if (position, result.state) == (0, State.SENT):
            seen.append((changes.unstage([MUG, CUP]), len(changes.in_batch)))

    result = await applied(changes, intent(3), intent(1, CUP), on_result=on_result)
    assert seen == [(0, 2)]
    assert states(result) == [State.CONFIRMED, State.CONFIRMED]
    assert (changes.staged, changes.in_batch) == ((), frozenset())


async def test_what_was_being_sent_is_in_doubt_also_where_nobody_may_write(
    changes: Changes, shop: ModelShop, opened: Opened
) -> None:
    (line,) = await changes.plan([intent(3)])
    planned = changes._change(line, "b1", new_op_id(changes._now()))
    changes.journal.plan([planned])
    changes.journal.record((planned.op_id, Event(State.SENT, changes._now())))
    changes.close()
    looking = opened(write=False)
    assert [record.op_id for record in looking.in_doubt()] == [planned.op_id]
