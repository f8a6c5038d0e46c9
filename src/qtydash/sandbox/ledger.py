"""Every request to the four APIs, what was answered and what it changed: proof of how often a write applied."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from qtydash.domain.vendors import VendorKey
from qtydash.sandbox.answers import Json

KEPT = 20_000
"""Entries kept; the oldest go first."""
MAX_BODY = 2_000

_CREDENTIALS = ("authorization", "channel", "x-api-key", "partner_key", "x-ccvisitorid")


@dataclass(slots=True)
class Entry:
    """One request. ``status`` is None while it is in work, and stays so when the connection was closed on it.

    ``credentials`` tells which were sent, never what they were. ``change`` is what the request changed, None when
    it changed nothing; ``fault`` the scripted fault that met it; ``error`` a defect of the sandbox itself.
    """

    number: int
    time: datetime
    vendor: VendorKey
    method: str
    path: str
    query: str
    credentials: dict[str, str]
    request_id: str | None
    body: str | None = None
    status: int | None = None
    change: Json | None = None
    fault: str | None = None
    error: str | None = None

    def wire(self) -> Json:
        return {
            "number": self.number,
            "time": self.time.isoformat(timespec="milliseconds"),
            "vendor": self.vendor,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "credentials": self.credentials,
            "request_id": self.request_id,
            "body": self.body,
            "status": self.status,
            "applied": self.change is not None,
            "change": self.change,
            "fault": self.fault,
            "error": self.error,
        }


@dataclass(slots=True)
class Ledger:
    """Entries in the order in which the requests arrived."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0

    def open(self, vendor: VendorKey, request: Request, now: datetime) -> Entry:
        self.count += 1
        entry = Entry(
            number=self.count,
            time=now,
            vendor=vendor,
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            credentials=_masked(request.headers),
            request_id=request.headers.get("x-request-id"),
        )
        self.entries.append(entry)
        request.state.ledger_entry = entry
        return entry


def record_change(request: Request, change: Json) -> None:
    """Write down what a request changed. A route calls it exactly when it has changed something."""
    request.state.ledger_entry.change = change


def readable_body(headers: Mapping[str, str], body: bytes) -> str | None:
    """The body of a JSON request; forms hold passwords and are not kept."""
    if not body or "json" not in headers.get("content-type", ""):
        return None
    return body[:MAX_BODY].decode("utf-8", "replace")


def _masked(headers: Mapping[str, str]) -> dict[str, str]:
    masked: dict[str, str] = {}
    for name in _CREDENTIALS:
        if (value := headers.get(name)) is not None:
            scheme, space, _ = value.partition(" ")
            masked[name] = f"{scheme} ***" if space else "***"
    return masked
