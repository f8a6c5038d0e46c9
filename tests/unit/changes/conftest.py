"""The engine on a shop in memory, with a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.changes_kit import CUP, MUG, PROFILE, Clock, of_profile, quick_folder
from tests.unit.changes.steps import MUGS, Opened
from tests.vendor_model import ModelShop

from qtydash.services.changes import Changes
from qtydash.storage.journal import Journal


@pytest.fixture
def path() -> Iterator[Path]:
    with quick_folder() as folder:
        yield Path(folder) / "journal.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> ModelShop:
    return ModelShop(clock, {MUG: 21, CUP: 5, **dict.fromkeys(MUGS, 10)})


@pytest.fixture
def opened(path: Path, shop: ModelShop, clock: Clock) -> Iterator[Opened]:
    """Opens the engine; more than once is another program on the same journal."""
    made: list[Changes] = []

    def open_(profile: str = PROFILE.name, *, folder: str = "", **settings: Any) -> Changes:
        changes = Changes(
            of_profile(profile, **settings),
            Journal(path.parent / folder / path.name),
            [shop],
            clock,
            purpose="the dashboard",
            sleep=clock.sleep,
            operator="ann",
        )
        changes.open()
        made.append(changes)
        return changes

    yield open_
    for changes in made:
        changes.close()


@pytest.fixture
def changes(opened: Opened) -> Changes:
    return opened()


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    yield
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
