"""All three vendors that can be written to, on one raw socket: reads are answered well, a write as badly as told.

What arrives of a write is kept as bytes, whole or not, so that nothing but the socket says how often it was sent.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

ORDER, PROMOTION, GIFT_OF_CART = "o100", "promo1", 4
GIFT, HOLD, PRODUCT, HELD_CART = "gift1", "row1", "product1", "cart1"
NEXT_GIFT, NEXT_HOLD, NEXT_CART = "gift9", "row9", "cart9"
"""What a second change is of."""
QUANTITY, OPEN = 20, 3


class Wire:
    """One connection on which a write came, or is to come."""

    def __init__(self, vendor: "RawVendor", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.vendor = vendor
        self.reader = reader
        self.writer = writer

    async def read_head(self) -> bytes:
        """Read the request up to its body, which stays unread."""
        return await self._kept(self.reader.readuntil(b"\r\n\r\n"))

    async def read_all(self) -> bytes:
        """Read the whole request."""
        head = await self.read_head()
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
        )
        return head + await self._kept(self.reader.readexactly(length))

    async def _kept(self, reading: Awaitable[bytes]) -> bytes:
        try:
            got = await reading
        except asyncio.IncompleteReadError as error:
            got = error.partial
        self.vendor.arrived[-1] += got
        return got

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answering = Callable[[Wire], Awaitable[None]]


class RawVendor:
    """The vendors' side. While ``answering`` is set, what connects is a write, and that is what becomes of it."""

    def __init__(self) -> None:
        self.answering: Answering | None = None
        self.on_write: Callable[[], None] = lambda: None
        """Called when the connection for a write was made."""
        self.arrived: list[bytes] = []
        """What came of each connection for a write."""
        self.gone: set[str] = set()
        """The records that reads do not list any more."""
        self._port = 0
        self._server: asyncio.Server | None = None
        self._held: list[socket.socket] = []
        self._running: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def sent(self) -> list[bytes]:
        """The writes of which anything arrived."""
        return [data for data in self.arrived if data]

    async def listen(self) -> None:
        """Begin to listen, always on the same port."""
        for sock in self._held:
            sock.close()
        self._held.clear()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Refuse connections; the port stays ours."""
        if self._stop_listening():
            self._held.append(self._bound())

    async def black_hole(self) -> None:
        """Neither accept nor refuse: the queue of a listener that never accepts is full."""
        if not self._stop_listening():
            return
        deaf = self._bound()
        deaf.listen(0)
        self._held.append(deaf)
        for _ in range(3):
            caller = socket.socket()
            caller.setblocking(False)
            with suppress(BlockingIOError):
                caller.connect(("127.0.0.1", self._port))
            self._held.append(caller)
        await asyncio.sleep(0)

    def _bound(self) -> socket.socket:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", self._port))
        return sock

    def _stop_listening(self) -> bool:
        """Whether it had listened until now."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        return server is not None

    async def recover(self) -> None:
        """Listen again, where it does not."""
        if self._server is None:
            await self.listen()

    async def calm(self) -> None:
        """End what still answers, and listen again."""
        self.answering = None
        self.arrived.clear()
        self.gone.clear()
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self.recover()

    async def aclose(self) -> None:
        await self.calm()
        self._stop_listening()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            if self.answering is None:
                await self._read(reader, writer)
            else:
                self.arrived.append(b"")
                self.on_write()
                await self.answering(Wire(self, reader, writer))
        except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        finally:
            self._running.discard(task)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ")[1].decode()
            holds = [row for row in _holds() if row["id"] not in self.gone]
            document = _order() if path.startswith("/ccstore") else _gifts() if "/v1/gifts" in path else holds
            body = json.dumps(document).encode()
            writer.write(ok(body))
            await writer.drain()


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _gifts() -> object:
    gift = {"sku": "MUG", "quantity": QUANTITY, "unlimited_quantity": False}
    both = [{**gift, "id": GIFT}, {**gift, "id": NEXT_GIFT}]
    return {"items": both, "pagination": {"total_count": 2, "total_pages": 1}}


def order(removed: int, order_id: str = ORDER) -> dict[str, object]:
    """The cart, of whose one selection ``removed`` pieces were removed."""
    key = {"value": PROMOTION, "data": GIFT_OF_CART}
    info = {
        "promotionId": PROMOTION,
        "giftWithPurchaseIdentifier": GIFT_OF_CART,
        "giftWithPurchaseQuantityAvailableForSelection": OPEN - removed,
    }
    return {
        "orderId": order_id,
        "shoppingCart": {"items": []},
        "giftWithPurchaseOrderMarkers": [{**key, "quantity": OPEN, "removedQuantity": removed}],
        "giftWithPurchaseInfo": [info],
    }


def _order() -> object:
    return order(0)


def _holds() -> list[dict[str, object]]:
    row = {"productId": PRODUCT, "quantity": 1, "active": True}
    both = ((HOLD, HELD_CART), (NEXT_HOLD, NEXT_CART))
    return [{**row, "id": id, "consumerCartId": cart} for id, cart in both]


@asynccontextmanager
async def raw_vendor() -> AsyncIterator[RawVendor]:
    made = RawVendor()
    await made.listen()
    try:
        yield made
    finally:
        await made.aclose()
