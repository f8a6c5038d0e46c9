"""What goes into the cache comes out of it: every kind of reading, its movements, its gaps."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import Reading, Snapshot
from qtydash.domain.tickets import Availability, TicketDay, TicketOption, TicketProduct
from qtydash.storage.cache import Cache, Kept, Source
from qtydash.storage.carts import CARTS
from qtydash.storage.gifts import GIFTS
from qtydash.storage.order_qty import ORDER_QTY
from qtydash.storage.shelf import Shelf
from qtydash.storage.tickets import AVAILABILITY, TICKET_PRODUCTS

T = TypeVar("T")
AT = datetime(2026, 3, 1, 12, 30, 15, 250_000, UTC)
SHOP = Source("prod", "https://shop.example.com")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    made = Cache(tmp_path / "cache.db", lambda: AT)
    yield made
    assert made.notices == []


def kept(cache: Cache, shelf: Shelf[T], data: T, query: str = "", *, complete: bool = True) -> Kept:
    return cache.save(shelf, SHOP, query, Reading(data, complete), AT)


def loaded(cache: Cache, shelf: Shelf[T], query: str = "") -> Snapshot[T]:
    found = cache.load(shelf, SHOP, query)
    assert found is not None
    return found


def day(option: str, on: int, left: int, code: str = "i") -> TicketDay:
    return TicketDay(option, date(2026, 3, on), 25, left, 25 - left, code)


def gift(gift_id: str, quantity: int, *, unlimited: bool = False) -> Gift:
    titles = (("en", "Mug"), ("zh-hant", "馬克杯"))
    return Gift(gift_id, "SKU-1", titles, "active", quantity, unlimited, AT)


def hold(record_id: str, quantity: str | None) -> OrderQty:
    amount = None if quantity is None else Decimal(quantity)
    return OrderQty(
        record_id, "co", "shop", AT, None, False, True, "inv", "reg", "prod-1", "cart-1", amount, AT, True, False
    )


def cart(raw: str = "") -> Cart:
    marker = ItemMarker("p1", -2_323_423_435, 1, 0, 1, 3)
    return Cart(
        order_id="o1",
        currency="EUR",
        total=Decimal("52.10"),
        site_id="siteUS",
        lines=(
            CartLine("ci1", "prod1", "sku1", "Tee", 5, Decimal("10.42"), None, (marker,)),
            CartLine("ci2", "prod2", "sku2", "Zelt 帳篷", 1),
        ),
        order_markers=(OrderMarker("p1", -2_323_423_435, 3, 1, 0, 1, 0, 0, "sku", "sku9", auto_remove=True),),
        infos=(GiftInfo("p1", -2_323_423_435, 1, "sku", "sku9"),),
        promotion_names=(("p1", "A gift"),),
        raw=raw,
    )


def test_nothing_was_kept(cache: Cache, tmp_path: Path) -> None:
    assert cache.load(GIFTS, SHOP, "") is None
    assert list(tmp_path.iterdir()) == []


def test_availability_comes_back_in_order_with_its_options(cache: Cache) -> None:
    days = (day("a", 1, 15), day("a", 2, -3), day("b", 1, 0, "i"), day("b", 1, 7, "j"))
    data = Availability("park", days, (TicketOption("b", "Child"), TicketOption("a", "")))
    kept(cache, AVAILABILITY, data, "park")

    found = loaded(cache, AVAILABILITY, "park")

    assert found == Snapshot(data, AT, "cache")
    assert cache.load(AVAILABILITY, SHOP, "other park") is None


def test_other_fields_come_back_with_the_read_that_brought_them(cache: Cache) -> None:
    first, second = day("a", 1, 15), day("b", 1, 3)
    extra = (("price", "12.5"), ("note", '"帳篷"'))
    told = Availability("park", (first, second), extras={first.key: extra, second.key: (("price", "1"),)})
    for _ in range(2):
        kept(cache, AVAILABILITY, told, "park")
        assert loaded(cache, AVAILABILITY, "park").data == told

    part = Availability("park", (second,))
    kept(cache, AVAILABILITY, part, "park", complete=False)
    assert loaded(cache, AVAILABILITY, "park").data == replace(told, extras={first.key: extra})

    kept(cache, AVAILABILITY, replace(told, extras={}), "park")
    assert loaded(cache, AVAILABILITY, "park").data.extras == {}


def test_a_read_without_option_names_takes_none_away(cache: Cache) -> None:
    named = Availability("park", (day("a", 1, 15),), (TicketOption("a", "Adult"),))
    kept(cache, AVAILABILITY, named, "park")
    for options in ((), (TicketOption("a", ""),)):
        kept(cache, AVAILABILITY, replace(named, options=options), "park")

        assert loaded(cache, AVAILABILITY, "park").data.options == named.options


def test_an_option_takes_a_new_name(cache: Cache) -> None:
    named = Availability("park", (day("a", 1, 15),), (TicketOption("a", "Adult"),))
    kept(cache, AVAILABILITY, named, "park")
    renamed = replace(named, options=(TicketOption("a", "Grown-up"),))
    kept(cache, AVAILABILITY, renamed, "park")

    assert loaded(cache, AVAILABILITY, "park").data == renamed


def test_ticket_products_keep_the_vendors_order(cache: Cache) -> None:
    data = (
        TicketProduct("z", "Zoo", "park", "animals", date(2026, 1, 1), None, "Seoul"),
        TicketProduct("a", "Aquarium"),
    )
    kept(cache, TICKET_PRODUCTS, data)

    assert loaded(cache, TICKET_PRODUCTS).data == data


def test_gifts_come_back(cache: Cache) -> None:
    data = (gift("b", 3), gift("a", 0, unlimited=True), replace(gift("c", -1), updated_at=None, titles=()))
    kept(cache, GIFTS, data)

    assert loaded(cache, GIFTS).data == data


def test_order_quantities_come_back_to_the_last_digit(cache: Cache) -> None:
    data = (hold("2", "0.10"), hold("1", None), hold("3", "12345678901234567890.123456789"))
    kept(cache, ORDER_QTY, data, "prod-1")

    found = loaded(cache, ORDER_QTY, "prod-1").data

    assert found == data
    assert str(found[0].quantity) == "0.10"


def test_times_of_another_zone_are_kept_as_the_same_instant(cache: Cache) -> None:
    seoul = AT.astimezone(timezone(timedelta(hours=9)))
    cache.save(GIFTS, SHOP, "", Reading((replace(gift("a", 1), updated_at=seoul),)), seoul)

    found = loaded(cache, GIFTS)

    assert found.fetched_at == AT
    assert found.data[0].updated_at == AT
    assert found.fetched_at.utcoffset() == timedelta(0)


def test_a_cart_comes_back_without_the_vendors_json(cache: Cache, tmp_path: Path) -> None:
    kept(cache, CARTS, cart(raw='{"address": "12 Secret Road"}'), "support")

    found = loaded(cache, CARTS, "support").data

    assert found == cart()
    assert found.raw == ""
    assert not any(b"Secret Road" in file.read_bytes() for file in tmp_path.iterdir())


def test_an_empty_answer_is_something_that_was_read(cache: Cache) -> None:
    kept(cache, GIFTS, (gift("a", 1),))
    kept(cache, GIFTS, ())
    kept(cache, CARTS, Cart(""), "empty")

    assert loaded(cache, GIFTS).data == ()
    assert loaded(cache, CARTS, "empty").data.is_empty


def test_profiles_and_addresses_share_nothing(cache: Cache) -> None:
    elsewhere = [Source("prod", "https://test.example.com"), Source("test", "https://shop.example.com")]
    kept(cache, GIFTS, (gift("a", 1),))
    assert [cache.load(GIFTS, source, "") for source in elsewhere] == [None, None]

    for source in elsewhere:
        cache.save(GIFTS, source, "", Reading(()), AT)

    assert loaded(cache, GIFTS).data == (gift("a", 1),)


def test_warnings_and_completeness_are_kept(cache: Cache) -> None:
    cache.save(GIFTS, SHOP, "", Reading((), False, ("1 row was set aside.",)), AT)

    found = loaded(cache, GIFTS)

    assert (found.complete, found.warnings) == (False, ("1 row was set aside.",))


def test_what_moved_is_told_at_once_and_from_the_cache(cache: Cache) -> None:
    first = Availability("park", (day("a", 1, 15), day("a", 2, 9), day("a", 3, 5)))
    second = Availability("park", (day("a", 1, 15), day("a", 2, 11), day("a", 4, 1)))
    assert kept(cache, AVAILABILITY, first, "park").previous == {}

    moved = kept(cache, AVAILABILITY, second, "park").previous

    assert moved == {second.days[1].key: 9}
    assert loaded(cache, AVAILABILITY, "park").previous == moved
    assert kept(cache, AVAILABILITY, second, "park").previous == {}


def test_another_spelling_of_a_quantity_is_kept(cache: Cache) -> None:
    for quantity in ("1", "1.0", "1.00", "0", "-0"):
        kept(cache, ORDER_QTY, (hold("h", quantity),), "prod-1")
        assert [str(record.quantity) for record in loaded(cache, ORDER_QTY, "prod-1").data] == [quantity]


def test_decimal_quantities_move_by_value_not_by_spelling(cache: Cache) -> None:
    kept(cache, ORDER_QTY, (hold("1", "1.0"), hold("2", "0.5"), hold("3", None)), "prod-1")

    moved = kept(cache, ORDER_QTY, (hold("1", "1"), hold("2", "0.25"), hold("3", "4")), "prod-1").previous

    assert moved == {"2": Decimal("0.5")}
    assert loaded(cache, ORDER_QTY, "prod-1").previous == moved


def test_an_unlimited_gift_has_no_earlier_quantity(cache: Cache) -> None:
    kept(cache, GIFTS, (gift("a", 5), gift("b", 0, unlimited=True), gift("c", 2)))

    moved = kept(cache, GIFTS, (gift("a", 0, unlimited=True), gift("b", 7), gift("c", 3)))

    assert moved.previous == {"c": 2}


def test_a_record_listed_twice_did_not_move(cache: Cache) -> None:
    kept(cache, GIFTS, (gift("a", 4),))

    assert kept(cache, GIFTS, (gift("a", 5), gift("a", 6))).previous == {"a": 4}


def test_an_incomplete_read_replaces_only_what_it_read(cache: Cache) -> None:
    kept(cache, GIFTS, (gift("a", 1), gift("b", 2)))
    kept(cache, GIFTS, (gift("a", 1), gift("b", 3)))
    kept(cache, GIFTS, (gift("a", 9),), complete=False)

    found = loaded(cache, GIFTS)

    assert {g.id: g.quantity for g in found.data} == {"a": 9, "b": 3}
    assert not found.complete
    assert found.warnings == ("1 record(s) are from an earlier read: the last one ended before it came to them.",)
    assert found.previous == {"a": 1}  # b moved two reads ago

    kept(cache, GIFTS, (gift("a", 9),))
    assert loaded(cache, GIFTS) == Snapshot((gift("a", 9),), AT, "cache")


def test_of_the_next_reading_only_what_differs_becomes_rows(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def dumps(titles: object) -> str:
        made.append(titles)
        return json.dumps(titles)

    monkeypatch.setattr("qtydash.storage.gifts.json", SimpleNamespace(dumps=dumps, loads=json.loads))
    gifts = tuple(gift(f"g{n}", n) for n in range(20))

    def rows_of(one: Cache, sold: int, *, complete: bool = True) -> int:
        made.clear()
        kept(one, GIFTS, (*gifts[:3], replace(gifts[3], quantity=100 - sold), *gifts[4:]), complete=complete)
        return len(made)

    assert rows_of(cache, 1) == 20
    assert rows_of(cache, 2) == 1
    another = Cache(tmp_path / "cache.db", lambda: AT)
    loaded(another, GIFTS)
    assert rows_of(another, 3) == 1
    # what it knew is overtaken: it looked for a difference, and wrote the whole
    assert rows_of(cache, 4) == 1 + 20
    assert rows_of(cache, 5, complete=False) == 20
    assert rows_of(cache, 6) == 1
    kept(cache, GIFTS, gifts[:5], complete=False)
    assert rows_of(cache, 6) == 16 + 20
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db, db:
        db.execute("DELETE FROM gifts WHERE id = 'g7'")
    assert rows_of(cache, 7) == 1 + 20
    assert len(loaded(cache, GIFTS).data) == 20


def test_what_sqlite_cannot_hold_is_left_out_and_told(cache: Cache) -> None:
    kept(cache, GIFTS, (gift("a", 1), gift("b", 1)))

    told = kept(cache, GIFTS, (gift("a", 2), gift("b", 2**63), replace(gift("c", 1), sku="\ud800")))

    sentence = "2 record(s) hold a number or a character that cannot be stored; they are missing when offline."
    assert told.warnings == (sentence,)
    assert told.previous == {"a": 1}
    found = loaded(cache, GIFTS)
    assert [g.id for g in found.data] == ["a"]
    assert found.warnings == (sentence,)


def test_the_vendors_order_is_kept_after_a_read_that_ended_early(cache: Cache) -> None:
    def gifts(ids: str) -> tuple[Gift, ...]:
        return tuple(gift(each, 1) for each in ids)

    kept(cache, GIFTS, gifts("abcde"))
    kept(cache, GIFTS, gifts("de"), complete=False)
    loaded(cache, GIFTS)
    kept(cache, GIFTS, gifts("abdec"))
    assert loaded(cache, GIFTS).data == gifts("abdec")


def test_a_damaged_value_that_is_known_hinders_no_save(cache: Cache, tmp_path: Path) -> None:
    days = Availability("park", (day("a", 1, 3), day("b", 1, 4)))
    kept(cache, AVAILABILITY, days, "park")
    with closing(sqlite3.connect(tmp_path / "cache.db")) as db, db:
        db.execute("UPDATE ticket_days SET option = CAST(option AS BLOB) WHERE option = 'b'")
    cache.load(AVAILABILITY, SHOP, "park")
    assert kept(cache, AVAILABILITY, replace(days, days=days.days[:1]), "park") == Kept()
    assert loaded(cache, AVAILABILITY, "park").data.days == days.days[:1]


def test_what_was_left_out_is_not_taken_to_be_there(cache: Cache) -> None:
    kept(cache, GIFTS, (gift("a", 1),))
    out = replace(gift("b", 2), sku="\ud800")
    assert kept(cache, GIFTS, (out,), complete=False).warnings
    # The file holds as many rows as that read brought: another one.
    assert kept(cache, GIFTS, (out,)).warnings
    assert loaded(cache, GIFTS).data == ()


def test_a_name_that_sqlite_cannot_hold_is_not_kept(cache: Cache) -> None:
    told = cache.save(ORDER_QTY, SHOP, "\udcff", Reading(()), AT)

    assert told.warnings == (
        "This read could not be kept for offline viewing: its name holds a character that cannot be stored.",
    )
    assert cache.load(ORDER_QTY, SHOP, "\udcff") is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=8),
            st.dates(),
            st.text(max_size=4),
            st.integers(-(2**70), 2**70),
        ),
        max_size=8,
        unique_by=lambda told: told[:3],
    )
)
def test_any_availability_comes_back_or_is_counted_out(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, date, str, int]]
) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache") / "cache.db", lambda: AT)
    days = [TicketDay(option, on, left, left, 0, code) for option, on, code, left in told]
    fitting = [d for d in days if -(2**63) <= d.left < 2**63]

    kept(cache, AVAILABILITY, Availability("park", tuple(days)), "park")

    found = loaded(cache, AVAILABILITY, "park")
    assert sorted(found.data.days, key=repr) == sorted(fitting, key=repr)
    assert bool(found.warnings) == (len(fitting) < len(days))


def test_the_rows_of_a_pane_are_found_by_key_alone(cache: Cache, tmp_path: Path) -> None:
    kept(cache, AVAILABILITY, Availability("park", (day("a", 1, 1),)), "park")
    db = sqlite3.connect(tmp_path / "cache.db")
    try:
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT option, date, left FROM ticket_days WHERE reading = 1 "
            "AND option = 'a' AND date BETWEEN '2026-03-01' AND '2026-03-31'"
        ).fetchall()
        tables = [row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE name = 'ticket_days'")]
    finally:
        db.close()
    assert "USING PRIMARY KEY (reading=? AND option=? AND date>? AND date<?)" in plan[0][3]
    assert "WITHOUT ROWID" in tables[0]
