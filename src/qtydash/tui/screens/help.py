"""What every key does, made from the registry."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from qtydash.domain.cart_words import GLOSSARY
from qtydash.tui.bindings import of_scope
from qtydash.tui.commands import COMMANDS, SCOPE_TITLES, Command, Scope
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.order_qty_filter import GRAMMAR
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words

GRID_KEYS = (
    ("arrows", "Move; page up and down, home and end go further."),
    ("ctrl+home, ctrl+end", "The first and the last row."),
    ("ctrl+p", "All commands by name."),
    ("escape", "Leave a dialog; in the filter line, show all rows again."),
)


def help_lines(scope: Scope, glyphs: Glyphs, commands: Sequence[Command] = COMMANDS) -> list[Line]:
    """The keys of a pane, then those that work everywhere, then what the signs mean."""
    lines: list[Line] = []
    if scope != "everywhere" and of_scope(scope):
        lines += _section(SCOPE_TITLES[scope], of_scope(scope, commands))
    if scope == "cart":
        lines.append([Part("Words", "bold underline")])
        lines += [[Part(f"  {term}  ", "bold $text-accent"), Part(words)] for term, words in GLOSSARY]
    lines += _section(SCOPE_TITLES["everywhere"], of_scope("everywhere", commands))
    lines += [_key_line(key, words) for key, words in GRID_KEYS]
    if scope == "order_qty":
        lines.append([Part("Words of the filter", "bold underline")])
        lines += [_key_line(word, words) for word, words in GRAMMAR]
    if scope == "changes":
        lines.append([Part("Words of the filter", "bold underline")])
        lines.append(_key_line("unknown", "Any word will do: staged, rejected, 422, a name, an op id."))
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
        yield (
            f"{glyphs.up} {glyphs.down}",
            (
                "More or fewer left than when you looked last: when you pressed r, else before this session. "
                "Reads that come by themselves, or from elsewhere, leave it standing."
            ),
        )
        yield f"{glyphs.up_since_yesterday} {glyphs.down_since_yesterday}", "The same since yesterday."
        yield "Left", "Pieces left from today on; in a heading an arrow is the order."
    if scope == "gifts":
        yield "*", "Marked: the next + - = changes all that are."
        yield f"3 {glyphs.becomes} 5", "Staged: it is 3 and would be 5; nothing is sent before the review."
        yield glyphs.unlimited, "Unlimited: the vendor sends 0 for it."
    if scope == "cart":
        yield glyphs.fine, "Every rule that could be checked holds."
        yield glyphs.finding, "A finding: the cart contradicts itself, or a gift failed."
        yield glyphs.mismatch, "A finding by an assumed rule; in a bar, a granted piece that nothing accounts for."
        yield glyphs.bar_empty, "In a bar: a piece that is open. The letters are those of the words above."
        yield f"2 {glyphs.becomes} 1", "2 are open, and a removal is staged that would leave 1."
    if scope == "order_qty":
        yield "*", "Marked; - on a heading: some of its rows are."
        yield "12+?", "A sum in which some rows tell no quantity."
    if scope == "changes":
        yield "?", "Unknown or undecided: sent, and nothing tells for certain what became of it."
        yield glyphs.folded, "About to be sent, or being sent."
        yield "+", "Staged; nothing was sent."
        yield glyphs.fine, "Done, was gone already, or applied by your verdict."
        yield "~", "Two reads some seconds apart are consistent with what it says, and are listed with it."
        yield glyphs.sold_out, "Rejected, or not applied by your verdict."
        yield "-", "Not sent."
    elif scope != "tickets":
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

    def __init__(self, scope: Scope, glyphs: Glyphs, commands: Sequence[Command] = COMMANDS) -> None:
        super().__init__()
        self._commands = commands
        self._scope: Scope = scope
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Keys (escape goes back)", classes="dialog-title", markup=False)
            with VerticalScroll():
                yield Words(id="keys")

    def on_mount(self) -> None:
        self.query_one("#keys", Words).say(help_lines(self._scope, self._glyphs, self._commands))
        self.query_one(VerticalScroll).focus()
