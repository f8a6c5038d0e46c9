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

from qtydash.sandbox.data.tickets import PARK
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


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads a server: the vendor's part of a configuration, and how its screen tells where the cursor is.

    ``key`` leads to the screen; ``shows`` says whether a line tells that the cursor is at the nth of two.
    """

    name: str
    key: str
    config: str
    shows: Callable[[str, int], bool]


READERS = (
    Reader(
        "tickets",
        "1",
        f'api_key = "fake-key"\nchannel_code = "fake-channel"\nproducts = [{{ code = "{PARK}" }}]\n',
        lambda line, n: f"Option {n}  " in line and " 2026-" in line,
    ),
    Reader(
        "gifts",
        "2",
        'token = "fake-token"\nuser_agent = "fake"\n',
        lambda line, n: line.strip() == f"Gift {n}",
    ),
    Reader(
        "order_qty",
        "4",
        'partner_key = "fake-key"\ndeveloper_key = "fake-key"\nproducts = [{ id = "prod-1" }]\n',
        lambda line, n: f"by cart cart-{n}" in line,
    ),
)
_OPTIONS = {
    "status_code": 200,
    "options": [{"option_code": f"option-{n}", "option_name": f"Option {n}"} for n in (0, 1)],
}
_GIFTS = {
    "items": [
        {
            "id": f"gift-{n}",
            "sku": f"SKU-{n}",
            "quantity": 9,
            "status": "active",
            "title_translations": {"en": f"Gift {n}"},
        }
        for n in (0, 1)
    ],
    "pagination": {"total_count": 2, "total_pages": 1},
}
_HOLDS = [
    {"id": f"65aa{n}", "productId": "prod-1", "consumerCartId": f"cart-{n}", "quantity": 1, "active": True}
    for n in (0, 1)
]


async def well(exchange: Exchange) -> None:
    """A small shop that behaves: two of whatever is asked for."""
    page = page_of(exchange)
    if exchange.target.startswith("/v1/gifts"):
        body = json.dumps(_GIFTS).encode()
    elif exchange.target.startswith("/api/"):
        body = json.dumps(_HOLDS).encode()
    elif not page:
        body = json.dumps(_OPTIONS).encode()
    else:
        body = inventory(page, days=5 if page == 1 else 0)
    await exchange.answer(body)


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
    day = {"date": "2026-02-01", "max_quantity": 1, "remain_quantity": 1, "ordered_quantity": 0}
    rows = [day | {"inventory_code": f"i-{page}-{n}-{'x' * 60}"} for n in range(ROWS_A_PAGE)]
    told = {"option-0": rows[1:], "option-1": rows[:1]}
    await exchange.answer(json.dumps({"status_code": 200, "option_codes": told}).encode())


async def _same_page(exchange: Exchange) -> None:
    await exchange.answer(inventory(1) if page_of(exchange) else json.dumps(_OPTIONS).encode())


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

    ``tickets`` says that it is made for the reader of tickets alone.
    """

    name: str
    act: Act
    longer: float = 0.0
    tickets: bool = False


TRIED_AGAIN = 2.5
"""A connection that breaks is tried three times, after waits of half to one second and one to one and a half."""
ALL_PAGES = 18.0
"""A thousand pages, a hundred a second at most, and what it takes to read and keep their rows."""

ATTACKS = (
    Attack("a gzip bomb that says so", _bomb("gzip")),
    Attack("silence", _silence),
    Attack("a body in drips", _after(_OK + b"Content-Length: 9999\r\n\r\n", b"[", 0.05)),
    Attack("a head in drips", _after(b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.05)),
    Attack("endless chunks", _after(_OK + b"Transfer-Encoding: chunked\r\n\r\n", _CHUNK)),
    Attack("an endless body", _after(_OK + b"Connection: close\r\n\r\n", _PIECE)),
    Attack("ten gigabytes announced", _after(_OK + b"Content-Length: 10000000000\r\n\r\n", _PIECE)),
    Attack("endless headers", _after(_OK, b"X-Y: " + b"z" * 1_000 + b"\r\n"), TRIED_AGAIN),
    Attack("one endless header", _after(_OK + b"X-Y: ", b"z" * 10_000), TRIED_AGAIN),
    Attack("endless 100 Continue", _after(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    Attack("endless early hints, slowly", _after(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05)),
    Attack("silence after the head", _silence_after_head),
    Attack(
        "chunks of one byte, slowly",
        _after(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n", 0.02),
    ),
    Attack("blank lines for ever", _after(b"", b"\r\n" * 1_000), TRIED_AGAIN),
    Attack("endless garbage", _after(b"", b"\x00\xff\x1b[2J" * 5_000), TRIED_AGAIN),
    Attack("a reset", _reset, TRIED_AGAIN),
    Attack("a gzip bomb that says nothing", _bomb("")),
    Attack("nested a million deep", _says(b"[" * 4_000_000)),
    Attack("a number of seven million digits", _says(_DIGITS), tickets=True),
    Attack("two million rows that are none", _says(_MANY), tickets=True),
    Attack("all rows broken, as many as are looked at", _says(_BROKEN), tickets=True),
    Attack("one text of eight million", _says(b'{"status_code": 200, "x": "' + b"x" * 8_000_000 + b'"}')),
    Attack("the same page for ever", _same_page, tickets=True),
    Attack("endless pages", _endless_pages, ALL_PAGES, tickets=True),
    Attack("a redirect to itself", _to_itself),
    Attack("a redirect elsewhere, 302", _elsewhere("302 Found")),
    Attack("a redirect elsewhere, 307", _elsewhere("307 Temporary Redirect")),
    Attack("503 that asks for a day", _says(b"{}", status="503 No", headers="Retry-After: 86400\r\n")),
    Attack("429 that asks for a century", _says(b"{}", status="429 No", headers="Retry-After: 3153600000\r\n")),
    Attack(
        "two answers in one",
        _raw(_OK + b'Content-Length: 8\r\n\r\n{"a": 1}' + _OK + b"Content-Length: 2\r\n\r\n[]"),
    ),
)


class Attacker:
    """Serves on loopback, in a thread: well at first, later an attack. Nobody must come to ``elsewhere``.

    A context manager.
    """

    def __init__(self) -> None:
        self._act: Act = well
        self._released: asyncio.Event
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

    def turn(self, act: Act) -> None:
        """Do ``act`` from the next request on, and not before ``release`` is called."""

        async def held(exchange: Exchange) -> None:
            await self._released.wait()
            await act(exchange)

        self._act = held

    def release(self) -> None:
        """Let the attack begin."""
        self._loop.call_soon_threadsafe(self._released.set)

    async def _serve(self) -> None:
        self._loop, self._over, self._released = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

        async def behave(exchange: Exchange) -> None:
            exchange.elsewhere = self.elsewhere.url  # type: ignore[attr-defined]
            await self._act(exchange)

        async with raw_server(behave) as self.server, raw_server(well) as self.elsewhere:
            self._ready.set()
            await self._over.wait()
