"""Programs that are killed with SIGKILL while they change two gifts, at random moments and at named points.

Each is a process of its own, forked from one that has loaded everything, with the real journal on the disk and the
vendor on a socket. The next program says what is known, and the vendor's ledger says what is true.
"""

import asyncio
import os
import random
import select
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from qtydash.config.models import Paths
from qtydash.domain.changes import NEVER_MADE, ChangeRecord, State
from qtydash.sandbox.data.gifts import DOCUMENTED, PLENTY
from qtydash.services.changes import Changes
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal
from tests.adapter.kill_child import ADDED, LEFT, POINTS
from tests.adapter.kill_child import run as change_gifts
from tests.changes_kit import Clock, quick_folder
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.gift_process import GiftProcess, Written, gift_process

FIGURE = Figure(
    title=f"SIGKILL while gifts are changed: 5 of 8 at a random moment, 3 of 8 at {len(LEFT)} named points",
    unit="kills",
    full=1_600,
    subset=16,
    zero=("lost", "doubled", "misreported", "journals that do not open or verify"),
    present=("at a random moment", "at a named point", "found unknown"),
)

TRIES = 40
"""How often a program is started anew that ended before its random moment came."""
GIFTS = (DOCUMENTED, PLENTY)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    with gift_process({gift.id: gift.quantity for gift in GIFTS}) as shop:
        span = _span(shop)
        for each in range(seed, seed + count):
            with tally.case(each, "misreported"):
                _kill(tally, each, shop, span)
    return tally.outcome()


@dataclass(frozen=True, slots=True)
class _Home:
    """What one program leaves to the next."""

    config_file: Path
    journal: Path

    @staticmethod
    def within(folder: str) -> "_Home":
        made = _Home(Path(folder) / "config.toml", Path(folder) / "journal.db")
        made.config_file.touch(0o600)
        return made


class _Program:
    """A program that changes the gifts, in a process of its own; it tells how far it is."""

    def __init__(self, home: _Home, shop: GiftProcess, point: str = "") -> None:
        self._steps, told = os.pipe()
        self.heard: list[str] = []
        self.pid = os.fork()
        if self.pid == 0:
            try:
                POINTS[point]()
                work = change_gifts(
                    shop.profile(), home.config_file, home.journal, lambda step: _write(told, f"{step}\n")
                )
                asyncio.run(work)
                _write(told, "ended\n")
            finally:
                os._exit(0)
        os.close(told)

    def listen(self, seconds: float = 30.0) -> bool:
        """Hear the next step; whether there was one within so many seconds."""
        if not select.select([self._steps], [], [], seconds)[0]:
            return False
        heard = os.read(self._steps, 1_000).decode().split()
        self.heard += heard
        return bool(heard)

    def kill(self) -> bool:
        """Kill it; whether it was still running."""
        os.kill(self.pid, signal.SIGKILL)
        return self.killed()

    def killed(self) -> bool:
        """Wait for its end; whether that was SIGKILL."""
        _, status = os.waitpid(self.pid, 0)
        while self.listen():
            pass
        os.close(self._steps)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and "ended" not in self.heard


def _write(to: int, text: str) -> None:
    os.write(to, text.encode())


def _span(shop: GiftProcess) -> float:
    """Seconds that a program takes from its review to its end: what random moments are spread over."""
    longest = 0.0
    for seed in range(3):
        shop.reset(seed)
        with TemporaryDirectory(prefix="qtydash-kill-") as folder:
            program = _Program(_Home.within(folder), shop)
            while "reviewed" not in program.heard and program.listen():
                pass
            begun = time.monotonic()
            assert not program.killed()
            longest = max(longest, time.monotonic() - begun)
    return longest


