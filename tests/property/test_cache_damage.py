"""A cache in which any byte is another one: nothing raises, and what cannot be read is set aside and told."""

import random
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import Reading
from qtydash.domain.tickets import Availability, TicketDay, TicketOption
from qtydash.storage.cache import Cache, Source
from qtydash.storage.gifts import GIFTS
from qtydash.storage.order_qty import ORDER_QTY
from qtydash.storage.tickets import AVAILABILITY

FLIPS = 300
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SHOP = Source("prod", "https://shop.example.com")

MUGS = tuple(Gift(f"{n:024x}", f"SKU-{n}", (("en", "Mug"),), "active", n, False, AT) for n in range(40))
PARK = Availability(
    "park",
    tuple(TicketDay("adult", date(2026, 3, n), 25, n, 25 - n, f"inv-{n}") for n in range(1, 29)),
    (TicketOption("adult", "Adult"),),
)
HOLDS = tuple(
    OrderQty(f"h{n}", "co", "shop", AT, None, False, True, "i", "r", "p", "c", Decimal(n), None, True, False)
    for n in range(20)
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a sound cache, its log folded in."""
    path = tmp_path_factory.mktemp("whole") / "cache.db"
    cache = Cache(path, lambda: AT)
    assert [warning for save in saves(cache) for warning in save()] == []
    db = sqlite3.connect(path)
    try:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    return path.read_bytes()


def saves(cache: Cache) -> Sequence[Callable[[], tuple[str, ...]]]:
    return (
        lambda: cache.save(GIFTS, SHOP, "", Reading(MUGS), AT).warnings,
        lambda: cache.save(AVAILABILITY, SHOP, "park", Reading(PARK), AT).warnings,
        lambda: cache.save(ORDER_QTY, SHOP, "prod-1", Reading(HOLDS), AT).warnings,
    )


def loads(cache: Cache) -> Sequence[Callable[[], object]]:
    return (
        lambda: cache.load(GIFTS, SHOP, ""),
        lambda: cache.load(AVAILABILITY, SHOP, "park"),
        lambda: cache.load(ORDER_QTY, SHOP, "prod-1"),
    )


def set_aside(folder: Path) -> list[str]:
    names = (file.name for file in folder.iterdir())
    return [name for name in names if ".broken-" in name and not name.endswith(("-wal", "-shm"))]


@pytest.mark.parametrize("first", [saves, loads])
def test_sqlites_own_words_that_are_no_text_are_damage(
    whole: bytes, tmp_path: Path, first: Callable[[Cache], Sequence[Callable[[], object]]]
) -> None:
    path = tmp_path / "cache.db"
    at = whole.index(b"tableorder_qty") + len("tableo")
    path.write_bytes(whole[:at] + b"\xc4" + whole[at + 1 :])  # SQLite quotes the name in its error
    cache = Cache(path, lambda: AT)

    for act in first(cache):
        act()

    assert set_aside(tmp_path) == ["cache.db.broken-20260301T120000Z"]
    (told,) = cache.notices
    assert "is damaged" in told


def test_any_byte_may_be_another_one(whole: bytes, tmp_path: Path) -> None:
    choice = random.Random(20260301)
    aside = 0
    for number in range(FLIPS):
        folder = tmp_path / str(number)
        folder.mkdir()
        damaged = bytearray(whole)
        at = choice.randrange(4_096 if number % 2 else len(whole))  # the first page holds the header and the names
        damaged[at] ^= choice.randrange(1, 256)
        (folder / "cache.db").write_bytes(damaged)
        cache = Cache(folder / "cache.db", lambda: AT)

        for act in (*loads(cache), choice.choice(saves(cache))):
            act()

        flip = f"byte {at} is {damaged[at]:#04x}"
        found = len(set_aside(folder))
        assert len([notice for notice in cache.notices if "set aside as" in notice]) == found, flip
        aside += bool(found)
        if found:
            assert any(loaded() is not None for loaded in loads(cache)), flip
    assert aside > FLIPS // 20
