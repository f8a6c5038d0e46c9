"""What may be removed of a cart's gift selections, and what else than that came of it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.changes_kit import NOON

from qtydash.domain.cart_removal import (
    all_open,
    all_removal_facts,
    closed_words,
    left_open_words,
    open_before,
    removal_facts,
    removal_quantity,
    side_effect_words,
    side_effects,
)
from qtydash.domain.carts import Cart, CartLine, GiftInfo, GiftSelection, ItemMarker, OrderMarker, selections
from qtydash.domain.change_words import facts_words, sentence
from qtydash.domain.changes import Intent, Kind, open_in_all

MUGS, PENS = ("promo1", 7), ("promo2", -9)
CART = Cart(
    "o1",
    "USD",
    Decimal(8),
    "",
    (CartLine("ci-1", "mug", "mug_1", "Mug", 3, Decimal(4), Decimal(8), (ItemMarker(*MUGS, 0, 0, 1, 2),)),),
    (
        OrderMarker(*MUGS, 4, 0, 0, 1, 0, 0, "product", "mug", True),
        OrderMarker(*PENS, 2, 0, 0, 0, 1, 0, "product", "pen", True),
    ),
    (GiftInfo(*MUGS, 3), GiftInfo(*PENS, 1)),
    (("promo1", "Free mugs"), ("promo2", "Free pens")),
)


def after(cart: Cart = CART, key: tuple[str, int] = MUGS, quantity: int = 1) -> Cart:
    """The cart with so many pieces of a selection removed."""
    return replace(
        cart,
        order_markers=tuple(
            replace(m, removed=m.removed + quantity) if m.key == key else m for m in cart.order_markers
        ),
        infos=tuple(replace(i, available=i.available - quantity) if i.key == key else i for i in cart.infos),
    )


def mugs(available: int | None = 3, *, granted: bool = True) -> GiftSelection:
    infos = () if available is None else (GiftInfo(*MUGS, available),)
    cart = replace(CART, infos=infos, order_markers=CART.order_markers[:1] if granted else ())
    return selections(cart)[0]


def words(now: Cart, removed_of: tuple[str, int] | None = MUGS) -> str:
    return side_effect_words(side_effects(CART, now, removed_of), "USD")


@pytest.mark.parametrize("available", [1, 3])
def test_what_is_open_can_be_removed(available: int) -> None:
    assert closed_words(mugs(available)) == ""


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (mugs(0), "Nothing of Free mugs (mug) is open (1 selected), so nothing can be removed."),
        (mugs(-1), "Nothing of Free mugs (mug) is open (1 selected), so nothing can be removed."),
        (mugs(0, granted=False), "Nothing of Free mugs is open, so nothing can be removed."),
        (
            mugs(None),
            "The cart does not say that anything of Free mugs (mug) is still open, so nothing can be removed.",
        ),
    ],
)
def test_what_is_not_open_is_told_with_what_became_of_it(selection: GiftSelection, told: str) -> None:
    assert closed_words(selection) == told


@pytest.mark.parametrize(("written", "count"), [("1", 1), (" 3 ", 3), ("+2", 2)])
def test_a_quantity_is_one_to_what_is_open(written: str, count: int) -> None:
    assert removal_quantity(written, 3) == count


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("4", "Only 3 are open."),
        ("0", "1 piece is the least"),
        ("-1", "1 piece is the least"),
        ("1.0", "no whole number"),
        ("1,000", "has a separator"),
        ("３", "other digits"),
        ("", "There is no number."),
        ("9" * 50, "beyond"),
    ],
)
def test_any_other_quantity_is_refused_in_words(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        removal_quantity(written, 3)


def test_one_piece_is_told_as_one() -> None:
    with pytest.raises(ValueError, match=r"^Only 1 is open\.$"):
        removal_quantity("2", 1)


# What else came of it.


@pytest.mark.parametrize("quantity", [1, 3])
def test_a_removal_as_it_should_be_has_no_side_effect(quantity: int) -> None:
    assert words(after(quantity=quantity)) == ""
    assert words(after(after(quantity=quantity), PENS), None) == ""


def test_that_another_selection_moved_is_a_side_effect_of_one_removal_and_not_of_removing_all() -> None:
    both = after(after(), PENS)
    assert words(both) == "Beside that the cart changed: Free pens (pen): removed 1 → 2, open 1 → 0."
    assert words(both, None) == ""


def test_another_count_of_the_same_selection_is_one() -> None:
    now = after()
    now = replace(now, order_markers=(replace(now.order_markers[0], selected=2), now.order_markers[1]))
    told = "Beside that the cart changed: Free mugs (mug): selected 1 → 2."
    assert words(now) == words(now, None) == told


def test_lines_markers_prices_and_a_selection_that_is_gone_are() -> None:
    assert words(replace(after(), lines=())) == (
        "Beside that the cart changed: Mug: gone: had 3 in the cart, 8 USD; "
        "Mug, free by Free mugs: gone: had 1 selected, 2 not touched."
    )
    assert words(replace(after(), total=Decimal("7.5"))) == (
        "Beside that the cart changed: order o1: total 8 USD → 7.50 USD."
    )
    gone = replace(CART, order_markers=CART.order_markers[1:], infos=CART.infos[1:], lines=())
    assert words(gone).startswith(
        "Beside that the cart changed: Free mugs (mug): gone: had 4 granted, 1 selected, 3 open; "
    )


def test_three_are_named_and_the_rest_counted() -> None:
    now = replace(after(), total=Decimal(1), site_id="s2", lines=(CartLine("n", "p", "s", "New", 1),))
    now = after(now, PENS)
    told = words(now)
    assert told.endswith("; and 2 more.")
    assert told.count(";") == 3


def test_what_a_removal_of_all_left_open_is_named() -> None:
    assert left_open_words(after(CART, MUGS, 3)) == "Still open: 1 of Free pens (pen)."
    assert left_open_words(after(after(CART, MUGS, 3), PENS)) == ""


# As facts.


def test_the_facts_of_a_cart_are_those_of_its_selections() -> None:
    facts = all_removal_facts(CART)
    assert (len(facts), open_in_all(facts), all_open(CART)) == (4, 4, {MUGS: 3, PENS: 1})
    assert (open_before(facts, MUGS), open_before(facts, PENS), open_before(facts, ("promo1", -9))) == (3, 1, 0)
    assert [removal_facts(s) for s in selections(CART)] == [
        {"available": 3, "removed": 0},
        {"available": 1, "removed": 1},
    ]


def everything(cart: Cart = CART) -> Intent:
    return Intent(Kind.CART_REMOVE_ALL, "cart:o1", "Cart o1", NOON, seen=all_removal_facts(cart))


def test_removing_all_leaves_nothing_open_and_tells_the_sums() -> None:
    before = all_removal_facts(CART)
    expected = everything().expected(before)
    assert expected == all_removal_facts(after(after(CART, MUGS, 3), PENS))
    assert (
        sentence(everything(), before, expected)
        == "Cart o1: remove all open (4 open, 1 removed -> 0 open, 5 removed)"
    )


def test_a_count_below_zero_is_not_removed() -> None:
    odd = after(CART, MUGS, 5)
    before = all_removal_facts(odd)
    assert facts_words(before) == "1 open, 6 removed"
    assert everything(odd).expected(before) == all_removal_facts(after(odd, PENS))


def test_counts_of_ones_and_zeros_are_counts_all_the_same() -> None:
    lone = replace(CART, order_markers=CART.order_markers[1:], infos=CART.infos[1:], lines=())
    assert facts_words(all_removal_facts(lone)) == "1 open, 1 removed"
