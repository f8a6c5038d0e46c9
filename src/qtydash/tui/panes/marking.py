"""Rows marked for one command on several: the line that says so, and the key that clears it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.app import ComposeResult
from textual.widgets import Input

from qtydash.tui.models.marks import Marks
from qtydash.tui.panes.base import Pane

if TYPE_CHECKING:
    from qtydash.tui.widgets.bar import Bar

Q = TypeVar("Q")
T = TypeVar("T")


class MarkingPane(Pane[Q, T], Generic[Q, T]):
    """A pane whose rows can be marked, by id."""

    marks: Marks[str] = Marks()

    @abstractmethod
    def marks_line(self) -> Bar:
        """The line that says what is marked."""

    @abstractmethod
    def show_marks(self) -> None:
        """Draw that line again, or hide it where nothing is marked."""

    def compose(self) -> ComposeResult:
        parts = iter(super().compose())
        yield next(parts)  # the title
        yield self.marks_line()  # at the top: notifications come up at the bottom
        yield from parts

    def mark(self, marks: Marks[str]) -> None:
        """Let these be the marks."""
        self.marks = marks
        self.grid.refresh()
        self.show_marks()

    def key_escape(self) -> None:
        if self.marks and not self.query_one(".filter", Input).has_focus:
            self.mark(Marks())
        else:
            super().key_escape()
