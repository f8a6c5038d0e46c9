"""Hostile ids for every call that takes one, over real sockets: what leaves goes where it should, or nothing does.

Two loopback servers write down every request as it arrived. To the one, under a prefix, go all calls; nothing ever
goes to the other, which ids, addresses in them and redirects name. Some ids go through whole commands.
"""

import asyncio
import re
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, quote

from benchmarks import shop
from pydantic import SecretStr

from qtydash.adapters.carts import CartCredentials, CartsApi
from qtydash.adapters.gifts import GiftsApi
from qtydash.adapters.order_qty import OrderQtyApi
from qtydash.adapters.origin import Origin
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.errors import InvalidId, Unreachable, VendorError
from qtydash.domain.ids import is_usable_id
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS
from qtydash.sandbox.profile import config_toml
from tests.adapter.clients import OP, client
from tests.adapter.raw_server import Exchange, RawServer, raw_server
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.outside.homes import private

ELSEWHERE, TAKEN = "requests off path or origin", "ids that the rule judges wrongly"
FIGURE = Figure(
    title="hostile ids in every call and command that takes one",
    unit="ids",
    full=500,
    subset=30,
    zero=(ELSEWHERE, TAKEN, "undeclared errors"),
    present=("requests", "refused before sending"),
)

PREFIX = "/base"
_COMMANDS_EVERY = 10
_ALLOWED = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_STORE = f"{PREFIX}/api/v1/partner/store/consumer-order-qty"
_CURRENT = f"{PREFIX}/ccstore/v1/orders/current"
_DAY = f"{PREFIX}/v1/channel/{{}}/day-ticket"


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    with asyncio.Runner() as runner:
        runner.run(_run(tally, count, seed))
    return tally.outcome()


def hostile_id(rng: Random, elsewhere: str) -> str:
    """An id: climbing, another route, another origin, a header, a query; one in five is a usable one."""
    host = elsewhere.removeprefix("http://")
    parts = (
        *(
            "..",
            ".",
            "/",
            "//",
            "\\",
            "%2e%2e",
            "%2f",
            "%252e",
            ";",
            "?",
            "#",
            "@",
            ":",
            "&a=b",
            "=",
            "+",
            " ",
            "%",
        ),
        *("consumerCart", "consumercart", "CONSUMERCART", "search", "update_quantity", "login", "_sandbox", "~"),
        *(
            "\r\n",
            "\r\nHost: evil\r\n",
            "\n\nGET / HTTP/1.1\r\n",
            "\x00",
            "\t",
            "\x1b",
            "\x7f",
            "\ud800",
            "\u202e",
        ),
        *(elsewhere, f"//{host}", f"@{host}", host, "http:", "file:///etc/passwd", "[::1]", "127.0.0.1"),
        *(
            "．．",
            "／",
            "。",
            "ⅼ",
            "K",
            "ı",
            "é",
            "夏",
            "\u2215",
            "\u2024",
            "0x",
            "1e5",
            "-",
            "_",
            "a",
            "5d8b0a65",
            "x" * 200,
        ),
    )
    if rng.random() < 0.1:
        return rng.choice(("..", ".", "consumerCart", "CONSUMERCART", ""))
    if rng.random() < 0.2:
        return "".join(rng.choice("abcXYZ019._:-") for _ in range(rng.choice((1, 2, 3, 24, 128))))
    return "".join(rng.choice(parts) for _ in range(rng.choice((1, 1, 2, 3, 5))))


def is_usable(told: str) -> bool:
    """The rule as the proof has it, on its own."""
    return bool(_ALLOWED.fullmatch(told)) and told not in (".", "..") and told.lower() != "consumercart"


async def _run(tally: Tally, count: int, seed: int) -> None:
    async def answer(exchange: Exchange) -> None:
        # Each answer tempts to go elsewhere too.
        await exchange.answer(b"{}", headers=f"Location: {decoy.url}/stolen\r\nRefresh: 0;url={decoy.url}\r\n")

    async def redirect(exchange: Exchange) -> None:
        await exchange.answer(b"{}", status="302 Found", headers=f"Location: {decoy.url}/stolen\r\n")

    async def trap(exchange: Exchange) -> None:
        await exchange.answer(b"{}")

    behaviours = [redirect if n % 7 == 6 else answer for n in range(7)]
    turn = iter(range(1 << 60))

    async def vary(exchange: Exchange) -> None:
        await behaviours[next(turn) % 7](exchange)

    async with raw_server(trap) as decoy, raw_server(vary) as server:
        for each in range(seed, seed + count):
            with tally.case(each, "undeclared errors"):
                rng = Random(each)
                told = hostile_id(rng, decoy.url)
                must(is_usable_id(told) == is_usable(told), TAKEN, repr(told))
                await _calls(tally, told, server)
                _addresses(told)
                if each % _COMMANDS_EVERY == 0:
                    await _commands(tally, told, server)
                must(not decoy.connections, ELSEWHERE, f"{told!r} went to the other server")


