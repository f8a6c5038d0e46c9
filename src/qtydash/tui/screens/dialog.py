"""A screen that is opened over another and gives a result."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from qtydash.tui.screens.steady import Steady

T = TypeVar("T")


class Dialog(Steady[T], ModalScreen[T]):
    """It is left once, whatever keys come together: pasted, typed ahead, or pressed twice.

    A second leaving would give the result twice, and take away the screen behind.
    """

    _left = False

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Leave with ``result``; once it is whole, if a key came before that, and only the first time."""
        if self._left:
            return AwaitComplete()
        if not self.is_mounted:
            self.call_later(self._leave, result)
            return AwaitComplete()
        self._left = True
        return super().dismiss(result)

    def _leave(self, result: T | None) -> None:
        # What `dismiss` returns must not be awaited from here.
        self.dismiss(result)
