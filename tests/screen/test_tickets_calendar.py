"""The month calendar, the way to the next problem, and what history tells."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import NOW, SIZES, Dashboard, ShopSources, StubPast, opened, screen_svg, shop

from qtydash.domain.pace import Observation

SIZE_IDS = [f"{width}x{height}" for width, height in SIZES]


class SellingPast(StubPast):
    """A past in which every record of 7 March lost two pieces a day, and option 00 two since yesterday."""

    def of_day(self, product: str, option: str, day: date, inventory: str) -> tuple[Observation, ...]:
        if day.day != 7:
            return ()
        return tuple(Observation(NOW - timedelta(days=n), 15 + 2 * n) for n in range(6, 0, -1))


def with_history(state: str = "live") -> ShopSources:
    stubs = shop(state)
    stubs.past = SellingPast(stubs.past.look, {("option-00", date(2026, 3, 9), "inv-00-08"): 9})
    return ShopSources(stubs)


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


async def test_next_problem_in_a_calendar_stays_with_what_it_is_of() -> None:
    async with opened() as dashboard:
        await dashboard.press("v")
        seen = [await problem(dashboard, "n") for _ in range(3)]
        assert seen == ["Adult  Tu 2026-03-24  low", "Adult  Th 2026-04-16  low", "Adult  Tu 2026-03-24  low"]
        assert await problem(dashboard, "N") == "Adult  Th 2026-04-16  low"
        await dashboard.press("v", "t", "n")
        assert "Sum of options (12)  Sa 2026-03-07  mismatch" in dashboard.text
        assert "1 option of the sum not adding up" in dashboard.text


async def test_without_a_problem_it_is_said_once() -> None:
    stubs = shop()
    assert stubs.tickets.answer is not None
    fine = tuple(replace(day, left=20, sold=10) for day in stubs.tickets.answer.data.days)
    stubs.tickets.answer = replace(stubs.tickets.answer, data=replace(stubs.tickets.answer.data, days=fine))
    async with opened(stubs, size=(120, 40)) as dashboard:
        await dashboard.press("n", "N", "v", "n")
        assert dashboard.text.count("No day from today on is low, worse, or does not add up.") == 1


async def test_low_only_narrows_the_calendar_too_and_says_so() -> None:
    async with opened() as dashboard:
        await dashboard.press("down", "v", "l")
        assert "Day ticket: left, low only" in dashboard.text
        week = dashboard.line_with(" 6 4/30!")
        assert week.split() == ["2", "3", "4", "5", "6", "4/30!", "7", "0/30✗", "8", "-3/30✘"]
        await dashboard.press("v")
        assert "Mar 2026: Sum of options (12)" in dashboard.text
        assert " 2 202" not in dashboard.text
        await dashboard.press("l")
        assert "low only" not in dashboard.text
        assert " 2 202" in dashboard.text


async def test_the_calendar_stays_with_an_option_that_is_never_low() -> None:
    stubs = shop()
    assert stubs.tickets.answer is not None
    fine = tuple(
        replace(day, left=20, sold=10) if day.option_code == "option-00" else day
        for day in stubs.tickets.answer.data.days
    )
    stubs.tickets.answer = replace(stubs.tickets.answer, data=replace(stubs.tickets.answer.data, days=fine))
    async with opened(stubs) as dashboard:
        await dashboard.press("v", "l")
        assert "Mar 2026: Adult" in dashboard.text
        await dashboard.press("v", "v")
        assert dashboard.line_with("Child").startswith("Child")
        assert not dashboard.line_with("Adult")


async def test_one_option_has_no_sum_to_warn_of() -> None:
    async with opened() as dashboard:
        await dashboard.press("slash", *"senior", "enter", "v", "v")
        assert "Sum of options" not in dashboard.text
        await dashboard.press("escape", "v", "v", "slash", *"senior", "enter")
        assert "Mar 2026: Sum of options (1)" in dashboard.text
        assert "count a piece twice" not in dashboard.text


async def test_a_date_beyond_the_known_ones_is_told() -> None:
    async with opened(size=(120, 40)) as dashboard:
        await dashboard.press("g", *"2027-12-24", "enter")
        assert "24 Dec 2027 is beyond the last day on sale, 30 Apr 2026:" in dashboard.text
        assert " went there." in dashboard.text
        assert "Th 2026-04-30" in dashboard.text
        await dashboard.press("g", *"2020-1-1", "escape", "g", *"2020-01-01", "enter")
        assert "1 Jan 2020 is before the first day on sale, 1 Mar 2026:" in dashboard.text
        await dashboard.press("v", "g", *"2028-02-29", "enter")
        assert "29 Feb 2028 is beyond the last day on sale, 30 Apr 2026." in dashboard.text
        assert "Feb 2028: Adult" in dashboard.text


async def test_a_date_that_low_only_hides_is_told() -> None:
    async with opened(size=(120, 40)) as dashboard:
        await dashboard.press("l", "g", *"2026-04-30", "enter")
        assert "30 Apr 2026 is beyond the last low day, 29 Apr 2026:" in dashboard.text
        await dashboard.press("g", *"2026-04-20", "enter")
        assert "20 Apr 2026 is no low day: went to the next" in dashboard.text
        assert "Tu 2026-04-21" in dashboard.text


async def test_go_to_counts_from_the_cursor_and_says_so() -> None:
    async with opened() as dashboard:
        await dashboard.press("right_square_bracket", "g")
        assert "counted from the cursor: 12-24, 24, +7, -7, fri" in dashboard.text
        await dashboard.press(*"+7", "enter")
        assert "We 2026-04-08" in dashboard.text
        await dashboard.press("g", *"fri", "enter")
        assert "Fr 2026-04-10" in dashboard.text


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


async def test_nothing_to_stop_is_said_once() -> None:
    async with opened(size=(120, 40)) as dashboard:
        await dashboard.press("x", "x", "x")
        assert dashboard.text.count("Nothing is being read.") == 1


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
