"""Groups of commands that speak in whole sentences, and one that loads a command's module only when it is run."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from qtydash.cli.failure import ExitCode, failure_of
from qtydash.domain.names import did_you_mean


class WordedGroup(click.Group):
    """A noun with its verbs: what each does is told in a whole sentence, and what was mistyped with a way on."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        mistyped = args and args[0] not in names and not args[0].startswith("-")
        if mistyped and not ctx.resilient_parsing:  # a shell that completes wants no words
            hint = did_you_mean(args[0], names) or f"There are: {', '.join(names)}."
            ctx.fail(f"There is no command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.words_of(ctx, name)) for name in self.list_commands(ctx)])

    def words_of(self, ctx: click.Context, name: str) -> str:
        """What a command does: the first sentence of its help, never cut."""
        command = self.get_command(ctx, name)
        return command.get_short_help_str(limit=1_000) if command is not None else ""


class LazyGroup(WordedGroup):
    """``lazy`` maps a command's name to where it is (``module:attribute``) and what it does in a few words.

    Errors that are expected end as ``Failure`` here, so that every command may just raise them.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return None
        module, attribute = self._lazy[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self._lazy[cmd_name][0]} is no command")
        return command

    def words_of(self, ctx: click.Context, name: str) -> str:
        return self._lazy[name][1]

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(ExitCode.NOBODY_READS) from None
        except Exception as error:
            if (failure := failure_of(error)) is None:
                raise
            raise failure from error
