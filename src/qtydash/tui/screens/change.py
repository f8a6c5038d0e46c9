"""Every event of one change."""

from collections.abc import Callable, Sequence

from qtydash.tui.screens.page import PageScreen
from qtydash.tui.widgets.words import Line, Words


class ChangeScreen(PageScreen):
    """A change with all that is known of it, which may be more while one looks: ``told`` is asked each second."""

    def __init__(self, title: str, told: Callable[[], Sequence[Line]]) -> None:
        super().__init__(title, told())
        self._told = told

    def on_mount(self) -> None:
        self.set_interval(1, self._tell)

    def _tell(self) -> None:
        self._lines = self._told()
        self.query_one("#page", Words).say(self._lines)
