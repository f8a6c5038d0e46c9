"""Jump mode: a letter at every place that can be gone to."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from qtydash.tui.jump import Place
from qtydash.tui.screens.dialog import Dialog
from qtydash.tui.widgets.bar import Bar, Part


class JumpScreen(Dialog[Place | None]):
    """Gives the place whose letter was typed, None when it was left."""

    DEFAULT_CSS = """
    JumpScreen { align: left top; background: $background 20%; layers: letters; }
    JumpScreen .letter {
        position: absolute; width: 3; height: 1; layer: letters;
        background: $accent; color: auto; text-style: bold;
    }
    JumpScreen Bar { dock: bottom; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "stay")]

    def __init__(self, places: Mapping[str, Place]) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        for letter, place in self._places.items():
            label = Static(f" {letter} ", classes="letter", markup=False)
            label.styles.offset = (place.at.x, place.at.y)
            yield label
        yield Bar()

    def on_mount(self) -> None:
        key = "bold $text-accent"
        self.query_one(Bar).show(
            [Part(" a letter ", key), Part("goes there  "), Part(" escape ", key), Part("stays")]
        )

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            return
        event.stop()
        place = self._places.get(event.key)
        if place is None:
            self.app.bell()
        else:
            self.dismiss(place)
