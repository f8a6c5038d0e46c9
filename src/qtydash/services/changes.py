"""The change engine: stage, review, apply, reconcile, undo. Every write of every vertical goes through here."""

import asyncio
import getpass
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from qtydash.config.models import Profile
from qtydash.domain.change_words import inference_words, sentence
from qtydash.domain.changes import (
    DONE,
    IN_DOUBT,
    NEVER_MADE,
    Change,
    ChangeRecord,
    Event,
    Intent,
    Kind,
    Look,
    State,
    inferred,
    inverse,
    left_to_wait,
)
from qtydash.domain.gates import deletion_gate
from qtydash.domain.op_id import new_op_id
from qtydash.domain.review import Observed, Proposal, deletion_count
from qtydash.services.backup import BackupFailed, back_up
from qtydash.services.batch import Batch, BatchControl, BatchResult, OnResult, Result
from qtydash.services.planning import reviewed
from qtydash.services.port import ChangePort
from qtydash.services.staging import Staging
from qtydash.services.writer import Writer
from qtydash.storage.journal import Journal, JournalError, TargetTaken, WrongTurn
from qtydash.storage.lock import HeldElsewhere, WriterLock

LOOK_GAP = 3.0
"""Seconds between the two reads by which an outcome is judged."""


@dataclass(frozen=True, slots=True)
class Running:
    """The batch that is being applied. ``sent_at`` is None between two changes; ``left`` counts those to come."""

    control: BatchControl
    sentence: str
    sent_at: datetime | None
    left: int


class NotNow(Exception):
    """What was asked for cannot be done as things stand. The text says why and what to do."""


