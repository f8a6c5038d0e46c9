"""The two lines on top: whose shop, whether writing is possible, and how old each pane is."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical

from qtydash.tui.freshness import Freshness, Mood
from qtydash.tui.widgets.bar import Bar, Part

MOOD_STYLE: dict[Mood, str] = {
    "live": "$text-success",
    "cached": "$text-warning",
    "offline": "bold $text-error",
    "loading": "$text-accent",
    "empty": "$text-muted",
    "off": "$text-muted",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One pane in the header. ``freshness`` is None for the changes pane, which reads no vendor."""

    number: int
    title: str
    freshness: Freshness | None
    active: bool


def tab_line(tabs: Sequence[Tab], width: int) -> list[Part]:
    """All panes on one line, in the fullest wording that fits ``width`` cells.

    From fullest to barest: with the reason of an outage, with its words, with the age only, and with short titles.
    """
    for reason, words, whole in (
        (True, True, True),
        (False, True, True),
        (False, False, True),
        (False, False, False),
    ):
        parts = [part for tab in tabs for part in _tab(tab, reason, words, whole)]
        if sum(cell_len(p.text) for p in parts) <= width:
            return parts
    return parts


def _tab(tab: Tab, reason: bool, words: bool, whole: bool) -> list[Part]:
    title = tab.title if whole else tab.title[:4].rstrip()
    parts = [Part(f" {tab.number} {title} ", "bold reverse" if tab.active else "bold")]
    if tab.freshness is not None:
        told = tab.freshness.words if words else tab.freshness.short
        if reason and tab.freshness.reason:
            told += f" - {tab.freshness.reason}"
        parts.append(Part(f"{'' if not tab.active else ' '}{told} ", MOOD_STYLE[tab.freshness.mood]))
    return parts


class TabBar(Bar):
    """The panes and their ages, in the fullest wording that fits."""

    _tabs: Sequence[Tab] = ()

    def show_tabs(self, tabs: Sequence[Tab]) -> None:
        """Draw these tabs; does nothing when they are what is drawn already."""
        if tabs != self._tabs:
            self._tabs = tabs
            self.refresh()

    def parts(self, width: int) -> tuple[Sequence[Part], Sequence[Part]]:
        return tab_line(self._tabs, width), ()


class Header(Vertical):
    """Whose shop, READ-ONLY or WRITE, staged and unknown changes; below, each pane and its age."""

    DEFAULT_CSS = """
    Header { height: 2; background: $panel; color: $foreground; }
    """

    def compose(self) -> ComposeResult:
        yield Bar(id="shop")
        yield TabBar(id="tabs")

    def show(
        self, *, shop: str, profile: str, write: bool, paused: bool, staged: int, unknown: int, tabs: Sequence[Tab]
    ) -> None:
        left = [Part(" qtydash ", "bold"), Part(f" {shop} "), Part(f"({profile}) " if profile != shop else "")]
        mode = Part(" WRITE ", "bold reverse $text-warning") if write else Part(" READ-ONLY ", "bold reverse")
        right = [
            *([Part(" PAUSED ", "bold reverse $text-warning"), Part(" ")] if paused else []),
            Part(f"{staged} staged, {unknown} unknown  ", "bold $text-error" if unknown else ""),
            mode,
        ]
        self.query_one("#shop", Bar).show(left, right)
        self.query_one("#tabs", TabBar).show_tabs(tabs)
