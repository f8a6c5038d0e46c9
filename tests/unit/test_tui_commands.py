"""The registry of commands: every key can be typed, is free, and does something that exists."""

from typing import get_args

import pytest
from textual.app import App
from textual.keys import _character_to_key

from qtydash.tui.app import QtyDash
from qtydash.tui.bindings import bindings, footer, of_scope
from qtydash.tui.commands import COMMANDS, SCOPE_TITLES, Command, Scope
from qtydash.tui.panes.carts import CartPane
from qtydash.tui.panes.changes import ChangesPane
from qtydash.tui.panes.gifts import GiftsPane
from qtydash.tui.panes.order_qty import OrderQtyPane
from qtydash.tui.panes.tickets import TicketsPane
from qtydash.tui.widgets.grid import Grid

SCOPES: tuple[Scope, ...] = get_args(Scope)
OWNERS: dict[Scope, type[object]] = {
    "everywhere": QtyDash,
    "tickets": TicketsPane,
    "gifts": GiftsPane,
    "cart": CartPane,
    "order_qty": OrderQtyPane,
    "changes": ChangesPane,
}
UNSENDABLE = {f"ctrl+{key}" for key in ("i", "m", "h", "j", "[", "left_square_bracket")}
"""Terminals send these as tab, enter, backspace, newline and escape."""

each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
each_scope = pytest.mark.parametrize("scope", SCOPES)


def test_ids_are_unique() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(set(ids)) == len(ids)


@each_scope
def test_a_key_means_one_thing_where_it_works(scope: Scope) -> None:
    here = of_scope("everywhere") if scope == "everywhere" else (*of_scope(scope), *of_scope("everywhere"))
    keys = [command.key for command in here]
    assert len(set(keys)) == len(keys)


@each_command
def test_no_key_is_one_that_the_grid_moves_by(command: Command) -> None:
    taken = {binding[0] for binding in Grid.BINDINGS if isinstance(binding, tuple)}
    assert command.key not in taken


@each_command
def test_a_key_is_one_that_terminals_send(command: Command) -> None:
    assert command.key not in UNSENDABLE
    assert not command.key.startswith("ctrl+shift+")
    assert command.key.isascii()


@each_command
def test_what_is_shown_for_a_key_is_that_key(command: Command) -> None:
    typed = _character_to_key(command.shown) if len(command.shown) == 1 else command.shown
    assert typed == command.key


@each_command
def test_every_action_exists_where_its_command_belongs(command: Command) -> None:
    of_app = command.action.startswith("app.")
    name = command.action.removeprefix("app.").partition("(")[0]

    assert of_app == (command.scope == "everywhere")
    assert callable(getattr(OWNERS[command.scope], f"action_{name}", None))


@each_command
def test_words_fit_where_they_stand(command: Command) -> None:
    assert command.label == command.label.strip().lower() != ""
    assert len(command.label) <= 10
    assert command.help.endswith(".")
    assert command.help[0].isupper()


def test_every_scope_has_a_title_and_only_scopes_have() -> None:
    assert tuple(SCOPE_TITLES) == SCOPES
    assert {command.scope for command in COMMANDS} <= set(SCOPES)


def test_the_scopes_share_out_the_registry() -> None:
    assert sorted(c.id for scope in SCOPES for c in of_scope(scope)) == sorted(c.id for c in COMMANDS)


@each_scope
def test_bindings_carry_the_id_that_a_keymap_names(scope: Scope) -> None:
    told = [(binding.id, binding.key, binding.action, binding.tooltip) for binding in bindings(scope)]
    assert told == [(c.id, c.key, c.action, c.help) for c in of_scope(scope)]


@each_scope
def test_the_footer_shows_what_works_here_in_its_order(scope: Scope) -> None:
    shown = footer(scope)

    assert {command.scope for command in shown} <= {scope, "everywhere"}
    assert [command.footer for command in shown] == sorted(command.footer for command in shown)
    assert [command.id for command in shown[:2]] == ["help", "quit"]


@each_scope
def test_the_footer_hides_only_what_asks_for_it(scope: Scope) -> None:
    hidden = {c.id for c in COMMANDS if c.scope in (scope, "everywhere")} - {c.id for c in footer(scope)}
    assert hidden == {c.id for c in COMMANDS if c.scope in (scope, "everywhere") and c.footer == 0}


@each_scope
def test_the_footer_order_is_never_left_to_chance(scope: Scope) -> None:
    places = [command.footer for command in footer(scope)]
    assert len(set(places)) == len(places)


@each_scope
def test_what_a_scope_binds_is_what_its_owner_binds(scope: Scope) -> None:
    bound = [binding.id for binding in getattr(OWNERS[scope], "BINDINGS", ()) if getattr(binding, "id", None)]
    assert bound == [command.id for command in of_scope(scope)]


def test_the_palette_and_the_way_out_that_textual_gives_stay_free() -> None:
    given = {binding.key for binding in App.BINDINGS if not isinstance(binding, tuple)}
    assert given.isdisjoint({command.key for command in COMMANDS})
