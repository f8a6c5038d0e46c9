"""What every screen is: one that stays, whatever is clicked."""

from typing import TypeVar

from rich.style import Style
from textual.errors import NoWidget
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

T = TypeVar("T")


class Steady(Screen[T]):
    """Textual lets text be selected with the mouse, and looks for the parent and the screen of what is under it.
    What is leaving just then, such as a notification, has none: the click would end the program."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        return (None, None) if self._is_leaving(x, y) else super().get_widget_and_offset_at(x, y)

    def get_style_at(self, x: int, y: int) -> Style:
        return Style.null() if self._is_leaving(x, y) else super().get_style_at(x, y)

    def _is_leaving(self, x: int, y: int) -> bool:
        """Whether what is drawn there has left already."""
        try:
            widget, _ = self.get_widget_at(x, y)
        except NoWidget:
            return False
        return widget is not self and not widget.is_attached
