"""One line with something on its left and something on its right, cut to fit by cell width."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from qtydash.domain.text import safe_text
from qtydash.tui.widgets.fit import fit


class Part(NamedTuple):
    """A piece of a line: its text, and a Textual style such as ``bold $warning``."""

    text: str
    style: str = ""


def joined(left: Sequence[Part], right: Sequence[Part], width: int) -> Content:
    """``left`` and ``right`` on one line of ``width`` cells; what is on the right is kept longer."""
    right = cut_to(right, width)
    room = width - _width(right)
    left = cut_to(left, room - 1 if right else room)
    space = " " * max(0, room - _width(left))
    return Content.assemble(*((p.text, p.style) for p in (*left, Part(space), *right)))


def cut_to(parts: Sequence[Part], width: int) -> list[Part]:
    """The parts that fit into ``width`` cells, the last of them cut with a mark."""
    kept: list[Part] = []
    room = width
    for part in parts:
        text = safe_text(part.text)
        taken = cell_len(text)
        if taken > room:
            if room > 0:
                kept.append(Part(fit(text, room), part.style))
            break
        kept.append(Part(text, part.style))
        room -= taken
    return kept


def _width(parts: Sequence[Part]) -> int:
    return sum(cell_len(p.text) for p in parts)


class Bar(Widget):
    """A line drawn from parts, made anew for the width it has."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: Sequence[Part] = ()
        self._right: Sequence[Part] = ()

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        """Draw these parts; does nothing when they are what is drawn already."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def parts(self, width: int) -> tuple[Sequence[Part], Sequence[Part]]:
        """What to draw on the left and on the right when ``width`` cells are there."""
        return self._left, self._right

    def render(self) -> Content:
        return joined(*self.parts(self.size.width), self.size.width)
