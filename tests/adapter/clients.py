"""Clients for the adapter tests: no waiting between attempts, and a vendor that answers from a table."""

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from qtydash.adapters.backoff import Backoff
from qtydash.adapters.http import VendorClient
from qtydash.domain.vendors import TICKETS, Vendor

AT_ONCE = Backoff(initial=0, longest=0, jitter=0, rate_limited=0)
BASE = "https://vendor.example"
OP = "0190f5fe-7c00-7a00-8000-000000000001"

Handler = (
    Callable[[httpx.Request], httpx.Response] | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)


def reply(
    body: object = None,
    status: int = 200,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
    reason: bytes | None = None,
) -> httpx.Response:
    """A response whose body is read as a stream, as from a socket. Bytes go out as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"content-type": content_type, "content-length": str(len(content)), **(headers or {})}
    extensions = {} if reason is None else {"reason_phrase": reason}
    return httpx.Response(status, headers=told, stream=httpx.ByteStream(content), extensions=extensions)


def mocked(handler: Handler, vendor: Vendor = TICKETS, *, write: bool = False, **kwargs: Any) -> VendorClient:
    """A client whose network is ``handler``."""
    return client(BASE, vendor, write=write, transport=lambda: httpx.MockTransport(handler), **kwargs)


def client(url: str, vendor: Vendor = TICKETS, *, write: bool = False, **kwargs: Any) -> VendorClient:
    """A client that retries at once and is never slowed down."""
    settings = {
        "backoff": AT_ONCE,
        "per_second": 10_000.0,
        "headers": {"Authorization": SecretStr("Token s3cr3t")},
    }
    return VendorClient(vendor, url, profile="test", write=write, **{**settings, **kwargs})
