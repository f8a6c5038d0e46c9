"""The gift list: stock, flags, order and filter."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qtydash.domain.changes import Intent, Kind, State
from qtydash.domain.gifts import Gift, GiftStock, change_target, stock_intent
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import ASCII, UNICODE, Glyphs
from qtydash.tui.models.gifts import GiftList, GiftMarks, GiftsView, UnderWay, gifts_table, marks, with_stock
from qtydash.tui.models.table import Order, Table
from qtydash.tui.widgets.fit import fit
from qtydash.tui.widgets.grid_model import Cell, lay_out

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
    return gifts_table(GiftList(snapshot, Rules()), view or GiftsView(), glyphs)


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
    model = gifts_table(GiftList(snapshot, Rules()), GiftsView(), ASCII)

    width = next(c.width for c in model.columns if c.label == "Quantity")
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
        (GiftsView(order=Order(2)), "edbac"),
        (GiftsView(order=Order(2, True)), "cabde"),
        (GiftsView(order=Order(5)), "cdbae"),
        (GiftsView(order=Order(5, True)), "aebcd"),
    ],
)
def test_which_rows_are_shown_and_in_which_order(view: GiftsView, rows: str) -> None:
    assert ids(table(view)) == rows


def test_a_hidden_twin_still_makes_a_sku_a_duplicate() -> None:
    (flags,) = column(table(GiftsView(words=("draft",))), "Flags")
    assert "dup SKU" in flags.text


def test_a_shop_without_gifts() -> None:
    model = gifts_table(GiftList(Snapshot((), NOW, "live"), Rules()), GiftsView(order=Order(1)), UNICODE)
    assert (model.row_count, model.find_row("a")) == (0, None)


def edit(gift: Gift, kind: Kind, amount: int) -> Intent:
    return stock_intent(gift, kind, amount, gift.label(), now=NOW, seen_at=NOW)


def under_way(*staged: Intent, **unsettled: State) -> UnderWay:
    targets = {change_target(id): state for id, state in unsettled.items()}
    return UnderWay({intent.target: intent for intent in staged}, targets)


def editable(
    told: UnderWay, *, width: int = 120, glyphs: Glyphs = UNICODE, gifts: tuple[Gift, ...] = GIFTS, **view: Any
) -> Table[Gift]:
    snapshot = Snapshot(gifts, NOW, "live")
    return gifts_table(
        GiftList(snapshot, Rules()),
        GiftsView(**view),
        glyphs,
        under_way=told,
        sign=lambda gift: "",
        width=width,
    )


def test_a_staged_row_tells_the_edit_and_both_quantities() -> None:
    told = under_way(edit(GIFTS[0], Kind.GIFT_ADJUST, -3), edit(GIFTS[1], Kind.GIFT_SET, 10))

    assert column(editable(told), "Staged")[:3] == [Cell("-3", "note"), Cell("=10", "note"), Cell("", "note")]
    assert column(editable(told), "After")[:3] == [Cell("21 ➔ 18", "note"), Cell("4 ➔ 10", "note"), Cell("")]
    assert column(editable(told, glyphs=ASCII), "After")[0].text == "21 -> 18"


def test_a_result_below_zero_stands_out() -> None:
    told = under_way(edit(GIFTS[1], Kind.GIFT_ADJUST, -5))
    assert column(editable(told), "After")[1] == Cell("4 ➔ -1", "bad")


def test_an_adjustment_goes_on_top_of_what_is_there_now() -> None:
    staged = replace(edit(GIFTS[0], Kind.GIFT_ADJUST, -3), seen={"quantity": 25})
    model = editable(under_way(staged))

    assert column(model, "After")[0].text == "21 ➔ 18"
    assert column(model, "Flags")[0] == Cell("drifted", "low")


def test_a_gift_that_became_unlimited_shows_that_its_edit_will_be_refused() -> None:
    told = under_way(edit(GIFTS[2], Kind.GIFT_ADJUST, 1))
    assert column(editable(told), "After")[2] == Cell("refused", "bad")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.PLANNED, "to be sent"),
        (State.SENT, "sending"),
        (State.UNKNOWN, "in doubt"),
        (State.UNDECIDED, "in doubt"),
    ],
)
def test_a_change_without_an_outcome_is_told_before_anything_else(state: State, word: str) -> None:
    flags = column(editable(under_way(b=state)), "Flags")[1].text
    assert flags == f"{word}, low, dup SKU, draft"


def test_only_doubt_counts_as_doubt() -> None:
    told = under_way(a=State.UNKNOWN, b=State.UNDECIDED, d=State.SENT, e=State.PLANNED)
    assert told.in_doubt == {"gift:a", "gift:b"}


HUGE = tuple(
    Gift(f"{n:024x}", "SKU-SKU-SKU-SKU-SKU", (("en", "T" * 60),), "active", n, False, NOW)
    for n in (9_999_999, -9_999_999)
)


@pytest.mark.parametrize("width", [58, 60, 80, 120, 160])
@pytest.mark.parametrize("gifts", [GIFTS, HUGE])
def test_quantity_edit_and_result_are_whole_at_every_width(gifts: tuple[Gift, ...], width: int) -> None:
    kinds = (Kind.GIFT_SET, -gifts[0].quantity), (Kind.GIFT_ADJUST, 9_999_998)
    told = under_way(*(edit(gift, *kind) for gift, kind in zip(gifts, kinds, strict=False)))
    model = editable(told, width=width, gifts=gifts)
    shown = lay_out(model.columns, model.fixed, width - 1)

    labels = [model.columns[at].label for at in shown.shown(0, width - 1 - shown.fixed_width)]
    assert labels[:4] == ["Title", "Quantity", "Staged", "After"]
    for label in ("Quantity", "Staged", "After"):
        wide = next(c.width for c in model.columns if c.label == label)
        assert max(len(cell.text) for cell in column(model, label)) <= wide


def test_where_nothing_can_ever_be_changed_there_are_no_columns_for_it() -> None:
    assert [c.label for c in table().columns] == ["SKU", "Title", "Quantity", "Flags", "Status", "Updated (UTC)"]


@pytest.mark.parametrize(("order", "rows"), [(Order(4), "bacde"), (Order(5), "abcde")])
def test_staged_rows_come_first_when_sorted_by_their_edit(order: Order, rows: str) -> None:
    told = under_way(edit(GIFTS[0], Kind.GIFT_SET, 1), edit(GIFTS[1], Kind.GIFT_ADJUST, -1))
    assert ids(editable(told, order=order)) == rows


def test_an_order_by_the_edit_follows_what_is_staged() -> None:
    listed, view = GiftList(Snapshot(GIFTS, NOW, "live"), Rules()), GiftsView(order=Order(4))

    def rows(staged: UnderWay) -> str:
        return ids(gifts_table(listed, view, UNICODE, under_way=staged, sign=lambda _: ""))

    assert rows(under_way(edit(GIFTS[1], Kind.GIFT_ADJUST, 3))) == "bacde"
    assert rows(under_way(edit(GIFTS[4], Kind.GIFT_ADJUST, 3))) == "eabcd"
    assert rows(under_way()) == "abcde"


def test_the_filter_finds_what_is_staged() -> None:
    told = under_way(edit(GIFTS[1], Kind.GIFT_ADJUST, 1))
    assert ids(editable(told, words=("staged",))) == "b"


def test_what_the_vendor_answered_is_shown_with_what_was_there_before() -> None:
    later = NOW + timedelta(minutes=1)
    before = Snapshot(GIFTS, NOW, "live", previous={"b": 7})
    after = with_stock(before, {"a": GiftStock("a", "BAG", 18, later), "e": GiftStock("e", "PEN", 0, None)})

    assert [gift.quantity for gift in after.data] == [18, 4, 0, 0, 0]
    assert (after.data[0].updated_at, after.data[4].updated_at) == (later, NOW)
    assert after.previous == {"a": 21, "b": 7, "e": -2}
    assert after.fetched_at == NOW


@pytest.mark.parametrize(
    ("gift", "label"),
    [
        (GIFTS[0], "帆布袋 (BAG)"),
        (GIFTS[3], "d"),
        (Gift("x", "SKU-1", (), "active", 1, False, None), "SKU-1"),
        (Gift("x", "", (("en", "Mug"),), "active", 1, False, None), "Mug"),
    ],
)
def test_a_gift_is_called_so_that_it_can_be_told_from_others(gift: Gift, label: str) -> None:
    assert gift.label(Rules().languages) == label
