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
        self._takes = (0, 0)
        """For which width how many lines were asked for."""

    def say(self, lines: Sequence[Line]) -> None:
        """Show ``lines``; hide when there are none."""
        if lines == self._lines:
            return
        self._lines = lines
        self.display = bool(lines)
        content = Content("\n").join(
            Content.assemble(*((safe_text(part.text), part.style) for part in line)) for line in lines
        )
        width = self.content_size.width
        before, self._takes = self._takes, (width, content.get_height({}, width) if width else 0)
        # As many lines as before move nothing on the screen; laying all of it out costs more than drawing them.
        self.update(content, layout=self.styles.auto_dimensions and (not width or self._takes != before))
