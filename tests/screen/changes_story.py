"""Journals for the screens of changes: what was planned, sent and told, written by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.changes_kit import change, intent
from tests.screen.shop import NOW, WRITABLE

from qtydash.domain.changes import Change, Event, Intent, Kind, Look, State
from qtydash.domain.op_id import new_op_id
from qtydash.storage.journal import Journal

ORIGIN = "https://open.shopline.io"
PROFILE = replace(WRITABLE, refresh=None)
BEFORE = {n: n * 3 for n in range(7, 41)} | {1: 21, 2: 3}
"""The stock of the shop's gifts by their number."""

Story = tuple[Change, Sequence[Event]]


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def edit(n: int, amount: int, label: str, kind: Kind = Kind.GIFT_ADJUST, **other: Any) -> Intent:
    """An edit of the shop's gift ``n``."""
    made = intent(amount, f"gift:{n:024x}", kind, label=label, at=other.pop("at", ago(minutes=n)))
    return replace(made, ids={"gift": f"{n:024x}"}, **other)


def planned(wanted: Intent, at: datetime, **other: Any) -> Change:
    """The edit on a fresh read, as the dashboard plans it."""
    gift = str(wanted.ids["gift"])
    number = int(gift, 16)
    op_id = new_op_id(at, number.to_bytes(10, "big"))
    before = {"quantity": BEFORE[number]}
    made = change(wanted, before, profile=PROFILE.name, origin=ORIGIN, at=at, op_id=op_id)
    path = f"/v1/gifts/{gift}/update_quantity"
    body = {"quantity": wanted.amount or 0, "replace": wanted.kind is Kind.GIFT_SET}
    return replace(made, request=replace(made.request, path=path, body=body), **other)


def journal_of(home: Path, *stories: Story) -> Journal:
    """A journal in which each change has come as far as its events tell."""
    journal = Journal(home / "journal.db")
    journal.unlock(NOW)
    for made, events in stories:
        journal.plan([made])
        for event in events:
            journal.record((made.op_id, event))
    return journal


def stage(journal: Journal, *drafts: Intent) -> None:
    journal.keep_drafts(PROFILE.name, [(ORIGIN, draft) for draft in drafts])


def sent(at: datetime) -> Event:
    return Event(State.SENT, at, phase="attempt 1")


def done(at: datetime) -> tuple[Event, ...]:
    return sent(at), Event(State.CONFIRMED, at + timedelta(seconds=1), 200, phase="answer")


def lost(at: datetime, *later: Event) -> tuple[Event, ...]:
    """Sent, and the connection closed; then what was found out."""
    note = "SHOPLINE closed the connection before it answered."
    return sent(at), Event(State.UNKNOWN, at + timedelta(seconds=1), None, "ReadError", "answer", note), *later


def one(wanted: Intent, at: datetime, events: Sequence[Event]) -> Story:
    """A change that was planned at a time, and what happened to it."""
    staged_at = min(wanted.staged_at, at - timedelta(minutes=1))
    return planned(replace(wanted, staged_at=staged_at), at), events


def a_busy_week(home: Path) -> Journal:
    """A change in every state that outlives the program, over several days, and two staged edits."""
    looks = (Look(ago(days=1, minutes=-2), {"quantity": 18}), Look(ago(days=1, minutes=-2.05), {"quantity": 18}))
    odd = (Look(ago(minutes=10), {"quantity": 30}), Look(ago(minutes=9.95), {"quantity": 31}))
    fits = "It was 21; applied, it would be 18. Read: 18 at 12:02:00Z and 18 at 12:02:03Z."
    journal = journal_of(
        home,
        one(edit(8, -3, "Pin 8"), ago(days=400), done(ago(days=400))),
        one(edit(9, 2, "Pin 9"), ago(days=3), done(ago(days=3))),
        one(
            edit(1, -3, "Canvas bag", reason="damaged in the store room"),
            ago(days=1),
            lost(
                ago(days=1),
                Event(
                    State.APPLIED_INFERRED,
                    ago(days=1, minutes=-2),
                    phase="reconcile",
                    note=f"Consistent with applied. {fits}",
                    looks=looks,
                ),
            ),
        ),
        one(
            edit(10, 5, "夏季限定 帆布袋 Summer tote, large, natural"),
            ago(hours=5),
            lost(ago(hours=5), Event(State.NOT_APPLIED_INFERRED, ago(hours=4), phase="reconcile")),
        ),
        one(
            edit(11, -1, "Pin 11"),
            ago(hours=4),
            (sent(ago(hours=4)), Event(State.REJECTED, ago(hours=4), 422, "", "answer", "Quantity is invalid.")),
        ),
        one(
            edit(12, 12, "Pin 12", Kind.GIFT_SET),
            ago(hours=3),
            lost(
                ago(hours=3),
                Event(
                    State.NOT_APPLIED_BY_VERDICT,
                    ago(hours=2),
                    phase="verdict",
                    operator="bob@desk",
                    reason="counted on the shelf: 36",
                ),
            ),
        ),
        one(
            edit(13, -2, "Pin 13"),
            ago(hours=2),
            (sent(ago(hours=2)), Event(State.NOT_SENT, ago(hours=2), None, "ConnectError", "request", "Refused.")),
        ),
        one(
            edit(14, -2, "Pin 14"),
            ago(hours=1),
            (Event(State.ABANDONED, ago(hours=1), phase="start", note="qtydash ended before this was sent."),),
        ),
        one(edit(15, 7, "Pin 15", Kind.GIFT_SET), ago(minutes=30), done(ago(minutes=30))),
        one(
            edit(16, -4, "Pin 16"),
            ago(minutes=20),
            lost(ago(minutes=20), Event(State.UNDECIDED, ago(minutes=10), phase="reconcile", looks=odd)),
        ),
        one(edit(17, 4, "Pin 17"), ago(seconds=48), lost(ago(seconds=48))),
    )
    stage(
        journal,
        edit(18, 6, "Pin 18", seen={"quantity": 54}),
        edit(2, 8, "Gift 2", Kind.GIFT_SET, seen={"quantity": 3}),
    )
    return journal
