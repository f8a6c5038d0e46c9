"""The line for the words that a list is filtered by."""

from collections.abc import Callable

from textual.widgets import Input


class FilterLine(Input):
    """``typed`` is called with each change of the words before the line is drawn, so that line and rows are drawn
    at once: a message comes when the line is drawn already, and the rows wait for the next frame."""

    def __init__(self, typed: Callable[[str], None]) -> None:
        super().__init__(placeholder="words to look for; enter keeps, escape clears", classes="filter")
        self._typed = typed

    def watch_value(self, value: str) -> None:
        self._typed(value)
