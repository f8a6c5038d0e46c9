"""Who is logged in to the carts, and until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qtydash.sandbox.credentials import (
    CART_AGENT,
    CART_EMPTY,
    CART_ODD,
    CART_PASSWORD,
    CART_TOKEN,
    CART_VISITOR,
)
from qtydash.sandbox.data.carts import ODD_ORDER, RICH_ORDER, SAMPLE_ORDER

_ORDERS = {CART_AGENT: RICH_ORDER, CART_ODD: ODD_ORDER, CART_VISITOR: SAMPLE_ORDER, CART_EMPTY: None}
_LOGINS = (CART_AGENT, CART_ODD, CART_EMPTY)


@dataclass(frozen=True, slots=True)
class _Grant:
    shopper: str
    expires: datetime


class Sessions:
    """Tokens handed out, numbered in order so that two runs hand out the same ones."""

    def __init__(self, now: Callable[[], datetime], lifetime: timedelta) -> None:
        self._now = now
        self._lifetime = lifetime
        self._grants: dict[str, _Grant] = {}

    def log_in(self, username: str, password: str) -> str | None:
        """A new token, or None when the credentials are wrong."""
        return self._grant(username) if username in _LOGINS and password == CART_PASSWORD else None

    def renew(self, token: str) -> str | None:
        """Another token for a token that still lives; None otherwise. The old one keeps its time."""
        shopper = self.shopper(token)
        return None if shopper is None else self._grant(shopper)

    def shopper(self, token: str) -> str | None:
        if token == CART_TOKEN:
            return CART_ODD
        grant = self._grants.get(token)
        return grant.shopper if grant is not None and self._now() < grant.expires else None

    def visitor(self, visitor_id: str) -> str | None:
        return CART_VISITOR if visitor_id == CART_VISITOR else None

    def order_of(self, shopper: str) -> str | None:
        """The shopper's current order, None for an empty cart."""
        return _ORDERS[shopper]

    def _grant(self, shopper: str) -> str:
        token = f"sandbox-token-{len(self._grants) + 1}"
        self._grants[token] = _Grant(shopper, self._now() + self._lifetime)
        return token
