"""Servers that want to keep a program busy, fill its memory, or lead it elsewhere: what they do to one request."""

import asyncio
import json
import threading
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self

from tests.adapter.raw_server import Exchange, RawServer, raw_server

Act = Callable[[Exchange], Awaitable[None]]
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_PIECE = b"[0," * 20_000
ROWS_A_PAGE = 25
"""As many as the vendor sends when nobody asks for more."""


def inventory(page: int, options: int = 2, days: int = 5) -> bytes:
    """A page of inventory as the vendor documents it; each page has days of its own."""
    rows = {
        f"option-{n}": [
            {
                "inventory_code": f"i{n}-{page}-{day}",
                "date": f"2026-{1 + page % 12:02}-{1 + day % 28:02}",
                "max_quantity": 9,
                "remain_quantity": 4,
                "ordered_quantity": 5,
            }
            for day in range(days)
        ]
        for n in range(options)
    }
    return json.dumps({"status_code": 200, "option_codes": rows if days else {}}).encode()


def page_of(exchange: Exchange) -> int:
    """The page a request asks for; 0 where it asks for none."""
    return int(exchange.target.partition("?page=")[2].partition("&")[0] or 0)


async def well(exchange: Exchange) -> None:
    """A small shop that behaves."""
    page = page_of(exchange)
    if not page:
        told = [{"option_code": f"option-{n}", "option_name": f"Option {n}"} for n in range(2)]
        await exchange.answer(json.dumps({"status_code": 200, "options": told}).encode())
    else:
        await exchange.answer(inventory(page, days=5 if page == 1 else 0))


async def _forever(exchange: Exchange, piece: bytes, pause: float = 0.0) -> None:
    while True:
        await exchange.send(piece)
        await asyncio.sleep(pause)


