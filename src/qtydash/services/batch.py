"""Applying confirmed changes one by one: read again, write down, send once, write down what came of it."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from qtydash.domain.change_words import facts_words
from qtydash.domain.changes import (
    DONE,
    LONGEST_PAUSE,
    SLOW_DOWN,
    STALE,
    Change,
    Event,
    Look,
    Next,
    State,
    contradicts,
    judged,
    next_step,
)
from qtydash.domain.errors import InvalidId, RateLimited, ReadOnlyProfile, Unauthorized, VendorError
from qtydash.services.port import BatchRules, ChangePort, Told
from qtydash.storage.journal import Journal, JournalError, TargetTaken, WrongTurn

ATTEMPTS = 3
"""How often a change is tried of which no byte left."""
PAUSE_SECONDS = 1.0
"""The wait after an answer that asks to slow down and names no time; and before a change is tried again."""
_POLL_SECONDS = 0.1
_STEP_SECONDS = 1.0
"""How long the operator waits at most for a batch that waits and was told to stop."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one change. ``state`` None: it was not attempted. ``words`` say why, where there is a why.

    ``phase`` is that of its last event; ``data`` is what the vendor's answer carried.
    """

    change: Change
    state: State | None
    words: str = ""
    status: int | None = None
    phase: str = ""
    data: object = None

    @property
    def is_done(self) -> bool:
        return self.state in DONE


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of a batch: one result for each of its changes, in order, and why it ended early, if it did."""

    results: tuple[Result, ...]
    stopped: str = ""
    journal_fault: str = ""
    """Why the journal cannot be used any more, where that ended the batch."""


@dataclass(slots=True)
class BatchControl:
    """What the operator may say while a batch runs. May be set from any thread."""

    paused: bool = False
    aborted: bool = False
    waiting: str = ""
    """Why the batch waits at the moment, "" when it does not."""
    canary: str = ""
    """What looking up the first of several showed, "" while that was not done."""


OnResult = Callable[[int, Result], None]
"""Gets the position in the batch. A result whose state is ``SENT`` says that it is on its way."""


def _ignore(position: int, result: Result) -> None:
    pass


def _nothing_against() -> str:
    return ""


