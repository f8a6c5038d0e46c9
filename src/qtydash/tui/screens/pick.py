"""Choose one of many: filter as you type, arrows to move, enter to take."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from qtydash.tui.models.table import Order, Table, TableColumn, arranged
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.grid_model import Cell
from qtydash.tui.widgets.words import Words

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Choice(Generic[V]):
    """One thing to choose: what it is called, what else is known of it, and what choosing it gives."""

    value: V
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MoreChoices(Generic[V]):
    """What a look for more choices found; ``words`` say why there may be fewer than there should be."""

    choices: Sequence[Choice[V]]
    words: str = ""


class PickScreen(Dialog[V | None], Generic[V]):
    """A list to choose from. ``more`` looks for further choices while the first are shown already."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss(None)", "back"),
        ("up", "step(-1)"),
        ("down", "step(1)"),
        ("pageup", "step(-10)"),
        ("pagedown", "step(10)"),
    ]
    line: ClassVar[type[Input]] = Input
    """What is typed into; it takes every letter before a binding of the screen can."""

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice[V]],
        more: Callable[[], Awaitable[MoreChoices[V]]] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)
        self._more = more

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield self.line(placeholder="type to narrow")
            yield Grid()
            yield Words(classes="dialog-words")

    def on_mount(self) -> None:
        self.query_one(Grid).can_focus = False
        self.query_one(Input).focus()
        self._show()
        if self._more is not None:
            self._say("Looking for more...")
            self._find_more(self._more)

    @work(exclusive=True, exit_on_error=False)
    async def _find_more(self, more: Callable[[], Awaitable[MoreChoices[V]]]) -> None:
        try:
            found = await more()
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the list looking forever
            self._say(f"qtydash has a fault of its own here ({type(error).__name__}).")
            return
        known = {choice.value for choice in self._choices}
        self._choices += [choice for choice in found.choices if choice.value not in known]
        self._say(found.words)
        self._show()

    def _say(self, words: str) -> None:
        self.query_one(Words).say([[Part(words, "$text-muted")]] if words else ())

    @on(Input.Changed)
    def _show(self) -> None:
        words = self.query_one(Input).value.casefold().split()
        columns = self.columns()
        records = arranged(self._choices, columns, Order(), words, lambda c: f"{c.label} {c.note}")
        if not records and words:
            self._say("Nothing fits what you typed.")
        self.query_one(Grid).set_model(Table(columns, records, lambda c: c.value, header_lines=0))

    def columns(self) -> Sequence[TableColumn[Choice[V]]]:
        """What is shown of each choice."""
        return (
            TableColumn("Name", 24, lambda c: Cell(c.label), flexible=True),
            TableColumn("", 30, lambda c: Cell(c.note, "dim")),
        )

    def take(self, choice: Choice[V]) -> None:
        """Enter was pressed on ``choice``."""
        self.dismiss(choice.value)

    def choice_at_cursor(self) -> Choice[V] | None:
        """What the cursor is on, None when nothing fits."""
        grid = self.query_one(Grid)
        if isinstance(grid.model, Table) and grid.cursor_row < grid.model.row_count:
            choice: Choice[V] = grid.model.records[grid.cursor_row]
            return choice
        return None

    def action_step(self, rows: int) -> None:
        grid = self.query_one(Grid)
        grid.move_cursor(grid.cursor_row + rows)

    @on(Input.Submitted)
    @on(Grid.Chosen)
    def _take(self) -> None:
        if (choice := self.choice_at_cursor()) is not None:
            self.take(choice)
