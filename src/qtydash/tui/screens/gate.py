"""The gate before deletions: the more there are, the more must be typed, by hand."""

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input

from qtydash.domain.gates import Gate
from qtydash.tui.screens.confirm import Buttons, button
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.words import Line, Words

PASTED = "Pasted text does not open this. Type it by hand."
TOO_FAST = "That came faster than anyone types, as pasted text does. Do it by hand, once more."
clock: Callable[[], float] = time.monotonic
FASTEST = 0.02
"""Seconds between two keys below which nobody presses them one by one."""
SOONEST = 0.4
"""Seconds in which nobody has read what goes."""


class TypedLine(Input):
    """A line that takes what is typed and not what is pasted, also where a terminal sends that as keys."""

    class Refused(Message):
        """Something was pasted. ``why`` says so."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder)
        self._last_key = -1.0
        self._too_fast = 0

    @property
    def by_hand(self) -> bool:
        """Whether all that stands here came at the pace of fingers."""
        return not self._too_fast

    def _refuse(self, why: str) -> None:
        self.value = ""
        self._too_fast = 0
        self.post_message(self.Refused(why))

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._refuse(PASTED)

    def action_paste(self) -> None:
        self._refuse(PASTED)

    async def _on_key(self, event: events.Key) -> None:
        now = clock()
        if event.is_printable or event.key == "enter":
            self._too_fast += now - self._last_key < FASTEST
            self._last_key = now
        await super()._on_key(event)

    async def action_submit(self) -> None:
        """Enter: what came too fast is not taken."""
        if self.by_hand:
            await super().action_submit()
        else:
            self._refuse(TOO_FAST)


class GateScreen(Dialog[bool]):
    """Says what goes, and waits for what ``gate`` asks for: a button, or words typed by hand.

    Cancel has the focus, so that enter alone leaves, and no key that opens this does anything in it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(False)", "back")]
    DEFAULT_CSS = """
    GateScreen .dialog > Input { margin: 1 0 0 0; height: 1; border: none; padding: 0 1; background: $boost; }
    GateScreen .dialog > Input:focus { border: none; background-tint: $foreground 12%; }
    GateScreen .asks { height: auto; margin-top: 1; }
    """

    def __init__(self, title: str, lines: Sequence[Line], gate: Gate, label: str) -> None:
        super().__init__()
        self._title, self._lines, self._gate, self._label = title, lines, gate, label
        self._opened = self._reached = 0.0
        """When this came up, and when the focus came to the button that lets go."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog prompt"):
            yield Bar(classes="dialog-title")
            yield Words(classes="says")
            yield Words(classes="asks")
            if self._gate.needs_typing:
                yield TypedLine("type it here")
            with Buttons():
                yield button("Cancel", "cancel")
                yield button(self._label, "go")

    def on_mount(self) -> None:
        self.query_one(Bar).show([Part(self._title, "bold")])
        self.query_one(".says", Words).say(self._lines)
        self._opened = clock()
        self._ask()
        self.query_one("#go", Button).disabled = self._gate.needs_typing
        self.query_one("#cancel", Button).focus()

    def _ask(self, fault: str = "") -> None:
        asks: list[Line] = []
        if self._gate.needs_typing:
            asks.append([Part("Press tab, type "), Part(self._gate.phrase, "bold"), Part(", then enter.")])
        if fault:
            asks.append([Part(fault, "$text-error")])
        self.query_one(".asks", Words).say(asks)

    @on(TypedLine.Refused)
    def _refused(self, message: TypedLine.Refused) -> None:
        self._ask(message.why)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        opens, by_hand = self._gate.opens(event.value), self.query_one(TypedLine).by_hand
        self.query_one("#go", Button).disabled = not (opens and by_hand)
        if event.value:
            self._ask(TOO_FAST if opens and not by_hand else "")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if self._gate.opens(event.value):
            self.dismiss(True)
        else:
            self._ask(f"That is not {self._gate.phrase}. Nothing was sent.")

    @on(events.DescendantFocus, "#go")
    def _reach(self) -> None:
        self._reached = clock()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        now = clock()
        if event.button.id == "go" and (now - self._opened < SOONEST or now - self._reached < FASTEST):
            self._ask(TOO_FAST)
        else:
            self.dismiss(event.button.id == "go")
