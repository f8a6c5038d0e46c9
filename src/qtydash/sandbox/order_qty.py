"""BLAZE's partner API (document 000): consumer order quantities and the store.

Deleting one row removes it; deleting a cart marks its rows deleted and inactive, and they stay listed.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qtydash.sandbox.answers import Json, decline
from qtydash.sandbox.credentials import BLAZE_DEVELOPER_KEY, BLAZE_PARTNER_KEY
from qtydash.sandbox.data.order_qty import Row, epoch_ms
from qtydash.sandbox.ledger import record_change
from qtydash.sandbox.state import state_of

_ROOT = "/api/v1/partner/store"
_COMPANY, _SHOP = "56ce8bf389288deaf6ca9d5e", "56cf846ee38179985229e59e"


def _authorize(request: Request) -> None:
    partner = request.headers.get("x-api-key") or request.headers.get("partner_key")
    developer = request.headers.get("authorization")
    if not partner or not developer:
        raise decline("order_qty", 401, "Partner key and developer key are required.", "Unauthorized")
    if partner != BLAZE_PARTNER_KEY or developer != BLAZE_DEVELOPER_KEY:
        raise decline("order_qty", 403, "Partner key or developer key is not valid.", "Forbidden")


async def show_store(request: Request) -> Response:
    _authorize(request)
    return JSONResponse({"id": _SHOP, "companyId": _COMPANY, "name": "Sandbox Store", "active": True})


async def of_product(request: Request) -> Response:
    _authorize(request)
    held = state_of(request).order_qty
    product = held.products.get(request.path_params["product_id"])
    if product is None:
        raise decline("order_qty", 404, "Product not found.", "NotFound")
    rows = [_wire(row) for row in held.of_product(product.id)]
    match product.wrapper:
        case "list":
            return JSONResponse(rows)
        case "object":
            return JSONResponse(rows[0] if len(rows) == 1 else rows)
        case "values":
            return JSONResponse({"values": rows})
        case wrapper:
            return JSONResponse({wrapper: rows, "skip": 0, "limit": len(rows), "total": len(rows)})


def _wire(row: Row) -> Json:
    fields: Json = {
        "id": row.id,
        "companyId": _COMPANY,
        "shopId": _SHOP,
        "created": row.created,
        "modified": row.modified,
        "deleted": row.deleted,
        "updated": row.updated,
        "inventoryId": "59c4e7b2a1f0d3846e5b9c72",
        "regionId": "5d1a90c37be2f4680a9de513",
        "productId": row.product_id,
        "consumerCartId": row.cart_id,
        "quantity": row.quantity,
        "processedTime": row.processed,
        "active": row.active,
        "submitted": row.submitted,
    }
    if row.bare:
        for name in ("companyId", "regionId", "updated", "processedTime"):
            del fields[name]
    return fields


async def delete_row(request: Request) -> Response:
    _authorize(request)
    row = state_of(request).order_qty.rows.pop(request.path_params["row_id"], None)
    if row is None:
        raise decline("order_qty", 404, "Consumer order quantity not found.", "NotFound")
    record_change(request, {"deleted": [row.id]})
    return Response(status_code=200)


async def delete_cart(request: Request) -> Response:
    _authorize(request)
    state = state_of(request)
    rows = state.order_qty.of_cart(request.path_params["cart_id"])
    if not rows:
        raise decline("order_qty", 404, "Consumer cart not found.", "NotFound")
    changed = [row for row in rows if not row.deleted]
    for row in changed:
        row.deleted, row.active, row.modified = True, False, epoch_ms(state.now())
    if changed:
        record_change(request, {"deleted": [row.id for row in changed]})
    return Response(status_code=200)


routes = [
    Route(_ROOT, show_store),
    Route(f"{_ROOT}/consumer-order-qty/consumerCart/{{cart_id}}", delete_cart, methods=["DELETE"]),
    Route(f"{_ROOT}/consumer-order-qty/{{row_id}}", delete_row, methods=["DELETE"]),
    Route(f"{_ROOT}/consumer-order-qty/{{product_id}}/", of_product),
]
