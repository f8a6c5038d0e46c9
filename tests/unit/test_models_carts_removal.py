"""What is staged and under way for gift selections, and what a typed quantity would do, in words."""

from dataclasses import replace

import pytest
from tests.changes_kit import NOON, change

from qtydash.domain.carts import Cart, GiftInfo, GiftSelection, OrderMarker, selections
from qtydash.domain.changes import ChangeRecord, Event, Intent, State
from qtydash.services.carts import removal_intent, removal_of_all_intent, removal_target
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.carts import CartView, selections_table
from qtydash.tui.models.carts_removal import (
    Desk,
    Removal,
    Removals,
    Weighed,
    open_cell,
    removal_gate,
    removal_lines,
    removal_of_all_lines,
    weighed,
)
from qtydash.tui.widgets.grid_model import Cell
from qtydash.tui.widgets.words import Line

CART = Cart(
    "o1",
    order_markers=(
        OrderMarker("p1", 7, 4, 0, 0, 1, 0, 0, "product", "mug", True),
        OrderMarker("p2", 7, 1, 0, 0, 0, 1, 0, "product", "pen", True),
    ),
    infos=(GiftInfo("p1", 7, 3), GiftInfo("p2", 7, 0)),
)
MUGS, PENS = selections(CART)
DESK = Desk(Removal(), UNICODE)


def edit(quantity: int, selection: GiftSelection = MUGS) -> Intent:
    return removal_intent("support", CART, selection, quantity, now=NOON, seen_at=NOON)


ALL = removal_of_all_intent("support", CART, now=NOON, seen_at=NOON)


def record(intent: Intent, state: State) -> ChangeRecord:
    assert intent.seen is not None
    return ChangeRecord(change(intent, dict(intent.seen)), (Event(state, NOON),))


def text(lines: list[Line] | tuple[Line, ...] | object) -> list[str]:
    assert isinstance(lines, list | tuple)
    return ["".join(part.text for part in line) for line in lines]


def told(typed: str, desk: Desk = DESK, selection: GiftSelection = MUGS) -> Weighed:
    return weighed(typed, selection, desk)


# The row.


@pytest.mark.parametrize(
    ("removal", "selection", "cell"),
    [
        (Removal(), MUGS, Cell("3", "note")),
        (Removal(), PENS, Cell("0", "dim")),
        (Removal(edit(1)), MUGS, Cell("3 ➔ 2", "low")),
        (Removal(edit(1)), PENS, Cell("0", "dim")),
        (Removal(edit(4)), MUGS, Cell("3, remove 4?", "bad")),
        (Removal(ALL), MUGS, Cell("3 ➔ 0", "low")),
        (Removal(ALL), PENS, Cell("0", "dim")),
        (Removal(None, record(edit(1), State.PLANNED)), MUGS, Cell("3 to be sent", "note")),
        (Removal(None, record(edit(1), State.SENT)), MUGS, Cell("3 sending", "note")),
        (Removal(None, record(edit(1), State.UNKNOWN)), MUGS, Cell("3 in doubt", "bad")),
        (Removal(None, record(edit(1), State.UNDECIDED)), PENS, Cell("0", "dim")),
        (Removal(None, record(ALL, State.UNKNOWN)), MUGS, Cell("3 in doubt", "bad")),
        (Removal(None, record(ALL, State.UNKNOWN)), PENS, Cell("0", "dim")),
        (Removal(edit(1), record(edit(1), State.UNKNOWN)), MUGS, Cell("3 in doubt", "bad")),
    ],
)
def test_the_open_pieces_with_what_is_staged_or_on_its_way(
    removal: Removal, selection: GiftSelection, cell: Cell
) -> None:
    assert open_cell(selection, removal, "", UNICODE) == cell


def test_what_moved_and_what_is_not_told_keep_their_signs() -> None:
    assert open_cell(MUGS, Removal(edit(1)), "▾", UNICODE).text == "▾3 ➔ 2"
    assert open_cell(MUGS, Removal(edit(1)), "v", ASCII).text == "v3 -> 2"
    assert open_cell(replace(MUGS, available=None), Removal(ALL), "", UNICODE) == Cell("-", "dim")


def test_the_column_is_as_wide_as_what_is_staged_and_the_words_find_it() -> None:
    def width(removal: Removal) -> int:
        table = selections_table(CART, CartView(removal=removal), UNICODE)
        return next(column.width for column in table.table_columns if column.label == "Open")

    assert (width(Removal()), width(Removal(None, record(edit(1), State.UNKNOWN)))) == (5, 10)
    table = selections_table(CART, CartView(("staged",), removal=Removal(edit(2))), UNICODE)
    assert [selection.key for selection in table.records] == [MUGS.key]


# The explanation.


