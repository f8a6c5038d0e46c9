"""The last guard before the terminal: nothing drawn can steer it, whatever a widget let through."""

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.worker import WorkerFailed

from qtydash.domain.crash import crash_report
from qtydash.domain.text import thinned

_SPACES = {"\u00a0": " ", "\t": " ", "\u3000": "  "}


class OutsideTextFilter(LineFilter):
    """Removes what the boundary missed: control and invisible characters, piled-up marks, and live links.

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
    drawn = text.isascii() or thinned(text) == text
    return drawn and (text.isprintable() or not text) and (style is None or not style.link)


def _plain(text: str) -> str:
    return thinned("".join(c if c.isprintable() else _SPACES.get(c, "") for c in text))


def _unlinked(style: Style | None) -> Style | None:
    return style.update_link(None) if style is not None and style.link else style


def crash_words(error: BaseException) -> str:
    """What a crash prints. A worker's is that of the error within: Textual's own has no place and quotes it."""
    return crash_report(error.error if isinstance(error, WorkerFailed) else error)
