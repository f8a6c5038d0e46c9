"""Changes as rows that commands print and screens export: one shape for what is staged, reviewed, sent or judged.

``before`` is what was read before the change, ``after`` what a read must show once it is applied, or what the
vendor told then: a number where the kind concerns one quantity, else an object of numbers by name. ``state`` says
whether it was applied. Nothing is None, a text that is missing is "".
"""

from collections.abc import Iterable
from datetime import datetime

from qtydash.domain.change_words import STATE_WORDS, edit_words, sentence
from qtydash.domain.changes import DONE, ChangeRecord, Event, Facts, Intent, State, WriteRequest
from qtydash.domain.review import Proposal
from qtydash.services.export import Row

CHANGE_COLUMNS = (
    *("op_id", "kind", "target", "before", "requested", "after", "state", "http_status", "sent_at"),
    *("label", "sentence", "note", "reason", "operator", "at", "batch", "follows", "origin", "request"),
    *("refusal", "question", "events"),
)
"""All there is, for JSON and CSV. ``at`` is when the last thing happened, ``note`` the last sentence about it,
``request`` its method, URL and body. A ``refusal`` is final, a ``question`` needs the operator's own yes."""
CHANGE_TABLE = ("state", "at", "change", "http_status", "op_id")
"""What a person needs at a glance, as ``in_table`` gives it: the state in words, the change as its sentence."""
EVENT_COLUMNS = ("at", "state", "http_status", "fault", "phase", "note", "readings", "operator", "reason")
"""One event of a change. ``readings`` are what was read then, each with its time and ``value``."""


def record_row(record: ChangeRecord) -> Row:
    """A change that the journal has, with everything that happened to it."""
    change = record.change
    return {
        **_intent(change.intent),
        "op_id": record.op_id,
        "before": plain_facts(change.before),
        "after": plain_facts(_after(record)),
        "state": record.state.value,
        "http_status": record.status,
        "sent_at": record.sent_at,
        "sentence": change.sentence,
        "note": record.note,
        "operator": change.operator,
        "at": record.at,
        "batch": change.batch,
        "origin": change.origin,
        "request": _request(change.request, change.origin),
        "events": [event_row(event) for event in record.events],
    }


def draft_row(intent: Intent, origin: str = "") -> Row:
    """A staged change: ``before`` is what the screen showed then. ``origin`` is its vendor's address."""
    expected = None if intent.seen is None else intent.expected(intent.seen)
    return {**_intent(intent), **_foreseen(intent, intent.seen, expected), "origin": origin}


def proposal_row(proposal: Proposal, request: WriteRequest | None, origin: str) -> Row:
    """A reviewed change on its fresh read. ``request`` is what would be sent, None where nothing can be."""
    intent, observed = proposal.intent, proposal.observed
    facts = None if observed is None else observed.facts
    return {
        **_intent(intent),
        **_foreseen(intent, facts, proposal.expected),
        "origin": origin,
        "request": None if request is None else _request(request, origin),
        "refusal": proposal.refusal,
        "question": proposal.question,
    }


def event_row(event: Event) -> dict[str, object]:
    """One event, in the order of ``EVENT_COLUMNS``."""
    return {
        "at": event.at,
        "state": event.state.value,
        "http_status": event.status,
        "fault": event.fault,
        "phase": event.phase,
        "note": event.note,
        "readings": [{"at": look.at, "value": plain_facts(look.facts)} for look in event.looks],
        "operator": event.operator,
        "reason": event.reason,
    }


def in_table(rows: Iterable[Row]) -> list[Row]:
    """Rows of ``CHANGE_COLUMNS`` as rows of ``CHANGE_TABLE``."""
    return [
        {
            "state": _state_words(row),
            "at": at.replace(microsecond=0) if isinstance(at := row["at"], datetime) else None,
            "change": row["sentence"],
            "http_status": row["http_status"],
            "op_id": row["op_id"],
        }
        for row in rows
    ]


def _state_words(row: Row) -> str:
    return "refused" if row["refusal"] else STATE_WORDS[State(str(row["state"]))]


def plain_facts(facts: Facts | None) -> int | dict[str, int] | None:
    """Facts as data: the number alone where there is only a quantity."""
    if facts is None:
        return None
    return facts["quantity"] if facts.keys() == {"quantity"} else dict(facts)


def request_url(request: WriteRequest, origin: str) -> str:
    """The whole address of a request. ``origin`` may have a path of its own."""
    return f"{origin}{request.path}"


def body_text(request: WriteRequest) -> str:
    """A request's body, letter for letter as it is sent; "" for none."""
    from qtydash.adapters.requests import canonical_json

    return "" if request.body is None else canonical_json(request.body).decode()


def _intent(intent: Intent) -> dict[str, object]:
    told: dict[str, object] = dict.fromkeys(CHANGE_COLUMNS)
    return {
        **told,
        "kind": intent.kind.value,
        "target": intent.target,
        "requested": intent.amount,
        "label": intent.label,
        "reason": intent.reason,
        "follows": intent.follows or None,
        "note": "",
        "operator": "",
        "refusal": "",
        "question": "",
    }


def _foreseen(intent: Intent, before: Facts | None, after: Facts | None) -> dict[str, object]:
    """What holds for a change that was not sent: what it would do to ``before``."""
    if before is None or after is None:
        words = f"{intent.label}: {edit_words(intent)}"
    else:
        words = sentence(intent, before, after)
    return {
        "before": plain_facts(before),
        "after": plain_facts(after),
        "state": State.DRAFT.value,
        "sentence": words,
        "at": intent.staged_at,
        "events": [],
    }


def _after(record: ChangeRecord) -> Facts:
    looks = record.events[-1].looks
    told = looks[-1].facts if looks and record.state in DONE else None
    return record.change.expected if told is None else told


def _request(request: WriteRequest, origin: str) -> dict[str, object]:
    body = None if request.body is None else dict(sorted(request.body.items()))
    return {"method": request.method, "url": request_url(request, origin), "body": body}
