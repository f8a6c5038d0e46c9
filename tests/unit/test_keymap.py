"""The operator's own keys: what can be given to a command, and what is said about the rest."""

import string

import pytest
from textual.keys import _character_to_key

from qtydash.tui.commands import COMMANDS
from qtydash.tui.keymap import _NAMES, TAKEN, Keymap, keymap
from qtydash.tui.widgets.grid import Grid

KEYS = {command.id: command.key for command in COMMANDS}


def shown(found: Keymap, id: str) -> str:
    return next(command.shown for command in found.commands() if command.id == id)


@pytest.mark.parametrize(
    ("written", "key", "on_screen"),
    [
        ("f5", "f5", "f5"),
        ("F5", "f5", "f5"),
        ("b", "b", "b"),
        ("ü", "ü", "ü"),
        ("%", "percent_sign", "%"),
        ("percent_sign", "percent_sign", "%"),
        (",", "comma", ","),
        ("comma", "comma", ","),
        ("ctrl+r", "ctrl+r", "ctrl+r"),
        ("Ctrl+Left", "ctrl+left", "ctrl+left"),
        ("shift+f2", "shift+f2", "shift+f2"),
        ("insert", "insert", "insert"),
        (" r , f5 ", "r,f5", "r"),
    ],
)
def test_a_key_is_written_as_people_do(written: str, key: str, on_screen: str) -> None:
    found = keymap({"refresh": written})
    assert (found.keys, found.warnings) == ({"refresh": key}, ())
    assert shown(found, "refresh") == on_screen


def test_names_of_keys_are_those_of_textual() -> None:
    assert {char: _character_to_key(char) for char in string.punctuation} == _NAMES


def test_every_key_of_the_grid_is_taken() -> None:
    assert {binding[0] for binding in Grid.BINDINGS if isinstance(binding, tuple)} <= set(TAKEN)


@pytest.mark.parametrize("id", ["sort", "filter", "gifts.add", "tickets.earlier", "help", "gifts.mark"])
def test_every_command_can_be_given_the_key_it_has(id: str) -> None:
    command = next(command for command in COMMANDS if command.id == id)
    for written in (command.key, command.shown):
        assert keymap({id: written}) == Keymap({id: command.key})


def test_a_key_that_a_pane_gave_away_is_free() -> None:
    assert keymap({"sort": "o", "refresh": "s"}).warnings == ()
    assert keymap({"refresh": "s", "sort": "o"}).warnings == ()
    swapped = keymap({"refresh": "s", "sort": "r"})
    assert (swapped.keys, swapped.warnings) == ({"refresh": "s", "sort": "r"}, ())


def test_two_panes_may_use_one_key() -> None:
    assert keymap({"tickets.low": "f4", "gifts.low": "f4"}).warnings == ()


def warning(id: str, written: str) -> str:
    found = keymap({id: written})
    assert found.keys == {}
    (told,) = found.warnings
    return told


def test_an_unknown_command_is_told_with_the_nearest() -> None:
    assert warning("refesh", "f5") == "keys: there is no command 'refesh'. Did you mean 'refresh'?"
    assert warning("zzzz", "f5") == "keys: there is no command 'zzzz'. `qtydash config keys` lists the commands."
    assert warning("\x1b[31m", "f5").startswith("keys: there is no command '^[[31m'.")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("ctrl+i", "terminals send tab for 'ctrl+i', so the two cannot be told apart."),
        ("ctrl+m", "terminals send enter for 'ctrl+m', so the two cannot be told apart."),
        ("ctrl+h", "terminals send backspace for 'ctrl+h', so the two cannot be told apart."),
        ("ctrl+j", "terminals send a line break for 'ctrl+j', so the two cannot be told apart."),
        ("ctrl+[", "terminals send escape for 'ctrl+[', so the two cannot be told apart."),
        ("ctrl+shift+r", "terminals send the same for 'ctrl+shift+r' and 'ctrl+r'. Write the latter."),
        ("ctrl+R", "terminals send the same for 'ctrl+R' and 'ctrl+r'. Write the latter."),
        ("shift+r", "'shift+r' is written as the character it makes: 'R'."),
        ("up", "'up' moves the cursor in every pane."),
        ("escape", "'escape' leaves dialogs and filters in every pane."),
        ("ctrl+p", "'ctrl+p' opens the list of all commands in every pane."),
        ("alt+x", "'alt+x' is no key that every terminal sends."),
        ("super+x", "'super+x' is no key that every terminal sends."),
        ("ctrl+1", "'ctrl+1' is no key that every terminal sends."),
        ("", "'' is no key that every terminal sends."),
        (" ", "'' is no key that every terminal sends."),
        ("r,", "'' is no key that every terminal sends."),
        ("f13", "'f13' is no key that every terminal sends."),
        ("\x1b", "'^[' is no key that every terminal sends."),
    ],
)
def test_a_key_that_cannot_be_used_is_told_with_its_reason(written: str, words: str) -> None:
    told = warning("refresh", written)
    assert told.startswith(f"keys.refresh: {words}")
    assert told.endswith("It keeps 'r'.")


def test_a_clash_names_the_command_that_has_the_key() -> None:
    told = warning("refresh", "s")
    assert told == ("keys.refresh: 's' is the key of 'sort' (sort). Give one of them another key. It keeps 'r'.")


def test_a_key_that_works_everywhere_clashes_with_one_of_a_pane() -> None:
    assert "'l' is the key of 'tickets.low' (low)" in warning("refresh", "l")
    assert "'r' is the key of 'refresh' (refresh)" in warning("gifts.low", "r")


def test_of_two_entries_that_want_one_key_the_first_gets_it() -> None:
    found = keymap({"refresh": "f5", "sort": "f5"})
    assert found.keys == {"refresh": "f5"}
    assert found.warnings == (
        "keys.sort: 'f5' is the key of 'refresh' (refresh). Give one of them another key. It keeps 's'.",
    )


def test_an_entry_that_falls_takes_its_key_back_from_whoever_wanted_it() -> None:
    found = keymap({"refresh": "s", "sort": "z"})  # z is zoom's, so sort keeps s
    assert found.keys == {}
    assert [told.partition(":")[0] for told in found.warnings] == ["keys.sort", "keys.refresh"]


def test_the_switch_of_the_cart_may_keep_tab_and_no_other_may_have_it() -> None:
    assert keymap({"cart.switch": "tab"}).warnings == ()
    assert "'tab' goes from part to part" in warning("cart.remove", "tab")
