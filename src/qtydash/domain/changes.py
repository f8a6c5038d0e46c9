"""A change: what the operator wants, what was seen before it, how its outcome is judged, how doubt ends.

Everything here decides and nothing here acts. The rules are those of ``docs/safety.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

Facts = Mapping[str, int]
"""What was read of a target, as numbers by name: ``{"quantity": 21}``, ``{"present": 1}``."""

Body = Mapping[str, str | int | bool]


class Kind(StrEnum):
    """What is done to a target. ``amount`` of an ``Intent`` is in pieces."""

    GIFT_ADJUST = "gift.adjust"
    """Change the stock by ``amount``, which may be negative."""
    GIFT_SET = "gift.set"
    """Set the stock to ``amount``."""
    CART_REMOVE = "cart.remove_selectable"
    """Take ``amount`` open pieces away from one gift selection."""
    CART_REMOVE_ALL = "cart.remove_all_selectable"
    """Take every open piece away from all gift selections of a cart."""
    HOLD_DELETE = "order_qty.delete"
    """Delete one order-quantity record."""
    HOLD_DELETE_CART = "order_qty.delete_cart"
    """Delete every order-quantity record of a cart."""

    @property
    def is_relative(self) -> bool:
        """Whether sending it twice would do it twice."""
        return self in (Kind.GIFT_ADJUST, Kind.CART_REMOVE)

    @property
    def deletes(self) -> bool:
        """Whether it takes something away for good."""
        return self in (Kind.HOLD_DELETE, Kind.HOLD_DELETE_CART)


class State(StrEnum):
    """How far a change has come."""

    DRAFT = "draft"
    """Staged: nothing was decided, nothing sent."""
    PLANNED = "planned"
    """Confirmed by the operator on a fresh read; not sent yet."""
    SENT = "sent"
    """Committed to the journal before its first byte left; no outcome yet."""
    CONFIRMED = "confirmed"
    """The vendor's answer says that it is done."""
    ABSENT = "absent"
    """There was nothing to delete: the goal holds, not by us."""
    REJECTED = "rejected"
    """The vendor's answer says that it was not done."""
    NOT_SENT = "not_sent"
    """No byte of the request left."""
    UNKNOWN = "unknown"
    """It left, and nothing tells whether it was done."""
    APPLIED_INFERRED = "applied_inferred"
    """Two later reads are consistent with applied."""
    NOT_APPLIED_INFERRED = "not_applied_inferred"
    """Two later reads are consistent with not applied."""
    UNDECIDED = "undecided"
    """Two later reads fit neither."""
    APPLIED_BY_VERDICT = "applied_by_verdict"
    """The operator says that it was applied."""
    NOT_APPLIED_BY_VERDICT = "not_applied_by_verdict"
    """The operator says that it was not applied."""
    ABANDONED = "abandoned"
    """Given up before it was sent."""


UNRESOLVED = frozenset({State.PLANNED, State.SENT, State.UNKNOWN, State.UNDECIDED})
"""States in which no other change of the same target may be made."""
NEVER_MADE = frozenset({State.REJECTED, State.NOT_SENT, State.ABANDONED})
"""States in which nothing was done of it, so that it may be wanted again."""
IN_DOUBT = frozenset({State.UNKNOWN, State.UNDECIDED})
"""States that wait for the operator, or for reading."""
DONE = frozenset({State.CONFIRMED, State.ABSENT, State.APPLIED_INFERRED, State.APPLIED_BY_VERDICT})
"""States in which what was wanted holds, as far as anyone knows."""
NOT_DONE = NEVER_MADE | {State.NOT_APPLIED_INFERRED, State.NOT_APPLIED_BY_VERDICT}
"""States in which nothing was changed, as far as anyone knows."""

_VERDICTS = frozenset({State.APPLIED_BY_VERDICT, State.NOT_APPLIED_BY_VERDICT})
_FOLLOWS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.PLANNED}),
        State.PLANNED: frozenset({State.SENT, State.ABANDONED}),
        State.SENT: frozenset({State.CONFIRMED, State.ABSENT, State.REJECTED, State.NOT_SENT, State.UNKNOWN}),
        State.NOT_SENT: frozenset({State.SENT}),
        State.UNKNOWN: _VERDICTS | {State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED, State.UNDECIDED},
        State.UNDECIDED: _VERDICTS,
        State.APPLIED_INFERRED: _VERDICTS,
        State.NOT_APPLIED_INFERRED: _VERDICTS,
    }
)


