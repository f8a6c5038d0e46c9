"""A vendor that repeats the key in a body of status 200: no error, no warning and no byte of the cache has it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from tests.adapter.clients import mocked, reply

from qtydash.adapters.carts import CartCredentials, CartsApi
from qtydash.adapters.http import VendorClient
from qtydash.adapters.order_qty import OrderQtyApi
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.errors import VendorError
from qtydash.domain.vendors import CART, ORDER_QTY
from qtydash.services import tickets
from qtydash.services.connect import Connection
from qtydash.storage.cache import Cache, Source

SECRET = "obviously-fake-key-0123456789"
ECHO = f"Invalid key {SECRET}"
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROW = {
    "inventory_code": "inv-1",
    "date": "2026-03-01",
    "max_quantity": 25,
    "remain_quantity": 15,
    "ordered_quantity": 10,
}
PAGE = {"status_code": 200, "option_codes": {"adult": [ROW]}}


def told_by(error: VendorError) -> str:
    return " ".join([error.sentence, error.words, error.full, repr(error), getattr(error, "code", "")])


async def no_products(inner: dict[str, object]) -> None:
    http = mocked(lambda _: reply(inner), headers={"Authorization": SecretStr(f"Token {SECRET}")})
    await TicketsApi(http).products()


async def no_holds(inner: dict[str, object]) -> None:
    http = mocked(lambda _: reply(inner), ORDER_QTY, headers={"x-api-key": SecretStr(SECRET)})
    await OrderQtyApi(http).of_product("prod-1")


async def no_cart(inner: dict[str, object]) -> None:
    http = mocked(lambda _: reply(inner), CART, headers={})
    await CartsApi(http, CartCredentials("support", token=SecretStr(SECRET))).current()


@pytest.mark.parametrize(
    ("read", "inner"),
    [
        (no_products, {"status_code": 401, "message": ECHO}),
        (no_products, {"status_code": "422", "message": ECHO, "code": SECRET}),
        (no_holds, {"status": 401, "message": ECHO, "error": ECHO}),
        (no_cart, {"errorCode": "28313", "message": ECHO}),
        (no_cart, {"errorCode": SECRET, "message": ECHO}),
    ],
)
async def test_the_error_of_a_status_within_the_body_hides_it(
    read: Callable[[dict[str, object]], Awaitable[None]], inner: dict[str, object]
) -> None:
    with pytest.raises(VendorError) as caught:
        await read(inner)

    assert SECRET not in told_by(caught.value)
    assert "Invalid key •••" in caught.value.words


async def test_a_header_of_the_answer_hides_it() -> None:
    for header in ("content-type", "content-encoding"):
        http = mocked(lambda _, name=header: reply(b"x", headers={name: SECRET}), headers={"x": SecretStr(SECRET)})
        with pytest.raises(VendorError) as caught:
            await http.get("/x")
        assert SECRET not in told_by(caught.value)


async def test_the_warnings_and_the_cache_hide_it(tmp_path: Path) -> None:
    def vendor(request: httpx.Request) -> httpx.Response:
        page = request.url.params.get("page")
        if page == "1":
            return reply(PAGE)
        # the second page and the names of the options
        return reply({"status_code": 503 if page else 401, "message": ECHO})

    async def make() -> tuple[TicketsApi, VendorClient]:
        http = mocked(vendor, headers={"Authorization": SecretStr(f"Token {SECRET}")})
        return TicketsApi(http, page_size=1), http

    cache = Cache(tmp_path / "cache.db", lambda: AT)
    source = Source("prod", "https://vendor.example")
    reads = tickets.availability(Connection(make), cache, source, lambda: AT)

    live = await reads.live("park")

    cached = reads.cached("park")
    assert cached is not None
    assert [warning.count("•••") for warning in live.warnings] == [1, 1]
    assert cached.warnings[:2] == live.warnings
    assert SECRET not in repr((live, cached))
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert SECRET.encode() not in kept
    assert b"Invalid key" in kept
