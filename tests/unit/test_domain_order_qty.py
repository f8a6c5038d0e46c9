"""The one word for a held quantity: stale only when everything about it is known."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qtydash.domain.order_qty import DEFAULT_STALE_AFTER, HOLDING, HoldState, OrderQty, age_words, amount, in_words

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
        (hold(NOW + timedelta(seconds=1)), HoldState.FUTURE),
        (hold(OLD, NOW + timedelta(hours=9)), HoldState.FUTURE),
        (hold(NOW + timedelta(hours=9), OLD), HoldState.FUTURE),
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


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (hold(ago(days=3, hours=4, minutes=45)), "stale since 3d 4h: active, not submitted, older than 45m"),
        (hold(ago(minutes=46)), "stale since 1m: active, not submitted, older than 45m"),
        (hold(ago(minutes=5)), "fresh: active, not submitted, stale in 40m"),
        (hold(submitted=True), "submitted: the order was placed"),
        (hold(active=False), "inactive: it is taken to hold nothing"),
        (hold(deleted=True), "deleted: the vendor keeps it as deleted"),
        (hold(None), "unknown age: active, not submitted, no time known"),
        (hold(ago(hours=-2)), "future: dated 2h ahead: no age to go by"),
    ],
)
def test_why_it_is_in_its_state(record: OrderQty, words: str) -> None:
    why = record.why(NOW)

    assert str(why) == words
    assert why.state.startswith(record.state(NOW).words)


def test_the_reason_names_the_threshold_that_holds() -> None:
    assert str(hold(ago(hours=5)).why(NOW, timedelta(hours=3))).endswith("older than 3h")
    assert str(hold(ago(hours=1)).why(NOW, timedelta(hours=1, minutes=30))).endswith("stale in 30m")


def test_only_what_is_active_and_unsold_holds_stock() -> None:
    every = (hold(), hold(None), hold(ago(hours=-2)), hold(submitted=True), hold(active=False), hold(deleted=True))
    for record in every:
        assert record.holds_stock == (record.state(NOW) in HOLDING)
    assert [record.holds_stock for record in every] == [True, True, True, False, False, False]


def test_a_submitted_or_deleted_record_must_not_be_chosen() -> None:
    assert hold(submitted=True).kept_because == "its order was placed, and deleting it would not cancel that order"
    assert hold(deleted=True, submitted=True).kept_because == "it is deleted already"
    assert hold().kept_because == hold(active=False).kept_because == hold(None).kept_because == ""


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=3, hours=4), "3d 4h"),
        (timedelta(days=3, minutes=59), "3d"),
        (timedelta(minutes=45), "45m"),
        (timedelta(hours=1, seconds=1), "1h"),
        (timedelta(seconds=90), "1m 30s"),
        (timedelta(0), "0s"),
        (timedelta(days=400), "400d"),
    ],
)
def test_a_length_in_its_two_largest_units(length: timedelta, words: str) -> None:
    assert in_words(length) == words


def test_an_age_is_below_zero_when_it_lies_ahead() -> None:
    assert (age_words(ago(minutes=5), NOW), age_words(ago(minutes=-30), NOW)) == ("5m", "-30m")
    assert (age_words(None, NOW), age_words(NOW, NOW)) == ("unknown", "0s")


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("3.500", "3.5"),
        ("1E+2", "100"),
        ("100", "100"),
        ("0.000", "0"),
        ("-2.50", "-2.5"),
        ("1E-7", "0.0000001"),
        ("28.3500000000000000000000000000000001", "28.3500000000000000000000000000000001"),
    ],
)
def test_an_amount_as_people_write_it(quantity: str, words: str) -> None:
    assert amount(Decimal(quantity)) == words


def test_an_unknown_amount_is_not_none_held() -> None:
    assert amount(None) == "-"
