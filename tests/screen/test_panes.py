"""Every pane in every state at three sizes, read as text."""

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import SIZES, opened, screen_svg, shop

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
