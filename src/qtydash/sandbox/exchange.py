"""What happens to every request to the four APIs: written down, held up, broken as scripted, answered."""

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qtydash.domain.vendors import VendorKey
from qtydash.sandbox.answers import error_body, is_write, vendor_of
from qtydash.sandbox.connection import hang_up, send_half
from qtydash.sandbox.faults import Fault
from qtydash.sandbox.ledger import Entry, readable_body
from qtydash.sandbox.state import SandboxState

_HTML = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


@dataclass(slots=True)
class _Answer:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""


class Exchange:
    """ASGI middleware around the vendors' routes. Requests to other paths pass untouched."""

    def __init__(self, app: ASGIApp, state: SandboxState, latency: float) -> None:
        self._app = app
        self._state = state
        self._latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        vendor = vendor_of(scope["path"]) if scope["type"] == "http" else None
        if vendor is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        writes = is_write(request.method, request.url.path)
        fault = self._state.faults.take(vendor, writes, request.url.path) or Fault("")
        entry = self._state.ledger.open(vendor, request, self._state.now())
        entry.fault = fault.spec or None
        body = await request.body()
        entry.body = readable_body(request.headers, body)
        await _wait(self._latency + fault.delay)
        answer = await self._done(scope, body, entry) if fault.applies else _undone(fault, vendor)
        if fault.close is None:
            answer = _spoiled(answer, fault, vendor)
            entry.status = answer.status
        await _wait(fault.answer_delay)
        if fault.close is not None:
            await hang_up(scope, receive)
        elif fault.cut is not None:
            await send_half(scope, receive, answer.status, answer.headers, answer.body, fault.cut)
        else:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            await send({"type": "http.response.body", "body": answer.body})

    async def _done(self, scope: Scope, body: bytes, entry: Entry) -> _Answer:
        """Let the vendor's route do the request, and keep what it answers."""
        answer = _Answer()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.headers = message["status"], list(message["headers"])
            else:
                answer.body += message.get("body", b"")

        try:
            await self._app(scope, receive, keep)
        except Exception as error:
            entry.status, entry.error = 500, repr(error)
            raise
        return answer


async def _wait(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


def _undone(fault: Fault, vendor: VendorKey) -> _Answer:
    """The answer to a request that was not done."""
    status = fault.status or 200
    if status < 300 or status == 304:
        return _Answer(status)
    refusal = JSONResponse(error_body(vendor, status, "Scripted fault of the sandbox."), status)
    return _Answer(status, list(refusal.raw_headers), bytes(refusal.body))


def _spoiled(answer: _Answer, fault: Fault, vendor: VendorKey) -> _Answer:
    """The answer as the fault leaves it."""
    if fault.status is not None:
        answer = _undone(fault, vendor)
        if fault.retry_after is not None:
            answer.headers.append((b"retry-after", str(fault.retry_after).encode()))
        if 300 <= fault.status < 400:
            answer.headers.append((b"location", b"/_sandbox/elsewhere"))
    elif fault.html:
        answer = _Answer(200, [(b"content-type", b"text/html; charset=utf-8")], _HTML)
    elif fault.content_type:
        kept = [(name, value) for name, value in answer.headers if name != b"content-type"]
        answer = _Answer(answer.status, [*kept, (b"content-type", fault.content_type.encode())], answer.body)
    if not any(name == b"content-length" for name, _ in answer.headers) and answer.status not in (204, 304):
        answer.headers.append((b"content-length", str(len(answer.body)).encode()))
    return answer
