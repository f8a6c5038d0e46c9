"""What every pane looks like: a title, notices, rows beside what the cursor is on, a line to filter by."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input

from qtydash.domain.snapshot import Snapshot
from qtydash.domain.text import safe_text
from qtydash.tui.bindings import of_scope
from qtydash.tui.commands import Scope
from qtydash.tui.jump import Place
from qtydash.tui.widgets.backdrop import Stack
from qtydash.tui.widgets.bar import Bar
from qtydash.tui.widgets.filter_line import FilterLine
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Line, Words
from qtydash.tui.workspace import Workspace

if TYPE_CHECKING:
    from qtydash.services.export import Row

T = TypeVar("T")

WIDE = 130
"""From this width on, what the cursor is on is explained beside the grid, else below it."""
SHORT = 12
"""Below this height it is explained in few lines."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an export writes: the rows on the screen under the columns of the headless twin.

    ``page`` makes the same as a page for browsers, where there is one.
    """

    columns: Sequence[str]
    rows: Sequence[Row]
    page: Callable[[], str] | None = None


class Listing(Stack, Generic[T]):
    """Rows to look through. Where they come from is for the pane to say: a vendor, the journal."""

    scope: ClassVar[Scope]
    number: ClassVar[int]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(id=self.scope, classes="pane")
        self.workspace = workspace
        self._expected = Size(0, 0)
        self.snapshot: Snapshot[T] | None = None
        self.words: tuple[str, ...] = ()

    @property
    def keys(self) -> Mapping[str, str]:
        """The operator's keys, as sentences name them."""
        return self.workspace.keys

    @property
    def key(self) -> str:
        """The key that goes here."""
        return self.keys[f"pane.{self.scope}"]

    # What a pane says of itself.

    @abstractmethod
    def rebuild(self) -> None:
        """Draw again from the snapshot and the view."""

    @abstractmethod
    def explain(self) -> Sequence[Line]:
        """What the cursor is on."""

    @abstractmethod
    def rows_shown(self) -> Shown:
        """The rows on the screen, as the headless twin names them."""

    @abstractmethod
    def next_sort(self) -> None:
        """Sort by the next column."""

    says_itself: ClassVar[frozenset[str]] = frozenset()
    """Commands that tell why they do nothing in a place of their own."""

    @property
    def why_held(self) -> str:
        """Why no command works now, "" when they do: what is typed is no command."""
        return ""

    def why_not(self, id: str) -> str:
        """Why a command of this pane, or one for whatever pane is active, does nothing here now; "" when it works.

        It is asked whenever something moved, so it must be quick.
        """
        empty = self.snapshot is None or not self.grid.model.row_count
        match id:
            case "sort" if empty:
                return "There is nothing to sort here."
            case "copy" if empty:
                return "There is nothing to copy here."
            case "export" if self.snapshot is None or self.partial:
                return "There is nothing to export here."
            case "filter" if self.snapshot is None:
                return "There is nothing to filter here."
            case _:
                return ""

    def changes_moved(self) -> None:
        """Something was staged, sent, answered or judged: panes that show changes draw them again."""

    def refresh_now(self) -> None:
        """Look again at what is not read from a vendor."""

    def offer(self, words: str) -> None:
        """Say above the rows that something waits to be done, "" for nothing, where that is this pane's."""

    def tick(self) -> None:
        """A moment has passed: ages are drawn again."""

    @property
    def is_reading(self) -> bool:
        """Whether a read is under way that can be given up."""
        return False

    def stop_reading(self) -> bool:
        """Give up the read that is under way, if there is one; what was shown before stays."""
        return False

    @property
    def partial(self) -> bool:
        """Whether only a part of what there is to show is shown yet."""
        return False

    @property
    def grid(self) -> Grid:
        """The grid that has the focus, or the main one."""
        return self.query_one(Grid)

    def compose(self) -> ComposeResult:
        yield Bar(classes="title")
        yield Words(classes="notice")
        with Stack(classes="body"):
            yield from self.compose_grids()
            yield Words(classes="detail")
        yield Words(classes="message")
        yield FilterLine(self._filter_typed)

    def compose_grids(self) -> ComposeResult:
        yield Grid()

    def on_mount(self) -> None:
        self.query_one(".filter", Input).display = False
        for grid in self.query(Grid):
            grid.explain = self.show_detail

    def expect(self, size: Size) -> None:
        """Be ready to be ``size`` large, so that the first layout is the last."""
        self._expected = size
        self._fit(size)

    @property
    def across(self) -> int:
        """Cells from side to side, those to come where it was not laid out yet."""
        return self.size.width or self._expected.width

    def on_resize(self) -> None:
        self._fit(self.size)

    def _fit(self, size: Size) -> None:
        self.set_class(size.width >= WIDE, "-wide")
        self.set_class(size.height < SHORT, "-short")

    def show_message(self, message: Sequence[Line]) -> None:
        """Put a message in place of the rows, or the rows back. The focus stays in the pane either way."""
        body = self.query_one(".body")
        # As the screen has it now: `has_focus` follows later, and rows may come before that.
        held = self.display and self.screen.focused in (self, *self.query(Grid))
        self.query_one(".message", Words).say(message)
        self.can_focus = bool(message)
        body.display = not message
        if held:
            self.focus_grid()

    @on(Grid.CursorMoved)
    def _cursor_moved(self, message: Grid.CursorMoved) -> None:
        if not message.told:
            self.show_detail()

    def show_detail(self) -> None:
        """Explain what the cursor is on."""
        lines = self.explain() if self.snapshot is not None and self.grid.model.row_count else ()
        self.query_one(".detail", Words).say(lines)

    # Places to go to.

    explain_command: ClassVar[str] = ""
    """The command that tells all about what the cursor is on, where there is one."""
    query_command: ClassVar[str] = ""
    """The command that chooses what is listed, where there is one."""

    def places(self) -> Iterator[Place]:
        """What of the pane is on the screen and can be gone to, from its top down."""
        if self.query_command:
            yield self._place_of(self.query_one(".title"), self.query_command)
        if self.query_one(".body").display:
            yield from self.list_places()
            detail = self.query_one(".detail")
            if detail.display and self.explain_command:
                yield self._place_of(detail, self.explain_command)
        else:
            yield Place(self.query_one(".message").region.offset, f"pane.{self.scope}", self.focus_grid)
        box = self.query_one(".filter", Input)
        if box.display:
            yield Place(box.region.offset, "filter", self.start_filter)

    def list_places(self) -> Iterator[Place]:
        """The lists on the screen."""
        yield Place(self.grid.region.offset, f"pane.{self.scope}", self.focus_grid)

    def _place_of(self, widget: Widget, id: str) -> Place:
        """A place that a command of this pane leads to."""
        action = next(command.action for command in of_scope(self.scope) if command.id == id)

        def go() -> None:
            self.focus_grid()
            self.call_after_refresh(self.run_action, action)

        return Place(widget.region.offset, id, go)

    # Filtering.

    def start_filter(self) -> None:
        """Open the filter line."""
        box = self.query_one(".filter", Input)
        box.display = True
        box.focus()

    def _filter_typed(self, typed: str) -> None:
        self.words = tuple(word.casefold() for word in typed.split())
        self.rebuild()

    @on(Input.Submitted, ".filter")
    def _filter_kept(self) -> None:
        self.query_one(".filter", Input).display = bool(self.words)
        self.focus_grid()

    def clear_filter(self) -> None:
        """Show all rows again and close the filter line."""
        box = self.query_one(".filter", Input)
        box.value = ""
        box.display = False
        self.focus_grid()

    def key_escape(self) -> None:
        if self.query_one(".filter", Input).display or self.words:
            self.clear_filter()

    def focus_grid(self) -> None:
        """Put the focus on the rows, or on the pane where there are none."""
        self.screen.set_focus(self.grid if self.query_one(".body").display else self)

    def show_top(self) -> None:
        """Go to the first row: what sorting is for."""
        self.grid.action_corner_row(-1)

    def copied_text(self) -> str:
        """The row under the cursor, its cells parted by tabs."""
        grid = self.grid
        cells = (grid.model.cell(grid.cursor_row, c).text for c in range(len(grid.model.columns)))
        return "\t".join(map(safe_text, cells))