@dataclass(slots=True)
class Batch:
    """One run over changes that are planned in the journal. ``now`` gives aware UTC, ``sleep`` takes seconds."""

    changes: Sequence[Change]
    port_of: Callable[[Change], ChangePort]
    journal: Journal
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    control: BatchControl = field(default_factory=BatchControl)
    on_result: OnResult = _ignore
    against: Callable[[], str] = _nothing_against
    """Why nothing more may be sent, "" while it may: asked right before each change is."""
    journal_fault: str = field(default="", init=False)
    """Why the journal cannot be used any more, where it cannot; also after ``run`` raised."""
    _results: dict[int, Result] = field(default_factory=dict)
    _stopped: str = ""
    _asked_to_wait: float = 0.0
    _on_its_way: str = ""
    _unwritten: list[tuple[str, Event]] = field(default_factory=list)

    async def run(self) -> BatchResult:
        """Apply the changes in order until the end or a reason to stop.

        Where it cannot be written down that a change is about to be sent, it is not sent, and nothing after it.
        What was not sent is abandoned in the journal, where that can be.
        """
        rejects = failed = 0
        canary = True
        try:
            for position, change in enumerate(self.changes):
                rules = self.port_of(change).rules
                await self._turn(position, rules)
                if self.control.aborted:
                    self._stopped = "You stopped it."
                    break
                try:
                    result = await self._apply(position, change, rules)
                except JournalError as error:
                    self._fault_of_journal(error)
                    break
                if result is None:
                    break
                self._told(position, result)
                rejects = rejects + 1 if result.state is State.REJECTED else 0
                failed += not result.is_done and result.state is not State.ABANDONED
                more = position + 1 < len(self.changes)
                if canary and rules.canary and result.state is State.CONFIRMED and more:
                    canary = False
                    await self._look_at_canary(change)
                if self._must_stop(result, rules, rejects, failed):
                    break
                if result.status == SLOW_DOWN and more:
                    await self._slow_down(result)
        finally:
            self._settle_rest()
        results = tuple(self._results[n] for n in range(len(self.changes)))
        return BatchResult(results, self._stopped, self.journal_fault)

    async def _turn(self, position: int, rules: BatchRules) -> None:
        """Keep the pace, and wait while the operator has the batch paused."""
        if position:
            await self.sleep(rules.pause)
        while self.control.paused and not self.control.aborted:
            await self.sleep(_POLL_SECONDS)

    async def _apply(self, position: int, change: Change, rules: BatchRules) -> Result | None:
        """What came of one change; None when the batch was stopped before it was sent."""
        if refused := await self._looked_again(change, rules):
            phase, note = refused
            return self._record(change, Event(State.ABANDONED, self.now(), phase=phase, note=f"Not sent: {note}"))
        result = Result(change, None)
        for attempt in range(1, ATTEMPTS + 1):
            if attempt > 1:
                await self.sleep(PAUSE_SECONDS * attempt * (0.5 + self.jitter()))
            if self.control.aborted:
                self._stopped = self._stopped or "You stopped it."
                return result if attempt > 1 else None
            if why := self.against():
                raise JournalError(why)
            try:
                self.journal.record((change.op_id, Event(State.SENT, self.now(), phase=f"attempt {attempt}")))
            except TargetTaken as error:  # by another program, between two attempts
                return replace(result, words=f"{result.words} {error}")
            self._on_its_way = change.op_id
            self.on_result(position, Result(change, State.SENT))
            event, data, again = await self._send(change)
            result = replace(self._record(change, event), data=data)
            self._on_its_way = ""
            if result.state is not State.NOT_SENT or not again:
                break
        return result

    async def _looked_again(self, change: Change, rules: BatchRules) -> tuple[str, str] | None:
        """Why it must not be sent after all: ``unread``, ``gone``, ``refused`` or ``moved``, with a sentence.

        None when the target is as it was in the review.
        """
        port = self.port_of(change)
        try:
            found = await port.observe([change.intent], max_age=rules.fresh)
        except VendorError as error:
            self._stopped = "The vendor cannot be read."
            return "unread", f"it could not be read just before. {error.full}"
        observed = found.get(change.intent.target)
        if observed is None or (observed.facts is None and not observed.refusal):
            return "gone", "the vendor does not know it any more."
        if observed.facts is None:
            return "refused", observed.refusal
        if dict(observed.facts) == dict(change.expected) and not change.intent.kind.is_relative:
            return "gone", f"it is {facts_words(observed.facts)} already."
        if observed.refusal:
            return "refused", observed.refusal
        if dict(observed.facts) != dict(change.before):
            was, now = facts_words(change.before), facts_words(observed.facts)
            return "moved", f"it was {was} in the review and is {now} now. Review it again."
        return None

    async def _send(self, change: Change) -> tuple[Event, object, bool]:
        """Send once. What came of it, what the answer carried, and whether it may be tried again unsent."""
        intent = change.intent
        try:
            told = await self.port_of(change).send(intent, change.op_id)
        except VendorError as error:
            state = judged(intent.kind, error.status, request_started=error.request_started)
            wait = ""
            if error.retry_after and not isinstance(error, RateLimited):  # whose own sentence names it
                wait = f" It asks to wait {error.retry_after:.0f} s."
            self._asked_to_wait = error.retry_after or 0.0
            note = (
                f"{error.reason}{wait}" if state is not State.ABSENT else "The vendor does not know it any more."
            )
            event = Event(state, self.now(), error.status, error.fault, "answer", note)
            return event, None, not isinstance(error, Unauthorized)
        except (InvalidId, ReadOnlyProfile) as error:
            return Event(State.NOT_SENT, self.now(), phase="request", note=str(error)), None, False
        except asyncio.CancelledError:
            note = "qtydash was ended while this was being sent; whether it was applied is not known."
            self._record_if_possible(change, Event(State.UNKNOWN, self.now(), phase="cancelled", note=note))
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the request may have left
            note = "qtydash has a fault of its own here; whether this was applied is not known."
            return Event(State.UNKNOWN, self.now(), None, type(error).__name__, "answer", note), None, False
        at = self.now()
        looks = () if told.facts is None else (Look(at, told.facts),)
        if contradicts(change, told.facts):
            state, note = State.UNKNOWN, _contradiction(change, told)
        else:
            state, note = State.ABSENT if told.absent else State.CONFIRMED, _drift(change, told)
        return Event(state, at, told.status, phase="answer", note=note, looks=looks), told.data, False

    def _record(self, change: Change, event: Event) -> Result:
        """Write an outcome down. Where that fails after a send, the journal says ``sent``: it is in doubt."""
        try:
            self.journal.record((change.op_id, event))
        except (JournalError, WrongTurn) as error:
            self._fault_of_journal(error)
            self._unwritten.append((change.op_id, event))
            if event.state is State.ABANDONED:
                return Result(change, None, event.note, phase=event.phase)
            note = f"It ended as {event.state.value}, but that could not be written down. {error}"
            return Result(change, State.UNKNOWN, note, event.status, event.phase)
        return Result(change, event.state, event.note, event.status, event.phase)

    def _record_if_possible(self, change: Change, event: Event) -> None:
        try:
            self.journal.record((change.op_id, event))
        except (JournalError, WrongTurn) as error:
            self._fault_of_journal(error)

    def _fault_of_journal(self, error: JournalError | WrongTurn) -> None:
        self._stopped = self._stopped or str(error)
        self.journal_fault = str(error)

    async def _look_at_canary(self, change: Change) -> None:
        """See that the first of many did what it says, before the others are sent."""
        self.control.waiting = "The first is looked up before the others go."
        try:
            found = await self.port_of(change).observe([change.intent], max_age=timedelta())
        except VendorError as error:
            self._stopped = f"The first was answered as done, and it cannot be seen that it was. {error.full}"
            return
        finally:
            self.control.waiting = ""
        observed = found.get(change.intent.target)
        facts = observed.facts if observed is not None else None
        if facts is None or dict(facts) != dict(change.expected):
            self._stopped = (
                f"The first was answered as done, and a read shows {facts_words(facts)} where "
                f"{facts_words(change.expected)} is due."
            )
        else:
            self.control.canary = f"The first was looked up: {facts_words(facts)}."

    async def _slow_down(self, result: Result) -> None:
        seconds = min(LONGEST_PAUSE, max(PAUSE_SECONDS, self._asked_to_wait) + self.jitter())
        self.control.waiting = f"{self.port_of(result.change).vendor.name} asks to slow down: {seconds:.0f} s."
        try:
            while seconds > 0 and not self.control.aborted:
                await self.sleep(min(seconds, _STEP_SECONDS))
                seconds -= _STEP_SECONDS
        finally:
            self.control.waiting = ""

    def _must_stop(self, result: Result, rules: BatchRules, rejects: int, failed: int) -> bool:
        """Whether the batch ends here; ``_stopped`` then says why."""
        if self._stopped:
            return True
        name = self.port_of(result.change).vendor.name
        if result.state is not None and next_step(result.state, result.status) is Next.STOP:
            self._stopped = (
                "The outcome of a change is unknown."
                if result.state is State.UNKNOWN
                else f"{name} does not let this profile make changes ({result.status})."
            )
        elif rules.rejects_in_a_row is not None and rejects >= rules.rejects_in_a_row:
            self._stopped = f"{name} rejected {rejects} in a row."
        elif rules.failures is not None and failed > max(1, rules.failures * len(self.changes)):
            self._stopped = f"{failed} of {len(self.changes)} went wrong."
        return bool(self._stopped)

    def _settle_rest(self) -> None:
        """Write down and tell what is known of the changes that have no result: few, or the batch ended early."""
        for known in self._unwritten:  # what is known is written down as soon as that can be
            with suppress(JournalError, WrongTurn):
                self.journal.record(known)
        rest = [(n, change) for n, change in enumerate(self.changes) if n not in self._results]
        left = {n: self._left(change) for n, change in rest}
        events = [
            (
                result.change.op_id,
                Event(result.state or State.ABANDONED, self.now(), phase="batch", note=result.words),
            )
            for result, is_new in left.values()
            if is_new
        ]
        try:
            self.journal.record(*events)
        except (JournalError, WrongTurn) as error:
            self._fault_of_journal(error)
        for n, (result, _) in left.items():
            self._told(n, result)

    def _left(self, change: Change) -> tuple[Result, bool]:
        """What is known of a change that has no result, and whether that is still to be written down."""
        why = self._stopped or "The batch ended."
        try:
            record = self.journal.find(change.op_id)
        except JournalError:
            record = None
        state = record.state if record is not None else None
        if state is State.SENT or (state is None and change.op_id == self._on_its_way):
            note = "The batch ended while this was being sent; whether it was applied is not known."
            return Result(change, State.UNKNOWN, note), state is State.SENT
        if record is None or state is State.PLANNED:
            note = f"Not attempted: the batch stopped before it. {why}"
            return Result(change, None, note), state is State.PLANNED
        return Result(change, state, record.note, record.status, record.events[-1].phase), False

    def _told(self, position: int, result: Result) -> None:
        self._results[position] = result
        self.on_result(position, result)


def _drift(change: Change, told: Told) -> str:
    """What to say when the vendor's answer is not what was expected, and done all the same."""
    if told.facts is None or dict(told.facts) == dict(change.expected):
        return told.note
    return (
        f"Done, and the vendor says it is {facts_words(told.facts)} now, not {facts_words(change.expected)}: "
        f"something else changed it too, or not all of it was done. {told.note}"
    ).strip()


def _contradiction(change: Change, told: Told) -> str:
    return (
        f"The vendor says it is done, and that it is {facts_words(told.facts)}, not "
        f"{facts_words(change.expected)} as it was set: whether this was applied is not known."
    )


def needs_review(result: Result) -> bool:
    """Whether a change that was not made should be looked at again: its target had moved."""
    return result.state is State.ABANDONED or result.status in STALE
