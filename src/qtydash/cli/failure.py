"""How a command ends when it cannot do its work: one or two sentences on standard error, and a number."""

import sys
from contextlib import suppress
from enum import IntEnum
from typing import IO, Any

import click

from qtydash.cli.dashboard import on_terminal as on_terminal
from qtydash.domain.crash import crash_report
from qtydash.domain.errors import InvalidId, ReadOnlyProfile, VendorError
from qtydash.domain.text import safe_text


class ExitCode(IntEnum):
    """What a script can rely on."""

    DONE = 0
    FAILED = 1
    """Nothing was changed."""
    USAGE = 2
    """The command line or the configuration must be corrected."""
    PARTLY = 3
    """Some of it could be done, some could not; or it was refused: by the vendor, by drift, by a gate."""
    UNKNOWN = 4
    """Whether something was changed is not known."""
    FOUND = 10
    """``--check`` found something."""
    INTERRUPTED = 130
    NOBODY_READS = 141
    """The reader of the output closed it, as ``head`` does."""


class Failure(click.ClickException):
    """The end of a command, in a sentence. Nothing was changed."""

    exit_code = int(ExitCode.FAILED)

    def show(self, file: IO[Any] | None = None) -> None:
        say(self.message)


class Refused(Failure):
    """This program's own refusal. Nothing was changed."""

    exit_code = int(ExitCode.PARTLY)


class Misuse(Failure):
    """The command line or the configuration must be corrected first."""

    exit_code = int(ExitCode.USAGE)


def on_error_terminal() -> bool:
    """Whether a person reads the words as they come."""
    return sys.stderr.isatty()


def say(sentence: str) -> None:
    """Words for the person, on standard error, each line safe to draw. Where nobody can hear them they are lost:
    what a command has done must not look undone because of it."""
    with suppress(OSError):
        for line in sentence.splitlines():
            click.echo(safe_text(line, 1_000).encode(_encoding(), "backslashreplace"), err=True)


def failure_of(error: Exception) -> Failure | None:
    """The sentence and the number for an expected error, None for one that nobody foresaw and for click's own."""
    if isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort):
        return None
    from qtydash.config.errors import ConfigError
    from qtydash.services.carts import OrderFileError
    from qtydash.services.changes import NotNow
    from qtydash.services.clean_plan import PlanRefused, PlanUnreadable
    from qtydash.services.connect import CredentialMissing
    from qtydash.services.counts_file import CountsFileError
    from qtydash.services.heatmap import TooLarge
    from qtydash.services.names import UnknownName
    from qtydash.services.read import NothingCached
    from qtydash.storage.journal import JournalError

    match error:
        case ConfigError() | UnknownName() | InvalidId() | ReadOnlyProfile() | TooLarge():
            return Misuse(str(error))
        case CredentialMissing():
            return Misuse(error.full)
        case VendorError():
            return Failure(error.full)
        case NothingCached() | OrderFileError() | CountsFileError() | PlanUnreadable() | NotNow() | JournalError():
            return Failure(str(error))
        case PlanRefused():
            return Refused(str(error))
        case _:
            return None


def unforeseen(error: BaseException) -> Failure:
    """The end of a command by a fault of this program."""
    return Failure(crash_report(error))


def _encoding() -> str:
    return getattr(sys.stderr, "encoding", None) or "utf-8"