def test_what_is_staged_is_explained() -> None:
    assert text(removal_lines(MUGS, Removal(edit(2)), UNICODE)) == [
        "Staged: open 3 ➔ 1, removed 0 ➔ 2. w reviews it, u takes it back."
    ]
    assert text(removal_lines(MUGS, Removal(edit(4)), UNICODE)) == [
        "Staged: remove 4, and only 3 of it is open now: the review will refuse it."
    ]
    assert removal_lines(PENS, Removal(edit(2)), UNICODE) == []


def test_a_removal_that_is_on_its_way_or_in_doubt_is_explained() -> None:
    assert text(removal_lines(MUGS, Removal(None, record(edit(1), State.SENT)), UNICODE)) == [
        "A removal of it: being sent."
    ]
    assert text(removal_lines(MUGS, Removal(None, record(edit(1), State.UNKNOWN)), UNICODE)) == [
        "A removal of it: outcome unknown. 5 Changes says what to do."
    ]


def test_removals_are_told_apart_by_cart() -> None:
    removals = Removals({ALL.target: ALL}, {"cart:o2": record(replace(ALL, target="cart:o2"), State.UNKNOWN)})
    assert removals.of(removal_target("o1")) == Removal(ALL)
    assert removals.of("cart:o2").in_doubt
    assert not removals.of("cart:o1").in_doubt
    assert removals.of("cart:o3") == Removal()
    assert removals.in_doubt == {"cart:o2"}


# What is typed.


def test_a_quantity_that_can_be_removed() -> None:
    weighing = told("2")
    assert (weighing.quantity, weighing.fault, weighing.takes_back) == (2, "", False)
    assert text(weighing.lines) == [
        "open 3 ➔ 1, removed 0 ➔ 2.",
        "It takes away what is promised and not chosen yet. What is in the cart stays in the cart.",
        "Enter stages it, escape leaves.",
    ]


@pytest.mark.parametrize(
    ("typed", "fault"), [("4", "Only 3 are open."), ("", "3 open: type 1 to 3."), ("x", "'x' is")]
)
def test_a_quantity_that_cannot(typed: str, fault: str) -> None:
    weighing = told(typed)
    assert weighing.fault.startswith(fault)
    assert text(weighing.lines)[0] == weighing.fault
    assert weighing.quantity == 0


def test_one_open_piece_is_asked_for_as_one() -> None:
    assert told("", selection=replace(MUGS, available=1)).fault == "1 open: type 1."


def test_nothing_typed_takes_back_what_is_staged_for_this_selection_only() -> None:
    assert told("", replace(DESK, removal=Removal(edit(2)))).takes_back
    assert not told("", replace(DESK, removal=Removal(edit(2, PENS)))).takes_back
    assert told("", replace(DESK, removal=Removal(ALL))).takes_back


def test_what_it_takes_the_place_of_and_that_it_is_offline_are_told() -> None:
    lines = text(told("1", Desk(Removal(edit(1, PENS)), UNICODE, "Offline: later.")).lines)
    assert "It takes the place of what is staged for this cart. p2 (pen) in cart o1: remove 1 open." in lines
    assert lines[-2:] == ["Offline: later.", "Enter stages it, escape leaves."]


def test_a_selection_that_does_not_fit_is_removed_from_with_a_warning() -> None:
    (odd,) = selections(replace(CART, order_markers=(), infos=(GiftInfo("p1", 2**40, 3),)))
    lines = text(told("1", selection=odd).lines)
    assert any(line.startswith(f"But: identifier {2**40} is outside 32 bits") for line in lines)
    assert any(line.startswith("But: listed as open for choice") for line in lines)


# Everything.


def test_everything_is_counted_out_over_all_selections() -> None:
    cart = replace(CART, infos=(GiftInfo("p1", 7, 3), GiftInfo("p2", 7, 2)))
    gate = removal_gate(cart)
    assert gate.phrase == "5"
    assert gate.opens(" 5 ")
    assert not any(map(gate.opens, ("", "3", "05", "5.")))
    lines = text(removal_of_all_lines(cart, gate, replace(DESK, offline="Offline: later.")))
    assert lines[0] == "Offline: later."
    assert lines[1].startswith("Type 5, how many these are in all, then enter. It takes away")
    assert lines[2:] == ["3 of p1 (mug)", "2 of p2 (pen)"]


def test_many_selections_are_summed_up() -> None:
    markers = tuple(OrderMarker(f"p{n}", n, 2, 0, 0, 0, 0, 0) for n in range(8))
    cart = replace(CART, order_markers=markers, infos=tuple(GiftInfo(f"p{n}", n, 2) for n in range(8)))
    assert text(removal_of_all_lines(cart, removal_gate(cart), DESK))[-1] == "6 of 3 more selections"


def test_with_nothing_open_no_count_opens_the_gate() -> None:
    gate = removal_gate(replace(CART, infos=(GiftInfo("p2", 7, 0),)))
    assert gate.refusal
    assert not gate.opens("0")
    assert not gate.opens("")
