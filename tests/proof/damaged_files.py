"""A journal and a cache that cannot be used any more: before a program starts, under it, or within a batch.

No write may leave without being in the journal, read from its file as anyone would. A journal that is wrong locks
what comes next and is left as it is; once it is well again, the next program knows what was sent. A cache that is
wrong is set aside as it is and made anew.

A full disk is once a limit on the size of files (``RLIMIT_FSIZE``), once a database that SQLite lets take no more
pages (``max_page_count``), which is noticed when a page is needed: where none was, all three writes must have been
made and be in the journal as confirmed. A journal that is read-only is one that is opened so; a cache is read-only
by its rights or its folder's, for another user where whoever runs this may write any file.

A cache has no checksums: a bit that is another one within a value is read as that value. Bits are flipped until
what is read differs; where nothing can be read the file must be set aside, and where something else is read, or a
name is not found any more, that is counted as a flip believed.
"""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from qtydash.domain.changes import Intent, State
from qtydash.domain.review import Observed
from qtydash.services.changes import Changes, NotNow
from qtydash.storage import journal_file
from qtydash.storage.journal import Journal, JournalError
from tests import spoils
from tests.changes_kit import PROFILE, Clock, bring_to, change, intent, journal, quick_folder
from tests.proof.damaged_caches import CACHES, check_cache, with_a_flip
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.vendor_model import ModelShop

Trouble = Callable[[Path, random.Random], AbstractContextManager[None]]
"""Makes a file unusable; leaving it, where that is possible, makes it usable again."""


def _for_good(spoil: Callable[[Path], object]) -> Trouble:
    def trouble(path: Path, rng: random.Random) -> AbstractContextManager[None]:
        spoil(path)
        return nullcontext()

    return trouble


def _bit_flipped(path: Path, rng: random.Random) -> AbstractContextManager[None]:
    """A bit that changes what a journal says, as most of a file does not."""
    whole, before = path.read_bytes(), _said(path)
    for _ in range(500):
        path.write_bytes(with_a_flip(whole, rng))
        if _said(path) != before:
            break
    return nullcontext()


@contextmanager
def _moved(path: Path, rng: random.Random) -> Iterator[None]:
    away = path.rename(path.with_name("moved.db"))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        away.rename(path)


def _full(path: Path, rng: random.Random) -> AbstractContextManager[None]:
    return spoils.full_disk(0)


@contextmanager
def _no_more_pages(path: Path, rng: random.Random) -> Iterator[None]:
    opened = journal_file._open

    def small(path: Path) -> sqlite3.Connection:
        db = opened(path)
        db.execute("PRAGMA max_page_count = 1")  # which is as many as it has
        return db

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_file, "_open", small)
        yield


@contextmanager
def _older(path: Path, rng: random.Random) -> Iterator[None]:
    """An older copy of the same journal takes its place."""
    now = path.read_bytes()
    path.write_bytes(path.with_name("older.db").read_bytes())
    try:
        yield
    finally:
        path.write_bytes(now)


MOMENTS = ("before the start", "between review and sending", "within a batch", "right before sending")


@dataclass(frozen=True, slots=True)
class Condition:
    """``noticed``: it must lock what comes next; a flipped bit may lie where nothing is. ``kept``: the file is
    then as the trouble left it. ``mends``: once the trouble is over, the journal is the one it was."""

    trouble: Trouble
    noticed: bool = True
    kept: bool = True
    mends: bool = False
    moments: tuple[str, ...] = MOMENTS
    """When it can be noticed."""
    told: str = "journal"
    """What must be among the words with which it is told."""


JOURNALS: Mapping[str, Condition] = {
    "disk full (limit on files)": Condition(_full, mends=True, moments=MOMENTS[1:]),
    "disk full (no more pages)": Condition(_no_more_pages, noticed=False, mends=True, moments=MOMENTS[1:]),
    "read-only": Condition(lambda path, rng: spoils.read_only(), mends=True),
    "moved": Condition(_moved, mends=True),
    "truncated": Condition(_for_good(spoils.cut_short)),
    "emptied": Condition(_for_good(spoils.emptied)),
    "overwritten": Condition(_for_good(spoils.overwritten)),
    "bit-flipped": Condition(_bit_flipped, noticed=False, kept=False),
    "foreign": Condition(_for_good(spoils.foreign)),
    "another journal": Condition(_for_good(spoils.another_journal)),
    "older copy, put back under a program": Condition(_older, mends=True, moments=MOMENTS[1:]),
    "older copy, put back before the start": Condition(
        _older, mends=True, moments=MOMENTS[:1], told="is an older copy"
    ),
    "of a newer program": Condition(_for_good(spoils.newer)),
}

