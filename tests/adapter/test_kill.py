"""A program that is killed while it changes gifts: the next one says what is known, and nothing is done twice."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.adapter.change_shop import ChangeShop, Served, change_shop, served
from tests.adapter.kill_child import LEFT
from tests.changes_kit import quick_folder

from qtydash.domain.changes import State
from qtydash.sandbox.data.gifts import DOCUMENTED, PLENTY
from qtydash.sandbox.ledger import Entry, Ledger

ROOT = Path(__file__).parents[2]
CHILD = "tests.adapter.kill_child"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


@pytest.fixture
async def shop(sandbox: Served) -> AsyncIterator[ChangeShop]:
    with quick_folder() as home:
        async with change_shop(sandbox, Path(home)) as made:
            made.changes.close()
            yield made


def child(shop: ChangeShop, point: str = "") -> subprocess.Popen[bytes]:
    """The program, which will be killed at ``point``."""
    command = [sys.executable, "-m", CHILD, str(shop.config_file), str(shop.paths.journal_db), point]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


async def ended(program: subprocess.Popen[bytes]) -> int:
    """Its exit status, once it is gone."""
    _, errors = await asyncio.to_thread(program.communicate, timeout=30)
    assert program.returncode < 0, errors.decode()
    return program.returncode


async def told_by_the_next(shop: ChangeShop) -> tuple[list[State], list[str]]:
    """The states of the changes in their order, and the SKUs that are still staged, once the next program runs."""
    shop.changes = shop.engine(shop.sources.change_ports)
    shop.changes.journal.verify()
    records = sorted(shop.changes.records(), key=lambda r: r.change.intent.label != DOCUMENTED.sku)
    doubt = {r.op_id for r in records if r.state is State.UNKNOWN}
    assert {r.op_id for r in shop.changes.in_doubt()} == doubt
    assert {r.op_id for r in records if r.sent_at} >= {write.request_id for write in shop.writes}
    return [r.state for r in records], [intent.label for intent in shop.changes.staged]


async def finish(shop: ChangeShop) -> None:
    """Judge what is in doubt, apply what is still staged: each change was then made once, and is known to be."""
    for record in shop.changes.in_doubt():
        judged = await shop.changes.reconcile(record.op_id)
        done = any(write.request_id == record.op_id for write in shop.done)
        assert judged.state is (State.APPLIED_INFERRED if done else State.NOT_APPLIED_INFERRED)
        if not done:
            shop.changes.stage(judged.change.intent)
    await shop.changes.apply(await shop.changes.plan(shop.changes.staged))
    assert (shop.quantity(DOCUMENTED), shop.quantity(PLENTY)) == (13, 24)
    assert len({write.request_id for write in shop.done}) == len(shop.done) == 2


UNKNOWN, ABANDONED = State.UNKNOWN, State.ABANDONED
BOTH = [DOCUMENTED.sku, PLENTY.sku]


@pytest.mark.parametrize("point", LEFT)
async def test_killed_at_this_point_nothing_is_lost_and_nothing_is_done_twice(
    shop: ChangeShop, point: str
) -> None:
    left = LEFT[point]
    assert await ended(child(shop, point)) == -signal.SIGKILL
    assert len(shop.writes) == len(shop.done) == left.sent
    assert await told_by_the_next(shop) == (list(left.states), BOTH[left.staged_from :])
    await finish(shop)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_ended_while_the_answer_is_awaited_it_is_unknown_and_was_done(
    shop: ChangeShop, number: signal.Signals
) -> None:
    shop.state.faults.add(["gifts.write:answer_delay=10m,times=1"])
    program = child(shop)
    await shop.until_applied()
    program.send_signal(number)
    await ended(program)
    assert len(shop.done) == 1
    assert await told_by_the_next(shop) == ([UNKNOWN, ABANDONED], BOTH[1:])
    await finish(shop)


async def test_killed_while_the_vendor_has_not_done_it_yet_it_is_unknown(
    shop: ChangeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor would do it in ten minutes: what is read until then says nothing, and two reads say so."""
    arrived = threading.Event()
    open_entry = Ledger.open

    def opened(self: Ledger, *args: object) -> Entry:
        entry = open_entry(self, *args)  # type: ignore[arg-type]
        if entry.method == "PUT":
            arrived.set()
        return entry

    monkeypatch.setattr(Ledger, "open", opened)
    shop.state.faults.add(["gifts.write:delay=10m,times=1"])
    program = child(shop)
    assert await asyncio.to_thread(arrived.wait, 20)
    program.kill()
    await ended(program)
    assert (len(shop.writes), len(shop.done)) == (1, 0)
    assert await told_by_the_next(shop) == ([UNKNOWN, ABANDONED], BOTH[1:])


async def test_while_it_lives_another_is_told_who_writes_and_once_it_is_killed_gets_the_right_to(
    shop: ChangeShop,
) -> None:
    shop.state.faults.add(["gifts.write:answer_delay=10m,times=1"])
    program = child(shop)
    await shop.until_applied()
    shop.changes.open()
    assert f"a child (process {program.pid} on " in shop.changes.locked
    assert shop.changes.in_flight is not None
    program.kill()
    await ended(program)
    shop.changes.open()
    assert shop.changes.locked == ""
    assert [r.change.intent.label for r in shop.changes.in_doubt()] == [DOCUMENTED.sku]
