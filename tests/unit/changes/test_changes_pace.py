"""Batches of a vertical with rules of its own: the first is looked up, the pace is kept, failures end it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from tests.changes_kit import CUP, MUG, Clock, intent
from tests.unit.changes.steps import MUGS, applied, states
from tests.vendor_model import NOT_SENT, Fate, ModelShop, answered, lost

from qtydash.domain.changes import Event, Intent, State
from qtydash.domain.review import Observed
from qtydash.services.batch import BatchControl, Result, needs_review
from qtydash.services.changes import Changes
from qtydash.services.port import BatchRules
from qtydash.storage.journal import Journal, JournalError

NO = Fate(applied=False, failure=answered(422))


class Looks:
    """What each read asked for, and what the batch said meanwhile that it waits for."""

    def __init__(self, shop: ModelShop, control: BatchControl, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[str, timedelta, str]] = []
        self.unknown = False
        """Whether what is looked up while something waits is not known any more."""
        observe = shop.observe

        async def watched(intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
            self.seen.append((intents[0].target, max_age, control.waiting))
            found = await observe(intents, max_age=max_age)
            return {} if self.unknown and control.waiting else found

        monkeypatch.setattr(shop, "observe", watched)


@pytest.fixture
def control() -> BatchControl:
    return BatchControl()


@pytest.fixture
def looks(shop: ModelShop, control: BatchControl, monkeypatch: pytest.MonkeyPatch) -> Looks:
    shop.rules = BatchRules(canary=True, fresh=timedelta(seconds=30))
    return Looks(shop, control, monkeypatch)


# The first of many.


async def test_the_first_of_several_is_looked_up_once_before_the_others_go(
    changes: Changes, shop: ModelShop, control: BatchControl, looks: Looks
) -> None:
    result = await applied(changes, intent(3), intent(1, CUP), intent(1, MUGS[0]), control=control)
    assert states(result) == [State.CONFIRMED] * 3
    fresh = timedelta(seconds=30)
    waits = "The first is looked up before the others go."
    before, *each = looks.seen[-5:]
    assert each == [(MUG, fresh, ""), (MUG, timedelta(), waits), (CUP, fresh, ""), (MUGS[0], fresh, "")]
    assert before[2] == control.waiting == ""
    assert control.canary == "The first was looked up: 24."


async def test_one_alone_and_one_that_was_not_done_are_not_looked_up(
    changes: Changes, shop: ModelShop, control: BatchControl, looks: Looks
) -> None:
    await applied(changes, intent(3), control=control)
    assert not [each for each in looks.seen if each[2]]
    shop.fates.append(NO)
    result = await applied(changes, intent(1), intent(1, CUP), intent(1, MUGS[0]), control=control)
    assert states(result) == [State.REJECTED, State.CONFIRMED, State.CONFIRMED]
    assert [target for target, _, waits in looks.seen if waits] == [CUP]


@pytest.mark.parametrize("how", ["not done", "unknown", "unread"])
async def test_where_the_first_does_not_show_the_others_are_not_sent(
    changes: Changes, shop: ModelShop, control: BatchControl, looks: Looks, how: str
) -> None:
    if how == "not done":
        shop.fates.append(Fate(applied=False))
    elif how == "unread":
        shop.on_arrival = lambda op_id: shop.blind.append(lost())
    looks.unknown = how == "unknown"
    result = await applied(changes, intent(3), intent(1, CUP), control=control)
    assert states(result) == [State.CONFIRMED, None]
    assert len(shop.sends) == 1
    why = "it cannot be seen that it was" if how == "unread" else "where 24 is due"
    assert why in result.stopped
    assert (control.waiting, control.canary) == ("", "")


# Its pace and its end.


async def test_between_two_writes_there_is_a_pause_and_none_before_the_first(
    changes: Changes, shop: ModelShop, clock: Clock
) -> None:
    shop.rules = BatchRules(pause=0.5)
    await applied(changes, *[intent(1, target) for target in MUGS[:3]])
    assert clock.sleeps == [0.5, 0.5]


@pytest.mark.parametrize(
    ("share", "fates", "sent"),
    [
        (0.5, [NO, NO, NO], 3),
        (0.5, [NO, Fate(), NO, Fate(), NO], 5),
        (0.0, [Fate(), NO, NO], 3),
        (0.0, [NO], 4),
        (0.5, [NO, NO], 4),
        (0.5, [*[NOT_SENT] * 3, *[NOT_SENT] * 3, NO], 7),
    ],
)
async def test_more_than_a_share_that_went_wrong_ends_it_and_one_alone_never_does(
    changes: Changes, shop: ModelShop, share: float, fates: list[Fate], sent: int
) -> None:
    shop.rules = BatchRules(failures=share)
    shop.fates += fates
    wanted = [intent(1, target) for target in MUGS[: 4 if len(fates) != 5 else 5]]
    result = await applied(changes, *wanted)
    assert len(shop.sends) == sent
    wrong = sum(each.state in (State.REJECTED, State.NOT_SENT) for each in result.results)
    ended = wrong > max(1, share * len(wanted))
    assert result.stopped == (f"{wrong} of {len(wanted)} went wrong." if ended else "")


async def test_what_is_given_up_because_it_moved_is_not_something_that_went_wrong(
    changes: Changes, shop: ModelShop
) -> None:
    shop.rules = BatchRules(failures=0.0)
    wanted = [intent(1, target) for target in MUGS[:4]]
    proposals = await changes.plan(wanted)
    for target in MUGS[:3]:
        shop.elsewhere(target, 1)
    result = await changes.apply(proposals)
    assert states(result) == [*[State.ABANDONED] * 3, State.CONFIRMED]


# What is told of each.


async def test_a_result_says_whether_it_is_done_and_whether_to_look_again(
    changes: Changes, shop: ModelShop
) -> None:
    shop.fates += [Fate(), NO, Fate(applied=False, failure=answered(409))]
    proposals = await changes.plan([intent(1, target) for target in MUGS[:4]])
    shop.elsewhere(MUGS[3], 1)
    result = await changes.apply(proposals)
    assert [each.is_done for each in result.results] == [True, False, False, False]
    assert [needs_review(each) for each in result.results] == [False, False, True, True]


async def test_what_could_not_be_written_down_is_written_once_that_can_be(
    changes: Changes, shop: ModelShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Journal.record
    failures = [JournalError("The journal is busy.")]

    def failing(self: Journal, *events: tuple[str, Event]) -> None:
        if failures and any(event.state is State.CONFIRMED for _, event in events):
            raise failures.pop()
        record(self, *events)

    monkeypatch.setattr(Journal, "record", failing)
    told: list[Result] = []
    result = await applied(changes, intent(3), intent(1, CUP), on_result=lambda n, each: told.append(each))
    assert states(result) == [State.UNKNOWN, None]
    assert [r.state for r in reversed(changes.records())] == [State.CONFIRMED, State.ABANDONED]
