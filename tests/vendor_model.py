"""A vendor in memory: what really became of each write is in its ledger, whatever was answered.

It is a ``ChangePort``. Another kind of change joins by an entry in ``EFFECTS``.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qtydash.domain import gifts
from qtydash.domain.changes import Facts, Intent, Kind, WriteRequest
from qtydash.domain.errors import NotFound, UnexpectedAnswer, Unreachable, VendorError
from qtydash.domain.review import NO_OBJECTION, Objection, Observed
from qtydash.domain.vendors import GIFTS
from qtydash.services.carts import CartChanges
from qtydash.services.port import BatchRules, Told
from tests.changes_kit import ORIGIN, Clock

Effect = Callable[[Facts, Intent], Facts]


def _removed(facts: Facts, selection: str, pieces: int) -> Facts:
    """A cart after pieces of a selection were removed: as many as were open, where it is fewer."""
    taken = min(pieces, max(0, facts[f"{selection}.available"]))
    return {
        **facts,
        f"{selection}.available": facts[f"{selection}.available"] - taken,
        f"{selection}.removed": facts[f"{selection}.removed"] + taken,
    }


def _all_removed(facts: Facts) -> Facts:
    for name in facts:
        selection, _, count = name.rpartition(".")
        if count == "available":
            facts = _removed(facts, selection, facts[name])
    return facts


EFFECTS: Mapping[Kind, Effect] = {
    Kind.GIFT_ADJUST: lambda facts, intent: {"quantity": facts["quantity"] + (intent.amount or 0)},
    Kind.GIFT_SET: lambda facts, intent: {"quantity": intent.amount or 0},
    Kind.CART_REMOVE: lambda facts, intent: _removed(facts, str(intent.ids["selection"]), intent.amount or 0),
    Kind.CART_REMOVE_ALL: lambda facts, intent: _all_removed(facts),
    Kind.HOLD_DELETE: lambda facts, intent: dict.fromkeys(facts, 0),
    Kind.HOLD_DELETE_CART: lambda facts, intent: dict.fromkeys(facts, 0),
}
"""What a write does to what it targets; told anew here, so that the engine's own rules are not their own judge."""

Failure = Callable[[], Exception]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one write. Times are seconds.

    Unless it ``reached`` the vendor no byte of it left. What is ``applied`` is applied as it arrives, or ``late``
    seconds after that. The client hears ``failure`` instead of an answer, in either case after ``seconds``.
    """

    reached: bool = True
    applied: bool = True
    late: float | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    cancelled: bool = False
    """The task that waits for the answer is ended meanwhile."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What changed a target. ``op_id`` is "" for another writer; ``promptly`` says that it was no late effect."""

    op_id: str
    target: str
    at: datetime
    before: Facts
    after: Facts
    promptly: bool = True


def refused() -> VendorError:
    """Nothing listens: no byte left."""
    error = Unreachable("Nothing listens there.", request_started=False)
    error.fault = "ConnectError"
    return error


def lost() -> VendorError:
    """The connection broke while the answer was awaited."""
    error = Unreachable("It closed the connection before it answered.")
    error.fault = "ReadError"
    return error


def answered(status: int) -> Failure:
    """An answer that is not the one asked for."""
    return lambda: UnexpectedAnswer(f"It answered {status}.", status=status)


NOT_SENT = Fate(reached=False, applied=False, failure=refused)
LOST_AFTER = Fate(failure=lost)
LOST_BEFORE = Fate(applied=False, failure=lost)


