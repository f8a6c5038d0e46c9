"""The operator's own keys on the screen: pressed, shown at the bottom and in the palette, refused with why."""

import re
from pathlib import Path

from tests.screen.shop import WRITABLE, Dashboard, live_snapshot, opened, shop

import qtydash.tui
from qtydash.tui.keymap import keymap
from qtydash.tui.widgets.words import Words


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
    async with opened(size=(160, 48), keymap=keymap({"zoom": "p", "pause": "z"})) as dashboard:
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
        (told,) = [note.message for note in dashboard.app._notifications]
        first = "keys: there is no command 'refesh'. Did you mean 'refresh'?"
        assert told == f"{first} There are 2 such warnings: E lists them."
        await dashboard.press("E")
        assert "Did you mean 'refresh'?" in dashboard.text
        assert "terminals send tab for 'ctrl+i'" in dashboard.text
        await dashboard.press("escape")
        await dashboard.press("2", "s")
        assert "SKU▴" in dashboard.text


async def test_many_wrong_entries_do_not_cover_the_screen() -> None:
    async with opened(keymap=keymap({f"nothing{n}": "f5" for n in range(6)})) as dashboard:
        told = [note.message for note in dashboard.app._notifications]
        assert len(told) == 1
        assert told[0].endswith("There are 6 such warnings: E lists them.")


async def test_the_help_shows_the_own_key() -> None:
    async with opened(size=(120, 40), keymap=keymap({"tickets.low": "f3"})) as dashboard:
        await dashboard.press("question_mark")
        assert "f3  Show only days that are low" in dashboard.text


OWN = {
    "refresh": "f2",
    "review": "f3",
    "unstage": "f4",
    "pane.changes": "f5",
    "changes.reconcile": "f6",
    "changes.verdict": "f7",
    "changes.drop": "f8",
    "tickets.product": "f9",
    "tickets.low": "f10",
    "gifts.low": "f10",
    "order_qty.stale": "f10",
    "gifts.add": "f11",
    "cart.session": "f12",
    "cart.open": "shift+f2",
    "cart.difference": "shift+f3",
    "cart.switch": "shift+f4",
    "order_qty.group": "shift+f5",
    "unstage_all": "shift+f6",
    "take_up": "shift+f7",
    "stop": "shift+f8",
}


def own(dashboard: Dashboard) -> str:
    notes = [note.message for note in dashboard.app._notifications]
    lines = (line.strip("│▌ ") for line in dashboard.text.splitlines())
    return " ".join(" ".join([*lines, *notes]).split())


async def test_sentences_name_the_own_key() -> None:
    own_keys = keymap(OWN)
    assert own_keys.warnings == ()
    async with opened(shop("error"), keymap=own_keys, size=(120, 40)) as dashboard:
        assert "Press f2 to try again." in own(dashboard)
        await dashboard.press("f5")
        assert " f5 Changes " in dashboard.text
        assert " 5 Changes " not in dashboard.text
    async with opened(keymap=own_keys, profile=WRITABLE, size=(120, 40)) as dashboard:
        await dashboard.press("2", "space")
        assert "1 marked: the next f11 - = changes them all" in own(dashboard)
        await dashboard.press(*"=7", "enter", "f5", "down")
        assert "f3 reviews them" in own(dashboard)
        assert "Nothing was sent: f3 reads it afresh and asks, f8 unstages it." in own(dashboard)
        await dashboard.press("f6")
        assert "f3 reviews it." in own(dashboard)
        await dashboard.press("B")
        assert "It is staged, not sent: f8 unstages it." in own(dashboard)
        await dashboard.press("4", "F")
        assert "press shift+f5 to group" in own(dashboard)
        await dashboard.press("3", "J")
        assert "Press f2 to read it." in own(dashboard)
        await dashboard.press("shift+f4", "d")
        assert "never a cart line: shift+f4 goes to them." in own(dashboard)


async def test_rows_that_are_hidden_come_back_by_the_own_key() -> None:
    stubs = shop()
    assert stubs.gifts.answer is not None
    stubs.gifts.answer = live_snapshot(tuple(g for g in stubs.gifts.answer.data if g.quantity > 5))
    async with opened(stubs, keymap=keymap(OWN)) as dashboard:
        await dashboard.press("2", "f10")
        assert "Press f10 to show all again." in own(dashboard)


async def test_offline_words_name_the_own_key() -> None:
    async with opened(shop("offline"), keymap=keymap(OWN), profile=WRITABLE, size=(120, 40)) as dashboard:
        await dashboard.press("2", *"=7", "enter")
        assert "until you review it with f3 while online" in own(dashboard)


async def test_the_help_names_own_keys_in_its_sentences() -> None:
    async with opened(keymap=keymap(OWN), size=(120, 60)) as dashboard:
        await dashboard.press("2", "question_mark")
        page = " ".join(str(dashboard.app.screen.query_one("#keys", Words).content).split())
        assert "in the review (f3)" in page


# A key that stands in a sentence: these words with a letter of the registry before them tell someone to press it.
_TOLD = re.compile(
    r"(?:[Pp]ress |: |, | and |\. |^|\")([A-Za-z]) (?:reviews|unstages|reads|goes|deletes|takes|loads|to )"
)


def test_no_pane_writes_a_key_into_its_words() -> None:
    folder = Path(qtydash.tui.__file__).parent
    fixed = {"commands.py", "review_keys.py", "review_words.py", "clean_up_words.py", "review_stop.py", "setup.py"}
    wrong = [
        f"{path.relative_to(folder)}: {found.group()}"
        for path in sorted(folder.rglob("*.py"))
        if path.name not in fixed
        for text in re.findall(r'"[^"\n]*"', path.read_text(encoding="utf-8"))
        for found in _TOLD.finditer(text)
    ]
    assert wrong == []
