"""Commands by their names."""

from textual.command import CommandPalette

from qtydash.tui.screens.dialog import Dialog


class Palette(CommandPalette, Dialog[None]):
    """Textual's palette. Left by one key more than it takes, its own would end the program."""
