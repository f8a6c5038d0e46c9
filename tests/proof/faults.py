"""The faults that a write can meet on its socket, and what each must come to by the rules for writes.

Written from the rules on purpose, without a look at the program's own table of answers.
"""

import asyncio
import gzip
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from qtydash.domain.changes import Kind, State
from tests.proof.raw_vendor import GIFT, NEXT_GIFT, OPEN, QUANTITY, Answering, RawVendor, Wire, ok, order

Write = Literal["gift", "cart", "row", "held cart"]
"""A gift's stock, a cart's selections, the deletion of one record, the deletion of a cart's records."""
Expected = Mapping[Write, frozenset[State]]
WRITES: tuple[Write, ...] = ("gift", "cart", "row", "held cart")

REJECTING = (
    *(307, 308, 400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422, 425, 428, 429, 431, 451),
    *(501, 511),
)
"""Statuses that say that nothing was done."""
SILENT = (
    *(300, 301, 302, 303, 304, 305, 402, 406, 407, 408, 411, 416, 417, 418, 421, 423, 424, 426, 499, 500),
    *(502, 503, 504, 505, 506, 507, 508, 510, 520, 521, 522, 523, 524, 525, 526, 527, 530, 599, 600, 999),
)
"""Statuses that say nothing about whether it was done."""
UNDOCUMENTED = (201, 206, 207)
"""Statuses of success with which no vendor is known to answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``answering`` makes what becomes of the write on its connection; ``before`` happens before it connects.

    With ``endless`` it ends by the deadline only. ``noted``: the outcome must say in words that it is not quite as
    expected. A write that is not in ``expected`` cannot meet it. ``of_a_set`` is expected instead of a count that
    was set: another number than the one that was sent contradicts it, while an amount may have met another's.
    ``ends``: no later write of a batch may follow it. ``waits``: the seconds, at least and at most, after which a
    later one follows, where one does.
    """

    name: str
    answering: Callable[[Write, random.Random], Answering]
    expected: Expected
    before: Callable[[RawVendor], Awaitable[None]] | None = None
    endless: bool = False
    noted: bool = False
    of_a_set: frozenset[State] = frozenset()
    ends: bool = False
    waits: tuple[float, float] = (0, 1)

    def fits(self, write: Write, kind: Kind, state: State) -> bool:
        """Whether a write that met it may come to that."""
        return state in ((kind is Kind.GIFT_SET and self.of_a_set) or self.expected[write])


def all_of(*states: State) -> Expected:
    """The same for every write."""
    return dict.fromkeys(WRITES, frozenset(states))


UNKNOWN = all_of(State.UNKNOWN)
CONFIRMED = all_of(State.CONFIRMED)
NOT_SENT = all_of(State.NOT_SENT)
BODY_DUE: Expected = {**UNKNOWN, **{w: frozenset({State.CONFIRMED}) for w in ("row", "held cart")}}
"""Only the answer to a deletion may have any body, or none: nothing is documented of it."""
TELLING: Expected = {w: frozenset({State.UNKNOWN}) for w in ("gift", "cart")}
"""Answers to what tells an id and counts."""
BELIEVED: Expected = {**CONFIRMED, "cart": frozenset({State.CONFIRMED, State.UNKNOWN})}
"""A status that is documented nowhere, with the body of one that is: of a cart it may be doubted."""
PARTLY: Expected = {**BELIEVED, **{w: frozenset({State.UNKNOWN}) for w in ("row", "held cart")}}
"""A part of an answer, or one of several parts: of a deletion it tells nothing."""


def document(write: Write, *, moved: bool = False, wrong: bool = False) -> bytes:
    """The body of an answer that it is done; ``moved``: with another count, ``wrong``: of something else."""
    if write == "gift":
        gift = {"id": "gift2" if wrong else GIFT, "sku": "MUG", "quantity": QUANTITY + (7 if moved else 3)}
        return json.dumps(gift).encode()
    if write == "cart":
        return json.dumps(order(OPEN - moved, "o999" if wrong else "o100")).encode()
    return b'{"ok": true}'


def well(write: Write) -> Answering:
    """The answer to the write that follows: it is done."""

    async def answer(wire: Wire) -> None:
        await wire.read_all()
        next_one = json.dumps({"id": NEXT_GIFT, "sku": "MUG", "quantity": QUANTITY + 3}).encode()
        await wire.send(ok(next_one if write == "gift" else document(write)))

    return answer


def _fixed(make: Callable[[Write], bytes]) -> Callable[[Write, random.Random], Answering]:
    """The request is read whole, then these bytes are sent, then the connection is closed."""

    def answering(write: Write, rng: random.Random) -> Answering:
        async def answer(wire: Wire) -> None:
            await wire.read_all()
            await wire.send(make(write))

        return answer

    return answering


def _raw(data: bytes) -> Callable[[Write, random.Random], Answering]:
    return _fixed(lambda write: data)


