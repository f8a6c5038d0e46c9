"""What lies behind other widgets."""

from textual.containers import Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Backdrop(Widget):
    """Nothing but a background, without border or padding: one line is made, and stands for all.

    Whatever changes on the screen, the framework asks all widgets behind it for their lines. A base besides the
    one whose styles are inherited, which comes first.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        return super().render_lines(Region(crop.x, 0, crop.width, 1)) * crop.height


class Stack(Vertical, Backdrop):
    """Widgets that stand below each other, unless the style sheet places them otherwise."""
