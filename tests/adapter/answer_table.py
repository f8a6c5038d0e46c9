"""What a vendor may answer to a write, and what becomes of it: one table for every vertical, on the sandbox."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

import pytest
from click.testing import Result
from tests.adapter.gift_shop import GiftShop
from tests.changes_kit import HORIZON, Clock

from qtydash.domain.changes import Intent, State
from qtydash.sandbox.ledger import Entry
from qtydash.sandbox.server import SandboxServer
from qtydash.services.batch import BatchResult
from qtydash.services.changes import Changes, NotNow

APPLIED, NOT_APPLIED = State.APPLIED_INFERRED, State.NOT_APPLIED_INFERRED
REJECTING = [
    *(307, 308, 400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422, 425, 428, 429, 431),
    *(451, 501, 511),
]
LEAVING_IN_DOUBT = [301, 302, 303, 408, 500, 502, 503, 504, 520, 524]

ANSWERS: Sequence[tuple[str, State, State | None]] = [
    ("close=after-apply", State.UNKNOWN, APPLIED),
    ("close=before-apply", State.UNKNOWN, NOT_APPLIED),
    ("html", State.UNKNOWN, APPLIED),
    ("html,no-apply", State.UNKNOWN, NOT_APPLIED),
    ("cut", State.UNKNOWN, APPLIED),
    ("cut=chunked", State.UNKNOWN, APPLIED),
    ("cut=eof", State.UNKNOWN, APPLIED),
    ("type=text/plain", State.UNKNOWN, APPLIED),
    ("status=200", State.UNKNOWN, NOT_APPLIED),
    ("status=202,apply", State.UNKNOWN, APPLIED),
    ("status=202", State.UNKNOWN, NOT_APPLIED),
    ("status=204,apply", State.UNKNOWN, APPLIED),
    *((f"status={status}", State.UNKNOWN, NOT_APPLIED) for status in LEAVING_IN_DOUBT),
    *((f"status={status},apply", State.UNKNOWN, APPLIED) for status in LEAVING_IN_DOUBT),
    *((f"status={status}", State.REJECTED, None) for status in REJECTING),
]
"""A fault of the sandbox, the state it leaves a write in, and what two later reads say of one in doubt."""

EXITS: Sequence[tuple[str, str, int, bool]] = [
    ("close=after-apply", "unknown", 4, True),
    ("close=before-apply", "unknown", 4, False),
    ("html", "unknown", 4, True),
    ("html,no-apply", "unknown", 4, False),
    ("cut", "unknown", 4, True),
    ("cut=chunked", "unknown", 4, True),
    ("cut=eof", "unknown", 4, True),
    ("status=500", "unknown", 4, False),
    ("status=500,apply", "unknown", 4, True),
    ("status=503,apply", "unknown", 4, True),
    ("status=202", "unknown", 4, False),
    ("status=302", "unknown", 4, False),
    ("status=307", "rejected", 3, False),
    ("status=401", "rejected", 3, False),
    ("status=403", "rejected", 3, False),
    ("status=404", "rejected", 3, False),
    ("status=409", "rejected", 3, False),
    ("status=422", "rejected", 3, False),
    ("status=429,retry_after=7", "rejected", 3, False),
]
"""A fault of the sandbox, the state and the exit status that a command ends with, and whether it was applied."""


class Writing(Protocol):
    """An engine on the sandbox, whose ledger is the judge. ``writes`` arrived, ``done`` changed something."""

    server: SandboxServer
    clock: Clock
    changes: Changes

    @property
    def writes(self) -> list[Entry]: ...

    @property
    def done(self) -> list[Entry]: ...

    async def apply(self, *wanted: Intent) -> BatchResult: ...


def states(result: BatchResult) -> list[State | None]:
    return [each.state for each in result.results]


async def check_answer(shop: Writing, wanted: Intent, state: State, inferred: State | None) -> None:
    """Send what is ``wanted`` into the fault that is set: once, whatever comes, and found out by reading only."""
    result = await shop.apply(wanted)
    op_id = result.results[0].change.op_id
    assert states(result) == [state]
    assert [write.request_id for write in shop.writes] == [op_id]
    if inferred is None:
        assert not shop.done
        assert shop.changes.staged == (wanted,)
        return
    assert not shop.changes.staged
    assert [record.op_id for record in shop.changes.in_doubt()] == [op_id]
    with pytest.raises(NotNow, match="no known outcome yet"):
        shop.changes.stage(wanted)
    record = await shop.changes.reconcile(op_id)
    assert record.state is inferred
    assert shop.clock() >= (record.sent_at or shop.clock()) + HORIZON
    assert [write.request_id for write in shop.writes] == [op_id]
    assert len(shop.done) == (inferred is APPLIED)


async def check_nothing_listens(shop: Writing, wanted: Intent) -> None:
    """Send what is ``wanted`` once the server is gone: nothing leaves, so that it may be tried again."""
    shop.changes.stage(wanted)
    proposals = await shop.changes.plan([wanted])
    result = await shop.changes.apply(proposals, on_result=lambda position, result: shop.server.stop())
    assert states(result) == [State.NOT_SENT]
    record = shop.changes.found(result.results[0].change.op_id)
    assert [e.state for e in record.events] == [State.PLANNED, *[State.SENT, State.NOT_SENT] * 3]
    assert {e.fault for e in record.events if e.state is State.NOT_SENT} == {"ConnectError"}
    assert shop.changes.staged == (wanted,)
    assert not shop.writes


def check_exit(
    shop: GiftShop, fault: str, state: str, status: int, applied: bool, *command: str
) -> tuple[Result, dict[str, Any]]:
    """Run a command into a fault of the sandbox; one in doubt takes no second, and is settled by reading."""
    vendor = {"gifts": "gifts", "cart": "cart"}[command[0]]
    shop.faults(f"{vendor}.write:{fault},times=1")
    result = shop.run(*command)
    (row,) = json.loads(result.stdout)["data"]
    assert (row["state"], result.exit_code) == (state, status)
    assert len(shop.arrived) == 1
    if state == "unknown":
        assert f"Run `qtydash changes reconcile {row['op_id']}`" in result.stderr
        assert "Do not send it again: it may have been applied." in result.stderr
        again = shop.run(*command)
        assert (again.exit_code, len(shop.arrived)) == (3, 1)
        assert row["op_id"] in again.stderr
        settled = shop.run("changes", "reconcile", row["op_id"])
        assert settled.exit_code == 0, settled.output
        (after,) = json.loads(settled.stdout)["data"]
        assert after["state"] == ("applied_inferred" if applied else "not_applied_inferred")
    return result, row


def stops_when_sent(shop: GiftShop, port: type[Any], patch: pytest.MonkeyPatch) -> None:
    """The server is gone when the port sends."""
    send = port.send

    async def gone(self: Any, intent: Intent, op_id: str) -> Any:
        shop.server.stop()
        return await send(self, intent, op_id)

    patch.setattr(port, "send", gone)
