"""Several products read side by side: one list, and what is missing or old in it is said."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qtydash.config.models import Profile
from qtydash.domain.errors import InvalidId, NotFound, Unreachable, VendorError
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import OnProgress, Progress, Snapshot
from qtydash.domain.vendors import ORDER_QTY
from qtydash.services.connect import client
from qtydash.services.order_qty_products import SIDE_BY_SIDE, ProductReads, Products, Records

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=3)
NAMES = {"p1": "Gummies", "p2": "Cold brew"}
BOTH = Products(("p1", "p2"))
OUTAGE = Unreachable("The connection was refused.", hint="Check the network.")


def hold(id: str, product: str) -> OrderQty:
    return OrderQty(id, "", "", NOW, NOW, False, False, "", "", product, "cart", Decimal(1), None, True, False)


def snapshot(product: str, *ids: str, **other: object) -> Snapshot[Records]:
    records = tuple(hold(id, product) for id in ids)
    return Snapshot(records, NOW, "live", **other)  # type: ignore[arg-type]


@dataclass
class One:
    """The reads of one product."""

    answers: Mapping[str, Snapshot[Records] | VendorError | InvalidId] = field(default_factory=dict)
    seen: Mapping[str, Snapshot[Records]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    vendor = ORDER_QTY
    under_way = most = 0

    def cached(self, query: str) -> Snapshot[Records] | None:
        return self.seen.get(query)

    async def live(self, query: str, on_progress: OnProgress | None = None) -> Snapshot[Records]:
        self.asked.append(query)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        answer = self.answers[query]
        if isinstance(answer, Exception):
            raise answer
        return answer


def old(product: str, *ids: str) -> Snapshot[Records]:
    return Snapshot(tuple(hold(id, product) for id in ids), EARLIER, "cache")


def ids(found: Snapshot[Records] | None) -> list[str]:
    assert found is not None
    return [record.id for record in found.data]


async def test_the_products_make_one_list_in_their_order() -> None:
    first, second = snapshot("p1", "a", "b", previous={"a": Decimal(2)}), snapshot("p2", "c", previous={"c": 1})
    found = await ProductReads(One({"p1": first, "p2": second}), NAMES).live(BOTH)

    assert found == Snapshot(
        (*first.data, *second.data), NOW, "live", previous={"a": Decimal(2), "c": 1}
    )  # complete, without a warning


async def test_they_are_read_side_by_side_a_few_at_a_time() -> None:
    codes = tuple(f"p{n}" for n in range(3 * SIDE_BY_SIDE))
    one = One({code: snapshot(code, f"row-{code}") for code in codes})
    told: list[Progress] = []

    found = await ProductReads(one, NAMES).live(Products(codes), told.append)

    assert ids(found) == [f"row-{code}" for code in codes]
    assert one.most == SIDE_BY_SIDE
    assert told == [Progress(n, n, len(codes), "product") for n in range(1, len(codes) + 1)]


async def test_one_product_alone_is_read_as_it_is() -> None:
    told: list[Progress] = []
    alone = snapshot("p1", "a", warnings=("A row was set aside.",))

    assert await ProductReads(One({"p1": alone}), NAMES).live(Products(("p1",)), told.append) == alone
    assert told == []


async def test_a_product_that_fails_hides_no_other_and_says_why() -> None:
    one = One({"p1": snapshot("p1", "a"), "p2": OUTAGE})
    told: list[Progress] = []

    found = await ProductReads(one, NAMES).live(BOTH, told.append)

    assert (ids(found), found.complete, found.source, found.fetched_at) == (["a"], False, "live", NOW)
    assert found.warnings == ("Cold brew: The connection was refused. Check the network. Its rows are missing.",)
    assert told[-1] == Progress(2, 1, 2, "product")


async def test_its_rows_of_an_earlier_read_stand_in_where_that_is_allowed() -> None:
    one = One({"p1": snapshot("p1", "a"), "p2": OUTAGE}, {"p2": old("p2", "c")})

    found = await ProductReads(one, NAMES).live(BOTH)
    strict = await ProductReads(one, NAMES, fall_back=False).live(BOTH)

    assert (ids(found), found.complete, found.source, found.fetched_at) == (["a", "c"], False, "live", NOW)
    assert found.warnings[0].endswith("Its rows are those read at 2026-03-06 09:00:00 UTC.")
    assert ids(strict) == ["a"]


async def test_an_id_that_cannot_be_asked_for_is_a_reason_too() -> None:
    one = One({"p1": InvalidId("product id", ".."), "p2": snapshot("p2", "c")})

    found = await ProductReads(one, {}).live(BOTH)

    assert found.warnings == (
        "p1: '..' is not a usable product id: use 1 to 128 letters, digits, '.', '_', ':' or '-', but not '.', "
        "'..' or 'consumerCart'. Nothing was sent. Its rows are missing.",
    )


async def test_when_none_can_be_read_the_first_reason_is_the_reason() -> None:
    one = One({"p1": NotFound("BLAZE does not know product p1."), "p2": OUTAGE}, {"p1": old("p1", "a")})

    with pytest.raises(NotFound):
        await ProductReads(one, NAMES).live(BOTH)


async def test_a_fault_of_ours_is_not_taken_for_an_outage() -> None:
    with pytest.raises(KeyError):
        await ProductReads(One({"p1": snapshot("p1", "a")}), NAMES).live(BOTH)


async def test_warnings_name_their_product() -> None:
    one = One(
        {"p1": snapshot("p1", "a", warnings=("1 row was set aside.",)), "p2": snapshot("p2", "c", complete=False)}
    )

    found = await ProductReads(one, NAMES).live(BOTH)

    assert (found.warnings, found.complete) == (("Gummies: 1 row was set aside.",), False)


async def test_a_row_listed_under_two_products_counts_once() -> None:
    found = await ProductReads(One({"p1": snapshot("p1", "a", "b"), "p2": snapshot("p2", "b", "c")}), NAMES).live(
        BOTH
    )

    assert ids(found) == ["a", "b", "c"]
    assert found.data[1].product_id == "p1"
    assert found.warnings == ("Listed under more than one product and counted once: 1 row.",)


def test_the_cached_lists_make_one_too_as_old_as_the_oldest() -> None:
    older = Snapshot((hold("c", "p2"),), EARLIER - timedelta(hours=1), "cache")
    found = ProductReads(One(seen={"p1": old("p1", "a"), "p2": older}), NAMES).cached(BOTH)

    assert ids(found) == ["a", "c"]
    assert found is not None
    assert (found.source, found.complete, found.warnings) == ("cache", True, ())
    assert found.fetched_at == EARLIER - timedelta(hours=1)


def test_what_was_never_read_is_said() -> None:
    found = ProductReads(One(seen={"p1": old("p1", "a")}), NAMES).cached(BOTH)

    assert found is not None
    assert (found.complete, found.warnings) == (False, ("Cold brew was not read yet: its rows are missing.",))
    assert ProductReads(One(), NAMES).cached(BOTH) is None


def test_the_products_are_told_by_their_ids() -> None:
    assert str(BOTH) == "p1, p2"


def test_an_answer_of_50_000_rows_is_not_too_large() -> None:
    """They are 20 MiB, and the vendor pages nothing."""
    http = client(ORDER_QTY, "https://vendor.example", Profile("shop"), {})

    assert http._max_bytes == 56 * 2**20
