"""Answers to writes and logins, damaged, and the readers that decide by them: what they take for done is judged
by what the answer says, read here in another way.

The client's own judgement of status and content type is part of it; nothing goes over a network.
"""

import json
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from functools import cache
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import SecretStr

from qtydash.adapters.answers import Answer
from qtydash.adapters.carts import CartCredentials, CartsApi
from qtydash.adapters.credentials import check_headers, reveal
from qtydash.adapters.gifts import GiftsApi
from qtydash.adapters.http import VendorClient
from qtydash.adapters.order_qty import OrderQtyApi
from qtydash.adapters.requests import Headers
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.errors import VendorError
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS, Vendor
from tests.adapter.clients import BASE, OP, client
from tests.proof.figure import must
from tests.proof.outside.damage import (
    A_PRODUCT,
    A_TOKEN,
    HARMFUL,
    ORDERS,
    Json,
    check,
    damaged,
    document,
    encoded,
    text,
)
from tests.property.test_adapter_parsers import text_in

if TYPE_CHECKING:
    from qtydash.adapters.requests import Params

T = TypeVar("T")

_GIFT_ID = "5d8b0a6552910502640e8a76"
_PARTS = ("shoppingCart", "giftWithPurchaseInfo", "giftWithPurchaseOrderMarkers")
_FAILING = [*range(400, 600), *map(str, range(400, 600))]
_NONE: Headers = MappingProxyType({})


class Told:
    """In place of a client: each request is answered with the next of the answers, as the client takes them."""

    def __init__(self, vendor: Vendor, *answers: Answer) -> None:
        self.vendor = vendor
        self.sent: list[Mapping[str, SecretStr | str]] = []
        self._answers = iter(answers)

    async def get(
        self, _path: str, _params: "Params | None" = None, *, headers: Headers = _NONE, what: str = ""
    ) -> Answer:
        return self._next(headers, what)

    async def send(
        self,
        _method: str,
        _path: str,
        *,
        headers: Headers = _NONE,
        what: str = "",
        any_body: bool = False,
        **_: object,
    ) -> Answer:
        return self._next(headers, what, any_body=any_body)

    async def authenticate(self, _path: str, _form: object, *, headers: Headers = _NONE) -> Answer:
        return self._next(headers)

    def hide(self, secret: SecretStr) -> None:
        """The answers hold no secret but the login's."""

    def _next(self, headers: Headers, what: str = "", *, any_body: bool = False) -> Answer:
        check_headers(self.vendor, headers)
        self.sent.append(headers)
        return _client(self.vendor)._accepted(next(self._answers), what, any_body)

    @property
    def http(self) -> VendorClient:
        return cast("VendorClient", self)


@cache
def _client(vendor: Vendor) -> VendorClient:
    return client(BASE, vendor)


def _done(work: Coroutine[Any, Any, T]) -> T:
    """What it gives: nothing in it waits."""
    try:
        work.send(None)
    except StopIteration as ended:
        return cast("T", ended.value)
    raise RuntimeError("it waits for something")


def _answer(rng: Random, body: bytes, *statuses: int) -> Answer:
    types = ("application/json",) * 6 + ("", "text/json", "text/html", "text/plain")
    return Answer(rng.choice(statuses), body, rng.choice(types), reason=text(rng), redact=str)


def _object(body: bytes) -> dict[str, Json]:
    """The JSON object in a body, nothing where there is none."""
    with suppress(ValueError, RecursionError):
        found = json.loads(body)
        return found if isinstance(found, dict) else {}
    return {}


def _is_html(answer: Answer) -> bool:
    return bool(answer.body) and ("html" in answer.content_type or answer.body.lstrip().startswith(b"<"))


_WRITTEN = (200, 200, 200, 200, 201, 202, 204, 302, 400, 404, 500)


def stock(rng: Random) -> bool:
    """The answer to a quantity: done only where it names the gift and a whole number, and is final."""
    quantity = rng.choice((11, 0, -3, "7", 4.0))
    gift: dict[str, Json] = {"_id": _GIFT_ID, "sku": "S", "quantity": quantity, "updated_at": "2026-03-01"}
    if rng.random() < 0.3:
        gift["id"] = gift.pop("_id")
    if rng.random() < 0.2:
        gift["id"] = rng.choice((_GIFT_ID[:-1], "", None, 5, {"id": _GIFT_ID}))
    body = encoded(damaged(gift, rng), rng) if rng.random() < 0.9 else document(rng)
    answer = _answer(rng, body, *_WRITTEN)
    told = Told(GIFTS, answer)
    try:
        found = _done(GiftsApi(told.http).update_quantity(_GIFT_ID, 1, replace=False, op_id=OP))
    except VendorError as error:
        check([error.full, error.words])
        return False
    check([found.id, found.sku])
    said = _object(body)
    must(answer.is_success and answer.status != 202 and not _is_html(answer), HARMFUL, f"done by {answer!r}")
    about = said["id"] if "id" in said else said.get("_id")
    must(about == _GIFT_ID, HARMFUL, f"done by an answer about {said!r:.200}")
    number = said.get("quantity")
    is_one = isinstance(number, int | float | str) and not isinstance(number, bool)
    must(
        is_one and float(number or 0) == found.quantity, HARMFUL, f"{number!r:.99} was taken for {found.quantity}"
    )
    return True


