"""The bottom line: the keys that work here."""

from collections.abc import Container, Iterable, Sequence

from rich.cells import cell_len

from qtydash.tui.commands import Command
from qtydash.tui.widgets.bar import Bar, Part


def key_line(commands: Iterable[Command], width: int, off: Container[str] = ()) -> list[Part]:
    """As many keys as fit whole into ``width`` cells, in the order given; those of ``off`` do nothing now."""
    parts: list[Part] = []
    room = width
    for command in commands:
        key, label = f" {command.shown} ", f"{command.label} "
        taken = cell_len(key) + cell_len(label)
        if taken <= room:
            greyed = command.id in off
            parts += (
                Part(key, "dim" if greyed else "bold $text-accent"),
                Part(label, "dim" if greyed else ""),
            )
            room -= taken
    return parts


class KeyBar(Bar):
    """The keys of the pane that has the focus, as many as fit."""

    DEFAULT_CSS = "KeyBar { background: $panel; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        self._commands: Sequence[Command] = ()
        self._off: Container[str] = ()

    def show_keys(self, commands: Sequence[Command], off: Container[str] = ()) -> None:
        """Draw the keys of these commands, those whose ids are in ``off`` as doing nothing now."""
        if (commands, off) != (self._commands, self._off):
            self._commands, self._off = commands, off
            self.refresh()

    def parts(self, width: int) -> tuple[Sequence[Part], Sequence[Part]]:
        return key_line(self._commands, width, self._off), ()