def may_follow(state: State, then: State) -> bool:
    """Whether a change in ``state`` can come to ``then``. What was told once is never told otherwise by itself."""
    return then in _FOLLOWS.get(state, frozenset())


@dataclass(frozen=True, slots=True)
class Intent:
    """What the operator wants: a staged change.

    ``target`` names the one thing it changes, unique under its vendor's address. ``ids`` are what the request
    needs to name it. ``seen`` is what the screen showed when it was staged, read at ``seen_at``. ``follows`` is
    the operation that this one undoes or takes up again.
    """

    kind: Kind
    target: str
    label: str
    staged_at: datetime
    amount: int | None = None
    ids: Mapping[str, str | int] = field(default_factory=dict)
    seen: Facts | None = None
    seen_at: datetime | None = None
    follows: str = ""
    reason: str = ""

    def is_same_edit(self, other: "Intent") -> bool:
        """Whether both are one edit of the operator's, whatever was added to its words since."""
        mine = (self.kind, self.target, self.amount, self.staged_at)
        return mine == (other.kind, other.target, other.amount, other.staged_at)

    def expected(self, before: Facts) -> Facts:
        """What a read must show once this is applied to ``before``."""
        amount = self.amount or 0
        match self.kind:
            case Kind.GIFT_ADJUST:
                return {"quantity": before["quantity"] + amount}
            case Kind.GIFT_SET:
                return {"quantity": amount}
            case Kind.CART_REMOVE:
                return {"available": before["available"] - amount, "removed": before["removed"] + amount}
            case Kind.CART_REMOVE_ALL:
                return removed_all(before)
            case Kind.HOLD_DELETE | Kind.HOLD_DELETE_CART:
                return dict.fromkeys(before, 0)


def removed_all(before: Facts) -> Facts:
    """The facts of a cart after all that is open was removed: names end in ``.available`` and ``.removed``."""
    after = dict(before)
    for name, open_pieces in before.items():
        selection, _, what = name.rpartition(".")
        if what == "available" and open_pieces > 0:
            after[name] = 0
            after[f"{selection}.removed"] = before.get(f"{selection}.removed", 0) + open_pieces
    return after


def open_in_all(facts: Facts) -> int:
    """The open pieces of a whole cart, from facts as ``removed_all`` takes them."""
    return sum(max(0, count) for name, count in facts.items() if name.endswith(".available"))


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """One write as it goes over the wire: what is journaled is what is sent. None is no body."""

    method: str
    path: str
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A planned change: an intent on a fresh read, under its operation id.

    ``before`` was read at ``observed_at``; ``expected`` is what a read must show once it is applied. ``origin``
    is the vendor's configured address. ``sentence`` is for people.
    """

    op_id: str
    batch: str
    profile: str
    origin: str
    intent: Intent
    request: WriteRequest
    sentence: str
    before: Facts
    observed_at: datetime
    expected: Facts
    operator: str
    planned_at: datetime

    @property
    def reason(self) -> str:
        return self.intent.reason


@dataclass(frozen=True, slots=True)
class Look:
    """One read of a change's target while its outcome is looked for. None: the vendor does not know it."""

    at: datetime
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a change, with what is known of it.

    ``status`` is the HTTP status where one arrived, ``fault`` the transport exception's name, ``phase`` how far
    the program was, ``note`` a sentence, ``looks`` what reading or the answer showed, ``operator`` and ``reason``
    whose verdict it is and why.
    """

    state: State
    at: datetime
    status: int | None = None
    fault: str = ""
    phase: str = ""
    note: str = ""
    looks: tuple[Look, ...] = ()
    operator: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change with everything that happened to it, the oldest first. There is always at least one event."""

    change: Change
    events: tuple[Event, ...]

    @property
    def op_id(self) -> str:
        return self.change.op_id

    @property
    def state(self) -> State:
        return self.events[-1].state

    @property
    def at(self) -> datetime:
        """When the last thing happened."""
        return self.events[-1].at

    @property
    def sent_at(self) -> datetime | None:
        """When it was last sent."""
        return next((e.at for e in reversed(self.events) if e.state is State.SENT), None)

    @property
    def status(self) -> int | None:
        """The last HTTP status an answer to it had."""
        return next((e.status for e in reversed(self.events) if e.status is not None), None)

    @property
    def note(self) -> str:
        """The last sentence anyone wrote about what came of it."""
        return next((e.note for e in reversed(self.events) if e.note and e.state is not State.PLANNED), "")

    @property
    def is_in_doubt(self) -> bool:
        return self.state in IN_DOUBT


