"""Every state of a day in four themes and without colour: told by its mark, colour only helps."""

import re

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import opened, screen_svg

from qtydash.tui.glyphs import ASCII

WINDOW = {"ff5f57", "febc2e", "28c840", "c5c8c6"}
"""Colours of the window that is drawn around the terminal."""

THEMES = ("textual-dark", "textual-light", "ansi-dark", "ansi-light")


@pytest.mark.parametrize("view", ["matrix", "calendar"])
@pytest.mark.parametrize("theme", THEMES)
async def test_picture_in_theme(theme: str, view: str, svg_screen: SnapshotAssertion) -> None:
    async with opened(size=(80, 24)) as dashboard:
        dashboard.app.theme = theme
        await dashboard.press("down", "right", *(["v"] if view == "calendar" else []))
        assert screen_svg(dashboard.app) == svg_screen


@pytest.mark.parametrize("view", ["matrix", "calendar"])
async def test_picture_without_colour(
    view: str, svg_screen: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(size=(80, 24)) as dashboard:
        await dashboard.press("down", "right", *(["v"] if view == "calendar" else []))
        picture = screen_svg(dashboard.app)
        drawn = set(re.findall(r"#([0-9a-f]{6})", picture)) - WINDOW
        assert [colour for colour in drawn if not _is_grey(colour)] == []
        assert picture == svg_screen


def _is_grey(colour: str) -> bool:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return max(red, green, blue) - min(red, green, blue) <= 2


async def test_plain_marks_are_ascii() -> None:
    async with opened(size=(80, 24), glyphs=ASCII) as dashboard:
        await dashboard.press("down", "right")
        grid = [line for line in dashboard.text.splitlines()[3:17] if "小人" not in line]
        assert all(line.isascii() for line in grid)
        assert "0x" in dashboard.text
        assert "-3X" in dashboard.text
