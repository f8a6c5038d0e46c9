"""Where the screens' network work runs: a thread with an event loop of its own, so that keys stay answered."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

CLOSE_SECONDS = 2.0
"""How long ``close`` waits for cancelled work to end."""


class Background:
    """One daemon thread with one event loop, started by the first ``submit``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._last: Callable[[], Coroutine[Any, Any, None]] | None = None

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``work`` in the background loop. After ``close`` it is not run and the future is cancelled."""
        with self._lock:
            if self._closed:
                work.close()
                refused: Future[T] = Future()
                refused.cancel()
                return refused
            return asyncio.run_coroutine_threadsafe(work, self._running())

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Await ``work`` from another loop. Cancelling the caller cancels the work."""
        return await asyncio.wrap_future(self.submit(work))

    def close(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Cancel what is running, do ``last`` if anything ever ran, end the thread and wait for it.

        Takes ``CLOSE_SECONDS`` at most for what is running, and as long for ``last``.
        """
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        self._last = last
        loop.call_soon_threadsafe(loop.stop)
        if thread is not threading.current_thread():
            thread.join(2 * CLOSE_SECONDS + 1)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._serve, args=(self._loop,), name="qtydash-background", daemon=True
            )
            self._thread.start()
        return self._loop

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.wait(left, timeout=CLOSE_SECONDS))
            if self._last is not None:
                with contextlib.suppress(TimeoutError):
                    loop.run_until_complete(asyncio.wait_for(self._last(), CLOSE_SECONDS))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            # Not the executor: a save that is under way ends by itself, and nobody waits for it here.
            asyncio.set_event_loop(None)
            loop.close()