async def _calls(tally: Tally, told: str, server: RawServer) -> None:
    url = server.url + PREFIX
    secret = SecretStr("Token fake-token")
    http = {
        vendor.key: client(url, vendor, write=True, headers={"Authorization": secret})
        for vendor in (TICKETS, GIFTS, CART, ORDER_QTY)
    }
    tickets, gifts = TicketsApi(http["tickets"]), GiftsApi(http["gifts"])
    carts = CartsApi(http["cart"], CartCredentials("s", token=SecretStr("fake")))
    held = OrderQtyApi(http["order_qty"])
    place = quote(told, safe="", errors="replace")
    calls: Sequence[tuple[str, str, Callable[[], Awaitable[object]]]] = (
        ("GET", f"{_DAY.format('products')}/{place}", lambda: tickets.options(told)),
        ("GET", f"{_DAY.format('inventory')}/{place}", lambda: tickets.availability(told)),
        ("GET", f"{PREFIX}/v1/gifts/search", lambda: gifts.get(told)),
        (
            "PUT",
            f"{PREFIX}/v1/gifts/{place}/update_quantity",
            lambda: gifts.update_quantity(told, 1, replace=True, op_id=OP),
        ),
        ("GET", f"{_STORE}/{place}/", lambda: held.of_product(told)),
        ("DELETE", f"{_STORE}/{place}", lambda: held.delete(told, OP)),
        ("DELETE", f"{_STORE}/consumerCart/{place}", lambda: held.delete_cart(told, OP)),
        ("GET", f"{PREFIX}/ccagent/v1/orders/{place}", lambda: carts.agent_order(told)),
        (
            "POST",
            f"{_CURRENT}/items/removeSelectableQuantity",
            lambda: carts.remove_selectable_quantity(told, 1, 1, OP),
        ),
        # The id of an operation is a header; a path of the program's own is checked once more at the end.
        ("DELETE", f"{PREFIX}/x", lambda: http["gifts"].send("DELETE", "/x", op_id=told)),
        ("GET", f"{PREFIX}/x/{told}", lambda: http["gifts"].get(f"/x/{told}")),
    )
    try:
        for method, path, call in calls:
            begun = len(server.exchanges)
            try:
                await call()
            except InvalidId:
                tally.counts["refused before sending"] += 1
            except VendorError:
                pass
            sent = server.exchanges[begun:]
            tally.counts["requests"] += len(sent)
            if not is_usable(told) and f"{PREFIX}/x/" not in path:
                must(not sent, ELSEWHERE, f"{told!r} was sent: {[each.head[:200] for each in sent]}")
            for each in sent:
                _check(each, method, path, told, server)
    finally:
        for one in http.values():
            await one.aclose()


def _check(exchange: Exchange, method: str, path: str, told: str, server: RawServer) -> None:
    line, *headers = exchange.head.split("\r\n")
    asked, _, query = exchange.target.partition("?")
    # Reading an inventory asks for the names of its options too.
    others = {path.replace("/inventory/", "/products/")} if "/inventory/" in path else set()
    must(asked in {path, *others}, ELSEWHERE, f"{told!r}: {line!r}, and not {path}")
    must(line == f"{method} {exchange.target} HTTP/1.1", ELSEWHERE, repr(line))
    hosts = [each for each in headers if each.lower().startswith("host:")]
    must(hosts == [f"Host: {server.url.removeprefix('http://')}"], ELSEWHERE, f"{told!r}: {hosts}")
    must(parse_qs(query).get("id", [told]) == [told], ELSEWHERE, f"{told!r}: {query}")
    names = [each.partition(":")[0].lower() for each in headers]
    must(len(names) == len(set(names)), ELSEWHERE, f"{told!r}: a header twice, {names}")


def _addresses(told: str) -> None:
    """As a base URL and behind one: an origin that is not where it seems to be is refused."""
    for address in (told, f"http://127.0.0.1{told}", f"https://shop.example/{told}", f"https://{told}"):
        try:
            origin = Origin.of(GIFTS, address)
        except Unreachable:
            continue
        local = origin.host == "localhost"
        with suppress(ValueError):
            local = local or ip_address(origin.host).is_loopback
        must(origin.scheme == "https" or local, ELSEWHERE, f"{address!r} is taken for {origin}")
        must(address.startswith(f"{origin.scheme}://"), ELSEWHERE, f"{address!r} is taken for {origin}")


async def _commands(tally: Tally, told: str, server: RawServer) -> None:
    if "\0" in told or not told or not told.isprintable() or told.startswith("-"):
        return  # no argument of a command can be it
    with TemporaryDirectory(prefix="qtydash-proof-") as folder:
        home = Path(folder)
        private(home / "config.toml", config_toml(server.url + PREFIX, write=True))
        for command in (
            ("gifts", "set", told, "5", "--yes"),
            ("order-qty", "list", told),
            ("order-qty", "clean", "prod-1", "--id", told, "--yes"),
            ("tickets", "show", told),
        ):
            begun = len(server.exchanges)
            done = await asyncio.to_thread(
                subprocess.run,
                [shop.QTYDASH, *command],
                env=shop.environment(home),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
            must(b"has a fault" not in done.stderr, "undeclared errors", f"{command}: {done.stderr[:300]!r}")
            sent = server.exchanges[begun:]
            tally.counts["requests"] += len(sent)
            tally.counts["commands"] += 1
            for each in sent:
                must(each.target.startswith(f"{PREFIX}/"), ELSEWHERE, f"{command}: {each.target}")
                if not is_usable(told):
                    must(quote(told, safe="") not in each.target, ELSEWHERE, f"{command}: {each.target}")
                    must(told not in each.target or len(told) < 4, ELSEWHERE, f"{command}: {each.target}")
