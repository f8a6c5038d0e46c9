"""Oracle Commerce's storefront and agent calls (document 003): login, current order, removing what is open.

Error codes 28313, 28327, 82001 and 100095 are the vendor's; the codes of refused removals are the sandbox's own.
"""

from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qtydash.sandbox.answers import Declined, Json, decline, is_integer, json_object, multi_error
from qtydash.sandbox.credentials import CART_ORGANIZATION
from qtydash.sandbox.data.carts import LOCKED, Selection, selections
from qtydash.sandbox.ledger import record_change
from qtydash.sandbox.state import SandboxState, state_of

_ITEMS = "/ccstore/v1/orders/current/items"


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _shopper(request: Request) -> str:
    """The shopper behind a request, by token first, by visitor id else."""
    state = state_of(request)
    if token := _bearer(request):
        shopper = state.sessions.shopper(token)
        if shopper is None:
            raise decline("cart", 401, "The access token is invalid or has expired.", "100001")
    else:
        shopper = state.sessions.visitor(request.headers.get("x-ccvisitorid", ""))
        if shopper is None:
            words = "Anonymous access to this resource is not allowed."
            raise Declined(401, multi_error(401, "Unauthorized", ("100000", words)))
    if request.headers.get("x-ccorganization", CART_ORGANIZATION) != CART_ORGANIZATION:
        raise decline("cart", 400, "The order belongs to another organization.", "100095")
    return shopper


def _cart(request: Request) -> Json | None:
    state = state_of(request)
    order_id = state.sessions.order_of(_shopper(request))
    return None if order_id is None else state.carts[order_id]


async def login(request: Request) -> Response:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise decline("cart", 415, "The media type of the request is not supported.", "415")
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    if form.get("grant_type") != ["password"]:
        raise decline("cart", 400, "grant_type must be password.", "100003")
    state = state_of(request)
    token = state.sessions.log_in(form.get("username", [""])[0], form.get("password", [""])[0])
    if token is None:
        raise decline("cart", 401, "The user name or password is incorrect.", "100002")
    return _granted(token)


async def refresh(request: Request) -> Response:
    token = _bearer(request)
    if not token:
        raise decline("cart", 400, "The Authorization header is missing.", "82001")
    renewed = state_of(request).sessions.renew(token)
    if renewed is None:
        raise decline("cart", 401, "The access token is invalid or has expired.", "100001")
    return _granted(renewed)


def _granted(token: str) -> JSONResponse:
    return JSONResponse({"access_token": token, "token_type": "bearer"})


async def current_order(request: Request) -> Response:
    cart = _cart(request)
    return Response(status_code=204) if cart is None else JSONResponse(cart)


async def remove_selectable_quantity(request: Request) -> Response:
    cart = _require(_cart(request))
    promotion_id, identifier, quantity = _removal(await json_object(request))
    selection = _find(cart, promotion_id, identifier)
    if selection is None:
        raise decline("cart", 400, "The gift selection is not part of this order.", "sandbox-unknown-selection")
    if selection.promotion_id == LOCKED.id:
        raise decline("cart", 500, "The promotion cannot be changed at this time.", "28327")
    if quantity > selection.available:
        words = f"Only {selection.available} can be removed, {quantity} asked."
        raise Declined(400, multi_error(400, "The removal was refused.", ("sandbox-too-many", words)))
    record_change(request, {"order": cart["orderId"], "removed": [selection.remove(quantity)]})
    return JSONResponse(_envelope(cart))


async def remove_all_selectable_quantity(request: Request) -> Response:
    cart = _require(_cart(request))
    open_ones = [s for s in selections(cart) if s.available > 0 and s.promotion_id != LOCKED.id]
    if open_ones:
        record_change(request, {"order": cart["orderId"], "removed": [s.remove(s.available) for s in open_ones]})
    return JSONResponse(_envelope(cart))


def _require(cart: Json | None) -> Json:
    if cart is None:
        raise decline("cart", 400, "There is no current incomplete order.", "28313")
    return cart


def _removal(body: Json | None) -> tuple[str, int, int]:
    body = body or {}
    promotion_id, identifier = body.get("promotionId"), body.get("giftWithPurchaseIdentifier")
    quantity = body.get("quantity")
    wrong = [
        (f"sandbox-{name}", f"{name} must be {kind}.")
        for name, kind, right in (
            ("promotionId", "a string", isinstance(promotion_id, str)),
            ("giftWithPurchaseIdentifier", "an integer", is_integer(identifier)),
            ("quantity", "an integer of 1 or more", is_integer(quantity) and _positive(quantity)),
        )
        if not right
    ]
    if wrong:
        raise Declined(400, multi_error(400, "The request is not valid.", *wrong))
    assert isinstance(promotion_id, str)
    assert isinstance(identifier, int)
    assert isinstance(quantity, int)
    return promotion_id, identifier, quantity


def _positive(value: Any) -> bool:
    return bool(value > 0)


def _find(cart: Json, promotion_id: str, identifier: int) -> Selection | None:
    return next(
        (s for s in selections(cart) if (s.promotion_id, s.identifier) == (promotion_id, identifier)), None
    )


def _envelope(cart: Json) -> Json:
    """The answer of a change: the order embedded, the items once more without their origin, paging as text."""
    items = [
        {name: value for name, value in item.items() if name != "originalCommerceItemId"}
        for item in cart["shoppingCart"]["items"]
    ]
    return {
        "totalResults": str(len(items)),
        "offset": "0",
        "hasMore": "false",
        "limit": "250",
        "links": [{"method": "PATCH", "rel": "/rels/updateCommerceItems", "href": _ITEMS}],
        "items": items,
        "embedded": {"order": cart},
    }


async def agent_order(request: Request) -> Response:
    """An order as a support agent sees it; its single shipping group is an object here, as in the schema."""
    state: SandboxState = state_of(request)
    if not _bearer(request) or state.sessions.shopper(_bearer(request)) is None:
        raise decline("cart", 401, "The access token is invalid or has expired.", "100001")
    cart = state.carts.get(request.path_params["order_id"])
    if cart is None:
        raise decline("cart", 404, "The order does not exist.", "28103")
    if request.query_params.get("includeResult") != "full":
        return JSONResponse({name: cart[name] for name in ("orderId", "siteId", "priceInfo", "orderAction")})
    return JSONResponse(cart | {"shippingGroups": cart["shippingGroups"][0]})


routes = [
    Route("/ccstore/v1/login", login, methods=["POST"]),
    Route("/ccstore/v1/refresh", refresh, methods=["POST"]),
    Route("/ccstore/v1/orders/current", current_order),
    Route(f"{_ITEMS}/removeSelectableQuantity", remove_selectable_quantity, methods=["POST"]),
    Route(f"{_ITEMS}/removeAllSelectableQuantity", remove_all_selectable_quantity, methods=["POST"]),
    Route("/ccagent/v1/orders/{order_id}", agent_order),
]
