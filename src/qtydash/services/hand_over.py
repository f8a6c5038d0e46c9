"""Running the operator's own program with a text on its standard input. No shell reads anything."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence

from qtydash.config import children
from qtydash.domain.text import safe_text

LIMIT = 60.0
"""Seconds the program may take."""
_STANDARD_ERROR = 2


async def hand_over(arguments: Sequence[str], text: str, limit: float = LIMIT) -> str:
    """Run a program to its end; why it did not do its work, "" when it did.

    It gets our environment without the credentials in it. What it prints goes to standard error, since standard
    output is for data. It is ended, with what it started, when it takes longer than ``limit`` seconds and when the
    caller is cancelled.
    """
    name = f"`{safe_text(arguments[0], 100)}`"
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=_STANDARD_ERROR,
            env=children.environment(),
            start_new_session=True,
        )
    except FileNotFoundError:
        return f"The command {name} was not found."
    except (OSError, ValueError) as error:
        return f"The command {name} cannot be started: {getattr(error, 'strerror', None) or 'unusable arguments'}."
    try:
        async with asyncio.timeout(limit):
            # A program that reads nothing of it may still do its work.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                await process.communicate(text.encode())
            status = await process.wait()
    except TimeoutError:
        return f"The command {name} did not end within {limit:g} s and was ended."
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return "" if status == 0 else f"The command {name} ended with {_ending(status)}."


def _ending(status: int) -> str:
    return f"exit status {status}" if status > 0 else f"signal {-status}"
