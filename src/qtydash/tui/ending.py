"""Being ended or stopped from outside: by a signal, by a terminal that is closed, by the shell's ctrl+z."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import sys
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

ENDED_BY = (signal.SIGTERM, signal.SIGHUP)
"""Sent by whoever shuts the machine or the terminal down."""
GRACE_SECONDS = 15
"""How long the screen may take to be left when it is not the person who leaves it."""


def heed_signals(app: App[int]) -> None:
    """Make someone else's end of ``app`` a proper one. Called in its loop, before it draws.

    Where the terminal is gone a write to it may wait forever, and the loop with it: after ``GRACE_SECONDS`` the
    system ends the process. Nothing is lost by that: what was sent is in the journal.
    """
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()

    def end(number: int, frame: FrameType | None) -> None:
        signal.alarm(GRACE_SECONDS)
        leave = partial(app.exit, return_code=128 + number)
        loop.call_soon_threadsafe(leave, context=context)

    for ended in ENDED_BY:
        signal.signal(ended, end)


def left() -> None:
    """The screen was left: from here on a signal ends the process at once."""
    signal.alarm(0)
    for ended in ENDED_BY:
        signal.signal(ended, signal.SIG_DFL)


def resume_once() -> None:
    """Have Textual, which heeds ctrl+z by now, begin anew on the terminal only after it stopped there, and while
    there is one.

    Who closes a terminal makes the system say "continue" after "hang up". Textual began anew then, on a terminal
    that was gone, and two threads read its end for ever.
    """
    stop, resume = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
    if not callable(stop) or not callable(resume):
        return
    stopped = False

    def stopping(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        stop(number, frame)

    def continuing(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        if stopped and sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno()):
            resume(number, frame)
        stopped = False

    signal.signal(signal.SIGTSTP, stopping)
    signal.signal(signal.SIGCONT, continuing)