def _doing(act: Callable[[Wire], Awaitable[None]]) -> Callable[[Write, random.Random], Answering]:
    return lambda write, rng: act


def _status(status: int, wait: str = "5") -> Callable[[Write, random.Random], Answering]:
    """An answer with a status; where that asks to come later, in so many seconds."""
    bare = status in (204, 304)
    body = b"" if bare else b'{"message": "as it is"}'
    line = f"{status} {'' if status > 511 else 'Told'}".strip() + ("" if status <= 511 else " ")
    later = (f"Retry-After: {wait}",) if wait and status in (429, 503) else ()
    extra = ("Location: /elsewhere",) if 300 <= status < 400 else later
    return _raw(ok(body, *extra, status=line))


def _cut(part: str) -> Callable[[Write, random.Random], Answering]:
    """The answer ends somewhere within one of its parts."""

    def answering(write: Write, rng: random.Random) -> Answering:
        whole = ok(document(write))
        line, head = whole.index(b"\r\n"), whole.index(b"\r\n\r\n") + 4
        spans = {"the status line": (1, line), "the headers": (line, head - 1), "the body": (head, len(whole) - 1)}
        at = rng.randint(*spans[part])
        reset = rng.random() < 0.3

        async def answer(wire: Wire) -> None:
            await wire.read_all()
            await wire.send(whole[:at])
            if reset:
                wire.reset()

        return answer

    return answering


def _cut_without_length(write: Write) -> bytes:
    body = document(write)
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body[: len(body) // 2]


def _chunked(write: Write, *, ended: bool = True) -> bytes:
    body = document(write)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:]))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + chunks + (b"0\r\n\r\n" if ended else b"")


def _packed(write: Write) -> bytes:
    return ok(gzip.compress(document(write)), "Content-Encoding: gzip")


# What happens on the connection itself.


async def _reset_at_once(wire: Wire) -> None:
    wire.reset()


async def _close_at_once(wire: Wire) -> None:
    pass


async def _reset_after_head(wire: Wire) -> None:
    await wire.read_head()
    wire.reset()


async def _reset_after_all(wire: Wire) -> None:
    await wire.read_all()
    wire.reset()


async def _close_after_all(wire: Wire) -> None:
    await wire.read_all()


async def _silence(wire: Wire) -> None:
    await wire.read_all()
    await asyncio.Event().wait()


async def _deaf(wire: Wire) -> None:
    await asyncio.Event().wait()


async def _drip(wire: Wire) -> None:
    await wire.read_all()
    for byte in ok(b" " * 5_000):
        await wire.send(bytes([byte]))
        await asyncio.sleep(0.02)


async def _drip_body(wire: Wire) -> None:
    await wire.read_all()
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n")
    for _ in range(5_000):
        await wire.send(b" ")
        await asyncio.sleep(0.02)


async def _endless_continue(wire: Wire) -> None:
    await wire.read_all()
    while True:
        await wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.01)


def _random_bytes(write: Write, rng: random.Random) -> Answering:
    noise = rng.randbytes(rng.randint(1, 400))
    while noise[:1] == b"H":  # could begin an answer
        noise = rng.randbytes(rng.randint(1, 400))

    async def answer(wire: Wire) -> None:
        await wire.read_all()
        await wire.send(noise)

    return answer


def _statuses() -> Iterator[Fault]:
    for status in REJECTING:
        expected = all_of(State.REJECTED)
        if status in (404, 410):
            expected = {**expected, "row": frozenset({State.ABSENT})}
        if status == 404:  # its records were listed a moment ago
            expected = {**expected, "held cart": frozenset({State.UNKNOWN})}
        waits = (5, 7) if status == 429 else (0, 1)
        yield Fault(f"status {status}", _status(status), expected, ends=status in (401, 403), waits=waits)
    for status in (404, 410):
        yield Fault(f"status {status}, of one record", _status(status), {"row": frozenset({State.ABSENT})})
    for asked, low, high in (("", 0.5, 60), ("0", 0, 60), ("59", 59, 61), ("3600", 60, 61), ("soon", 0.5, 60)):
        name = f"status 429, {asked or 'no time'} to wait"
        yield Fault(name, _status(429, asked), all_of(State.REJECTED), waits=(low, high))
    for status in SILENT:
        yield Fault(f"status {status}", _status(status), UNKNOWN)
    for status in UNDOCUMENTED:
        whole = PARTLY if status in (206, 207) else BELIEVED
        yield Fault(f"status {status}, its body as asked for", _whole(status), whole)
        yield Fault(f"status {status}, its body tells nothing", _status(status), TELLING)


def _whole(status: int) -> Callable[[Write, random.Random], Answering]:
    return _fixed(lambda write: ok(document(write), status=f"{status} Told"))


HTML = b"<!doctype html><title>Sign in</title>"
BUSINESS_ERROR = b'{"errorCode": "28104", "message": "It cannot be removed.", "status": "400"}'
PARTNER_ERROR = b'{"error": "Bad Request", "message": "no such record", "status": 400}'

