"""Random schedules of everything that can go wrong with a write, judged by the vendor's own ledger.

Gifts, carts and order-quantity records; a write that is lost on either side, refused, answered wrongly, done late,
cancelled; programs that are killed at any step, two of them on one journal, a third that may not write; other
writers; reconciling, verdicts, undoing; a journal that fails.
"""

from pathlib import Path

import pytest

from tests.changes_kit import journal, quick_folder
from tests.proof.figure import Figure, Outcome, Tally, Wrong
from tests.property.all_kinds import CARTS, GIFTS
from tests.property.schedule_check import check
from tests.property.schedules import Doubled, Schedule, Unjournaled, play

WRITES = 20

FIGURE = Figure(
    title="random schedules of faults, kills, restarts, other writers, late effects, verdicts, second programs",
    unit=f"schedules of {WRITES} writes",
    full=10_000,
    subset=16,
    zero=("doubled", "unjournaled", "against the ledger"),
    present=("gift writes", "cart writes", "deletions", "kills"),
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()

    def judge(schedule: Schedule) -> None:
        _count(tally, schedule)
        check(schedule)

    with quick_folder() as folder:
        empty = journal(Path(folder) / "empty" / "journal.db").path
        for each in range(seed, seed + count):
            with tally.case(each, "against the ledger"):
                try:
                    play(each, WRITES, empty, pytest.MonkeyPatch(), judge)
                except Doubled as error:
                    raise Wrong("doubled", str(error)) from error
                except Unjournaled as error:
                    raise Wrong("unjournaled", str(error)) from error
    return tally.outcome()


def _count(tally: Tally, schedule: Schedule) -> None:
    tally.counts["kills"] += schedule.killed
    for target in schedule.shop.targets:
        kind = "gift writes" if target in GIFTS else "cart writes" if target in CARTS else "deletions"
        tally.counts[kind] += 1
