"""What changed in a cart, in order and in words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from qtydash.domain.cart_difference import CartChange, ValueChange, difference
from qtydash.domain.cart_words import (
    GLOSSARY,
    USES,
    auto_remove_words,
    change_words,
    check_words,
    gift_words,
    used_words,
)
from qtydash.domain.carts import Cart, CartLine, Check, GiftInfo, ItemMarker, OrderMarker, selections

MUG = CartLine("ci-1", "mug", "mug_1", "Mug", 3, Decimal(4), Decimal(8), (ItemMarker("promo1", 7, 0, 0, 1, 2),))
BEFORE = Cart(
    "o1",
    "USD",
    Decimal(8),
    "siteUS",
    (MUG, CartLine("ci-2", "bag", "bag_1", "Bag", 1)),
    (OrderMarker("promo1", 7, 4, 0, 0, 1, 0, 0, "product", "mug", True),),
    (GiftInfo("promo1", 7, 3),),
    (("promo1", "Free mugs"),),
)


def told(before: Cart, after: Cart) -> list[str]:
    return [f"{c.part} {c.title}: {change_words(c, 'USD')}" for c in difference(before, after)]


def test_a_removal_as_it_should_be() -> None:
    after = replace(
        BEFORE,
        order_markers=(replace(BEFORE.order_markers[0], removed=1),),
        infos=(GiftInfo("promo1", 7, 2),),
    )
    assert told(BEFORE, after) == ["selection Free mugs (mug): removed 0 → 1, open 3 → 2"]


def test_the_order_comes_first_then_selections_then_each_line_with_its_markers() -> None:
    after = replace(
        BEFORE,
        total=Decimal("12.5"),
        lines=(
            replace(MUG, quantity=4, amount=Decimal(12), markers=(ItemMarker("promo1", 7, 0, 0, 2, 2),)),
            CartLine("ci-3", "pen", "pen_1", "Pen", 2, Decimal(1), Decimal(2)),
        ),
        order_markers=(replace(BEFORE.order_markers[0], selected=2, auto_remove=False, gift_detail=""),),
        infos=(),
    )
    assert told(BEFORE, after) == [
        "order order o1: total 8 USD → 12.50 USD",
        "selection Free mugs: selected 1 → 2, open 3 → not told, gift detail mug → nothing, auto-remove yes → no",
        "line Mug: in the cart 3 → 4, amount 8 USD → 12 USD",
        "marker Mug, free by Free mugs: selected 1 → 2",
        "line Pen: new: 2 in the cart, 2 USD",
        "line Bag: gone: had 1 in the cart",
    ]


def test_what_is_gone_tells_what_it_had() -> None:
    assert told(BEFORE, replace(BEFORE, order_markers=(), infos=(), lines=())) == [
        "selection Free mugs (mug): gone: had 4 granted, 1 selected, 3 open",
        "line Mug: gone: had 3 in the cart, 8 USD",
        "marker Mug, free by Free mugs: gone: had 1 selected, 2 not touched",
        "line Bag: gone: had 1 in the cart",
    ]


def test_a_new_selection_of_which_nothing_is_granted() -> None:
    after = replace(BEFORE, infos=(*BEFORE.infos, GiftInfo("promo2", 8, 0)))
    assert told(BEFORE, after) == ["selection promo2: new: nothing"]


def test_another_order_is_named() -> None:
    assert told(BEFORE, replace(BEFORE, order_id="o2")) == ["order order o2: order id o1 → o2"]


def test_lines_of_one_id_are_told_apart_by_their_turn() -> None:
    before = Cart("o1", lines=(replace(MUG, id="", markers=()), replace(MUG, id="", name="Bag", markers=())))
    after = replace(before, lines=(before.lines[0], replace(before.lines[1], quantity=5)))
    assert told(before, after) == ["line Bag: in the cart 3 → 5"]


def test_equal_prices_are_equal_however_they_are_written() -> None:
    assert difference(BEFORE, replace(BEFORE, total=Decimal("8.00"))) == ()


def test_the_change_of_one_field() -> None:
    change = CartChange("line", "changed", "Mug", (ValueChange("quantity", 1, 2),))
    assert change.value("quantity") == ValueChange("quantity", 1, 2)
    assert change.value("amount") is None


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        (OrderMarker("p", 1, 4, 1, 0, 1, 0, 2), "1 automatic, 1 selected, 2 failed"),
        (OrderMarker("p", 1, 4, 0, 0, 0, 0, 0), "none yet"),
    ],
)
def test_how_it_was_used(marker: OrderMarker, words: str) -> None:
    (selection,) = selections(Cart("o1", order_markers=(marker,)))
    assert used_words(selection) == words
    assert (gift_words(selection), auto_remove_words(selection)) == ("not named", "")


def test_what_was_never_granted_was_not_used() -> None:
    (selection,) = selections(Cart("o1", infos=(GiftInfo("p", 1, 2, "sku", "s1"),)))
    assert (used_words(selection), gift_words(selection)) == ("not granted", "sku s1")


@pytest.mark.parametrize(
    ("auto_remove", "words"),
    [
        (True, "free pieces leave the cart by themselves when it no longer qualifies"),
        (False, "free pieces stay in the cart when it no longer qualifies"),
    ],
)
def test_what_becomes_of_free_pieces(auto_remove: bool, words: str) -> None:
    marker = OrderMarker("p", 1, 1, 1, 0, 0, 0, 0, auto_remove=auto_remove)
    (selection,) = selections(Cart("o1", order_markers=(marker,)))
    assert auto_remove_words(selection) == words


def test_an_assumed_rule_says_so() -> None:
    assert check_words(Check("available", False, False, "1 + 1 = 3")) == "1 + 1 = 3 (assumed rule)"
    assert check_words(Check("available", False, True, "1 + 1 = 3")) == "1 + 1 = 3"


def test_the_glossary_explains_every_use_and_its_letter() -> None:
    terms = [term for term, _ in GLOSSARY]
    assert all(f"{use.letter} {use.field}" in terms for use in USES)
    assert {"gift selection", "identifier", "granted", "open", "auto-remove", "assumed"} <= set(terms)
