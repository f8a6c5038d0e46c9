"""The four adapters read everything the sandbox has, and change it, over a real socket."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr
from tests.adapter.clients import OP, client

from qtydash.adapters.carts import CartCredentials, CartsApi
from qtydash.adapters.gifts import GiftsApi
from qtydash.adapters.http import VendorClient
from qtydash.adapters.order_qty import OrderQtyApi
from qtydash.adapters.requests import Headers
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.carts import selections
from qtydash.domain.errors import NotFound, Refused, Unauthorized, UnexpectedAnswer
from qtydash.domain.gifts import duplicate_skus
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS, Vendor
from qtydash.sandbox import credentials
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data import carts as cart_data
from qtydash.sandbox.data import order_qty as hold_data
from qtydash.sandbox.data import tickets as ticket_data
from qtydash.sandbox.data.gifts import DOCUMENTED, UNLIMITED
from qtydash.sandbox.server import SandboxServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AX: dict[str, SecretStr | str] = {
    "Authorization": SecretStr(f"Token {credentials.AX_API_KEY}"),
    "Channel": SecretStr(f"Code {credentials.AX_CHANNEL_CODE}"),
}
SHOPLINE: dict[str, SecretStr | str] = {
    "Authorization": SecretStr(f"Bearer {credentials.SHOPLINE_TOKEN}"),
    "User-Agent": credentials.SHOPLINE_HANDLE,
}
BLAZE: dict[str, SecretStr | str] = {
    "x-api-key": SecretStr(credentials.BLAZE_PARTNER_KEY),
    "Authorization": SecretStr(credentials.BLAZE_DEVELOPER_KEY),
}
AGENT = CartCredentials("support", username=credentials.CART_AGENT, password=SecretStr(credentials.CART_PASSWORD))


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    """A sandbox that is only read."""
    with SandboxServer(create_app(now=lambda: NOW)) as server:
        yield server.url


@pytest.fixture
def own() -> Iterator[str]:
    """A sandbox of the test's own, to change."""
    with SandboxServer(create_app(now=lambda: NOW)) as server:
        yield server.url


@asynccontextmanager
async def connected(
    url: str, vendor: Vendor, headers: Headers, *, write: bool = True
) -> AsyncIterator[VendorClient]:
    http = client(url, vendor, write=write, headers=headers)
    try:
        yield http
    finally:
        await http.aclose()


@pytest.mark.parametrize("page_size", [40, 500])
async def test_tickets(shared: str, page_size: int) -> None:
    own = ticket_data.DayTickets(1, NOW.date())
    async with connected(shared, TICKETS, AX) as http:
        api = TicketsApi(http, page_size=page_size)
        products = await api.products()
        assert {product.code for product in products.data} == {product.code for product in ticket_data.PRODUCTS}
        assert products.warnings == ()
        for product in ticket_data.PRODUCTS:
            reading = await api.availability(product.code)
            rows = own.rows[product.code]
            assert sorted((day.date, day.max, day.left, day.sold) for day in reading.data.days) == sorted(
                (row.date, row.max, row.left, row.sold) for row in rows
            )
            assert (reading.complete, reading.warnings) == (True, ())
            named = {option.code: option.name for option in reading.data.options}
            assert named.keys() >= {option.code for option in product.options}
            assert any(named.values()) is (product.code not in ticket_data.NAMELESS)
        assert await api.probe()
        with pytest.raises(NotFound):
            await api.availability("no-such-product")
    async with connected(shared, TICKETS, {**AX, "Channel": "Code wrong"}) as http:
        with pytest.raises(Unauthorized):
            await TicketsApi(http).products()


async def test_gifts(own: str) -> None:
    async with connected(own, GIFTS, SHOPLINE) as http:
        api = GiftsApi(http)
        everything = await api.all()
        gifts = {gift.id: gift for gift in everything.data}
        assert len(gifts) >= 300
        assert (everything.complete, everything.warnings) == (True, ())
        assert duplicate_skus(everything.data)
        assert gifts[UNLIMITED.id].unlimited
        drafts = await api.search(status="draft")
        assert {gift.id for gift in drafts.data} == {id for id, gift in gifts.items() if gift.status == "draft"}
        before = await api.get(DOCUMENTED.id)
        assert before == gifts[DOCUMENTED.id]
        relative = await api.update_quantity(DOCUMENTED.id, -4, replace=False, op_id=OP)
        assert relative.quantity == before.quantity - 4
        assert (await api.update_quantity(DOCUMENTED.id, 7, replace=True, op_id=OP)).quantity == 7
        assert (await api.get(DOCUMENTED.id)).quantity == 7
        assert (await api.token_info())[0] == credentials.SHOPLINE_HANDLE