FIGURE = Figure(
    title=(
        f"{len(JOURNALS)} ways in which a journal is full, read-only, moved, damaged or foreign, "
        f"{len(CACHES)} for a cache"
    ),
    unit="files",
    full=10 * (len(JOURNALS) + len(CACHES)),
    subset=len(JOURNALS) + len(CACHES),
    zero=("writes without a journal", "not locked", "not told", "caches not rebuilt", "old caches lost"),
    present=(
        *("caches set aside", "flips set aside", "caches read that cannot be written", "locked", *MOMENTS),
        "older copies told at the start",
    ),
)

MUGS = tuple(f"gift:{n}" for n in range(3))


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    for each in range(seed, seed + count):
        rng = random.Random(each)
        # One moment after the other, so that ten rounds bring each condition to each moment.
        which, round_ = each % (len(JOURNALS) + len(CACHES)), each // (len(JOURNALS) + len(CACHES))
        otherwise = "writes without a journal" if which < len(JOURNALS) else "caches not rebuilt"
        with tally.case(each, otherwise), quick_folder() as folder:
            if which < len(JOURNALS):
                name = list(JOURNALS)[which]
                moments = JOURNALS[name].moments
                moment = moments[(which + round_) % len(moments)]
                asyncio.run(_Batch(tally, name, moment, rng, Path(folder) / "journal.db").run())
            else:
                check_cache(tally, list(CACHES)[which - len(JOURNALS)], rng, Path(folder) / "cache.db")
    return tally.outcome()


class _Shop(ModelShop):
    """Calls ``before_sending`` when a target was read for the last time before its write."""

    before_sending: Callable[[], None] = staticmethod(lambda: None)

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        found = await super().observe(intents, max_age=max_age)
        if self.reads == 2:
            self.before_sending()
        return found


