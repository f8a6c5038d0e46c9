"""Random schedules of everything that can go wrong with a write, judged by the vendor's own ledger."""

from pathlib import Path

import pytest

from tests.changes_kit import journal, quick_folder
from tests.proof.figure import Figure, Outcome, Tally
from tests.property.schedule_check import check
from tests.property.schedules import play

WRITES = 20

FIGURE = Figure(
    title="random schedules of faults, kills, restarts, other writers, late effects, verdicts, second programs",
    unit=f"schedules of {WRITES} writes",
    full=10_000,
    subset=40,
    zero=("doubled", "unjournaled", "against the ledger"),
    present=("writes", "kills"),
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    with quick_folder() as folder:
        empty = journal(Path(folder) / "empty" / "journal.db").path
        for each in range(seed, seed + count):
            with tally.case(each, "against the ledger"):
                schedule = play(each, WRITES, empty, pytest.MonkeyPatch(), check)
                tally.counts["writes"] += len(schedule.shop.sends)
                tally.counts["kills"] += schedule.killed
    return tally.outcome()
