"""A read that could not name the options shows and keeps the names that are known already."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.adapter.clients import mocked, reply

from qtydash.adapters.http import VendorClient
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.tickets import Availability, TicketOption
from qtydash.services import tickets
from qtydash.services.connect import Connection
from qtydash.services.read import CachedReads
from qtydash.storage.cache import Cache, Source

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROW = {
    "inventory_code": "inv-1",
    "date": "2026-03-01",
    "max_quantity": 25,
    "remain_quantity": 15,
    "ordered_quantity": 10,
}
NAMED = [{"option_code": "night", "name": "Night"}, {"option_code": "adult", "name": "Adult"}]


class Park:
    """A vendor that tells ``options`` and has days of one of them."""

    def __init__(self) -> None:
        self.options: object = NAMED
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        page = request.url.params.get("page")
        if page is None:
            return reply({"status_code": self.status, "options": self.options})
        return reply({"status_code": 200, "option_codes": {"adult": [ROW] if page == "1" else []}})


def reads(park: Park, tmp_path: Path) -> CachedReads[str, Availability]:
    async def make() -> tuple[TicketsApi, VendorClient]:
        http = mocked(park)
        return TicketsApi(http), http

    cache = Cache(tmp_path / "cache.db", lambda: AT)
    return tickets.availability(Connection(make), cache, Source("prod", "https://vendor.example"), lambda: AT)


@pytest.mark.parametrize(
    ("status", "options", "shown"),
    [
        (503, None, [("night", "Night"), ("adult", "Adult")]),
        (200, [], [("adult", "Adult")]),
        (200, [{"option_code": "adult"}], [("adult", "Adult")]),
        (200, [{"option_code": "adult", "name": "Grown-up"}], [("adult", "Grown-up")]),
    ],
)
async def test_known_names_outlive_a_read_without_them(
    tmp_path: Path, status: int, options: object, shown: list[tuple[str, str]]
) -> None:
    park = Park()
    found = reads(park, tmp_path)
    await found.live("park")
    park.status, park.options = status, options

    live = await found.live("park")

    cached = found.cached("park")
    assert cached is not None
    assert live.data.options == tuple(TicketOption(code, name) for code, name in shown)
    assert cached.data == live.data


async def test_without_a_cache_the_days_are_shown_by_their_codes(tmp_path: Path) -> None:
    park = Park()
    park.status = 503

    live = await reads(park, tmp_path).live("park")

    assert ([day.left for day in live.data.days], live.data.options) == ([15], ())
    assert len(live.warnings) == 1
