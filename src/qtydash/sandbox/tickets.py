"""AX Cloud's channel API (document 002): products, options, inventory. Read only."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qtydash.sandbox.answers import Json, decline, whole_number
from qtydash.sandbox.credentials import AX_API_KEY, AX_CHANNEL_CODE
from qtydash.sandbox.data.tickets import NAMELESS, Product, Row
from qtydash.sandbox.state import state_of

MAX_PAGE_SIZE = 500
"""A larger ``page_size`` is silently cut to this."""


def _authorize(request: Request) -> None:
    key, channel = request.headers.get("authorization"), request.headers.get("channel")
    if key != f"Token {AX_API_KEY}" or channel != f"Code {AX_CHANNEL_CODE}":
        raise decline("tickets", 403, "")


def _page(request: Request) -> tuple[int, int]:
    page = whole_number(request.query_params, "page", 1)
    size = whole_number(request.query_params, "page_size", 25)
    if page is None or size is None:
        raise decline("tickets", 400, "page와 page_size는 1 이상의 정수여야 합니다.")
    return page, min(size, MAX_PAGE_SIZE)


def _product(request: Request) -> Product:
    product = state_of(request).tickets.products.get(request.path_params["code"])
    if product is None:
        raise decline("tickets", 404, "")
    return product


async def list_products(request: Request) -> Response:
    _authorize(request)
    page, size = _page(request)
    tickets = state_of(request).tickets
    products = list(tickets.products.values())[(page - 1) * size : page * size]
    return JSONResponse(
        {
            "status_code": 200,
            "products": [
                {
                    "product_code": product.code,
                    "title": product.title,
                    "category": product.category,
                    "detail_category": product.detail_category,
                    "start_date_of_the_sale": tickets.today.replace(month=1, day=1).isoformat(),
                    "end_date_of_the_sale": "Void" if product.days == 0 else f"{tickets.today.year + 1}-12-31",
                    "main_country_and_city": product.city,
                }
                for product in products
            ],
        }
    )


async def show_product(request: Request) -> Response:
    _authorize(request)
    product = _product(request)
    names = product.code not in NAMELESS
    options = [
        {"option_code": option.code} | ({"option_name": option.name} if names else {})
        for option in product.options
    ]
    return JSONResponse({"status_code": 200, "contents": {"title": product.title}, "options": options})


async def show_inventory(request: Request) -> Response:
    _authorize(request)
    product = _product(request)
    page, size = _page(request)
    rows = state_of(request).tickets.rows[product.code]
    last = max(1, -(-len(rows) // size))
    if page > last:
        if product.past_end == "not_found":
            raise decline("tickets", 404, "")
        if product.past_end == "last_page":
            page = last
    return JSONResponse(_inventory(product, rows[(page - 1) * size : page * size]))


def _inventory(product: Product, rows: list[Row]) -> Json:
    if product.shape == "data_list":
        return {"status_code": 200, "data": [_old(row) for row in rows]}
    options = {
        option: [{"inventory_code": row.inventory_code} | _counts(row) for row in group]
        for option, group in groupby(rows, key=lambda row: row.option_code)
    }
    return {"status_code": 200, "option_codes" if product.shape == "option_codes" else "data": options}


def _old(row: Row) -> Json:
    return {"id": row.number} | _counts(row) | {"depth_combination_id": int(row.option_code)}


def _counts(row: Row) -> Json:
    return {
        "date": row.date.isoformat(),
        "max_quantity": row.max,
        "remain_quantity": row.left,
        "ordered_quantity": row.sold,
    }


routes = [
    Route("/v1/channel/products/day-ticket", list_products),
    Route("/v1/channel/products/day-ticket/{code}", show_product),
    Route("/v1/channel/inventory/day-ticket/{code}", show_inventory),
]
