"""The journal's contents: what may be written after what, what is never changed, and what comes back."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import (
    CUP,
    MUG,
    NOON,
    ORIGIN,
    PROFILE,
    WAYS,
    bring_to,
    change,
    intent,
    journal,
)

from qtydash.domain.changes import UNRESOLVED, Change, Event, Kind, Look, State, WriteRequest, may_follow
from qtydash.storage.journal import Journal, TargetTaken, WrongTurn

SHOP = PROFILE.name
HOSTILE = [
    *("a\udc80b", "\x00", "\x1b[31mred\x1b[0m", "\u202eevil", "\U000e0041", "'; DROP TABLE events; --"),
    *("贈品\n\t\r", "", "x" * 100_000),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def book(path: Path) -> Journal:
    return journal(path)


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


# What is written comes back.


def test_a_change_comes_back_as_it_was_planned(book: Journal, path: Path) -> None:
    planned = change(
        replace(
            intent(3, seen={"quantity": 20}, reason="counted"),
            follows="0190f5fe-7c00-7a00-8000-000000000001",
        )
    )
    book.plan([planned])
    again = Journal(path).find(planned.op_id)
    assert again is not None
    assert again.change == planned
    assert again.events == (Event(State.PLANNED, NOON),)


def test_a_request_without_a_body_comes_back_without_one(book: Journal) -> None:
    planned = replace(change(), request=WriteRequest("DELETE", "/x"))
    book.plan([planned])
    found = book.find(planned.op_id)
    assert found is not None
    assert found.change.request == WriteRequest("DELETE", "/x", None)


def test_an_event_comes_back_with_all_that_is_known_of_it(book: Journal) -> None:
    planned = bring_to(book, State.UNKNOWN)
    looks = (Look(NOON, {"quantity": 21}), Look(NOON + timedelta(seconds=3), None))
    told = Event(State.UNDECIDED, NOON, 500, "ReadError", "reconcile", "neither", looks, "ann", "looked")
    book.record((planned.op_id, told))
    found = book.find(planned.op_id)
    assert found is not None
    assert found.events[-1] == told
    assert found.state is State.UNDECIDED


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_any_text_can_be_kept_in_labels_reasons_and_notes(book: Journal, text: str) -> None:
    planned = change(intent(3, label=text, reason=text))
    book.plan([planned])
    book.record((planned.op_id, Event(State.ABANDONED, NOON, note=text, operator=text, reason=text)))
    book.keep_drafts(SHOP, [(ORIGIN, planned.intent)])
    book.verify()
    found = book.find(planned.op_id)
    assert found is not None
    kept = text.encode("utf-8", "backslashreplace").decode()
    assert (found.change.intent.label, found.change.intent.reason) == (kept, kept)
    assert (found.events[-1].note, found.events[-1].operator, found.events[-1].reason) == (kept, kept, kept)
    assert book.drafts(SHOP) == ((ORIGIN, planned.intent),)


def test_records_are_the_profile_s_own_the_newest_first(book: Journal) -> None:
    made = [change(intent(target=f"gift:{n}"), at=NOON + timedelta(seconds=n)) for n in range(5)]
    book.plan(made)
    book.plan([change(intent(target="gift:other"), profile="other")])
    assert [r.op_id for r in book.records(SHOP)] == [c.op_id for c in reversed(made)]
    assert [r.op_id for r in book.records(SHOP, limit=2)] == [made[4].op_id, made[3].op_id]


@pytest.mark.parametrize("state", WAYS)
def test_records_can_be_asked_for_by_state(book: Journal, state: State) -> None:
    made = {turn: bring_to(book, turn, change(intent(target=f"gift:{turn}"))) for turn in WAYS}
    assert [r.op_id for r in book.records(SHOP, states=[state])] == [made[state].op_id]


def test_a_batch_is_found_by_its_name(book: Journal) -> None:
    made = [change(intent(target=f"gift:{n}"), batch="b7") for n in range(3)]
    book.plan([*made, change(intent(target="gift:x"), batch="b8")])
    assert {r.op_id for r in book.batch("b7")} == {c.op_id for c in made}


def test_more_changes_than_one_statement_takes_come_back_with_their_events(book: Journal) -> None:
    book.plan([change(intent(target=f"gift:{n}")) for n in range(1_200)])
    found = book.records(SHOP, limit=2_000)
    assert len(found) == 1_200
    assert all([e.state for e in r.events] == [State.PLANNED] for r in found)


def test_the_serial_moves_with_every_event(book: Journal, path: Path) -> None:
    before = book.serial()
    bring_to(Journal(path), State.CONFIRMED)
    assert book.serial() == before + 3


# Turns.


@pytest.mark.parametrize("state", WAYS)
def test_a_change_cannot_take_a_turn_that_its_state_forbids(book: Journal, state: State) -> None:
    planned = bring_to(book, state)
    before = book.find(planned.op_id)
    for then in State:
        if not may_follow(state, then):
            with pytest.raises(WrongTurn, match=f"is {state.value}, so it cannot become {then.value}"):
                book.record((planned.op_id, Event(then, NOON)))
    assert book.find(planned.op_id) == before


def test_what_was_never_planned_cannot_be_recorded(book: Journal) -> None:
    with pytest.raises(WrongTurn, match="is not in the journal"):
        book.record((change().op_id, Event(State.SENT, NOON)))
    assert book.serial() == 0


def test_events_are_recorded_all_or_none(book: Journal) -> None:
    one, two = change(), change(intent(target=CUP))
    book.plan([one, two])
    with pytest.raises(WrongTurn):
        book.record((one.op_id, Event(State.SENT, NOON)), (two.op_id, Event(State.CONFIRMED, NOON)))
    assert [r.state for r in book.records(SHOP)] == [State.PLANNED] * 2


# One unresolved change per target.


@pytest.mark.parametrize("state", sorted(UNRESOLVED))
def test_a_target_with_an_unresolved_change_takes_no_other(book: Journal, path: Path, state: State) -> None:
    first = bring_to(book, state)
    with pytest.raises(TargetTaken, match="no known outcome yet") as caught:
        Journal(path).plan([change()])
    assert caught.value.op_id == first.op_id
    assert len(book.records(SHOP)) == 1


@pytest.mark.parametrize("state", sorted(set(WAYS) - UNRESOLVED))
def test_a_target_whose_change_is_settled_takes_another(book: Journal, state: State) -> None:
    bring_to(book, state)
    book.plan([change()])
    assert len(book.records(SHOP)) == 2


def test_the_rule_holds_for_other_profiles_and_ends_at_another_address(book: Journal) -> None:
    bring_to(book, State.UNKNOWN)
    with pytest.raises(TargetTaken):
        book.plan([change(profile="other")])
    book.plan([change(origin="https://elsewhere.example")])


def test_a_batch_with_a_taken_target_is_not_planned_at_all(book: Journal) -> None:
    bring_to(book, State.UNKNOWN)
    with pytest.raises(TargetTaken):
        book.plan([change(intent(target=CUP)), change()])
    assert len(book.records(SHOP)) == 1


def test_a_batch_cannot_name_a_target_twice(book: Journal) -> None:
    with pytest.raises(TargetTaken):
        book.plan([change(), change(intent(5))])
    assert not book.records(SHOP)


def test_what_was_not_sent_is_not_sent_again_once_another_has_its_target(book: Journal, path: Path) -> None:
    """Between two attempts the target is free, and another program may take it."""
    unsent = bring_to(book, State.NOT_SENT)
    other = bring_to(Journal(path), State.UNKNOWN, change(profile="other"))
    with pytest.raises(TargetTaken) as caught:
        book.record((unsent.op_id, Event(State.SENT, NOON)))
    assert caught.value.op_id == other.op_id
    found = book.find(unsent.op_id)
    assert found is not None
    assert found.state is State.NOT_SENT


def test_the_index_holds_the_rule_even_where_the_program_forgets_to_look(book: Journal, path: Path) -> None:
    first, second = change(), change(intent(target=CUP))
    book.plan([first, second])
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        changed(path, f"UPDATE current SET target = '{MUG}' WHERE op_id = '{second.op_id}'")


_PLANNER = """
import sys
from pathlib import Path
from tests.changes_kit import change
from qtydash.storage.journal import Journal, TargetTaken
book = Journal(Path(sys.argv[1]))
try:
    book.plan([change()])
