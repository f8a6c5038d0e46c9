"""The profile's sources together: what is configured, how they are checked, and that nothing is made too early."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qtydash.config.load import load
from qtydash.config.models import Config, Secret
from qtydash.domain.errors import Unauthorized
from qtydash.sandbox.app import create_app
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.services.background import Background
from qtydash.services.check import check_sources
from qtydash.services.connect import CredentialMissing
from qtydash.services.names import UnknownName
from qtydash.services.sources import Sources

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(create_app(seed=1, today=date(2026, 3, 1))) as server:
        yield server


@pytest.fixture
def config(sandbox: SandboxServer, home: Path) -> Config:
    file = home / "config.toml"
    file.touch(0o600)
    file.write_text(config_toml(sandbox.url), encoding="utf-8")
    return load()


def missing(variable: str) -> Secret:
    return Secret("env", (variable,))


async def test_every_vendor_is_checked_and_every_session(config: Config) -> None:
    checks = await check_sources(config.profile, config.paths, lambda: AT)

    assert [check.vendor.key for check in checks] == [
        "tickets",
        "gifts",
        "cart",
        "cart",
        "cart",
        "cart",
        "order_qty",
    ]
    assert all(check.ok for check in checks)
    assert all(check.words and check.seconds > 0 for check in checks)
    assert checks[2].words.startswith("Session support: ")


async def test_a_check_tells_what_fails_and_what_is_not_set_up(config: Config) -> None:
    assert config.profile.gifts is not None
    assert config.profile.order_qty is not None
    profile = replace(
        config.profile,
        tickets=None,
        cart=None,
        gifts=replace(config.profile.gifts, token=missing("NO_SUCH_TOKEN")),
        order_qty=replace(config.profile.order_qty, base_url="http://127.0.0.1:1"),
    )

    tickets, gifts, cart, order_qty = await check_sources(profile, config.paths, lambda: AT)

    assert (tickets.ok, tickets.words) == (True, "Not set up: there is no [profiles.sandbox.tickets].")
    assert cart.ok
    assert (gifts.ok, order_qty.ok) == (False, False)
    assert "NO_SUCH_TOKEN" in gifts.words
    assert "BLAZE refused the connection" in order_qty.words


async def test_a_credential_that_cannot_be_had_is_refused_before_anything_is_sent(config: Config) -> None:
    assert config.profile.gifts is not None
    gifts = replace(config.profile.gifts, token=missing("NO_SUCH_TOKEN"))
    reads = Sources(replace(config.profile, gifts=gifts), config.paths, lambda: AT).gifts
    assert reads is not None

    with pytest.raises(
        CredentialMissing, match=r"The credentials for SHOPLINE cannot be had: .*NO_SUCH_TOKEN"
    ) as caught:
        await reads.live(None)

    assert isinstance(caught.value, Unauthorized)
    assert not caught.value.request_started


async def test_what_is_not_configured_is_none(config: Config) -> None:
    profile = replace(config.profile, tickets=None, gifts=None, cart=None, order_qty=None)
    sources = Sources(profile, config.paths, lambda: AT)

    assert (sources.tickets, sources.ticket_products, sources.gifts, sources.cart, sources.order_qty) == (
        None,
    ) * 5
    await sources.aclose()


async def test_reads_in_the_background_and_closing_leave_nothing_open(config: Config, home: Path) -> None:
    background = Background()
    sources = Sources(config.profile, config.paths, lambda: AT)
    assert sources.gifts is not None
    assert sources.cart is not None
    try:
        gifts = await background.run(sources.gifts.live(None))
        cart = await background.run(sources.cart.live("support"))
        await background.run(sources.aclose())
        again = await background.run(sources.gifts.live(None))
        await background.run(sources.aclose())
    finally:
        background.close()

    assert gifts.data == again.data
    assert cart.data.order_id
    found = sources.gifts.cached(None)
    assert found is not None
    assert found.data == gifts.data
    assert sources.notices == ()


async def test_an_unknown_session_is_named(config: Config) -> None:
    sources = Sources(config.profile, config.paths, lambda: AT)
    assert sources.cart is not None

    with pytest.raises(UnknownName, match="Did you mean 'support'"):
        await sources.cart.live("suport")
