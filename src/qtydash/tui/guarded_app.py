"""What every screen of the dashboard rests on: nothing drawn can steer the terminal, no fault tells a secret."""

from collections.abc import Sequence

from textual.app import App
from textual.filter import LineFilter
from textual.notifications import SeverityLevel

from qtydash.services import log
from qtydash.tui.safety import OutsideTextFilter, crash_words


class GuardedApp(App[int]):
    """``crash`` is what to print once the screen is gone, where a fault of our own ended the program."""

    def __init__(self) -> None:
        super().__init__()
        self.crash: str | None = None
        self._outside_text = OutsideTextFilter()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._outside_text]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something in the corner; words that stand there already are not said twice."""
        if all(toast.message != message for toast in self._notifications):
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    # A fault of our own.

    def _handle_exception(self, error: Exception) -> None:
        self.crash = crash_words(error)
        log.fault(self.crash)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print the values of variables here, and they may hold a credential."""
        self._close_messages_no_wait()
