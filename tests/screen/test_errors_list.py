"""The errors and warnings told in this run: still there when the notification is gone."""

from datetime import timedelta

import pytest
from tests.screen.shop import NOW, OUTAGE, opened, shop

from qtydash.tui.troubles import MOST, NONE_YET, Trouble, Troubles
from qtydash.tui.widgets.words import Words

SIZES = [(60, 20), (80, 24), (160, 48)]


def flat(text: str) -> str:
    return " ".join(" ".join(line.strip() for line in text.splitlines()).split())


@pytest.mark.parametrize("size", SIZES)
async def test_while_nothing_went_wrong_it_says_so(size: tuple[int, int]) -> None:
    async with opened(size=size) as dashboard:
        await dashboard.press("E")
        assert NONE_YET in dashboard.text
        assert "qtydash config path" in dashboard.text
        await dashboard.press("escape")
        assert NONE_YET not in dashboard.text


@pytest.mark.parametrize("size", SIZES)
async def test_what_went_wrong_is_told_with_time_pane_and_what_to_do(size: tuple[int, int]) -> None:
    async with opened(shop("error"), size=size) as dashboard:
        await dashboard.press("E")
        told = flat(dashboard.text)
        stamp = NOW.astimezone().strftime("%H:%M:%S")
        assert f"{stamp} Tickets error" in told or f"{stamp} Order qty error" in told
        assert "The connection was refused." in told
        assert f"To do: {OUTAGE.hint}" in told


async def test_a_notification_that_is_gone_is_still_here() -> None:
    async with opened() as dashboard:
        dashboard.app.notify("The shelf fell down.", severity="warning", markup=False)
        dashboard.app.notify("All is well.", markup=False)
        dashboard.app.clear_notifications()
        await dashboard.press("E")
        page = str(dashboard.app.screen.query_one("#page", Words).content)
        assert "The shelf fell down." in page
        assert "All is well." not in page


async def test_a_notification_gives_way_to_the_list_that_tells_it() -> None:
    async with opened() as dashboard:
        dashboard.app.notify("The shelf fell down.", severity="warning", markup=False)
        await dashboard.press("E")
        assert dashboard.text.count("The shelf fell down.") == 1


async def test_outside_text_does_nothing_here() -> None:
    async with opened() as dashboard:
        dashboard.app.notify("[bold red]x[/] \x1b[31m\u202e", severity="error", markup=False)
        await dashboard.press("E")
        assert "[bold red]x[/] ^[[31m" in dashboard.text


async def test_a_read_that_works_again_does_not_wipe_what_was_told() -> None:
    stubs = shop()
    stubs.gifts.error = OUTAGE
    async with opened(stubs) as dashboard:
        await dashboard.press("2", "r")
        stubs.gifts.error = None
        await dashboard.press("r", "E")
        assert "Gifts  error, told" in dashboard.text


async def test_errors_have_a_palette_entry() -> None:
    async with opened() as dashboard:
        told = [command.title for command in dashboard.app.get_system_commands(dashboard.app.screen)]
        assert "errors (E)" in told


def test_the_newest_come_first_and_the_oldest_go() -> None:
    troubles = Troubles()
    for n in range(MOST + 5):
        troubles.add(Trouble(NOW + timedelta(seconds=n), "Gifts", f"number {n}"))
    troubles.add(Trouble(NOW + timedelta(hours=1), "Gifts", "number 9"))
    words = [trouble.words for trouble in troubles.told]
    assert (words[0], words[1], words[-1], len(words)) == ("number 9", f"number {MOST + 4}", "number 5", MOST)
    assert troubles.told[0].times == 2
