"""The options of every command that changes something, and how one is written that takes signed numbers."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from qtydash.domain.edits import whole_number
from qtydash.domain.text import safe_text

MOST = 20
"""Changes that one command makes unless ``--max`` says otherwise."""
LARGEST = 10_000
"""The largest number that ``--max`` takes."""
MAX_REASON = 500

_NEGATIVE = re.compile(r"-[0-9]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the writing options said. ``most`` is how many changes the command may make at most."""

    dry_run: bool = False
    yes: bool = False
    reason: str = ""
    most: int = MOST


def reason_text(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """A reason on one line, safe to draw wherever it is read later. Raises ``BadParameter``."""
    text = safe_text((value or "").strip(), MAX_REASON + 1)
    if len(text) > MAX_REASON:
        raise click.BadParameter(f"Say it in {MAX_REASON} characters or fewer.")
    return text


_OPTIONS = (
    click.option(
        "--dry-run",
        is_flag=True,
        help="Read the targets and show what would be sent; send nothing, write nothing down.",
    ),
    click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked."),
    click.option("--reason", metavar="TEXT", callback=reason_text, help="Why, for the journal."),
    click.option(
        "--max",
        "most",
        type=click.IntRange(1, LARGEST),
        default=MOST,
        show_default=True,
        metavar="N",
        help="Refuse more changes than this, all of them.",
    ),
)


def writing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--dry-run``, ``--yes``, ``--reason`` and ``--max``; the command gets them as ``asked``."""

    @functools.wraps(command)
    def with_asked(*arguments: Any, dry_run: bool, yes: bool, reason: str, most: int, **options: Any) -> Any:
        return command(*arguments, asked=Asked(dry_run, yes, reason, most), **options)

    told: Callable[..., Any] = with_asked
    for option in reversed(_OPTIONS):
        told = option(told)
    return told


class SignedNumbers(click.Command):
    """A command whose arguments may be negative: ``-3`` is a number, not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        valued = {
            name
            for option in self.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in (*option.opts, *option.secondary_opts)
        }
        told: list[str] = []
        for position, argument in enumerate(args):
            if argument == "--":
                told += args[position:]
                break
            is_value = position > 0 and args[position - 1] in valued
            told.append(f" {argument}" if _NEGATIVE.fullmatch(argument) and not is_value else argument)
        return super().parse_args(ctx, told)


def pieces(written: str) -> int:
    """A whole number of pieces on the command line; a blank before it keeps its minus from being an option."""
    try:
        return whole_number(written)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
