"""Changes in words: what a change is, how it stands, and what is to be done about it."""

from datetime import datetime, timedelta

from qtydash.domain.changes import (
    ChangeRecord,
    Facts,
    Intent,
    Kind,
    Look,
    State,
    left_to_wait,
    open_in_all,
)
from qtydash.domain.snapshot import age_in_words

STATE_WORDS: dict[State, str] = {
    State.DRAFT: "staged",
    State.PLANNED: "about to be sent",
    State.SENT: "being sent",
    State.CONFIRMED: "done",
    State.ABSENT: "was gone already",
    State.REJECTED: "rejected by the vendor",
    State.NOT_SENT: "not sent",
    State.UNKNOWN: "outcome unknown",
    State.APPLIED_INFERRED: "consistent with applied",
    State.NOT_APPLIED_INFERRED: "consistent with not applied",
    State.UNDECIDED: "undecided: yours to judge",
    State.APPLIED_BY_VERDICT: "applied, by verdict",
    State.NOT_APPLIED_BY_VERDICT: "not applied, by verdict",
    State.ABANDONED: "given up, not sent",
}
"""Each state in a few words."""


def edit_words(intent: Intent) -> str:
    """What is wanted, as it is typed: ``+3``, ``-4``, ``=10``; for the others in words."""
    amount = intent.amount or 0
    match intent.kind:
        case Kind.GIFT_ADJUST:
            return f"{amount:+d}"
        case Kind.GIFT_SET:
            return f"={amount}"
        case Kind.CART_REMOVE:
            return f"remove {amount} open"
        case Kind.CART_REMOVE_ALL:
            return "remove all open"
        case Kind.HOLD_DELETE:
            return "delete"
        case Kind.HOLD_DELETE_CART:
            return "delete the whole cart"


def facts_words(facts: Facts | None) -> str:
    """What was read, short: a lone quantity is its number."""
    if facts is None:
        return "not found"
    match dict(facts):
        case {"quantity": quantity, **others} if not others:
            return str(quantity)
        case {"unlimited": 1}:
            return "unlimited"
        case {"present": present, **others} if not others:
            return "there" if present else "gone"
        case {"available": available, "removed": removed, **others} if not others:
            return f"{available} open, {removed} removed"
        case several if any(name.endswith(".available") for name in several):
            removed = sum(count for name, count in several.items() if name.endswith(".removed"))
            return f"{open_in_all(several)} open, {removed} removed"
        case several if several and set(several.values()) <= {0, 1}:
            there = sum(several.values())
            return f"{there} of {len(several)} there"
        case several:
            return ", ".join(f"{name} {value}" for name, value in several.items()) or "nothing"


def sentence(intent: Intent, before: Facts, expected: Facts) -> str:
    """The change as one sentence for people."""
    was, becomes = facts_words(before), facts_words(expected)
    match intent.kind:
        case Kind.GIFT_ADJUST:
            amount = intent.amount or 0
            return f"{intent.label}: {was} {'+' if amount >= 0 else '-'} {abs(amount)} = {becomes} pieces"
        case Kind.GIFT_SET:
            return f"{intent.label}: from {was} to {becomes} pieces"
        case Kind.CART_REMOVE:
            return f"{intent.label}: remove {intent.amount} open ({was} -> {becomes})"
        case Kind.CART_REMOVE_ALL:
            return f"{intent.label}: remove all open ({was} -> {becomes})"
        case Kind.HOLD_DELETE:
            return f"{intent.label}: delete"
        case Kind.HOLD_DELETE_CART:
            return f"{intent.label}: delete all its records, {len(before)} of them listed"


def inference_words(state: State, looks: tuple[Look, ...], before: Facts, expected: Facts) -> str:
    """What two reads let one say, with what they showed."""
    read = " and ".join(f"{facts_words(look.facts)} at {look.at:%H:%M:%S}Z" for look in looks)
    told = f"It was {facts_words(before)}; applied, it would be {facts_words(expected)}. Read: {read}."
    match state:
        case State.APPLIED_INFERRED:
            return f"Consistent with applied. {told}"
        case State.NOT_APPLIED_INFERRED:
            return f"Consistent with not applied. {told}"
        case _:
            return f"This fits neither: something else changed it, or the reads differ. {told}"


def what_to_do(record: ChangeRecord, horizon: timedelta, now: datetime) -> str:
    """The next step for a change that waits for someone; "" for one that does not."""
    if record.state is State.UNKNOWN:
        left = left_to_wait(record.sent_at or record.at, horizon, now).total_seconds()
        look = "Reconcile it by reading"
        wait = f" in {age_in_words(left)}, when a late answer cannot matter any more" if left > 0 else ""
        return (
            f"{look}{wait}. Do not send it again: it may have been applied. If you know what happened, give your "
            "verdict."
        )
    if record.state is State.UNDECIDED:
        return "Look at the vendor's own console, then give your verdict: applied or not applied, and why."
    return ""


def tally(states: list[State]) -> str:
    """How many came to which end: "3 done, 1 rejected by the vendor"."""
    counted = {state: states.count(state) for state in State if state in states}
    return ", ".join(f"{count} {STATE_WORDS[state]}" for state, count in counted.items())
