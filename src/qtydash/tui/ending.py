"""Being ended or stopped from outside: by a signal, or by a terminal that is closed."""

from __future__ import annotations

import asyncio
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
    """Make someone else's end of ``app`` a proper one, with 128 + the signal's number as exit status.

    Called in its loop, before it draws. Where the terminal is gone a write to it may wait for ever, and the loop
    with it: after ``GRACE_SECONDS`` SIGALRM ends the process. What was sent by then is in the journal.
    """
    loop = asyncio.get_running_loop()
    for ended in ENDED_BY:
        loop.add_signal_handler(ended, partial(app.exit, return_code=128 + ended))
        signal.signal(ended, _give_time)  # runs although the loop waits; the loop is told as well


def stop_and_resume(app: App[int]) -> None:
    """Let Textual's answer to SIGTSTP run in the loop, and its answer to SIGCONT only after that left the screen.

    Called in the loop when both are in place. Both write to the terminal: in the middle of another write they
    would wait for it for ever. A terminal that is closed sends SIGCONT after SIGHUP: to begin anew on it would
    break what writes to it, and a second thread would read the end of it for ever.
    """
    stop, resume = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
    if not callable(stop) or not callable(resume):
        return
    told = resuming = False

    def continuing(number: int, frame: FrameType | None) -> None:
        nonlocal told, resuming
        told = True
        if resuming:  # it waited in the background, and tries once more
            return
        resuming = True
        while told and _has_left(app) and not _is_ending() and _has_terminal():
            told = False
            resume(number, frame)
            if _is_ending():  # it was ended in the background: Textual has set this back
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        resuming = False

    asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, stop, signal.SIGTSTP, None)
    signal.signal(signal.SIGCONT, continuing)


def _has_left(app: App[int]) -> bool:
    """Whether the screen was left for a while: nothing is drawn on it, and something will be."""
    writer = getattr(app._driver, "_writer_thread", None)
    return app.is_running and writer is not None and not writer.is_alive()


def _has_terminal() -> bool:
    return sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno())


def left() -> None:
    """The screen was left: from here on what ends or stops a process does so."""
    for number in (*ENDED_BY, signal.SIGTSTP, signal.SIGCONT):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(0)


def _give_time(number: int, frame: FrameType | None) -> None:
    if not _is_ending():  # who says it again does not put it off
        signal.alarm(GRACE_SECONDS)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # a stopped job leaves its screen while another has the terminal


def _is_ending() -> bool:
    return signal.getitimer(signal.ITIMER_REAL)[0] > 0
