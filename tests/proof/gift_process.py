"""A shop of gifts in a process of its own, whose ledger outlives whoever is killed while it writes.

It takes its time before it does a write and before it answers, from a seed. Its ledger is told only once nobody is
connected any more and everything late has happened.
"""

import asyncio
import http.client
import json
import os
import random
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from qtydash.adapters import gifts as _gifts_adapter  # noqa: F401 - loaded for those that are forked
from qtydash.adapters import http as http_client
from qtydash.config import secrets as _secrets  # noqa: F401
from qtydash.config.models import GiftsSource, Profile, Secret
from qtydash.services import connect
from qtydash.storage import journal_schema as _journal_schema  # noqa: F401
from tests.changes_kit import PROFILE

LONGEST = 0.02
"""Seconds that it takes at most, each, until a write is done and until it is answered."""


@dataclass(slots=True)
class Written:
    """A write that arrived whole."""

    op_id: str
    gift: str
    done: bool = False


class _Shop:
    def __init__(self, quantities: Mapping[str, int]) -> None:
        self._first = dict(quantities)
        self._connected = 0
        self._left = asyncio.Event()
        self._go = asyncio.Event()
        self._held_before = False
        self._reset(0)

    def _reset(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._quantities = dict(self._first)
        self._ledger: list[Written] = []
        self._held_before = False
        self._go.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connected += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                method, target, _ = lines[0].split(" ")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                document = json.dumps(await self._answer(method, target, headers, body)).encode()
                told = (
                    f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(document)}\r\n\r\n"
                )
                writer.write(told.encode() + document)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._connected -= 1
            self._left.set()
            writer.close()

    async def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> object:
        path, _, query = target.partition("?")
        if method == "PUT":
            return await self._write(path.split("/")[3], headers["x-request-id"], json.loads(body))
        if path == "/hold":
            self._held_before = query == "before"
            self._go.clear()
            return {}
        if path == "/go":
            self._go.set()
            return {}
        if path == "/arrived":
            return len(self._ledger)
        if path == "/ledger":
            await self._quiet()
            told = {"writes": [asdict(each) for each in self._ledger], "quantities": self._quantities}
            if query:
                self._reset(int(query))
            return told
        wanted = dict(part.split("=") for part in query.split("&")).get("id")
        items = [
            {"id": gift, "sku": gift[-4:], "quantity": quantity}
            for gift, quantity in self._quantities.items()
            if wanted in (None, gift)
        ]
        return {"items": items, "pagination": {"total_count": len(items), "total_pages": 1}}

    async def _quiet(self) -> None:
        """Nobody is connected but the one who asks, and so nothing is late."""
        while self._connected > 1:
            self._left.clear()
            await self._left.wait()

    async def _write(self, gift: str, op_id: str, change: Mapping[str, int]) -> object:
        written = Written(op_id, gift)
        self._ledger.append(written)
        before, after = (self._rng.choice((0, LONGEST)) * self._rng.random() for _ in range(2))
        await asyncio.sleep(before)
        if self._held_before:
            await self._go.wait()
        self._quantities[gift] = change["quantity"] + (0 if change["replace"] else self._quantities[gift])
        written.done = True
        await asyncio.sleep(after)
        await self._go.wait()
        return {"id": gift, "quantity": self._quantities[gift]}


class GiftProcess:
    """The shop as those who try it see it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.url = f"http://127.0.0.1:{port}"
        self.quantities: dict[str, int] = {}
        """At the last look into the ledger."""

    def profile(self) -> Profile:
        """A profile that points to it and may write."""
        source = GiftsSource(Secret.written("fake-token"), "shop", self.url)
        return replace(PROFILE, gifts=source)

    def ledger(self) -> list[Written]:
        """Every write that arrived, once nobody is connected and nothing is late."""
        return self._told("/ledger")

    def reset(self, seed: int) -> None:
        """Everything is as in the beginning; what is random comes from the seed."""
        self._told(f"/ledger?{seed}")

    def hold(self, *, before: bool) -> None:
        """Hold up what is written from now on: ``before`` it is done, or before it is answered."""
        self._ask("/hold?before" if before else "/hold?after")

    def go(self) -> None:
        """Let go of what is held up."""
        self._ask("/go")

    @property
    def arrived(self) -> int:
        """How many writes have arrived by now."""
        return int(self._ask("/arrived"))

    def _ask(self, target: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("GET", target)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def _told(self, target: str) -> list[Written]:
        told = self._ask(target)
        self.quantities = told["quantities"]
        return [Written(**each) for each in told["writes"]]


@contextmanager
def gift_process(quantities: Mapping[str, int]) -> Iterator[GiftProcess]:
    """Fork the shop. No thread may run meanwhile, and no event loop. Reads of it are not slowed down.

    What every program loads is loaded once, before any is forked.
    """
    connect.REQUESTS_PER_SECOND["gifts"] = 10_000
    http_client._tls()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        pid = os.fork()
        if pid == 0:
            try:
                asyncio.run(_serve(listener, quantities))
            finally:
                os._exit(1)
    try:
        yield GiftProcess(port)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


async def _serve(listener: socket.socket, quantities: Mapping[str, int]) -> None:
    shop = _Shop(quantities)
    async with await asyncio.start_server(shop.serve, sock=listener) as server:
        await server.serve_forever()
