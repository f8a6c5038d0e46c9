"""SHOPLINE's Open API (document 001): list, search, update quantity, token info.

Update by SKU answers like update by id, with the first of the gifts it changed, as the vendor documents it.
"""

import operator
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qtydash.sandbox.answers import Declined, Json, decline, error_body, is_integer, json_object, whole_number
from qtydash.sandbox.credentials import SHOPLINE_HANDLE, SHOPLINE_TOKEN
from qtydash.sandbox.data.gifts import QUANTITY_LIMIT, Gift
from qtydash.sandbox.ledger import record_change
from qtydash.sandbox.state import state_of

SEARCH_WINDOW = 10_000
"""A search fails when page times per_page goes beyond."""
MAX_PER_PAGE = 999

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "not": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def _authorize(request: Request) -> None:
    if not request.headers.get("user-agent"):
        raise Declined(400, error_body("gifts", 400, "User-Agent is required", "UserAgentRequired"))
    if request.headers["user-agent"] != SHOPLINE_HANDLE:
        raise decline("gifts", 403, "User-Agent must be the merchant handle", "Forbidden")
    if request.headers.get("authorization") != f"Bearer {SHOPLINE_TOKEN}":
        raise decline("gifts", 401, "The access token is invalid", "InvalidAccessToken")


def _page(request: Request, gifts: Sequence[Gift], window: int | None = None) -> JSONResponse:
    page = whole_number(request.query_params, "page", 1)
    per_page = whole_number(request.query_params, "per_page", 24)
    if page is None or per_page is None or per_page > MAX_PER_PAGE:
        raise decline("gifts", 422, f"page must be 1 or more, per_page 1 to {MAX_PER_PAGE}")
    if window is not None and page * per_page > window:
        raise decline("gifts", 422, f"Result window is too large: page * per_page must not exceed {window}")
    return JSONResponse(
        {
            "items": [_wire(gift) for gift in gifts[(page - 1) * per_page : page * per_page]],
            "pagination": {
                "current_page": page,
                "per_page": per_page,
                "total_pages": -(-len(gifts) // per_page),
                "total_count": len(gifts),
            },
        }
    )


def _wire(gift: Gift) -> Json:
    return {
        "id": gift.id,
        "status": gift.status,
        "title_translations": gift.titles,
        "sku": gift.sku,
        "quantity": gift.quantity,
        "unlimited_quantity": gift.unlimited,
        "cost": {
            "cents": gift.price,
            "currency_symbol": "NT$",
            "currency_iso": "TWD",
            "label": f"NT${gift.price}",
            "dollars": gift.price,
        },
        "weight": gift.weight,
        "medias": [],
        "created_at": _timestamp(gift.created_at),
        "updated_at": _timestamp(gift.updated_at),
    }


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


async def list_gifts(request: Request) -> Response:
    _authorize(request)
    return _page(request, state_of(request).gifts.all)


async def search_gifts(request: Request) -> Response:
    _authorize(request)
    found = state_of(request).gifts.all
    for name, value in request.query_params.multi_items():
        keep = _condition(name, value)
        if keep is not None:
            found = [gift for gift in found if keep(gift)]
    return _page(request, found, SEARCH_WINDOW)


def _condition(name: str, value: str) -> Callable[[Gift], bool] | None:
    prefix, colon, rest = value.partition(":")
    compare = _OPERATORS.get(prefix) if colon else None
    wanted = rest if compare else value
    compare = compare or operator.eq
    try:
        match name:
            case "id":
                return lambda gift: compare(gift.id, wanted)
            case "sku":
                return lambda gift: compare(gift.sku, wanted)
            case "status":
                return lambda gift: compare(gift.status, wanted)
            case "quantity":
                number = int(wanted)
                return lambda gift: compare(gift.quantity, number)
            case "updated_at":
                moment = datetime.fromisoformat(wanted.replace("Z", "+00:00").replace(" ", "+"))
                moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
                return lambda gift: compare(gift.updated_at, moment)
            case _:
                return None
    except ValueError:
        raise decline("gifts", 422, f"{name} is invalid") from None


async def update_quantity(request: Request) -> Response:
    _authorize(request)
    gift = state_of(request).gifts.by_id.get(request.path_params["gift_id"])
    if gift is None:
        raise decline("gifts", 404, "Gift not found")
    return _write(request, [gift], await json_object(request))


async def update_quantity_by_sku(request: Request) -> Response:
    _authorize(request)
    body = await json_object(request)
    sku = (body or {}).get("sku")
    if not isinstance(sku, str) or not sku:
        raise decline("gifts", 422, "sku is required")
    gifts = state_of(request).gifts.with_sku(sku)
    if not gifts:
        raise decline("gifts", 404, "Gift not found")
    return _write(request, gifts, body)


def _write(request: Request, gifts: Sequence[Gift], body: Json | None) -> JSONResponse:
    if body is None:
        raise Declined(400, error_body("gifts", 400, "The body is not a JSON object", "BadRequest"))
    quantity, replace = body.get("quantity"), body.get("replace", True)
    if not is_integer(quantity):
        raise decline("gifts", 422, "quantity must be an integer")
    if not isinstance(replace, bool):
        raise decline("gifts", 422, "replace must be a boolean")
    if any(gift.unlimited for gift in gifts):
        raise decline("gifts", 422, "unlimited_quantity must be false")
    assert isinstance(quantity, int)
    totals = [quantity if replace else gift.quantity + quantity for gift in gifts]
    if abs(quantity) > QUANTITY_LIMIT or any(abs(total) > QUANTITY_LIMIT for total in totals):
        raise decline("gifts", 422, f"quantity must be between -{QUANTITY_LIMIT} and {QUANTITY_LIMIT}")
    now = state_of(request).now()
    changes = []
    for gift, total in zip(gifts, totals, strict=True):
        changes.append({"id": gift.id, "before": gift.quantity, "after": total})
        gift.quantity, gift.updated_at = total, now
    record_change(request, {"gifts": changes})
    first = gifts[0]
    return JSONResponse(
        {
            "id": first.id,
            "sku": first.sku,
            "quantity": first.quantity,
            "updated_at": _timestamp(first.updated_at),
        }
    )


async def token_info(request: Request) -> Response:
    _authorize(request)
    person = {"_id": "5ec5e201d8aedd002d744537", "email": "stock@sandbox.example", "name": "Stock keeper"}
    return JSONResponse(
        {
            "staff": person | {"locale_code": "en", "merchant_ids": ["5e840cae77cb07003243f7c7"]},
            "merchant": {
                "_id": "5e840cae77cb07003243f7c7",
                "email": "shop@sandbox.example",
                "handle": SHOPLINE_HANDLE,
                "name": "Sandbox Shop 沙盒商店",
            },
            "user": person,
        }
    )


routes = [
    Route("/v1/gifts", list_gifts),
    Route("/v1/gifts/search", search_gifts),
    Route("/v1/gifts/update_quantity", update_quantity_by_sku, methods=["PUT"]),
    Route("/v1/gifts/{gift_id}/update_quantity", update_quantity, methods=["PUT"]),
    Route("/v1/token/info", token_info),
]
