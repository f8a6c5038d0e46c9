"""The HTTP client: the only module that knows httpx.

It decides nothing about a vendor's data. It sees to it that credentials reach one origin only, that an answer
comes within a deadline and a size, that reads are retried and writes never are, and that whatever goes wrong is
one of ``domain.errors`` without a secret in it.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

import httpx
import stamina
from aiolimiter import AsyncLimiter
from pydantic import SecretStr

from qtydash import __version__
from qtydash.adapters.answers import Answer, failure
from qtydash.adapters.backoff import Backoff
from qtydash.adapters.credentials import Mask, check_headers, reveal
from qtydash.adapters.faults import fault
from qtydash.adapters.origin import Origin
from qtydash.adapters.requests import Headers, Params, canonical_json, checked_id
from qtydash.domain.errors import (
    InvalidId,
    ReadOnlyProfile,
    UnexpectedAnswer,
    Unreachable,
)
from qtydash.domain.vendors import Vendor

MAX_BYTES = 8 * 2**20
MAX_VALUES = 100_000
"""Values in one answer: few bytes can be many, and each takes far more memory than its bytes."""
LOGIN_PATHS = frozenset({"/ccstore/v1/login", "/ccstore/v1/refresh"})
"""The only paths ``VendorClient.authenticate`` may post to."""

_NONE: Mapping[str, str] = MappingProxyType({})
_TRANSPORT_FAULTS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)

# They log addresses, headers and attempts: a dashboard has nowhere to put them, and no log may hold a header.
for _name in ("httpx", "httpcore", "stamina"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(slots=True)
class _Exchange:
    """How far one request came, for the error it may end in."""

    started: bool = False
    status: int | None = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        # A proxy's CONNECT fires the same event; it carries nothing of ours.
        if event == "http11.send_request_headers.started" and info["request"].method != b"CONNECT":
            self.started = True


class _OriginAuth(httpx.Auth):
    """Adds the credentials to a request for one origin, and to no other."""

    def __init__(self, origin: Origin, headers: Iterable[tuple[str, SecretStr | str]]) -> None:
        self._origin = origin
        self._headers = tuple(headers)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if _is_at(self._origin, request.url):
            for name, value in self._headers:
                request.headers[name] = reveal(value)
        yield request


class VendorClient:
    """One vendor's HTTP client, bound to one origin and to the event loop that first uses it.

    ``headers`` are credentials: they are sent to ``base_url``'s scheme, host and port only. ``base_url`` must be
    https unless its host is a loopback address; it may have a path. ``per_second`` limits requests, ``deadline``
    is the time in seconds one attempt may take in all. Without ``write`` every method but GET raises
    ``ReadOnlyProfile`` before anything is sent. ``transport`` replaces the network in tests.

    Raises ``Unreachable`` for a ``base_url`` or ``proxy`` that cannot be used and ``Unauthorized`` for a
    credential that no header can carry.
    """

    def __init__(
        self,
        vendor: Vendor,
        base_url: str,
        *,
        profile: str,
        write: bool,
        headers: Headers = _NONE,
        proxy: str = "",
        per_second: float = 5.0,
        deadline: float = 30.0,
        max_bytes: int = MAX_BYTES,
        max_values: int = MAX_VALUES,
        backoff: Backoff | None = None,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.vendor = vendor
        self.origin = Origin.of(vendor, base_url)
        self._profile = profile
        self._write = write
        self._headers = dict(headers)
        self._proxy = proxy
        self._per_second = per_second
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._max_values = max_values
        self._backoff = backoff or Backoff()
        self._transport = transport or self._network
        self._now = now
        self._mask = Mask(self._headers)
        self._reader: httpx.AsyncClient | None = None
        self._limiter: AsyncLimiter | None = None
        check_headers(vendor, self._headers)

    async def get(
        self, path: str, params: Params | None = None, *, headers: Headers = _NONE, what: str = ""
    ) -> Answer:
        """Read ``path`` (quoted, beginning with "/"). Raises ``VendorError``; ``what`` names it in a 404.

        Tried up to three times when no connection came about and after 429, 502, 503 and 504.
        """

        async def once() -> Answer:
            return await self._exchange(
                "GET", path, params=params, headers=headers, what=what, session=self._reading()
            )

        return await self._retried(once)

    async def send(
        self,
        method: str,
        path: str,
        *,
        op_id: str,
        json: object = None,
        headers: Headers = _NONE,
        what: str = "",
        any_body: bool = False,
    ) -> Answer:
        """Write once: one attempt on a connection of its own, whatever happens.

        ``json`` is sent in its canonical spelling, None sends no body; ``op_id`` travels as X-Request-Id. With
        ``any_body`` an answer need not be JSON, but HTML is never accepted. An error's ``request_started`` is
        False exactly when no byte of the request left. Raises ``ReadOnlyProfile``, ``VendorError``.
        """
        content = None if json is None else canonical_json(json)
        extra = {**headers, "X-Request-Id": checked_id("operation id", op_id)}
        if content is not None:
            extra["Content-Type"] = "application/json"
        async with self._client(keep_alive=False) as session:
            return await self._exchange(
                method, path, content=content, headers=extra, what=what, session=session, any_body=any_body
            )

    async def authenticate(
        self, path: str, form: Mapping[str, SecretStr | str], *, headers: Headers = _NONE
    ) -> Answer:
        """Post a login or a token refresh: allowed in a read-only profile, because it changes no shop data.

        It posts to ``LOGIN_PATHS`` and nowhere else (``ValueError``). Retried like a read: it makes a token, and
        a second token does no harm. Raises ``VendorError``.
        """
        if path not in LOGIN_PATHS:
            raise ValueError(f"{path!r} is not a login path")
        revealed = {name: reveal(value) for name, value in form.items()}
        content = str(httpx.QueryParams(revealed)).encode()
        extra = {**headers, "Content-Type": "application/x-www-form-urlencoded"}

        async def once() -> Answer:
            return await self._exchange(
                "POST", path, content=content, headers=extra, session=self._reading(), login=True
            )

        return await self._retried(once)

    def hide(self, secret: SecretStr) -> None:
        """Mask ``secret``, learned after the start, wherever the vendor's words repeat it."""
        self._mask.add(secret)

    async def aclose(self) -> None:
        """Close the connections. The client opens new ones when it is used again."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.aclose()

    async def _retried(self, once: Callable[[], Awaitable[Answer]]) -> Answer:
        plan = self._backoff
        retry = stamina.AsyncRetryingCaller(
            attempts=plan.attempts,
            timeout=None,
            wait_initial=plan.initial,
            wait_max=plan.longest,
            wait_jitter=plan.jitter,
        )
        return await retry(plan.wait, once)

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        session: httpx.AsyncClient,
        params: Params | None = None,
        content: bytes | None = None,
        headers: Headers = _NONE,
        what: str = "",
        any_body: bool = False,
        login: bool = False,
    ) -> Answer:
        if method != "GET" and not self._write and not (login and path in LOGIN_PATHS):
            raise ReadOnlyProfile(self._profile)
        check_headers(self.vendor, headers)
        url = self._url(path, params)
        auth = _OriginAuth(self.origin, [*self._headers.items(), *headers.items()])
        await self._turn()
        exchange = _Exchange()
        try:
            request = session.build_request(method, url, content=content, extensions={"trace": exchange.trace})
            async with asyncio.timeout(self._deadline):
                answer = await self._read(session, request, auth, exchange)
        except _TRANSPORT_FAULTS as error:
            failed = fault(
                self.vendor,
                error,
                host=self.origin.place,
                deadline=self._deadline,
                status=exchange.status,
                request_started=exchange.started,
            )
        else:
            return self._accepted(answer, what, any_body)
        # Raised here and not above: the transport's exception holds the request, and that its credentials.
        raise failed

    async def _read(
        self, session: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth, exchange: _Exchange
    ) -> Answer:
        response = await session.send(request, stream=True, auth=auth)
        try:
            exchange.status = response.status_code
            return Answer(
                status=response.status_code,
                body=await self._body(response),
                content_type=self._mask(response.headers.get("content-type", ""))
                .partition(";")[0]
                .strip()
                .lower(),
                reason=response.reason_phrase,
                location=response.headers.get("location", ""),
                retry_after=response.headers.get("retry-after", ""),
                redact=self._mask,
            )
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        """The raw bytes, never decoded: a few compressed ones can become any number."""
        name, status = self.vendor.name, response.status_code
        encoding = self._mask(response.headers.get("content-encoding", "identity")).strip().lower()
        if encoding not in ("", "identity"):
            raise UnexpectedAnswer(
                f"{name} sent an answer encoded as {encoding!r}, which was not asked for.", status=status
            )
        told = response.headers.get("content-length", "")
        length = int(told) if told.isascii() and told.isdigit() else None
        body = bytearray()
        if length is None or length <= self._max_bytes:
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > self._max_bytes:
                    break
        if len(body) > self._max_bytes or (length or 0) > self._max_bytes:
            limit = f"{self._max_bytes / 2**20:g} MiB"
            raise UnexpectedAnswer(f"{name} sent an answer larger than {limit}; it was not read.", status=status)
        if length is not None and length != len(body):
            raise UnexpectedAnswer(
                f"{name}'s answer was cut short: {len(body)} of {length} bytes arrived.", status=status
            )
        # Each value of a document but the first has one of these before it; texts that hold some count for more.
        if sum(map(body.count, (b",", b"[", b"{"))) > self._max_values:
            limit = f"{self._max_values:,} values"
            raise UnexpectedAnswer(f"{name} sent an answer of more than {limit}; it was not read.", status=status)
        return bytes(body)

    def _accepted(self, answer: Answer, what: str, any_body: bool) -> Answer:
        if not answer.is_success:
            raise failure(self.vendor, answer, now=self._now(), what=what)
        if any_body:
            fits = "html" not in answer.content_type and answer.body.lstrip()[:1] != b"<"
        else:
            fits = answer.is_json
        if answer.body and not fits:
            kind = answer.content_type or "something else"
            error = UnexpectedAnswer(
                f"{self.vendor.name} answered with {kind} where JSON is due.", status=answer.status
            )
            error.body = answer.body
            raise error
        return answer

    def _url(self, path: str, params: Params | None) -> httpx.URL:
        """The address of ``path``, which must come out as it went in: no climbing, no other host."""
        expected = self.origin.prefix + path
        if "//" in path:
            raise InvalidId("path", path)
        try:
            url = httpx.URL(str(self.origin) + expected, params=params)
        except (httpx.InvalidURL, UnicodeEncodeError):
            raise InvalidId("path", path) from None
        if not _is_at(self.origin, url) or url.raw_path.partition(b"?")[0] != expected.encode():
            raise InvalidId("path", path)
        return url

    def _reading(self) -> httpx.AsyncClient:
        if self._reader is None:
            self._reader = self._client(keep_alive=True)
        return self._reader

    def _client(self, *, keep_alive: bool) -> httpx.AsyncClient:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"qtydash/{__version__}",
        }
        if not keep_alive:
            headers["Connection"] = "close"
        return httpx.AsyncClient(
            transport=self._transport(),
            trust_env=False,
            follow_redirects=False,
            headers=headers,
            timeout=httpx.Timeout(self._deadline, connect=min(10.0, self._deadline)),
        )

    def _network(self) -> httpx.AsyncBaseTransport:
        try:
            proxy = httpx.Proxy(self._proxy) if self._proxy else None
        except (httpx.InvalidURL, ValueError):
            unusable = True
        else:
            unusable = False
        if unusable:
            raise Unreachable(
                "The `proxy` of the profile is not an address.",
                hint="Write it as http://host:port.",
                request_started=False,
            )
        return httpx.AsyncHTTPTransport(
            verify=_tls(), trust_env=False, http1=True, http2=False, proxy=proxy, retries=0
        )

    async def _turn(self) -> None:
        """Wait until one more request keeps within ``per_second``."""
        if self._limiter is None:
            burst = max(1.0, self._per_second)
            self._limiter = AsyncLimiter(burst, burst / self._per_second)
        await self._limiter.acquire()


@cache
def _tls() -> ssl.SSLContext:
    """One context for all clients: making one costs more than making a client."""
    return httpx.create_ssl_context(trust_env=False)


def _is_at(origin: Origin, url: httpx.URL) -> bool:
    return origin.is_at(url.scheme, url.raw_host.decode(), url.port)
