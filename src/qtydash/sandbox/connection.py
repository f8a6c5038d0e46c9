"""Breaking a connection on purpose, which no ASGI message can say."""

import asyncio
import http
from collections.abc import Iterable

from starlette.types import Receive, Scope

from qtydash.sandbox.faults import Cut

TRANSPORT = "qtydash.transport"
"""The scope extension in which the server puts the connection's ``asyncio.Transport``."""

Headers = Iterable[tuple[bytes, bytes]]


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection at once, without an answer. Raises ``ConnectionAbortedError`` where there is none."""
    transport = _transport(scope)
    transport.abort()
    await _until_closed(receive)


async def send_half(scope: Scope, receive: Receive, status: int, headers: Headers, body: bytes, cut: Cut) -> None:
    """Send the head and half of ``body``, then close; how the head tells the length is ``cut``."""
    transport = _transport(scope)
    half = body[: len(body) // 2]
    framing = {
        "length": f"content-length: {len(body) or 64}\r\n",
        "chunked": "transfer-encoding: chunked\r\n",
        "eof": "connection: close\r\n",
    }[cut]
    head = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\n".encode()]
    head += [name + b": " + value + b"\r\n" for name, value in headers if name.lower() != b"content-length"]
    head.append(framing.encode() + b"\r\n")
    if cut == "chunked" and half:
        half = f"{len(half):x}\r\n".encode() + half + b"\r\n"
    transport.write(b"".join(head) + half)
    transport.close()
    await _until_closed(receive)


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get("extensions", {}).get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionAbortedError("closed by a scripted fault")
    return transport


async def _until_closed(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
