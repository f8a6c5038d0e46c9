"""What the global options said, handed to every command as ``ctx.obj``."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import click

Format = Literal["table", "json", "csv", "html"]
FORMATS: tuple[Format, ...] = ("table", "json", "csv")
"""What every command has; one that has more says so with ``global_options_with``."""
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
    return global_options_with()(command)


def global_options_with(*more: Format) -> Callable[[F], F]:
    """``global_options`` for a command that has ``more`` formats than the others."""

    def add(command: F) -> F:
        for option in (_format_option((*FORMATS, *more)), *reversed(_OPTIONS)):
            command = option(command)
        return command

    return add


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if not isinstance(ctx.obj, Context):
        ctx.obj = Context()
    if value is not None:
        ctx.obj = replace(ctx.obj, **{str(param.name): value})


def _profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The file's profiles, for shells that complete; none while the file cannot be read."""
    import tomllib

    from qtydash.config.errors import ConfigError
    from qtydash.config.paths import locate

    told = ctx.obj if isinstance(ctx.obj, Context) else Context()
    try:
        with locate(told.config_file).config_file.open("rb") as file:
            found = tomllib.load(file).get("profiles")
    except (ConfigError, OSError, ValueError):
        return []
    return [name for name in found if name.startswith(incomplete)] if isinstance(found, dict) else []


_OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option(
        "--profile",
        metavar="NAME",
        help="The shop to use.",
        callback=_keep,
        expose_value=False,
        default=None,
        shell_complete=_profiles,
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
)


class _FormatName(click.Choice[str]):
    """A group takes any format, since the verb after it knows which it has."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if ctx is not None and isinstance(ctx.command, click.Group) and value in get_args(Format):
            return str(value)
        return super().convert(value, param, ctx)


def _keep_format(ctx: click.Context, param: click.Parameter, value: object) -> None:
    _keep(ctx, param, value)
    if ctx.obj.format is not None:  # it may stand before the noun, where every format is taken
        param.type.convert(ctx.obj.format, param, ctx)


def _format_option(formats: tuple[Format, ...]) -> Callable[[F], F]:
    return click.option(
        "--format",
        type=_FormatName(formats),
        help="Default: a table on a terminal, JSON in a pipe.",
        callback=_keep_format,
        expose_value=False,
        default=None,
    )
