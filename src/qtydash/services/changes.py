"""The change engine: stage, review, apply, undo. Every write of every vertical goes through here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from qtydash.config.models import Profile
from qtydash.domain.change_words import sentence
from qtydash.domain.changes import (
    DONE,
    IN_DOUBT,
    NEVER_MADE,
    Change,
    Intent,
    State,
    inverse,
)
from qtydash.domain.gates import deletion_gate
from qtydash.domain.op_id import new_op_id
from qtydash.domain.review import Proposal, deletion_count
from qtydash.services.backup import BackupFailed, back_up
from qtydash.services.batch import Batch, BatchControl, BatchResult, OnResult, Result
from qtydash.services.change_records import NotNow as NotNow
from qtydash.services.judging import Judging
from qtydash.services.planning import reviewed
from qtydash.services.port import ChangePort
from qtydash.services.staging import Staging
from qtydash.services.writer import Writer
from qtydash.storage.journal import Journal, JournalError, TargetTaken
from qtydash.storage.lock import HeldElsewhere


@dataclass(frozen=True, slots=True)
class Running:
    """The batch that is being applied. ``sent_at`` is None between two changes; ``left`` counts those to come."""

    control: BatchControl
    sentence: str
    sent_at: datetime | None
    left: int


class Changes(Judging):
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
        super().__init__(profile, journal, ports, now, purpose=purpose, sleep=sleep, operator=operator)
        self.running: Running | None = None
        self._writer = Writer()
        self._staging = Staging(journal, profile.name, self._origin)
        self._batches: dict[str, BatchControl] = {}
        """Those that were given to ``apply`` and have not ended: one runs, the others wait for it."""
        self._in_batch: dict[str, str] = {}
        """Targets that the batches have not come to yet, by operation id."""

    # Opening.

    def open(self) -> tuple[str, ...]:
        """Take the right to write, verify the journal, and say of an earlier run's changes what is known.

        Returns the ids of changes whose outcome is unknown because that run ended. Where this cannot be done
        ``locked`` says why, and changes can only be looked at.
        """
        recovered: tuple[str, ...] = ()
        if self._batches:  # what is being sent now, or waits to be, was not left behind
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
        """Let go of the right to write. No batch sends anything more."""
        self.stop()
        if not self.locked:
            self.journal.note_end()
        self.locked = self.locked or "Changes were closed, so that another program can write."
        self._lock.release()

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

        What a batch is about to send stays: it is sent all the same, unless the batch is stopped.
        """
        with self._told():
            coming = self.in_batch
            return self._staging.remove(target for target in targets if target not in coming)

    @property
    def in_batch(self) -> frozenset[str]:
        """The targets that the batches have not come to yet."""
        return frozenset(self._in_batch.values())

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
        # Ids made within one millisecond are in no order: sorted, the batch is found again as it was reviewed.
        ids = sorted(new_op_id(self._now()) for _ in proposals)
        changes = [self._change(proposal, batch, op_id) for proposal, op_id in zip(proposals, ids, strict=True)]
        if not batch:
            changes = [replace(change, batch=changes[0].op_id) for change in changes]
        backup = self._backed_up(changes, proposals)
        steering, first = control or BatchControl(), changes[0].op_id
        self._batches[first] = steering
        try:
            self.journal.plan(changes, f"Backed up in {backup}." if backup else "")
        except BaseException as error:
            del self._batches[first]
            if backup is not None:  # a backup says that something was to be sent
                backup.unlink(missing_ok=True)
            if isinstance(error, TargetTaken):
                raise NotNow(str(error)) from None
            raise
        self._in_batch |= {change.op_id: change.intent.target for change in changes}
        self._tell()

        def told(position: int, result: Result) -> None:
            sent_at = self._now() if result.state is State.SENT else None
            left = len(changes) - position - 1
            self.running = Running(steering, result.change.sentence, sent_at, left)
            if result.state is not State.SENT:
                self._in_batch.pop(result.change.op_id, None)
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

        def over() -> None:
            for change in changes:
                self._in_batch.pop(change.op_id, None)
            del self._batches[first]

        async def work() -> BatchResult:
            self.running = Running(steering, changes[0].sentence, None, len(changes))
            try:
                return await run.run()
            finally:
                self.locked = self.locked or run.journal_fault
                self.running = None
                over()
                self.journal.note_end()
                self._tell()

        return await self._writer.run(work, over)

    def stop(self) -> int:
        """Send nothing more but what is on its way, of the batch that runs and of those that wait; how many."""
        for control in tuple(self._batches.values()):
            control.aborted = True
        return len(self._batches)

    def _against_sending(self) -> str:
        """Why nothing more may be sent: changes were locked meanwhile, or another program may write."""
        if self.locked or self._lock.is_ours:
            return self.locked
        return (
            "The file that keeps other programs from writing was removed, so another one may be writing "
            "now. Nothing more is sent from here: close both and open one again."
        )

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

    def _change(self, proposal: Proposal, batch: str, op_id: str) -> Change:
        intent, observed, expected = proposal.intent, proposal.observed, proposal.expected
        if not proposal.ready or observed is None or observed.facts is None or expected is None:
            raise NotNow(f"{intent.label} cannot be applied: {proposal.refusal or proposal.question}")
        port, now = self.port(intent), self._now()
        return Change(
            op_id=op_id,
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

    def _check_settled(self, intent: Intent) -> None:
        earlier = self.journal.unresolved(self.port(intent).origin, intent.target)
        if earlier is not None:
            raise NotNow(self._taken_words(intent, earlier.op_id, earlier.change.profile))

    def _taken_words(self, intent: Intent, op_id: str, profile: str) -> str:
        return str(TargetTaken(intent.label, op_id, "" if profile == self.profile.name else profile))
