"""How a command ends when it cannot do its work: one or two sentences on standard error, and a number."""

import sys
from enum import IntEnum
from pathlib import Path
from traceback import extract_tb
from typing import IO, Any

import click

from qtydash.domain.errors import InvalidId, ReadOnlyProfile, VendorError
from qtydash.domain.text import safe_text


class ExitCode(IntEnum):
    """What a script can rely on."""

    DONE = 0
    FAILED = 1
    """Nothing was changed."""
    USAGE = 2
    """The command line or the configuration must be corrected."""
    INTERRUPTED = 130
    NOBODY_READS = 141
    """The reader of the output closed it, as ``head`` does."""


class Failure(click.ClickException):
    """The end of a command, in a sentence. Nothing was changed."""

    exit_code = int(ExitCode.FAILED)

    def show(self, file: IO[Any] | None = None) -> None:
        say(self.message)


class Misuse(Failure):
    """The command line or the configuration must be corrected first."""

    exit_code = int(ExitCode.USAGE)


def say(sentence: str) -> None:
    """Words for the person, on standard error, each line safe to draw."""
    for line in sentence.splitlines():
        click.echo(safe_text(line, 1_000).encode(_encoding(), "backslashreplace"), err=True)


def failure_of(error: Exception) -> Failure | None:
    """The sentence and the number for an expected error, None for one that nobody foresaw."""
    from qtydash.config.errors import ConfigError
    from qtydash.services.carts import OrderFileError
    from qtydash.services.connect import CredentialMissing
    from qtydash.services.names import UnknownName
    from qtydash.services.read import NothingCached

    match error:
        case ConfigError() | UnknownName() | InvalidId() | ReadOnlyProfile():
            return Misuse(str(error))
        case CredentialMissing():
            return Misuse(error.full)
        case VendorError():
            return Failure(error.full)
        case NothingCached() | OrderFileError():
            return Failure(str(error))
        case _:
            return None


def unforeseen(error: BaseException) -> Failure:
    """The sentence for a fault of this program: where it happened, never the values at hand."""
    here = Path(__file__).parents[1]
    frames = [frame for frame in extract_tb(error.__traceback__) if here in Path(frame.filename).parents]
    at = f" at {Path(frames[-1].filename).relative_to(here.parent)}:{frames[-1].lineno}" if frames else ""
    return Failure(
        f"qtydash has a fault and stopped: {type(error).__name__}{at}. Please report it with the command you gave."
    )


def _encoding() -> str:
    return sys.stderr.encoding or "utf-8"
