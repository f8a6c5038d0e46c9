"""Lists as grid models: order, filter, identity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.table import Arranged, Order, Table, TableColumn, arranged, holding, next_order, widest
from qtydash.tui.widgets.grid_model import Cell, Column


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    name: str
    count: int | None


ROWS = (Row("a", "Mug", 3), Row("b", "bag", None), Row("c", "Pen", 1), Row("d", "mug", 3))
COLUMNS: tuple[TableColumn[Row], ...] = (
    TableColumn("Name", 12, lambda r: Cell(r.name), lambda r: r.name.casefold(), flexible=True),
    TableColumn(
        "Count", 2, lambda r: Cell(str(r.count)), lambda r: (r.count is None, r.count or 0), align="right"
    ),
    TableColumn("Id", 4, lambda r: Cell(r.id, "dim")),
)


def ids(rows: Sequence[Row]) -> str:
    return "".join(row.id for row in rows)


def shown(order: Order = Order(), words: Sequence[str] = ()) -> str:  # noqa: B008 - frozen
    return ids(arranged(ROWS, COLUMNS, order, words, lambda r: f"{r.name} {r.id}"))


def table(order: Order = Order()) -> Table[Row]:  # noqa: B008 - frozen
    return Table(COLUMNS, ROWS, lambda r: r.id, fixed=1, order=order)


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        (Order(), "abcd"),
        (Order(0), "badc"),
        (Order(0, True), "cadb"),
        (Order(1), "cadb"),
        (Order(1, True), "badc"),
        (Order(2), "abcd"),
        (Order(9), "abcd"),
        (Order(-1, True), "abcd"),
    ],
)
def test_rows_in_order_with_equals_as_they_came(order: Order, rows: str) -> None:
    assert shown(order) == rows


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ((), "abcd"),
        (("mug",), "ad"),
        (("MUG",), "ad"),
        (("mug", "d"), "d"),
        (("u", "g"), "ad"),
        (("mug d",), "d"),
        (("x",), ""),
    ],
)
def test_rows_that_hold_every_word(words: tuple[str, ...], rows: str) -> None:
    assert shown(words=words) == rows


def test_filter_and_order_together() -> None:
    assert shown(Order(1, True), ("g",)) == "bad"


def test_the_vendors_own_order_copies_nothing() -> None:
    assert arranged(ROWS, COLUMNS, Order(), (), lambda r: r.name) is ROWS


def test_the_cycle_goes_through_each_column_up_and_down_and_back_to_the_start() -> None:
    order, cycle = Order(), []
    for _ in range(7):
        order = next_order(order, (0, 2, 3))
        cycle.append((order.column, order.descending))

    assert cycle == [(0, False), (0, True), (2, False), (2, True), (3, False), (3, True), (-1, False)]


def test_the_cycle_without_a_column_to_sort_by_stays() -> None:
    assert next_order(Order(), ()) == Order()


def test_columns_have_room_for_their_label_and_its_arrow() -> None:
    assert table().columns == (
        Column("Name", 12, "left", True),
        Column("Count", 6, "right"),
        Column("Id", 4, "left"),
    )


def test_the_column_it_is_sorted_by_carries_an_arrow() -> None:
    up, down = table(Order(1)), table(Order(1, True))
    plain = replace(down, glyphs=ASCII)

    assert [up.header(0, column).text for column in range(3)] == ["Name", f"Count{UNICODE.up}", "Id"]
    assert (down.header(0, 1).text, plain.header(0, 1).text) == (f"Count{UNICODE.down}", "Countv")
    assert table().header(0, 1) == Cell("Count")


def test_rows_and_columns_are_found_by_their_keys() -> None:
    model = table()

    assert model.row_count == 4
    assert [model.find_row(model.row_key(row)) for row in range(4)] == [0, 1, 2, 3]
    assert [model.find_column(model.column_key(column)) for column in range(3)] == [0, 1, 2]
    assert (model.find_row("z"), model.find_row(None)) == (None, None)
    assert (model.find_column(3), model.find_column("Name")) == (None, None)


def test_a_row_keeps_its_key_when_the_order_changes() -> None:
    turned = replace(table(), records=ROWS[::-1])
    assert turned.find_row("a") == 3
    assert turned.cell(3, 0) == table().cell(0, 0) == Cell("Mug")


@pytest.mark.parametrize(
    ("texts", "width"),
    [
        ((), 4),
        (("a",), 4),
        (("a", "abcdef"), 6),
        (("帆布袋",), 6),
        (("abcdefghijk",), 8),
        (["a"] * 500 + ["abcde"], 4),
    ],
)
def test_a_column_as_wide_as_its_texts_within_bounds(texts: Sequence[str], width: int) -> None:
    assert widest(texts, 4, 8) == width


def test_each_letter_of_a_filter_passes_rows_that_are_sorted_already() -> None:
    asked: list[str] = []

    def name(row: Row) -> str:
        asked.append(row.id)
        return row.name.casefold()

    columns = (replace(COLUMNS[0], sort=name), *COLUMNS[1:])
    rows, texts = Arranged(ROWS), [row.name.casefold() for row in ROWS]

    def chosen(words: Sequence[str], by: object = None) -> str:
        passes = holding(texts, words) if words else None
        return ids(rows.chosen(columns, Order(0, descending=True), passes, by))

    assert [chosen(words) for words in ((), ("m",), ("mu",), ("g", "mu"), ("~",))] == [
        "cadb",
        "ad",
        "ad",
        "ad",
        "",
    ]
    assert len(asked) == len(ROWS)

    chosen(["m"], by="what is staged")
    assert len(asked) == 2 * len(ROWS)

    rows.time_passed()
    chosen(["m"], by="what is staged")
    assert len(asked) == 2 * len(ROWS)


def test_an_order_by_what_time_changes_is_kept_until_time_has_passed() -> None:
    ages = dict(zip("abcd", (4, 3, 2, 1), strict=True))
    columns = (replace(COLUMNS[0], sort=lambda row: ages[row.id], timed=True),)
    rows = Arranged(ROWS)
    assert ids(rows.chosen(columns, Order(0), None)) == "dcba"
    ages["a"] = 0
    assert ids(rows.chosen(columns, Order(0), None)) == "dcba"
    rows.time_passed()
    assert ids(rows.chosen(columns, Order(0), None)) == "adcb"
