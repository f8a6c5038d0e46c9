"""Jump mode: a letter at every place, and a plain key that leads to the same."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.screen.shop import WRITABLE, Dashboard, opened, shop
from textual.widgets import Input

from qtydash.tui.commands import COMMANDS
from qtydash.tui.jump import LETTERS, lettered
from qtydash.tui.keymap import keymap
from qtydash.tui.screens.jump import JumpScreen
from qtydash.tui.screens.page import PageScreen
from qtydash.tui.screens.pick import PickScreen

each_size = pytest.mark.parametrize(
    "size", [(60, 20), (80, 24), (160, 48)], ids=lambda size: "{}x{}".format(*size)
)
PANES = ("tickets", "gifts", "cart", "order_qty", "changes")


def letter_of(dashboard: Dashboard, command: str, nth: int = 0) -> str:
    """The letter that would lead to the ``nth`` place of a command."""
    places = lettered(dashboard.app.places())
    return [letter for letter, place in places.items() if place.command == command][nth]


def drawn(dashboard: Dashboard) -> dict[str, str]:
    """What is drawn where each place has its letter."""
    lines = [line.ljust(dashboard.app.size.width) for line in dashboard.text.splitlines()]
    places = lettered(dashboard.app.places())
    return {letter: lines[place.at.y][place.at.x : place.at.x + 3] for letter, place in places.items()}


def whereabouts(dashboard: Dashboard) -> tuple[object, ...]:
    """What a place leads to: the active pane, what has the focus, what is on top."""
    app = dashboard.app
    focused = app.focused
    return app.active, type(app.screen), type(focused), focused.id if focused is not None else None


@asynccontextmanager
async def at(pane: str, size: tuple[int, int]) -> AsyncIterator[Dashboard]:
    async with opened(size=size, profile=WRITABLE) as dashboard:
        await dashboard.press(str(PANES.index(pane) + 1))
        yield dashboard


@each_size
@pytest.mark.parametrize("pane", PANES)
async def test_every_place_has_its_letter_drawn_on_it(pane: str, size: tuple[int, int]) -> None:
    async with at(pane, size) as dashboard:
        await dashboard.press("j")
        found = drawn(dashboard)
        assert len(found) >= 6
        assert found == {letter: f" {letter} " for letter in LETTERS[: len(found)]}
        assert "a letter goes there" in dashboard.text.splitlines()[-1]
        await dashboard.press("escape")
        assert not isinstance(dashboard.app.screen, JumpScreen)
        assert dashboard.app.active == pane


async def back(dashboard: Dashboard, pane: str, start: tuple[object, ...]) -> None:
    """Where the letters were shown, with the focus where it was."""
    while len(dashboard.app.screen_stack) > 1:
        await dashboard.press("escape")
    await dashboard.press(str(PANES.index(pane) + 1))
    if whereabouts(dashboard) != start:
        await dashboard.press("tab")  # from the cart's other list
    assert whereabouts(dashboard) == start


@pytest.mark.parametrize(
    ("pane", "size"),
    [
        ("tickets", (60, 20)),
        ("gifts", (80, 24)),
        ("cart", (80, 24)),
        ("order_qty", (60, 20)),
        ("changes", (60, 20)),
    ],
    ids=str,
)
async def test_a_letter_leads_where_the_plain_key_leads(pane: str, size: tuple[int, int]) -> None:
    keys = {command.id: command.key for command in COMMANDS}
    async with at(pane, size) as dashboard:
        start = whereabouts(dashboard)
        for n, place in enumerate(dashboard.app.places()):
            await dashboard.press("j", LETTERS[n])
            await dashboard.settle()  # the place is gone to once the letters are off the screen
            by_letter = whereabouts(dashboard)
            await back(dashboard, pane, start)
            await dashboard.press(keys[place.command])
            assert whereabouts(dashboard) == by_letter, place.command
            await back(dashboard, pane, start)


async def test_where_all_panes_are_shown_letters_lead_from_one_to_another() -> None:
    async with opened(size=(160, 48), profile=WRITABLE) as dashboard:
        for pane in ("order_qty", "gifts", "cart", "changes", "tickets"):
            await dashboard.press("j", letter_of(dashboard, f"pane.{pane}"))
            await dashboard.settle()
            focused = dashboard.app.focused
            assert dashboard.app.active == pane
            assert focused is not None
            assert dashboard.app.active_pane in focused.ancestors_with_self


@each_size
async def test_a_letter_that_no_place_has_goes_nowhere(size: tuple[int, int]) -> None:
    async with at("gifts", size) as dashboard:
        await dashboard.press("j", "m", "5", "enter")
        assert isinstance(dashboard.app.screen, JumpScreen)
        await dashboard.press("escape")
        assert dashboard.app.active == "gifts"


async def test_in_the_cart_both_lists_can_be_gone_to() -> None:
    async with at("cart", (160, 48)) as dashboard:
        await dashboard.press("z")
        await dashboard.press("j", letter_of(dashboard, "cart.switch"))
        assert dashboard.app.focused is not None
        assert dashboard.app.focused.id == "lines"
        await dashboard.press("j", letter_of(dashboard, "cart.switch"))
        assert dashboard.app.focused.id == "selections"


async def test_the_filter_line_is_a_place_while_it_is_open() -> None:
    async with at("gifts", (60, 20)) as dashboard:
        await dashboard.press("slash", *"bag", "enter", "j")
        letter = letter_of(dashboard, "filter")
        await dashboard.press(letter)
        assert isinstance(dashboard.app.focused, Input)


@pytest.mark.parametrize(("command", "screen"), [("tickets.explain", PageScreen), ("tickets.product", PickScreen)])
async def test_what_a_place_opens_is_opened(command: str, screen: type[object]) -> None:
    async with at("tickets", (80, 24)) as dashboard:
        await dashboard.press("j", letter_of(dashboard, command))
        assert isinstance(dashboard.app.screen, screen)


async def test_a_pane_without_rows_is_a_place_too() -> None:
    async with opened(shop("error"), size=(60, 20)) as dashboard:
        await dashboard.press("j", letter_of(dashboard, "pane.tickets", 1))
        assert dashboard.app.focused is dashboard.app.panes[0]


async def test_jump_has_a_palette_entry_and_takes_an_own_key() -> None:
    async with opened(keymap=keymap({"jump": "f7"})) as dashboard:
        told = [command.title for command in dashboard.app.get_system_commands(dashboard.app.screen)]
        assert "jump (f7)" in told
        await dashboard.press("f7")
        assert isinstance(dashboard.app.screen, JumpScreen)
