"""Oracle Commerce: the cart of a session and its gift selections (document 003).

``cart_orders`` reads what comes, ``cart_login`` gets a session in; here are the calls.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from qtydash.adapters.answers import Answer
from qtydash.adapters.cart_login import CartCredentials, CartLogin
from qtydash.adapters.cart_orders import parse_order, read_order
from qtydash.adapters.requests import checked_id, segment
from qtydash.adapters.wire import MAX_WHOLE
from qtydash.domain.carts import Cart
from qtydash.domain.changes import WriteRequest
from qtydash.domain.errors import Unauthorized, UnexpectedAnswer, VendorError
from qtydash.domain.snapshot import Reading

if TYPE_CHECKING:
    from qtydash.adapters.http import VendorClient

__all__ = ["CartCredentials", "CartsApi", "parse_order"]

_CURRENT = "/ccstore/v1/orders/current"
_AGENT = "/ccagent/v1/orders"


def removal_request(promotion_id: str, gift_id: int, quantity: int) -> WriteRequest:
    """The request that takes open pieces away from one selection. Raises ``ValueError``, ``InvalidId``."""
    if isinstance(quantity, bool) or not 0 < quantity <= MAX_WHOLE:
        raise ValueError(f"{quantity} is not a quantity that can be removed. Nothing was sent.")
    body: dict[str, str | int | bool] = {
        "promotionId": checked_id("promotion id", promotion_id),
        "giftWithPurchaseIdentifier": gift_id,
        "quantity": quantity,
    }
    return WriteRequest("POST", f"{_CURRENT}/items/removeSelectableQuantity", body)


REMOVE_ALL = WriteRequest("POST", f"{_CURRENT}/items/removeAllSelectableQuantity")
"""The request that takes all open pieces of a cart away."""


class CartsApi:
    """The cart of one session of Oracle Commerce (document 003).

    Certain: 204 without a body is an empty cart; anonymous access is off by default (401); a user token lives
    about 15 minutes; removing a selectable quantity takes away entitlement that was not chosen yet, never items
    in the cart, and is not idempotent; the two error shapes come with any status, business errors even as 500.
    The call that selects a gift is not documented, so there is none here.

    A read that is rejected with 401 is made again once after a new login. A change never is: it is sent once.
    """

    def __init__(
        self, http: "VendorClient", credentials: CartCredentials, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._login = CartLogin(http, credentials, clock)

    async def current(self) -> Reading[Cart]:
        """The session's cart. Raises ``VendorError``."""
        return _cart(await self._get(_CURRENT, "a cart of this session"))

    async def agent_order(self, order_id: str) -> Reading[Cart]:
        """A shopper's order as a support agent sees it. Raises ``VendorError``, ``InvalidId``."""
        path = f"{_AGENT}/{segment('order id', order_id)}"
        return _cart(await self._get(path, f"order {order_id}", {"includeResult": "full"}))

    async def remove_selectable_quantity(
        self, promotion_id: str, gift_id: int, quantity: int, op_id: str
    ) -> Reading[Cart]:
        """Take ``quantity`` pieces that are still open away from one gift selection. One attempt.

        Raises ``ValueError`` unless ``quantity`` is positive, ``InvalidId``, ``ReadOnlyProfile``,
        ``VendorError``. The cart returned is what the vendor answered; only a fresh read shows what holds.
        """
        return await self._post(removal_request(promotion_id, gift_id, quantity), op_id)

    async def remove_all_selectable_quantity(self, op_id: str) -> Reading[Cart]:
        """Take everything that is still open away from all gift selections. One attempt, without a body.

        Raises ``ReadOnlyProfile``, ``VendorError``.
        """
        return await self._post(REMOVE_ALL, op_id)

    async def probe(self) -> str:
        """The cheapest read: the cart. Raises ``VendorError``."""
        cart = (await self.current()).data
        return "empty cart" if cart.is_empty else f"cart {cart.order_id}, {len(cart.lines)} lines"

    async def _get(self, path: str, what: str, params: dict[str, str | int] | None = None) -> Answer:
        headers = await self._login.headers()
        try:
            return await self._http.get(path, params, headers=headers, what=what)
        except Unauthorized as error:
            if error.status != 401 or not self._login.can_log_in:
                raise self._explained(error) from None
        headers = await self._login.headers_after(headers)
        try:
            return await self._http.get(path, params, headers=headers, what=what)
        except Unauthorized as error:
            raise self._explained(error) from None

    async def _post(self, request: WriteRequest, op_id: str) -> Reading[Cart]:
        try:
            headers = await self._login.headers()
        except VendorError as error:
            error.request_started = False  # the login's did; of this change nothing left
            raise
        try:
            answer = await self._http.send(
                request.method,
                request.path,
                json=request.body,
                headers=headers,
                op_id=op_id,
                what="a cart or call",
            )
        except Unauthorized as error:
            if error.status == 401 and self._login.can_log_in:
                self._login.forget()
                raise Unauthorized(
                    f"{self._http.vendor.name} does not accept the session's login any more (401): it had ended. "
                    "Nothing was changed. The next read logs in anew.",
                    words=error.words,
                    hint="Review it again.",
                    status=401,
                ) from None
            raise self._explained(error) from None
        if answer.status == 200 and answer.body and (reading := read_order(answer)).complete:
            return reading
        raise UnexpectedAnswer(
            f"{self._http.vendor.name}'s answer to the removal does not show the cart ({answer.status}).",
            hint="The removal may have been made: read the cart again before trying anything.",
            status=answer.status,
        )

    def _explained(self, error: Unauthorized) -> Unauthorized:
        """The error with a hint that fits the session."""
        if error.status == 401:
            error.hint = self._login.hint_after_401
        return error


def _cart(answer: Answer) -> Reading[Cart]:
    if answer.status == 204:
        return Reading(Cart(order_id=""))
    return read_order(answer)
