"""What every screen rests on: nothing drawn can steer the terminal, no fault tells a secret, and the terminal is
given back whatever ends the program."""

from collections.abc import Sequence
from typing import Any

from textual.app import App
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen

from qtydash.services import log
from qtydash.tui.ending import heed_signals, stop_and_resume
from qtydash.tui.pauses import keep_short
from qtydash.tui.safety import OutsideTextFilter, crash_words
from qtydash.tui.screens.steady import Steady
from qtydash.tui.widgets.backdrop import Backdrop


class MainScreen(Steady[None], Backdrop):
    """Behind the dashboard."""


class GuardedApp(App[int]):
    """``crash`` is what to print once the screen is gone, where a fault of our own ended the program."""

    def __init__(self) -> None:
        super().__init__()
        self.crash: str | None = None
        self._outside_text = OutsideTextFilter()

    def get_default_screen(self) -> Screen[Any]:
        return MainScreen(id="_default")

    def on_load(self) -> None:
        """Before the first byte goes to the terminal: someone else's end of the program is a proper one too."""
        heed_signals(self)

    def on_mount(self) -> None:
        if not self.is_headless:
            stop_and_resume(self)
            self.app_resume_signal.subscribe(self, self._draw_again)

    def _draw_again(self, _: App[Any]) -> None:
        """The terminal has forgotten what was there when the program was stopped."""
        self.refresh(layout=True)

    def on_ready(self) -> None:
        """The first screen is there."""
        if not self.is_headless:
            keep_short(self)

    def action_command_palette(self) -> None:
        from qtydash.tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        from textual.theme import ThemeProvider

        from qtydash.tui.screens.palette import Palette

        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes"))

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
        if severity != "information":
            self.told_trouble(message, title, grave=severity == "error")

    def told_trouble(self, words: str, title: str, *, grave: bool) -> None:
        """A warning, or an error if ``grave``, was told."""

    # A fault of our own.

    def _handle_exception(self, error: Exception) -> None:
        words = crash_words(error)
        log.fault(words)
        if self._exit:  # it was left: what was opening just then is taken apart half made
            return
        self.crash = words
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print the values of variables here, and they may hold a credential."""
        self._close_messages_no_wait()
