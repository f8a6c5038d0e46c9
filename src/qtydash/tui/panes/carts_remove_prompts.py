"""What is asked before something is taken out of a cart: how many pieces, or how many all of it are."""

from collections.abc import Callable, Sequence

from textual import on
from textual.widgets import Input

from qtydash.domain.gates import Gate
from qtydash.tui.models.carts_removal import Weighed
from qtydash.tui.screens.prompt import PromptScreen
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line, Words


class QuantityScreen(PromptScreen):
    """Asks how many pieces are to be removed, and says what that would do while it is typed."""

    def __init__(self, title: str, value: str, weigh: Callable[[str], Weighed]) -> None:
        super().__init__(title, fault=lambda typed: weigh(typed).fault, value=value)
        self._weigh = weigh

    def words(self, typed: str) -> Sequence[Line]:
        return self._weigh(typed).lines

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.query_one(Words).say(self.words(event.value))


class CountScreen(PromptScreen):
    """Asks for the count of all that would go. Enter alone does nothing."""

    def __init__(self, title: str, gate: Gate, lines: Sequence[Line]) -> None:
        super().__init__(title, fault=lambda typed: "" if gate.opens(typed) else "not the count")
        self._lines = lines

    def words(self, typed: str) -> Sequence[Line]:
        return self._lines

    def refused(self, typed: str, fault: str) -> Sequence[Line]:
        told = f"That is not how many these are: {typed}." if typed else "Nothing is typed yet."
        return [[Part(told, "$text-error")], *self._lines]
