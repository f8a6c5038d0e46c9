"""What every screen is: one that stays, whatever is clicked."""

from typing import TypeVar

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

T = TypeVar("T")


class Steady(Screen[T]):
    """Textual lets text be selected with the mouse and looks for the parent of what was clicked. What is leaving
    just then, such as a notification, has none: the click would end the program."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        widget, offset = super().get_widget_and_offset_at(x, y)
        gone = widget is not None and widget is not self and not widget.is_attached
        return (None, None) if gone else (widget, offset)
