"""Ask for a date."""

from collections.abc import Callable
from datetime import date
from typing import Any

from textual.app import App

from qtydash.tui.goto import NOTE, BadDate, find_date
from qtydash.tui.screens.prompt import PromptScreen


def ask_date(app: App[Any], start: date, today: date, then: Callable[[date | None], None]) -> None:
    """Ask for a date, seen from ``start``; ``then`` gets it, None when the operator thought better of it."""

    def fault(text: str) -> str:
        try:
            find_date(text, start, today)
        except BadDate as bad:
            return str(bad)
        return ""

    def typed(text: str | None) -> None:
        then(None if text is None else find_date(text, start, today))

    app.push_screen(PromptScreen("Go to date", fault=fault, note=NOTE), typed)