@cache
def small_that_is_large() -> bytes:
    """400 MiB, compressed."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(400)) + packer.flush()


def _bomb(encoding: str) -> Act:
    async def act(exchange: Exchange) -> None:
        body = small_that_is_large()
        told = f"Content-Encoding: {encoding}\r\n" if encoding else ""
        await exchange.answer(body, headers=told)

    return act


def _after(head: bytes, piece: bytes, pause: float = 0.0) -> Act:
    """Say ``head``, then ``piece`` again and again."""

    async def act(exchange: Exchange) -> None:
        await exchange.send(head)
        await _forever(exchange, piece, pause)

    return act


def _says(body: bytes, **told: str) -> Act:
    async def act(exchange: Exchange) -> None:
        await exchange.answer(body, **told)  # type: ignore[arg-type]

    return act


def _raw(data: bytes) -> Act:
    async def act(exchange: Exchange) -> None:
        await exchange.send(data)

    return act


async def _silence(exchange: Exchange) -> None:
    await asyncio.sleep(3_600)


async def _silence_after_head(exchange: Exchange) -> None:
    await exchange.send(_OK + b"Content-Length: 100\r\n\r\n")
    await asyncio.sleep(3_600)


async def _reset(exchange: Exchange) -> None:
    exchange.reset()


async def _endless_pages(exchange: Exchange) -> None:
    """Rows that had not come before, as long as someone asks."""
    page = page_of(exchange)
    day = {"date": "2026-01-01", "max_quantity": 1, "remain_quantity": 1, "ordered_quantity": 0}
    rows = [day | {"inventory_code": f"i-{page}-{n}-{'x' * 60}"} for n in range(ROWS_A_PAGE)]
    await exchange.answer(json.dumps({"status_code": 200, "option_codes": {"option-0": rows}}).encode())


async def _same_page(exchange: Exchange) -> None:
    await exchange.answer(inventory(1) if page_of(exchange) else b'{"status_code": 200, "options": []}')


async def _to_itself(exchange: Exchange) -> None:
    await exchange.answer(b"{}", status="302 Found", headers=f"Location: {exchange.target}\r\n")


def _elsewhere(status: str) -> Act:
    async def act(exchange: Exchange) -> None:
        await exchange.answer(b"{}", status=status, headers=f"Location: {exchange.elsewhere}/stolen\r\n")  # type: ignore[attr-defined]

    return act


_CHUNK = b"%x\r\n%b\r\n" % (len(_PIECE), _PIECE)
_DIGITS = b'{"status_code": 200, "option_codes": {"a": [{"max_quantity": ' + b"9" * 7_000_000 + b"}]}}"
_MANY = b'{"status_code": 200, "option_codes": {"a": [' + b",".join([b"{}"] * 2_000_000) + b"]}}"
_BROKEN = (
    b'{"status_code": 200, "option_codes": {"a": [' + b",".join([b"[%d]" % n for n in range(48_000)]) + b"]}}"
)


@dataclass(frozen=True, slots=True)
class Attack:
    """What a server does, and how long, in seconds beside the deadline, a read of it may rightly take.

    ``holds`` says that the read is under way long enough to press keys meanwhile.
    """

    name: str
    act: Act
    longer: float = 0.0
    holds: bool = False


# A connection that breaks is tried three times, after waits of half to one second and one to one and a half.
_TRIED_AGAIN = 2.5
# A thousand pages, a hundred a second at most, and what it takes to read and keep their rows.
_ALL_PAGES = 30.0

ATTACKS = (
    Attack("a gzip bomb that says so", _bomb("gzip")),
    Attack("silence", _silence, holds=True),
    Attack("a body in drips", _after(_OK + b"Content-Length: 9999\r\n\r\n", b"[", 0.05), holds=True),
    Attack("a head in drips", _after(b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.05), holds=True),
    Attack("endless chunks", _after(_OK + b"Transfer-Encoding: chunked\r\n\r\n", _CHUNK)),
    Attack("an endless body", _after(_OK + b"Connection: close\r\n\r\n", _PIECE)),
    Attack("ten gigabytes announced", _after(_OK + b"Content-Length: 10000000000\r\n\r\n", _PIECE)),
    Attack("endless headers", _after(_OK, b"X-Y: " + b"z" * 1_000 + b"\r\n"), _TRIED_AGAIN),
    Attack("one endless header", _after(_OK + b"X-Y: ", b"z" * 10_000), _TRIED_AGAIN),
    Attack("endless 100 Continue", _after(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), holds=True),
    Attack("endless early hints, slowly", _after(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05), holds=True),
    Attack("silence after the head", _silence_after_head, holds=True),
    Attack(
        "chunks of one byte, slowly",
        _after(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n", 0.02),
        holds=True,
    ),
    Attack("blank lines for ever", _after(b"", b"\r\n" * 1_000), _TRIED_AGAIN),
    Attack("endless garbage", _after(b"", b"\x00\xff\x1b[2J" * 5_000), _TRIED_AGAIN),
    Attack("a reset", _reset, _TRIED_AGAIN),
    Attack("a gzip bomb that says nothing", _bomb("")),
    Attack("nested a million deep", _says(b"[" * 4_000_000)),
    Attack("a number of seven million digits", _says(_DIGITS)),
    Attack("two million rows that are none", _says(_MANY)),
    Attack("all rows broken, as many as are looked at", _says(_BROKEN), 5.0),
    Attack("one text of eight million", _says(b'{"status_code": 200, "x": "' + b"x" * 8_000_000 + b'"}')),
    Attack("the same page for ever", _same_page, 5.0),
    Attack("endless pages", _endless_pages, _ALL_PAGES, holds=True),
    Attack("a redirect to itself", _to_itself),
    Attack("a redirect elsewhere, 302", _elsewhere("302 Found")),
    Attack("a redirect elsewhere, 307", _elsewhere("307 Temporary Redirect")),
    Attack("503 that asks for a day", _says(b"{}", status="503 No", headers="Retry-After: 86400\r\n")),
    Attack("429 that asks for a century", _says(b"{}", status="429 No", headers="Retry-After: 3153600000\r\n")),
    Attack(
        "two answers in one", _raw(_OK + b"Content-Length: 2\r\n\r\n{}" + _OK + b"Content-Length: 2\r\n\r\n[]")
    ),
)


class Attacker:
    """Serves on loopback, in a thread: well at first, then as ``act`` says. Nobody must come to ``elsewhere``.

    A context manager.
    """

    def __init__(self) -> None:
        self.act: Act = well
        self.server: RawServer
        self.elsewhere: RawServer
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._over: asyncio.Event
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()

        async def behave(exchange: Exchange) -> None:
            exchange.elsewhere = self.elsewhere.url  # type: ignore[attr-defined]
            await self.act(exchange)

        async with raw_server(behave) as self.server, raw_server(well) as self.elsewhere:
            self._ready.set()
            await self._over.wait()
