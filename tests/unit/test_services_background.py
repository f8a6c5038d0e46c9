"""Work in the background thread: it runs, it can be cancelled, and closing waits for its saves, not for long."""

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from qtydash.services.background import Background


async def thread_name() -> str:
    return threading.current_thread().name


async def fail() -> None:
    raise LookupError("as asked")


async def test_work_runs_in_one_other_thread() -> None:
    background = Background()
    try:
        names = {await background.run(thread_name()), background.submit(thread_name()).result(5)}
    finally:
        background.close()

    assert names == {"qtydash-background"}


async def test_an_error_comes_back() -> None:
    background = Background()
    try:
        with pytest.raises(LookupError, match="as asked"):
            await background.run(fail())
    finally:
        background.close()


async def test_cancelling_the_caller_cancels_the_work() -> None:
    background = Background()
    started, ended = threading.Event(), threading.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    try:
        waiting = asyncio.create_task(background.run(work()))
        await asyncio.to_thread(started.wait, 5)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await asyncio.to_thread(ended.wait, 5)
    finally:
        background.close()


def test_closing_cancels_what_runs_and_is_prompt() -> None:
    background = Background()
    started = threading.Event()

    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    running = background.submit(work())
    started.wait(5)

    background.close()
    background.close()

    assert running.cancelled()
    assert "qtydash-background" not in {thread.name for thread in threading.enumerate()}


def test_closing_waits_for_a_save_under_way() -> None:
    background = Background()
    started, closed, saved = threading.Event(), threading.Event(), threading.Event()

    def save() -> None:
        started.set()
        closed.wait(0.3)
        saved.set()

    background.submit(asyncio.to_thread(save))
    started.wait(5)

    background.close()

    assert saved.is_set()
    closed.set()


def test_closing_does_not_wait_long_for_a_thread_that_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qtydash.services.background.CLOSE_SECONDS", 0.05)
    background = Background()
    started, release, ended = threading.Event(), threading.Event(), threading.Event()

    def busy() -> None:
        started.set()
        release.wait(60)
        ended.set()

    background.submit(asyncio.to_thread(busy))
    started.wait(60)
    try:
        background.close()
        assert not ended.is_set()
    finally:
        release.set()


def test_after_closing_nothing_is_started() -> None:
    background = Background()
    background.close()

    refused = background.submit(thread_name())

    with pytest.raises(CancelledError):
        refused.result()
