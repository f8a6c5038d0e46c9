"""What moved since the operator looked, from read to read and from session to session, whoever else reads."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from tests.screen.shop import Dashboard, opened

from qtydash.config.load import load
from qtydash.config.models import Config
from qtydash.sandbox.app import create_app
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.services.sources import Sources

START = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
PRODUCT = "6ecf4685-ca60-4a7d-843c-479329ca8789"


class Park:
    """A product on a real sandbox, and a clock that the test moves."""

    def __init__(self, server: SandboxServer, config: Config) -> None:
        self.server, self.config, self.now = server, config, START

    def sources(self) -> Sources:
        return Sources(self.config.profile, self.config.paths, lambda: self.now)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Dashboard]:
        async with opened(
            self.sources(), size=(80, 24), profile=self.config.profile, now=lambda: self.now
        ) as dashboard:
            yield dashboard

    async def sell(self, quantity: int) -> None:
        """A shopper buys from the day that the cursor is on at first; a minute passes."""
        order = {
            "product_code": PRODUCT,
            "option_code": "1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5",
            "date": "2026-03-06",
            "ordered": quantity,
        }
        async with httpx.AsyncClient(trust_env=False) as shopper:
            (await shopper.post(f"{self.server.url}/_sandbox/tickets", json=order)).raise_for_status()
        self.wait(1)

    def wait(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    async def cron(self) -> None:
        """A job that reads the same product on its own."""
        sources = self.sources()
        assert sources.tickets is not None
        try:
            await sources.tickets.live(PRODUCT)
        finally:
            await sources.aclose()
        self.wait(1)


@pytest.fixture
def park(home: Path) -> Iterator[Park]:
    with SandboxServer(create_app(seed=1, today=date(2026, 3, 6), now=lambda: START)) as server:
        file = home / "config.toml"
        file.touch(0o600)
        file.write_text(config_toml(server.url), encoding="utf-8")
        yield Park(server, load(None, None))


async def test_an_arrow_outlasts_the_reads_that_time_brings_and_ends_with_r(park: Park) -> None:
    async with park.session() as dashboard:
        assert "28 left of 40, 12 sold" in dashboard.text
        await park.sell(3)
        for _ in range(3):
            park.wait(2)
            dashboard.app.tick()
            await dashboard.settle()
            assert "25 left of 40, 15 sold" in dashboard.text
            assert "▾ was 28 when you looked, 12:00 UTC" in dashboard.text
            assert "▾25" in dashboard.text
        park.wait(1)
        await dashboard.press("r")
        assert "when you looked" not in dashboard.text
        assert "▾25" not in dashboard.text
        await park.sell(1)
        await dashboard.press("r")
        assert "▾ was 25 when you looked, 12:08 UTC" in dashboard.text


async def test_a_read_that_fails_takes_no_arrow_away(park: Park) -> None:
    async with park.session() as dashboard:
        await park.sell(3)
        park.wait(1)
        dashboard.app.tick()
        await dashboard.settle()
        await asyncio.to_thread(park.server.stop)
        await dashboard.press("r")
        assert "OFFLINE" in dashboard.text
        assert "▾ was 28 when you looked" in dashboard.text


async def test_a_cron_job_takes_no_arrow_away(park: Park) -> None:
    async with park.session() as dashboard:
        await park.sell(3)
        await park.cron()
        await park.cron()
        dashboard.app.tick()
        await dashboard.settle()
        assert "▾ was 28 when you looked, 12:00 UTC" in dashboard.text


async def test_a_session_compares_with_what_the_one_before_showed(park: Park) -> None:
    async with park.session() as dashboard:
        assert "28 left of 40" in dashboard.text
    park.wait(60)
    await park.sell(3)
    await park.cron()
    await park.cron()
    async with park.session() as dashboard:
        assert "▾ was 28 when you looked, 12:00 UTC" in dashboard.text
        park.wait(60 * 24)
    async with park.session() as dashboard:
        assert "when you looked" not in dashboard.text


async def test_what_moved_is_told_with_its_day_when_it_was_another(park: Park) -> None:
    async with park.session():
        pass
    await park.sell(3)
    park.wait(60 * 24 * 2)
    async with park.session() as dashboard:
        await dashboard.press("left", "left", "i")
        told = " ".join(dashboard.text.split())
        assert "▾ was 28 when you looked," in told
        assert "2026-03-06 12:00 UTC -3 since yesterday" in told
        assert "25  since 2026-03-08 12:01 UTC" in dashboard.text
        assert "28  first seen 2026-03-06 12:00 UTC" in dashboard.text