class ModelShop:
    """Gifts by target, and every read and write of them. ``floor``: no quantity goes below it.

    Carts and order-quantity records join by ``facts``, and for the latter ``records``, which a backup needs.

    ``fates`` are what becomes of the next writes; with none left a write is done and answered. ``blind`` are the
    errors of the next reads. A late effect is not seen by reads for ``lag`` seconds.
    """

    vendor = GIFTS
    kinds = frozenset(EFFECTS)

    def __init__(self, clock: Clock, quantities: Mapping[str, int], *, floor: int | None = None) -> None:
        self.origin = ORIGIN
        self.rules = BatchRules()
        self.clock = clock
        self.floor = floor
        self.lag = 0.0
        self.facts: dict[str, Facts | None] = {t: {"quantity": n} for t, n in quantities.items()}
        self.records: dict[str, Mapping[str, object]] = {}
        """By target, the vendor's record behind each of its facts."""
        self.refusals: dict[str, str] = {}
        self.fates: deque[Fate] = deque()
        self.blind: deque[Exception] = deque()
        self.ledger: list[Entry] = []
        self.sends: list[str] = []
        """The operation id of every call, whether it reached the vendor or not."""
        self.targets: list[str] = []
        """What each of them was to change."""
        self.arrivals: list[tuple[str, datetime]] = []
        self.reads = 0
        self.on_arrival: Callable[[str], None] = lambda op_id: None
        self._due: list[tuple[datetime, str, Intent]] = []

    # What the engine asks for.

    def request(self, intent: Intent) -> WriteRequest:
        """See ``ChangePort``."""
        return WriteRequest("PUT", f"/{intent.target}", {"quantity": intent.amount or 0})

    def objection(self, intent: Intent, before: Facts, expected: Facts) -> Objection:
        """See ``ChangePort``."""
        if intent.kind in (Kind.CART_REMOVE, Kind.CART_REMOVE_ALL):
            return CartChanges({}, self.origin, self.clock).objection(intent, before, expected)
        return NO_OBJECTION if intent.kind.deletes else gifts.objection(intent, expected)

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        """See ``ChangePort``."""
        await asyncio.sleep(0)
        self.reads += 1
        if self.blind:
            raise self.blind.popleft()
        self.settle()
        return {intent.target: self._observed(intent) for intent in intents}

    async def send(self, intent: Intent, op_id: str) -> Told:
        """See ``ChangePort``."""
        self.sends.append(op_id)
        self.targets.append(intent.target)
        fate = self.fates.popleft() if self.fates else Fate()
        await asyncio.sleep(0)
        absent = False
        if fate.reached:
            self.arrivals.append((op_id, self.clock()))
            self.on_arrival(op_id)
            absent = intent.kind.deletes and not any((self.facts[intent.target] or {}).values())
            if fate.applied and fate.late is None:
                self._apply(op_id, intent)
            elif fate.applied:
                self._due.append((self.clock() + timedelta(seconds=fate.late or 0), op_id, intent))
        if fate.cancelled:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        self.clock.move(fate.seconds)
        await asyncio.sleep(0)
        if fate.failure is not None:
            raise fate.failure()
        if intent.kind is Kind.HOLD_DELETE:
            return Told(404 if absent else 200, absent=absent)
        if absent:
            raise NotFound("It does not know it.", status=404)
        return Told(200, None if intent.kind.deletes else self._shown(intent, self.facts[intent.target]))

    # What happens beside it.

    def quantity(self, target: str) -> int:
        """What is really there now."""
        self.settle()
        facts = self.facts[target]
        assert facts is not None
        return facts["quantity"]

    def elsewhere(self, target: str, amount: int) -> None:
        """Another writer changes a gift by ``amount``."""
        self.meddle(target, {"quantity": self.quantity(target) + amount})

    def meddle(self, target: str, after: Facts) -> None:
        """Another writer makes a target what it is ``after``."""
        self.settle()
        self._write("", target, after)

    def settle(self) -> None:
        """Let happen what is due by now."""
        for at, op_id, intent in sorted(
            (due for due in self._due if due[0] <= self.clock()), key=lambda due: due[0]
        ):
            self._due.remove((at, op_id, intent))
            self._apply(op_id, intent, at)

    def applied(self, op_id: str) -> list[Entry]:
        """What of the ledger an operation did."""
        return [entry for entry in self.ledger if entry.op_id == op_id]

    def _apply(self, op_id: str, intent: Intent, late: datetime | None = None) -> None:
        before = self.facts[intent.target]
        assert before is not None
        if intent.kind.deletes and not any(before.values()):
            return
        after = EFFECTS[intent.kind](before, intent)
        if self.floor is not None and "quantity" in after:
            after = {"quantity": max(self.floor, after["quantity"])}
        self._write(op_id, intent.target, after, late)

    def _write(self, op_id: str, target: str, after: Facts, late: datetime | None = None) -> None:
        before = self.facts[target]
        assert before is not None
        self.ledger.append(Entry(op_id, target, late or self.clock(), before, after, late is None))
        self.facts[target] = after

    def _shown(self, intent: Intent, facts: Facts | None) -> Facts | None:
        """What of a target the port shows for an intent: of a cart, the selection it is about."""
        if facts is None or intent.kind is not Kind.CART_REMOVE:
            return facts
        return {count: facts[f"{intent.ids['selection']}.{count}"] for count in ("available", "removed")}

    def _observed(self, intent: Intent) -> Observed:
        now, target = self.clock(), intent.target
        facts = self.facts.get(target)
        for entry in reversed(self.ledger):
            if entry.target == target and not entry.promptly and now - entry.at < timedelta(seconds=self.lag):
                facts = entry.before
        there = [each for name, each in self.records.get(target, {}).items() if (facts or {}).get(name)]
        record = there if intent.kind is Kind.HOLD_DELETE_CART else next(iter(there), None)
        return Observed(now, self._shown(intent, facts), self.refusals.get(target, ""), record)
