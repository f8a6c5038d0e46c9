"""A schedule: a shop with other writers, programs that come and go and are killed, an operator with bad luck."""

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import NOON, Clock, quick_folder
from tests.property.all_kinds import CARTS, GIFTS, HELD_CARTS, HOLDS, TARGETS, furnish, meddle, wish
from tests.property.mortal import Killed, Program
from tests.vendor_model import Fate, ModelShop, answered, lost, refused

from qtydash.domain.changes import (
    REJECTING,
    ChangeRecord,
    Intent,
    State,
)
from qtydash.domain.errors import RateLimited, Unauthorized, VendorError
from qtydash.domain.op_id import new_op_id
from qtydash.domain.review import Proposal
from qtydash.services import changes as engine
from qtydash.services.batch import Result
from qtydash.services.changes import NotNow
from qtydash.storage import journal_file
from qtydash.storage.journal import Journal, JournalError

PROFILES = ("shop", "till")
"""Two profiles of one vendor's address, in one journal."""
LAG = 2.0
"""Seconds for which a read may still show what was before a late effect: less than lies between two looks."""
_LATE = (0.5, 10, 60, 88.5, 89.9, 90, 91.5, 92.9, 94, 120, 700)


class Doubled(AssertionError):
    """A write was made twice, or sent again although it may have been made."""


class Unjournaled(AssertionError):
    """A write reached the vendor that the journal did not have as sent."""


class EndedEarly(AssertionError):
    """A schedule ended before its writes were sent."""


