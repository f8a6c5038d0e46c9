"""Document 003: its sample answer, the two places an order may stand, and every type the wire may use for one."""

import json
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qtydash.adapters.carts import parse_order
from qtydash.domain.carts import Cart, GiftInfo, ItemMarker, OrderMarker, selections
from qtydash.domain.errors import Refused, UnexpectedAnswer
from qtydash.domain.snapshot import Reading

SAMPLE = Path(__file__).with_name("sample_003_removal.json").read_bytes()
Change = Callable[[dict[str, Any]], object]


def order() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SAMPLE)["embedded"]["order"]
    return deepcopy(found)


def parsed(document: object) -> Reading[Cart]:
    return parse_order(json.dumps(document).encode())


def changed(change: Change) -> Reading[Cart]:
    document = order()
    change(document)
    return parsed(document)


def test_the_sample_answer_of_the_document() -> None:
    reading = parse_order(SAMPLE)
    cart = reading.data
    assert reading.warnings == ()
    assert (cart.order_id, cart.currency, cart.total, cart.site_id) == ("o690411", "USD", Decimal(597), "siteUS")
    assert [(line.id, line.sku_id, line.name, line.quantity, line.amount) for line in cart.lines] == [
        ("ci101000413", "camcordersku_1_3", "Samsung - F90BN HD Flash Memory Camcorder", 1, Decimal(597)),
        ("ci101000414", "Sku_6Exyi", "Amores Perros", 1, Decimal(0)),
    ]
    assert cart.lines[1].unit_price == Decimal("19.99")
    assert cart.lines[1].markers == (ItemMarker("promo40001", -2112496103, 1, 0, 0, 0),)
    assert cart.order_markers == (
        OrderMarker("promo40001", -2112496103, 1, 1, 0, 0, 0, 0, "product", "Product_6Dxyi", True),
    )
    assert cart.infos == (GiftInfo("promo40001", -2112496103, 0, "product", "Product_6Dxyi"),)
    assert cart.promotion_names == (("promo40001", "gwp1"),)


def test_the_sample_joins_to_one_selection_without_a_finding() -> None:
    (selection,) = selections(parse_order(SAMPLE).data)
    assert (selection.promotion_name, selection.granted, selection.available) == ("gwp1", 1, 0)
    assert [line.line_id for line in selection.lines] == ["ci101000414"]
    assert selection.findings == ()


def test_a_cart_as_read_is_the_order_itself() -> None:
    assert parsed(order()).data == parse_order(SAMPLE).data


def test_the_raw_text_is_kept_and_still_the_same_json() -> None:
    assert json.loads(parse_order(SAMPLE).data.raw) == json.loads(SAMPLE)


def test_the_raw_text_is_safe_to_draw() -> None:
    raw = parse_order(b'{"orderId":"a\xe2\x80\xaeb\xc2\x9bc\xe2\x80\xa8d",\r\n\t"siteId":"s"}').data.raw
    assert raw == '{"orderId":"a<U+202E>b<U+009B>c<U+2028>d",\n  "siteId":"s"}'


def set_marker(**values: object) -> Change:
    return lambda document: document["giftWithPurchaseOrderMarkers"][0].update(values)


def set_line(**values: object) -> Change:
    return lambda document: document["shoppingCart"]["items"][1].update(values)


@pytest.mark.parametrize(
    "data", ["-2112496103", -2112496103, -2112496103.0, "-2112496103.0", "-2.112496103E9", "-2.112496103e9"]
)
def test_the_identifier_joins_however_it_is_written(data: object) -> None:
    (selection,) = selections(changed(set_marker(data=data)).data)
    assert (selection.gift_id, selection.findings) == (-2112496103, ())


def test_an_identifier_as_in_the_tables_is_taken_and_found_odd() -> None:
    (other, _) = selections(changed(set_marker(data="-2.3234234355E10")).data)
    assert other.gift_id == -23234234355
    assert "identifier" in [finding.rule for finding in other.findings]


@pytest.mark.parametrize("quantity", ["2", 2, 2.0, "2.0"])
def test_counts_are_taken_in_any_clothes(quantity: object) -> None:
    cart = changed(set_marker(quantity=quantity, failedQuantity=None)).data
    assert (cart.order_markers[0].quantity, cart.order_markers[0].failed) == (2, 0)


@pytest.mark.parametrize("price", ["19.99", 19.99])
def test_money_mixes_strings_and_numbers(price: object) -> None:
    assert changed(set_line(unitPrice=price)).data.lines[1].unit_price == Decimal("19.99")


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (set_marker(data=None), "1 row was set aside: data is missing."),
        (set_marker(data="12x"), "1 row was set aside: data is not a number."),
        (set_marker(quantity=True), "1 row was set aside: quantity is not a number."),
        (set_marker(value=""), "1 row was set aside: value is missing."),
        (set_line(quantity="one"), "1 row was set aside: quantity is not a number."),
        (
            set_line(giftWithPurchaseCommerceItemMarkers=[{"value": "p"}, {"value": "p"}]),
            "2 rows were set aside: data is missing.",
        ),
        (
            lambda document: document["giftWithPurchaseInfo"].append("x"),
            "1 row was set aside: it is not an object.",
        ),
    ],
)
def test_a_bad_row_in_any_list_is_set_aside(change: Change, warning: str) -> None:
    reading = changed(change)
    assert reading.warnings == (warning,)
    assert reading.data.order_id == "o690411"