class Changes:
    """The changes of one profile. Nothing is sent but by ``apply``, and by ``apply`` only what was reviewed.

    ``open`` comes first; until then, and whenever ``locked`` says why, nothing can be staged or sent. Staging and
    looking may be done from any thread; ``plan``, ``apply`` and ``reconcile`` belong to one event loop.
    ``purpose`` tells another program what this one is: "the dashboard".
    """

    def __init__(
        self,
        profile: Profile,
        journal: Journal,
        ports: Sequence[ChangePort],
        now: Callable[[], datetime],
        *,
        purpose: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        operator: str = "",
    ) -> None:
        self.profile = profile
        self.journal = journal
        self.locked = "The journal was not opened yet."
        self.running: Running | None = None
        self._ports = {kind: port for port in ports for kind in port.kinds}
        self._now = now
        self._sleep = sleep
        self._operator = operator or _operator()
        self._lock = WriterLock(journal.path, profile.name, purpose)
        self._writer = Writer()
        self._staging = Staging(journal, profile.name, self._origin)
        self._listeners: list[Callable[[], None]] = []
        self._looked_at: set[str] = set()
        self._in_batch: dict[str, Intent] = {}
        self._doubt: tuple[ChangeRecord, ...] = ()

    # Opening.

    def open(self) -> tuple[str, ...]:
        """Take the right to write, verify the journal, and say of an earlier run's changes what is known.

        Returns the ids of changes whose outcome is unknown because that run ended. Where this cannot be done
        ``locked`` says why, and changes can only be looked at.
        """
        recovered: tuple[str, ...] = ()
        if self.running is not None:  # what is being sent now was not left behind
            return recovered
        try:
            if not self.profile.write:
                self.locked = (
                    f"Profile {self.profile.name!r} is read-only. Set `write = true` in it to allow changes."
                )
            else:
                self._lock.take(self._now())
                self.journal.unlock(self._now())
                recovered = self.journal.recover(self.profile.name, self._now())
                self._staging.load()
                self._drop_settled_drafts()
                self.locked = ""
        except (HeldElsewhere, JournalError) as error:
            self.locked = str(error)
        except OSError as error:
            self.locked = f"Changes are locked: {self.journal.path.parent} cannot be used ({error.strerror})."
        self._tell()
        return recovered

    def _drop_settled_drafts(self) -> None:
        """A run that was ended while it sent could not unstage what it had sent; it is not to be sent twice."""
        if not self.staged:
            return
        made = [record.change.intent for record in self.records(states=frozenset(State) - NEVER_MADE)]
        self._staging.remove([i.target for i in self.staged if any(i.is_same_edit(other) for other in made)])

    def close(self) -> None:
        """Let go of the right to write. A batch that runs sends nothing more."""
        if self.running is not None:
            self.running.control.aborted = True
        if not self.locked:
            self.journal.note_end()
        self.locked = self.locked or "Changes were closed, so that another program can write."
        self._lock.release()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called, on whatever thread, when something was staged or happened."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    # Staging.

    @property
    def staged(self) -> tuple[Intent, ...]:
        """What is staged, in the order in which it was."""
        return self._staging.all

    def staged_for(self, target: str) -> Intent | None:
        """What is staged for one target."""
        return self._staging.of(target)

    def stage(self, *intents: Intent) -> None:
        """Stage what the operator wants; a target that has something staged already gets this instead.

        Raises ``NotNow`` when nothing can be changed from here, for a deletion, which must pass its own gate, and
        for a target in doubt; and ``JournalError``.
        """
        self._check_writable()
        for intent in intents:
            if intent.kind.deletes:
                raise NotNow("A deletion is not staged: it is reviewed at once, where its rows are listed.")
            self._check_settled(intent)
            if intent.follows and (earlier := self.journal.find(intent.follows)) is not None:
                self._check_origin(earlier.change)
        with self._told():
            self._staging.put([(self.port(intent).origin, intent) for intent in intents])

    def unstage(self, targets: Iterable[str]) -> int:
        """Forget what is staged for ``targets``; returns how many there were.

        What a running batch is about to send stays: it is sent all the same, unless the batch is stopped.
        """
        with self._told():
            return self._staging.remove(target for target in targets if target not in self._in_batch)

    @property
    def in_batch(self) -> frozenset[str]:
        """The targets that the running batch has not come to yet."""
        return frozenset(self._in_batch)

    def unstage_last(self) -> tuple[Intent, ...]:
        """Forget what was staged last; edits made together go together."""
        gone = self._staging.last()
        self.unstage(intent.target for intent in gone)
        return gone

    def undo(self, op_id: str) -> Intent:
        """Stage the way back from an applied change. Raises ``NotNow`` where there is none."""
        record = self.found(op_id)
        intent = inverse(record, self._now())
        if intent is None:
            raise NotNow("Only a change of gift stock that was applied can be taken back.")
        self._check_origin(record.change)
        self.stage(intent)
        return intent

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Something is staged or unstaged in here. A journal that cannot keep it locks what would come after."""
        try:
            yield
        except JournalError as error:
            self.locked = str(error)
        finally:
            self._tell()

    # Review.

    def port(self, intent: Intent) -> ChangePort:
        """The vertical an intent belongs to. Raises ``NotNow`` when the profile has no section for it."""
        return self.port_of(intent.kind)

    def port_of(self, kind: Kind) -> ChangePort:
        """The vertical that makes changes of a kind. Raises ``NotNow`` when the profile has no section for it."""
        port = self._ports.get(kind)
        if port is None:
            raise NotNow(f"Profile {self.profile.name!r} has no section for {kind.value}.")
        return port

    def _origin(self, intent: Intent) -> str | None:
        port = self._ports.get(intent.kind)
        return None if port is None else port.origin

    async def plan(self, intents: Sequence[Intent]) -> tuple[Proposal, ...]:
        """Read every target afresh and say what each change would do now. Writes nothing down.

        A target that cannot be read is refused with the reason, the others are not held up by it.
        """
        proposals: dict[int, Proposal] = {}
        groups: dict[int, list[int]] = {}
        try:
            taken = self.journal.taken()
        except JournalError as error:
            return tuple(Proposal(intent, refusal=str(error)) for intent in intents)
        for n, intent in enumerate(intents):
            try:
                port = self.port(intent)
            except NotNow as error:
                proposals[n] = Proposal(intent, refusal=str(error))
                continue
            if (earlier := taken.get((port.origin, intent.target))) is not None:
                proposals[n] = Proposal(intent, refusal=self._taken_words(intent, *earlier))
            else:
                groups.setdefault(id(port), []).append(n)
        for positions in groups.values():
            wanted = [intents[n] for n in positions]
            found = await reviewed(self.port(wanted[0]), wanted, self._now)
            proposals |= dict(zip(positions, found, strict=True))
        return tuple(proposals[n] for n in range(len(intents)))

    # Applying.

    async def apply(
        self,
        proposals: Sequence[Proposal],
        *,
        on_result: OnResult | None = None,
        control: BatchControl | None = None,
        batch: str = "",
    ) -> BatchResult:
        """Apply what was reviewed: all of it must be ``ready``. Returns when the last is done or the batch ended.

        What is deleted is written to a file first; ``backup_file`` tells it by the batch's id.
        Cancelling the caller does not cancel the batch. Raises ``NotNow`` and ``JournalError``; nothing was then
        sent.
        """
        self._check_writable()
        if not proposals:
            return BatchResult(())
        changes = [self._change(proposal, batch) for proposal in proposals]
        if not batch:
            changes = [replace(change, batch=changes[0].op_id) for change in changes]
        backup = self._backed_up(changes, proposals)
        try:
            self.journal.plan(changes, f"Backed up in {backup}." if backup else "")
        except BaseException as error:
            if backup is not None:  # a backup says that something was to be sent
                backup.unlink(missing_ok=True)
            if isinstance(error, TargetTaken):
                raise NotNow(str(error)) from None
            raise
        self._tell()

        steering = control or BatchControl()

        def told(position: int, result: Result) -> None:
            sent_at = self._now() if result.state is State.SENT else None
            left = len(changes) - position - 1
            self.running = Running(steering, result.change.sentence, sent_at, left)
            if result.state is not State.SENT:
                self._in_batch.pop(result.change.intent.target, None)
            self._settle(result)
            if on_result is not None:
                on_result(position, result)
            self._tell()

        run = Batch(
            changes,
            lambda change: self.port(change.intent),
            self.journal,
            self._now,
            self._sleep,
            control=steering,
            on_result=told,
            against=self._against_sending,
        )

        async def work() -> BatchResult:
            self.running = Running(steering, changes[0].sentence, None, len(changes))
            self._in_batch = {change.intent.target: change.intent for change in changes}
            try:
                return await run.run()
            finally:
                self.locked = self.locked or run.journal_fault
                self.running = None
                self._in_batch = {}
                self.journal.note_end()
                self._tell()

        return await self._writer.run(work)

    def _against_sending(self) -> str:
        """Why nothing more may be sent: the lock is not this program's any more."""
        if self._lock.is_ours:
            return ""
        return (
            "The file that keeps other programs from writing was removed, so another one may be writing "
            "now. Nothing more is sent from here: close both and open one again."
        )

    @property
    def in_flight(self) -> ChangeRecord | None:
        """The change that is on its way at this moment."""
        return next(iter(self._look(states=(State.SENT,), limit=1)), None)

    def _backed_up(self, changes: Sequence[Change], proposals: Sequence[Proposal]) -> Path | None:
        """Write what the deletions take to a file; None where there are none. Raises ``NotNow``."""
        gate = deletion_gate(deletion_count(proposals), self.profile.name, self.profile.max_bulk)
        if gate.refusal:
            raise NotNow(gate.refusal)
        deletions = [
            (change, proposal.observed)
            for change, proposal in zip(changes, proposals, strict=True)
            if change.intent.kind.deletes and proposal.observed is not None
        ]
        try:
            return back_up(self.journal.path, deletions, self._now()) if deletions else None
        except BackupFailed as error:
            raise NotNow(str(error)) from None

    def _change(self, proposal: Proposal, batch: str) -> Change:
        intent, observed, expected = proposal.intent, proposal.observed, proposal.expected
        if not proposal.ready or observed is None or observed.facts is None or expected is None:
            raise NotNow(f"{intent.label} cannot be applied: {proposal.refusal or proposal.question}")
        port, now = self.port(intent), self._now()
        return Change(
            op_id=new_op_id(now),
            batch=batch,
            profile=self.profile.name,
            origin=port.origin,
            intent=intent,
            request=port.request(intent),
            sentence=sentence(intent, observed.facts, expected),
            before=observed.facts,
            observed_at=observed.at,
            expected=expected,
            operator=self._operator,
            planned_at=now,
        )

    def _settle(self, result: Result) -> None:
        """A change that is done or in doubt is no draft any more; one that was not made stays one."""
        if result.state in DONE or result.state in IN_DOUBT:
            target = result.change.intent.target
            staged = self.staged_for(target)
            if staged is not None and staged.is_same_edit(result.change.intent):
                self.unstage([target])

    # Doubt.

    async def reconcile(self, op_id: str, *, wait: bool = True) -> ChangeRecord:
        """Judge an unknown outcome by two reads, ``LOOK_GAP`` seconds apart, once the horizon has passed.

        Raises ``NotNow`` when there is nothing to judge, or when it is too early and ``wait`` is false, and
        ``VendorError`` when it cannot be read: the outcome then stays unknown.
        """
        record = self.found(op_id)
        if record.state is not State.UNKNOWN:
            raise NotNow(f"There is nothing to reconcile: this change is {record.state.value}.")
        self._check_writable()
        if op_id in self._looked_at:
            raise NotNow("It is being read at this moment.")
        change = record.change
        self._check_origin(change)
        left = left_to_wait(record.sent_at or record.at, self.profile.reconcile_after, self._now())
        if left and not wait:
            raise NotNow(f"Too early to judge by reading: {left.total_seconds():.0f} s to go.")
        await self._sleep(left.total_seconds())
        with self._looking_at(op_id):
            looks = (await self._look_at(change), *[await self._look_later(change)])
            state = inferred(change.before, change.expected, looks)
            note = inference_words(state, looks, change.before, change.expected)
            event = Event(state, self._now(), phase="reconcile", note=note, looks=looks)
            # A verdict that came while it was read stands.
            with suppress(WrongTurn):
                self.journal.record((op_id, event))
        return self.found(op_id)

    @property
    def looked_at(self) -> frozenset[str]:
        """The operation ids of unknown changes whose targets are being read at this moment."""
        return frozenset(self._looked_at)

    @contextmanager
    def _looking_at(self, op_id: str) -> Iterator[None]:
        self._looked_at.add(op_id)
        self._tell()
        try:
            yield
        finally:
            self._looked_at.discard(op_id)
            self._tell()

    async def _look_later(self, change: Change) -> Look:
        await self._sleep(LOOK_GAP)
        return await self._look_at(change)

    async def _look_at(self, change: Change) -> Look:
        found = await self.port(change.intent).observe([change.intent], max_age=timedelta())
        observed = found.get(change.intent.target) or Observed(self._now(), None)
        return Look(observed.at, observed.facts)

    def resolve(self, op_id: str, *, applied: bool, reason: str) -> ChangeRecord:
        """Write down the operator's verdict on a change, with why. Raises ``NotNow``."""
        record = self.found(op_id)
        self._check_writable()
        if not reason.strip():
            raise NotNow("A verdict needs a reason: what you looked at, and what it showed.")
        if record.state not in (
            State.UNKNOWN,
            State.UNDECIDED,
            State.APPLIED_INFERRED,
            State.NOT_APPLIED_INFERRED,
        ):
            raise NotNow(f"There is nothing to judge: this change is {record.state.value}.")
        state = State.APPLIED_BY_VERDICT if applied else State.NOT_APPLIED_BY_VERDICT
        event = Event(state, self._now(), phase="verdict", operator=self._operator, reason=reason.strip())
        try:
            self.journal.record((op_id, event))
        except WrongTurn as error:  # settled meanwhile
            raise NotNow(str(error)) from None
        self._tell()
        return self.found(op_id)

    # Looking.

    def found(self, op_id: str) -> ChangeRecord:
        """One change of this profile. Raises ``NotNow`` when the journal does not have it."""
        record = self.journal.find(op_id)
        if record is None or record.change.profile != self.profile.name:
            raise NotNow(
                f"There is no change {op_id} in profile {self.profile.name!r}. `changes list` shows them."
            )
        return record

    def records(self, *, states: Iterable[State] = (), limit: int = 1_000) -> tuple[ChangeRecord, ...]:
        """Changes of this profile, the newest first. Raises ``JournalError``."""
        return self.journal.records(self.profile.name, states=states, limit=limit)

    def in_doubt(self) -> tuple[ChangeRecord, ...]:
        """The changes whose outcome waits for the operator or for reading.

        Where nobody writes, also what was being sent when a program ended. A journal that cannot be read locks all
        changes, and what was known stays known.
        """
        states = IN_DOUBT | {State.SENT} if self.locked and self._lock.is_free else IN_DOUBT
        try:
            self._doubt = self.records(states=states)
        except JournalError as error:
            self.locked = self.locked or str(error)
        return self._doubt

    def _look(self, *, states: Iterable[State], limit: int) -> tuple[ChangeRecord, ...]:
        try:
            return self.records(states=states, limit=limit)
        except JournalError:
            return ()

    def _check_writable(self) -> None:
        if self.locked:
            raise NotNow(self.locked)

    def _check_origin(self, change: Change) -> None:
        now = self.port(change.intent).origin
        if now != change.origin:
            raise NotNow(
                f"This change was sent to {change.origin}, and profile {self.profile.name!r} points to {now} now: "
                "what is read there says nothing about it. Point the profile back first."
            )

    def _check_settled(self, intent: Intent) -> None:
        earlier = self.journal.unresolved(self.port(intent).origin, intent.target)
        if earlier is not None:
            raise NotNow(self._taken_words(intent, earlier.op_id, earlier.change.profile))

    def _taken_words(self, intent: Intent, op_id: str, profile: str) -> str:
        return str(TargetTaken(intent.label, op_id, "" if profile == self.profile.name else profile))


def _operator() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return f"{name}@{socket.gethostname()}"
