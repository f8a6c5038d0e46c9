"""Random inputs to everything that reads or writes what is outside: only declared errors, only harmless results.

Documents begin as the sandbox's own, then parts are taken out, exchanged, cut and flipped: most are nearly right,
which is where readers break.
"""

import asyncio
import csv
import io
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from qtydash.adapters.answers import Answer, failure
from qtydash.adapters.carts import CartCredentials, CartsApi
from qtydash.adapters.gifts import GiftsApi, quantity_request
from qtydash.adapters.order_qty import OrderQtyApi, delete_cart_request, delete_request
from qtydash.adapters.requests import segment
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.text import MAX_TEXT, safe_text
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS
from qtydash.sandbox import credentials as keys
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.tickets import AQUARIUM, PARK
from qtydash.services import clean_plan
from qtydash.services.carts import OrderFileError, from_text
from qtydash.services.counts_file import CountsFileError
from qtydash.services.export import csv_text, json_text
from qtydash.services.order_qty_intents import FrozenRow
from qtydash.services.stock_take import stock_take
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models import json_tree
from tests.adapter.clients import AT_ONCE, BASE, mocked
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.outside.texts import KINDS, hostile
from tests.property.test_adapter_parsers import PARSERS, text_in

UNDECLARED, HARMFUL = "undeclared errors", "harmful results"
FIGURE = Figure(
    title="fuzzed inputs to safe_text, ids, decoders, answers, files and exports",
    unit="inputs",
    full=100_000,
    subset=1_200,
    zero=(UNDECLARED, HARMFUL),
    present=("read", "refused"),
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Json = Any


def run(count: int, seed: int) -> Outcome:
    documents()  # made before any case runs a loop of its own
    tally = Tally()
    for each in range(seed, seed + count):
        rng = Random(each)
        with tally.case(each, UNDECLARED):
            was_read = _READERS[each % len(_READERS)](rng)
            tally.counts["read" if was_read else "refused"] += 1
    return tally.outcome()


def harmless(text: str) -> bool:
    """Whether nothing in it steers or hides; the ideographic space is the one blank besides the space."""
    return text.replace("\u3000", " ").isprintable()


def check(texts: list[str]) -> None:
    for text in texts:
        must(harmless(text), HARMFUL, repr(text[:100]))


# Random texts, bytes and documents.


def text(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.4:
        return hostile(rng.randrange(len(KINDS) * 50)).marked("FZ", 0)[: rng.choice((20, 200, 5_000))]
    if chance < 0.6:
        return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(40)))
    if chance < 0.8:
        return "".join(
            rng.choice("=+-@,;\"'\t\r\n \\/.%[]{}<>&0aé夏\x00\x1b\u202e\ud800") for _ in range(rng.randrange(30))
        )
    return rng.choice(
        ("", "0", "-1", "1e5", "Void", "null", "true", "..", ".", "active", "2026-03-01", "5d8b0a65")
    )


def scalar(rng: Random) -> Json:
    return rng.choice(
        (
            None,
            True,
            False,
            0,
            -1,
            3.0,
            2.5,
            2**53,
            2**63,
            -(2**64),
            10**400,
            1e308,
            float("inf"),
            float("nan"),
            "",
            "Void",
            "1_000",
            "٣",
            [],
            {},
            [[]],
            text(rng),
            text(rng),
        )
    )


def damaged(document: Json, rng: Random) -> Json:
    """The document with some of its parts exchanged, taken out, doubled or renamed."""
    document = deepcopy(document)
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        inner = document
        for _ in range(rng.randrange(1, 9)):
            if not isinstance(inner, dict | list) or not inner:
                break
            at = rng.choice(list(inner)) if isinstance(inner, dict) else rng.randrange(len(inner))
            child = inner[at]
            if not isinstance(child, dict | list) or rng.random() < 0.25:
                _damage(inner, at, rng)
                break
            inner = child
    return document if rng.random() < 0.97 else scalar(rng)


def _damage(inner: Json, at: Json, rng: Random) -> None:
    match rng.randrange(5):
        case 0:
            del inner[at]
        case 1 if isinstance(inner, list):
            inner.append(inner[at])
        case 2 if isinstance(inner, dict):
            inner[text(rng)] = inner.pop(at)
        case _:
            inner[at] = scalar(rng)


