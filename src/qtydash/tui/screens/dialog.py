"""A screen that is opened over another and gives a result."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from qtydash.tui.screens.steady import Steady

T = TypeVar("T")


class Dialog(ModalScreen[T], Steady[T]):
    """It is left once, whatever keys come together: pasted, typed ahead, or pressed twice.

    A second leaving would give the result twice, and take away the screen behind; leaving it while another is open
    over it would take away that one.
    """

    _left = False
    _leaving_with: tuple[T | None] | None = None

    @property
    def is_left(self) -> bool:
        """Whether it was left, though it may still be there."""
        return self._left

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Leave with ``result``, only the first time; once it is whole, and nothing is open over it."""
        if self._left or self._leaving_with is not None:
            return AwaitComplete()
        if not self.is_mounted:
            self.call_later(self._leave, result)
            return AwaitComplete()
        if not self.is_active:
            self._leaving_with = (result,)
            return AwaitComplete()
        self._left = True
        return super().dismiss(result)

    def on_screen_resume(self) -> None:
        """What was open over it is gone."""
        if self._leaving_with is not None:
            (result,), self._leaving_with = self._leaving_with, None
            self._leave(result)

    def _leave(self, result: T | None) -> None:
        # What `dismiss` returns must not be awaited from here.
        self.dismiss(result)
