"""Answers that someone saved: three kinds of orders, with their headers or without, and refusals."""

import json
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from tests.adapter.clients import mocked, reply

from qtydash.adapters.carts import CartCredentials, CartsApi, parse_order
from qtydash.domain.carts import Cart
from qtydash.domain.errors import NotFound, Refused, Unauthorized, UnexpectedAnswer, VendorError
from qtydash.domain.vendors import CART

SAMPLE = Path(__file__).with_name("sample_003_removal.json").read_bytes()
ORDER = json.loads(SAMPLE)["embedded"]["order"]
GET = json.dumps(ORDER).encode()
AGENT = json.dumps(ORDER | {"shippingGroups": ORDER["shippingGroups"][0]}).encode()


@pytest.mark.parametrize("body", [SAMPLE, GET, AGENT], ids=["change", "get", "agent"])
@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xef\xbb\xbf",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
        b"HTTP/2 200 \r\ndate: x\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nA: b\n\n",
    ],
    ids=["bare", "byte order mark", "headers", "http2", "two answers"],
)
def test_a_saved_order_is_read_with_or_without_its_headers(head: bytes, body: bytes) -> None:
    assert parse_order(head + body).data == parse_order(SAMPLE).data


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\r\n"])
def test_a_saved_204_is_an_empty_cart(end: bytes) -> None:
    assert parse_order(b"HTTP/1.1 204 No Content\r\nDate: x" + end).data == Cart("")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'HTTP/1.1 401 Unauthorized\r\n\r\n{"message": "Expired"}', Unauthorized, 401),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", Unauthorized, 401),
        (b'{"message": "Expired", "status": "401"}', Unauthorized, 401),
        (b'{"message": "Expired", "status": 401}', Unauthorized, 401),
        (b'{"errors": [{"message": "Expired"}], "message": "x", "status": "403"}', Unauthorized, 403),
        (b'{"message": "No", "errorCode": "28313", "status": "400"}', Refused, 400),
        (b'{"message": "No", "errorCode": "28327", "status": "500"}', Refused, 500),
        (b'{"message": "No", "errorCode": "28103", "status": "404"}', NotFound, 404),
        (b'{"message": "No", "errorCode": "28313"}', Refused, 200),
        (b'{"message": "No", "status": "in progress"}', UnexpectedAnswer, 200),
        (b"HTTP/1.1 200 OK\r\n\r\n", UnexpectedAnswer, 200),
        (b"", UnexpectedAnswer, 200),
    ],
)
def test_a_saved_refusal_is_that_refusal(body: bytes, kind: type[VendorError], status: int) -> None:
    with pytest.raises(VendorError) as caught:
        parse_order(body)
    assert (type(caught.value), caught.value.status) == (kind, status)


def test_an_order_that_has_a_status_of_its_own_is_no_refusal() -> None:
    assert parse_order(json.dumps(ORDER | {"status": "404"}).encode()).data.order_id == "o690411"


async def test_a_credential_that_the_answer_echoes_is_hidden_in_the_raw_text() -> None:
    def shop(request: httpx.Request) -> httpx.Response:
        return reply(ORDER | {"visitor": request.headers["X-CCVisitorId"], "note": "kept"})

    guest = CartCredentials("guest", visitor_id=SecretStr("v1sitor-77"))
    raw = (await CartsApi(mocked(shop, CART, headers={}), guest).current()).data.raw
    assert "v1sitor-77" not in raw
    assert json.loads(raw)["visitor"] == "•••"
    assert json.loads(raw)["note"] == "kept"
