"""Staging and undo: what is wanted, kept until it is reviewed, and never sent by itself."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import CUP, MUG, NOON, WAYS, bring_to, intent
from tests.unit.changes.steps import MUGS, Opened, applied, restarted, states
from tests.vendor_model import ModelShop

from qtydash.domain.changes import DONE, IN_DOUBT, Kind, State
from qtydash.services.changes import Changes, NotNow


def test_staging_replaces_what_its_target_had(changes: Changes) -> None:
    changes.stage(intent(3), intent(1, CUP))
    changes.stage(intent(5))
    assert [(i.target, i.amount) for i in changes.staged] == [(CUP, 1), (MUG, 5)]
    assert changes.staged_for(CUP) == intent(1, CUP)


def test_edits_made_together_are_unstaged_together(changes: Changes) -> None:
    changes.stage(intent(1, MUGS[0]), intent(1, MUGS[1]))
    changes.stage(intent(2, MUG, at=NOON + timedelta(seconds=1)), intent(2, CUP, at=NOON + timedelta(seconds=1)))
    assert {i.target for i in changes.unstage_last()} == {MUG, CUP}
    assert {i.target for i in changes.unstage_last()} == set(MUGS[:2])
    assert changes.unstage_last() == ()
    assert changes.unstage([MUG]) == 0


def test_what_is_staged_outlives_the_program_and_nothing_of_it_is_sent_by_itself(
    changes: Changes, opened: Opened, shop: ModelShop
) -> None:
    changes.stage(intent(3), intent(1, CUP))
    again = restarted(changes, opened)
    assert again.staged == (intent(3), intent(1, CUP))
    assert not shop.sends


@pytest.mark.parametrize("state", sorted(IN_DOUBT))
def test_a_target_in_doubt_is_not_staged(changes: Changes, state: State) -> None:
    bring_to(changes.journal, state)
    with pytest.raises(NotNow, match="no known outcome yet"):
        changes.stage(intent(3))
    assert not changes.staged


async def test_a_target_in_doubt_is_refused_in_the_review_and_holds_up_no_other(changes: Changes) -> None:
    changes.stage(intent(3))
    bring_to(changes.journal, State.UNKNOWN)
    mug, cup = await changes.plan([intent(3), intent(1, CUP)])
    assert "no known outcome yet" in mug.refusal
    assert cup.ready


async def test_a_draft_of_another_address_is_not_taken_to_this_one(
    changes: Changes, opened: Opened, shop: ModelShop
) -> None:
    """The profile's base_url was changed, say from a test shop to the real one."""
    changes.stage(intent(3))
    shop.origin = "https://another.example"
    elsewhere = restarted(changes, opened)
    assert elsewhere.staged == ()
    elsewhere.stage(intent(1, CUP))
    shop.origin = "https://shop.example"
    back = restarted(elsewhere, opened)
    assert back.staged == (intent(3),)


# Undo.


async def test_undo_stages_the_way_back_and_sends_nothing(changes: Changes, shop: ModelShop) -> None:
    result = await applied(changes, intent(3), intent(1, CUP, Kind.GIFT_SET))
    adjust, set_ = (each.change.op_id for each in result.results)
    assert (changes.undo(adjust).amount, changes.undo(set_).amount) == (-3, 5)
    assert len(shop.sends) == 2
    back = await applied(changes, *changes.staged)
    assert states(back) == [State.CONFIRMED] * 2
    assert (shop.quantity(MUG), shop.quantity(CUP)) == (21, 5)
    assert {r.change.intent.follows for r in changes.journal.batch(back.results[0].change.batch)} == {adjust, set_}


async def test_undo_does_not_carry_a_change_to_another_address(changes: Changes, shop: ModelShop) -> None:
    result = await applied(changes, intent(3))
    shop.origin = "https://another.example"
    with pytest.raises(NotNow, match=r"https://shop\.example"):
        changes.undo(result.results[0].change.op_id)


@pytest.mark.parametrize("state", sorted(set(WAYS) - DONE))
def test_only_what_was_applied_can_be_taken_back(changes: Changes, state: State) -> None:
    planned = bring_to(changes.journal, state)
    with pytest.raises(NotNow, match="can be taken back"):
        changes.undo(planned.op_id)


# What others hear.


async def test_listeners_hear_of_every_turn(changes: Changes) -> None:
    heard: list[int] = []
    changes.subscribe(lambda: heard.append(len(changes.staged)))
    await applied(changes, intent(3))
    assert heard[0] == 1
    assert heard[-1] == 0
    assert len(heard) >= 4


def test_a_database_error_of_the_journal_is_told_as_one_of_the_journal(changes: Changes, path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE drafts")
    db.close()
    changes.stage(intent(3))
    assert str(path) in changes.locked
