"""The cart's calls: sessions, logins that expire, errors at any status, and the two removals."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr
from tests.adapter.clients import OP, mocked, reply

from qtydash.adapters.carts import CartCredentials, CartsApi
from qtydash.domain.carts import Cart
from qtydash.domain.errors import (
    InvalidId,
    NotFound,
    RateLimited,
    ReadOnlyProfile,
    Refused,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
    VendorError,
)
from qtydash.domain.vendors import CART

SAMPLE = Path(__file__).with_name("sample_003_removal.json").read_bytes()
ORDER = json.loads(SAMPLE)["embedded"]["order"]
AGENT = CartCredentials("support", username="agent@example.com", password=SecretStr("p4ssword"))
GUEST = CartCredentials("guest", visitor_id=SecretStr("v1sitor"), organization="org1", site="siteUS")
TOKEN = CartCredentials("token", token=SecretStr("t0ken"))


Reply = Callable[[], httpx.Response]


@dataclass
class Shop:
    """A shop that gives out tokens and takes only the newest."""

    valid: str = ""
    made: int = 0
    seen: list[httpx.Request] = field(default_factory=list)
    answer: Reply | None = None
    login: Reply | None = None
    refresh: Reply | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        path = request.url.path
        if path == "/ccstore/v1/refresh":
            if self.refresh is not None:
                return self.refresh()
            assert request.headers["Authorization"] == f"Bearer {self.valid}"
            return self.token()
        if path == "/ccstore/v1/login":
            return self.login() if self.login else self.token()
        if request.headers.get("Authorization") != f"Bearer {self.valid}":
            return reply({"message": "Token is invalid or expired.", "status": "401"}, 401)
        return self.answer() if self.answer else reply(ORDER)

    def token(self) -> httpx.Response:
        self.made += 1
        self.valid = f"access-{self.made}"
        return reply({"access_token": self.valid, "token_type": "bearer"})

    @property
    def calls(self) -> list[str]:
        return [request.url.path.rpartition("/")[2] for request in self.seen]


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def api(shop: Shop, credentials: CartCredentials = AGENT, *, write: bool = False) -> tuple[CartsApi, Clock]:
    clock = Clock()
    return CartsApi(mocked(shop, CART, write=write, headers={}), credentials, clock=clock), clock


async def test_a_session_logs_in_once_and_reads() -> None:
    shop = Shop()
    carts, _ = api(shop)
    assert (await carts.current()).data.order_id == "o690411"
    await carts.current()
    assert shop.calls == ["login", "current", "current"]
    form = parse_qs(shop.seen[0].content.decode())
    assert form == {"grant_type": ["password"], "username": ["agent@example.com"], "password": ["p4ssword"]}
    assert shop.seen[1].headers["Authorization"] == "Bearer access-1"


@pytest.mark.parametrize(
    ("seconds", "calls"),
    [
        (839, ["login", "current", "current"]),
        (841, ["login", "current", "refresh", "current"]),
        (901, ["login", "current", "login", "current"]),
    ],
)
async def test_a_token_is_renewed_a_minute_before_it_expires(seconds: float, calls: list[str]) -> None:
    shop = Shop()
    carts, clock = api(shop)
    await carts.current()
    clock.now += seconds
    await carts.current()
    assert shop.calls == calls


async def test_the_lifetime_is_a_setting() -> None:
    shop = Shop()
    short = CartCredentials("s", username="a", password=SecretStr("b"), token_lifetime=timedelta(minutes=5))
    carts, clock = api(shop, short)
    await carts.current()
    clock.now += 241
    await carts.current()
    assert shop.calls == ["login", "current", "refresh", "current"]


async def test_a_renewal_that_is_refused_becomes_a_login() -> None:
    shop = Shop(refresh=partial(reply, {"message": "expired"}, 400))
    carts, clock = api(shop)
    await carts.current()
    clock.now += 841
    await carts.current()
    assert shop.calls == ["login", "current", "refresh", "login", "current"]


async def test_a_renewal_that_cannot_be_had_now_leaves_the_token_in_use() -> None:
    shop = Shop(refresh=partial(reply, {}, 429, headers={"Retry-After": "99"}))
    carts, clock = api(shop)
    await carts.current()
    clock.now += 841
    await carts.current()
    assert shop.calls == ["login", "current", "refresh", "current"]


async def test_a_token_that_died_early_is_replaced_and_the_read_goes_on() -> None:
    shop = Shop()
    carts, _ = api(shop)
    await carts.current()
    shop.valid = "someone else's"
    assert (await carts.current()).data.order_id == "o690411"
    assert shop.calls == ["login", "current", "current", "login", "current"]


async def test_a_shop_that_takes_no_token_is_asked_twice_and_no_more() -> None:
    shop = Shop(answer=partial(reply, {"message": "no"}, 401))
    carts, _ = api(shop)
    with pytest.raises(Unauthorized, match="Session 'support' did log in, so its account may not read this cart"):
        await carts.current()
    assert shop.calls == ["login", "current", "login", "current"]


async def test_reads_at_once_share_one_login() -> None:
    shop = Shop()

    async def slow(request: httpx.Request) -> httpx.Response:
        answer = shop(request)
        for _ in range(20):
            await asyncio.sleep(0)
        return answer

    carts = CartsApi(mocked(slow, CART, headers={}), AGENT)
    await asyncio.gather(*(carts.current() for _ in range(5)))
    assert shop.calls.count("login") == 1
    shop.valid = "someone else's"
    await asyncio.gather(*(carts.current() for _ in range(5)))
    assert shop.calls.count("login") == 2


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_login_that_is_refused_names_the_session_and_hides_the_password(status: int) -> None:
    shop = Shop(login=partial(reply, {"error": "invalid_grant", "error_description": "bad p4ssword"}, status))
    carts, _ = api(shop)
    with pytest.raises(Unauthorized) as caught:
        await carts.current()
    assert caught.value.sentence == "Oracle Commerce did not accept the login of session 'support'."
    assert caught.value.words == "bad •••"
    assert "`username` and `password`" in caught.value.hint
    assert "p4ssword" not in repr(caught.value)


@pytest.mark.parametrize("document", [{}, {"access_token": ""}, {"access_token": 3}, [], b"{"])
async def test_a_login_without_a_token_is_an_unexpected_answer(document: object) -> None:
    carts, _ = api(Shop(login=partial(reply, document)))
    with pytest.raises(UnexpectedAnswer):
        await carts.current()


async def test_a_guest_sends_its_headers_and_no_login() -> None:
    seen: list[httpx.Request] = []

    def shop(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(b"", 204)

    carts = CartsApi(mocked(shop, CART, headers={}), GUEST)
    reading = await carts.current()
    assert reading.data == Cart(order_id="")
    assert reading.data.is_empty
    (request,) = seen
    assert request.headers["X-CCVisitorId"] == "v1sitor"
    assert request.headers["X-CCOrganization"] == "org1"
    assert request.headers["X-CCSite"] == "siteUS"
    assert "Authorization" not in request.headers


async def test_a_guest_that_is_turned_away_is_told_why() -> None:
    shop = Shop(valid="never")
    with pytest.raises(Unauthorized, match="Shops do not serve anonymous carts by default"):
        await api(shop, GUEST)[0].current()
    assert shop.calls == ["current"]


async def test_a_token_made_elsewhere_is_sent_and_not_renewed() -> None:
    shop = Shop(valid="t0ken")
    carts, clock = api(shop, TOKEN)
    await carts.current()
    clock.now += 10_000
    await carts.current()
    shop.valid = "another"
    with pytest.raises(Unauthorized, match="token of session 'token' has expired or was revoked") as caught:
        await carts.current()
    assert shop.calls == ["current"] * 3
    assert "t0ken" not in repr(caught.value)


async def test_an_agent_reads_an_order() -> None:
    shop = Shop()
    carts, _ = api(shop)
    assert (await carts.agent_order("o690411")).data.order_id == "o690411"
    assert shop.seen[1].url.raw_path == b"/ccagent/v1/orders/o690411?includeResult=full"
    with pytest.raises(InvalidId):
        await carts.agent_order("../x")


async def test_a_removal_is_the_documented_request() -> None:
    shop = Shop(answer=partial(reply, SAMPLE))
    carts, _ = api(shop, write=True)
    reading = await carts.remove_selectable_quantity("promo10001", 1836123324, 1, OP)
    assert reading.data.order_id == "o690411"
    request = shop.seen[-1]
    assert request.method == "POST"
    assert request.url.path == "/ccstore/v1/orders/current/items/removeSelectableQuantity"
    assert json.loads(request.content) == {
        "quantity": 1,
        "giftWithPurchaseIdentifier": 1836123324,
        "promotionId": "promo10001",
    }
    assert request.headers["X-Request-Id"] == OP


async def test_removing_all_sends_no_body() -> None:
    shop = Shop(answer=partial(reply, SAMPLE))
    carts, _ = api(shop, write=True)
    await carts.remove_all_selectable_quantity(OP)
    assert shop.seen[-1].url.path == "/ccstore/v1/orders/current/items/removeAllSelectableQuantity"
    assert shop.seen[-1].content == b""


async def test_a_removal_that_meets_an_old_token_is_not_sent_again() -> None:
    shop = Shop()
    carts, _ = api(shop, write=True)
    await carts.current()
    shop.valid = "someone else's"
    with pytest.raises(Unauthorized, match="The next read logs in anew") as caught:
        await carts.remove_selectable_quantity("p", 1, 1, OP)
    assert caught.value.request_started
    assert shop.calls == ["login", "current", "removeSelectableQuantity"]
    shop.answer = partial(reply, SAMPLE)
    await carts.remove_selectable_quantity("p", 1, 1, OP)
    assert shop.calls[-2:] == ["login", "removeSelectableQuantity"]


@pytest.mark.parametrize(
    ("seconds", "before"), [(0, []), (839, []), (841, ["refresh"]), (901, ["login"])], ids=str
)
async def test_whatever_login_a_removal_needs_is_had_before_it_is_sent(seconds: float, before: list[str]) -> None:
    shop = Shop(answer=partial(reply, SAMPLE))
    carts, clock = api(shop, write=True)
    await carts.current()
    clock.now += seconds
    await carts.remove_selectable_quantity("p", 1, 1, OP)
    assert shop.calls == ["login", "current", *before, "removeSelectableQuantity"]


@pytest.mark.parametrize("status", [401, 500])
async def test_a_removal_whose_login_fails_never_left(status: int) -> None:
    shop = Shop(login=partial(reply, {"message": "no"}, status))
    with pytest.raises(VendorError) as caught:
        await api(shop, write=True)[0].remove_selectable_quantity("p", 1, 1, OP)
    assert not caught.value.request_started
    assert "removeSelectableQuantity" not in shop.calls


@pytest.mark.parametrize("quantity", [0, -1, True, 2**60])
async def test_a_removal_of_nothing_is_not_sent(quantity: int) -> None:
    shop = Shop()
    with pytest.raises(ValueError, match="Nothing was sent"):
        await api(shop, write=True)[0].remove_selectable_quantity("p", 1, quantity, OP)
    assert not shop.seen


async def test_a_read_only_profile_logs_in_and_removes_nothing() -> None:
    shop = Shop()
    carts, _ = api(shop)
    await carts.current()
    with pytest.raises(ReadOnlyProfile):
        await carts.remove_all_selectable_quantity(OP)
    assert shop.calls == ["login", "current"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (partial(reply, b"", 200), UnexpectedAnswer),
        (partial(reply, b"", 204), UnexpectedAnswer),
        (partial(reply, SAMPLE, 202), UnexpectedAnswer),
        (partial(reply, {}), UnexpectedAnswer),
        (partial(reply, {"embedded": {"order": {"orderId": "o690411"}}}), UnexpectedAnswer),
        (partial(reply, SAMPLE[:500]), UnexpectedAnswer),
        (partial(reply, {"message": "x", "errorCode": "28327"}), Refused),
    ],
)
async def test_a_removal_that_does_not_show_the_cart(answer: Reply, kind: type[VendorError]) -> None:
    with pytest.raises(kind) as caught:
        await api(Shop(answer=answer), write=True)[0].remove_selectable_quantity("p", 1, 1, OP)
    assert caught.value.status == answer().status_code


SINGLE = {"message": "Denied", "errorCode": "28327", "devMessage": "d", "moreInfo": "m", "status": "400"}
MULTI = {"errors": [SINGLE, {**SINGLE, "message": "Twice"}], "message": "all", "status": "400"}


@pytest.mark.parametrize(
    ("document", "status", "kind", "words"),
    [
        (SINGLE, 400, Refused, "Denied"),
        (SINGLE, 500, Refused, "Denied"),
        (MULTI, 500, Refused, "Denied; Twice"),
        (MULTI, 200, Refused, "Denied; Twice"),
        (SINGLE, 403, Unauthorized, "Denied"),
        (SINGLE, 404, NotFound, "Denied"),
        (SINGLE, 429, RateLimited, "Denied"),
        ({"errors": [], "message": "down", "status": "500"}, 500, UnexpectedAnswer, "down"),
    ],
)
async def test_both_error_shapes_at_any_status(
    document: object, status: int, kind: type[VendorError], words: str
) -> None:
    with pytest.raises(VendorError) as caught:
        await api(Shop(answer=partial(reply, document, status)))[0].current()
    assert (type(caught.value), caught.value.words, caught.value.status) == (kind, words, status)


@pytest.mark.parametrize(
    ("code", "hint"), [("28313", "no cart"), ("82001", "`visitor_id`"), ("100095", "`organization`")]
)
async def test_known_codes_say_what_to_do(code: str, hint: str) -> None:
    with pytest.raises(Refused) as caught:
        await api(Shop(answer=partial(reply, {"message": "x", "errorCode": code}, 400)))[0].current()
    assert caught.value.code == code
    assert hint in caught.value.hint


async def test_a_business_error_as_500_does_not_claim_that_nothing_was_changed() -> None:
    with pytest.raises(Refused) as caught:
        await api(Shop(answer=partial(reply, SINGLE, 500)), write=True)[0].remove_all_selectable_quantity(OP)
    assert "Nothing was changed" not in caught.value.full
    assert caught.value.request_started


@pytest.mark.parametrize(
    ("answer", "told"),
    [(partial(reply, ORDER), "cart o690411, 2 lines"), (partial(reply, b"", 204), "empty cart")],
)
async def test_probing_tells_the_cart(answer: Reply, told: str) -> None:
    assert await api(Shop(answer=answer))[0].probe() == told


async def test_a_shop_that_cannot_be_reached_for_a_login() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x")

    with pytest.raises(Unreachable):
        await CartsApi(mocked(gone, CART, headers={}), AGENT).current()
