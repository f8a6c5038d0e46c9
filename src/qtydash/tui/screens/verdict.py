"""The operator's own word on a change whose outcome nobody could tell."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Button, Input

from qtydash.domain.change_words import facts_words
from qtydash.domain.changes import ChangeRecord
from qtydash.tui.screens.confirm import Buttons, button
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.words import Line, Words

NO_REASON = "Say why first: what you looked at, and what it showed."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the change was applied, and why the operator says so."""

    applied: bool
    reason: str


class VerdictScreen(Dialog[Verdict | None]):
    """Explains what a verdict does, takes the reason, which must be given, and then one of the two verdicts."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(self, record: ChangeRecord, hint: str = "") -> None:
        super().__init__()
        self._record, self._hint = record, hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog prompt"):
            yield Bar(classes="dialog-title")
            yield Words()
            yield Input(placeholder="why: what you looked at, and what it showed")
            yield Words(classes="fault")
            with Buttons():
                yield button("Cancel", "cancel")
                yield button("Applied", "applied")
                yield button("Not applied", "not-applied")

    def on_mount(self) -> None:
        self.query_one(Bar).show([Part("Your verdict", "bold")])
        self.query_one(Words).say(verdict_lines(self._record, self._hint))
        self.query_one(".fault", Words).display = False
        self.query_one("#cancel", Button).focus()

    @on(Input.Submitted)
    def _reason_given(self) -> None:
        """Enter in the line decides nothing, and a second one neither: it goes on to the buttons."""
        if not self._missing():
            self.query_one("#cancel", Button).focus()

    @on(Input.Changed)
    def _reason_typed(self) -> None:
        self.query_one(".fault", Words).say(())

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "cancel":
            self.dismiss(None)
        elif not self._missing():
            self.dismiss(Verdict(event.button.id == "applied", self.query_one(Input).value.strip()))

    def _missing(self) -> bool:
        """Whether there is no reason yet; then the line gets the focus, and it is told."""
        line = self.query_one(Input)
        if line.value.strip():
            return False
        self.query_one(".fault", Words).say([[Part(NO_REASON, "$text-error")]])
        line.focus()
        return True


def verdict_lines(record: ChangeRecord, hint: str = "") -> list[Line]:
    """What is known of the change, and what each verdict says and does. ``hint`` is a way to know better."""
    change = record.change
    before, after = facts_words(change.before), facts_words(change.expected)
    written = (
        "Nothing is sent. Your verdict goes into the journal with your name, for good, and the target is free."
    )
    return [
        [Part(change.sentence, "bold")],
        *([[Part(record.note)]] if record.note else []),
        *([[Part(hint, "$text-warning")]] if hint else []),
        [Part("Applied: ", "bold"), Part(f"it was done, {before} became {after}.")],
        [Part("Not applied: ", "bold"), Part(f"it was not done, it stayed {before}.")],
        [Part(written, "$text-muted")],
    ]
