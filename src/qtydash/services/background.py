"""Where the screens' network work runs: a thread with an event loop of its own, so that keys stay answered."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

CLOSE_SECONDS = 2.0
"""How long ``close`` waits for cancelled work to end, and as long for saves under way."""


class _Threads(ThreadPoolExecutor):
    """Where ``asyncio.to_thread`` runs. Cancelling does not reach into a thread, so it can be waited for."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="qtydash-thread")
        self._under_way: set[Future[Any]] = set()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = super().submit(fn, *args, **kwargs)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def settle(self, seconds: float) -> None:
        """Start nothing more and wait ``seconds`` at most for what is under way."""
        self.shutdown(wait=False, cancel_futures=True)
        wait(tuple(self._under_way), seconds)


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
        """Cancel what is running, do ``last`` if anything ever ran, let saves under way end, end the thread.

        Takes ``CLOSE_SECONDS`` at most for what is running, as long for ``last``, and as long for the saves.
        A save that ends in that time is the last: the caller may take its folder away.
        """
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        self._last = last
        loop.call_soon_threadsafe(loop.stop)
        if thread is not threading.current_thread():
            thread.join(3 * CLOSE_SECONDS + 1)

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
        threads = _Threads()
        loop.set_default_executor(threads)
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
            # Not loop.shutdown_default_executor(): it waits without a limit.
            threads.settle(CLOSE_SECONDS)
            asyncio.set_event_loop(None)
            loop.close()
