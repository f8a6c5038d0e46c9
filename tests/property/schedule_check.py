"""What must hold once a schedule has ended: the journal agrees with the shop's own ledger."""

from collections import Counter
from datetime import timedelta

from tests.changes_kit import HORIZON
from tests.property.schedules import LAG, PROFILES, Doubled, EndedEarly, Schedule, Unjournaled
from tests.vendor_model import Entry, ModelShop

from qtydash.domain.changes import (
    IN_DOUBT,
    NEVER_MADE,
    UNRESOLVED,
    ChangeRecord,
    Kind,
    State,
)
from qtydash.services.judging import LOOK_GAP
from qtydash.storage.journal import Journal


def check(schedule: Schedule) -> None:
    """Raise ``Doubled``, ``Unjournaled``, ``AssertionError`` where journal and ledger do not agree.

    And ``EndedEarly`` where they do, of fewer writes than there were to be.
    """
    shop, book = schedule.shop, Journal(schedule.path)
    book.verify()
    records = [record for profile in PROFILES for record in book.records(profile)]
    ids = {record.op_id for record in records}
    for op_id, times in Counter(op_id for op_id, _ in shop.arrivals).items():
        if times > 1 or len(shop.applied(op_id)) > 1:
            raise Doubled(f"{op_id} reached the vendor {times} times")
    if schedule.unjournaled or not ids >= {*shop.sends, *(entry.op_id for entry in shop.ledger if entry.op_id)}:
        raise Unjournaled(next(iter(schedule.unjournaled), "sent, and in no journal"))
    schedule.states = Counter(event.state for record in records for event in record.events)
    for record in records:
        _check_one(shop, record)
    _check_absent(shop, records)
    taken = Counter(r.change.intent.target for r in records if r.state in UNRESOLVED)
    assert not [target for target, n in taken.items() if n > 1], "two unresolved changes of one target"
    _check_wishes(shop, book, records)
    if len(shop.sends) < schedule.writes:
        raise EndedEarly(f"{len(shop.sends)} of {schedule.writes} writes were sent")


def _check_one(shop: ModelShop, record: ChangeRecord) -> None:
    turns = [event.state for event in record.events]
    sends, applied = shop.sends.count(record.op_id), shop.applied(record.op_id)
    if sends > turns.count(State.SENT):
        raise Unjournaled(f"{record.op_id} was sent more often than was written down")
    if turns.count(State.SENT) - 1 > turns.count(State.NOT_SENT):
        raise Doubled(f"{record.op_id} was sent again although it had left")
    state = record.state
    assert state not in (State.PLANNED, State.SENT), "left behind"
    if state is State.CONFIRMED:
        assert applied, "confirmed and not in the ledger"
    if state in NEVER_MADE:
        assert not applied, f"{state} and in the ledger"
    if state in (State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED):
        _check_inferred(shop, record, applied)


def _check_absent(shop: ModelShop, records: list[ChangeRecord]) -> None:
    """What was told as gone, not by us, was gone when the last request came, and it was not this change's doing.

    Who had taken it then was another writer, or a change of ours of which nobody knew what had become: it may have
    come late, and may have been judged either way since. Its own answer cannot have said that it was done.
    """
    by_id = {record.op_id: record for record in records}
    for record in records:
        if record.state is not State.ABSENT:
            continue
        target, arrived = record.change.intent.target, [at for op_id, at in shop.arrivals if op_id == record.op_id]
        assert record.change.intent.kind is Kind.HOLD_DELETE, "told as absent, and it deletes no single record"
        assert not shop.applied(record.op_id), "told as gone, not by us, and this change took it"
        assert arrived, "told as absent, and it never arrived"
        takers = [
            entry
            for entry in shop.ledger
            if entry.target == target and entry.at <= arrived[-1] and not any(entry.after.values())
        ]
        assert takers, "told as absent, and it was there"
        for entry in takers:
            doubtful = not entry.op_id or State.UNKNOWN in {event.state for event in by_id[entry.op_id].events}
            assert doubtful, f"told as gone, not by us, and {entry.op_id} was answered as done"


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
    if twice := [wish for wish, n in done.items() if n > 1]:
        raise Doubled(f"{twice} was wanted once and done twice")
    doubtful = {wishes[r.op_id] for r in records if r.state in IN_DOUBT} | done.keys()
    staged = {(i.target, i.staged_at) for profile in PROFILES for _, i in book.drafts(profile)}
    assert not staged & doubtful, "done or in doubt, and still staged"
