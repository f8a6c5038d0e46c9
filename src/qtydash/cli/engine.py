"""The change engine for one command: opened with the right to write, run in one event loop, let go again."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import click

from qtydash.cli.context import Context
from qtydash.cli.failure import Failure, Misuse, say
from qtydash.cli.reading import Opened, open_profile
from qtydash.domain.change_words import what_to_do
from qtydash.domain.changes import ChangeRecord, State
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.services.batch import BatchControl
from qtydash.services.changes import Changes
from qtydash.services.clock import utc_now
from qtydash.services.export import utc_text
from qtydash.storage.journal import Journal

T = TypeVar("T")

LONG_WAIT = 5.0
"""Seconds from which on a wait is told."""
_TOLD_EVERY = 15.0
_MOST_TOLD = 5


async def sleep(seconds: float) -> None:
    """The one place where a writing command waits."""
    await asyncio.sleep(seconds)


async def patiently(control: BatchControl, seconds: float) -> None:
    """Wait, and tell a person who waits too why and how long."""
    if seconds >= LONG_WAIT:
        say(control.waiting or f"Waiting {seconds:.0f} s, until a late answer cannot matter any more.")
    while seconds > _TOLD_EVERY:
        await sleep(_TOLD_EVERY)
        seconds -= _TOLD_EVERY
        say(f"{seconds:.0f} s to go.")
    await sleep(seconds)


class Engine:
    """A profile and its changes. ``run`` belongs to one thread; after ``stop`` nothing runs any more."""

    def __init__(self, opened: Opened, changes: Changes, control: BatchControl) -> None:
        self.opened = opened
        self.changes = changes
        self.control = control
        self._runner: asyncio.Runner | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for ``work``. Ctrl-c cancels it and raises ``KeyboardInterrupt``; a batch it waited for goes on."""
        self._runner = self._runner or asyncio.Runner()
        return self._runner.run(work)

    def stop(self) -> None:
        """Cancel what is still running, let it write down how far it came, close the connections."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        try:
            runner.run(self._wind_up())
        finally:
            runner.close()

    async def _wind_up(self) -> None:
        running = asyncio.all_tasks() - {task for task in (asyncio.current_task(),) if task is not None}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self.opened.sources.aclose()


@contextmanager
def engine(context: Context, *, writes: bool = True, tell_doubt: bool = True) -> Iterator[Engine]:
    """The engine of the active profile. With ``writes`` it takes the right to write, else it may only look.

    Changes of which an earlier run left the outcome unknown are told before anything else, with ``tell_doubt``.
    Raises ``Misuse`` for a profile that is read-only, ``Failure`` where another program writes or the journal
    cannot be used.
    """
    opened = open_profile(context)
    profile = opened.config.profile
    if writes and not profile.write:
        raise Misuse(
            f"Profile {profile.name!r} is read-only. Nothing was done. Set `write = true` in it to allow changes."
        )
    control = BatchControl()
    changes = Changes(
        profile,
        Journal(opened.config.paths.journal_db),
        opened.sources.change_ports,
        utc_now,
        purpose=f"`{click.get_current_context().command_path}`",
        sleep=partial(patiently, control),
    )
    running = Engine(opened, changes, control)
    try:
        if writes:
            changes.open()
            if changes.locked:
                raise Failure(changes.locked)
        if tell_doubt:
            _say_in_doubt(changes.in_doubt())
        yield running
    finally:
        with suppress(KeyboardInterrupt):
            running.stop()
        changes.close()


def _say_in_doubt(records: tuple[ChangeRecord, ...]) -> None:
    for record in records[:_MOST_TOLD]:
        sent = f", sent at {utc_text(record.sent_at)}" if record.sent_at else ""
        say(f"{_state(record)}: {record.change.sentence}{sent}. Do not send it again. Run {_settling(record)}.")
    if len(records) > _MOST_TOLD:
        rest = plural(len(records) - _MOST_TOLD, "more change")
        say(f"And {rest} without a known outcome: `qtydash changes list --state unknown --state undecided`.")


def in_doubt_words(record: ChangeRecord, running: Engine) -> str:
    """One change in doubt, with its id, for the person who must settle it."""
    todo = what_to_do(record, running.changes.profile.reconcile_after, utc_now())
    return f"{_state(record)}: {record.change.sentence}. {todo} Run {_settling(record)}."


def _state(record: ChangeRecord) -> str:
    return "Undecided" if record.state is State.UNDECIDED else "Outcome unknown"


def _settling(record: ChangeRecord) -> str:
    if record.state is State.UNDECIDED:
        return f"`qtydash changes resolve {record.op_id} --applied --reason TEXT`, or with --not-applied"
    return f"`qtydash changes reconcile {record.op_id}`"


@contextmanager
def undisturbed() -> Iterator[None]:
    """What is done in here takes a moment and is not cut short by another ctrl-c."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def can_ask() -> bool:
    """Whether a person is there to answer: standard output may well be a file."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def ask(question: str) -> bool:
    """A yes in so many letters; anything else, and the end of the input, is a no."""
    click.echo(f"{safe_text(question)} [y/N] ", nl=False, err=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")
