"""The rows and the texts that other programs read: names, shapes, spelling."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.cart_difference import difference
from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import Snapshot
from qtydash.domain.tickets import LowThreshold, OptionNames, TicketDay, TicketProduct
from qtydash.services import rows
from qtydash.services.export import csv_text, envelope, json_text

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OPTION = "1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5"


def read_back(value: object) -> object:
    return json.loads(json_text(value))


@pytest.mark.parametrize(
    ("left", "sold", "state"),
    [(20, 5, "available"), (5, 20, "low"), (0, 25, "sold_out"), (-1, 26, "oversold"), (20, 4, "mismatch")],
)
def test_ticket_days(left: int, sold: int, state: str) -> None:
    day = TicketDay(OPTION, date(2026, 3, 1), 25, left, sold, "inv-1")

    (row,) = rows.ticket_days([day], OptionNames({}, {OPTION: "Adult"}), LowThreshold())

    assert tuple(row) == rows.TICKET_DAY_COLUMNS
    assert read_back(row) == {
        "option_code": OPTION,
        "option_name": "Adult",
        "date": "2026-03-01",
        "max": 25,
        "left": left,
        "sold": sold,
        "inventory_code": "inv-1",
        "state": state,
    }


def test_ticket_products() -> None:
    (row,) = rows.ticket_products([TicketProduct("park", "Park", "c", "d", date(2026, 1, 1), None, "Seoul")])

    assert tuple(row) == rows.TICKET_PRODUCT_COLUMNS
    assert read_back(row) == {
        "code": "park",
        "title": "Park",
        "category": "c",
        "detail_category": "d",
        "sale_starts": "2026-01-01",
        "sale_ends": None,
        "city": "Seoul",
    }


def test_an_unlimited_gift_says_so_beside_the_quantity_as_sent() -> None:
    seoul = NOW.astimezone(timezone(timedelta(hours=9)))
    gift = Gift("5b3d", "MUG", (("en", "Mug"), ("zh-hant", "馬克杯")), "active", 0, True, seoul)

    (row,) = rows.gifts([gift], ["zh-hant", "en"])

    assert tuple(row) == rows.GIFT_COLUMNS
    assert read_back(row) == {
        "id": "5b3d",
        "sku": "MUG",
        "title": "馬克杯",
        "status": "active",
        "quantity": 0,
        "unlimited": True,
        "updated_at": "2026-03-01T12:00:00Z",
    }


def hold(quantity: str, created: datetime | None) -> OrderQty:
    return OrderQty(
        "r1",
        "co",
        "sh",
        created,
        None,
        False,
        True,
        "inv",
        "reg",
        "p1",
        "c1",
        Decimal(quantity),
        None,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("created", "age", "state"),
    [
        (NOW - timedelta(minutes=46, milliseconds=900), 2760, "stale"),
        (NOW - timedelta(minutes=45), 2700, "fresh"),
        (NOW + timedelta(seconds=90), -90, "future"),
        (None, None, "unknown_age"),
    ],
)
def test_order_quantities(created: datetime | None, age: int | None, state: str) -> None:
    (row,) = rows.order_qty([hold("2.50", created)], NOW, timedelta(minutes=45))

    told = read_back(row)
    assert tuple(row) == rows.ORDER_QTY_COLUMNS
    assert len(rows.ORDER_QTY_COLUMNS) == 17
    assert isinstance(told, dict)
    assert (told["quantity"], told["age_seconds"], told["state"]) == (2.5, age, state)
    assert (told["consumer_cart_id"], told["active"], told["processed_time"]) == ("c1", True, None)


def test_a_cart_is_one_object_with_lines_selections_and_findings() -> None:
    cart = Cart(
        order_id="o1",
        currency="EUR",
        total=Decimal("20.00"),
        lines=(
            CartLine("ci1", "prod1", "sku1", "Tee", 3, Decimal("10.5"), None, (ItemMarker("p1", 7, 1, 0, 0, 1),)),
        ),
        order_markers=(OrderMarker("p1", 7, 2, 1, 0, 0, 0, 0, "sku", "s9", None),),
        infos=(GiftInfo("p1", 7, 1), GiftInfo("p2", 8, 4)),
        promotion_names=(("p1", "Free tees"),),
        raw="{}",
    )

    told = read_back(rows.cart(cart))

    shares = {"automatic": 1, "targeted": 0, "selected": 0, "remaining": 1}
    assert isinstance(told, dict)
    assert list(told) == ["order_id", "currency", "total", "lines", "selections"]
    assert told["total"] == 20
    assert told["lines"] == [
        {
            "id": "ci1",
            "product_id": "prod1",
            "sku_id": "sku1",
            "name": "Tee",
            "quantity": 3,
            "unit_price": 10.5,
            "amount": None,
            "free": 1,
            "markers": [{"promotion_id": "p1", "gift_id": 7, **shares}],
        }
    ]
    granted, orphan = told["selections"]
    assert list(granted) == list(rows.SELECTION_COLUMNS) == list(orphan)
    assert granted["promotion_name"] == "Free tees"
    assert granted["lines"] == [{"line_id": "ci1", "name": "Tee", "quantity": 3, **shares}]
    assert granted["findings"] == [
        {
            "rule": "remaining",
            "certain": False,
            "message": "line ci1: 3 in the cart − 1 free = 2, the marker says 1 untouched",
        }
    ]
    assert (orphan["promotion_id"], orphan["granted"], orphan["available"], orphan["lines"]) == ("p2", None, 4, [])
    assert [finding["rule"] for finding in orphan["findings"]] == ["orphan_info"]


def test_a_row_for_every_field_of_a_cart_that_changed() -> None:
    before = Cart("o1", lines=(CartLine("ci1", "prod1", "sku1", "Tee", 3, Decimal("10.5")),))
    after = replace(before, infos=(GiftInfo("p1", 7, 2),), lines=(replace(before.lines[0], quantity=4),))

    told = [dict(row) for row in rows.cart_changes(difference(before, after))]

    assert all(list(row) == list(rows.CART_CHANGE_COLUMNS) for row in told)
    assert [(row["part"], row["presence"], row["field"], row["before"], row["after"]) for row in told] == [
        ("selection", "new", "available", None, 2),
        ("line", "changed", "quantity", 3, 4),
    ]
    assert [(row["title"], row["promotion_id"], row["gift_id"], row["line_id"]) for row in told] == [
        ("p1", "p1", 7, ""),
        ("Tee", "", None, "ci1"),
    ]


def test_the_envelope() -> None:
    snapshot = Snapshot((), NOW.replace(microsecond=250_000), "cache", False, ("1 row was set aside.",))

    assert read_back(envelope(snapshot, [])) == {
        "data": [],
        "fetched_at": "2026-03-01T12:00:00.250Z",
        "source": "cache",
        "complete": False,
        "warnings": ["1 row was set aside."],
    }


def test_json_keeps_its_characters_and_a_lone_surrogate_survives_the_way_out() -> None:
    text = json_text(["馬克杯", "\ud800"])

    assert "馬克杯" in text
    assert json.loads(text.encode("utf-8", "backslashreplace")) == ["馬克杯", "\ud800"]


def test_csv_texts_run_no_formula_and_numbers_stay_numbers() -> None:
    columns = ("text", "number", "amount", "flag", "none", "many")
    texts = ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\nx", 'say "hi", you', "馬克杯"]
    given_rows = [
        {"text": text, "number": -3, "amount": Decimal("-0.50"), "flag": True, "none": None, "many": [{"a": 1}]}
        for text in texts
    ]

    written = csv_text(columns, given_rows)

    lines = list(csv.reader(io.StringIO(written, newline="")))
    assert lines[0] == list(columns)
    assert [line[0] for line in lines[1:]] == [
        "'=1+1", "'+1", "'-1", "'@sum", "'\tx", "'\rx", "'\nx", 'say "hi", you', "馬克杯",
    ]  # fmt: skip
    assert {tuple(line[1:]) for line in lines[1:]} == {("-3", "-0.50", "true", "", '[{"a": 1}]')}


@given(st.text())
def test_no_csv_cell_of_text_begins_as_a_formula(text: str) -> None:
    written = csv_text(["a", "b"], [{"a": text, "b": "end"}])

    (_, (cell, end)) = csv.reader(io.StringIO(written, newline=""))
    assert cell in (text, "'" + text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert end == "end"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3))
def test_decimals_are_json_numbers_of_the_same_value(amount: Decimal) -> None:
    assert json.loads(json_text([amount]), parse_float=Decimal, parse_int=Decimal) == [amount]
