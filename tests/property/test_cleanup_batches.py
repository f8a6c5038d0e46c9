"""Clean-ups of 50 rows under faults, other writers and kills, judged by the vendor's own ledger.

CLEANUPS and CLEANUP_SEED choose how many and the first seed; a failure names its seed.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.changes_kit import HORIZON, PROFILE, Clock, journal, quick_folder
from tests.hold_model import Arrival, HoldStore, hold, server_trouble
from tests.property.mortal import Fuse, Killed, MortalJournal
from tests.property.schedules import kept_open
from tests.vendor_model import LOST_AFTER, LOST_BEFORE, NOT_SENT, Fate, answered, lost

from qtydash.domain.changes import IN_DOUBT, STOPPING, ChangeRecord, Intent, State
from qtydash.domain.errors import NotFound, RateLimited, Unauthorized, VendorError
from qtydash.domain.op_id import new_op_id
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.review import Proposal
from qtydash.domain.row_ends import RowEnd, end_in_review, end_of_record, row_end
from qtydash.services import changes as engine
from qtydash.services.backup import backup_file
from qtydash.services.batch import BatchResult
from qtydash.services.changes import Changes, NotNow
from qtydash.services.clean_up import CleanUp
from qtydash.services.order_qty_intents import deletion_intent, held_ids
from qtydash.services.stopped import left_intents, settle_unknown, stopped_clean_ups
from qtydash.storage import journal_file
from qtydash.storage.journal import Journal, JournalError

CLEANUPS = int(os.environ.get("CLEANUPS", "200"))
FIRST = int(os.environ.get("CLEANUP_SEED", "0"))
PARTS = 8
"""They are split among so many tests, so that several workers can share them."""
ROWS, OTHERS = 50, 20
PRODUCTS = ("gummies", "brew", "flower")
FRESH = timedelta(seconds=5)


class Story:
    """One clean-up of frozen rows by programs that come and go, until nothing of it is left."""

    def __init__(self, seed: int, path: Path) -> None:
        self.rng = random.Random(seed)
        self.path = path
        self.clock = Clock()
        self.store = HoldStore(self.clock, on_arrival=self._arrived)
        self.store.add(self._row(n) for n in range(ROWS + OTHERS))
        self.frozen = self.rng.sample(sorted(self.store.rows), ROWS)
        self.stamped = {id: self.store.rows[id] for id in self.frozen}
        self.in_review: dict[str, RowEnd] = {}
        """How the rows ended that a review refused, by id."""
        self.faults: list[str] = []
        self.seen: Counter[str] = Counter()
        """What has happened, to be sure that it does."""
        self.fuse = Fuse()
        self.store.step, self.store.fate = self.fuse.burn, self._fate
        self.changes = self._program()
        self._calm = self.rng.random() < 0.2

    def _row(self, n: int) -> OrderQty:
        product, quantity = self.rng.choice(PRODUCTS), self.rng.choice(("0.5", "1", "2.25"))
        return hold(f"row{n:03d}", product, f"cart{n // 3}", quantity)

    # Programs.

    def _program(self) -> Changes:
        self.fuse.left, self.fuse.dead = None, False
        book = MortalJournal(self.path, self.fuse, lambda: "")
        changes = Changes(
            PROFILE, book, [self.store.port()], self.clock, purpose="a clean-up", sleep=self._sleep, operator="ann"
        )
        changes.open()
        assert changes.locked == ""
        return changes

    async def _sleep(self, seconds: float) -> None:
        self.fuse.burn()
        await self.clock.sleep(seconds)
        self._meddle()

    def restart(self) -> None:
        """The program is gone; another one opens the journal."""
        task = self.changes._writer._task
        if task is not None:
            task.cancel()
        self.changes.close()
        self.changes = self._program()

    # What others do.

    def _meddle(self) -> None:
        """Another writer, who sometimes is at the same rows."""
        if self._calm or self.rng.random() > 0.05:
            return
        id = self.rng.choice(sorted(self.store.rows) or ["none"])
        match self.rng.randrange(4):
            case 0:
                self.store.touch(id, submitted=True)
            case 1:
                self.store.touch(id)
            case 2:
                self.store.take(id)
            case _:
                self.store.add([hold(f"new{self.rng.randrange(10**6)}", self.rng.choice(PRODUCTS))])

    def _fate(self) -> Fate:
        seconds = self.rng.choice((0, 0, 0.1, 2))
        late = self.rng.choice((1, 30, 80))
        status = self.rng.choice((400, 409, 422))
        ways: list[tuple[float, Fate]] = [
            (200 if self._calm else 60, Fate(seconds=seconds)),
            (1, NOT_SENT),
            (0.5, LOST_AFTER),
            (0.5, LOST_BEFORE),
            (0.3, Fate(late=late, failure=lost)),
            (0.5, Fate(applied=self.rng.random() < 0.5, failure=server_trouble)),
            (1, Fate(applied=False, failure=answered(status))),
            (0.5, Fate(applied=False, failure=lambda: NotFound("It does not know it.", status=404))),
            (0.5, Fate(applied=False, failure=lambda: RateLimited("Slow down.", retry_after=3))),
            (0.2, Fate(applied=False, failure=lambda: Unauthorized("No.", status=403))),
            (0.2, Fate(applied=self.rng.random() < 0.5, failure=lambda: RuntimeError("a fault of our own"))),
        ]
        (fate,) = self.rng.choices([fate for _, fate in ways], [weight for weight, _ in ways])
        return fate

    def _prepare(self) -> None:
        self.store.blind.clear()
        if self.rng.random() < 0.1:
            self.store.blind.append(lost())
        if self.rng.random() < 0.4:
            self.fuse.left = self.rng.choice((self.rng.randrange(20), self.rng.randrange(600)))

    # The clean-up.

    async def play(self) -> None:
        now = self.clock()
        intents = [deletion_intent(row, row.product_id, now=now, seen_at=now) for row in self.stamped.values()]
        while not self.in_review.keys() >= set(self.frozen) and not Journal(self.path).records(PROFILE.name):
            await self._apply(intents)  # again, where the program ended before it wrote anything down
        for _ in range(60):
            self.clock.move(self.rng.choice((1, 20, 200)))
            self._meddle()
            if not await self._take_up():
                break
        else:
            raise AssertionError("it never came to its end")
        await self._settle_all()
        self._check()

    async def _apply(self, intents: Sequence[Intent]) -> None:
        """Plan and apply; the program may be killed meanwhile, and is started anew then."""
        self._prepare()
        clean_up = CleanUp(self.changes, intents)
        sent_before = len(self.store.arrivals)
        try:
            proposals = await clean_up.plan()
            going = [proposal for proposal in proposals if proposal.ready]
            if any(proposal.unread for proposal in proposals):
                return
            self._note(proposals)
            result = await self.changes.apply(going)
            self._check_result(proposals, result, self.store.arrivals[sent_before:])
            outcomes = [(found.change.intent, found.state) for found in result.results]
            assert "deleted; the list" in await clean_up.lists_since(outcomes)
        except (NotNow, VendorError, JournalError, Killed):
            pass
        except asyncio.CancelledError:
            assert not self.fuse.dead
        dead = self.fuse.dead
        self.fuse.left = None
        self.seen["killed"] += dead
        if dead or self.changes.locked:
            self.restart()

    def _note(self, proposals: Sequence[Proposal]) -> None:
        for proposal in proposals:
            if proposal.refusal:
                self.in_review[_id(proposal.intent)] = end_in_review(proposal)

    async def _take_up(self) -> bool:
        """What the next program does about it: the unknown first, then what was not sent. False: nothing left."""
        stopped = next(iter(stopped_clean_ups(self.changes, self.clock())), None)
        left = () if stopped is None else left_intents(self.changes, stopped, self.clock())
        if stopped is None or all(_id(intent) in self.in_review for intent in left):
            return False
        self.seen["taken up"] += 1
        sent = len(self.store.arrivals)
        with suppress(VendorError):
            settled = await settle_unknown(self.changes, stopped)
            assert not any(record.state is State.UNKNOWN for record in settled)
            assert len(self.store.arrivals) == sent, "something was sent before the unknown was settled"
            await self._apply(left)
        return True

    async def _settle_all(self) -> None:
        self.clock.move(2 * HORIZON.total_seconds())
        self.store.blind.clear()
        for record in self.changes.in_doubt():
            if record.state is State.UNKNOWN:
                await self.changes.reconcile(record.op_id)

    # What must hold.

    def _arrived(self, arrival: Arrival) -> None:
        """A deletion arrives. What is wrong is told at the end: the engine takes any error for a fault."""
        if arrival.id not in self.stamped:
            self.faults.append(f"{arrival.id} was touched, and is not in the frozen list")
        if [a.id for a in self.store.arrivals].count(arrival.id) > 1:
            self.faults.append(f"{arrival.id} was sent twice")
        changed = self.store.changed_at.get(arrival.id)
        if changed is not None and self.clock() - changed > FRESH:
            self.faults.append(f"{arrival.id} had changed at {changed} and was deleted at {self.clock()}")
        record = Journal(self.path).find(arrival.op_id)
        if record is None or record.state is not State.SENT:
            self.faults.append(f"{arrival.id} arrived and was not written down as sent")
        elif not self._is_backed_up(record, arrival.id):
            self.faults.append(f"{arrival.id} arrived and is in no backup")

    def _is_backed_up(self, record: ChangeRecord, id: str) -> bool:
        file = backup_file(self.path, PROFILE.name, record.change.batch)
        return f'"id": "{id}"' in file.read_text()

    def _check_result(
        self, proposals: Sequence[Proposal], result: BatchResult, arrivals: Sequence[Arrival]
    ) -> None:
        results = {_id(found.change.intent): found for found in result.results}
        ends = Counter(
            row_end(found.state, found.phase) if (found := results.get(_id(p.intent))) else end_in_review(p)
            for p in proposals
        )
        assert ends.total() == len(proposals), ends
        self.seen.update(ends)
        states = [found.state for found in result.results]
        stop = next((n for n, found in enumerate(result.results) if _stops(found.state, found.status)), None)
        if stop is not None:
            assert set(states[stop + 1 :]) <= {None}, f"went on after {states[stop]}"
            last = _id(result.results[stop].change.intent)
            assert arrivals[-1].id == last or states[stop] is State.UNKNOWN, (
                "something was sent after it had to stop"
            )
        rejected = [found.state is State.REJECTED for found in result.results if found.state is not None]
        assert not any(all(rejected[n : n + 3]) for n in range(len(rejected) - 3)), "went on after three rejects"
        odd = [
            n
            for n, found in enumerate(result.results)
            if found.state not in (None, State.CONFIRMED, State.ABSENT, State.ABANDONED)
        ]
        allowed = max(1, int(0.05 * len(result.results)))
        assert len(odd) <= allowed + 1, "went on after too many went wrong"
        assert set(states[odd[allowed] + 1 :]) <= {None} if len(odd) > allowed else True

    def _check(self) -> None:
        assert not self.faults, self.faults
        book = Journal(self.path)
        records = book.records(PROFILE.name)
        last: dict[str, ChangeRecord] = {}
        for record in sorted(records, key=lambda r: (r.change.planned_at, r.op_id)):
            last[_id(record.change.intent)] = record
        assert last.keys() <= set(self.frozen)
        ends = Counter(
            end_of_record(last[id]) if id in last and id not in self.in_review else self.in_review.get(id)
            for id in self.frozen
        )
        assert ends.total() == ROWS, ends
        assert None not in ends, "a row has no end"
        for record in records:
            self._check_against_ledger(record)

    def _check_against_ledger(self, record: ChangeRecord) -> None:
        (id,) = held_ids(record.change.intent)
        by_us = self.store.gone.get(id) == record.op_id
        if record.state in (State.REJECTED, State.NOT_SENT, State.ABANDONED):
            assert not by_us, f"{id} is {record.state} and was deleted"
        elif record.state is State.CONFIRMED:
            assert id not in self.store.rows or id in self.store.changed_at, f"{id} is told deleted and is there"
        elif record.state is State.NOT_APPLIED_INFERRED:
            assert id in self.store.rows or self.store.gone[id] == "", f"{id} is told to be there and was deleted"
        elif record.state is State.APPLIED_INFERRED:
            assert id in self.store.gone
        else:
            assert record.state in (*IN_DOUBT, State.ABSENT), record.state


def _id(intent: Intent) -> str:
    return held_ids(intent)[0]


def _stops(state: State | None, status: int | None) -> bool:
    return state is State.UNKNOWN or status in STOPPING


def play(seed: int, empty: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Play one clean-up from its seed; everything that is random comes from it."""
    noise = random.Random(f"ids {seed}")
    random.seed(seed)  # the engine's jitter
    monkeypatch.setattr(engine, "new_op_id", lambda now: new_op_id(now, noise.randbytes(10)))
    with quick_folder() as folder:
        path = Path(folder) / "journal.db"
        for file in empty.parent.iterdir():
            (path.parent / file.name).write_bytes(file.read_bytes())

        async def whole() -> Story:
            story = Story(seed, path)
            try:
                await story.play()
            finally:
                story.changes.close()
                for task in asyncio.all_tasks() - {asyncio.current_task()}:
                    task.cancel()
            return story

        with kept_open(path) as connected:
            monkeypatch.setattr(journal_file, "connected", connected)
            story = asyncio.run(whole())
        monkeypatch.undo()
    return story


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal to begin with: making one is tested elsewhere."""
    return journal(tmp_path_factory.mktemp("empty") / "journal.db").path


@pytest.mark.parametrize("part", range(PARTS))
def test_every_row_has_one_end_and_nothing_else_is_touched(
    part: int, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FIRST + part, FIRST + CLEANUPS, PARTS):
        try:
            seen += play(seed, empty, monkeypatch).seen
        except BaseException as error:
            error.add_note(
                f"seed {seed}; repeat with: CLEANUPS=1 CLEANUP_SEED={seed} pytest {Path(__file__).name}"
            )
            raise
    if CLEANUPS >= 200:
        assert not [
            what for what in (*RowEnd, "killed", "taken up") if what != RowEnd.STILL_THERE and not seen[what]
        ]
