"""The whole way: keys, screen, background loop, HTTP over a real socket, cache file."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from tests.screen.shop import Dashboard, opened

from qtydash.config.load import load
from qtydash.config.models import Config
from qtydash.sandbox.app import create_app
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.services.background import Background
from qtydash.services.changes import Changes
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal
from qtydash.tui.panes.tickets import TicketsPane
from qtydash.tui.screens.setup import SetupApp
from qtydash.tui.workspace import Workspace

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)

SHOWS = {"1": "Adult 성인", "2": "Canvas tote bag", "3": "Leather strap", "4": "65c0ffee0000000000000001"}


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer(create_app(seed=1, today=date(2026, 3, 6), now=lambda: NOW)) as running:
        yield running


def configured(home: Path, url: str, **replaced: str) -> Config:
    text = config_toml(url)
    for old, new in replaced.items():
        text = text.replace(old, new)
    file = home / "config.toml"
    file.touch(0o600)
    file.write_text(text, encoding="utf-8")
    return load(None, None)


@asynccontextmanager
async def dashboard_on(config: Config, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Dashboard]:
    sources = Sources(config.profile, config.paths, lambda: NOW)
    async with opened(sources, size=size, profile=config.profile, now=lambda: NOW) as dashboard:
        yield dashboard


async def test_all_four_panes_live_and_after_the_server_is_gone(home: Path, server: SandboxServer) -> None:
    config = configured(home, server.url)
    async with dashboard_on(config, (160, 48)) as dashboard:
        assert dashboard.text.count("live 0s") == 8
        for words in SHOWS.values():
            assert words in dashboard.text
        server.stop()
        await dashboard.press("r")
        assert dashboard.text.count("refused the connection") == 5  # once more in the header
        for words in SHOWS.values():
            assert words in dashboard.text
    async with dashboard_on(config) as dashboard:
        for key, words in SHOWS.items():
            await dashboard.press(key)
            assert words in dashboard.text
            assert "OFFLINE 0s" in dashboard.text.splitlines()[2]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("gifts:html", "answered with text/html where JSON is due"),
        ("gifts:cut", "cut short"),
        ("gifts:status=500", "did not answer as asked (500)"),
        ("gifts:status=403", "does not allow this with the configured credentials (403)"),
        ("gifts:status=404", "does not know"),
        ("gifts:status=429,retry_after=3600", "asks to slow down and to wait 3600 s (429)"),
        ("gifts:close=before-apply", "closed the connection"),
    ],
)
async def test_each_trouble_is_a_sentence_in_its_pane_and_keeps_the_rows(
    fault: str, words: str, home: Path, server: SandboxServer
) -> None:
    config = configured(home, server.url)
    async with dashboard_on(config) as dashboard:
        await dashboard.press("2")
        assert "Canvas tote bag" in dashboard.text
        async with httpx.AsyncClient(trust_env=False) as admin:
            await admin.post(f"{server.url}/_sandbox/faults", json={"specs": [fault]})
        await dashboard.press("r")
        assert words in " ".join(dashboard.text.split())
        assert "Canvas tote bag" in dashboard.text
        assert ("OFFLINE" if "close" in fault else "ERROR") in dashboard.text


async def test_wrong_key_and_unknown_name_each_in_its_own_pane(home: Path, server: SandboxServer) -> None:
    port = server.url.rpartition(":")[2]
    config = configured(
        home, server.url, **{"sandbox-ax-key": "obviously-wrong", "sandbox-partner-key": "obviously-wrong"}
    )
    async with dashboard_on(config) as dashboard:
        assert "AX Cloud" in dashboard.text
        assert "권한" in dashboard.text  # the vendor's own words stand beside the English
        await dashboard.press("4")
        assert "BLAZE" in dashboard.text
        await dashboard.press("2")
        assert "Canvas tote bag" in dashboard.text
    config = configured(home, f"http://localhost:{port}", **{"http://localhost": "https://no-such-host.invalid"})
    async with dashboard_on(config) as dashboard:
        assert "no-such-host.invalid" in dashboard.text


async def test_broken_cache_is_told_and_the_live_rows_are_shown(home: Path, server: SandboxServer) -> None:
    config = configured(home, server.url)
    config.paths.cache_db.write_bytes(b"this is not a database" * 100)
    async with dashboard_on(config) as dashboard:
        assert "Adult 성인" in dashboard.text
        assert "cache" in dashboard.text
    assert list(home.glob("cache.db.broken-*"))


async def test_without_configuration_the_screen_says_how_to_make_one() -> None:
    app = SetupApp("There is no configuration file at /nowhere/config.toml.")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "There is no configuration file" in text
        assert "qtydash config init" in text
        assert "qtydash demo" in text
        await pilot.press("q")
    assert app.return_value == 2


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 48)])
@pytest.mark.parametrize(("key", "way_on"), [("d", "demo"), ("i", "init")])
async def test_the_first_screen_leads_on_by_a_key(key: str, way_on: str, size: tuple[int, int]) -> None:
    app = SetupApp("There is no configuration file at /nowhere/config.toml.")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        text = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert all(words in text for words in ("qtydash demo", "qtydash config init", "leave"))
        await pilot.press(key)
    assert (app.way_on, app.return_value) == (way_on, 0)


async def test_a_configuration_that_is_there_is_not_begun_anew() -> None:
    app = SetupApp("config.toml: unknown key 'lable'.", missing=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        assert "config init" not in "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert app.way_on is None
        await pilot.press("q")


async def test_the_product_chosen_last_is_the_first_next_time(home: Path, server: SandboxServer) -> None:
    config = configured(home, server.url)
    async with dashboard_on(config) as dashboard:
        assert "Han River day ticket" in dashboard.text
        await dashboard.press("P")
        await dashboard.press(*"aqua", "enter")
        assert "Busan aquarium" in dashboard.text.splitlines()[2]
    async with dashboard_on(config) as dashboard:
        assert "Busan aquarium" in dashboard.text.splitlines()[2]
        assert "live 0s" in dashboard.text.splitlines()[2]


async def test_a_big_product_is_painted_by_a_screenful_and_then_whole(home: Path, server: SandboxServer) -> None:
    config = configured(home, server.url)
    async with dashboard_on(config):
        pass
    server.stop()
    sources = Sources(config.profile, config.paths, lambda: NOW)
    glimpse = sources.ticket_glimpse
    assert glimpse is not None
    query = config.profile.tickets.products[0].code if config.profile.tickets else ""
    part = glimpse.of(query, NOW.date(), NOW.date(), 3)
    assert part is not None
    assert len(part.data.days) == len(part.data.options) == 3
    changes = Changes(config.profile, Journal(config.paths.journal_db), [], lambda: NOW, purpose="A test")
    pane = TicketsPane(Workspace(config.profile, sources, Background(), lambda: NOW, lambda: changes))
    assert sources.tickets is not None
    first = pane.first_sight(sources.tickets, query)
    whole = sources.tickets.cached(query)
    assert first is not None
    assert whole is not None
    assert set(first.data.days) < set(whole.data.days)
    assert first.fetched_at == whole.fetched_at
    async with dashboard_on(config) as dashboard:
        assert dashboard.app.panes[0].snapshot == whole
        assert "loading the rest" not in dashboard.text
