"""Every pane in every state at three sizes, read as text."""

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import SIZES, opened, screen_svg, shop
from textual.strip import Strip

from qtydash.tui import app
from qtydash.tui.widgets.grid import Grid
from qtydash.tui.widgets.words import Words

STATES = ("live", "cached", "offline", "empty", "error")
PANES = {"tickets": "1", "gifts": "2", "cart": "3", "order_qty": "4"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("pane", PANES)
async def test_pane(pane: str, size: tuple[int, int], state: str, text_screen: SnapshotAssertion) -> None:
    async with opened(shop(state), size=size) as dashboard:
        await dashboard.press(PANES[pane])
        if dashboard.app.overview:
            await dashboard.press("z")
        assert dashboard.text == text_screen


@pytest.mark.parametrize("state", STATES)
async def test_overview(state: str, text_screen: SnapshotAssertion) -> None:
    async with opened(shop(state), size=(160, 48)) as dashboard:
        assert dashboard.app.overview
        assert dashboard.text == text_screen


@pytest.mark.parametrize("pane", PANES)
async def test_smallest_terminal(pane: str, text_screen: SnapshotAssertion) -> None:
    async with opened(shop(), size=(60, 20)) as dashboard:
        await dashboard.press(PANES[pane])
        assert dashboard.text == text_screen


@pytest.mark.parametrize("pane", [*PANES, "changes"])
async def test_picture(pane: str, svg_screen: SnapshotAssertion) -> None:
    async with opened(shop(), size=(120, 40)) as dashboard:
        await dashboard.press({**PANES, "changes": "5"}[pane])
        assert screen_svg(dashboard.app) == svg_screen


@pytest.mark.parametrize("state", ["live", "cached", "offline", "empty", "error"])
async def test_picture_of_overview(state: str, svg_screen: SnapshotAssertion) -> None:
    async with opened(shop(state), size=(160, 48)) as dashboard:
        assert screen_svg(dashboard.app) == svg_screen


async def test_the_first_drawing_holds_what_the_cache_has(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    render_line = Grid.render_line

    def noted(grid: Grid, y: int) -> Strip:
        strip = render_line(grid, y)
        drawn.append(strip.text)
        return strip

    monkeypatch.setattr(Grid, "render_line", noted)
    async with opened(shop("cached"), size=(80, 24)) as dashboard:
        lines = dashboard.app.active_pane.grid.size.height
        on_the_screen = dashboard.text
    for first in drawn[:lines]:
        assert first.rstrip() in on_the_screen, "the first drawing is not the one that stays"
    assert any("Adult" in first for first in drawn[:lines])


async def test_what_the_cursor_is_on_is_told_before_it_is_drawn() -> None:
    async with opened(shop(), size=(120, 40)) as dashboard:
        pane = dashboard.app.active_pane
        told = pane.query_one(".detail", Words)
        before = str(told.visual)
        pane.grid.move_cursor(1)
        assert str(told.visual) != before, "told later, it is drawn a second time"


async def test_a_vendor_that_hangs_keeps_no_other_pane_from_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "FIRST_NEWS_SECONDS", 0.01)
    stubs = shop()
    stubs.tickets.hold = True
    async with opened(stubs) as dashboard:
        assert "reading" in dashboard.line_with("1 Tickets")
        assert all(reads.asked for reads in stubs.each)


async def test_time_passes_without_drawing_what_says_the_same() -> None:
    async with opened(shop()) as dashboard:
        drawn: list[object] = []
        dashboard.app.active_pane.show_message = drawn.append  # type: ignore[method-assign, assignment]
        dashboard.app.tick()
        assert not drawn
