"""``docs/qtydash.1``: the man page, made from the commands."""

import re
from collections.abc import Iterator

import click

from qtydash import __version__
from qtydash.cli.failure import ExitCode
from qtydash.cli.main import main

_FILES = """\
.TP
.I config.toml
The configuration. Mode 0600 when a credential stands in it.
.TP
.I cache.db
What was last seen of every vendor; disposable.
.TP
.I journal.db
Every change that was staged or sent; never remove it.
.TP
.I qtydash.log
Warnings and errors, beside the journal.
.PP
.B qtydash config path
tells where they are.
"""
_ENVIRONMENT = """\
.TP
.B QTYDASH_HOME
A folder for all of the files.
.TP
.B QTYDASH_CONFIG
The configuration file.
.TP
.B QTYDASH_PROFILE
The profile to use.
.TP
.BR QTYDASH_ ...
Any other value of the profile, nested by two underscores, such as
.BR QTYDASH_TICKETS__BASE_URL .
.TP
.B NO_COLOR
Set to anything, the dashboard draws without colour.
"""
_EXIT = {
    ExitCode.DONE: "Done.",
    ExitCode.FAILED: "Failed; nothing was changed.",
    ExitCode.USAGE: "The command line or the configuration must be corrected.",
    ExitCode.PARTLY: "Partly done, or refused: by the vendor, because it had moved, by a limit.",
    ExitCode.UNKNOWN: "Whether something was changed is not known.",
    ExitCode.FOUND: "A check found something.",
    ExitCode.INTERRUPTED: "Interrupted.",
    ExitCode.NOBODY_READS: "The reader of the output closed it.",
}


def man_page() -> str:
    """The text of the man page, without a date: it would change when nothing else does."""
    lines = [
        '.\\" Made by `make docs` from the commands. Change those, not this.',
        f'.TH QTYDASH 1 "" "qtydash {__version__}" "User Commands"',
        ".SH NAME",
        "qtydash \\- ticket days, gift stock, carts and held quantities in one terminal dashboard",
        ".SH SYNOPSIS",
        ".B qtydash",
        "[\\fIOPTIONS\\fR] [\\fICOMMAND\\fR [\\fIARGUMENTS\\fR]]",
        ".SH DESCRIPTION",
        *_paragraphs(main.help or ""),
        ".SH OPTIONS",
        *_options(main, click.Context(main, info_name="qtydash")),
        ".SH COMMANDS",
        *_commands(main, click.Context(main, info_name="qtydash")),
        ".SH EXIT STATUS",
    ]
    for code in ExitCode:
        lines += [".TP", f".B {int(code)}", _text(_EXIT[code])]
    lines += [".SH ENVIRONMENT", _ENVIRONMENT.rstrip(), ".SH FILES", _FILES.rstrip()]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, below)
        else:
            usage = " ".join(command.collect_usage_pieces(below))
            yield f'.SS "{_text(below.command_path)} {_text(usage)}"'
            yield from _paragraphs(command.help or "")
            if command.epilog:
                yield from _paragraphs(command.epilog)
            yield from _options(command, below)


_GLOBAL = {"profile", "config_file", "offline", "format"}


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for option in command.get_params(context):
        if isinstance(option, click.Option) and (
            command is main or not (option.name in _GLOBAL or "--help" in option.opts)
        ):
            told = option.get_help_record(context)
            assert told is not None
            yield from (".TP", f".B {_text(told[0])}", _text(told[1]))


def _paragraphs(words: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", words.strip()):
        if paragraph.startswith("\b"):
            yield from (".PP", ".nf", *map(_text, paragraph.removeprefix("\b\n").splitlines()), ".fi")
        else:
            yield from (".PP", _text(" ".join(paragraph.split())))


def _text(words: str) -> str:
    """Words as roff takes them: hyphens that can be typed, and no line that begins with a command."""
    safe = words.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe
