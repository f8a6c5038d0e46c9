"""A session's way into Oracle Commerce: a login kept fresh, a token made elsewhere, or a visitor id.

Follows the vendor's storefront login: ``POST /ccstore/v1/login`` (form, ``grant_type=password``) gives an
``access_token`` and no lifetime; ``POST /ccstore/v1/refresh`` with the old token renews it. The lifetime is
therefore a setting. Tokens are kept in memory only.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from qtydash.adapters.answers import Answer
from qtydash.adapters.wire import read_json
from qtydash.domain.errors import (
    RateLimited,
    Refused,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
    VendorError,
)
from qtydash.domain.vendors import CART

if TYPE_CHECKING:
    from qtydash.adapters.http import VendorClient

_LOGIN = "/ccstore/v1/login"
_REFRESH = "/ccstore/v1/refresh"
_MARGIN = 60.0


@dataclass(frozen=True, slots=True)
class CartCredentials:
    """One way into a cart; ``name`` is the session's name in the configuration.

    With ``username`` and ``password`` the program logs in and renews the token; else ``token`` is sent as it
    is; else the session is anonymous. ``visitor_id``, ``organization`` and ``site`` go with every request.
    """

    name: str
    username: str = ""
    password: SecretStr | None = None
    token: SecretStr | None = None
    visitor_id: SecretStr | None = None
    organization: str = ""
    site: str = ""
    token_lifetime: timedelta = timedelta(minutes=15)


class CartLogin:
    """Gives every request its headers; logs in, renews and logs in again as needed, one at a time."""

    def __init__(
        self, http: "VendorClient", credentials: CartCredentials, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: SecretStr | None = None
        self._made_at = 0.0
        lifetime = credentials.token_lifetime.total_seconds()
        self._lifetime = lifetime
        self._renew_after = lifetime - min(_MARGIN, lifetime / 2)
        for secret in (credentials.password, credentials.token, credentials.visitor_id):
            if secret is not None:
                http.hide(secret)

    @property
    def can_log_in(self) -> bool:
        return bool(self._credentials.username) and self._credentials.password is not None

    @property
    def hint_after_401(self) -> str:
        """What to do when the vendor does not let this session in."""
        name = self._credentials.name
        if self.can_log_in:
            return (
                f"Session {name!r} did log in, so its account may not read this cart: "
                "check `organization` and `site` of the session, and the account's rights."
            )
        if self._credentials.token is not None:
            return (
                f"The token of session {name!r} has expired or was revoked; such tokens live about 15 minutes. "
                "Give the session a new one, or `username` and `password`, with which it stays logged in."
            )
        return (
            "Shops do not serve anonymous carts by default: "
            f"give session {name!r} a `token`, or `username` and `password`."
        )

    async def headers(self) -> dict[str, SecretStr | str]:
        """The headers of this session now. Raises ``VendorError`` when no login can be had."""
        token = await self._current() if self.can_log_in else self._credentials.token
        return {**self._context(), **_bearer(token)}

    async def headers_after(self, rejected: dict[str, SecretStr | str]) -> dict[str, SecretStr | str]:
        """New headers once the vendor has rejected ``rejected``: a new login, unless someone made one already."""
        async with self._lock:
            if self._token is not None and _bearer(self._token) == {
                "Authorization": rejected.get("Authorization")
            }:
                self._token = None
        return await self.headers()

    def forget(self) -> None:
        """Drop the token, so that the next request logs in anew."""
        self._token = None

    async def _current(self) -> SecretStr:
        async with self._lock:
            age = self._clock() - self._made_at
            token = self._token
            if token is None or age >= self._lifetime:
                return await self._log_in()
            if age >= self._renew_after:
                return await self._renew(token)
            return token

    async def _log_in(self) -> SecretStr:
        own = self._credentials
        form = {"grant_type": "password", "username": own.username, "password": own.password or ""}
        try:
            answer = await self._http.authenticate(_LOGIN, form, headers=self._context())
        except (Refused, Unauthorized) as error:
            if error.status is not None and error.status >= 500:
                raise
            words, status = error.words, error.status
        else:
            return self._keep(answer)
        raise Unauthorized(
            f"{CART.name} did not accept the login of session {own.name!r}.",
            words=words,
            hint="Check `username` and `password` of this session.",
            status=status,
        )

    async def _renew(self, token: SecretStr) -> SecretStr:
        try:
            answer = await self._http.authenticate(_REFRESH, {}, headers={**self._context(), **_bearer(token)})
        except (Unreachable, RateLimited):
            return token  # it still holds for the rest of its margin
        except VendorError:
            return await self._log_in()
        return self._keep(answer)

    def _keep(self, answer: Answer) -> SecretStr:
        document = read_json(CART, answer.body, status=answer.status)
        value = document.get("access_token") if isinstance(document, dict) else None
        if not isinstance(value, str) or not value:
            raise UnexpectedAnswer(f"{CART.name} answered a login without a token.", status=answer.status)
        self._token, self._made_at = SecretStr(value), self._clock()
        self._http.hide(self._token)
        return self._token

    def _context(self) -> dict[str, SecretStr | str]:
        own = self._credentials
        told = {"X-CCVisitorId": own.visitor_id, "X-CCOrganization": own.organization, "X-CCSite": own.site}
        return {name: value for name, value in told.items() if value}


def _bearer(token: SecretStr | None) -> dict[str, SecretStr | str]:
    return {} if token is None else {"Authorization": SecretStr(f"Bearer {token.get_secret_value()}")}
