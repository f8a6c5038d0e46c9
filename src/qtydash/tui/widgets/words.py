"""Several lines of words: what the cursor is on, why something failed, what to do next."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from qtydash.domain.text import safe_text
from qtydash.tui.widgets.bar import Part

Line = Sequence[Part]


class Words(Static):
    """Lines of styled parts. Nothing in them is read as markup; an empty one takes no room."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self._lines: Sequence[Line] = ()

    def say(self, lines: Sequence[Line]) -> None:
        """Show ``lines``; hide when there are none."""
        if lines == self._lines:
            return
        self._lines = lines
        self.display = bool(lines)
        self.update(
            Content("\n").join(
                Content.assemble(*((safe_text(part.text), part.style) for part in line)) for line in lines
            )
        )
