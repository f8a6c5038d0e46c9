"""The operator's own keys on the screen: pressed, shown at the bottom and in the palette, refused with why."""

from tests.screen.shop import opened, shop

from qtydash.tui.keymap import keymap


async def test_an_own_key_works_and_the_old_one_does_not() -> None:
    stubs = shop()
    async with opened(stubs, keymap=keymap({"refresh": "f5, b", "tickets.low": "%"})) as dashboard:
        for key, asked in (("f5", 2), ("b", 3), ("r", 3)):
            await dashboard.press(key)
            assert len(stubs.tickets.asked) == asked, key
        await dashboard.press("l")
        assert "low only" not in dashboard.text
        await dashboard.press("percent_sign")
        assert "low only" in dashboard.text


async def test_swapped_keys_do_what_the_other_did() -> None:
    async with opened(keymap=keymap({"zoom": "p", "pause": "z"})) as dashboard:
        await dashboard.press("z")
        assert "PAUSED" in dashboard.text
        await dashboard.press("p")
        assert dashboard.app.zoomed


async def test_the_bottom_line_and_the_palette_show_the_own_key() -> None:
    async with opened(size=(120, 40), keymap=keymap({"tickets.low": "f3, L"})) as dashboard:
        assert " f3 low " in dashboard.text.splitlines()[-1]
        told = [command.title for command in dashboard.app.get_system_commands(dashboard.app.screen)]
        assert "low (f3)" in told


async def test_an_own_key_of_a_pane_works_in_no_other() -> None:
    async with opened(keymap=keymap({"gifts.low": "t"})) as dashboard:
        await dashboard.press("right", "right", "t")
        assert "Fr 2026-03-06" in dashboard.text
        await dashboard.press("2", "t")
        assert "low only" in dashboard.text


async def test_keys_that_cannot_be_used_are_told_and_nothing_stops() -> None:
    async with opened(size=(120, 40), keymap=keymap({"refesh": "f5", "sort": "ctrl+i"})) as dashboard:
        told = [note.message for note in dashboard.app._notifications]
        assert told == [
            "keys: there is no command 'refesh'. Did you mean 'refresh'?",
            "keys.sort: terminals send tab for 'ctrl+i', so the two cannot be told apart. It keeps 's'.",
        ]
        await dashboard.press("2", "s")
        assert "SKU▴" in dashboard.text


async def test_many_wrong_entries_do_not_cover_the_screen() -> None:
    async with opened(keymap=keymap({f"nothing{n}": "f5" for n in range(6)})) as dashboard:
        told = [note.message for note in dashboard.app._notifications]
        assert len(told) == 3
        assert told[-1] == "And 4 more: `qtydash config check` lists them."


async def test_the_help_shows_the_own_key() -> None:
    async with opened(size=(120, 40), keymap=keymap({"tickets.low": "f3"})) as dashboard:
        await dashboard.press("question_mark")
        assert "f3  Show only days that are low" in dashboard.text
