"""The sandbox's own calls, under ``/_sandbox``: read the ledger, script faults, sell tickets, start anew.

GET ledger (``?vendor=``, ``?applied=true``), POST reset, GET, POST and DELETE faults (``{"specs": ["…"]}``),
POST tickets (``{"product_code", "option_code", "date", "ordered": 2}``: someone else orders).
"""

from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qtydash.sandbox.answers import is_integer, json_object
from qtydash.sandbox.faults import FaultSpecError
from qtydash.sandbox.state import state_of


async def show_ledger(request: Request) -> Response:
    entries = [entry.wire() for entry in state_of(request).ledger.entries]
    if vendor := request.query_params.get("vendor"):
        entries = [entry for entry in entries if entry["vendor"] == vendor]
    if applied := request.query_params.get("applied"):
        entries = [entry for entry in entries if entry["applied"] is (applied == "true")]
    return JSONResponse({"entries": entries})


async def reset(request: Request) -> Response:
    state_of(request).reset()
    return Response(status_code=204)


async def show_faults(request: Request) -> Response:
    return JSONResponse({"faults": list(state_of(request).faults)})


async def add_faults(request: Request) -> Response:
    specs = (await json_object(request) or {}).get("specs")
    if not isinstance(specs, list) or not all(isinstance(spec, str) for spec in specs):
        return JSONResponse({"error": 'The body must be {"specs": ["..."]}.'}, 400)
    try:
        state_of(request).faults.add(specs)
    except FaultSpecError as error:
        return JSONResponse({"error": str(error)}, 400)
    return await show_faults(request)


async def clear_faults(request: Request) -> Response:
    state_of(request).faults.clear()
    return Response(status_code=204)


async def order_tickets(request: Request) -> Response:
    body = await json_object(request) or {}
    ordered = body.get("ordered", 1)
    try:
        day = date.fromisoformat(str(body.get("date")))
    except ValueError:
        return JSONResponse({"error": "date must be YYYY-MM-DD."}, 400)
    if not is_integer(ordered):
        return JSONResponse({"error": "ordered must be an integer."}, 400)
    tickets = state_of(request).tickets
    row = tickets.order(str(body.get("product_code")), str(body.get("option_code")), day, int(ordered))
    if row is None:
        return JSONResponse({"error": "There is no inventory of this option on this day."}, 404)
    return JSONResponse({"max": row.max, "left": row.left, "sold": row.sold})


routes = [
    Route("/_sandbox/ledger", show_ledger),
    Route("/_sandbox/reset", reset, methods=["POST"]),
    Route("/_sandbox/faults", show_faults, methods=["GET"]),
    Route("/_sandbox/faults", add_faults, methods=["POST"]),
    Route("/_sandbox/faults", clear_faults, methods=["DELETE"]),
    Route("/_sandbox/tickets", order_tickets, methods=["POST"]),
]
