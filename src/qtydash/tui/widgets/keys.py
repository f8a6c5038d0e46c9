"""The bottom line: the keys that work here."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from qtydash.tui.commands import Command
from qtydash.tui.widgets.bar import Bar, Part


def key_line(commands: Iterable[Command], width: int) -> list[Part]:
    """As many keys as fit whole into ``width`` cells, in the order given."""
    parts: list[Part] = []
    room = width
    for command in commands:
        key, label = f" {command.shown} ", f"{command.label} "
        taken = cell_len(key) + cell_len(label)
        if taken <= room:
            parts += (Part(key, "bold $text-accent"), Part(label))
            room -= taken
    return parts


class KeyBar(Bar):
    """The keys of the pane that has the focus, as many as fit."""

    DEFAULT_CSS = "KeyBar { background: $panel; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        self._commands: Sequence[Command] = ()

    def show_keys(self, commands: Sequence[Command]) -> None:
        """Draw the keys of these commands."""
        if commands != self._commands:
            self._commands = commands
            self.refresh()

    def parts(self, width: int) -> tuple[Sequence[Part], Sequence[Part]]:
        return key_line(self._commands, width), ()
