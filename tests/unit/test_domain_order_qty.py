"""The one word for a held quantity: stale only when everything about it is known."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qtydash.domain.order_qty import DEFAULT_STALE_AFTER, HoldState, OrderQty

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=2)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def hold(
    created: datetime | None = OLD,
    modified: datetime | None = None,
    *,
    deleted: bool = False,
    active: bool = True,
    submitted: bool = False,
    updated: bool = False,
) -> OrderQty:
    return OrderQty(
        id="coq-1",
        company_id="",
        shop_id="",
        created=created,
        modified=modified,
        deleted=deleted,
        updated=updated,
        inventory_id="",
        region_id="",
        product_id="prod-1",
        consumer_cart_id="cart-1",
        quantity=Decimal("2.5"),
        processed_time=None,
        active=active,
        submitted=submitted,
    )


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (hold(), HoldState.STALE),
        (hold(ago(minutes=45)), HoldState.FRESH),
        (hold(ago(minutes=45, seconds=1)), HoldState.STALE),
        (hold(OLD, ago(minutes=1)), HoldState.FRESH),
        (hold(ago(minutes=1), OLD), HoldState.FRESH),
        (hold(None, OLD), HoldState.STALE),
        (hold(NOW), HoldState.FRESH),
        (hold(None, None), HoldState.UNKNOWN_AGE),
        (hold(NOW + timedelta(seconds=1)), HoldState.UNKNOWN_AGE),
        (hold(OLD, NOW + timedelta(hours=9)), HoldState.UNKNOWN_AGE),
        (hold(active=False), HoldState.INACTIVE),
        (hold(submitted=True), HoldState.SUBMITTED),
        (hold(submitted=True, active=False), HoldState.SUBMITTED),
        (hold(deleted=True), HoldState.DELETED),
        (hold(deleted=True, submitted=True, active=False), HoldState.DELETED),
        (hold(updated=True), HoldState.STALE),
    ],
)
def test_the_state(record: OrderQty, state: HoldState) -> None:
    assert record.state(NOW) is state


def test_the_threshold_is_the_profiles() -> None:
    record = hold(ago(minutes=10))

    assert record.state(NOW, timedelta(minutes=9)) is HoldState.STALE
    assert record.state(NOW, timedelta(minutes=10)) is HoldState.FRESH
    assert timedelta(minutes=45) == DEFAULT_STALE_AFTER


def test_the_age_counts_from_the_later_of_both_times() -> None:
    assert hold(OLD, ago(minutes=3)).age(NOW) == timedelta(minutes=3)
    assert hold(ago(minutes=-2)).age(NOW) == timedelta(minutes=-2)
    assert hold(None).age(NOW) is None
