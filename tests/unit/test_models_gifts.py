"""The gift list: stock, flags, order and filter."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from qtydash.domain.gifts import Gift
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import ASCII, UNICODE, Glyphs
from qtydash.tui.models.gifts import GiftMarks, GiftsView, gifts_table, marks
from qtydash.tui.models.table import Order, Table
from qtydash.tui.widgets.fit import fit
from qtydash.tui.widgets.grid_model import Cell

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
GIFTS = (
    Gift("a", "BAG", (("en", "Canvas bag"), ("zh-hant", "帆布袋")), "active", 21, False, NOW),
    Gift("b", "CUP", (("zh-hant", "馬克杯"),), "draft", 4, False, NOW - timedelta(days=1)),
    Gift("c", "CUP", (("en", "cup"),), "active", 0, True, None),
    Gift("d", "", (), "active", 0, False, None),
    Gift("e", "PEN", (("en", "Pen"),), "active", -2, False, NOW),
)


@dataclass(frozen=True)
class Rules:
    low: int = 5
    languages: tuple[str, ...] = ("zh-hant", "en")


Before = Mapping[Hashable, object]


def table(view: GiftsView | None = None, glyphs: Glyphs = UNICODE, previous: Before | None = None) -> Table[Gift]:
    snapshot = Snapshot(GIFTS, NOW, "live", previous=previous or {})
    return gifts_table(snapshot, view or GiftsView(), Rules(), glyphs)


def ids(model: Table[Gift]) -> str:
    return "".join(gift.id for gift in model.records)


def column(model: Table[Gift], label: str) -> list[Cell]:
    at = [c.label for c in model.columns].index(label)
    return [model.cell(row, at) for row in range(model.row_count)]


def test_what_each_column_shows() -> None:
    model = table()

    assert [cell.text for cell in column(model, "SKU")] == ["BAG", "CUP", "CUP", "-", "PEN"]
    assert [cell.text for cell in column(model, "Title")] == ["帆布袋", "馬克杯", "cup", "", "Pen"]
    assert [cell.text for cell in column(model, "Updated (UTC)")] == [
        "2026-03-06 12:00",
        "2026-03-05 12:00",
        "-",
        "-",
        "2026-03-06 12:00",
    ]


def test_quantities_are_told_by_number_and_tone() -> None:
    assert column(table(), "Quantity") == [
        Cell("21"),
        Cell("4", "low"),
        Cell("∞", "good"),
        Cell("0", "bad"),
        Cell("-2", "worst"),
    ]


def test_flags_say_what_is_worth_a_word() -> None:
    assert [cell.text for cell in column(table(), "Flags")] == [
        "",
        "low, dup SKU, draft",
        "unlimited, dup SKU",
        "low",
        "below zero",
    ]


def test_marks_of_one_gift() -> None:
    told = marks(GIFTS[1], 3, frozenset({"CUP"}))
    assert told == GiftMarks(low=False, below_zero=False, duplicate=True, draft=True, unlimited=False)


def test_a_quantity_that_moved_carries_an_arrow() -> None:
    moved = table(previous={"a": 20, "b": 9, "c": 7, "d": 0, "e": -3})
    plain = table(glyphs=ASCII, previous={"a": 22})

    assert [cell.text for cell in column(moved, "Quantity")] == ["▴21", "▾4", "∞", "0", "▴-2"]
    assert column(plain, "Quantity")[0].text == "v21"


def test_the_largest_quantities_fit_their_column() -> None:
    gifts = tuple(Gift(str(n), "S", (), "active", n, False, None) for n in (9_999_999, -9_999_999))
    snapshot = Snapshot(gifts, NOW, "live", previous={gift.id: 0 for gift in gifts})
    model = gifts_table(snapshot, GiftsView(), Rules(), ASCII)

    width = model.columns[1].width
    assert [fit(cell.text, width, "right").strip() for cell in column(model, "Quantity")] == [
        "^9999999",
        "v-9999999",
    ]
    assert len(column(table(glyphs=ASCII), "Quantity")[2].text) <= width


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        (GiftsView(low_only=True), "bde"),
        (GiftsView(words=("cup",)), "bc"),
        (GiftsView(words=("帆布",)), "a"),
        (GiftsView(words=("canvas",)), "a"),
        (GiftsView(words=("draft",)), "b"),
        (GiftsView(words=("dup", "unlimited")), "c"),
        (GiftsView(low_only=True, words=("cup",)), "b"),
        (GiftsView(words=("nothing",)), ""),
        (GiftsView(order=Order(0)), "dabce"),
        (GiftsView(order=Order(1)), "edbac"),
        (GiftsView(order=Order(1, True)), "cabde"),
        (GiftsView(order=Order(4)), "cdbae"),
        (GiftsView(order=Order(4, True)), "aebcd"),
    ],
)
def test_which_rows_are_shown_and_in_which_order(view: GiftsView, rows: str) -> None:
    assert ids(table(view)) == rows


def test_a_hidden_twin_still_makes_a_sku_a_duplicate() -> None:
    (flags,) = column(table(GiftsView(words=("draft",))), "Flags")
    assert "dup SKU" in flags.text


def test_a_shop_without_gifts() -> None:
    model = gifts_table(Snapshot((), NOW, "live"), GiftsView(order=Order(1)), Rules(), UNICODE)
    assert (model.row_count, model.find_row("a")) == (0, None)
