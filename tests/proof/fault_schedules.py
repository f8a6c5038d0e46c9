"""Random schedules of everything that can go wrong with a write, judged by the vendor's own ledger.

Gifts, carts and order-quantity records; a write that is lost on either side, refused, answered wrongly, done late,
cancelled; programs that are killed at any step, two of them on one journal, a third that may not write; other
writers; reconciling, verdicts, undoing; a journal that fails.

The programs share one process and one connection to the journal, and a killed program is one that does nothing any
more: what was committed is there. A commit that a machine loses is not tried here, nor is what two processes do to
one file: see ``kills``, ``races`` and ``damaged_files``.
"""

from pathlib import Path

import pytest

from qtydash.domain.changes import State
from tests.changes_kit import journal, quick_folder
from tests.proof.figure import Figure, Outcome, Tally, Wrong
from tests.property.all_kinds import CARTS, GIFTS
from tests.property.schedule_check import check
from tests.property.schedules import Doubled, EndedEarly, Schedule, Unjournaled, play

WRITES = 20
STATES = tuple(state for state in State if state is not State.DRAFT)
READ = (State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED, State.UNDECIDED)
"""What reading can say of a change: one of these for each reconciliation."""
VERDICTS = (State.APPLIED_BY_VERDICT, State.NOT_APPLIED_BY_VERDICT)

FIGURE = Figure(
    title="random schedules of faults, kills, restarts, other writers, late effects, verdicts, second programs",
    unit=f"schedules of {WRITES} writes",
    full=10_000,
    subset=24,
    zero=("doubled", "unjournaled", "against the ledger", "ended early"),
    present=(
        *("gift writes", "cart writes", "deletions", "kills", "restarts", "second programs"),
        *("other writers' writes", "late effects", "reconciliations", "verdicts"),
        *(f"came to {state}" for state in STATES),
    ),
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()

    def judge(schedule: Schedule) -> None:
        try:
            check(schedule)
        finally:
            _count(tally, schedule)

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
                except EndedEarly as error:
                    raise Wrong("ended early", str(error)) from error
    return tally.outcome()


def _count(tally: Tally, schedule: Schedule) -> None:
    ledger, states = schedule.shop.ledger, schedule.states
    tally.counts["kills"] += schedule.killed
    tally.counts["restarts"] += schedule.restarts
    tally.counts["second programs"] += schedule.rivals
    tally.counts["other writers' writes"] += sum(not entry.op_id for entry in ledger)
    tally.counts["late effects"] += sum(not entry.promptly for entry in ledger)
    tally.counts["reconciliations"] += sum(states[state] for state in READ)
    tally.counts["verdicts"] += sum(states[state] for state in VERDICTS)
    for target in schedule.shop.targets:
        kind = "gift writes" if target in GIFTS else "cart writes" if target in CARTS else "deletions"
        tally.counts[kind] += 1
    for state in STATES:
        tally.counts[f"came to {state}"] += states[state]
