"""The one task that writes. Whoever waits for it may be cancelled; what it is doing is not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

_Work = tuple[Callable[[], Awaitable[Any]], "asyncio.Future[Any]", Callable[[], None]]


class Writer:
    """Runs what it is given one after the other, in a task of its own in the loop of the first ``run``."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[_Work] | None = None
        self._task: asyncio.Task[None] | None = None

    async def run(self, work: Callable[[], Awaitable[T]], given_up: Callable[[], None]) -> T:
        """Wait for ``work``, which begins when all that was given before is done.

        Where the task is cancelled before, ``given_up`` is called instead.
        """
        loop = asyncio.get_running_loop()
        if self._queue is None or self._task is None or self._task.done():
            self._queue = asyncio.Queue()
            self._task = loop.create_task(self._serve(self._queue), name="qtydash-writer")
        done: asyncio.Future[T] = loop.create_future()
        self._queue.put_nowait((work, done, given_up))
        return await asyncio.shield(done)

    async def _serve(self, queue: asyncio.Queue[_Work]) -> None:
        while True:
            work, done, _ = await queue.get()
            try:
                result = await work()
            except asyncio.CancelledError:
                done.cancel()
                while not queue.empty():
                    _, waiting, given_up = queue.get_nowait()
                    given_up()
                    waiting.cancel()
                raise
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it
                if not done.cancelled():
                    done.set_exception(error)
            else:
                if not done.cancelled():
                    done.set_result(result)
