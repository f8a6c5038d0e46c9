"""Random texts, and documents of the vendors with some of their parts damaged; and what comes of them judged."""

import asyncio
import json
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any

import httpx

from qtydash.sandbox import credentials as keys
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.tickets import AQUARIUM, PARK
from tests.adapter.clients import BASE
from tests.proof.figure import must
from tests.proof.outside.texts import KINDS, hostile

HARMFUL = "harmful results"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = Any


def harmless(text: str) -> bool:
    """Whether nothing in it steers or hides; the ideographic space is the one blank besides the space."""
    return text.replace("\u3000", " ").isprintable()


def check(texts: list[str]) -> None:
    for text in texts:
        must(harmless(text), HARMFUL, repr(text[:100]))


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
            "9" * 5_000,
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


def document(rng: Random, *fitting: int) -> bytes:
    """One of the documents, mostly one of those that fit what will read it, damaged."""
    known = documents()
    chosen = known[rng.choice(fitting)] if fitting and rng.random() < 0.9 else rng.choice(known)
    return encoded(damaged(chosen, rng), rng)


OF_PARSERS = ((1, 2), (0,), (4,), (6, 7), (8, 9))
"""Which documents fit each of ``PARSERS``."""
ORDERS = (8, 9)
A_PRODUCT = (3,)
A_TOKEN = (5,)
