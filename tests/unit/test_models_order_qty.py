"""The list of held stock: amounts, ages, states and what they add up to."""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qtydash.domain.order_qty import HoldState, OrderQty
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models.order_qty import (
    STATE_TONE,
    STATE_WORDS,
    HoldsView,
    HoldTotals,
    age_words,
    amount,
    holds_table,
    totals,
)
from qtydash.tui.models.table import Order, Table
from qtydash.tui.widgets.grid_model import Cell

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
STALE_AFTER = timedelta(minutes=45)


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
        "prod-1",
        f"cart-{id}" if id != "g" else "",
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


def table(view: HoldsView | None = None, previous: Mapping[Hashable, object] | None = None) -> Table[OrderQty]:
    snapshot = Snapshot(HOLDS, NOW, "live", previous=previous or {})
    return holds_table(snapshot, view or HoldsView(), clock=lambda: NOW, stale_after=STALE_AFTER, glyphs=UNICODE)


def column(model: Table[OrderQty], label: str) -> list[Cell]:
    at = [c.label for c in model.columns].index(label)
    return [model.cell(row, at) for row in range(model.row_count)]


def ids(model: Table[OrderQty]) -> str:
    return "".join(record.id for record in model.records)


@pytest.mark.parametrize(
    ("quantity", "words"),
    [("3.500", "3.5"), ("1E+2", "100"), ("100", "100"), ("0.000", "0"), ("-2.50", "-2.5"), ("1E-7", "0.0000001")],
)
def test_an_amount_as_people_write_it(quantity: str, words: str) -> None:
    assert amount(Decimal(quantity)) == words


def test_an_unknown_amount_is_not_none_held() -> None:
    assert amount(None) == "-"


def test_what_each_column_shows() -> None:
    model = table()

    assert [c.text for c in column(model, "Quantity")] == ["1.5", "2", "4", "8", "16", "32", "64", "-"]
    assert [c.text for c in column(model, "Age")] == [
        "5m 0s",
        "1h 0m",
        "unknown",
        "in 30m 0s",
        "1h 30m",
        "1h 30m",
        "1h 30m",
        "1d 9h",
    ]
    assert [c.text for c in column(model, "State")] == [
        "fresh",
        "stale",
        "unknown age",
        "unknown age",
        "submitted",
        "inactive",
        "deleted",
        "stale",
    ]
    assert column(model, "Cart")[6] == Cell("-")


def test_every_state_has_a_word_that_fits_and_a_tone() -> None:
    width = next(c.width for c in table().columns if c.label == "State")
    assert set(STATE_WORDS) == set(STATE_TONE) == set(HoldState)
    assert all(len(words) <= width for words in STATE_WORDS.values())


@pytest.mark.parametrize(("minutes", "words"), [(0, "0s"), (-0.5, "in 30s"), (60 * 24 * 400, "400d 0h")])
def test_ages_in_words(minutes: float, words: str) -> None:
    assert age_words(hold("a", minutes, "1"), NOW) == words


def test_the_totals_count_what_still_holds_stock() -> None:
    assert totals(HOLDS, NOW, STALE_AFTER) == HoldTotals(
        rows=8, active=Decimal("15.50"), stale_rows=2, stale=Decimal(2), submitted=Decimal(16)
    )
    assert totals((), NOW, STALE_AFTER) == HoldTotals(0, Decimal(0), 0, Decimal(0), Decimal(0))


def test_another_threshold_makes_other_totals() -> None:
    assert totals(HOLDS, NOW, timedelta(minutes=1)).stale_rows == 3


def test_a_quantity_that_moved_carries_an_arrow() -> None:
    moved = table(previous={"a": Decimal(1), "b": Decimal("2.5"), "c": Decimal("4.00"), "h": Decimal(1)})
    assert [c.text for c in column(moved, "Quantity")][:3] == ["▴1.5", "▾2", "4"]
    assert column(moved, "Quantity")[7].text == "-"


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        (HoldsView(stale_only=True), "bh"),
        (HoldsView(words=("unknown", "age")), "cd"),
        (HoldsView(words=("CART-A",)), "a"),
        (HoldsView(words=("inv-b",)), "b"),
        (HoldsView(order=Order(1)), "habcdefg"),
        (HoldsView(order=Order(1, True)), "gfedcbah"),
        (HoldsView(order=Order(2)), "dabefghc"),
        (HoldsView(order=Order(2, True)), "chefgbad"),
        (HoldsView(order=Order(3)), "gafbhecd"),
        (HoldsView(stale_only=True, order=Order(1)), "hb"),
    ],
)
def test_which_rows_are_shown_and_in_which_order(view: HoldsView, rows: str) -> None:
    assert ids(table(view)) == rows