def _kill(tally: Tally, seed: int, shop: GiftProcess, span: float) -> None:
    rng = random.Random(seed)
    # 3 of 8 at a named point, each of them as often as the others.
    point = sorted(LEFT)[(seed // 8 * 3 + seed % 8) % len(LEFT)] if seed % 8 < 3 else ""
    for _ in range(TRIES):
        shop.reset(seed)
        # A moment may be within a sync of the disk; a named point is where it is, however long that takes.
        with quick_folder() if point else TemporaryDirectory(prefix="qtydash-kill-") as folder:
            home = _Home.within(folder)
            program = _Program(home, shop, point)
            if not (program.killed() if point else _at_random(program, rng, span)):
                assert not point, f"it was not killed {point}"
                tally.counts["ended before they were killed"] += 1
                continue
            tally.counts["at a named point" if point else "at a random moment"] += 1
            asyncio.run(_Next(tally, home, shop, shop.ledger(), program.heard, point).judge())
            return
    raise AssertionError("its random moment never came")


def _at_random(program: _Program, rng: random.Random, span: float) -> bool:
    """Kill it at a random moment, mostly after the review; whether it was still running."""
    if rng.random() < 0.85:
        while "reviewed" not in program.heard and program.listen():
            pass
        time.sleep(rng.uniform(0, span))
    else:
        time.sleep(rng.uniform(0, 2 * span))
    return program.kill()


@dataclass(slots=True)
class _Next:
    """The next program, on what the killed one left, and the truth."""

    tally: Tally
    home: _Home
    shop: GiftProcess
    written: Sequence[Written]
    heard: Sequence[str]
    point: str

    async def judge(self) -> None:
        clock, profile = Clock(), self.shop.profile()
        paths = Paths(self.home.config_file, self.home.journal.with_name("cache.db"), self.home.journal)
        sources = Sources(profile, paths, clock)
        book = Journal(self.home.journal)
        changes = Changes(profile, book, sources.change_ports, clock, purpose="the next", sleep=clock.sleep)
        changes.open()
        try:
            must(not changes.locked, "journals that do not open or verify", changes.locked)
            book.verify()
            records = sorted(changes.records(), key=lambda r: r.change.intent.label != DOCUMENTED.sku)
            self._check_lost(changes, records)
            self._check_told(changes, records)
            if self.point:
                self._check_point(changes, records)
            await self._finish(changes)
        finally:
            await sources.aclose()
            changes.close()
            if (task := changes._writer._task) is not None:
                task.cancel()
        self._check_end()

    def _check_lost(self, changes: Changes, records: Sequence[ChangeRecord]) -> None:
        """What left is in the journal as sent, and what the operator wanted is known or still wanted."""
        sent = {r.op_id for r in records if r.sent_at is not None}
        must(
            {each.op_id for each in self.written} <= sent, "lost", "a write arrived that is not journaled as sent"
        )
        if "staged" in self.heard:
            known = {r.change.intent.label for r in records if r.state not in NEVER_MADE}
            wanted = known | {i.label for i in changes.staged}
            must(wanted == {gift.sku for gift in GIFTS}, "lost", f"only {wanted} is known or staged")

    def _check_told(self, changes: Changes, records: Sequence[ChangeRecord]) -> None:
        """What is told of each fits what the vendor did."""
        arrived = {each.op_id for each in self.written}
        for record in records:
            state = record.state
            self.tally.counts[f"found {state.value}"] += 1
            must(state not in (State.PLANNED, State.SENT), "misreported", f"{state} was left behind")
            if state in (State.CONFIRMED, *NEVER_MADE):
                must((record.op_id in arrived) is (state is State.CONFIRMED), "misreported", f"told {state}")
        doubt = {r.op_id for r in records if r.state is State.UNKNOWN}
        must({r.op_id for r in changes.in_doubt()} == doubt, "misreported", "what is unknown is not shown first")

    def _check_point(self, changes: Changes, records: Sequence[ChangeRecord]) -> None:
        left = LEFT[self.point]
        staged = tuple(i.label for i in changes.staged)
        must(len(self.written) == left.sent, "misreported", f"{self.point}: {len(self.written)} arrived")
        must(tuple(r.state for r in records) == left.states, "misreported", f"{self.point}: {records}")
        expected = tuple(gift.sku for gift in GIFTS)[left.staged_from :]
        must(staged == expected, "lost" if len(staged) < len(expected) else "misreported", f"staged: {staged}")

    async def _finish(self, changes: Changes) -> None:
        """Judge what is in doubt, apply what is still wanted."""
        arrived = {each.op_id for each in self.written}
        for record in changes.in_doubt():
            judged = await changes.reconcile(record.op_id)
            truth = State.APPLIED_INFERRED if record.op_id in arrived else State.NOT_APPLIED_INFERRED
            must(judged.state is truth, "misreported", f"judged {judged.state}, and the truth is {truth}")
            if truth is State.NOT_APPLIED_INFERRED:
                changes.stage(judged.change.intent)
        await changes.apply(await changes.plan(changes.staged))

    def _check_end(self) -> None:
        """Each of the gifts was changed once by what the operator wanted once."""
        done = self.shop.ledger()
        wished = {gift.id for gift in GIFTS} if "staged" in self.heard else {each.gift for each in done}
        gifts = sorted(each.gift for each in done)
        must(len(gifts) == len(set(gifts)), "doubled", f"in the end there were {done}")
        must(gifts == sorted(wished), "lost", f"in the end there were {done}")
        for gift in GIFTS:
            expected = gift.quantity + ADDED * (gift.id in wished)
            must(self.shop.quantities[gift.id] == expected, "misreported", f"{gift.sku} ended as no one wanted")
