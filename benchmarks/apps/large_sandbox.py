"""The product's sandbox with as many records as asked for; ten of its holds move with each read of them."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks import data
from benchmarks.shop import HELD_PRODUCT, PRODUCT
from qtydash.sandbox import order_qty
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data import gifts as gift_data
from qtydash.sandbox.data import order_qty as hold_data
from qtydash.sandbox.data import tickets as ticket_data
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState, state_of

MOVING = 10


class MovingHolds(hold_data.OrderQtys):
    """Records of which the first ten have another quantity each time they are listed.

    The others are written out once: ``rest`` is their end of the list, which holds flat records only.
    """

    rest: bytes = b""

    def of_product(self, product_id: str) -> list[hold_data.Row]:
        found = super().of_product(product_id)
        for row in found[:MOVING]:
            row.quantity += 1
        return found[:MOVING] if self.rest else found

    def whole(self, listed: bytes) -> bytes:
        """A list of all records, of which the first time all were ``listed``, and later those that move."""
        if self.rest:
            return listed[:-1] + self.rest
        self.rest = b",{" + listed.split(b"},{", MOVING)[MOVING]
        return listed


async def _moving_holds(request: Request) -> Response:
    answer = await order_qty.of_product(request)
    held = state_of(request).order_qty
    assert isinstance(held, MovingHolds)
    return Response(held.whole(bytes(answer.body)), media_type="application/json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for size in ("days", "gifts", "holds", "latency"):
        parser.add_argument(f"--{size}", type=int, default=0)
    given = parser.parse_args()
    app = create_app(latency_ms=given.latency)
    state = app.state.sandbox
    assert isinstance(state, SandboxState)
    if given.days:
        state.tickets.rows[PRODUCT] = rows = _days(given.days)
        options = tuple(
            ticket_data.Option(code, code, 1) for code in dict.fromkeys(row.option_code for row in rows)
        )
        state.tickets.products[PRODUCT] = replace(state.tickets.products[PRODUCT], options=options)
    if given.gifts:
        state.gifts.all = _gifts(given.gifts)
    if given.holds:
        state.order_qty = _holds(given.holds)
        path = next(route.path for route in order_qty.routes if route.endpoint is order_qty.of_product)
        app.router.routes.insert(0, Route(path, _moving_holds))
    SandboxServer(app).serve_forever(on_ready=_announce)


def _announce(url: str) -> None:
    sys.stderr.write(f"{url}\n")
    sys.stderr.flush()


def _days(count: int) -> list[ticket_data.Row]:
    """In rows of 366 days to an option."""
    first = datetime.now(UTC).date()
    found = data.availability(-(-count // 366), 366, first).days[:count]
    return [
        ticket_data.Row(day.option_code, day.date, day.max, day.left, day.sold, number + 1, day.inventory_code)
        for number, day in enumerate(found)
    ]


def _gifts(count: int) -> list[gift_data.Gift]:
    created = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        gift_data.Gift(
            gift.id, gift.sku, dict(gift.titles), gift.status, gift.quantity, False, 100, 0.5, created, created
        )
        for gift in data.gifts(count)
    ]


def _holds(count: int) -> MovingHolds:
    now = datetime.now(UTC)
    made = MovingHolds(1, now)
    made.rows = {
        hold.id: hold_data.Row(
            hold.id,
            HELD_PRODUCT,
            hold.consumer_cart_id,
            float(hold.quantity or 0),
            hold_data.epoch_ms(hold.created or now),
            hold_data.epoch_ms(hold.modified or now - timedelta(days=1)),
        )
        for hold in data.holds(count, now)
    }
    return made


if __name__ == "__main__":
    main()
