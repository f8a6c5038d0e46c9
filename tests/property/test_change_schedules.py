"""Random schedules of everything that can go wrong with a write, judged by the vendor's own ledger.

SCHEDULES, SCHEDULE_WRITES and SCHEDULE_SEED choose how many schedules of how many writes, and the first seed:
``SCHEDULES=10000 SCHEDULE_WRITES=20 pytest tests/property/test_change_schedules.py``.
"""

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import HORIZON, journal
from tests.property.schedules import LAG, PROFILES, Schedule, play
from tests.vendor_model import Entry, ModelShop

from qtydash.domain.changes import (
    IN_DOUBT,
    NEVER_MADE,
    UNRESOLVED,
    ChangeRecord,
    State,
)
from qtydash.services.changes import LOOK_GAP
from qtydash.storage.journal import Journal

SCHEDULES = int(os.environ.get("SCHEDULES", "1000"))
WRITES = int(os.environ.get("SCHEDULE_WRITES", "5"))
FIRST = int(os.environ.get("SCHEDULE_SEED", "0"))
FILE = Path(__file__).name
PARTS = max(20, SCHEDULES // 50)
"""The schedules are split among so many tests, so that several workers can share them and none takes long."""


def check(schedule: Schedule) -> None:
    """Raise ``AssertionError`` where the journal does not agree with the shop's ledger."""
    shop, book = schedule.shop, Journal(schedule.path)
    book.verify()
    records = [record for profile in PROFILES for record in book.records(profile)]
    ids = {record.op_id for record in records}
    assert ids >= set(shop.sends), "sent and not journaled"
    assert ids >= {entry.op_id for entry in shop.ledger if entry.op_id}
    for record in records:
        schedule.seen |= {event.state for event in record.events}
        _check_one(shop, record)
    taken = Counter(r.change.intent.target for r in records if r.state in UNRESOLVED)
    assert not [target for target, n in taken.items() if n > 1], "two unresolved changes of one target"
    _check_wishes(shop, book, records)


def _check_one(shop: ModelShop, record: ChangeRecord) -> None:
    turns = [event.state for event in record.events]
    sends, applied = shop.sends.count(record.op_id), shop.applied(record.op_id)
    assert len(applied) <= 1, "doubled"
    assert [op_id for op_id, _ in shop.arrivals].count(record.op_id) <= 1, "sent twice"
    assert sends <= turns.count(State.SENT), "sent more often than was written down"
    assert turns.count(State.SENT) - 1 <= turns.count(State.NOT_SENT), "sent again although it had left"
    state = record.state
    assert state not in (State.PLANNED, State.SENT), "left behind"
    if state is State.CONFIRMED:
        assert applied, "confirmed and not in the ledger"
    if state in NEVER_MADE:
        assert not applied, f"{state} and in the ledger"
    if state in (State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED):
        _check_inferred(shop, record, applied)


def _check_inferred(shop: ModelShop, record: ChangeRecord, applied: list[Entry]) -> None:
    looks, sent_at = record.events[-1].looks, record.sent_at
    assert sent_at is not None
    assert len(looks) >= 2, "judged by fewer than two looks"
    assert looks[0].at >= sent_at + HORIZON, "judged before the horizon"
    assert looks[1].at - looks[0].at >= timedelta(seconds=LOOK_GAP)
    seen_from = record.change.observed_at - timedelta(seconds=LAG)
    others = [
        entry
        for entry in shop.ledger
        if entry.op_id != record.op_id
        and entry.target == record.change.intent.target
        and seen_from <= entry.at <= looks[-1].at
    ]
    visible = looks[-1].at - timedelta(seconds=LAG)
    too_late = any(entry.at > max(sent_at + HORIZON, visible) for entry in applied)
    without_effect = any(entry.before == entry.after for entry in applied)
    if others or too_late or without_effect:
        return
    assert bool(applied) is (record.state is State.APPLIED_INFERRED), f"{record.state}, ledger {applied}"


def _check_wishes(shop: ModelShop, book: Journal, records: list[ChangeRecord]) -> None:
    """What the operator wanted once was done at most once, and is not still staged when it may have been."""
    wishes = {r.op_id: (r.change.intent.target, r.change.intent.staged_at) for r in records}
    done = Counter(wishes[entry.op_id] for entry in shop.ledger if entry.op_id)
    assert not [wish for wish, n in done.items() if n > 1], "wanted once and done twice"
    doubtful = {wishes[r.op_id] for r in records if r.state in IN_DOUBT} | done.keys()
    staged = {(i.target, i.staged_at) for profile in PROFILES for _, i in book.drafts(profile)}
    assert not staged & doubtful, "done or in doubt, and still staged"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal to begin with: making one is tested elsewhere."""
    return journal(tmp_path_factory.mktemp("empty") / "journal.db").path


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_doubled_unjournaled_or_told_against_the_ledger(
    part: int, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = range(FIRST + part, FIRST + SCHEDULES, PARTS)
    seen: set[State] = set()
    killed = 0
    for seed in seeds:
        try:
            schedule = play(seed, WRITES, empty, monkeypatch, check)
        except BaseException as error:
            again = f"SCHEDULES=1 SCHEDULE_WRITES={WRITES} SCHEDULE_SEED={seed} pytest tests/property/{FILE}"
            error.add_note(f"seed {seed}; repeat with: {again}")
            raise
        seen |= schedule.seen
        killed += schedule.killed
    if len(seeds) >= 50:
        assert seen == set(State) - {State.DRAFT, State.ABSENT}, "some states never came up"
        assert killed > len(seeds) / 4


def test_a_schedule_is_the_same_every_time(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (play(7, 12, empty, monkeypatch, check) for _ in range(2))
    assert one.shop.ledger == two.shop.ledger
    assert one.shop.sends == two.shop.sends