class _Batch:
    """Three writes, and a journal that is spoilt at one moment."""

    def __init__(self, tally: Tally, name: str, moment: str, rng: random.Random, path: Path) -> None:
        self.tally, self.name, self.moment, self.rng, self.path = tally, name, moment, rng, path
        self.condition = JOURNALS[name]
        self.clock = Clock()
        self.shop = _Shop(self.clock, dict.fromkeys(MUGS, 10))
        if moment == MOMENTS[3]:
            self.shop.before_sending = self._spoil
        self.shop.on_arrival = self._arrived
        self.unjournaled: list[str] = []
        self.stack = ExitStack()
        self.left = b""
        """The journal's bytes as the trouble left them."""
        self.falsified = False
        """Whether what the journal says is not what it said, as far as SQLite can read it."""
        book = journal(path)
        path.with_name("older.db").write_bytes(path.read_bytes())
        bring_to(book, State.CONFIRMED, change(intent(target="gift:before")))
        book.note_end()  # as a program does when a batch ends

    async def run(self) -> None:
        self.tally.counts[self.moment] += 1
        early = self.moment == MOMENTS[0]
        if early:
            self._spoil()
        changes = self._program()
        told = changes.locked
        try:
            with self.stack:
                if not told:
                    told = await self._write(changes)
                must(not self.unjournaled, "writes without a journal", f"{self.name}: {self.unjournaled}")
                self._check(changes, told)
        finally:
            changes.close()
            if (task := changes._writer._task) is not None:
                task.cancel()
        if self.condition.mends:
            self._check_next()

    def _program(self) -> Changes:
        changes = Changes(
            PROFILE, Journal(self.path), [self.shop], self.clock, purpose="the proof", sleep=self.clock.sleep
        )
        changes.open()
        return changes

    async def _write(self, changes: Changes) -> str:
        """Apply the three; why it could not be done, as far as it was told."""
        at, reason = self.clock(), "counted anew. " * 300
        wanted = [intent(2, target, reason=reason, at=at + timedelta(seconds=n)) for n, target in enumerate(MUGS)]
        try:
            changes.stage(*wanted)
            proposals = await changes.plan(wanted)
            if self.moment == MOMENTS[1]:
                self._spoil()
            result = await changes.apply(proposals)
        except (NotNow, JournalError) as error:
            return str(error)
        states = [each.state for each in result.results]
        if self.moment == MOMENTS[2] and changes.locked:
            must(states[0] is State.UNKNOWN, "not told", f"{self.name}: the first was told as {states[0]}")
        return changes.locked

    def _spoil(self) -> None:
        before = _said(self.path)
        self.stack.enter_context(self.condition.trouble(self.path, self.rng))
        self.left = self.path.read_bytes() if self.path.is_file() else b""
        self.falsified = _said(self.path) != before

    def _arrived(self, op_id: str) -> None:
        """A write reaches the vendor: the file at the journal's place has it as sent, whoever reads it."""
        try:
            with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
                found = db.execute("SELECT state FROM current WHERE op_id = ?", (op_id,)).fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            found = error
        if found != ("sent",):
            self.unjournaled.append(f"{op_id} arrived, and the file says {found}")
        if self.moment == MOMENTS[2] and len(self.shop.arrivals) == 1:
            self._spoil()

    def _check(self, changes: Changes, told: str) -> None:
        """What was possible, what is locked, what was told."""
        where = f"{self.name}, {self.moment}"
        self.tally.counts["locked"] += bool(told)
        if self.name == "bit-flipped":
            self._check_flipped(told)
            return
        if not self.condition.noticed and not told:
            self._check_all_done(changes)
            return
        allowed = 1 if self.moment == MOMENTS[2] else 0
        must(len(self.shop.arrivals) <= allowed, "not locked", f"{where}: {len(self.shop.arrivals)} were sent")
        must(told, "not locked", f"{where}: nothing was told")
        must(self.condition.told in told, "not told", f"{where}: {told}")
        self.tally.counts["older copies told at the start"] += self.condition.moments == MOMENTS[:1]
        if self.condition.noticed:  # else there may be room for a little more
            with suppress(NotNow, JournalError):
                changes.stage(intent(1, "gift:0"))
                must(changes.locked, "not locked", f"{where}: something could still be staged")
        if self.condition.kept:
            now = self.path.read_bytes() if self.path.is_file() else b""
            must(now == self.left, "not locked", f"{where}: the file was changed")

    def _check_all_done(self, changes: Changes) -> None:
        """Nothing was told, so there was room for everything."""
        book = Journal(self.path)
        book.verify()
        done = {record.op_id for record in book.records(PROFILE.name, states=[State.CONFIRMED])}
        arrived = {op_id for op_id, _ in self.shop.arrivals}
        where = f"{self.name}, {self.moment}: nothing was told"
        must(arrived <= done, "not told", f"{where}, and {len(arrived - done)} that were sent are not confirmed")
        must(len(arrived) == len(MUGS), "not told", f"{where}, and {len(arrived)} of {len(MUGS)} were sent")
        self.tally.counts["room enough, and all written"] += 1

    def _check_flipped(self, told: str) -> None:
        """Under a program a flipped bit is noticed where it is read; a program that starts reads all of it."""
        next_one = told
        if self.moment != MOMENTS[0]:
            try:
                Journal(self.path).unlock(self.clock())
            except JournalError as error:
                next_one = str(error)
        self.tally.counts["bits that changed what it said"] += self.falsified
        must(next_one or not self.falsified, "not locked", f"{self.name}, {self.moment}: it was believed")

    def _check_next(self) -> None:
        """The trouble is over: the next program knows every write that arrived."""
        changes = self._program()
        try:
            must(
                not changes.locked,
                "not told",
                f"{self.name}: still locked when it was well again: {changes.locked}",
            )
            doubt = {record.op_id for record in changes.in_doubt()}
            known = doubt | {r.op_id for r in changes.records(states=[State.CONFIRMED])}
            arrived = {op_id for op_id, _ in self.shop.arrivals}
            must(arrived <= known, "not told", f"{self.name}, {self.moment}: {arrived - known} is not known")
            self.tally.counts["known again"] += len(arrived)
        finally:
            changes.close()


def _said(path: Path) -> object:
    """Everything that the journal says of changes, or why it cannot be read."""
    tables = ("changes", "events", "current", "journal")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return [db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)
