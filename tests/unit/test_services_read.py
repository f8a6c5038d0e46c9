"""Reading: what is kept, what is said when it cannot be, and what falls back to what."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qtydash.domain.errors import InvalidId, NotFound, Unreachable
from qtydash.domain.gifts import Gift
from qtydash.domain.snapshot import OnProgress, Progress, Reading, Snapshot
from qtydash.domain.vendors import GIFTS as VENDOR
from qtydash.services.read import CachedReads, NothingCached, age, read_now, read_offline
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Gifts = tuple[Gift, ...]


def mug(quantity: int) -> Gift:
    return Gift("5b3d860559d52419850001bd", "MUG", (("en", "Mug"),), "active", quantity, False, None)


class Shop:
    """A vendor whose next answer is ``answer``, and how often it was asked."""

    def __init__(self, answer: Reading[Gifts] | Exception) -> None:
        self.answer = answer
        self.asked = 0

    async def __call__(self, query: str | None, on_progress: OnProgress | None) -> Reading[Gifts]:
        self.asked += 1
        if on_progress is not None:
            on_progress(Progress(1, 1))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def reads(tmp_path: Path, shop: Shop, now: Callable[[], datetime] = lambda: AT) -> CachedReads[str | None, Gifts]:
    cache = Cache(tmp_path / "cache.db", now)
    return CachedReads(VENDOR, shop, cache, GIFTS, Source("prod", "https://shop.example.com"), now)


async def test_a_live_read_is_returned_and_kept(tmp_path: Path) -> None:
    shop = Shop(Reading((mug(3),), False, ("1 row was set aside.",)))
    found = reads(tmp_path, shop)
    heard: list[Progress] = []
    assert found.cached(None) is None

    live = await found.live(None, heard.append)

    assert live == Snapshot((mug(3),), AT, "live", False, ("1 row was set aside.",))
    assert found.cached(None) == Snapshot((mug(3),), AT, "cache", False, ("1 row was set aside.",))
    assert heard == [Progress(1, 1)]


async def test_live_and_cached_tell_the_same_movements(tmp_path: Path) -> None:
    shop = Shop(Reading((mug(3),)))
    found = reads(tmp_path, shop)
    await found.live(None)
    shop.answer = Reading((mug(2),))

    live = await found.live(None)

    cached = found.cached(None)
    assert live.previous == {mug(3).key: 3}
    assert cached is not None
    assert cached.previous == live.previous


async def test_what_cannot_be_kept_is_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "cache.db").mkdir()

    live = await reads(tmp_path, Shop(Reading((mug(3),)))).live(None)

    assert live.data == (mug(3),)
    assert len(live.warnings) == 1
    assert live.warnings[0].startswith("This read could not be kept for offline viewing: ")


async def test_a_failed_read_leaves_the_cache_as_it_was(tmp_path: Path) -> None:
    shop = Shop(Reading((mug(3),)))
    found = reads(tmp_path, shop)
    await found.live(None)
    shop.answer = Unreachable("No answer.")

    with pytest.raises(Unreachable):
        await found.live(None)

    assert found.cached(None) == Snapshot((mug(3),), AT, "cache")


async def test_someone_who_waits_gets_the_cached_rows_and_the_reason(tmp_path: Path) -> None:
    shop = Shop(Reading((mug(3),)))
    found = reads(tmp_path, shop)
    assert (await read_now(found, None))[1] == ""
    shop.answer = Unreachable("No answer.", words="gone", hint="Wait.")

    snapshot, reason = await read_now(found, None)

    assert (snapshot.source, reason) == ("cache", 'No answer. They say: "gone". Wait.')
    with pytest.raises(Unreachable):
        await read_now(found, None, live_only=True)


async def test_without_anything_cached_the_failure_is_the_answer(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await read_now(reads(tmp_path, Shop(NotFound("No such gift."))), None)


async def test_an_id_that_was_never_sent_is_no_outage(tmp_path: Path) -> None:
    shop = Shop(Reading(()))
    found = reads(tmp_path, shop)
    await found.live("..")
    shop.answer = InvalidId("product code", "..")

    with pytest.raises(InvalidId):
        await read_now(found, "..")


async def test_offline_asks_nobody(tmp_path: Path) -> None:
    shop = Shop(Reading((mug(3),)))
    found = reads(tmp_path, shop)
    with pytest.raises(NothingCached, match=r"Nothing was read from SHOPLINE for park yet"):
        await read_now(found, "park", offline=True)
    assert shop.asked == 0

    await found.live("park")

    assert read_offline(found, "park").source == "cache"
    assert shop.asked == 1


async def test_saving_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    many = tuple(Gift(f"{n:024x}", "MUG", (("en", "Mug"),), "active", n, False, None) for n in range(20_000))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await reads(tmp_path, Shop(Reading(many))).live(None)
    ticking.cancel()

    assert ticks > 5


def test_age_is_told_in_the_largest_whole_unit() -> None:
    assert age(Snapshot((), AT, "cache"), AT + timedelta(hours=3, minutes=59)) == "3h"
