"""Writes of unknown outcome that are judged by reading, while effects come late and other writers are at it.

The condition is that no effect comes later than the horizon after its write was sent: here each comes within it,
and a read shows it up to two seconds after it came. What comes later than that nobody who reads can foresee, and
nothing is said of it here.

What is judged is held against the shop's ledger: for a relative change whether it was done, for any other whether
what was wanted holds. Where another writer meanwhile did just what a relative change would have done, or took it
back, the counts that are read are those of the other outcome, and no reader can tell the two apart. It is then not
judged as it was. Such are counted by themselves, and are wrong all the same unless the counts that were read were
really there, and the operator is told no more than what they are consistent with.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qtydash.domain.changes import ChangeRecord, Kind, State
from qtydash.domain.review import Proposal
from qtydash.services.changes import Changes
from qtydash.services.judging import LOOK_GAP
from qtydash.storage.journal import Journal
from tests.changes_kit import HORIZON, PROFILE, Clock, journal, quick_folder
from tests.proof.figure import Figure, Outcome, Share, Tally, must
from tests.property.all_kinds import CARTS, GIFTS, HELD_CARTS, HOLDS, furnish, meddle, wish
from tests.property.schedules import LAG, quick_journal
from tests.vendor_model import Fate, ModelShop, answered, lost

SOLE, OTHERS, CLAMPED = "sole writer", "with other writers", "clamped by the vendor"
UNDECIDED = "undecided as sole writer"
HIDDEN = "judged otherwise than it was, where another writer's equal change hid it"

FIGURE = Figure(
    title="outcomes judged by reading, with late effects, other writers and a vendor that clamps",
    unit="reconciliations",
    full=2_000,
    subset=150,
    zero=("wrong", "too early"),
    present=(SOLE, OTHERS, CLAMPED, "came late", "applied_inferred", "not_applied_inferred", "undecided"),
    shares=(Share(UNDECIDED, SOLE, 0.05),),
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    with quick_folder() as folder:
        empty = journal(Path(folder) / "empty" / "journal.db").path
        for each in range(seed, seed + count):
            with tally.case(each, "wrong"), quick_journal(each, empty, pytest.MonkeyPatch()) as path:
                asyncio.run(_Doubt(tally, random.Random(each), path).judge())
    return tally.outcome()


@dataclass
class _Doubt:
    """One write of which nobody knows what became of it, until it is read."""

    tally: Tally
    rng: random.Random
    path: Path
    clock: Clock = field(default_factory=Clock)
    moments: list[datetime] = field(default_factory=list)
    """When other writers are at the target, still to come."""
    others: Callable[[], None] = lambda: None
    """What they do then."""

    async def judge(self) -> None:
        rng = self.rng
        situation = rng.choices((SOLE, OTHERS, CLAMPED), (5, 4, 1))[0]
        shop = ModelShop(
            self.clock, {t: rng.randint(0, 30) for t in GIFTS}, floor=0 if situation == CLAMPED else None
        )
        shop.lag = LAG
        furnish(shop, rng)
        changes = Changes(
            PROFILE, Journal(self.path), [shop], self.clock, purpose="the proof", sleep=self._sleep, operator="ann"
        )
        changes.open()
        try:
            proposal = await self._proposal(changes, shop, situation)
            target = proposal.intent.target
            shop.fates.append(self._fate())
            if situation == OTHERS:
                shop.on_arrival = lambda op_id: self._before_it(shop, target)
                moments = [rng.uniform(0, HORIZON.total_seconds() + LOOK_GAP) for _ in range(rng.randint(1, 3))]
                self.moments = sorted(self.clock() + timedelta(seconds=each) for each in moments)
                self.others = lambda: meddle(shop, rng, target)
            (result,) = (await changes.apply([proposal])).results
            must(result.state is State.UNKNOWN, "wrong", f"it was {result.state} before it was read")
            record = await changes.reconcile(result.change.op_id)
        finally:
            changes.close()
            if (task := changes._writer._task) is not None:
                task.cancel()
        self._check(record, shop, situation)

    async def _proposal(self, changes: Changes, shop: ModelShop, situation: str) -> Proposal:
        """A change that the review lets through; one that the vendor clamps goes below its floor."""
        for _ in range(50):
            kinds = (GIFTS, GIFTS, CARTS, HOLDS + HELD_CARTS)
            target = self.rng.choice(GIFTS if situation == CLAMPED else self.rng.choice(kinds))
            wanted = wish(shop, self.rng, target)
            if situation == CLAMPED:
                less = shop.quantity(target) + self.rng.randint(1, 6)
                wanted = replace(wanted, kind=Kind.GIFT_ADJUST, amount=-less)
            (proposal,) = await changes.plan([wanted])
            if not proposal.refusal:
                return replace(proposal, accepted=True)
        raise AssertionError("no change was let through")

    def _fate(self) -> Fate:
        rng, seconds = self.rng, self.rng.choice((0, 3, 30))
        applied = rng.random() < 0.5
        late = rng.uniform(0.1, HORIZON.total_seconds() - 0.1)
        kind = rng.randrange(4)
        if kind == 0:
            self.tally.counts["came late"] += 1
            return Fate(late=late, failure=lost, seconds=seconds)
        if kind == 1:
            return Fate(
                applied=applied, failure=answered(rng.choice((202, 302, 408, 500, 502, 520))), seconds=seconds
            )
        return Fate(applied=applied, failure=lost, seconds=seconds)

    def _before_it(self, shop: ModelShop, target: str) -> None:
        if self.rng.random() < 0.3:
            meddle(shop, self.rng, target)

    async def _sleep(self, seconds: float) -> None:
        """Time passes, and other writers come when it is their time."""
        until = self.clock() + timedelta(seconds=seconds)
        while self.moments and self.moments[0] <= until:
            self.clock.at = max(self.clock(), self.moments.pop(0))
            self.others()
        self.clock.at = max(self.clock(), until)
        await asyncio.sleep(0)

    def _check(self, record: ChangeRecord, shop: ModelShop, situation: str) -> None:
        state, looks, intent = record.state, record.events[-1].looks, record.change.intent
        self.tally.counts[situation] += 1
        self.tally.counts[state.value] += 1
        must(len(looks) >= 2, "too early", f"judged by {len(looks)} looks")
        self.tally.counts[UNDECIDED] += situation == SOLE and state is State.UNDECIDED
        self.clock.move(3_600)
        shop.settle()
        now = shop._shown(intent, shop.facts[intent.target])
        done = any(entry.before != entry.after for entry in shop.applied(record.op_id))
        holds = done if intent.kind.is_relative else now == record.change.expected
        if state is not State.UNDECIDED and holds is not (state is State.APPLIED_INFERRED):
            self._check_hidden(record, shop, situation)
        sent_at = record.sent_at
        must(
            sent_at is not None and looks[0].at >= sent_at + HORIZON, "too early", f"{looks[0].at}, sent {sent_at}"
        )
        must(looks[1].at - looks[0].at >= timedelta(seconds=LOOK_GAP), "too early", "the looks are too close")

    def _check_hidden(self, record: ChangeRecord, shop: ModelShop, situation: str) -> None:
        """It was judged against the ledger. Another writer's effect must be what was taken for it."""
        state, intent = record.state, record.change.intent
        others = [entry for entry in shop.ledger if entry.target == intent.target and not entry.op_id]
        now, looks = shop._shown(intent, shop.facts[intent.target]), record.events[-1].looks
        looked_alike = intent.kind.is_relative and bool(others) and now == looks[-1].facts
        must(looked_alike, "wrong", f"{state} with {situation}, and the ledger has {shop.applied(record.op_id)}")
        must(record.note.startswith("Consistent with"), "wrong", f"told as certain: {record.note}")
        self.tally.counts[HIDDEN] += 1
