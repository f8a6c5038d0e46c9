"""What every key does, made from the registry."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from qtydash.tui.commands import SCOPE_TITLES, Command, Scope, of_scope
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words

GRID_KEYS = (
    ("arrows", "Move; page up and down, home and end go further."),
    ("ctrl+home, ctrl+end", "The first and the last row."),
    ("ctrl+p", "All commands by name."),
    ("escape", "Leave a dialog; in the filter line, show all rows again."),
)


def help_lines(scope: Scope, glyphs: Glyphs) -> list[Line]:
    """The keys of a pane, then those that work everywhere, then what the signs mean."""
    lines: list[Line] = []
    if scope != "everywhere" and of_scope(scope):
        lines += _section(SCOPE_TITLES[scope], of_scope(scope))
    lines += _section(SCOPE_TITLES["everywhere"], of_scope("everywhere"))
    lines += [_key_line(key, words) for key, words in GRID_KEYS]
    lines += [
        [Part("Signs", "bold underline")],
        *(_key_line(mark, words) for mark, words in _signs(scope, glyphs)),
    ]
    return lines


def _signs(scope: Scope, glyphs: Glyphs) -> Iterable[tuple[str, str]]:
    """What the marks of a pane mean, and the short words of the header."""
    if scope == "tickets":
        yield f"3{glyphs.low}", "Low: few pieces left, by the profile's `low`."
        yield f"0{glyphs.sold_out}", "Sold out."
        yield f"-2{glyphs.oversold}", "Oversold: more sold than there were."
        yield f"9{glyphs.mismatch}", "Does not add up: left + sold is not the maximum."
        yield glyphs.no_inventory, "No inventory on that day, which is not 0 left."
        yield f"{glyphs.up_since_yesterday} {glyphs.down_since_yesterday}", "What is left moved since yesterday."
        yield "Left", "Pieces left from today on."
    if scope == "gifts":
        yield glyphs.unlimited, "Unlimited: the vendor sends 0 for it."
    if scope == "cart":
        yield "Auto", "Free pieces that the shop added by itself."
        yield "Target", "Pieces in the cart already that were made free."
        yield "Chosen", "Free pieces that the shopper chose."
        yield "Open", "Free pieces that may still be chosen."
    yield f"{glyphs.up} {glyphs.down}", "The quantity moved since the read before; in a heading, the order."
    yield "~3h !3h", "Cached for 3 hours; not to be had live for 3 hours."


def _section(title: str, commands: Iterable[Command]) -> list[Line]:
    return [[Part(title, "bold underline")], *(_key_line(c.shown, c.help) for c in commands)]


def _key_line(key: str, words: str) -> Line:
    return [Part(f"  {key:>6}  " if len(key) <= 6 else f"  {key}  ", "bold $text-accent"), Part(words)]


class HelpScreen(ModalScreen[None]):
    """The keys of the active pane, and those that work everywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "back"),
        ("question_mark", "dismiss(None)", "back"),
        ("q", "dismiss(None)", "back"),
    ]

    def __init__(self, scope: Scope, glyphs: Glyphs) -> None:
        super().__init__()
        self._scope: Scope = scope
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Keys (escape goes back)", classes="dialog-title", markup=False)
            with VerticalScroll():
                yield Words(id="keys")

    def on_mount(self) -> None:
        self.query_one("#keys", Words).say(help_lines(self._scope, self._glyphs))
        self.query_one(VerticalScroll).focus()
