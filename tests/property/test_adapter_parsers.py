"""Whatever JSON arrives, reading it gives data or an ``UnexpectedAnswer`` (or the error it spells), no more."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtydash.adapters.answers import Answer, failure
from qtydash.adapters.cart_orders import read_order
from qtydash.adapters.gifts import _Gifts
from qtydash.adapters.order_qty import parse_holds
from qtydash.adapters.tickets import _Days, _Products
from qtydash.domain.errors import VendorError
from qtydash.domain.text import safe_text
from qtydash.domain.vendors import GIFTS

NUMBERS = st.one_of(
    st.integers(),
    st.integers(min_value=2**53 - 1, max_value=2**64),
    st.floats(),
    st.sampled_from([1e400, -1e400, 10**400, "1_000", "inf", "NaN", "-2.3234234355E10", "1e99", "٣", "Void", ""]),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(), st.text(alphabet="\x1b\u202e\ud800[/]@"))
FIELDS = """
status_code option_codes data options products message detail error errors errorCode code status items id _id
pagination total_pages total_count quantity unlimited_quantity title_translations updated_at sku value total
values results searchResult created modified active submitted deleted productId consumerCartId embedded order
orderId shoppingCart giftWithPurchaseInfo giftWithPurchaseOrderMarkers giftWithPurchaseCommerceItemMarkers
priceInfo discountInfo shippingGroups promotionId promotionName unitPrice giftWithPurchaseIdentifier
giftWithPurchaseQuantityAvailableForSelection date max_quantity remain_quantity ordered_quantity
inventory_code product_code start_date_of_the_sale
"""
NAMES = st.sampled_from(FIELDS.split())
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6),
    max_leaves=25,
)


def tickets(answer: Answer) -> object:
    days = _Days()
    days.take(1, answer)
    days.aside.require_some(GIFTS, len(days.rows))
    return days.in_order(), days.warnings()


def products(answer: Answer) -> object:
    found = _Products()
    found.take(1, answer)
    return found.rows, found.aside.warnings()


def gifts(answer: Answer) -> object:
    found = _Gifts()
    found.take(1, answer)
    return found.rows, found.aside.warnings(), found.drift()


def holds(answer: Answer) -> object:
    return parse_holds(answer)


def order(answer: Answer) -> object:
    return read_order(answer)


PARSERS = [tickets, products, gifts, holds, order]


def text_in(value: object) -> list[str]:
    """Every text of the data that a parser gave."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in [*value.keys(), *value.values()] for text in text_in(part)]
    if isinstance(value, tuple | list):
        return [text for part in value for text in text_in(part)]
    slots: tuple[str, ...] = getattr(value, "__slots__", ())
    return [text for name in slots if name != "raw" for text in text_in(getattr(value, name))]


def read(parse: Callable[[Answer], object], body: bytes) -> list[str]:
    """Every text that comes of it: of the data, or of the error."""
    try:
        return text_in(parse(Answer(200, body, redact=str)))
    except VendorError as error:
        return [error.full]


@pytest.mark.parametrize("parse", PARSERS)
@given(document=JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_is_data_or_a_vendor_error(parse: Callable[[Answer], object], document: Any) -> None:
    told = read(parse, json.dumps(document).encode())
    assert [text for text in told if safe_text(text, 10**9) != text] == []


BROKEN = st.text(alphabet='{}[]",:0123456789.eE-+truefalsn \\u', max_size=200).map(str.encode)


@pytest.mark.parametrize("parse", PARSERS)
@given(body=st.binary(max_size=200) | BROKEN)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_data_or_a_vendor_error(parse: Callable[[Answer], object], body: bytes) -> None:
    read(parse, body)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"data":' * 100_000,
        b'{"quantity":1e99999999999999999999}',
        b'{"id":"a","quantity":1e-99999999999999999999}',
        b'{"quantity":' + b"9" * 5_000 + b"}",
        b'{"id":"a","quantity":1e9999999}',
        b'{"orderId":"a","priceInfo":{"total":1e999999}}',
        b'{"id":"a","quantity":NaN}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"\x00",
    ],
)
def test_hostile_bodies(parse: Callable[[Answer], object], body: bytes) -> None:
    read(parse, body)


@given(document=JSON, status=st.integers(min_value=300, max_value=599), reason=st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_error_answer_is_one_of_the_family(document: Any, status: int, reason: str) -> None:
    error = failure(
        GIFTS, Answer(status, json.dumps(document).encode(), reason=reason, location=reason, redact=str)
    )
    assert error.status == status
    assert error.full.replace("\u3000", " ").isprintable()


@given(value=st.text(max_size=40), location=st.text(max_size=40))
def test_any_header_is_survived(value: str, location: str) -> None:
    told = failure(GIFTS, Answer(302, retry_after=value, location=location, redact=str)).full
    assert told.replace("\u3000", " ").isprintable()