def test_equal_bad_markers_on_two_lines_count_as_two() -> None:
    def change(document: dict[str, Any]) -> None:
        for line in document["shoppingCart"]["items"]:
            line["giftWithPurchaseCommerceItemMarkers"] = [{"value": "p"}]

    assert changed(change).warnings == ("2 rows were set aside: data is missing.",)


def test_an_order_of_which_nothing_can_be_read_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="None of the 1 rows Oracle Commerce sent can be read"):
        parsed({"orderId": "o1", "shoppingCart": {"items": [{}]}})


def only_discounts(**places: object) -> Change:
    def change(document: dict[str, Any]) -> None:
        document["discountInfo"] = None
        document["shippingGroups"] = []
        for line in document["shoppingCart"]["items"]:
            line["discountInfo"] = []
        line = document["shoppingCart"]["items"][0]
        line.update(places.get("line", {}))
        document.update({key: value for key, value in places.items() if key != "line"})

    return change


PROMOTION = {"promotionId": "promo40001", "promotionName": "Free gift", "promotionDesc": "long"}


@pytest.mark.parametrize(
    "places",
    [
        {"discountInfo": {"orderImplicitDiscountList": [PROMOTION]}},
        {"discountInfo": {"orderCouponsMap": {"CODE": PROMOTION}}},
        {"discountInfo": [PROMOTION]},
        {"shippingGroups": [{"discountInfo": {"discountDescList": [PROMOTION]}}]},
        {"shippingGroups": {"discountInfo": [{"discountDescList": [PROMOTION]}]}},
        {"line": {"discountInfo": [PROMOTION]}},
        {"line": {"discountInfo": PROMOTION}},
        {"discountInfo": [{"promotionId": "promo40001", "promotionDesc": "long"}, PROMOTION]},
    ],
)
def test_a_promotion_is_named_wherever_the_order_tells_it(places: dict[str, object]) -> None:
    assert changed(only_discounts(**places)).data.promotion_names == (("promo40001", "Free gift"),)


def test_a_description_stands_in_for_a_name() -> None:
    places = {"discountInfo": [{"promotionId": "promo40001", "promotionName": None, "promotionDesc": "long"}]}
    assert changed(only_discounts(**places)).data.promotion_names == (("promo40001", "long"),)


def test_an_order_without_any_of_the_lists_is_a_cart_without_lines() -> None:
    reading = parsed({"orderId": "o1", "shoppingCart": {"numberOfItems": 0, "items": []}})
    cart = reading.data
    assert (cart.order_id, cart.lines, cart.order_markers, cart.infos) == ("o1", (), (), ())
    assert (reading.complete, reading.warnings) == (True, ())


def test_an_order_that_tells_nothing_of_what_is_in_it_is_incomplete() -> None:
    """An agent's order call without ``includeResult=full`` answers so."""
    reading = parsed({"orderId": "o1", "siteId": "siteUS", "priceInfo": {"total": 5}, "orderAction": "order"})
    assert (reading.data.order_id, reading.complete) == ("o1", False)
    assert "neither the lines nor the gift selections" in reading.warnings[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(shippingGroups=document["shippingGroups"][0]),
        lambda document: document["shoppingCart"]["items"][0].update(childSkus=[1], childSKUs=None),
        lambda document: document.update(links=[{"href": 1}], hasMore="false", limit="250"),
        lambda document: document.update(giftWithPurchaseInfo=document["giftWithPurchaseInfo"][0]),
    ],
)
def test_an_order_in_other_clothes_is_the_same_cart(change: Change) -> None:
    reading = changed(change)
    assert (reading.data, reading.warnings) == (parse_order(SAMPLE).data, ())


def test_text_from_outside_is_safe() -> None:
    cart = changed(set_line(displayName="\x1b[2J[@click=app.quit]x[/]", catRefId="\u202e")).data
    assert cart.lines[1].name == "^[[2J[@click=app.quit]x[/]"
    assert cart.lines[1].sku_id == "<U+202E>"


@pytest.mark.parametrize(
    "document", [{}, [], None, 3, "x", {"embedded": {}}, {"items": []}, {"embedded": {"order": {}}}]
)
def test_what_holds_no_order_is_an_error(document: object) -> None:
    with pytest.raises(UnexpectedAnswer, match="unknown shape"):
        parsed(document)


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        (
            {"message": "No order", "errorCode": "28313", "devMessage": None, "o:errorPath": "", "status": "400"},
            "28313",
            "No order",
        ),
        (
            {
                "errors": [{"message": "A", "errorCode": "1"}, {"message": "B", "errorCode": "2"}],
                "message": "many",
            },
            "1",
            "A; B",
        ),
    ],
)
def test_both_error_shapes_are_refusals_even_with_status_200(document: object, code: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        parsed(document)
    assert (caught.value.code, caught.value.words) == (code, words)