def deletion(rng: Random) -> bool:
    """The answer to a deletion: done by any final 2xx in which no error is; absent by 404 and 410 alone."""
    refused = {"error": "no", "message": "m", "status": rng.choice((400, 403, "404", 500, "599", None))}
    body = rng.choice(
        (encoded(damaged(refused, rng), rng), document(rng), b"", b"<html>", text(rng).encode("utf-8", "replace"))
    )
    answer = _answer(rng, body, *_WRITTEN, 206, 207, 410, 429)
    api = OrderQtyApi(Told(ORDER_QTY, answer).http)
    try:
        found = _done(api.delete("65aa", OP) if rng.random() < 0.5 else api.delete_cart("cart-1", OP))
    except VendorError as error:
        check([error.full, error.words])
        return False
    must(found.status == answer.status, HARMFUL, f"{found.status} for {answer.status}")
    must(found.absent == (answer.status in (404, 410)), HARMFUL, f"absent by {answer.status}")
    if not found.absent:
        final = answer.is_success and answer.status not in (202, 206, 207)
        must(final and not _is_html(answer), HARMFUL, f"done by {answer!r}")
        said = _object(body)
        fails = said.get("status") in _FAILING or (said.get("error") and said.get("status") is None)
        must(not fails, HARMFUL, f"done by an answer that says {body!r:.200}")
    return True


def removal(rng: Random) -> bool:
    """The answer to a removal from a cart: done only by 200 and a cart in it."""
    bare = encoded(damaged({"orderId": "o10001", "state": "INCOMPLETE"}, rng), rng)
    body = rng.choice((*[document(rng, *ORDERS)] * 6, bare, bare, b""))
    answer = _answer(rng, body, *_WRITTEN)
    api = CartsApi(Told(CART, answer).http, CartCredentials("s", token=SecretStr("t")))
    try:
        found = _done(
            api.remove_selectable_quantity("promo", 1, 1, OP)
            if rng.random() < 0.5
            else api.remove_all_selectable_quantity(OP)
        )
    except VendorError as error:
        check([error.full, error.words])
        return False
    check(text_in(found))
    said = _object(body)
    inner = said.get("embedded")
    order = inner["order"] if isinstance(inner, dict) and isinstance(inner.get("order"), dict) else said
    must(answer.status == 200 and not _is_html(answer), HARMFUL, f"done by {answer!r}")
    must(any(part in order for part in _PARTS), HARMFUL, f"done by an answer without a cart: {body!r:.200}")
    return True


def login(rng: Random) -> bool:
    """The answer to a login: the token in it is sent as it is, or nothing is."""
    token = rng.choice(("token-0123456789", text(rng), text(rng)))
    body = encoded(damaged({"access_token": token, "token_type": "bearer"}, rng), rng)
    told = Told(CART, _answer(rng, body, 200, 200, 200, 200, 400, 401, 500), Answer(204, redact=str))
    api = CartsApi(told.http, CartCredentials("s", username="u", password=SecretStr("p")))
    try:
        _done(api.current())
    except VendorError as error:
        check([error.full, error.words])
        must(len(told.sent) <= 1, HARMFUL, "read without a login")
        return False
    said = _object(body).get("access_token")
    must(isinstance(said, str) and said, HARMFUL, f"logged in by {body!r:.200}")
    bearer = reveal(told.sent[-1]["Authorization"])
    must(bearer == f"Bearer {said}", HARMFUL, f"{said!r:.99} was sent as {bearer!r:.99}")
    return True


def options(rng: Random) -> bool:
    """The names of a product's options."""
    told = Told(TICKETS, _answer(rng, document(rng, *A_PRODUCT), 200, 200, 200, 404))
    try:
        found = _done(TicketsApi(told.http).options("p"))
    except VendorError as error:
        check([error.full])
        return False
    check(text_in(found))
    return bool(found)


def token_info(rng: Random) -> bool:
    """Whose token it is."""
    told = Told(GIFTS, _answer(rng, document(rng, *A_TOKEN), 200, 200, 200, 401))
    try:
        found = _done(GiftsApi(told.http).token_info())
    except VendorError as error:
        check([error.full])
        return False
    check(list(found))
    return any(found)
