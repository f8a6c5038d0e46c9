"""The four APIs and the sandbox's own calls as one ASGI application."""

from collections.abc import Sequence
from datetime import date, timedelta

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse

from qtydash.sandbox import admin, carts, gifts, order_qty, tickets
from qtydash.sandbox.answers import Declined, answer_declined, error_body, vendor_of
from qtydash.sandbox.exchange import Exchange
from qtydash.sandbox.state import Clock, SandboxState, clock

_MAX_BODY = 1024 * 1024


def create_app(
    seed: int = 1,
    today: date | None = None,
    now: Clock | None = None,
    latency_ms: int = 0,
    faults: Sequence[str] = (),
    *,
    token_lifetime: timedelta = timedelta(minutes=15),
) -> Starlette:
    """Make the application with data of its own.

    The same ``seed``, ``today`` and ``now`` give the same bytes. ``today`` (UTC) defaults to the day of ``now``.
    With ``today`` alone the clock stands still at noon UTC of that day; with neither it is the real one.
    ``latency_ms`` is added to every answer. ``token_lifetime`` is how long a cart login lives.
    Raises ``FaultSpecError`` for a fault that cannot be understood.
    """
    state = SandboxState(
        seed=seed, today=today, now=clock(today, now), token_lifetime=token_lifetime, faults=faults
    )
    app = Starlette(
        routes=[*tickets.routes, *gifts.routes, *carts.routes, *order_qty.routes, *admin.routes],
        middleware=[Middleware(Exchange, state=state, latency=latency_ms / 1_000)],
        exception_handlers={Declined: answer_declined, HTTPException: _answer_unrouted},
        max_body_size=_MAX_BODY,
    )
    # A slash more or less is another call here, as it is with the vendors.
    app.router.redirect_slashes = False
    app.state.sandbox = state
    return app


def _answer_unrouted(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    vendor = vendor_of(request.url.path)
    body = error_body(vendor, error.status_code, error.detail) if vendor else {"error": error.detail}
    return JSONResponse(body, error.status_code, headers=error.headers)
