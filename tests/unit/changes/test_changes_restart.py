"""The next run of the program, and another program on the same journal."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import CUP, NOON, WAYS, bring_to, change, intent
from tests.unit.changes.steps import Opened, applied, restarted, state_of, states, unknown
from tests.vendor_model import ModelShop

from qtydash.domain.changes import State
from qtydash.services.changes import Changes, NotNow
from qtydash.storage.journal import JournalError
from qtydash.storage.journal_file import marker


@pytest.mark.parametrize("state", sorted(set(WAYS) - {State.PLANNED, State.SENT}))
def test_after_a_restart_what_was_made_is_no_draft_any_more(
    changes: Changes, opened: Opened, state: State
) -> None:
    """The program may end after an outcome is written down and before the draft is forgotten."""
    wanted = intent(3, label="M\udc80g", seen={"quantity": 21})
    changes.stage(wanted, intent(1, CUP))
    bring_to(changes.journal, state, change(replace(wanted, reason="told in the review")))
    again = restarted(changes, opened)
    never_made = state in (State.REJECTED, State.NOT_SENT, State.ABANDONED)
    assert again.staged == ((wanted, intent(1, CUP)) if never_made else (intent(1, CUP),))


@pytest.mark.parametrize("state", [State.PLANNED, State.SENT])
def test_after_a_kill_what_was_sent_is_unknown_and_no_draft_and_what_was_planned_is_a_draft(
    changes: Changes, opened: Opened, state: State
) -> None:
    changes.stage(intent(3))
    planned = bring_to(changes.journal, state)
    again = restarted(changes, opened)
    unsent = state is State.PLANNED
    assert state_of(again, planned.op_id) is (State.ABANDONED if unsent else State.UNKNOWN)
    assert again.staged == ((intent(3),) if unsent else ())
    assert [r.op_id for r in again.in_doubt()] == ([] if unsent else [planned.op_id])


def test_a_later_wish_of_the_same_target_is_kept(changes: Changes, opened: Opened) -> None:
    bring_to(changes.journal, State.CONFIRMED, change(intent(3)))
    later = intent(3, at=NOON + timedelta(seconds=1))
    changes.stage(later)
    assert restarted(changes, opened).staged == (later,)


async def test_opening_again_does_not_disturb_what_is_being_sent(changes: Changes, shop: ModelShop) -> None:
    shop.on_arrival = lambda op_id: (changes.open(), None)[1]
    result = await applied(changes, intent(3), intent(1, CUP))
    assert states(result) == [State.CONFIRMED] * 2


# Two programs.


async def test_a_second_program_on_the_profile_is_told_who_writes_and_sends_nothing(
    changes: Changes, opened: Opened, shop: ModelShop
) -> None:
    bring_to(changes.journal, State.SENT)
    second = opened()
    assert "the dashboard" in second.locked
    assert "is open on profile 'shop'" in second.locked
    with pytest.raises(NotNow, match="open on profile"):
        second.stage(intent(3))
    with pytest.raises(NotNow, match="open on profile"):
        await second.apply(await second.plan([intent(1, CUP)]))
    assert second.in_flight is not None
    changes.close()
    second.open()
    assert second.locked == ""
    assert len(second.in_doubt()) == 1


async def test_a_target_in_doubt_in_another_profile_is_said_to_be_in_that_one(
    changes: Changes, opened: Opened, shop: ModelShop
) -> None:
    """Profiles may share an address, and that profile alone can settle it."""
    op_id = await unknown(changes, shop)
    other = opened("till")
    (line,) = await other.plan([intent(1)])
    assert f"made in profile 'shop', has no known outcome yet ({op_id})" in line.refusal
    with pytest.raises(NotNow, match="made in profile 'shop'"):
        other.stage(intent(1))
    (cup,) = await other.plan([intent(1, CUP)])
    bring_to(changes.journal, State.UNKNOWN, change(intent(2, CUP)))
    with pytest.raises(NotNow, match="made in profile 'shop'"):
        await other.apply([cup])


def test_a_read_only_profile_changes_nothing(opened: Opened, path: Path) -> None:
    looking = opened(write=False)
    assert "is read-only" in looking.locked
    with pytest.raises(NotNow, match="`write = true`"):
        looking.stage(intent(3))
    assert not path.exists()


def test_a_folder_that_cannot_be_used_locks_changes_with_the_reason(opened: Opened, path: Path) -> None:
    path.parent.joinpath("file").touch()
    changes = opened(folder="file")
    assert "Changes are locked" in changes.locked
    assert str(path.parent / "file") in changes.locked


@pytest.mark.parametrize("ended", ["closed", "killed"])
async def test_an_older_copy_put_back_between_two_runs_locks_changes(
    changes: Changes, opened: Opened, path: Path, ended: str
) -> None:
    """What it does not know of was sent all the same."""
    older = path.read_bytes()
    await applied(changes, intent(3))
    marked = marker(path).read_bytes()
    changes.close()
    if ended == "killed":
        marker(path).write_bytes(marked)
    path.write_bytes(older)
    again = opened()
    assert "is an older copy" in again.locked
    with pytest.raises(NotNow, match="older copy"):
        again.stage(intent(3))


def test_a_journal_that_is_gone_locks_changes_with_the_reason(
    changes: Changes, opened: Opened, path: Path
) -> None:
    path.unlink()
    again = restarted(changes, opened)
    assert str(path) in again.locked
    assert "missing" in again.locked
    assert again.in_doubt() == ()
    assert not path.exists()


async def test_a_journal_that_goes_while_it_is_open_locks_changes(
    changes: Changes, shop: ModelShop, path: Path
) -> None:
    proposals = await changes.plan([intent(3)])
    path.rename(path.with_name("moved"))
    with pytest.raises(JournalError, match="missing"):
        await changes.apply(proposals)
    assert not shop.sends
