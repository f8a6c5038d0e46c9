"""What of the registry of commands works where: in a pane, as Textual's bindings, in the bottom line."""

from collections.abc import Container, Mapping, Sequence

from textual.binding import Binding

from qtydash.tui.commands import COMMANDS, Command, Scope


def of_scope(scope: Scope, commands: Sequence[Command] = COMMANDS) -> tuple[Command, ...]:
    """The commands of one scope, in registry order. ``commands`` is the registry with the operator's own keys."""
    return tuple(c for c in commands if c.scope == scope)


def shown_keys(commands: Sequence[Command] = COMMANDS) -> Mapping[str, str]:
    """The key of each command by its id, as sentences name it."""
    return {command.id: command.shown for command in commands}


KEYS: Mapping[str, str] = shown_keys()
"""The keys of those who have none of their own."""


def bindings(scope: Scope) -> list[Binding]:
    """Textual bindings of one scope, each with its id, so that a keymap can change the key."""
    return [Binding(c.key, c.action, c.label, show=False, id=c.id, tooltip=c.help) for c in of_scope(scope)]


def footer(scope: Scope, commands: Sequence[Command] = COMMANDS, *, wanted: Container[str] = ()) -> list[Command]:
    """The commands that the footer shows in a pane, the most useful first; those ``wanted`` now, by id, come
    right after the ways to help and out."""
    here = [c for c in commands if c.footer and c.scope in (scope, "everywhere")]
    return sorted(here, key=lambda c: min(c.footer, _WANTED) if c.id in wanted else c.footer)


_WANTED = 3
"""After help and quit, before all others."""