class Schedule:
    """One schedule: a shop with other writers, programs that come and go, and an operator with bad luck."""

    def __init__(self, seed: int, writes: int, path: Path) -> None:
        self.rng = random.Random(seed)
        self.writes = writes
        self.path = path
        self.clock = Clock()
        floor = self.rng.choice((None, None, 0))
        self.shop = ModelShop(self.clock, {t: self.rng.randint(0, 30) for t in GIFTS}, floor=floor)
        self.shop.lag = LAG
        self.shop.on_arrival = self._arrived
        furnish(self.shop, self.rng)
        self.unjournaled: list[str] = []
        """What reached the vendor and was not written down as sent. It is told at the end: the engine takes any
        error of a write for a fault of its own."""
        self.programs: dict[str, Program] = {}
        self.states: Counter[State] = Counter()
        """How often a change came to each state."""
        self.killed = self.restarts = self.rivals = 0
        self.troubled = self.rng.random() < 0.2
        """Whether the journal fails now and then too."""

    @property
    def seen(self) -> set[State]:
        """Every state that a change came to."""
        return set(self.states)

    # What happens.

    async def play(self) -> None:
        acts: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (10, self._edit),
            (4, self._edit_at_once),
            (4, self._delete),
            (3, self._reconcile),
            (6, self._verdict),
            (1, self._undo),
            (1, self._rival),
            (1, self._restart),
            (1, self._time_passes),
            (2, self._another_writer),
        ]
        weights, calls = [weight for weight, _ in acts], [call for _, call in acts]
        for profile in PROFILES:
            self._start(profile)
        while len(self.shop.sends) < self.writes and self.clock() < NOON + timedelta(days=30):
            (act,) = self.rng.choices(calls, weights)
            await act()
            self.clock.move(self.rng.choice((0.01, 1, 40)))
        await self._end()

    def _start(self, profile: str) -> Program:
        """The program runs, perhaps after it was killed: then its first word is of what is in doubt."""
        if profile in self.programs:
            self.programs[profile].end()
        sent = {r.op_id for r in Journal(self.path).records(profile, states=[State.SENT])}
        program = Program(profile, self.path, self.shop, self.clock, self.rng)
        self.programs[profile] = program
        assert set(program.changes.open()) == sent, "what an earlier run left behind was not told"
        assert program.changes.locked == ""
        assert sent <= {r.op_id for r in program.changes.in_doubt()}
        program.journal_fails = 0.03 if self.troubled else 0.0
        return program

    async def _running(
        self, profile: str, work: Callable[[Program], Awaitable[object]], kill: float = 0.25
    ) -> None:
        """Let a program do something, during which it may be killed; then it is started anew."""
        program = self.programs[profile]
        if self.rng.random() < kill:
            program.fuse.left = self.rng.choice((self.rng.randrange(12), self.rng.randrange(40)))
        try:
            await work(program)
        except (NotNow, VendorError, JournalError, Killed):
            pass
        except asyncio.CancelledError:
            assert not program.fuse.dead
        program.fuse.left = None
        self.killed += program.fuse.dead
        if program.fuse.dead or program.changes.locked:
            self._start(profile)

    async def _edit(self, profile: str = "") -> None:
        await self._running(profile or self.rng.choice(PROFILES), self._stage_and_apply)

    async def _edit_at_once(self) -> None:
        await asyncio.gather(*(self._edit(profile) for profile in PROFILES))

    async def _stage_and_apply(self, program: Program) -> None:
        targets = GIFTS + CARTS
        for target in self.rng.sample(targets, self.rng.randint(1, len(targets))):
            with suppress(NotNow):
                program.changes.stage(self._wish(target))
        await self._apply(program, program.changes.staged)

    async def _delete(self) -> None:
        """Deletions are never staged: they are reviewed and applied at once."""

        async def work(program: Program) -> None:
            targets = self.rng.sample(HOLDS + HELD_CARTS, self.rng.randint(1, 3))
            await self._apply(program, [self._wish(target) for target in targets])

        await self._running(self.rng.choice(PROFILES), work)

    async def _apply(self, program: Program, wanted: Sequence[Intent]) -> None:
        changes = program.changes
        proposals = [replace(p, accepted=True) for p in await changes.plan(wanted)]
        ready = [p for p in proposals if p.ready]
        self._prepare(ready)
        told: dict[int, Result] = {}
        try:
            result = await changes.apply(ready, on_result=lambda n, each: told.update({n: each}))
            assert list(result.results) == [told[n] for n in range(len(ready))]
        finally:
            if not program.fuse.dead:
                self._check_told(program, told)

    def _wish(self, target: str) -> Intent:
        """What the operator wants: no two at one time, so that each is known by when it was staged."""
        self.clock.move(0.002)
        return wish(self.shop, self.rng, target)

    def _prepare(self, ready: Sequence[Proposal]) -> None:
        """What becomes of the next writes, and of a read between them."""
        deletes = any(proposal.intent.kind.deletes for proposal in ready)
        self.shop.fates.clear()
        self.shop.blind.clear()
        self.shop.fates += [self._fate(deletes) for _ in range(3 * len(ready))]
        if self.rng.random() < 0.05:
            self.shop.blind.append(lost())

    def _fate(self, deletes: bool) -> Fate:
        rng, seconds = self.rng, self.rng.choice((0, 0.1, 3, 30))
        applied = rng.random() < 0.5
        # That it does not know a record is said by the shop where it is so.
        status = rng.choice(sorted(REJECTING - {401, 403, 429} - ({404, 410} if deletes else set())))
        wait = rng.choice((None, 0, 3, 1_000))
        ways: list[tuple[int, Fate]] = [
            (12, Fate(seconds=seconds)),
            (3, Fate(reached=False, applied=False, failure=refused, seconds=seconds)),
            (3, Fate(applied=applied, failure=lost, seconds=seconds)),
            (3, Fate(late=rng.choice(_LATE), failure=lost, seconds=seconds)),
            (2, Fate(applied=applied, failure=answered(rng.choice((200, 202, 302, 408, 500, 502, 520))))),
            (2, Fate(applied=False, failure=answered(status))),
            (1, Fate(applied=False, failure=lambda: RateLimited("Slow down.", retry_after=wait))),
            (1, Fate(applied=False, failure=lambda: Unauthorized("No.", status=rng.choice((401, 403))))),
            (1, Fate(applied=applied, failure=lambda: RuntimeError("a fault of our own"))),
            (1, Fate(applied=applied, cancelled=True)),
        ]
        (fate,) = rng.choices([way for _, way in ways], [weight for weight, _ in ways])
        return fate

    async def _reconcile(self) -> None:
        async def work(program: Program) -> None:
            unknown = [r for r in _in_order(program.changes.in_doubt()) if r.state is State.UNKNOWN]
            if unknown:
                await program.changes.reconcile(self.rng.choice(unknown).op_id, wait=self.rng.random() < 0.7)

        await self._running(self.rng.choice(PROFILES), work, kill=0.1)

    async def _verdict(self) -> None:
        async def work(program: Program) -> None:
            doubt = _in_order(program.changes.in_doubt())
            if doubt:
                chosen = self.rng.choice(doubt).op_id
                program.changes.resolve(chosen, applied=self.rng.random() < 0.5, reason="looked at the console")

        await self._running(self.rng.choice(PROFILES), work, kill=0.1)

    async def _undo(self) -> None:
        async def work(program: Program) -> None:
            records = _in_order(program.changes.records())
            if records:
                self.clock.move(0.002)
                program.changes.undo(self.rng.choice(records).op_id)

        await self._running(self.rng.choice(PROFILES), work, kill=0.1)

    async def _rival(self) -> None:
        """A second program on a profile that one is running for already: it can do nothing."""
        profile = self.rng.choice(PROFILES)
        rival = Program(profile, self.path, self.shop, self.clock, self.rng)
        assert rival.changes.open() == ()
        assert f"program {profile} (process" in rival.changes.locked
        with pytest.raises(NotNow):
            rival.changes.stage(self._wish(GIFTS[0]))
        with pytest.raises(NotNow):
            await rival.changes.apply(await rival.changes.plan([self._wish(GIFTS[0])]))
        rival.end()
        self.rivals += 1

    async def _restart(self) -> None:
        self.restarts += 1
        self._start(self.rng.choice(PROFILES))

    async def _time_passes(self) -> None:
        self.clock.move(self.rng.choice((5, 100, 2_000)))

    async def _another_writer(self) -> None:
        meddle(self.shop, self.rng, self.rng.choice(TARGETS))

    async def _end(self) -> None:
        """Everything late has happened, every program ran once more, and what can be judged is judged."""
        self.clock.move(3_600)
        self.shop.blind.clear()
        for profile in PROFILES:
            self.troubled = False
            program = self._start(profile)
            for record in _in_order(program.changes.in_doubt()):
                if record.state is State.UNKNOWN:
                    await program.changes.reconcile(record.op_id)
            program.end()

    # What must hold.

    def _arrived(self, op_id: str) -> None:
        """A request reaches the vendor: it is in the journal as sent. Another writer may be just before it."""
        found = Journal(self.path).find(op_id)
        if found is None or found.state is not State.SENT:
            said = "did not have it" if found is None else f"said {found.state}"
            self.unjournaled.append(f"{op_id} reached the vendor while the journal {said}")
        elif self.rng.random() < (0.4 if found.change.intent.kind.deletes else 0.03):
            meddle(self.shop, self.rng, found.change.intent.target)

    def _check_told(self, program: Program, told: dict[int, Result]) -> None:
        """What the operator was told last of each change is what the journal says, or is more careful."""
        for result in told.values():
            found = Journal(self.path).find(result.change.op_id)
            assert found is not None
            says = State.ABANDONED if result.state is None else result.state
            careful = says is State.UNKNOWN and program.changes.locked
            unwritten = says is State.ABANDONED and found.state is State.PLANNED and program.changes.locked
            assert says is found.state or careful or unwritten, f"told {says}, journaled {found.state}"


