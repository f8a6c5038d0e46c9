"""What the global options said, handed to every command as ``ctx.obj``."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

Format = Literal["table", "json", "csv"]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Context:
    """The global options. None means: not given on the command line."""

    config_file: Path | None = None
    profile: str | None = None
    offline: bool = False
    """Read the cache only; contact nobody."""
    format: Format | None = None
    """None: a table on a terminal, JSON in a pipe."""


pass_context = click.make_pass_decorator(Context, ensure=True)
"""Gives a command its ``Context`` as first argument."""


def global_options(command: F) -> F:
    """Add ``--profile``, ``--config``, ``--offline`` and ``--format``, which may stand before or after the noun.

    They change ``ctx.obj``, never the command's own arguments; the one nearest to the verb wins.
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if not isinstance(ctx.obj, Context):
        ctx.obj = Context()
    if value is not None:
        ctx.obj = replace(ctx.obj, **{str(param.name): value})


_OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option(
        "--profile", metavar="NAME", help="The shop to use.", callback=_keep, expose_value=False, default=None
    ),
    click.option(
        "--config",
        "config_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The configuration file.",
        callback=_keep,
        expose_value=False,
        default=None,
    ),
    click.option(
        "--offline",
        is_flag=True,
        flag_value=True,
        help="Show what was read before; contact nobody.",
        callback=_keep,
        expose_value=False,
        default=None,
    ),
    click.option(
        "--format",
        type=click.Choice(["table", "json", "csv"]),
        help="Default: a table on a terminal, JSON in a pipe.",
        callback=_keep,
        expose_value=False,
        default=None,
    ),
)
