"""Document 000: its sample, the five shapes of a list, and the two deletions."""

from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from tests.adapter.clients import OP, Handler, mocked, reply

from qtydash.adapters.order_qty import DeleteOutcome, OrderQtyApi
from qtydash.domain.errors import InvalidId, NotFound, ReadOnlyProfile, UnexpectedAnswer
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.vendors import ORDER_QTY

SAMPLE = {
    "id": "abc123",
    "companyId": "abc123",
    "shopId": "abc123",
    "created": 1704067200000,
    "modified": 1704067200000,
    "deleted": False,
    "updated": False,
    "inventoryId": "abc123",
    "regionId": "abc123",
    "productId": "abc123",
    "consumerCartId": "abc123",
    "quantity": 0,
    "processedTime": 1704067200000,
    "active": False,
    "submitted": False,
}
NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
HOLD = OrderQty(
    id="abc123",
    company_id="abc123",
    shop_id="abc123",
    created=NEW_YEAR,
    modified=NEW_YEAR,
    deleted=False,
    updated=False,
    inventory_id="abc123",
    region_id="abc123",
    product_id="abc123",
    consumer_cart_id="abc123",
    quantity=Decimal(0),
    processed_time=NEW_YEAR,
    active=False,
    submitted=False,
)


def api(handler: Handler, *, write: bool = False) -> OrderQtyApi:
    return OrderQtyApi(mocked(handler, ORDER_QTY, write=write))


async def read(document: object, status: int = 200) -> tuple[tuple[OrderQty, ...], tuple[str, ...]]:
    reading = await api(lambda _: reply(document, status)).of_product("abc123")
    assert reading.complete
    return reading.data, reading.warnings


@pytest.mark.parametrize(
    "document",
    [
        SAMPLE,
        [SAMPLE],
        {"values": [SAMPLE], "total": 1},
        {"searchResult": [SAMPLE]},
        {"results": [SAMPLE]},
        {"results": SAMPLE},
        [SAMPLE, SAMPLE],
        {**SAMPLE, "unknown": {"deep": []}},
        {**SAMPLE, "created": "1704067200000", "quantity": "0", "active": None},
    ],
)
async def test_every_shape_of_a_list_is_read(document: object) -> None:
    assert await read(document) == ((HOLD,), ())


@pytest.mark.parametrize("document", [[], {}, None, {"values": []}, {"values": None}, {"results": {}}, b""])
async def test_nothing_is_no_rows(document: object) -> None:
    content = b"null" if document is None else document
    assert await read(content) == ((), ())


async def test_no_content_is_no_rows() -> None:
    assert await read(b"", 204) == ((), ())


@pytest.mark.parametrize(
    "document", [7, "x", True, {"values": 3}, {"foo": 1}, {"error": "x", "message": "y"}, [[]], ["x"]]
)
async def test_any_other_shape_is_an_error(document: object) -> None:
    with pytest.raises(UnexpectedAnswer):
        await read(document)


async def test_an_error_with_status_200_is_the_error_it_says() -> None:
    with pytest.raises(NotFound) as caught:
        await read({"error": "Not Found", "message": "Unknown product", "status": 404})
    assert caught.value.words == "Unknown product"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"quantity": 3.50}, {"quantity": Decimal("3.5")}),
        ({"quantity": None}, {"quantity": None}),
        ({"quantity": -1}, {"quantity": Decimal(-1)}),
        ({"created": 0}, {"created": None}),
        ({"modified": None}, {"modified": None}),
        ({"processedTime": "0"}, {"processed_time": None}),
        ({"modified": 1704067200123}, {"modified": datetime(2024, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)}),
        ({"active": True, "submitted": "true"}, {"active": True, "submitted": True}),
        ({"consumerCartId": 77}, {"consumer_cart_id": "77"}),
        ({"shopId": "\x1b[2J"}, {"shop_id": "^[[2J"}),
    ],
)
async def test_a_record_in_other_clothes(changes: dict[str, object], expected: dict[str, object]) -> None:
    (found,), warnings = await read({**SAMPLE, **changes})
    assert {name: getattr(found, name) for name in expected} == expected
    assert not warnings


async def test_a_quantity_keeps_all_its_digits() -> None:
    (found,), _ = await read(b'{"id":"a","quantity":0.12345678901234567890}')
    assert found.quantity == Decimal("0.12345678901234567890")


async def test_all_fields_but_the_id_may_be_missing() -> None:
    (found,), warnings = await read({"id": "a"})
    assert (found.quantity, found.created, found.shop_id) == (None, None, "")
    assert [found.active, found.submitted, found.deleted] == [False] * 3
    assert not warnings


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "id is missing"),
        ({"id": ""}, "id is missing"),
        ({"quantity": True}, "quantity is not a number"),
        ({"quantity": "1_000"}, "quantity is not a number"),
        ({"quantity": 1e200}, "quantity is out of range"),
        ({"created": "yesterday"}, "created is not a number"),
        ({"created": 9e15}, "created is not a time"),
        ({"active": "perhaps"}, "active is neither true nor false"),
        ({"submitted": 2}, "submitted is neither true nor false"),
    ],
)
async def test_a_bad_record_is_set_aside(changes: dict[str, object], reason: str) -> None:
    holds, warnings = await read([{**SAMPLE, "id": "good"}, {**SAMPLE, **changes}])
    assert [hold.id for hold in holds] == ["good"]
    assert warnings == (f"1 row was set aside: {reason}.",)


