"""The theme that was chosen last, in a small file beside the cache: as disposable as that."""

from contextlib import suppress
from pathlib import Path

from qtydash.storage.durable import write_durably

LONGEST = 200
"""Bytes of a theme's name that is worth reading."""


class ChosenTheme:
    """One name for all profiles that share a cache."""

    def __init__(self, cache_db: Path) -> None:
        self._path = cache_db.with_name("theme")

    def last(self) -> str:
        """The name chosen last, "" if none was or it cannot be read."""
        try:
            with self._path.open("rb") as file:
                return file.read(LONGEST).decode("ascii").strip()
        except (OSError, ValueError):
            return ""

    def keep(self, name: str) -> None:
        """Remember a choice. A folder that cannot be written forgets it, which harms nobody."""
        with suppress(OSError, UnicodeEncodeError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(self._path, f"{name}\n".encode("ascii"))
