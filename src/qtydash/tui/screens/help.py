"""What every key does, made from the registry."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from qtydash.tui.bindings import KEYS, of_scope, shown_keys
from qtydash.tui.commands import COMMANDS, SCOPE_TITLES, Command, Scope
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.help_words import ABOUT, WORDS, filled
from qtydash.tui.models.order_qty_filter import GRAMMAR
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words

NOTHING_OFF: Mapping[str, str] = MappingProxyType({})
KEY_WIDTH = 10
"""Cells that a key takes with the space around it."""
WIDEST, LEAST = 84, 20

GRID_KEYS = (
    ("arrows", "Move; page up and down, home and end go further."),
    ("ctrl+home, ctrl+end", "The first and the last row."),
    ("ctrl+p", "All commands by name."),
    ("escape", "Leave a dialog; in the filter line, show all rows again."),
)


def help_lines(
    scope: Scope,
    glyphs: Glyphs,
    commands: Sequence[Command] = COMMANDS,
    off: Mapping[str, str] = NOTHING_OFF,
    width: int = WIDEST,
) -> list[Line]:
    """What a pane is for, its keys and those that work everywhere, what its words mean, and its signs.

    ``off`` are reasons why commands do nothing now, by their ids. Lines are broken at ``width`` cells.
    """
    page = _Page(width, off)
    keys = shown_keys(commands)
    page.text(filled(ABOUT[scope], scope, keys))
    for title, of in ((SCOPE_TITLES[scope], scope), (SCOPE_TITLES["everywhere"], "everywhere")):
        page.heading(title)
        page.commands(of_scope(of, commands))
    for key, words in GRID_KEYS:
        page.key(key, words)
    page.heading("Words")
    for term, words in (*WORDS[scope], *WORDS["everywhere"]):
        page.term(term, filled(words, scope, keys))
    if scope == "order_qty":
        page.heading("Words of the filter")
        for word, words in GRAMMAR:
            page.key(word, words)
    if scope == "changes":
        page.heading("Words of the filter")
        page.key("unknown", "Any word will do: staged, rejected, 422, a name, an op id.")
    page.heading("Signs")
    for mark, words in _signs(scope, glyphs, keys):
        page.key(mark, words)
    return page.lines


class _Page:
    """Lines that go on below their own words, not below the key in front of them."""

    def __init__(self, width: int, off: Mapping[str, str]) -> None:
        self.lines: list[Line] = []
        self._width = width
        self._off = off

    def text(self, words: str) -> None:
        self._hang([], words, 0)

    def heading(self, title: str) -> None:
        self.lines += [[], [Part(title, "bold underline")]]

    def commands(self, commands: Iterable[Command]) -> None:
        for command in commands:
            why = self._off.get(command.id, "")
            self.key(command.shown, command.help, greyed=bool(why))
            if why:
                self._hang([Part(" " * KEY_WIDTH)], f"Not now: {why}", KEY_WIDTH, "$text-warning")

    def key(self, key: str, words: str, *, greyed: bool = False) -> None:
        before = f"  {key:>6}  " if cell_len(key) <= 6 else f"  {key}  "
        self._hang(
            [Part(before, "dim" if greyed else "bold $text-accent")], words, KEY_WIDTH, "dim" if greyed else ""
        )

    def term(self, term: str, words: str) -> None:
        self._hang([Part(f"  {term}  ", "bold $text-accent")], words, 4)

    def _hang(self, before: Line, words: str, indent: int, style: str = "") -> None:
        taken = sum(cell_len(part.text) for part in before)
        room = max(LEAST, self._width)
        broken = wrap(words, room, initial_indent=" " * taken, subsequent_indent=" " * indent) or [""]
        self.lines.append([*before, Part(broken[0][taken:], style)])
        self.lines += [[Part(line, style)] for line in broken[1:]]


def _signs(scope: Scope, glyphs: Glyphs, keys: Mapping[str, str] = KEYS) -> Iterable[tuple[str, str]]:
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
                f"More or fewer left than when you looked last: when you pressed {keys['refresh']}, else before "
                "this session. "
                "Reads that come by themselves, or from elsewhere, leave it standing."
            ),
        )
        yield f"{glyphs.up_since_yesterday} {glyphs.down_since_yesterday}", "The same since yesterday."
        yield "Left", "Pieces left from today on; in a heading an arrow is the order."
    if scope == "gifts":
        edits = " ".join(keys[f"gifts.{how}"] for how in ("add", "take", "set"))
        yield "*", f"Marked: the next {edits} changes all that are."
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


class HelpScreen(Dialog[None]):
    """What the active pane is for, its keys and words; ``off`` says which of the keys do nothing now, and why."""

    DEFAULT_CSS = """
    HelpScreen VerticalScroll { scrollbar-gutter: stable; scrollbar-size-vertical: 1; }
    HelpScreen .dialog-title { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "back"),
        ("question_mark", "dismiss(None)", "back"),
        ("q", "dismiss(None)", "back"),
    ]

    def __init__(
        self,
        scope: Scope,
        glyphs: Glyphs,
        commands: Sequence[Command] = COMMANDS,
        off: Mapping[str, str] = NOTHING_OFF,
    ) -> None:
        super().__init__()
        self._commands = commands
        self._scope: Scope = scope
        self._glyphs = glyphs
        self._off = off

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            title = f"{SCOPE_TITLES[self._scope]}: help (arrows scroll, escape goes back)"
            yield Static(title, classes="dialog-title", markup=False)
            with VerticalScroll():
                yield Words(id="keys")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    @on(Resize)
    def _lay_out(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        scroll = self.query_one(VerticalScroll)
        width = scroll.size.width - scroll.styles.scrollbar_size_vertical
        self.query_one("#keys", Words).say(help_lines(self._scope, self._glyphs, self._commands, self._off, width))
