"""The framework's own floor: one line of text, changed by any key."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("Nothing but a line.")

    def on_key(self) -> None:
        self.query_one(Static).update("A key was answered.")


if __name__ == "__main__":
    Bare().run()
