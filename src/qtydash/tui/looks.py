"""The theme of the screen: the configured one, else the one chosen last in the palette, else Textual's own."""

from collections.abc import Collection
from typing import Protocol

from qtydash.domain.names import did_you_mean
from qtydash.domain.text import safe_text


def theme_names() -> Collection[str]:
    """The themes there are."""
    from textual.theme import BUILTIN_THEMES

    return BUILTIN_THEMES.keys()


class Memory(Protocol):
    """Where the choice of the palette is kept; see ``storage.chosen_theme``."""

    def last(self) -> str: ...

    def keep(self, name: str) -> None: ...


class Looks:
    """Which theme to begin with, and what becomes of a choice. Without a memory every choice is for this run."""

    def __init__(self, configured: str = "", memory: Memory | None = None) -> None:
        self.configured = configured
        self._memory = memory

    def first(self, available: Collection[str]) -> tuple[str, str]:
        """The theme to begin with, "" for Textual's own, and a sentence where the configured one is unknown."""
        if self.configured in available:
            return self.configured, ""
        last = self._memory.last() if self._memory is not None else ""
        return (last if last in available else ""), self._unknown(available)

    def chosen(self, name: str) -> str:
        """The operator took another theme; what there is to say about it."""
        if self.configured and name != self.configured:
            return "The profile sets another theme, so this one lasts until you leave."
        if self._memory is not None and not self.configured and name != self._memory.last():
            self._memory.keep(name)
        return ""

    def _unknown(self, available: Collection[str]) -> str:
        if not self.configured:
            return ""
        hint = did_you_mean(self.configured, available) or "The palette (ctrl+p, Theme) lists them."
        return f"theme: there is no theme {safe_text(self.configured, 60)!r}. {hint}"
