"""The two lists of a cart as they stand on the screen."""

from dataclasses import replace
from decimal import Decimal

import pytest

from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.carts import CartView, lines_table, money, number, selections_table
from qtydash.tui.models.table import Order, Table
from qtydash.tui.widgets.grid_model import Cell

CART = Cart(
    "o1",
    "USD",
    Decimal("634.50"),
    "siteUS",
    (
        CartLine("ci-1", "cam", "cam_1", "Camera", 1, Decimal(597), Decimal(597)),
        CartLine("ci-2", "film", "film_1", "", 1, None, Decimal(0), (ItemMarker("promo1", 7, 1, 0, 0, 0),)),
        CartLine(
            "ci-3",
            "mug",
            "",
            "Mug",
            3,
            Decimal("12.50"),
            Decimal("37.50"),
            (ItemMarker("promo2", 9, 0, 0, 1, 2), ItemMarker("promo1", 7, 0, 0, 0, 3)),
        ),
        CartLine("ci-4", "pen", "pen_1", "Pen", 2, markers=(ItemMarker("promo2", 9, 0, 0, 0, 2),)),
    ),
    (OrderMarker("promo1", 7, 1, 1, 0, 0, 0, 0, "product", "film"), OrderMarker("promo2", 9, 4, 0, 0, 1, 0, 0)),
    (GiftInfo("promo1", 7, 0), GiftInfo("promo2", 9, 9), GiftInfo("promo3", 9, 2)),
    (("promo1", "Buy a camera"),),
)


def selections_shown(view: CartView | None = None) -> list[str]:
    model = selections_table(CART, view or CartView(), UNICODE)
    return [model.cell(row, 0).text for row in range(model.row_count)]


def lines_shown(view: CartView | None = None) -> str:
    model = lines_table(CART, view or CartView(), UNICODE)
    return "".join(line.id[-1] for line in model.records)


def row_of(model: Table[object], row: int) -> list[str]:
    return [model.cell(row, column).text for column in range(len(model.columns))]


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        ("479.0", "USD", "479 USD"),
        ("37.5", "USD", "37.50 USD"),
        ("19.99", "USD", "19.99 USD"),
        ("0", "USD", "0 USD"),
        ("0.00", "", "0"),
        ("1E+3", "KRW", "1000 KRW"),
        ("1.2345", "USD", "1.2345 USD"),
        ("-5.5", "USD", "-5.50 USD"),
    ],
)
def test_money(value: str, currency: str, words: str) -> None:
    assert money(Decimal(value), currency) == words


def test_what_is_not_told_is_a_dash() -> None:
    assert (money(None, "USD"), number(None), number(0)) == ("-", "-", "0")


def test_the_selections_with_their_numbers() -> None:
    model = selections_table(CART, CartView(), UNICODE)

    assert [c.label for c in model.columns] == [
        "Promotion",
        "Check",
        "Open",
        "Granted",
        "Auto",
        "Target",
        "Chosen",
        "Declined",
        "Failed",
        "Gift",
    ]
    assert [row_of(model, row) for row in range(3)] == [  # type: ignore[arg-type]
        ["Buy a camera", "✓ fits", "0", "1", "1", "0", "0", "0", "0", "film"],
        ["promo2", "! 1 finding", "9", "4", "0", "0", "1", "0", "0", "-"],
        ["promo3", "! 1 finding", "2", "-", "-", "-", "-", "-", "-", "-"],
    ]


def test_a_verdict_is_told_by_word_and_tone() -> None:
    model = selections_table(CART, CartView(), ASCII)
    assert [model.cell(row, 1) for row in (0, 1)] == [Cell("ok fits", "good"), Cell("! 1 finding", "bad")]


def test_several_findings_are_counted() -> None:
    odd = replace(CART, infos=(GiftInfo("promo1", 7, -1),), order_markers=CART.order_markers[:1])
    model = selections_table(odd, CartView(words=("promo1",)), UNICODE)
    assert model.cell(0, 1).text == "! 2 findings"


def test_selections_are_told_apart_by_promotion_and_identifier() -> None:
    model = selections_table(CART, CartView(), UNICODE)
    assert [model.row_key(row) for row in range(3)] == [("promo1", 7), ("promo2", 9), ("promo3", 9)]
    assert model.find_row(("promo3", 9)) == 2


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (CartView(order=Order(0)), ["Buy a camera", "promo2", "promo3"]),
        (CartView(order=Order(1)), ["promo2", "promo3", "Buy a camera"]),
        (CartView(order=Order(2, True)), ["promo2", "promo3", "Buy a camera"]),
        (CartView(order=Order(3)), ["promo3", "Buy a camera", "promo2"]),
        (CartView(words=("camera",)), ["Buy a camera"]),
        (CartView(words=("promo1",)), ["Buy a camera"]),
        (CartView(words=("9",)), ["promo2", "promo3"]),
    ],
)
def test_which_selections_are_shown_and_in_which_order(view: CartView, shown: list[str]) -> None:
    assert selections_shown(view) == shown


def test_the_lines_with_what_is_free() -> None:
    model = lines_table(CART, CartView(), UNICODE)

    assert [row_of(model, row) for row in range(4)] == [  # type: ignore[arg-type]
        ["Camera", "1", "-", "597 USD", "-", "cam_1"],
        ["film", "1", "1", "0 USD", "Buy a camera", "film_1"],
        ["Mug", "3", "1", "37.50 USD", "promo2, Buy a camera", "-"],
        ["Pen", "2", "0", "-", "promo2", "pen_1"],
    ]
    assert [model.cell(row, 2).tone for row in range(4)] == ["dim", "good", "good", "dim"]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (CartView(order=Order(1, True)), "3412"),
        (CartView(order=Order(2)), "1423"),
        (CartView(order=Order(3)), "2431"),
        (CartView(order=Order(5)), "3124"),
        (CartView(words=("camera",)), "123"),
        (CartView(words=("camera", "film")), "2"),
        (CartView(words=("ci-4",)), "4"),
    ],
)
def test_which_lines_are_shown_and_in_which_order(view: CartView, shown: str) -> None:
    assert lines_shown(view) == shown


def test_an_empty_cart_has_empty_lists() -> None:
    assert selections_table(Cart(""), CartView(order=Order(1)), UNICODE).row_count == 0
    assert lines_table(Cart(""), CartView(), UNICODE).row_count == 0
