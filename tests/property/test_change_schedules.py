"""Random schedules of everything that can go wrong with a write, judged by the vendor's own ledger.

SCHEDULES, SCHEDULE_WRITES and SCHEDULE_SEED choose how many schedules of how many writes, and the first seed:
``SCHEDULES=10000 SCHEDULE_WRITES=20 pytest tests/property/test_change_schedules.py``.
"""

import os
from pathlib import Path

import pytest
from tests.changes_kit import journal
from tests.property.schedule_check import check
from tests.property.schedules import play

from qtydash.domain.changes import State

SCHEDULES = int(os.environ.get("SCHEDULES", "1000"))
WRITES = int(os.environ.get("SCHEDULE_WRITES", "5"))
FIRST = int(os.environ.get("SCHEDULE_SEED", "0"))
FILE = Path(__file__).name
PARTS = max(10, SCHEDULES // 100)
"""The schedules are split among so many tests, so that several workers can share them and none takes long."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal to begin with: making one is tested elsewhere."""
    return journal(tmp_path_factory.mktemp("empty") / "journal.db").path


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_doubled_unjournaled_or_told_against_the_ledger(
    part: int, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = range(FIRST + part, FIRST + SCHEDULES, PARTS)
    seen: set[State] = set()
    killed = 0
    for seed in seeds:
        try:
            schedule = play(seed, WRITES, empty, monkeypatch, check)
        except BaseException as error:
            again = f"SCHEDULES=1 SCHEDULE_WRITES={WRITES} SCHEDULE_SEED={seed} pytest tests/property/{FILE}"
            error.add_note(f"seed {seed}; repeat with: {again}")
            raise
        seen |= schedule.seen
        killed += schedule.killed
    if len(seeds) >= 100:
        assert seen == set(State) - {State.DRAFT}, "some states never came up"
        assert killed > len(seeds) / 4


def test_a_schedule_is_the_same_every_time(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (play(7, 12, empty, monkeypatch, check) for _ in range(2))
    assert one.shop.ledger == two.shop.ledger
    assert one.shop.sends == two.shop.sends
