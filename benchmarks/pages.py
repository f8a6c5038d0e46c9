"""400 pages of 25 records, each answered after 50 ms: one at a time, and as the adapters ask for them

Ticket days come without a total, gifts with one. The adapters are asked directly, without the limit of requests
a second that a profile keeps so that no vendor cuts it off: what that makes of the reading stands in the last
rows, as counted, not as measured. *One at a time* is raw httpx reading a fortieth of the pages, times forty.
Processor time of a page is the client's; beside it that of raw httpx, an eighth of the pages, eight at a time,
which takes nothing apart.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from statistics import median
from time import perf_counter, process_time

import httpx
from pydantic import SecretStr

from benchmarks import shop
from benchmarks.figures import Effort, Row, faster, short, told
from benchmarks.report import alone
from qtydash.adapters.gifts import GiftsApi
from qtydash.adapters.http import VendorClient
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.snapshot import Reading
from qtydash.domain.tickets import Availability
from qtydash.domain.vendors import GIFTS, TICKETS, Vendor
from qtydash.sandbox import credentials
from qtydash.services.connect import REQUESTS_PER_SECOND

MISSED = """\
Tickets are asked for four pages at a time, eight once eight came, since none but the answer says whether
there is a next; gifts eight at a time. The rest is the client's processor time, which is httpx's own.
"""

PER_PAGE = 25
_TRUST = httpx.create_ssl_context(trust_env=False)
"""Made once, as the adapters' client makes it."""
UNLIMITED = 1e6
_TICKETS = "/v1/channel/inventory/day-ticket/"
_AX = {
    "Authorization": f"Token {credentials.AX_API_KEY}",
    "Channel": f"Code {credentials.AX_CHANNEL_CODE}",
}
_SHOPLINE = {
    "Authorization": f"Bearer {credentials.SHOPLINE_TOKEN}",
    "User-Agent": credentials.SHOPLINE_HANDLE,
}


def measure(effort: Effort) -> Iterator[Row]:
    pages = effort.pick(400, 40)
    with shop.large_sandbox(days=pages * PER_PAGE, gifts=pages * PER_PAGE, latency=50) as url:
        for name, path, headers, read, least in (
            ("tickets, no total told", f"{_TICKETS}{shop.PRODUCT}", _AX, _tickets, 3.5),
            ("gifts, total told", "/v1/gifts", _SHOPLINE, _gifts, 7.0),
        ):
            one, ours, cpu, raw_cpu = [], [], [], []
            for _ in range(effort.runs):
                one.append(_timed(partial(_raw, url, path, headers, pages // 40, 1))[0] * 40)
                took, used = _timed(partial(read, url, pages * PER_PAGE))
                ours.append(took)
                cpu.append(used / pages)
                raw_cpu.append(_timed(partial(_raw, url, path, headers, pages // 8, 8))[1] / (pages // 8))
            yield faster(f"{pages} pages, {name}", ours, one, "one at a time", least)
            beside = f"raw httpx: {short(median(raw_cpu), 'ms')}"
            yield told(f"{name}: processor time of a page", cpu, beside=beside)
    for key in ("tickets", "gifts"):
        allowed = REQUESTS_PER_SECOND[key]
        shortest = f"{max(0.0, (pages - allowed) / allowed):.0f} s at least, as counted"
        yield Row(f"{pages} pages, {key}, at the {allowed:g} requests a second of a profile", shortest)


async def _tickets(url: str, records: int) -> None:
    http = _client(TICKETS, url, _AX)
    try:
        found: Reading[Availability] = await TicketsApi(http, page_size=PER_PAGE).availability(shop.PRODUCT)
        _check(len(found.data.days), records)
    finally:
        await http.aclose()


async def _gifts(url: str, records: int) -> None:
    http = _client(GIFTS, url, _SHOPLINE)
    try:
        _check(len((await GiftsApi(http, per_page=PER_PAGE).all()).data), records)
    finally:
        await http.aclose()


def _client(vendor: Vendor, url: str, headers: Mapping[str, str]) -> VendorClient:
    secret = {name: SecretStr(value) for name, value in headers.items()}
    return VendorClient(vendor, url, profile="bench", write=False, headers=secret, per_second=UNLIMITED)


def _check(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} records came, not {wanted}.")


async def _raw(url: str, path: str, headers: Mapping[str, str], pages: int, width: int) -> None:
    """``pages`` pages, ``width`` at a time, as httpx gives them."""
    lanes = asyncio.Semaphore(width)
    async with httpx.AsyncClient(base_url=url, headers=dict(headers), trust_env=False, verify=_TRUST) as client:

        async def fetch(page: int) -> None:
            async with lanes:
                size = {"page": page, "page_size": PER_PAGE, "per_page": PER_PAGE}
                (await client.get(path, params=size)).raise_for_status()

        await asyncio.gather(*(fetch(page) for page in range(1, pages + 1)))


def _timed(read: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Milliseconds, and milliseconds of processor time."""

    async def run() -> tuple[float, float]:
        begun, used = perf_counter(), process_time()
        await read()
        return (perf_counter() - begun) * 1_000, (process_time() - used) * 1_000

    return asyncio.run(run())


if __name__ == "__main__":
    alone(measure)
