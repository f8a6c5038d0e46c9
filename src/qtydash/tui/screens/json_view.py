"""A vendor's own JSON: folded, searched and copied."""

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from qtydash.tui.commands import Command
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models import json_tree
from qtydash.tui.models.json_tree import Json, JsonRow, Path
from qtydash.tui.models.table import Table
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.keys import KeyBar
from qtydash.tui.widgets.words import Words

KEYS = (
    Command("json.back", "escape", "esc", "back", "Leave the search, then the answer.", "back"),
    Command("json.fold", "enter", "enter", "fold", "Fold or unfold; so do left and right.", "turn"),
    Command("json.all", "asterisk", "*", "all", "Unfold all below.", "unfold_all"),
    Command("json.search", "slash", "/", "search", "Look for words in keys and values.", "search"),
    Command("json.next", "n", "n", "next", "Go to the next place where they stand.", "next(1)"),
    Command("json.copy", "c", "c", "copy", "Copy the value and all it holds.", "copy"),
    Command("json.previous", "N", "N", "before", "Go to the place before.", "next(-1)"),
)


class JsonGrid(Grid):
    """Lines that fold: left and right do what they do in any tree."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("right", "screen.unfold"),
        ("left", "screen.fold"),
        ("space", "choose"),
    ]


class JsonScreen(Dialog[None]):
    """One answer. Nothing in it is read as markup, and keys that name a credential show no value."""

    DEFAULT_CSS = """
    JsonScreen > Vertical { width: 100%; height: 100%; background: $background; }
    JsonScreen .title { background: $primary-muted; }
    JsonScreen .value { height: auto; max-height: 4; padding: 0 1; background: $surface; }
    JsonScreen Input, JsonScreen Input:focus { height: 1; border: none; padding: 0 1; background: $boost; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(command.key, command.action, command.label) for command in KEYS),
        ("J", "dismiss(None)"),
        ("q", "dismiss(None)"),
    ]

    def __init__(self, title: str, document: Json, glyphs: Glyphs) -> None:
        super().__init__()
        self._title, self._document, self._glyphs = title, document, glyphs
        self._opened = json_tree.first_opened(document)
        self._words = ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Bar(classes="title")
            yield JsonGrid()
            yield Words(classes="value")
            yield Input(placeholder="words to look for in keys and values")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Input).display = False
        self.query_one(KeyBar).show_keys(KEYS)
        self._tell("")
        self._show()
        self._grid.focus()

    @property
    def _grid(self) -> JsonGrid:
        return self.query_one(JsonGrid)

    @property
    def _here(self) -> JsonRow:
        model = self._grid.model
        assert isinstance(model, Table)
        row: JsonRow = model.records[self._grid.cursor_row]
        return row

    def _tell(self, words: str) -> None:
        self.query_one(".title", Bar).show([Part(f" {self._title} ", "bold")], [Part(f"{words} ")])

    def _show(self) -> None:
        self._grid.set_model(json_tree.tree(self._document, self._opened, self._glyphs, self._words))

    def _go(self, path: Path) -> None:
        """Put the cursor on a value, whatever it is folded into."""
        self._opened |= {path[:end] for end in range(len(path))}
        self._show()
        self._grid.move_cursor(self._grid.model.find_row(path))

    @on(Grid.CursorMoved)
    def _explain(self) -> None:
        row = self._here
        value = json_tree.at(self._document, row.path)
        told = "" if isinstance(value, dict | list) else f" = {json_tree.scalar(value)}"
        self.query_one(Words).say(
            [[Part(json_tree.path_words(row.path), "$text-accent"), Part(told)]],
        )

    @on(Grid.Chosen)
    def action_turn(self) -> None:
        row = self._here
        if row.folded is not None:
            self._opened = self._opened | {row.path} if row.folded else self._opened - {row.path}
            self._show()

    def action_unfold(self) -> None:
        row = self._here
        if row.folded:
            self.action_turn()
        elif row.folded is False:
            self._grid.action_move(1, 0)

    def action_fold(self) -> None:
        row = self._here
        if row.folded is False:
            self.action_turn()
        elif row.path:
            self._go(row.path[:-1])

    def action_unfold_all(self) -> None:
        self._opened |= json_tree.all_below(self._document, self._here.path)
        self._show()

    def action_search(self) -> None:
        box = self.query_one(Input)
        box.display = True
        box.focus()

    @on(Input.Submitted)
    def _searched(self, event: Input.Submitted) -> None:
        self._words = event.value.strip()
        self._close_search()
        self.action_next(1)

    def _close_search(self) -> None:
        self.query_one(Input).display = False
        self._grid.focus()

    def action_next(self, step: Literal[-1, 1]) -> None:
        if not self._words:
            self._tell("")
            self._show()
            return
        match = json_tree.find(self._document, self._words, self._here.path, step)
        if match is None:
            self._tell(f"{self._words}: not found")
            self._show()
        else:
            self._go(match.path)
            self._tell(f"{self._words}: {match.place} of {match.total}")

    def action_copy(self) -> None:
        path = self._here.path
        value = json_tree.at(self._document, path)
        scalar_text = value if isinstance(value, str) and value.isprintable() else None
        self.app.copy_to_clipboard(json_tree.pretty(value) if scalar_text is None else scalar_text)
        self.notify(f"Copied {json_tree.path_words(path)}.", markup=False)

    def action_back(self) -> None:
        """Leave the search line, then the search, then the screen."""
        if self.query_one(Input).display:
            self._close_search()
        elif self._words:
            self._words = ""
            self._tell("")
            self._show()
        else:
            self.dismiss(None)
