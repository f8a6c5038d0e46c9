"""Reading a session's cart, or an order someone saved to a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import CartSession, CartSource, Profile
from qtydash.domain.carts import Cart
from qtydash.domain.errors import VendorError
from qtydash.domain.snapshot import OnProgress, Reading, Snapshot
from qtydash.domain.vendors import CART
from qtydash.services.connect import Connection, client, credential
from qtydash.services.names import unknown
from qtydash.services.read import CachedReads
from qtydash.storage.cache import Cache, Source
from qtydash.storage.carts import CARTS

if TYPE_CHECKING:
    from qtydash.adapters.carts import CartsApi
    from qtydash.adapters.http import VendorClient

MAX_FILE = 8 * 1024 * 1024
"""Bytes of a saved order that are accepted."""


class OrderFileError(Exception):
    """A saved order cannot be shown. The text is a sentence."""


def connection(
    profile: Profile, source: CartSource, session: CartSession, config_file: Path
) -> Connection[CartsApi]:
    """Oracle Commerce as one session sees it; each session has a client of its own, so no credential is shared."""

    async def make() -> tuple[CartsApi, VendorClient]:
        from qtydash.adapters.carts import CartCredentials, CartsApi

        secrets = {
            name: await credential(CART, secret, config_file)
            for name in ("password", "token", "visitor_id")
            if (secret := getattr(session, name)) is not None
        }
        http = client(CART, source.base_url, profile, {})
        credentials = CartCredentials(
            name=session.name,
            username=session.username,
            password=secrets.get("password"),
            token=secrets.get("token"),
            visitor_id=secrets.get("visitor_id"),
            organization=session.organization,
            site=session.site,
            token_lifetime=source.token_lifetime,
        )
        return CartsApi(http, credentials), http

    return Connection(make)


def current(
    apis: Mapping[str, Connection[CartsApi]], cache: Cache, source: Source, now: Callable[[], datetime]
) -> CachedReads[str, Cart]:
    """A session's current cart; the query is the session's name."""

    async def ask(session: str, _: OnProgress | None) -> Reading[Cart]:
        if session not in apis:
            raise unknown("session", session, apis)
        return await (await apis[session].adapter()).current()

    return CachedReads(CART, ask, cache, CARTS, source, now)


def from_file(path: Path | str, now: Callable[[], datetime]) -> Snapshot[Cart]:
    """The order saved in a file, ``-`` for standard input: a GET answer, a change's answer or an agent's view.

    ``fetched_at`` is when the file was last written. Raises ``OrderFileError``.
    """
    body, fetched_at = _contents(str(path), now)
    if len(body) > MAX_FILE:
        raise OrderFileError(f"{_called(path)} is larger than 8 MiB, so it is no saved order.")
    from qtydash.adapters.cart_orders import parse_order

    try:
        reading = parse_order(body)
    except VendorError as error:
        raise OrderFileError(
            f"{_called(path)} is no saved order: {error.reason} Save the answer of orders/current as JSON."
        ) from error
    return Snapshot(reading.data, fetched_at, "cache", reading.complete, reading.warnings)


def _contents(path: str, now: Callable[[], datetime]) -> tuple[bytes, datetime]:
    try:
        if path == "-":
            return sys.stdin.buffer.read(MAX_FILE + 1), now()
        with Path(path).open("rb") as file:
            body = file.read(MAX_FILE + 1)
        return body, datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
        raise OrderFileError(f"{_called(path)} cannot be read: {reason.lower()}.") from error


def _called(path: Path | str) -> str:
    return "The order on standard input" if str(path) == "-" else f"The file {path}"