def encoded(document: Json, rng: Random) -> bytes:
    """The document as bytes, some of which may be missing, flipped, or more than there were."""
    try:
        body = json.dumps(document).encode()
    except ValueError:
        body = b"9" * 5_000
    for _ in range(rng.choice((0, 0, 0, 1, 3))):
        at = rng.randrange(len(body) + 1)
        match rng.randrange(4):
            case 0:
                body = body[:at]
            case 1:
                body = body[:at] + bytes((rng.randrange(256),)) + body[at + 1 :]
            case 2:
                body = body[:at] + rng.choice((b"[" * 2_000, b"\x00", b"\xff\xfe", b'"', b"\\ud800", b"1e999"))
            case _:
                body = body[:at] + body[at // 2 :]
    return body


@cache
def documents() -> tuple[Json, ...]:
    """An answer of each kind, as the sandbox gives it."""
    ax = {"Authorization": f"Token {keys.AX_API_KEY}", "Channel": f"Code {keys.AX_CHANNEL_CODE}"}
    shop = {"Authorization": f"Bearer {keys.SHOPLINE_TOKEN}", "User-Agent": keys.SHOPLINE_HANDLE}
    blaze = {"x-api-key": keys.BLAZE_PARTNER_KEY, "Authorization": keys.BLAZE_DEVELOPER_KEY}
    store = "/api/v1/partner/store/consumer-order-qty"
    asked = (
        ("/v1/channel/products/day-ticket?page_size=3", ax),
        (f"/v1/channel/inventory/day-ticket/{PARK}?page_size=4", ax),
        (f"/v1/channel/inventory/day-ticket/{AQUARIUM}?page_size=4", ax),
        (f"/v1/channel/products/day-ticket/{PARK}", ax),
        ("/v1/gifts?per_page=4", shop),
        ("/v1/token/info", shop),
        (f"{store}/prod-5/", blaze),
        (f"{store}/prod-4/", blaze),
        ("/ccstore/v1/orders/current", {"X-CCVisitorId": keys.CART_VISITOR}),
        ("/ccstore/v1/orders/current", {"Authorization": f"Bearer {keys.CART_TOKEN}"}),
    )
    found = asyncio.run(_got(asked))
    found[7]["results"] = found[7]["results"][:3]
    refusals = ({"message": "no", "errorCode": "28313", "errors": [{"message": "a"}]}, {"error": "x", "code": "y"})
    return (*found, *refusals)


async def _got(asked: Sequence[tuple[str, dict[str, str]]]) -> list[Json]:
    transport = httpx.ASGITransport(create_app(today=NOW.date()))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        return [(await client.get(path, headers=headers)).json() for path, headers in asked]


def _document(rng: Random, *fitting: int) -> bytes:
    """One of the documents, mostly one of those that fit what will read it, damaged."""
    known = documents()
    chosen = known[rng.choice(fitting)] if fitting and rng.random() < 0.9 else rng.choice(known)
    return encoded(damaged(chosen, rng), rng)


_OF_PARSERS = ((1, 2), (0,), (4,), (6, 7), (8, 9))
"""Which documents fit each of ``PARSERS``."""
_ORDERS = (8, 9)


# What reads them: whether it was read, not refused. Anything else raised is undeclared.


def safe(rng: Random) -> bool:
    told, limit = text(rng), rng.choice((1, 2, 10, 80, MAX_TEXT))
    drawn = safe_text(told, limit)
    check([drawn])
    must(len(drawn) <= limit, HARMFUL, f"{len(drawn)} characters where {limit} are the limit")
    must(safe_text(drawn, limit) == drawn or "…" in drawn, HARMFUL, f"not the same twice: {drawn!r}")
    return drawn == told


def decoder(rng: Random) -> bool:
    which = rng.randrange(len(PARSERS))
    try:
        check(text_in(PARSERS[which](Answer(200, _document(rng, *_OF_PARSERS[which]), redact=str))))
    except VendorError as error:
        check([error.full, error.words])
        return False
    return True


def refusal(rng: Random) -> bool:
    answer = Answer(
        rng.randrange(300, 600),
        _document(rng),
        reason=text(rng),
        location=text(rng),
        retry_after=text(rng),
        redact=str,
    )
    error = failure(rng.choice((TICKETS, GIFTS, CART, ORDER_QTY)), answer, what=safe_text(text(rng)))
    check([error.full, error.words, getattr(error, "code", "")])
    return False


def an_id(rng: Random) -> bool:
    told = text(rng)
    made = (
        lambda: quantity_request(told, 1, replace=False).path,
        lambda: delete_request(told).path,
        lambda: delete_cart_request(told).path,
        lambda: f"/x/{segment('id', told)}",
    )
    try:
        path = rng.choice(made)()
    except InvalidId as error:
        check([str(error)])
        return False
    parts = urlsplit(BASE + path)
    must(parts.path == path and not parts.query and not parts.fragment, HARMFUL, path)
    must(unquote(path).split("/").count(told) == 1 and told not in (".", ".."), HARMFUL, path)
    return True


def answer(rng: Random) -> bool:
    """Through the client as a whole: status, headers and body are anything."""
    key = rng.randrange(4)

    def vendor(request: httpx.Request) -> httpx.Response:
        headers = [
            (
                b"content-type",
                rng.choice((b"application/json", b"text/html", b"", text(rng).encode("utf-8", "ignore"))),
            )
        ]
        for name in rng.sample((b"retry-after", b"location", b"content-length", b"content-encoding", b"x"), 2):
            if rng.random() < 0.4:
                headers.append((name, text(rng).encode("utf-8", "ignore")))
        status = rng.choice((200, 200, 200, 204, 302, 401, 403, 404, 422, 500, 599))
        return httpx.Response(
            status,
            headers=headers,
            stream=httpx.ByteStream(_document(rng, *_OF_PARSERS[1 + key])),
            extensions={"reason_phrase": text(rng).encode("utf-8", "ignore")},
        )

    async def read() -> list[str]:
        http = mocked(vendor, (TICKETS, GIFTS, ORDER_QTY, CART)[key], backoff=AT_ONCE)
        match key:
            case 0:
                return text_in(await TicketsApi(http, page_size=2).products())
            case 1:
                return text_in(await GiftsApi(http).all())
            case 2:
                return text_in(await OrderQtyApi(http).of_product("prod-1"))
            case _:
                return text_in(await CartsApi(http, CartCredentials("s")).current())

    try:
        check(asyncio.run(read()))
    except VendorError as error:
        check([error.full])
        return False
    return True


def csv_out(rng: Random) -> bool:
    columns = ["a", "b", "c"]
    rows = [
        {name: rng.choice((text(rng), -3, None, [text(rng)])) for name in columns} for _ in range(rng.randrange(4))
    ]
    told = list(csv.reader(io.StringIO(csv_text(columns, rows), newline="")))
    must(len(told) == len(rows) + 1, HARMFUL, f"{len(rows)} rows came back as {len(told) - 1}")
    for row, cells in zip(rows, told[1:], strict=True):
        must(len(cells) == len(columns), HARMFUL, f"a row of {len(cells)} cells")
        for name, cell in zip(columns, cells, strict=True):
            value = row[name]
            if isinstance(value, str):
                guarded = f"'{value}" if value.startswith(_FORMULA) else value
                must(cell == guarded, HARMFUL, f"{value!r} came back as {cell!r}")
                must(not cell.startswith(_FORMULA), HARMFUL, f"a formula: {cell!r}")
    must(json.loads(json_text({"rows": rows}))["rows"] == rows, HARMFUL, "JSON came back otherwise")
    return True


def csv_in(rng: Random) -> bool:
    header = rng.choice(("sku,quantity", "id;delta", "SKU\tcount\tnote", "sku", text(rng)))
    body = "\n".join(
        [header, *(",".join(text(rng) for _ in range(rng.randrange(5))) for _ in range(rng.randrange(5)))]
    )
    data = body.encode(rng.choice(("utf-8", "utf-16", "cp950", "latin-1", "cp1252")), "ignore")
    if rng.random() < 0.2:
        data = bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
    try:
        found = stock_take(data, (), now=NOW, seen_at=NOW)
    except CountsFileError as error:
        check([str(error)])
        return False
    check([*(row.words for row in found.rows), *found.problems, *(row.given for row in found.rows)])
    return True


def saved_order(rng: Random) -> bool:
    head = rng.choice(("", "", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 " + text(rng) + "\r\n\r\n"))
    try:
        found = from_text(head + _document(rng, *_ORDERS).decode("utf-8", "replace"), lambda: NOW)
    except OrderFileError as error:
        check([safe_text(str(error), 10_000)])
        return False
    check([*text_in(found.data), *found.warnings])
    return True


def plan(rng: Random) -> bool:
    rows = [
        FrozenRow(f"65aa{n}", "prod-1", "cart-1", "1", "2026-03-01T11:00:00Z") for n in range(rng.randrange(4))
    ]
    told = json.loads(clean_plan.plan_text(clean_plan.plan_of(rows, "p", BASE, NOW)))
    data = encoded(damaged(told, rng), rng)
    try:
        clean_plan.check_plan(clean_plan.read_plan(data), "p", BASE, NOW + timedelta(minutes=1))
    except (clean_plan.PlanUnreadable, clean_plan.PlanRefused) as error:
        check([str(error)])
        return False
    kept = json.loads(data.replace(b",\n ]", b"]"))["rows"]
    must(all(row in told["rows"] for row in kept), HARMFUL, "a plan was taken that was changed")
    return True


def tree(rng: Random) -> bool:
    try:
        document = json_tree.load(_document(rng, *_ORDERS).decode("utf-8", "replace"))
    except json_tree.NoJson:
        return False
    opened = json_tree.first_opened(document)
    drawn = json_tree.tree(document, opened, UNICODE)
    must(drawn.row_count >= 1, HARMFUL, "nothing is drawn")
    json_tree.find(document, "a", (), 1)
    json_tree.pretty(document)
    return True


_READERS: tuple[Callable[[Random], bool], ...] = (
    safe,
    decoder,
    refusal,
    an_id,
    answer,
    csv_out,
    csv_in,
    decoder,
    saved_order,
    plan,
    tree,
)