def _in_order(records: tuple[ChangeRecord, ...]) -> list[ChangeRecord]:
    return sorted(records, key=lambda r: (r.change.intent.staged_at, r.change.planned_at))


@contextmanager
def kept_open(path: Path) -> Iterator[Callable[[Path], AbstractContextManager[sqlite3.Connection]]]:
    """The journal behind one connection, whoever asks.

    The file is not what is tried here, and opening it for each call would take half of the time: a program is
    killed between calls, and the machine stays on.
    """
    with closing(journal_file._open(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = MEMORY")

        @contextmanager
        def connected(_: Path) -> Iterator[sqlite3.Connection]:
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

        yield connected


def play(
    seed: int, writes: int, empty: Path, monkeypatch: pytest.MonkeyPatch, check: Callable[[Schedule], None]
) -> Schedule:
    """Play one schedule from its seed on a copy of an empty journal; everything random comes from the seed.

    ``check`` gets it when it has ended.
    """
    with quick_journal(seed, empty, monkeypatch) as path:
        schedule = Schedule(seed, writes, path)
        try:
            asyncio.run(schedule.play())
        except Exception:
            try:
                check(schedule)
            except (Doubled, Unjournaled):  # says more than what it led to
                raise
            except AssertionError:
                pass
            raise
        check(schedule)
    return schedule


@contextmanager
def quick_journal(seed: int, empty: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of an empty journal, kept open; the engine's ids and its jitter come from the seed meanwhile."""
    noise = random.Random(f"ids {seed}")
    random.seed(seed)
    monkeypatch.setattr(engine, "new_op_id", lambda now: new_op_id(now, noise.randbytes(10)))
    with quick_folder() as folder:
        path = Path(folder) / "journal.db"
        for file in empty.parent.iterdir():
            (path.parent / file.name).write_bytes(file.read_bytes())
        try:
            with kept_open(path) as connected:
                monkeypatch.setattr(journal_file, "connected", connected)
                yield path
        finally:
            monkeypatch.undo()