async def test_which_records_cannot_be_read_is_told_by_their_ids() -> None:
    rows = [{**SAMPLE, "id": "good"}, {**SAMPLE, "id": " bad", "quantity": "many"}, {"id": 12, "active": "x"}]
    junk = [{**SAMPLE, "id": None}, {**SAMPLE, "id": []}, "junk", {**SAMPLE, "id": "good", "quantity": "many"}]
    reading = await api(lambda _: reply([*rows, *junk])).of_product("abc123")
    assert [hold.id for hold in reading.data] == ["good"]
    assert reading.unreadable == {" bad", "12"}


async def test_the_list_has_a_trailing_slash_and_the_deletions_have_none() -> None:
    seen: list[tuple[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.raw_path.decode()))
        return reply([])

    qty = api(handler, write=True)
    await qty.of_product("prod:1")
    await qty.delete("abc123", OP)
    await qty.delete_cart("cart-1", OP)
    base = "/api/v1/partner/store"
    assert seen == [
        ("GET", f"{base}/consumer-order-qty/prod%3A1/"),
        ("DELETE", f"{base}/consumer-order-qty/abc123"),
        ("DELETE", f"{base}/consumer-order-qty/consumerCart/cart-1"),
    ]


@pytest.mark.parametrize("value", ["", ".", "..", "consumerCart", "a/b", "a%2f..", "a b"])
async def test_an_id_that_leads_to_another_route_is_refused(value: str) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply([])

    qty = api(handler, write=True)
    with pytest.raises(InvalidId, match="product id"):
        await qty.of_product(value)
    with pytest.raises(InvalidId, match="order quantity id"):
        await qty.delete(value, OP)
    with pytest.raises(InvalidId, match="cart id"):
        await qty.delete_cart(value, OP)
    assert not seen


@pytest.mark.parametrize(
    ("body", "status", "content_type"),
    [
        (b"", 200, ""),
        (b"", 204, ""),
        (b"{}", 200, "application/json"),
        (b"deleted", 200, "text/plain"),
    ],
)
async def test_a_2xx_that_says_nothing_else_tells_that_it_is_deleted(
    body: bytes, status: int, content_type: str
) -> None:
    qty = api(lambda _: reply(body, status, content_type), write=True)
    assert await qty.delete("abc123", OP) == DeleteOutcome(status, absent=False)
    assert await qty.delete_cart("abc123", OP) == DeleteOutcome(status, absent=False)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 202),
        (b"{}", 202),
        (b"", 206),
        (b'{"responses": []}', 207),
        (b'{"error": "Not Found", "message": "no such record", "status": "404"}', 200),
        (b'{"error": "no such record"}', 200),
        (b'{"error": "Bad Request", "message": "no such record", "status": 400}', 200),
        (b'{"error": "Not Found", "message": "no such record", "status": 404}', 200),
    ],
)
async def test_a_2xx_that_is_a_promise_or_an_error_does_not_tell_that_it_is_deleted(
    body: bytes, status: int
) -> None:
    qty = api(lambda _: reply(body, status), write=True)
    for delete in (qty.delete, qty.delete_cart):
        with pytest.raises(UnexpectedAnswer) as caught:
            await delete("abc123", OP)
        assert (caught.value.status, caught.value.request_started) == (status, True)


@pytest.mark.parametrize("status", [404, 410])
async def test_what_is_gone_already_is_no_error(status: int) -> None:
    qty = api(lambda _: reply({"error": "Not Found", "message": "x", "status": status}, status), write=True)
    assert await qty.delete("abc123", OP) == DeleteOutcome(status, absent=True)


@pytest.mark.parametrize("content_type", ["text/html", ""])
async def test_a_web_page_accepts_nothing(content_type: str) -> None:
    qty = api(lambda _: reply(b"\n <html>please log in</html>", 200, content_type), write=True)
    with pytest.raises(UnexpectedAnswer) as caught:
        await qty.delete("abc123", OP)
    assert caught.value.status == 200


async def test_a_read_only_profile_deletes_nothing() -> None:
    with pytest.raises(ReadOnlyProfile):
        await api(lambda _: reply({})).delete("abc123", OP)


@pytest.mark.parametrize(
    ("document", "name", "probe"),
    [
        ({"name": "Main St"}, "Main St", "Main St"),
        ({"shop": {"name": "Main St"}}, "Main St", "Main St"),
        ({"id": "x"}, "", "keys accepted"),
        ({}, "", "keys accepted"),
    ],
)
async def test_the_shop(document: object, name: str, probe: str) -> None:
    assert await api(lambda _: reply(document)).store() == name
    assert await api(lambda _: reply(document)).probe() == probe


async def test_a_shop_that_is_no_object_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer):
        await api(lambda _: reply([])).store()


async def test_a_record_that_names_no_product_is_of_the_one_asked_for() -> None:
    (found,), warnings = await read({**SAMPLE, "productId": None})
    assert (found.product_id, warnings) == ("abc123", ())


async def test_a_record_that_names_another_product_is_kept_and_told() -> None:
    others = [{**SAMPLE, "id": str(n), "productId": "other"} for n in range(2)]
    holds, warnings = await read([SAMPLE, *others])
    assert [hold.product_id for hold in holds] == ["abc123", "other", "other"]
    assert warnings == ("Listed under abc123 but naming another product: 2 rows.",)


async def test_what_the_rows_have_in_common_is_kept_once() -> None:
    (one, two), _ = await read([{**SAMPLE, "id": name, "consumerCartId": "cart-77"} for name in ("a", "b")])
    assert one.consumer_cart_id is two.consumer_cart_id
    assert one.inventory_id is two.inventory_id
