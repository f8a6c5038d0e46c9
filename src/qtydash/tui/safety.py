"""The last guard before the terminal: nothing drawn can steer it, whatever a widget let through."""

import traceback

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from qtydash.domain.text import safe_text

_SPACES = {"\u00a0": " ", "\t": " ", "\u3000": "  "}


class OutsideTextFilter(LineFilter):
    """Removes what the boundary missed: control and invisible characters, and live links.

    The widths are already laid out here, so characters are dropped or replaced by a space, never spelled out.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if _is_plain(segment) else Segment(_plain(segment.text), _unlinked(segment.style))
            for segment in segments
            if not segment.control
        ]


def _is_plain(segment: Segment) -> bool:
    text, style, _ = segment
    return (text.isprintable() or not text) and (style is None or not style.link)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else _SPACES.get(c, "") for c in text)


def _unlinked(style: Style | None) -> Style | None:
    return style.update_link(None) if style is not None and style.link else style


def crash_words(error: BaseException) -> str:
    """What a crash prints: where it happened and what it was, never the values of variables."""
    where = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in where]
    what = safe_text(f"{type(error).__name__}: {error}", 300)
    return "\n".join(
        [
            "qtydash stopped because of a fault of its own.",
            *lines,
            what,
            "Please report this with the lines above. Cached data is untouched: start qtydash again.",
        ]
    )
