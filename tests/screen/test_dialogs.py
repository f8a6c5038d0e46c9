"""Keys and clicks that come together: a dialog is left once, gives its result once; nothing ends the program."""

import pytest
from rich.style import Style
from tests.screen.shop import opened
from textual.command import CommandList
from textual.events import Click
from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.widgets import Static

from qtydash.tui.screens.help import HelpScreen
from qtydash.tui.screens.palette import Palette
from qtydash.tui.screens.prompt import PromptScreen


async def test_a_result_is_given_once() -> None:
    given: list[str | None] = []
    async with opened() as dashboard:
        prompt = PromptScreen("A name", fault=lambda value: "")
        dashboard.app.push_screen(prompt, given.append)
        await dashboard.settle()
        prompt.take("one")
        prompt.take("two")
        await dashboard.settle()
        assert given == ["one"]
        assert len(dashboard.app.screen_stack) == 1


async def test_a_dialog_that_is_left_before_it_is_whole_is_left_when_it_is() -> None:
    given: list[str | None] = []
    async with opened() as dashboard:
        prompt = PromptScreen("A name", fault=lambda value: "")
        dashboard.app.push_screen(prompt, given.append)
        prompt.dismiss(None)
        assert not given
        await dashboard.settle()
        assert given == [None]
        assert len(dashboard.app.screen_stack) == 1


@pytest.mark.parametrize("action", ["command_palette", "change_theme"])
async def test_the_palette_takes_a_second_enter(action: str) -> None:
    async with opened() as dashboard:
        await dashboard.app.run_action(action)
        await dashboard.settle()
        palette = dashboard.app.screen
        assert isinstance(palette, Palette)
        palette.dismiss()
        palette.dismiss()
        await dashboard.settle()
        assert len(dashboard.app.screen_stack) == 1


async def test_a_click_on_a_command_that_is_no_longer_listed_is_no_crash() -> None:
    async with opened() as dashboard:
        await dashboard.app.run_action("command_palette")
        await dashboard.settle()
        listed = dashboard.app.screen.query_one(CommandList)
        await dashboard.until(lambda: listed.option_count > 0)
        place = listed.region.offset

        def clicked(option: int) -> Click:
            drawn = Style(meta={"option": option})
            return Click(listed, 1, 1, 0, 0, 1, False, False, False, place.x + 1, place.y + 1, drawn)

        listed.post_message(clicked(listed.option_count))
        await dashboard.settle()
        assert isinstance(dashboard.app.screen, Palette)
        prompts = [str(listed.get_option_at_index(option).prompt) for option in range(listed.option_count)]
        listed.post_message(clicked(next(option for option, prompt in enumerate(prompts) if "(?)" in prompt)))
        await dashboard.until(lambda: isinstance(dashboard.app.screen, HelpScreen))


async def test_what_breaks_while_it_is_being_left_is_no_crash() -> None:
    async with opened() as dashboard:
        dashboard.app.exit(0)
        dashboard.app._handle_exception(LookupError("half made"))
        assert dashboard.app.crash is None


@pytest.mark.parametrize("key", ["", "ctrl+p", "question_mark"])
async def test_a_click_on_what_is_just_leaving_is_no_crash(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leaving = Static("a notification that has left, and is not yet drawn over")
    monkeypatch.setattr(Screen, "get_widget_and_offset_at", lambda screen, x, y: (leaving, Offset(0, 0)))
    monkeypatch.setattr(Screen, "get_widget_at", lambda screen, x, y: (leaving, Region(0, 0, 80, 24)))
    async with opened() as dashboard:
        await dashboard.press(*filter(None, [key]))
        await dashboard.pilot.click(offset=(40, 12))
        assert dashboard.app.crash is None
        assert dashboard.app.is_running


async def test_a_dialog_that_is_left_while_another_is_open_over_it_waits_for_that() -> None:
    given: list[tuple[str, str | None]] = []
    async with opened() as dashboard:
        below, above = (PromptScreen(name, fault=lambda value: "") for name in ("below", "above"))
        dashboard.app.push_screen(below, lambda value: given.append(("below", value)))
        await dashboard.settle()
        dashboard.app.push_screen(above, lambda value: given.append(("above", value)))
        await dashboard.settle()
        below.take("one")
        below.take("two")
        await dashboard.settle()
        assert given == []
        assert dashboard.app.screen is above
        await dashboard.press("escape")
        assert given == [("above", None), ("below", "one")]
        assert len(dashboard.app.screen_stack) == 1
