"""The places on the screen that can be gone to by a letter, each of which has a plain key too."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual.geometry import Offset

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""In the order in which fingers find them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go: a list, a pane, what the cursor is on.

    ``at`` is where its letter is drawn, in cells of the screen. ``command`` is the id of the command that leads
    there without letters, and ``go`` does the same.
    """

    at: Offset
    command: str
    go: Callable[[], Awaitable[None] | None]


def lettered(places: Sequence[Place]) -> dict[str, Place]:
    """A letter for each place, from the first on; places beyond the letters get none, their keys still work."""
    return dict(zip(LETTERS, places, strict=False))
