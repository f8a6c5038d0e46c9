"""The list of held stock: what each line shows, which are shown, in which order and under which heading."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qtydash.domain.order_qty import HoldState, OrderQty
from qtydash.domain.order_qty_sums import CartHolds
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.marks import Marks
from qtydash.tui.models.order_qty import (
    STATE_TONE,
    Folding,
    HoldList,
    HoldsTable,
    HoldsView,
    holds_table,
    line_key,
    records_of,
)
from qtydash.tui.models.order_qty_filter import filter_of
from qtydash.tui.models.table import Order
from qtydash.tui.widgets.grid_model import Cell, lay_out

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
STALE_AFTER = timedelta(minutes=45)
CARTS = {"b": "cart-x", "h": "cart-x", "e": "cart-x", "g": ""}
PRODUCTS = {"b": "prod-2"}


def hold(id: str, minutes: float | None, quantity: str | None, **flags: bool) -> OrderQty:
    touched = None if minutes is None else NOW - timedelta(minutes=minutes)
    return OrderQty(
        id,
        "company",
        "shop",
        touched,
        None,
        flags.get("deleted", False),
        False,
        f"inv-{id}",
        "region",
        PRODUCTS.get(id, "prod-1"),
        CARTS.get(id, f"cart-{id}"),
        None if quantity is None else Decimal(quantity),
        None,
        flags.get("active", True),
        flags.get("submitted", False),
    )


HOLDS = (
    hold("a", 5, "1.50"),
    hold("b", 60, "2"),
    hold("c", None, "4"),
    hold("d", -30, "8"),
    hold("e", 90, "16", submitted=True),
    hold("f", 90, "32", active=False),
    hold("g", 90, "64", deleted=True),
    hold("h", 2_000, None),
)
LISTED = HoldList(Snapshot(HOLDS, NOW, "live"), {"prod-1": "Gummies", "prod-2": "Cold brew"})


def table(view: HoldsView | None = None, listed: HoldList = LISTED, **other: object) -> HoldsTable:
    given: dict[str, object] = {"stale_after": STALE_AFTER, "glyphs": UNICODE, **other}
    return holds_table(listed, view or HoldsView(), clock=lambda: NOW, **given)  # type: ignore[arg-type]


def moved(previous: Mapping[Hashable, object]) -> HoldList:
    return HoldList(Snapshot(HOLDS, NOW, "live", previous=previous), {})


def cells(model: HoldsTable, label: str) -> list[Cell]:
    at = [c.label for c in model.columns].index(label)
    return [model.cell(row, at) for row in range(model.row_count)]


def texts(model: HoldsTable, label: str) -> list[str]:
    return [cell.text for cell in cells(model, label)]


def lines(model: HoldsTable) -> str:
    """Each line by its record's id, a heading by its cart's name in brackets."""
    return "".join(f"[{line.cart_id}]" if isinstance(line, CartHolds) else line.id for line in model.records)


def at(label: str, *, several: bool = False) -> int:
    return [c.label for c in table(several=several).columns].index(label)


def test_what_each_column_shows_of_a_row() -> None:
    model = table(several=True)

    assert texts(model, "Quantity") == ["1.5", "2", "4", "8", "16", "32", "64", "-"]
    assert texts(model, "Age") == ["5m", "1h", "unknown", "-30m", "1h 30m", "1h 30m", "1h 30m", "1d 9h"]
    assert texts(model, "State") == [
        "fresh",
        "stale since 15m",
        "unknown age",
        "future",
        "submitted",
        "inactive",
        "deleted",
        "stale since 1d 8h",
    ]
    assert cells(model, "State")[1].tone == "bad"
    assert texts(model, "Why")[:2] == [
        "active, not submitted, stale in 40m",
        "active, not submitted, older than 45m",
    ]
    assert texts(model, "Product")[:2] == ["Gummies", "Cold brew"]
    assert cells(model, "Cart")[6] == Cell("(no cart)")
    assert texts(model, "Inventory")[0] == "inv-a"
    assert texts(model, "Region")[0] == "region"
    assert texts(model, "Id") == list("abcdefgh")


def test_the_product_is_told_where_there_are_several() -> None:
    labels = [column.label for column in table().columns]

    assert labels == ["", "Cart", "Quantity", "Age", "State", "Why", "Inventory", "Region", "Id"]
    assert "Product" in [column.label for column in table(several=True).columns]


def test_every_state_has_a_tone() -> None:
    assert set(STATE_TONE) == set(HoldState)


def test_age_and_state_go_on_while_the_list_stays() -> None:
    clock = [NOW]
    model = holds_table(
        LISTED, HoldsView(), clock=lambda: clock[0], stale_after=timedelta(minutes=45), glyphs=UNICODE
    )

    clock[0] = NOW + timedelta(minutes=41)

    assert texts(model, "Age")[0] == "46m"
    assert texts(model, "State")[0] == "stale since 1m"


def test_a_quantity_that_moved_carries_an_arrow() -> None:
    model = table(listed=moved({"a": Decimal(1), "b": Decimal("2.5"), "c": Decimal("4.00"), "h": Decimal(1)}))

    assert texts(model, "Quantity")[:3] == ["▴1.5", "▾2", "4"]
    assert texts(model, "Quantity")[7] == "-"


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("", "abcdefgh"),
        ("stale", "bh"),
        ("unknown", "c"),
        ("unknown future", "cd"),
        ("older:1h", "efgh"),
        ("stale older:1h", "h"),
        ("older:1x", "abcdefgh"),
        ("CART-A", "a"),
        ("inv-b", "b"),
        ("cold", "b"),
        ("cart-x stale", "bh"),
        ("cart-x inv-h", "h"),
        ("nowhere", ""),
    ],
)
def test_which_rows_are_shown(typed: str, rows: str) -> None:
    assert lines(table(HoldsView(filter_of(typed.split())))) == rows


@pytest.mark.parametrize(
    ("label", "up", "down"),
    [
        ("Cart", "gacdfbeh", "behfdcag"),
        ("Quantity", "habcdefg", "gfedcbah"),
        ("Age", "dabefghc", "chefgbad"),
        ("State", "gadfbhec", "cehbfdag"),
    ],
)
def test_the_order_of_a_column(label: str, up: str, down: str) -> None:
    assert lines(table(HoldsView(order=Order(at(label))))) == up
    assert lines(table(HoldsView(order=Order(at(label), True)))) == down


def test_an_order_by_state_is_that_of_the_threshold_and_of_the_time_it_was_made_anew() -> None:
    listed, clock = HoldList(Snapshot((HOLDS[0], HOLDS[5]), NOW, "live"), {}), [NOW]
    view = HoldsView(order=Order(at("State")))

    def rows(stale_after: timedelta) -> str:
        model = holds_table(listed, view, clock=lambda: clock[0], stale_after=stale_after, glyphs=UNICODE)
        return lines(model)

    assert rows(timedelta(minutes=45)) == "af"
    assert rows(timedelta(minutes=2)) == "fa"
    assert rows(timedelta(minutes=45)) == "af"
    clock[0] = NOW + timedelta(minutes=41)
    assert rows(timedelta(minutes=45)) == "af"
    listed.forget_ages()
    assert rows(timedelta(minutes=45)) == "fa"


def test_a_filtered_list_is_sorted_too() -> None:
    assert lines(table(HoldsView(filter_of(["stale"]), Order(at("Quantity"))))) == "hb"


def test_rows_by_cart_under_a_heading_that_adds_them_up() -> None:
    model = table(HoldsView(grouped=True), several=True)

    assert lines(model) == "[cart-a]a[cart-x]beh[cart-c]c[cart-d]d[cart-f]f[]g"
    assert texts(model, "Cart")[:4] == ["▾ cart-a", "  a", "▾ cart-x", "  b"]
    assert texts(model, "Cart")[-2] == "▾ (no cart)"
    heading = 2
    assert texts(model, "Quantity")[heading] == "18"
    assert texts(model, "Age")[heading] == "1d 9h"
    assert cells(model, "State")[heading] == Cell("3 rows, 2 stale", "bad")
    assert texts(model, "Why")[heading] == "2 stale, 1 submitted"
    assert texts(model, "Product")[heading] == "2 products"
    assert texts(model, "Region")[heading] == ""
    assert texts(model, "State")[0] == "1 row, fresh"


def test_a_heading_without_stale_rows_in_several_states_only_counts() -> None:
    mixed = tuple(replace(record, consumer_cart_id="one") for record in HOLDS[2:4])
    model = table(HoldsView(grouped=True), HoldList(Snapshot(mixed, NOW, "live"), {}))

    assert cells(model, "State")[0] == Cell("2 rows")


def test_a_folded_cart_shows_its_heading_only_and_its_rows_still_count_as_shown() -> None:
    one = Folding().turned("cart-x")
    model = table(HoldsView(grouped=True, folding=one))

    assert lines(model) == "[cart-a]a[cart-x][cart-c]c[cart-d]d[cart-f]f[]g"
    assert texts(model, "Cart")[2] == "▸ cart-x"
    assert "".join(record.id for record in model.shown) == "abehcdfg"
    assert one.turned("cart-x") == Folding()


def test_all_carts_folded_but_one() -> None:
    view = HoldsView(grouped=True, folding=Folding(True).turned("cart-x"))

    assert lines(table(view)) == "[cart-a][cart-x]beh[cart-c][cart-d][cart-f][]"
    assert texts(table(view, glyphs=ASCII), "Cart")[:2] == ["> cart-a", "v cart-x"]


def test_a_filter_leaves_carts_with_the_rows_it_takes() -> None:
    model = table(HoldsView(filter_of(["stale"]), grouped=True))

    assert lines(model) == "[cart-x]bh"
    assert texts(model, "State")[0] == "2 rows, stale"


@pytest.mark.parametrize(
    ("label", "grouped"),
    [
        ("Cart", "[]g[cart-a]a[cart-c]c[cart-d]d[cart-f]f[cart-x]beh"),
        ("Quantity", "[cart-a]a[cart-c]c[cart-d]d[cart-x]hbe[cart-f]f[]g"),
        ("Age", "[cart-d]d[cart-a]a[cart-f]f[]g[cart-x]beh[cart-c]c"),
        ("State", "[cart-x]bhe[cart-a]a[cart-c]c[cart-d]d[cart-f]f[]g"),
    ],
)
def test_carts_and_the_rows_in_each_are_sorted(label: str, grouped: str) -> None:
    assert lines(table(HoldsView(order=Order(at(label)), grouped=True))) == grouped


def test_carts_are_sorted_by_product() -> None:
    view = HoldsView(order=Order(at("Product", several=True)), grouped=True)

    assert lines(table(view, several=True)).startswith("[cart-x]beh[cart-a]a")


def test_lines_are_found_again_and_stand_for_their_records() -> None:
    model = table(HoldsView(grouped=True))

    assert all(model.find_row(model.row_key(row)) == row for row in range(model.row_count))
    assert line_key(HOLDS[0]) != line_key(CartHolds("a", HOLDS[:1]))
    assert [record.id for record in records_of(model.records[2])] == ["b", "e", "h"]


def test_marks_are_drawn_as_they_are_when_drawn() -> None:
    marks = [Marks(frozenset({"b"}))]
    model = table(
        HoldsView(grouped=True), sign=lambda line: marks[0].sign(record.id for record in records_of(line))
    )

    assert texts(model, "")[:6] == ["", "", "-", "*", "", ""]
    marks[0] = Marks(frozenset("beh"))
    assert texts(model, "")[:6] == ["", "", "*", "*", "*", "*"]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("width", [59, 79, 123])
def test_what_tells_rows_apart_fits_at_every_width(width: int, grouped: bool, several: bool) -> None:
    """Long ids give way, so that quantity, age and state are never pushed out."""
    long = HoldList(
        Snapshot(tuple(replace(r, consumer_cart_id=f"{r.id:024}") for r in HOLDS), NOW, "live"),
        {"prod-1": "A product with a very long name", "prod-2": "Cold brew"},
    )
    model = table(HoldsView(grouped=grouped), long, width=width, several=several)
    layout = lay_out(model.columns, model.fixed, width)
    shown = [*range(model.fixed), *layout.shown(0, width - layout.fixed_width)]

    labels = [model.columns[column].label for column in shown]
    assert labels[: 6 if several else 5] == [
        "", "Cart", *(["Product"] if several else []), "Quantity", "Age", "State",
    ]  # fmt: skip
    assert ("Why" in labels) == (width > 100)
