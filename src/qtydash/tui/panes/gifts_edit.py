"""Typing a stock edit: the keys that write it, and the line that shows it."""

import string
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from qtydash.tui.models.gifts_edit import Offer
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Words

_NAMES = {",": "comma", " ": "space"}


def _typing() -> Sequence[Binding]:
    """The keys of a line of text, as bindings.

    Not an input of its own: the app runs bindings in the order of the keys, while a focus that moves takes a
    moment, in which ``3`` would go to another pane, or ``+3`` to the row before.
    """
    written = string.digits + string.ascii_letters + string.punctuation + " "
    return (
        *(Binding(_NAMES.get(char, char), f"type({char!r})", show=False) for char in written),
        Binding("backspace", "rub_out", show=False),
        Binding("ctrl+u", "rub_out(True)", show=False),
        Binding("enter", "take_edit", show=False),
        Binding("escape", "leave_edit", show=False),
    )


TYPING = _typing()
TYPING_ACTIONS = frozenset({"type", "rub_out", "take_edit", "leave_edit"})


class EditableGrid(Grid):
    """A grid whose cursor stays where it is while an edit of that row is typed."""

    held = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.held


class EditStrip(Vertical):
    """What is typed, what it would do while it is typed, and below it why not or what to know before enter."""

    DEFAULT_CSS = """
    EditStrip { height: auto; background: $boost; display: none; }
    EditStrip Words { height: auto; max-height: 5; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__(classes="edit")

    def compose(self) -> ComposeResult:
        yield Bar()
        yield Words()

    def show(self, typed: str, offer: Offer) -> None:
        """Show what ``typed`` would do."""
        self.display = True
        room = " " * max(1, 11 - len(typed))
        left = [Part(f" {typed}", "bold"), Part(" ", "reverse"), Part(room), Part(offer.what, "bold")]
        self.query_one(Bar).show(left, [offer.change, Part(" ")])
        self.query_one(Words).say(offer.notes)

    def refuse(self, why: str) -> None:
        """It could not be staged after all; what was typed stays."""
        self.query_one(Words).say([[Part(why, "$text-error")]])
