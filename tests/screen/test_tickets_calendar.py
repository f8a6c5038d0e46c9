"""The month calendar, the way to the next problem, and what history tells."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import NOW, SIZES, Dashboard, ShopSources, opened, screen_svg, shop

from qtydash.domain.pace import Observation

SIZE_IDS = [f"{width}x{height}" for width, height in SIZES]


class StubHistory:
    """A past in which every record of 7 March lost two pieces a day, and option 00 one since yesterday."""

    def of_day(self, product: str, option: str, day: date, inventory: str) -> tuple[Observation, ...]:
        if day.day != 7:
            return ()
        return tuple(Observation(NOW - timedelta(days=n), 15 + 2 * n) for n in range(6, 0, -1))

    def left_at(self, product: str, when: object) -> dict[object, int]:
        return {("option-00", date(2026, 3, 9), "inv-00-08"): 9}


def with_history() -> ShopSources:
    sources = ShopSources(shop())
    sources.ticket_history = StubHistory()  # type: ignore[assignment]
    return sources


@pytest.mark.parametrize("size", [(60, 20), *SIZES], ids=["60x20", *SIZE_IDS])
@pytest.mark.parametrize("of", ["option", "sum"])
async def test_calendar(of: str, size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    async with opened(with_history(), size=size) as dashboard:
        if dashboard.app.overview:
            await dashboard.press("z")
        await dashboard.press("down", "v", *(["v"] if of == "sum" else []))
        assert dashboard.text == text_screen


async def test_calendar_keeps_the_date_and_walks_into_the_next_month() -> None:
    async with opened() as dashboard:
        await dashboard.press("down", "right", "v")
        assert "Mar 2026: Child" in dashboard.text
        assert "Child  Sa 2026-03-07" in dashboard.text
        await dashboard.press("down", "down", "down", "down")
        assert "Apr 2026: Child" in dashboard.text
        assert "Sa 2026-04-04" in dashboard.text
        await dashboard.press("left")
        assert "Fr 2026-04-03" in dashboard.text
        await dashboard.press("v")
        assert "Apr 2026: Sum of options (12)" in dashboard.text
        assert "a sum may count a piece twice" in dashboard.text
        await dashboard.press("v")
        assert "Child  Fr 2026-04-03" in dashboard.text


async def test_calendar_obeys_the_keys_of_the_matrix() -> None:
    async with opened() as dashboard:
        await dashboard.press("v", "right_square_bracket")
        assert "We 2026-04-01" in dashboard.text
        await dashboard.press("t")
        assert "Fr 2026-03-06" in dashboard.text
        await dashboard.press("m")
        assert "9/30" in dashboard.text
        await dashboard.press("end")
        assert "Tu 2026-03-31" in dashboard.text
        await dashboard.press("home")
        assert "Su 2026-03-01" in dashboard.text
        await dashboard.press("r")
        assert "Su 2026-03-01" in dashboard.text


async def test_next_and_previous_problem_go_round() -> None:
    async with opened() as dashboard:
        seen = [await problem(dashboard, "n") for _ in range(3)]
        assert seen[0] == "Adult  Tu 2026-03-24  low"
        await dashboard.press("ctrl+home")
        assert await problem(dashboard, "N") == "Slot 5  Tu 2026-04-21  low"
        assert await problem(dashboard, "n") == seen[0]


async def problem(dashboard: Dashboard, key: str) -> str:
    """The heading of the day that ``key`` leads to."""
    await dashboard.press(key)
    return dashboard.line_with("  low").strip()


async def test_history_is_told_in_words_and_drawn() -> None:
    async with opened(with_history()) as dashboard:
        await dashboard.press("right")
        assert "at this pace" in dashboard.text
        assert "⣿" in dashboard.text
        await dashboard.press("right", "right")
        assert "Adult  Mo 2026-03-09" in dashboard.text
        assert "-2 since yesterday" in dashboard.text
        assert "▿7" in dashboard.text


async def test_without_history_it_says_so() -> None:
    async with opened() as dashboard:
        assert "not enough history" in dashboard.text


async def test_a_read_can_be_stopped() -> None:
    stubs = shop("cached")
    async with opened(stubs) as dashboard:
        assert "cached 3h, reading" in dashboard.text
        await dashboard.press("x")
        assert "cached 3h, reading" not in dashboard.text.splitlines()[2]
        assert "Stopped: nothing of this read" in dashboard.text


async def test_picture_of_calendar(svg_screen: SnapshotAssertion) -> None:
    async with opened(with_history(), size=(120, 40)) as dashboard:
        await dashboard.press("down", "v")
        assert screen_svg(dashboard.app) == svg_screen


async def test_export_as_a_page_for_browsers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened() as dashboard:
        await dashboard.press("l", "e", "ctrl+u", *"t.html", "enter")
        page = (tmp_path / "t.html").read_text(encoding="utf-8")
        assert "Only days that are low, sold out or oversold are shown." in page
        assert "<script" not in page
        await dashboard.press("2", "e", "ctrl+u", *"g.html", "enter")
        assert "The name must end in .csv or .json." in dashboard.text
