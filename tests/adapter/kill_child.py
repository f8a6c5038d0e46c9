"""A program that changes two gifts and is killed on the way.

``python -m tests.adapter.kill_child CONFIG JOURNAL POINT``. POINT is one of ``POINTS``; with "" whoever started it
does the killing.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.changes_kit import Clock

from qtydash.config.load import load
from qtydash.config.models import Paths, Profile
from qtydash.domain.changes import Event, Kind, State
from qtydash.domain.gifts import Gift, stock_intent
from qtydash.sandbox.data.gifts import DOCUMENTED, PLENTY
from qtydash.services import connect
from qtydash.services.changes import Changes
from qtydash.services.sources import Sources
from qtydash.storage import journal_file
from qtydash.storage.journal import Journal

ADDED = 3
"""Pieces that are added to each of the two gifts."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def around(state: State, *, before: bool = False, after: bool = False) -> Callable[[], None]:
    """Die before or after an event of this state is recorded."""

    def arm() -> None:
        record = Journal.record

        def recorded(self: Journal, *events: tuple[str, Event]) -> None:
            hit = any(event.state is state for _, event in events)
            if hit and before:
                die()
            record(self, *events)
            if hit and after:
                die()

        Journal.record = recorded  # type: ignore[method-assign]

    return arm


def in_commit(state: State) -> Callable[[], None]:
    """Die once an event of this state is in the transaction, when it is about to be committed."""

    def arm() -> None:
        opened = journal_file._open

        def watched(path: Path) -> sqlite3.Connection:
            db = opened(path)
            inside = False

            def saw(statement: str) -> None:
                nonlocal inside
                inside = inside or (statement.startswith("INSERT INTO events") and f"'{state.value}'" in statement)
                if inside and statement == "COMMIT":
                    die()

            db.set_trace_callback(saw)
            return db

        journal_file._open = watched

    return arm


POINTS: Mapping[str, Callable[[], None]] = {
    "": lambda: None,
    "in the commit of planned": in_commit(State.PLANNED),
    "before sent": around(State.SENT, before=True),
    "in the commit of sent": in_commit(State.SENT),
    "after sent": around(State.SENT, after=True),
    "before the outcome": around(State.CONFIRMED, before=True),
    "in the commit of the outcome": in_commit(State.CONFIRMED),
    "after the outcome": around(State.CONFIRMED, after=True),
}


class Left(NamedTuple):
    """What a program that was killed leaves: the states that the next one tells, the changes that are still staged
    (from the first of the two on, or from the second), and how many writes reached the vendor."""

    states: tuple[State, ...]
    staged_from: int
    sent: int


LEFT: Mapping[str, Left] = {
    "in the commit of planned": Left((), 0, 0),
    "before sent": Left((State.ABANDONED, State.ABANDONED), 0, 0),
    "in the commit of sent": Left((State.ABANDONED, State.ABANDONED), 0, 0),
    "after sent": Left((State.UNKNOWN, State.ABANDONED), 1, 0),
    "before the outcome": Left((State.UNKNOWN, State.ABANDONED), 1, 1),
    "in the commit of the outcome": Left((State.UNKNOWN, State.ABANDONED), 1, 1),
    "after the outcome": Left((State.CONFIRMED, State.ABANDONED), 1, 1),
}


async def run(profile: Profile, config_file: Path, journal: Path, told: Callable[[str], None]) -> None:
    """Stage, review and apply two changes; ``told`` hears ``staged`` and ``reviewed``."""
    clock = Clock()
    paths = Paths(config_file, journal.with_name("child-cache.db"), journal)
    sources = Sources(profile, paths, clock)
    changes = Changes(profile, Journal(journal), sources.change_ports, clock, purpose="a child", sleep=clock.sleep)
    changes.open()
    assert changes.locked == "", changes.locked
    wanted = []
    for gift in (DOCUMENTED, PLENTY):
        shown = Gift(gift.id, gift.sku, (), gift.status, gift.quantity, gift.unlimited, None)
        wanted.append(stock_intent(shown, Kind.GIFT_ADJUST, ADDED, gift.sku, now=clock(), seen_at=clock()))
    changes.stage(*wanted)
    told("staged")
    proposals = await changes.plan(wanted)
    told("reviewed")
    await changes.apply(proposals)


if __name__ == "__main__":
    connect.REQUESTS_PER_SECOND["gifts"] = 10_000
    POINTS[sys.argv[3]]()
    config = Path(sys.argv[1])
    asyncio.run(run(load(config).profile, config, Path(sys.argv[2]), lambda step: None))