# How an answer is judged.

REJECTING = frozenset(
    {307, 308, 400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422, 425, 428, 429, 431, 451, 501, 511}
)
"""Statuses that say that nothing was done. Every other one outside 2xx says nothing."""
STOPPING = frozenset({401, 403})
"""Statuses after which a batch ends: no later change would fare better."""
STALE = frozenset({409, 412})
"""Statuses that ask for another look at the target first."""
SLOW_DOWN = 429
LONGEST_PAUSE = 60.0
"""Seconds a batch waits at most when it is asked to slow down."""


def judged(kind: Kind, status: int | None, *, request_started: bool) -> State:
    """The state after a request that was not answered as asked.

    ``status`` is the one that arrived, if any; 2xx here means an answer that cannot be what was asked for. Only
    a request of which no byte left is ``NOT_SENT``.
    """
    if not request_started:
        return State.NOT_SENT
    if status is None:
        return State.UNKNOWN
    if status in (404, 410) and kind is Kind.HOLD_DELETE:
        return State.ABSENT
    if status == 404 and kind is Kind.HOLD_DELETE_CART:
        return State.UNKNOWN
    return State.REJECTED if status in REJECTING else State.UNKNOWN


def contradicts(change: Change, told: Facts | None) -> bool:
    """Whether an answer that says "done" shows another stock than was set, so that it confirms nothing.

    A relative change answered with another number than foreseen was done on top of someone else's.
    """
    return change.intent.kind is Kind.GIFT_SET and told is not None and dict(told) != dict(change.expected)


class Next(StrEnum):
    """What a batch does after one of its changes."""

    GO_ON = "go on"
    PAUSE = "pause"
    STOP = "stop"


def next_step(state: State, status: int | None) -> Next:
    """What a batch does after a change that came to ``state``, answered with ``status``."""
    if state is State.UNKNOWN or status in STOPPING:
        return Next.STOP
    return Next.PAUSE if status == SLOW_DOWN else Next.GO_ON


# How doubt ends.


def left_to_wait(sent_at: datetime, horizon: timedelta, now: datetime) -> timedelta:
    """How long to wait until the outcome may be judged by reading; zero when it may be now.

    Never longer than the horizon itself, whatever became of the clock since.
    """
    return min(horizon, max(timedelta(), sent_at + horizon - now))


def inferred(before: Facts, expected: Facts, looks: Sequence[Look]) -> State:
    """What the looks at a target say about a change of it. They must agree, and there must be two or more."""
    facts = [look.facts for look in looks]
    if len(facts) < 2 or any(other != facts[0] for other in facts):
        return State.UNDECIDED
    if facts[0] == expected:
        return State.APPLIED_INFERRED
    return State.NOT_APPLIED_INFERRED if facts[0] == before else State.UNDECIDED


# Undoing.


def inverse(record: ChangeRecord, now: datetime) -> Intent | None:
    """The intent that takes an applied change of a gift's stock back; None where there is no way back.

    Its ``seen`` is what the change left behind: that something else changed it since is then told in the review.
    """
    change = record.change
    intent = change.intent
    if record.state not in DONE:
        return None
    if intent.kind is Kind.GIFT_ADJUST:
        amount, kind = -(intent.amount or 0), Kind.GIFT_ADJUST
    elif intent.kind is Kind.GIFT_SET:
        amount, kind = change.before["quantity"], Kind.GIFT_SET
    else:
        return None
    seen = dict(change.expected)
    return Intent(kind, intent.target, intent.label, now, amount, intent.ids, seen, record.at, change.op_id)


def again(record: ChangeRecord, now: datetime) -> Intent | None:
    """The intent of a change of a gift's stock that was not made, to be staged anew; None for any other."""
    change = record.change
    intent = change.intent
    if record.state not in NOT_DONE or intent.kind not in (Kind.GIFT_ADJUST, Kind.GIFT_SET):
        return None
    return replace(
        intent, staged_at=now, seen=dict(change.before), seen_at=change.observed_at, follows=change.op_id
    )
