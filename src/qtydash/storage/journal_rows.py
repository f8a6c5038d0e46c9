"""How changes and events become rows and come back, and the hashes that chain them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from qtydash.domain.changes import Body, Change, Event, Facts, Intent, Kind, Look, State, WriteRequest
from qtydash.storage.shelf import iso_time, time_of

CHANGE_COLUMNS = (
    *("op_id", "batch", "profile", "origin", "kind", "target", "label", "amount", "ids", "sentence"),
    *("method", "path", "body", "before", "observed_at", "expected", "seen", "seen_at"),
    *("staged_at", "planned_at", "operator", "reason", "follows"),
)
EVENT_COLUMNS = ("op_id", "state", "at", "status", "fault", "phase", "note", "looks", "operator", "reason")

T = TypeVar("T")

Row = tuple[Any, ...]


def change_row(change: Change) -> Row:
    """The values of ``CHANGE_COLUMNS``."""
    intent, request = change.intent, change.request
    return (
        *(change.op_id, change.batch, change.profile, change.origin, intent.kind.value, intent.target),
        *(_text(intent.label), intent.amount, canonical(intent.ids), _text(change.sentence)),
        *(request.method, request.path, None if request.body is None else canonical(request.body)),
        *(canonical(change.before), iso_time(change.observed_at), canonical(change.expected)),
        *(None if intent.seen is None else canonical(intent.seen), iso_time(intent.seen_at)),
        *(iso_time(intent.staged_at), iso_time(change.planned_at)),
        *(_text(change.operator), _text(intent.reason), intent.follows),
    )


def change_of(row: Sequence[Any]) -> Change:
    """The change in a row of ``CHANGE_COLUMNS``. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
    at = dict(zip(CHANGE_COLUMNS, row, strict=False))
    intent = Intent(
        kind=Kind(at["kind"]),
        target=at["target"],
        label=at["label"],
        staged_at=_time(at["staged_at"]),
        amount=at["amount"],
        ids=json.loads(at["ids"]),
        seen=None if at["seen"] is None else _facts(json.loads(at["seen"])),
        seen_at=time_of(at["seen_at"]),
        follows=at["follows"],
        reason=at["reason"],
    )
    body: Body | None = None if at["body"] is None else json.loads(at["body"])
    return Change(
        op_id=at["op_id"],
        batch=at["batch"],
        profile=at["profile"],
        origin=at["origin"],
        intent=intent,
        request=WriteRequest(at["method"], at["path"], body),
        sentence=at["sentence"],
        before=_facts(json.loads(at["before"])),
        observed_at=_time(at["observed_at"]),
        expected=_facts(json.loads(at["expected"])),
        operator=at["operator"],
        planned_at=_time(at["planned_at"]),
    )


def event_row(op_id: str, event: Event) -> Row:
    """The values of ``EVENT_COLUMNS``."""
    looks = [{"at": iso_time(look.at), "facts": look.facts} for look in event.looks]
    return (
        *(op_id, event.state.value, iso_time(event.at), event.status, event.fault, event.phase),
        *(_text(event.note), canonical(looks), _text(event.operator), _text(event.reason)),
    )


def event_of(row: Sequence[Any]) -> Event:
    """The event in a row of ``EVENT_COLUMNS``. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
    at = dict(zip(EVENT_COLUMNS, row, strict=False))
    looks = tuple(
        Look(_time(look["at"]), None if look["facts"] is None else _facts(look["facts"]))
        for look in json.loads(at["looks"])
    )
    return Event(
        state=State(at["state"]),
        at=_time(at["at"]),
        status=at["status"],
        fault=at["fault"],
        phase=at["phase"],
        note=at["note"],
        looks=looks,
        operator=at["operator"],
        reason=at["reason"],
    )


def intent_text(intent: Intent) -> str:
    """A staged intent as JSON."""
    return canonical(
        {
            "kind": intent.kind.value,
            "target": intent.target,
            "label": intent.label,
            "staged_at": iso_time(intent.staged_at),
            "amount": intent.amount,
            "ids": intent.ids,
            "seen": intent.seen,
            "seen_at": iso_time(intent.seen_at),
            "follows": intent.follows,
            "reason": intent.reason,
        }
    )


def intent_of(text: str) -> Intent:
    """The intent in ``intent_text``. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
    at = json.loads(text)
    return Intent(
        kind=Kind(at["kind"]),
        target=_is(str, at["target"]),
        label=_is(str, at["label"]),
        staged_at=_time(at["staged_at"]),
        amount=None if at["amount"] is None else _is(int, at["amount"]),
        ids=_is(dict, at["ids"]),
        seen=None if at["seen"] is None else _facts(at["seen"]),
        seen_at=time_of(at["seen_at"]),
        follows=_is(str, at["follows"]),
        reason=_is(str, at["reason"]),
    )


def canonical(value: object) -> str:
    """One spelling of a value as JSON, in ASCII: whatever it holds can be stored and hashed."""
    plain = dict(value) if isinstance(value, Mapping) else value
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False, default=dict)


def change_hash(row: Row) -> str:
    """What a change row is known by in the chain."""
    return _hash(canonical(list(row)))


def first_hash(journal_id: str, made_at: str) -> str:
    """What the first event of a journal is chained to."""
    return _hash(canonical([journal_id, made_at]))


def event_hash(previous: str, of_change: str, row: Row) -> str:
    """The hash of an event: of the event before it, of its change, and of what it says."""
    return _hash(canonical([previous, of_change, *row]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(text: str) -> str:
    """Text that SQLite can hold: lone surrogates, as in an argument that is no UTF-8, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def _time(text: str) -> datetime:
    time = time_of(text)
    if time is None or time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time


def _facts(value: object) -> Facts:
    return {name: _is(int, number) for name, number in _is(dict, value).items()}


def _is(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} is due here")
    return value
