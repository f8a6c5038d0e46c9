"""Ask for a saved order: the name of a file, or the JSON itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from textual import events, on
from textual.message import Message
from textual.widgets import Input

from qtydash.domain.carts import Cart
from qtydash.domain.snapshot import Snapshot
from qtydash.services.carts import OrderFileError, from_file, from_text
from qtydash.tui.screens.prompt import PromptScreen
from qtydash.tui.typed_path import BadPath, typed_path

NOTE = (
    "The answer of GET current, of a cart change, or of the agent's order call: the name of a file that holds it, "
    "or the JSON itself, pasted."
)


@dataclass(frozen=True, slots=True)
class SavedOrder:
    """An order from outside: a file, which is read again at each refresh, or a text, which stays as it is."""

    file: Path | None = None
    text: str = ""

    @property
    def title(self) -> str:
        return f"file {self.file.name}" if self.file is not None else "pasted order"

    def read(self, now: Callable[[], datetime]) -> Snapshot[Cart]:
        """Raises ``OrderFileError``."""
        return from_file(self.file, now) if self.file is not None else from_text(self.text, now)


def saved_order(typed: str) -> SavedOrder:
    """What was typed or pasted: JSON, an answer with its headers, or the name of a file. Raises ``BadPath``."""
    if is_answer(typed):
        return SavedOrder(text=typed)
    path = typed_path(typed)
    if path.exists() and not path.is_file():
        raise BadPath(f"{path} is no plain file.")
    return SavedOrder(path.absolute())


def is_answer(text: str) -> bool:
    """Whether a text is an answer, not the name of a file that holds one."""
    return text.lstrip().startswith(("{", "[", "HTTP/"))


class AnswerInput(Input):
    """A line for a file name. An answer that is pasted is taken whole, however many lines it has."""

    @dataclass
    class Pasted(Message):
        """An answer was pasted."""

        text: str

    def _on_paste(self, event: events.Paste) -> None:
        if is_answer(event.text):
            event.stop()
            event.prevent_default()
            self.post_message(self.Pasted(event.text))


class OpenOrderScreen(PromptScreen):
    """Gives what ``saved_order`` takes, once it has shown that an order can be read from it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        def fault(text: str) -> str:
            try:
                saved_order(text).read(now)
            except (BadPath, OrderFileError) as bad:
                return str(bad)
            return ""

        super().__init__("Open a saved order", fault=fault, placeholder="order.json, or paste JSON", note=NOTE)

    def line(self) -> Input:
        return AnswerInput(placeholder=self._placeholder)

    @on(AnswerInput.Pasted)
    def _pasted(self, message: AnswerInput.Pasted) -> None:
        self.take(message.text)
