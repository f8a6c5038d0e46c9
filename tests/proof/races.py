"""Two processes that race for the right to write for one profile, on a journal that neither has seen before.

Both are let go at one moment. Who gets it stays in for a while and writes; who does not is told who holds it, can
neither stage nor send, and tries until it is free. Some of those that hold it are killed there. Each adds a line
to a file when it comes in and when it goes out, and the vendor's ledger says what was written.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from qtydash.config.models import Paths
from qtydash.domain.changes import Intent, Kind, State
from qtydash.domain.gifts import Gift, stock_intent
from qtydash.services.changes import Changes, NotNow
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal
from tests.changes_kit import Clock
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.gift_process import GiftProcess, gift_process

FIGURE = Figure(
    title="two processes that race for one profile; in two of five races one is killed while it holds it",
    unit="races",
    full=100,
    subset=6,
    zero=("two writers at once", "writes by who had no right to", "never got in"),
    present=("were told who writes", "killed while they wrote", "writes"),
)

GIFT, BEFORE = "gift1", 50
PATIENCE = 30.0


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    with gift_process({GIFT: BEFORE}) as shop:
        for each in range(seed, seed + count):
            with tally.case(each, "two writers at once"), TemporaryDirectory(prefix="qtydash-race-") as folder:
                _race(tally, each, shop, Path(folder))
    return tally.outcome()


def _race(tally: Tally, seed: int, shop: GiftProcess, folder: Path) -> None:
    rng = random.Random(seed)
    (folder / "config.toml").touch(0o600)
    shop.reset(seed)
    gate, go = os.pipe()
    victim = rng.choice((0, 1)) if rng.random() < 0.4 else None  # half of them get in first
    pids = [_runner(n, gate, go, shop, folder, rng.uniform(0.005, 0.05), dies=n == victim) for n in (0, 1)]
    os.close(gate)
    os.close(go)  # both read its end now
    for pid in pids:
        os.waitpid(pid, 0)
    lines = [line.split(" ", 2) for line in (folder / "lines").read_text().splitlines()]
    told = [words for _, what, words in lines if what == "told"]
    tally.counts["were told who writes"] += len(told)
    # Between taking the lock and writing down who has it there is a moment.
    known = (*(f"(process {pid} on " for pid in pids), "another qtydash is open on profile")
    for words in told:
        must(any(each in words for each in known), "two writers at once", f"told: {words}")
    _check_turns([(who, what) for who, what, _ in lines], tally)
    _check_ledger(tally, shop, Journal(folder / "journal.db"), lines)


def _check_turns(turns: Sequence[tuple[str, str]], tally: Tally) -> None:
    """Nobody is in while another is; who was killed is out."""
    inside = ""
    for who, what in turns:
        if what == "in":
            must(not inside, "two writers at once", turns)
            inside = who
        elif what in ("out", "killed"):
            must(inside == who, "two writers at once", turns)
            inside = ""
            tally.counts["killed while they wrote"] += what == "killed"
    came = {who for who, what in turns if what == "in"}
    must(came == {"0", "1"}, "never got in", turns)


def _check_ledger(tally: Tally, shop: GiftProcess, book: Journal, lines: Sequence[Sequence[str]]) -> None:
    written = shop.ledger()
    tally.counts["writes"] += len(written)
    allowed = {op_id for _, what, op_id in lines if what == "sends"}
    must({each.op_id for each in written} <= allowed, "writes by who had no right to", written)
    book.verify()
    records = book.records("shop")
    must(
        {each.op_id for each in written} <= {r.op_id for r in records},
        "writes by who had no right to",
        "unjournaled",
    )
    done = [r for r in records if r.state is State.CONFIRMED]
    must(len(done) <= len(written) <= 2, "two writers at once", f"{len(done)} confirmed of {len(written)}")
    must(shop.quantities[GIFT] == BEFORE + len(written), "two writers at once", shop.quantities)


def _runner(number: int, gate: int, go: int, shop: GiftProcess, folder: Path, stays: float, *, dies: bool) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            os.close(go)
            os.read(gate, 1)  # until the gate is opened
            asyncio.run(_Runner(number, shop, folder, stays, dies).run())
        finally:
            os._exit(1)
    return pid


class _Runner:
    """One of the two programs."""

    def __init__(self, number: int, shop: GiftProcess, folder: Path, stays: float, dies: bool) -> None:
        self._number = number
        self._stays = stays
        self._dies = dies
        self._clock = Clock()
        self._lines = os.open(folder / "lines", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        paths = Paths(folder / "config.toml", folder / f"cache{number}.db", folder / "journal.db")
        self._sources = Sources(shop.profile(), paths, self._clock)
        self._changes = Changes(
            shop.profile(),
            Journal(paths.journal_db),
            self._sources.change_ports,
            self._clock,
            purpose=f"runner {number}",
            sleep=self._clock.sleep,
        )

    async def run(self) -> None:
        until, tried = time.monotonic() + PATIENCE, False
        while time.monotonic() < until:
            self._changes.open()
            if not self._changes.locked:
                return await self._inside()
            self._say("told", self._changes.locked)
            if not tried:
                await self._try_without_right()
            tried = True
            await asyncio.sleep(0.005)  # no wait for anything: how often it tries, as an operator would
        return None

    async def _inside(self) -> None:
        self._say("in")
        await asyncio.sleep(self._stays / 2)
        wanted = self._wish()
        with suppress(NotNow):  # what a killed one left in doubt stands in the way
            self._changes.stage(wanted)
            proposals = await self._changes.plan([wanted])
            self._changes.subscribe(self._say_what_is_sent)
            await self._changes.apply([each for each in proposals if each.ready])
        await asyncio.sleep(self._stays / 2)
        self._say("out")
        self._changes.close()

    def _say_what_is_sent(self) -> None:
        record = self._changes.in_flight
        if record is not None:
            self._say("sends", record.op_id)
            if self._dies:
                self._say("killed")
                os.kill(os.getpid(), signal.SIGKILL)

    async def _try_without_right(self) -> None:
        """Neither staging nor sending is possible; else the ledger has a write that nobody announced."""
        with suppress(NotNow):
            self._changes.stage(self._wish())
        with suppress(NotNow):
            await self._changes.apply(await self._changes.plan([self._wish()]))

    def _wish(self) -> Intent:
        gift = Gift(GIFT, "MUG", (), "", BEFORE, False, None)
        now = self._clock()
        return stock_intent(gift, Kind.GIFT_ADJUST, 1, f"by {self._number}", now=now, seen_at=now)

    def _say(self, what: str, words: str = "-") -> None:
        os.write(self._lines, f"{self._number} {what} {words}\n".encode())
