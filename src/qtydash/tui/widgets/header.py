"""The two lines on top: whose shop, whether writing is possible, and how old each pane is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset

from qtydash.tui.freshness import Freshness, Mood
from qtydash.tui.widgets.bar import Bar, Part
from qtydash.tui.widgets.fit import fit

MOOD_STYLE: dict[Mood, str] = {
    "live": "$text-success",
    "cached": "$text-warning",
    "offline": "bold $text-error",
    "error": "bold $text-error",
    "loading": "$text-accent",
    "empty": "$text-muted",
    "off": "$text-muted",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One pane in the header."""

    key: str
    title: str
    freshness: Freshness
    active: bool


@dataclass(frozen=True, slots=True)
class ShopWords:
    """What the first line says: whose shop, and what was changed from here."""

    label: str
    profile: str
    write: bool
    paused: bool
    staged: int
    unknown: int
    changes_active: bool
    to_send: int | None = None
    """Changes of the batch that is being sent that have no outcome yet; None when none is."""
    changes_key: str = "5"


def shop_line(shop: ShopWords, width: int) -> tuple[list[Part], list[Part]]:
    """The first line; its right side, which says whether writing is possible, is never cut."""
    mode = Part(" WRITE ", "bold reverse $text-warning") if shop.write else Part(" READ-ONLY ", "bold reverse")
    counts = f"{shop.staged} staged, {shop.unknown} unknown "
    right = [
        *(
            [Part(f" SENDING {shop.to_send} ", "bold reverse $text-accent"), Part(" ")]
            if shop.to_send is not None
            else []
        ),
        *([Part(" PAUSED ", "bold reverse $text-warning"), Part(" ")] if shop.paused else []),
        Part(f" {shop.changes_key} Changes ", "bold reverse" if shop.changes_active else "bold"),
        Part(f" {counts}" if shop.changes_active else counts, "bold $text-error" if shop.unknown else ""),
        mode,
    ]
    left = [Part(f" {shop.label} ", "bold")]
    if shop.profile != shop.label:
        left.append(Part(f"({shop.profile}) "))
    if width >= 80:
        left.insert(0, Part(" qtydash ", "$text-accent"))
    return left, right


Wording = Literal["reason", "active reason", "words", "troubles", "short", "sign"]

LEAST_REASON = 20
"""In fewer cells a reason says nothing."""

WORDINGS: tuple[tuple[Wording, bool], ...] = (
    ("reason", True),
    ("active reason", True),
    ("words", True),
    ("troubles", True),
    ("short", True),
    ("sign", True),
    ("sign", False),
)
"""From fullest to barest: how the age is told, and whether titles are whole."""


def tab_line(tabs: Sequence[Tab], width: int) -> list[Part]:
    """All panes on one line, in the fullest wording that fits ``width`` cells."""
    parts: list[Part] = []
    for wording, whole in WORDINGS:
        spare = width - _taken(tabs, "words") if wording == "active reason" else 0
        if wording == "active reason" and spare < LEAST_REASON:
            continue
        parts = [part for tab in tabs for part in _tab(tab, wording, whole, spare)]
        if sum(cell_len(p.text) for p in parts) <= width:
            break
    return parts


def _taken(tabs: Sequence[Tab], wording: Wording) -> int:
    return sum(cell_len(part.text) for tab in tabs for part in _tab(tab, wording, True))


def _tab(tab: Tab, wording: Wording, whole: bool, spare: int = 0) -> list[Part]:
    title = tab.title if whole else tab.title[:4].rstrip()
    told = tab.freshness
    match wording:
        case "reason":
            words = f"{told.words} - {told.reason}" if told.reason else told.words
        case "active reason":
            words = told.words
            if told.reason and tab.active:
                reason = f" - {told.reason}"
                words += reason if cell_len(reason) <= spare else fit(reason, spare)
        case "words":
            words = told.words
        case "troubles":
            words = told.words if told.mood in ("offline", "error") else told.short
        case "short":
            words = told.short
        case "sign":
            words = told.sign
    return [
        Part(f" {tab.key} {title} ", "bold reverse" if tab.active else "bold"),
        Part(f" {words} " if tab.active else f"{words} ", MOOD_STYLE[told.mood]),
    ]


class ShopBar(Bar):
    """The first line."""

    _shop: ShopWords | None = None

    def show_shop(self, shop: ShopWords) -> None:
        """Draw these words; does nothing when they are what is drawn already."""
        if shop != self._shop:
            self._shop = shop
            self.refresh()

    def parts(self, width: int) -> tuple[Sequence[Part], Sequence[Part]]:
        return shop_line(self._shop, width) if self._shop is not None else ((), ())


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

    def __init__(self) -> None:
        super().__init__()
        self._shop = ShopBar()
        self._tabs = TabBar()

    def compose(self) -> ComposeResult:
        yield self._shop
        yield self._tabs

    def spots(self) -> Sequence[Offset]:
        """Where each pane stands in these lines, the changes last."""
        width, shop, tabs = self.size.width, self._shop.region.offset, self._tabs.region.offset
        parts = self._tabs.parts(width)[0]
        ends = list(accumulate((cell_len(part.text) for part in parts), initial=0))
        right = self._shop.parts(width)[1]
        names = [part.text.strip() for part in right]
        at = next(n for n, name in enumerate(names) if name.endswith(" Changes"))
        changes = width - sum(cell_len(part.text) for part in right[at:])
        return [*(tabs + Offset(min(x, width), 0) for x in ends[:-1:2]), shop + Offset(max(0, changes), 0)]

    def show(self, shop: ShopWords, tabs: Sequence[Tab]) -> None:
        """Draw both lines."""
        self._shop.show_shop(shop)
        self._tabs.show_tabs(tabs)
