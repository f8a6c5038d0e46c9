"""Text from outside, made safe to draw: nothing in it moves the cursor, hides, or reverses what is read."""

import unicodedata
from functools import lru_cache

MAX_TEXT = 2_000
"""Characters kept of any one outside text; the rest is cut and the cut is shown."""

_MAX_MARKS = 4
# Letters and symbols that draw as nothing, or nothing that a person can see.
_BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}


@lru_cache(maxsize=4_096)
def _visible(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return "^" + chr(code + 0x40)
    if code == 0x7F:
        return "^?"
    if char in "\u00a0\u3000":
        return " " if code == 0xA0 else char
    if 0xFE00 <= code <= 0xFE0F:
        return ""  # chooses a picture's style; terminals disagree about its width
    if not char.isprintable() or code in _BLANK or 0xE0100 <= code <= 0xE01EF:
        return f"<U+{code:04X}>"
    return char


def safe_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return ``text`` on one line with every control, bidirectional, zero-width, tag, private and unassigned
    character made visible (``^[``, ``<U+202E>``), piled-up marks thinned, and at most ``limit`` characters kept.

    Idempotent for any text that is not cut; the result holds printable characters and the ideographic space.
    ``limit`` is at least 1.

    >>> safe_text("a\\x1b[31mb")
    'a^[[31mb'
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    cut = text[: limit + 1]
    if not (cut.isascii() and cut.isprintable()):
        cut = "".join(map(_visible, thinned(cut)))
    if len(text) > limit or len(cut) > limit:
        cut = cut[: limit - 1].rstrip() + "…"
    return cut


def thinned(text: str) -> str:
    """``text`` with at most four marks on one character: more of them draw over the lines around."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)