except TargetTaken:
    print("taken")
else:
    print("planned")
"""


def test_of_processes_that_plan_at_once_one_gets_the_target(book: Journal, path: Path) -> None:
    command = [sys.executable, "-c", _PLANNER, str(path)]
    programs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = sorted(program.communicate(timeout=30)[0].strip() for program in programs)
    assert told == ["planned", "taken", "taken"]
    assert len(book.records(SHOP)) == 1
    book.verify()


def test_threads_share_a_journal(book: Journal) -> None:
    made = [change(intent(target=f"gift:{n}")) for n in range(40)]

    def work(part: list[Change]) -> None:
        for each in part:
            book.plan([each])
            book.record((each.op_id, Event(State.SENT, NOON)))

    threads = [threading.Thread(target=work, args=(made[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book.verify()
    assert len(book.records(SHOP, states=[State.SENT])) == 40


# Append-only.


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET note = 'x'",
        "UPDATE events SET seq = seq + 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)",
        "UPDATE changes SET label = 'x'",
        "DELETE FROM changes",
        "UPDATE journal SET id = 'x'",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO events SELECT seq, op_id, 'confirmed', at, status, fault, phase, note, looks, "
        "operator, reason, previous_hash, hash FROM events WHERE seq = 2",
        "INSERT OR REPLACE INTO changes SELECT * FROM changes",
    ],
)
def test_nothing_that_was_written_can_be_changed_or_removed(book: Journal, path: Path, statement: str) -> None:
    planned = bring_to(book, State.UNKNOWN)
    before = book.find(planned.op_id)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        changed(path, statement)
    book.verify()
    assert book.find(planned.op_id) == before


# After a crash.


def test_at_the_start_what_was_sent_is_unknown_and_what_was_planned_is_abandoned(
    book: Journal, path: Path
) -> None:
    made = {state: bring_to(book, state, change(intent(target=f"gift:{state}"))) for state in WAYS}
    later = NOON + timedelta(hours=1)
    assert Journal(path).recover(SHOP, later) == (made[State.SENT].op_id,)
    for state, planned in made.items():
        found = book.find(planned.op_id)
        assert found is not None
        expected = {State.SENT: State.UNKNOWN, State.PLANNED: State.ABANDONED}.get(state, state)
        assert found.state is expected
        assert (found.events[-1].phase == "start", found.at == later) == ((expected is not state,) * 2)


def test_recovering_twice_finds_nothing_more(book: Journal) -> None:
    bring_to(book, State.SENT)
    book.recover(SHOP, NOON)
    serial = book.serial()
    assert book.recover(SHOP, NOON) == ()
    assert book.serial() == serial


def test_a_profile_recovers_its_own_changes_only(book: Journal) -> None:
    other = bring_to(book, State.SENT, change(profile="other"))
    assert book.recover(SHOP, NOON) == ()
    found = book.find(other.op_id)
    assert found is not None
    assert found.state is State.SENT


# Drafts.


def test_drafts_are_kept_in_their_order_and_replaced_as_a_whole(book: Journal, path: Path) -> None:
    drafts = [(ORIGIN, intent(n, target=f"gift:{n}")) for n in (3, 1, 2)]
    book.keep_drafts(SHOP, drafts)
    book.keep_drafts("other", [(ORIGIN, intent(9))])
    assert Journal(path).drafts(SHOP) == tuple(drafts)
    book.keep_drafts(SHOP, drafts[1:])
    assert book.drafts(SHOP) == tuple(drafts[1:])
    book.keep_drafts(SHOP, [])
    assert book.drafts(SHOP) == ()
    assert len(book.drafts("other")) == 1


def test_a_draft_of_every_kind_comes_back(book: Journal) -> None:
    drafts = [
        (ORIGIN, intent(None if kind.deletes else 2, target=f"x:{n}", kind=kind, seen={"a": 1}, reason="why"))
        for n, kind in enumerate(Kind)
    ]
    book.keep_drafts(SHOP, drafts)
    assert book.drafts(SHOP) == tuple(drafts)


def test_changes_are_found_by_the_beginning_of_their_id(book: Journal) -> None:
    planned = [change(intent(3, f"gift:{n}")) for n in range(3)]
    elsewhere = change(intent(3, "gift:9"), profile="till")
    book.plan([*planned, elsewhere])
    ids = sorted((each.op_id for each in planned), reverse=True)
    assert book.starting_with("shop", ids[0][:2]) == tuple(ids)
    assert book.starting_with("shop", ids[0]) == (ids[0],)
    assert book.starting_with("shop", "g") == ()


def test_nothing_is_taken_or_found_where_there_never_was_a_journal(path: Path) -> None:
    book = Journal(path)
    assert book.taken() == {}
    assert book.starting_with("shop", "0") == ()
    assert book.ends_since("shop", Kind.GIFT_ADJUST, "") == ()


def test_there_are_no_records_where_there_never_was_a_journal(path: Path) -> None:
    absent = Journal(path)
    readers: list[Callable[[], object]] = [
        lambda: absent.records(SHOP),
        lambda: absent.drafts(SHOP),
        lambda: absent.batch("b"),
    ]
    assert [read() for read in readers] == [(), (), ()]
    assert (absent.find("x"), absent.unresolved(ORIGIN, MUG), absent.serial()) == (None, None, 0)
    assert not path.exists()
