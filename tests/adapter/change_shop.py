"""The change engine on a sandbox that is served on a real socket, with a clock that the test moves."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from starlette.requests import Request
from tests.changes_kit import HORIZON, Clock

from qtydash.config.load import load
from qtydash.config.models import Paths, Profile
from qtydash.domain.changes import Intent, Kind
from qtydash.domain.gifts import Gift, stock_intent
from qtydash.sandbox import gifts as sandbox_gifts
from qtydash.sandbox import ledger
from qtydash.sandbox.answers import Json
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.gifts import Gifts, Promised
from qtydash.sandbox.faults import Faults
from qtydash.sandbox.ledger import Entry, Ledger
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState
from qtydash.services import connect
from qtydash.services.batch import BatchResult
from qtydash.services.changes import Changes
from qtydash.services.port import ChangePort
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox that several tests use one after the other, and the profile that points to it."""

    server: SandboxServer
    state: SandboxState
    config_file: Path
    profile: Profile


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve a sandbox."""
    app = create_app()
    with SandboxServer(app) as server:
        config = folder / "config.toml"
        config.write_text(config_toml(server.url))
        config.chmod(0o600)
        yield Served(server, app.state.sandbox, config, replace(load(config).profile, reconcile_after=HORIZON))


class ChangeShop:
    """A shop as it was in the beginning, its ledger, and the engine that changes its gifts."""

    def __init__(self, sandbox: Served, home: Path) -> None:
        self.server = sandbox.server
        self.state = sandbox.state
        self.config_file = sandbox.config_file
        self.profile = sandbox.profile
        self.clock = Clock()
        self.applied = threading.Event()
        """Set when a write has been done."""
        self.answers = threading.Event()
        """While it is not set, nothing is answered once a write was done."""
        self.answers.set()
        self.paths = Paths(home / "config.toml", home / "cache.db", home / "journal.db")
        self.paths.config_file.touch(0o600)
        self.sources = Sources(self.profile, self.paths, self.clock)
        self.changes = self.engine(self.sources.change_ports)

    def engine(self, ports: Sequence[ChangePort]) -> Changes:
        """The engine on the shop's journal. Whoever had it before must have closed it."""
        journal = Journal(self.paths.journal_db)
        sleep = self.clock.sleep
        changes = Changes(self.profile, journal, ports, self.clock, purpose="a test", sleep=sleep, operator="ann")
        changes.open()
        assert changes.locked == ""
        return changes

    @property
    def port(self) -> ChangePort:
        return next(port for port in self.sources.change_ports if Kind.GIFT_SET in port.kinds)

    @property
    def writes(self) -> list[Entry]:
        """Every PUT that arrived, done or not."""
        return [entry for entry in self.state.ledger.entries if entry.method == "PUT"]

    @property
    def done(self) -> list[Entry]:
        """Every PUT that changed something."""
        return [entry for entry in self.writes if entry.change is not None]

    def quantity(self, gift: Promised) -> int:
        return self.state.gifts.by_id[gift.id].quantity

    def wish(self, gift: Promised, amount: int, kind: Kind = Kind.GIFT_ADJUST, seen: int | None = None) -> Intent:
        """What the operator wants of a gift that they saw as it was promised."""
        quantity = gift.quantity if seen is None else seen
        shown = Gift(gift.id, gift.sku, (), gift.status, quantity, gift.unlimited, None)
        return stock_intent(shown, kind, amount, gift.sku, now=self.clock(), seen_at=self.clock())

    async def apply(self, *wanted: Intent) -> BatchResult:
        """Stage, review and apply, with a yes to every question."""
        self.changes.stage(*wanted)
        proposals = await self.changes.plan(wanted)
        return await self.changes.apply([replace(line, accepted=True) for line in proposals])

    async def until_applied(self) -> None:
        """Wait until the shop has done a write, whether or not it was answered."""
        assert await asyncio.to_thread(self.applied.wait, 20)

    async def aclose(self) -> None:
        task = self.changes._writer._task
        if task is not None:
            task.cancel()
        await self.sources.aclose()
        self.changes.close()


@asynccontextmanager
async def change_shop(sandbox: Served, home: Path) -> AsyncIterator[ChangeShop]:
    """The engine on the sandbox, which is as new; reads are not slowed down."""
    sandbox.server.start()
    _as_new(sandbox.state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connect.REQUESTS_PER_SECOND, "gifts", 10_000)
        shop = ChangeShop(sandbox, home)

        def recorded(request: Request, change: Json) -> None:
            ledger.record_change(request, change)
            shop.applied.set()
            shop.answers.wait(20)

        patch.setattr(sandbox_gifts, "record_change", recorded)
        try:
            yield shop
        finally:
            shop.answers.set()
            await shop.aclose()


def _as_new(state: SandboxState) -> None:
    """Gifts, ledger and faults as in the beginning; making the other vendors' data anew would take longer."""
    state.gifts = Gifts(state.seed, state.now().date())
    state.ledger = Ledger()
    state.faults = Faults()
