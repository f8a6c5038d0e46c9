"""Serves the sandbox on the loopback interface, in a thread of its own or in the foreground."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from qtydash.sandbox.connection import TRANSPORT

HOST = "127.0.0.1"
_PATIENCE = 10.0


class _Protocol(H11Protocol):
    """HTTP/1.1 that hands each request its connection, so that a fault can break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[TRANSPORT] = transport
            await app(scope, receive, send)

        self.app = with_transport


class _Server(uvicorn.Server):
    """A server that says when it accepts, and stops at once instead of at its next tick."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="critical",
                access_log=False,
                timeout_keep_alive=75,
            )
        )
        self._on_ready = on_ready
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._on_ready()

    async def main_loop(self) -> None:
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            assert isinstance(connection, _Protocol)
            if connection.cycle is None or connection.cycle.response_complete:
                connection.shutdown()
            else:
                connection.transport.abort()
        await asyncio.sleep(0)
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def request_stop(self) -> None:
        """Stop soon; from any thread, and from a signal handler."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopping.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.request_stop()


class SandboxServer:
    """An application served at ``http://127.0.0.1:PORT``; port 0 takes a free one and keeps it from then on.

    A context manager, also an async one. ``stop`` then ``start`` serves the same application, with the same
    state, on the same port.
    """

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self._app = app
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is served. Known once it has been started."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> Self:
        """Serve in a daemon thread; returns when connections are accepted. Raises OSError: port taken."""
        if self._thread is not None:
            return self
        ready = threading.Event()
        listener = self._bind()
        self._server = server = _Server(self._app, ready.set)
        self._thread = threading.Thread(
            target=_serve, args=(server, listener, ready), name="qtydash-sandbox", daemon=True
        )
        self._thread.start()
        if not ready.wait(_PATIENCE) or not server.started:
            self.stop()
            raise RuntimeError("The sandbox did not start.")
        return self

    def stop(self) -> None:
        """Stop serving: open connections are closed, requests in work are given up."""
        if self._server is not None:
            self._server.request_stop()
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        self._server = self._thread = None

    def serve_forever(self, on_ready: Callable[[str], None]) -> None:
        """Serve in this thread until interrupted; ``on_ready`` gets the URL. Raises OSError: port taken."""
        with self._bind() as listener:
            server = _Server(self._app, lambda: on_ready(self.url))
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(server.serve(sockets=[listener]))

    def _bind(self) -> socket.socket:
        # The protocol is named because asyncio turns Nagle off only for sockets that do; else answers take 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, self._port))
        except OSError:
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        return listener

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)


def _serve(server: _Server, listener: socket.socket, ready: threading.Event) -> None:
    with listener:
        try:
            asyncio.run(server.serve(sockets=[listener]))
        finally:
            ready.set()
