"""Where on a screen the texts stand, from the bytes that drew them: cheaper than an emulator."""

import re

from rich.cells import cell_len

from tests.proof.outside.texts import marked_at

_STEP = re.compile(
    r"\x1b\[(?P<line>\d+);(?P<column>\d+)H|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\r?\n"
    r"|(?P<words>[^\x1b\r\n]+)"
)


def standing_in(written: str) -> dict[tuple[str, str], tuple[int, int]]:
    """The column and the line of each mark, as drawn last, by its letters and its digit."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    column = line = 1
    for step in _STEP.finditer(written):
        if words := step["words"]:
            for mark, at in marked_at(words):
                found.pop(mark, None)  # the one drawn last comes last
                found[mark] = column + cell_len(words[:at]), line
            column += cell_len(words)
        elif step["line"]:
            line, column = int(step["line"]), int(step["column"])
        elif step[0].endswith("\n"):
            line, column = line + 1, 1
    return found