FAULTS: tuple[Fault, ...] = (
    # Nothing left.
    Fault("refused", _doing(_close_at_once), NOT_SENT, before=RawVendor.refuse),
    Fault("black hole", _doing(_close_at_once), NOT_SENT, before=RawVendor.black_hole, endless=True),
    # Something may have left, and no whole answer came.
    Fault("reset before it is read", _doing(_reset_at_once), all_of(State.UNKNOWN, State.NOT_SENT)),
    Fault("closed before it is read", _doing(_close_at_once), UNKNOWN),
    Fault("reset within the request", _doing(_reset_after_head), UNKNOWN),
    Fault("reset after the request", _doing(_reset_after_all), UNKNOWN),
    Fault("closed after the request", _doing(_close_after_all), UNKNOWN),
    Fault("silence", _doing(_silence), UNKNOWN, endless=True),
    Fault("never read", _doing(_deaf), UNKNOWN, endless=True),
    Fault("cut in the status line", _cut("the status line"), UNKNOWN),
    Fault("cut in the headers", _cut("the headers"), UNKNOWN),
    Fault("cut in the body, its length told", _cut("the body"), UNKNOWN),
    Fault("cut in the body, no length told", _fixed(_cut_without_length), BODY_DUE),
    Fault("cut between chunks", _fixed(lambda write: _chunked(write, ended=False)), UNKNOWN),
    Fault("drip", _doing(_drip), UNKNOWN, endless=True),
    Fault("dripping body", _doing(_drip_body), UNKNOWN, endless=True),
    Fault("endless 1xx", _doing(_endless_continue), UNKNOWN, endless=True),
    # What came is no answer.
    Fault("garbage", _random_bytes, UNKNOWN),
    Fault("garbage for a status", _raw(b"HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n"), UNKNOWN),
    Fault("another protocol", _raw(b"ICY 200 OK\r\n\r\n"), UNKNOWN),
    Fault("switched protocols", _raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), UNKNOWN),
    Fault("two lengths", _fixed(lambda write: ok(document(write), "Content-Length: 1")), UNKNOWN),
    Fault("a header without end", _raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000), UNKNOWN),
    Fault("an endless body is told", _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"), UNKNOWN),
    Fault("bad gzip", _raw(ok(b"\x1f\x8bnot gzip", "Content-Encoding: gzip")), UNKNOWN),
    Fault("gzip that was not asked for", _fixed(_packed), UNKNOWN),
    # 2xx that does not say what was asked for.
    Fault("HTML with 200", _raw(ok(HTML).replace(b"application/json", b"text/html")), UNKNOWN),
    Fault("HTML that calls itself JSON", _raw(ok(HTML)), UNKNOWN),
    Fault("200 without a body", _raw(ok(b"")), BODY_DUE),
    Fault("204", _raw(b"HTTP/1.1 204 No Content\r\n\r\n"), BODY_DUE),
    Fault("202", _fixed(lambda write: ok(document(write), status="202 Accepted")), UNKNOWN),
    Fault("another id", _fixed(lambda write: ok(document(write, wrong=True))), TELLING),
    Fault("no JSON", _raw(ok(b"done")), TELLING),
    Fault("no object", _raw(ok(b"[1, 2]")), TELLING),
    Fault("a quantity that is none", _raw(ok(b'{"id": "gift1", "quantity": true}')), {"gift": UNKNOWN["gift"]}),
    Fault("no quantity", _raw(ok(b'{"id": "gift1"}')), {"gift": UNKNOWN["gift"]}),
    Fault("a quantity beyond all", _raw(ok(b'{"id": "gift1", "quantity": 1e400}')), {"gift": UNKNOWN["gift"]}),
    Fault("a business error with 200", _raw(ok(BUSINESS_ERROR)), {"cart": UNKNOWN["cart"]}),
    Fault("a business error with 500", _raw(ok(BUSINESS_ERROR, status="500 Server")), {"cart": UNKNOWN["cart"]}),
    Fault(
        "an error with 200",
        _raw(ok(PARTNER_ERROR)),
        {"row": UNKNOWN["row"], "held cart": UNKNOWN["held cart"]},
    ),
    # Done.
    Fault("done", _fixed(lambda write: ok(document(write))), CONFIRMED),
    Fault("done, in chunks", _fixed(_chunked), CONFIRMED),
    Fault("done, after a 1xx", _fixed(lambda w: b"HTTP/1.1 103 Early Hints\r\n\r\n" + ok(document(w))), CONFIRMED),
    Fault(
        "done, and more bytes", _fixed(lambda write: ok(document(write)) + b"HTTP/1.1 500 No\r\n\r\n"), CONFIRMED
    ),
    Fault(
        "done, with another count",
        _fixed(lambda write: ok(document(write, moved=True))),
        {"gift": CONFIRMED["gift"], "cart": CONFIRMED["cart"]},
        noted=True,
        of_a_set=UNKNOWN["gift"],
    ),
    *_statuses(),
)