async def test_carts(own: str) -> None:
    async with connected(own, CART, {}) as http:
        api = CartsApi(http, AGENT)
        cart = await api.current()
        assert (cart.data.order_id, cart.warnings) == (cart_data.RICH_ORDER, ())
        joined = {(s.promotion_id, s.gift_id): s for s in selections(cart.data)}
        films = joined[cart_data.FILMS.id, cart_data.SHARED_IDENTIFIER]
        assert films.available
        assert films.promotion_name == cart_data.FILMS.name
        await api.remove_selectable_quantity(films.promotion_id, films.gift_id, 1, OP)
        after = {(s.promotion_id, s.gift_id): s for s in selections((await api.current()).data)}
        assert after[films.promotion_id, films.gift_id].available == films.available - 1
        await api.remove_all_selectable_quantity(OP)
        assert not any(s.available for s in selections((await api.current()).data))
        assert (await api.agent_order(cart_data.RICH_ORDER)).data.order_id == cart_data.RICH_ORDER


async def test_cart_sessions_of_every_kind(shared: str) -> None:
    guest = CartCredentials("guest", visitor_id=SecretStr(credentials.CART_VISITOR))
    odd = CartCredentials("odd", token=SecretStr(credentials.CART_TOKEN))
    empty = CartCredentials(
        "empty", username=credentials.CART_EMPTY, password=SecretStr(credentials.CART_PASSWORD)
    )
    async with connected(shared, CART, {}, write=False) as http:
        sample = await CartsApi(http, guest).current()
        assert sample.data.order_id == cart_data.SAMPLE_ORDER
        assert [s.findings for s in selections(sample.data)] == [()]
        strange = selections((await CartsApi(http, odd).current()).data)
        rules = {finding.rule for selection in strange for finding in selection.findings}
        assert rules >= {"identifier", "orphan_order_marker", "orphan_info", "orphan_item_marker"}
        assert (await CartsApi(http, empty).current()).data.is_empty
        wrong = CartCredentials("wrong", username=credentials.CART_AGENT, password=SecretStr("not-it"))
        with pytest.raises(Unauthorized, match="login of session 'wrong'"):
            await CartsApi(http, wrong).current()
        with pytest.raises(Unauthorized, match="anonymous"):
            await CartsApi(http, CartCredentials("nobody")).current()
        stranger = CartCredentials("x", visitor_id=guest.visitor_id, organization="other-org")
        with pytest.raises(Refused) as caught:
            await CartsApi(http, stranger).current()
        assert caught.value.code == "100095"


async def test_order_qty(own: str) -> None:
    async with connected(own, ORDER_QTY, BLAZE) as http:
        api = OrderQtyApi(http)
        holds: dict[str, OrderQty] = {}
        for product in hold_data.PRODUCTS:
            reading = await api.of_product(product.id)
            assert (reading.complete, reading.warnings) == (True, ())
            holds |= {hold.id: hold for hold in reading.data}
        assert len(holds) >= 2_000
        assert any(hold.quantity not in (None, int(hold.quantity or 0)) for hold in holds.values())
        assert {type(hold.quantity) for hold in holds.values()} <= {Decimal, type(None)}
        assert holds[hold_data.DATELESS_ROW].last_touched is None
        assert not (await api.delete(hold_data.STALE_ROW, OP)).absent
        assert (await api.delete("no-such-row", OP)).absent
        assert not (await api.delete_cart(hold_data.STALE_CART, OP)).absent
        assert await api.probe()
    async with connected(own, ORDER_QTY, {**BLAZE, "x-api-key": "wrong"}) as http:
        with pytest.raises(Unauthorized):
            await OrderQtyApi(http).store()


async def test_a_read_survives_passing_faults_and_names_lasting_ones() -> None:
    faults = ["gifts:status=503,times=2", "tickets:cut", "order_qty:html", "cart:close=before-apply,times=2"]
    with SandboxServer(create_app(now=lambda: NOW, faults=faults)) as server:
        async with connected(server.url, GIFTS, SHOPLINE) as http:
            assert len((await GiftsApi(http).all()).data) >= 300
        async with connected(server.url, CART, {}) as http:
            assert (await CartsApi(http, AGENT).current()).data.order_id == cart_data.RICH_ORDER
        async with connected(server.url, TICKETS, AX) as http:
            with pytest.raises(UnexpectedAnswer, match="cut short"):
                await TicketsApi(http).products()
        async with connected(server.url, ORDER_QTY, BLAZE) as http:
            with pytest.raises(UnexpectedAnswer, match="text/html"):
                await OrderQtyApi(http).store()
