"""Everything about a day on a screen of its own, reachable at every size."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import Shop, opened, shop

SMALL = ((60, 20), (80, 24))


def with_other_fields() -> Shop:
    stubs = shop()
    assert stubs.tickets.answer is not None
    data = stubs.tickets.answer.data
    day = next(d for d in data.days if d.option_code == "option-02" and d.date.day == 7)
    extras = {day.key: (("price", "12000"), ("note", '"\x1b[31m [b]bold[/b] \u202e"'))}
    stubs.tickets.answer = replace(stubs.tickets.answer, data=replace(data, extras=extras))
    return stubs


@pytest.mark.parametrize("size", SMALL, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_vendors_row_is_shown_in_full(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    async with opened(with_other_fields(), size=size) as dashboard:
        await dashboard.press("down", "down", "right", "enter")
        assert dashboard.text == text_screen
        await dashboard.press("pagedown")
        assert "price             12000" in dashboard.text
        assert 'note              "^[[31m [b]bold[/b] <U+202E>"' in dashboard.text
        await dashboard.press("enter")
        assert not dashboard.app.screen.is_modal
        assert "Senior  Sa 2026-03-07" in dashboard.text


@pytest.mark.parametrize("size", SMALL, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_hint_is_on_the_screen(size: tuple[int, int]) -> None:
    async with opened(size=size) as dashboard:
        assert "enter: codes, the vendor's row, and its history" in dashboard.text


@pytest.mark.parametrize("key", ["enter", "i"])
async def test_a_day_of_the_calendar_too(key: str) -> None:
    async with opened() as dashboard:
        await dashboard.press("v", "right", key)
        assert "remain_quantity   24" in dashboard.text
        await dashboard.press("escape", "v", key)
        assert "Each option" in dashboard.text
        assert "24 left of 30, 6 sold  Adult" in dashboard.text


async def test_all_of_it_can_be_copied() -> None:
    async with opened(with_other_fields()) as dashboard:
        await dashboard.press("down", "down", "right", "c")
        assert "price 12000" in dashboard.app.clipboard
        assert "inventory inv-02-06" in dashboard.app.clipboard
        assert "\x1b" not in dashboard.app.clipboard


async def test_beside_the_grid_there_is_room_for_it() -> None:
    async with opened(with_other_fields(), size=(160, 48)) as dashboard:
        await dashboard.press("z", "down", "down", "right")
        assert "inventory inv-02-06" in dashboard.text
        assert "12000" in dashboard.text


async def test_the_keys_screen_says_what_the_arrows_count_from() -> None:
    async with opened(size=(120, 60)) as dashboard:
        await dashboard.press("question_mark")
        assert "Everything about the day" in dashboard.text
        await dashboard.press("end")
        assert "More or fewer left than when you looked last" in dashboard.text
        assert "The same since yesterday." in dashboard.text
