"""Random inputs to everything that reads or writes what is outside: only declared errors, only harmless results.

Documents begin as the sandbox's own, then parts are taken out, exchanged, cut and flipped: most are nearly right,
which is where readers break.
"""

import asyncio
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from urllib.parse import unquote, urlsplit

import httpx

from qtydash.adapters.answers import Answer, failure
from qtydash.adapters.carts import CartCredentials, CartsApi
from qtydash.adapters.gifts import GiftsApi, quantity_request
from qtydash.adapters.order_qty import OrderQtyApi, delete_cart_request, delete_request
from qtydash.adapters.requests import segment
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.gifts import Gift
from qtydash.domain.text import MAX_TEXT, safe_text
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS
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
from tests.proof.outside import write_answers
from tests.proof.outside.damage import (
    HARMFUL,
    NOW,
    OF_PARSERS,
    ORDERS,
    check,
    damaged,
    document,
    documents,
    encoded,
    text,
)
from tests.property.test_adapter_parsers import PARSERS, text_in

UNDECLARED, ONE_SIDED = "undeclared errors", "readers that took all or nothing"
FIGURE = Figure(
    title="fuzzed inputs to safe_text, ids, decoders, answers to reads, writes and logins, files and exports",
    unit="inputs",
    full=100_000,
    subset=1_200,
    zero=(UNDECLARED, HARMFUL, ONE_SIDED),
    present=("read", "refused"),
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def run(count: int, seed: int) -> Outcome:
    documents()  # made before any case runs a loop of its own
    tally = Tally()
    taken: Counter[tuple[str, bool]] = Counter()
    for each in range(seed, seed + count):
        rng, reader = Random(each), _READERS[each % len(_READERS)]
        with tally.case(each, UNDECLARED):
            was_read = reader(rng)
            tally.counts["read" if was_read else "refused"] += 1
            taken[reader.__name__, was_read] += 1
    names = {reader.__name__ for reader in _READERS}
    both = {name for name in names if taken[name, True] and taken[name, False]}
    tally.measured("readers, each of which read and refused", len(both))
    if count >= FIGURE.subset:
        for name in sorted(names - both):
            told = f"{name} read {taken[name, True]} and refused {taken[name, False]}"
            tally.failed(seed, ONE_SIDED, told)
    return tally.outcome()


# What reads them: whether something was read as it came, not refused or made harmless. Anything else raised is
# undeclared.


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
        check(text_in(PARSERS[which](Answer(200, document(rng, *OF_PARSERS[which]), redact=str))))
    except VendorError as error:
        check([error.full, error.words])
        return False
    return True


def refusal(rng: Random) -> bool:
    answer = Answer(
        rng.randrange(300, 600),
        document(rng),
        reason=rng.choice(("", text(rng))),
        location=text(rng),
        retry_after=text(rng),
        redact=str,
    )
    error = failure(rng.choice((TICKETS, GIFTS, CART, ORDER_QTY)), answer, what=safe_text(text(rng)))
    check([error.full, error.words, getattr(error, "code", "")])
    return bool(error.words)


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
            stream=httpx.ByteStream(document(rng, *OF_PARSERS[1 + key])),
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
    return not any(cell.startswith("'") for cells in told for cell in cells)


_SHOP = tuple(
    Gift(f"65ab{n}", sku, (("en", f"Gift {n}"),), "active", 5, unlimited=n == 4, updated_at=None)
    for n, sku in enumerate(("A-1", "B 2", "=C3", "\u8d08\u54c1", "E5", "DUP", "DUP", ""))
)
_AMOUNTS = (
    *(
        "5",
        "7",
        "+3",
        "-2",
        "0",
        " 12 ",
        "9999999",
        "10000000",
        "\u22124",
        "1e5",
        "1,000",
        "1_000",
        "2.0",
        "\u0663",
    ),
    *("", "'5", "=5", "0x10", "--1", "9" * 50, "+", "5 pcs", "True"),
)


_NUMBER = re.compile(r" *'?[+-]?[0-9]{1,9} *", re.ASCII)


def csv_in(rng: Random) -> bool:
    """A file of counts: what is staged is of the gift that a row names, and a number that it says."""
    header, mark = rng.choice(
        (("sku,quantity", ","), ("id;delta", ";"), ("SKU\tcount\tnote", "\t"), (text(rng), ","))
    )
    by_id, lines = header.startswith("id"), [header]
    for _ in range(rng.randrange(6)):
        gift = rng.choice(_SHOP)
        cells = [gift.id if by_id else gift.sku, rng.choice(_AMOUNTS), text(rng)]
        cells = [text(rng) if rng.random() < 0.1 else cell for cell in cells[: rng.choice((2, 2, 3, 1, 0))]]
        lines.append(mark.join(cells))
    codec = rng.choice(("utf-8", "utf-8-sig", "utf-16", "cp950", "latin-1", "cp1252"))
    data = rng.choice(("\n", "\n", "\r\n", "\r")).join(lines).encode(codec, "ignore")
    body = data.decode(codec)
    if rng.random() < 0.1:
        data = bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
    try:
        found = stock_take(data, _SHOP, now=NOW, seen_at=NOW)
    except CountsFileError as error:
        check([str(error)])
        return False
    check([*(row.words for row in found.rows), *found.problems, *(row.given for row in found.rows)])
    said = {int(each.strip(" '")) for each in re.split(rf'[{mark}\r\n"]', body) if _NUMBER.fullmatch(each)}
    for row in found.rows:
        if row.intent is not None:
            its = row.gift
            must(its is not None and row.given in (its.sku, its.id) and not its.unlimited, HARMFUL, repr(row))
            must(by_id or (its is not None and its.sku != "DUP"), HARMFUL, f"one of two gifts: {row!r}")
            must(row.intent.amount in said, HARMFUL, f"{row.intent.amount} in none of {body!r:.300}")
    return bool(found.intents)


def saved_order(rng: Random) -> bool:
    head = rng.choice(("", "", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 " + text(rng) + "\r\n\r\n"))
    try:
        found = from_text(head + document(rng, *ORDERS).decode("utf-8", "replace"), lambda: NOW)
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
        found = json_tree.load(document(rng, *ORDERS).decode("utf-8", "replace"))
    except json_tree.NoJson:
        return False
    opened = json_tree.first_opened(found)
    drawn = json_tree.tree(found, opened, UNICODE)
    must(drawn.row_count >= 1, HARMFUL, "nothing is drawn")
    json_tree.find(found, "a", (), 1)
    json_tree.pretty(found)
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
    write_answers.stock,
    write_answers.deletion,
    write_answers.removal,
    write_answers.login,
    write_answers.options,
    write_answers.token_info,
)
