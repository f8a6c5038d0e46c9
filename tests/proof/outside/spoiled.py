"""The product's own sandbox, every text that it sends replaced by hostile ones."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qtydash.domain.vendors import VendorKey
from qtydash.sandbox.answers import vendor_of
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.carts import RICH_ORDER
from qtydash.sandbox.data.tickets import PARK
from qtydash.sandbox.state import SandboxState
from tests.proof.outside.texts import Hostile

Json = Any

FIELDS: dict[VendorKey, dict[str, str]] = {
    "tickets": {
        "title": "TT",
        "category": "TC",
        "detail_category": "TD",
        "main_country_and_city": "TY",
        "option_name": "TO",
        "inventory_code": "TI",
        "vendors_own": "TX",
    },
    "gifts": {"sku": "GS", "status": "GU", "en": "GT", "zh-hant": "GZ", "handle": "GH", "name": "GN"},
    "cart": {
        "orderId": "CO",
        "displayName": "CN",
        "productId": "CP",
        "catRefId": "CK",
        "promotionName": "CM",
        "promotionDesc": "CE",
        "giftDetail": "CD",
        "giftType": "CG",
        "giftWithPurchaseDetail": "CF",
        "giftWithPurchaseType": "CH",
        "currencyCode": "CU",
        "stateKey": "CS",
        "siteId": "CI",
    },
    "order_qty": {
        "inventoryId": "QI",
        "regionId": "QR",
        "companyId": "QO",
        "shopId": "QS",
        "consumerCartId": "QC",
        "name": "QN",
    },
}
"""Every field that holds a text for people, and the letters that a mark of it has. Ids that lead anywhere are in
``hostile_ids``."""
OTHER_SELECTIONS = 7
"""Gift selections of the cart beside one for each text."""
REFUSAL, CODE = "EM", "EC"
MEMBER, VALUE = "CX", "CV"
"""A member that the order's own fields do not have: its name and its value."""


@dataclass(slots=True)
class Spoiler:
    """Wraps the sandbox: answers of JSON come out with ``texts`` in their fields, one after the other.

    With ``refusing`` every vendor's call but a login, or those of the methods in ``only``, is answered with that
    status and hostile words, which also hold ``repeats``: a text such as a credential.
    """

    app: ASGIApp
    texts: Sequence[Hostile]
    refusing: int = 0
    only: str = ""
    repeats: str = ""
    refused: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        vendor = vendor_of(scope["path"]) if scope["type"] == "http" else None
        if vendor is None:
            await self.app(scope, receive, send)
            return
        refused = self.refusing and (not self.only or scope["method"] in self.only)
        if refused and not scope["path"].endswith(("/login", "/refresh")):
            await _answer(send, self.refusing, [], self._refusal())
            return
        start: dict[str, Any] = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self.app(scope, receive, keep)
        told = bytes(body)
        if start["status"] == 200 and told and b"access_token" not in told:
            told = json.dumps(self.spoiled(json.loads(told), vendor)).encode()
        kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await _answer(send, start["status"], kept, told)

    def _refusal(self) -> bytes:
        number = self.refused % len(self.texts)
        self.refused += 1
        words = self.texts[number].marked(REFUSAL, number) + self.repeats
        code = self.texts[number].marked(CODE, number)[:60] + self.repeats
        told = {"message": words, "detail": words, "error": words, "errorCode": code, "code": code}
        return json.dumps(told).encode()

    def spoiled(self, document: Json, vendor: VendorKey) -> Json:
        """A vendor's document as it comes out."""
        counts: Counter[str] = Counter()
        if isinstance(document, dict) and (page := document.get("pagination")):
            before = (page["current_page"] - 1) * page["per_page"]  # texts go on where the last page ended
            counts.update(dict.fromkeys(FIELDS[vendor].values(), before))
        if vendor == "tickets":
            _with_own_fields(document)
        found = _walk(document, FIELDS[vendor], lambda field: self._next(field, counts))
        order = found.get("embedded", {}).get("order", found) if isinstance(found, dict) else {}
        if vendor == "cart" and "orderId" in order:
            for n, text in enumerate(self.texts):
                order[text.marked(MEMBER, n)] = text.marked(VALUE, n)
        return found

    def _next(self, field: str, counts: Counter[str]) -> str:
        number = counts[field] % len(self.texts)
        counts[field] += 1
        return self.texts[number].marked(field, number)


