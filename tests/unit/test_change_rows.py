"""Changes as rows: one shape whatever became of them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qtydash.domain.changes import Change, ChangeRecord, Event, Facts, Intent, Kind, Look, State, WriteRequest
from qtydash.domain.review import Observed, Proposal
from qtydash.services.change_rows import (
    CHANGE_COLUMNS,
    CHANGE_TABLE,
    EVENT_COLUMNS,
    body_text,
    draft_row,
    event_row,
    in_table,
    plain_facts,
    proposal_row,
    record_row,
)
from qtydash.services.export import csv_text, json_text

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
SHOP = "https://shop.example/open"
STAGED = Intent(
    Kind.GIFT_ADJUST,
    "gift:5d8b",
    "Mug (FRU008)",
    NOON,
    -3,
    {"gift": "5d8b"},
    {"quantity": 21},
    NOON,
    "0190",
    "broken",
)
REQUEST = WriteRequest("PUT", "/v1/gifts/5d8b/update_quantity", {"replace": False, "quantity": -3})
CHANGE = Change(
    op_id="0191",
    batch="0192",
    profile="prod",
    origin=SHOP,
    intent=STAGED,
    request=REQUEST,
    sentence="Mug (FRU008): 21 - 3 = 18 pieces",
    before={"quantity": 21},
    observed_at=NOON,
    expected={"quantity": 18},
    operator="kim@till",
    planned_at=NOON,
)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def record(*events: Event, change: Change = CHANGE) -> ChangeRecord:
    return ChangeRecord(change, (Event(State.PLANNED, NOON), Event(State.SENT, after(1)), *events))


def test_a_change_that_was_made() -> None:
    row = record_row(record(Event(State.CONFIRMED, after(2), 200, phase="answer")))

    assert tuple(row) == CHANGE_COLUMNS
    told = json.loads(json_text(row))
    assert [event["state"] for event in told.pop("events")] == ["planned", "sent", "confirmed"]
    assert told == {
        "op_id": "0191",
        "kind": "gift.adjust",
        "target": "gift:5d8b",
        "before": 21,
        "requested": -3,
        "after": 18,
        "state": "confirmed",
        "http_status": 200,
        "sent_at": "2026-03-01T12:00:01.250Z",
        "label": "Mug (FRU008)",
        "sentence": "Mug (FRU008): 21 - 3 = 18 pieces",
        "note": "",
        "reason": "broken",
        "operator": "kim@till",
        "at": "2026-03-01T12:00:02.250Z",
        "batch": "0192",
        "follows": "0190",
        "origin": SHOP,
        "request": {
            "method": "PUT",
            "url": f"{SHOP}/v1/gifts/5d8b/update_quantity",
            "body": {"quantity": -3, "replace": False},
        },
        "refusal": "",
        "question": "",
    }


@pytest.mark.parametrize(
    ("state", "looked", "expected"),
    [
        (State.CONFIRMED, {"quantity": 15}, 15),
        (State.APPLIED_INFERRED, {"quantity": 18}, 18),
        (State.UNDECIDED, {"quantity": 4}, 18),
        (State.ABSENT, None, 18),
    ],
)
def test_after_is_what_was_told_where_it_was_made(state: State, looked: Facts | None, expected: int) -> None:
    row = record_row(record(Event(state, after(2), looks=(Look(after(2), looked),))))

    assert row["after"] == expected


def test_an_event() -> None:
    looks = (Look(after(2), {"quantity": 4}), Look(after(5), None))
    row = event_row(Event(State.UNDECIDED, after(6), None, "", "reconcile", "It fits neither.", looks))

    assert tuple(row) == EVENT_COLUMNS
    assert row["readings"] == [{"at": after(2), "value": 4}, {"at": after(5), "value": None}]


def test_a_staged_change_shows_what_the_screen_showed() -> None:
    row = draft_row(STAGED, SHOP)

    assert tuple(row) == CHANGE_COLUMNS
    told = {
        name: row[name] for name in ("op_id", "before", "requested", "after", "state", "at", "origin", "events")
    }
    assert told == {
        "op_id": None,
        "before": 21,
        "requested": -3,
        "after": 18,
        "state": "draft",
        "at": NOON,
        "origin": SHOP,
        "events": [],
    }
    assert row["sentence"] == "Mug (FRU008): 21 - 3 = 18 pieces"
    unseen = draft_row(replace(STAGED, seen=None))
    assert (unseen["before"], unseen["after"], unseen["sentence"]) == (None, None, "Mug (FRU008): -3")


def test_a_reviewed_change_shows_the_fresh_read() -> None:
    proposal = Proposal(STAGED, Observed(NOON, {"quantity": 2}), {"quantity": -1}, question="Below zero.")

    row = proposal_row(proposal, REQUEST, SHOP)

    assert tuple(row) == CHANGE_COLUMNS
    assert (row["before"], row["after"], row["question"], row["state"]) == (2, -1, "Below zero.", "draft")
    assert body_text(REQUEST) == '{"quantity":-3,"replace":false}'
    refused = proposal_row(Proposal(STAGED, refusal="Gone."), None, SHOP)
    assert (refused["before"], refused["request"], refused["refusal"]) == (None, None, "Gone.")


def test_several_quantities_are_an_object() -> None:
    facts = {"available": 2, "removed": 1}
    removal = replace(CHANGE, before=facts, expected={"available": 0, "removed": 3})

    row = record_row(record(change=removal))

    assert row["before"] == {"available": 2, "removed": 1}
    assert row["after"] == {"available": 0, "removed": 3}
    assert plain_facts({"present": 1}) == {"present": 1}
    assert plain_facts(None) is None
    assert body_text(WriteRequest("POST", "/x")) == ""


def test_rows_for_people_and_for_spreadsheets() -> None:
    rows = [
        record_row(record(Event(State.REJECTED, after(2), 422))),
        draft_row(STAGED),
        proposal_row(Proposal(STAGED, refusal="Gone."), None, SHOP),
    ]

    table = in_table(rows)

    assert tuple(table[0]) == CHANGE_TABLE
    assert [row["state"] for row in table] == ["rejected by the vendor", "staged", "refused"]
    assert table[0]["at"] == datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC)
    assert csv_text(CHANGE_COLUMNS, rows).count("\n") == 4
