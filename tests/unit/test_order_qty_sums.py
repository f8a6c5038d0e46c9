"""What held stock adds up to: by state, by cart, exactly; and which rows a filter takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qtydash.domain.order_qty import DEFAULT_STALE_AFTER, HoldState, OrderQty
from qtydash.domain.order_qty_filter import HoldFilter, all_stale
from qtydash.domain.order_qty_sums import Tally, by_cart, freed, tally, totals

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


def hold(id: str, minutes: float | None, quantity: str | None, cart: str = "", **flags: bool) -> OrderQty:
    touched = None if minutes is None else NOW - timedelta(minutes=minutes)
    return OrderQty(
        id,
        "company",
        "shop",
        touched,
        None,
        flags.get("deleted", False),
        False,
        "inv",
        "region",
        "prod-1",
        cart or f"cart-{id}",
        None if quantity is None else Decimal(quantity),
        None,
        flags.get("active", True),
        flags.get("submitted", False),
    )


HOLDS = (
    hold("a", 5, "1.50"),
    hold("b", 60, "2", "cart-x"),
    hold("c", None, "4"),
    hold("d", -30, "8"),
    hold("e", 90, "16", submitted=True),
    hold("f", 90, "32", active=False),
    hold("g", 90, "64", deleted=True),
    hold("h", 2_000, None, "cart-x"),
)


def test_the_totals_count_what_still_holds_stock() -> None:
    told = totals(HOLDS, NOW, DEFAULT_STALE_AFTER)

    assert told.rows == 8
    assert told.active == Tally(5, Decimal("15.50"), unknown=1)
    assert told.stale == Tally(2, Decimal(2), unknown=1)
    assert told.submitted == Tally(1, Decimal(16))
    assert told.stale_carts == 1
    assert told.oldest_stale == NOW - timedelta(minutes=2_000)


def test_nothing_amounts_to_nothing() -> None:
    told = totals((), NOW, DEFAULT_STALE_AFTER)

    assert (told.rows, told.active, told.stale_carts, told.oldest_stale) == (0, Tally(), 0, None)


def test_another_threshold_makes_other_totals() -> None:
    assert totals(HOLDS, NOW, timedelta(minutes=1)).stale.rows == 3
    assert totals(HOLDS, NOW, timedelta(days=2)).stale.rows == 0


def test_rows_that_name_no_cart_are_not_one_cart() -> None:
    nameless = [replace(hold(id, 60, "1"), consumer_cart_id="") for id in "ab"]

    assert totals(nameless, NOW, DEFAULT_STALE_AFTER).stale_carts == 2


def test_sums_are_exact_beyond_the_usual_28_digits() -> None:
    small, large = Decimal("0.0000000000000000000000000000000000000001"), Decimal(2**53)

    assert tally([hold("a", 1, str(small)), hold("b", 1, str(large))]).quantity - large == small
    assert (Tally(1, large) + Tally(1, small)).quantity - large == small


def test_only_what_holds_stock_is_freed() -> None:
    assert freed(HOLDS) == Tally(5, Decimal("15.50"), unknown=1)
    assert freed([record for record in HOLDS if record.id in "efg"]) == Tally()


def test_carts_keep_the_vendors_order_and_all_their_rows() -> None:
    carts = by_cart(HOLDS)

    assert [cart.cart_id for cart in carts] == [
        "cart-a", "cart-x", "cart-c", "cart-d", "cart-e", "cart-f", "cart-g",
    ]  # fmt: skip
    assert [record.id for record in carts[1].records] == ["b", "h"]
    assert carts[1].total == Tally(2, Decimal(2), unknown=1)
    assert carts[1].oldest == NOW - timedelta(minutes=2_000)
    assert carts[2].oldest is None


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (HoldFilter(), "abcdefgh"),
        (HoldFilter(frozenset({HoldState.STALE})), "bh"),
        (HoldFilter(frozenset({HoldState.SUBMITTED, HoldState.DELETED})), "eg"),
        (HoldFilter(older=timedelta(minutes=60)), "efgh"),
        (HoldFilter(older=timedelta(minutes=59)), "befgh"),
        (HoldFilter(frozenset({HoldState.STALE}), timedelta(hours=1)), "h"),
        (HoldFilter(frozenset({HoldState.UNKNOWN_AGE, HoldState.FUTURE}), timedelta(seconds=1)), ""),
    ],
)
def test_which_rows_a_filter_takes(asked: HoldFilter, rows: str) -> None:
    assert "".join(record.id for record in asked.chosen(HOLDS, NOW, DEFAULT_STALE_AFTER)) == rows


def test_all_stale_takes_stale_rows_only() -> None:
    assert [record.id for record in all_stale(HOLDS, NOW, DEFAULT_STALE_AFTER)] == ["b", "h"]