def _with_own_fields(value: Json) -> None:
    """Give each record of inventory a field that no document names."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _with_own_fields(each)
    if isinstance(value, dict) and "max_quantity" in value:
        value["vendors_own"] = "x"


def _walk(value: Json, fields: dict[str, str], text: Callable[[str], str]) -> Json:
    if isinstance(value, dict):
        return {
            key: text(fields[key]) if key in fields and isinstance(inner, str) else _walk(inner, fields, text)
            for key, inner in value.items()
        }
    return [_walk(each, fields, text) for each in value] if isinstance(value, list) else value


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    head = headers or [(b"content-type", b"application/json")]
    length = [] if status in (204, 304) else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*head, *length]})
    await send({"type": "http.response.body", "body": body})


def spoiled_shop(texts: Sequence[Hostile]) -> tuple[Spoiler, SandboxState]:
    """The sandbox with as many records of each kind as there are ``texts``, and its state."""
    app = create_app()
    state = app.state.sandbox
    assert isinstance(state, SandboxState)
    count = len(texts)
    _few_tickets(state, count)
    state.gifts.all = state.gifts.all[:count]
    state.gifts.by_id = {gift.id: gift for gift in state.gifts.all}
    for gift in state.gifts.all:
        gift.unlimited = False
    _few_holds(state, count)
    _larger_order(state.carts[RICH_ORDER], count)
    return Spoiler(app, texts), state


def _few_tickets(state: SandboxState, count: int) -> None:
    """So many options of one product with some days from today, and as many products besides."""
    tickets = state.tickets
    park = tickets.products[PARK]
    had = len(park.options)
    options = tuple(
        replace(park.options[n % had], code=f"{park.options[n % had].code}{'-' * (n // had)}")
        for n in range(count)
    )
    days = 20 if count < had else 3
    tickets.products = {PARK: replace(park, options=options)} | {
        f"product-{n}": replace(park, code=f"product-{n}", options=options[:1]) for n in range(count)
    }
    soon = [row for row in tickets.rows[PARK] if 0 <= (row.date - tickets.today).days < days]
    rows = [
        replace(row, option_code=option.code)
        for option in options
        for row in soon
        if option.code.rstrip("-") == row.option_code
    ]
    tickets.rows = {code: [] for code in tickets.products} | {PARK: rows}


def _few_holds(state: SandboxState, count: int) -> None:
    held = [row for row in state.order_qty.rows.values() if row.product_id == "prod-1" and not row.bare]
    stale = sorted(held, key=lambda row: not (row.active and not row.submitted and row.created))
    state.order_qty.rows = {row.id: row for row in stale[:count]}


def _larger_order(order: Json, count: int) -> None:
    """So many lines, and so many open selections of a promotion each."""
    items, markers, infos = (
        order["shoppingCart"]["items"],
        order["giftWithPurchaseOrderMarkers"],
        order["giftWithPurchaseInfo"],
    )
    named = order["discountInfo"]["orderImplicitDiscountList"]
    for item in items:
        item["discountInfo"] = []
    for n in range(len(items), count):
        items.append(items[0] | {"id": f"ci{n}", "commerceItemId": f"ci{n}"})
    for n in range(count):
        promotion, identifier = f"promo{80_000 + n}", 900_000 + n
        markers.append(deepcopy(markers[3]) | {"data": str(identifier), "value": promotion})
        infos.append(deepcopy(infos[3]) | {"giftWithPurchaseIdentifier": identifier, "promotionId": promotion})
        named.append(named[0] | {"promotionId": promotion})
