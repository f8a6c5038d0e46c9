"""The two lists of a cart as they stand on the screen."""

from dataclasses import replace
from decimal import Decimal

import pytest
from rich.cells import cell_len

from qtydash.domain.cart_difference import difference
from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.carts import CartView, lines_table, number, selections_table
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


def test_what_is_not_told_is_a_dash() -> None:
    assert (number(None), number(0)) == ("-", "0")


def test_the_selections_with_their_numbers() -> None:
    model = selections_table(CART, CartView(), UNICODE)

    assert [c.label for c in model.columns] == ["Promotion", "Check", "Granted", "Open", "Used", "Gift"]
    assert [row_of(model, row) for row in range(3)] == [  # type: ignore[arg-type]
        ["Buy a camera", "✓ fits", " 1 A", "0", "1 automatic", "product film"],
        ["promo2", "! 1 finding", " 4 S▱▱▱▱▱▱▱", "9", "1 selected", "not named"],
        ["promo3", "! 1 finding", " - ▱▱", "2", "not granted", "not named"],
    ]


ALIKE = replace(
    CART,
    lines=(),
    infos=(),
    order_markers=(
        OrderMarker("promo1", 7, 1, 0, 0, 0, 0, 0, "product", "film"),
        OrderMarker("promo1", 8, 1, 0, 0, 0, 0, 0, "product", "strap"),
        OrderMarker("promo1", 9, 1, 0, 0, 0, 0, 0),
        OrderMarker("promo2", 9, 1, 0, 0, 0, 0, 0, "product", "mug"),
    ),
)


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (79, ["film: Buy a camera", "strap: Buy a camera", "Buy a camera", "promo2"]),
        (119, ["Buy a camera", "Buy a camera", "Buy a camera", "promo2"]),
    ],
    ids=["gift not shown", "gift shown"],
)
def test_the_selections_of_one_promotion_do_not_look_alike(width: int, names: list[str]) -> None:
    model = selections_table(ALIKE, CartView(width=width), UNICODE)
    assert [model.cell(row, 0).text for row in range(4)] == names


@pytest.mark.parametrize("granted", [8, 99, 100, 12_345])
def test_the_bar_is_never_cut(granted: int) -> None:
    many = replace(CART, order_markers=(OrderMarker("promo1", 7, granted, 1, 0, 0, 0, 0),))
    model = selections_table(many, CartView(), UNICODE)
    assert cell_len(model.cell(0, 2).text) <= model.columns[2].width


def test_a_verdict_is_told_by_word_and_tone() -> None:
    model = selections_table(CART, CartView(), ASCII)
    assert [model.cell(row, 1) for row in (0, 1)] == [Cell("ok fits", "good"), Cell("! 1 finding", "bad")]


def test_what_only_an_assumed_rule_doubts_is_told_apart() -> None:
    odd = replace(CART, lines=(), infos=CART.infos[:2], order_markers=CART.order_markers[:1])
    model = selections_table(odd, CartView(), UNICODE)
    assert [model.cell(row, 1) for row in (0, 1)] == [Cell("? 1 assumed", "low"), Cell("! 1 finding", "bad")]


def test_several_findings_are_counted() -> None:
    odd = replace(CART, infos=(GiftInfo("promo1", 7, -1),), order_markers=CART.order_markers[:1])
    model = selections_table(odd, CartView(words=("promo1",)), UNICODE)
    assert model.cell(0, 1).text == "! 2 findings"


@pytest.mark.parametrize(("width", "columns"), [(20, 1), (50, 4), (57, 4), (79, 5), (200, 6)])
def test_columns_that_do_not_fit_are_left_out(width: int, columns: int) -> None:
    assert len(selections_table(CART, CartView(width=width), UNICODE).columns) == columns


def test_what_moved_since_the_read_before_is_marked() -> None:
    before = replace(
        CART,
        infos=(GiftInfo("promo1", 7, 2), GiftInfo("promo2", 9, 8), CART.infos[2]),
        lines=(replace(CART.lines[0], quantity=3), *CART.lines[1:]),
    )
    view = CartView(changes=difference(before, CART))
    opened = selections_table(CART, view, UNICODE)
    lines = lines_table(CART, view, UNICODE)
    assert [opened.cell(row, 3).text for row in range(3)] == ["▾0", "▴9", "2"]
    assert [lines.cell(row, 1).text for row in range(2)] == ["▾1", "1"]


def test_selections_are_told_apart_by_promotion_and_identifier() -> None:
    model = selections_table(CART, CartView(), UNICODE)
    assert [model.row_key(row) for row in range(3)] == [("promo1", 7), ("promo2", 9), ("promo3", 9)]
    assert model.find_row(("promo3", 9)) == 2


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (CartView(order=Order(0)), ["Buy a camera", "promo2", "promo3"]),
        (CartView(order=Order(1)), ["promo2", "promo3", "Buy a camera"]),
        (CartView(order=Order(2, True)), ["promo2", "Buy a camera", "promo3"]),
        (CartView(order=Order(3)), ["Buy a camera", "promo3", "promo2"]),
        (CartView(order=Order(9)), ["Buy a camera", "promo2", "promo3"]),
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
        ["Camera", "1", "-", "597 USD", "-", "597 USD", "cam_1"],
        ["film", "1", "1", "0 USD", "Buy a camera", "-", "film_1"],
        ["Mug", "3", "1", "37.50 USD", "promo2, Buy a camera", "12.50 USD", "-"],
        ["Pen", "2", "0", "-", "promo2", "-", "pen_1"],
    ]
    assert [model.cell(row, 2).tone for row in range(4)] == ["dim", "good", "good", "dim"]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (CartView(order=Order(1, True)), "3412"),
        (CartView(order=Order(2)), "1423"),
        (CartView(order=Order(3)), "2431"),
        (CartView(order=Order(5)), "2431"),
        (CartView(order=Order(6)), "3124"),
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
