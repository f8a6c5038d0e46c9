"""A key that does nothing now is greyed, not hidden; its reason is told in the help and when it is pressed."""

from collections.abc import Sequence

import pytest
from tests.screen.shop import PROFILE, WRITABLE, Dashboard, opened, shop

from qtydash.config.models import Profile
from qtydash.tui.commands import COMMANDS
from qtydash.tui.widgets.keys import KeyBar

READ_ONLY = "Profile 'prod' is read-only. Set `write = true` in it to allow changes."
STAGED = "Nothing is staged, so there is nothing to review."


def greyed(dashboard: Dashboard) -> set[str]:
    """The labels in the bottom line that are drawn as doing nothing."""
    parts, _ = dashboard.app.query_one(KeyBar).parts(dashboard.app.size.width)
    return {part.text.strip() for part in parts[1::2] if part.style == "dim"}


def shown(dashboard: Dashboard) -> set[str]:
    parts, _ = dashboard.app.query_one(KeyBar).parts(dashboard.app.size.width)
    return {part.text.strip() for part in parts[1::2]}


def told(dashboard: Dashboard) -> Sequence[str]:
    return [note.message for note in dashboard.app._notifications]


def flat(dashboard: Dashboard) -> str:
    lines = (line.strip("│▁▂▃▄▅▆▇█ ") for line in dashboard.text.splitlines())
    return " ".join(" ".join(lines).split())


async def test_what_is_staged_frees_the_review() -> None:
    async with opened(size=(160, 40), profile=WRITABLE) as dashboard:
        await dashboard.press("2")
        assert greyed(dashboard) == {"review", "zoom"}
        await dashboard.press(*"+3", "enter")
        assert greyed(dashboard) == {"zoom"}
        await dashboard.press("u")
        assert "review" in greyed(dashboard) <= shown(dashboard)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 48)])
async def test_what_is_staged_brings_the_review_to_the_front(size: tuple[int, int]) -> None:
    async with opened(size=size, profile=WRITABLE) as dashboard:
        await dashboard.press("2", *"+3", "enter")
        assert " ? keys  q quit  w review  + add" in dashboard.text.splitlines()[-1]
        await dashboard.press("u")
        assert " ? keys  q quit  + add" in dashboard.text.splitlines()[-1]


async def test_while_words_to_filter_by_are_typed_no_key_is_a_command() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "slash", "q")
        assert greyed(dashboard) == shown(dashboard)
        await dashboard.press("backspace", "enter")
        assert greyed(dashboard) == set()


async def test_news_of_a_pane_that_comes_after_the_last_screen_harms_nothing() -> None:
    async with opened() as dashboard:
        pass
    assert not dashboard.app.screen_stack
    dashboard.app._show_keys()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 48)])
async def test_the_reason_is_told_when_it_is_pressed(size: tuple[int, int]) -> None:
    async with opened(size=size) as dashboard:
        await dashboard.press("w")
        assert told(dashboard) == [STAGED]
        assert len(dashboard.app.screen_stack) == 1


async def test_a_read_only_profile_greys_what_changes_something_and_says_why() -> None:
    async with opened(size=(200, 40), profile=PROFILE) as dashboard:
        await dashboard.press("2")
        assert {"add", "take", "set", "mark", "import"} <= greyed(dashboard)
        await dashboard.press("i")
        assert told(dashboard) == [READ_ONLY]
        await dashboard.press("4")
        assert {"delete", "whole cart"} <= greyed(dashboard)
        assert "mark" not in greyed(dashboard)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 48)])
async def test_the_help_tells_the_reason_below_the_key(size: tuple[int, int]) -> None:
    async with opened(size=size) as dashboard:
        await dashboard.press("2", "question_mark")
        seen = []
        for _ in range(30):
            seen.append(flat(dashboard))
            await dashboard.press("pagedown")
        assert any("Not now: Profile 'prod' is read-only." in text for text in seen)


async def test_a_pane_without_a_section_says_which_one_is_missing() -> None:
    async with opened(size=(160, 40), profile=Profile("bare")) as dashboard:
        for key, vendor, command in (("2", "SHOPLINE", "l"), ("4", "BLAZE", "T")):
            dashboard.app._notifications.clear()
            await dashboard.press(key, command)
            assert told(dashboard) == [f"{vendor} is not set up in profile 'bare'."] or told(dashboard) == []


async def test_offline_greys_the_refresh() -> None:
    async with opened(shop("cached"), size=(160, 40), offline=True) as dashboard:
        assert "refresh" in greyed(dashboard)
        await dashboard.press("r")
        assert told(dashboard) == ["Started with --offline: nothing is read from the vendors."]


async def test_what_the_cursor_is_on_decides() -> None:
    async with opened(size=(160, 60), profile=WRITABLE) as dashboard:
        await dashboard.press("3", "z")
        assert "remove" in greyed(dashboard)  # the first gift selection has nothing open
        await dashboard.press("down")
        assert "remove" not in greyed(dashboard)
        await dashboard.press("tab")
        assert "remove" in greyed(dashboard)


async def test_the_palette_says_why_too() -> None:
    async with opened() as dashboard:
        commands = {c.title: c.callback for c in dashboard.app.get_system_commands(dashboard.app.screen)}
        await commands["review (w)"]()
        await dashboard.settle()
        assert told(dashboard) == [STAGED]


@pytest.mark.parametrize("state", ["live", "empty", "error"])
@pytest.mark.parametrize("profile", [PROFILE, WRITABLE], ids=["read-only", "writable"])
async def test_every_reason_is_a_sentence(state: str, profile: Profile) -> None:
    async with opened(shop(state), profile=profile) as dashboard:
        for command in COMMANDS:
            if command.scope != "everywhere" and dashboard.app.active != command.scope:
                await dashboard.app.action_pane(command.scope)
                await dashboard.settle()
            why = dashboard.app.why_not(command)
            assert why == "" or (why[0].isupper() and why[-1] in ".!"), (command.id, why)
