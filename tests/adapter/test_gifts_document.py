"""Document 001 (update gift quantity) and the list, search and token calls beside it."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest
from tests.adapter.clients import OP, Handler, mocked, reply

from qtydash.adapters.gifts import GiftsApi
from qtydash.adapters.paging import WIDTH_TOLD
from qtydash.domain.errors import InvalidId, NotFound, ReadOnlyProfile, UnexpectedAnswer, VendorError
from qtydash.domain.gifts import Gift, GiftStock
from qtydash.domain.snapshot import Progress
from qtydash.domain.vendors import GIFTS

GIFT_ID = "5d8b0a6552910502640e8a76"
UPDATED = {
    "id": "5d8b0a6552910502640e8a76",
    "sku": "GIFT-SKU-0002",
    "quantity": 10,
    "updated_at": "2021-06-25T10:55:07.159+00:00",
}
LISTED = {
    "id": GIFT_ID,
    "status": "active",
    "title_translations": {"en": "Tote bag", "zh-hant": "托特包", "fr": None},
    "sku": "FRU008",
    "quantity": 21,
    "unlimited_quantity": False,
    "weight": 0,
    "cost": {"cents": 100, "currency_iso": "TWD", "label": "NT$100"},
    "medias": [],
    "created_at": "2018-02-23T04:17:15.544+00:00",
    "updated_at": "2018-02-23T12:17:15.544+08:00",
}


def api(handler: Handler, *, write: bool = False, per_page: int = 50) -> GiftsApi:
    return GiftsApi(mocked(handler, GIFTS, write=write), per_page=per_page)


def listing(items: list[Any], page: int = 1, pages: int = 1, total: object = None) -> dict[str, object]:
    told = {"current_page": page, "per_page": 50, "total_pages": pages, "total_count": total}
    return {"items": items, "pagination": {**told, "total_count": len(items) if total is None else total}}


def gift(number: int, **changes: object) -> dict[str, object]:
    return {**LISTED, "id": f"{number:024x}", **changes}


async def read(*items: object) -> tuple[tuple[Gift, ...], tuple[str, ...]]:
    reading = await api(lambda _: reply(listing(list(items)))).all()
    return reading.data, reading.warnings


async def test_a_listed_gift() -> None:
    assert await read(LISTED) == (
        (
            Gift(
                id=GIFT_ID,
                sku="FRU008",
                titles=(("en", "Tote bag"), ("zh-hant", "托特包")),
                status="active",
                quantity=21,
                unlimited=False,
                updated_at=datetime(2018, 2, 23, 4, 17, 15, 544000, tzinfo=UTC),
            ),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"quantity": 3.0}, {"quantity": 3}),
        ({"quantity": "3"}, {"quantity": 3}),
        ({"quantity": -2}, {"quantity": -2}),
        ({"quantity": 0, "unlimited_quantity": True}, {"quantity": 0, "unlimited": True}),
        ({"quantity": None, "unlimited_quantity": "true"}, {"quantity": 0, "unlimited": True}),
        ({"unlimited_quantity": None}, {"unlimited": False}),
        ({"sku": None}, {"sku": ""}),
        ({"status": "draft\x1b]0;x\x07"}, {"status": "draft^[]0;x^G"}),
        ({"title_translations": None}, {"titles": ()}),
        ({"title_translations": {"en": "\u202eevil"}}, {"titles": (("en", "<U+202E>evil"),)}),
        ({"updated_at": "yesterday"}, {"updated_at": None}),
        ({"updated_at": "2021-06-25T10:55:07"}, {"updated_at": datetime(2021, 6, 25, 10, 55, 7, tzinfo=UTC)}),
        ({"updated_at": "0001-01-01T00:00:00+14:00"}, {"updated_at": None}),
    ],
)
async def test_a_gift_in_other_clothes(changes: dict[str, object], expected: dict[str, object]) -> None:
    (found,), warnings = await read({**LISTED, **changes})
    assert {name: getattr(found, name) for name in expected} == expected
    assert not warnings


async def test_a_created_gift_has_its_id_under_another_name() -> None:
    created = {**{key: value for key, value in LISTED.items() if key not in ("id", "medias")}, "media": []}
    (found,), _ = await read({**created, "_id": GIFT_ID})
    assert found.id == GIFT_ID


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "id is missing"),
        ({"quantity": None}, "quantity is missing"),
        ({"quantity": 2.5}, "quantity is not a whole number"),
        ({"quantity": True}, "quantity is not a number"),
        ({"unlimited_quantity": "maybe"}, "unlimited_quantity is neither true nor false"),
    ],
)
async def test_a_bad_gift_is_set_aside(changes: dict[str, object], reason: str) -> None:
    gifts, warnings = await read(gift(1), {**LISTED, **changes})
    assert len(gifts) == 1
    assert warnings == (f"1 row was set aside: {reason} (page 1).",)


async def test_a_list_without_one_good_gift_is_an_error_and_an_empty_list_is_not() -> None:
    with pytest.raises(UnexpectedAnswer, match="None of the 1 rows SHOPLINE sent can be read: id is missing"):
        await read({})
    assert await read() == ((), ())


@pytest.mark.parametrize("document", [None, [], {}, {"items": None}, {"items": {}}, {"gifts": []}, "x"])
async def test_an_unknown_shape_is_an_error(document: object) -> None:
    with pytest.raises(UnexpectedAnswer, match="SHOPLINE sent an answer of an unknown shape"):
        await api(lambda _: reply(document)).all()


def shop(total: int, per_page: int, asked: list[int], **told: object) -> Handler:
    """A shop of ``total`` gifts; ``told`` replaces what it says about them."""

    def handler(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        assert request.url.params["per_page"] == str(per_page)
        asked.append(page)
        items = [gift(n) for n in range((page - 1) * per_page, min(page * per_page, total))]
        pages = -(-total // per_page)
        document = listing(items, page, pages, total)
        document["pagination"] = {**document["pagination"], **told}  # type: ignore[dict-item]
        return reply(document)

    return handler


@pytest.mark.parametrize("total", [0, 1, 49, 50, 51, 300, 301])
async def test_every_gift_comes_once_and_no_page_beyond_the_last_is_asked_for(total: int) -> None:
    asked: list[int] = []
    told: list[Progress] = []
    reading = await api(shop(total, 50, asked)).all(told.append)
    assert [item.id for item in reading.data] == [f"{n:024x}" for n in range(total)]
    assert (reading.complete, reading.warnings) == (True, ())
    pages = max(1, -(-total // 50))
    assert sorted(asked) == list(range(1, pages + 1))
    assert told[-1] == Progress(pages, total, pages)


async def test_numbers_of_pages_may_be_strings() -> None:
    reading = await api(shop(120, 50, [], total_pages="3", total_count="120")).all()
    assert (len(reading.data), reading.warnings) == (120, ())


@pytest.mark.parametrize("told", [None, "x", -1])
async def test_without_a_total_pages_are_read_to_the_end(told: object) -> None:
    reading = await api(shop(120, 50, [], total_pages=told, total_count=told)).all()
    assert (len(reading.data), reading.complete) == (120, True)


async def test_a_list_that_changes_while_it_is_read_says_so() -> None:
    """A gift deleted between two pages moves another across the border between them."""

    def handler(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        numbers = [[0, 1], [3, 4], [4]][page - 1]
        return reply(listing([gift(n) for n in numbers], page, 3, 6))

    reading = await api(handler, per_page=2).all()
    assert [int(item.id, 16) for item in reading.data] == [0, 1, 3, 4]
    assert not reading.complete
    assert reading.warnings == (
        "SHOPLINE counts 6 gifts, 4 came: the list changed while it was read. Refresh to read it again.",
    )


async def test_more_gifts_than_counted_are_all_shown() -> None:
    reading = await api(lambda _: reply(listing([gift(1), gift(2)], total=1))).all()
    assert len(reading.data) == 2
    assert reading.complete
    assert reading.warnings[0].startswith("SHOPLINE counts 1 gifts, 2 came")


async def test_a_count_of_pages_beyond_reason_is_not_believed() -> None:
    asked: list[int] = []
    reading = await api(shop(60, 50, asked, total_pages=10**9)).all()
    assert len(reading.data) == 60
    assert max(asked) <= 1 + WIDTH_TOLD


async def test_a_page_that_fails_leaves_the_others() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.params["page"] == "2":
            return reply({"error": "slow", "code": "RateLimitExceeded"}, 429)
        return reply(listing([gift(1)], 1, 3, 3))

    reading = await api(handler, per_page=1).all()
    assert (len(reading.data), reading.complete, len(reading.warnings)) == (1, False, 1)


async def test_a_search_asks_for_what_is_given_and_nothing_else() -> None:
    seen: list[httpx.URL] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return reply(listing([LISTED]))

    await api(handler).search(sku="A&B", status="active", quantity="lte:5", updated_at="gt:2021-01-01")
    assert seen[0].path == "/v1/gifts/search"
    assert dict(seen[0].params) == {
        "sku": "A&B",
        "status": "active",
        "quantity": "lte:5",
        "updated_at": "gt:2021-01-01",
        "page": "1",
        "per_page": "50",
    }


async def test_a_search_stops_where_the_vendor_does() -> None:
    asked: list[int] = []
    reading = await api(shop(12_000, 50, asked)).search(status="active")
    assert len(reading.data) == 10_000
    assert not reading.complete
    assert reading.warnings == ("Reading stopped after 200 pages; there may be more rows.",)
    assert max(asked) == 200


async def test_one_gift_is_found_by_a_search_for_its_id() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.params["id"])
        return reply(listing([gift(1), LISTED]))

    assert (await api(handler).get(GIFT_ID)).quantity == 21
    assert seen == [GIFT_ID]


async def test_a_gift_that_is_not_among_those_found_is_unknown() -> None:
    with pytest.raises(NotFound, match=f"SHOPLINE does not know a gift {GIFT_ID}"):
        await api(lambda _: reply(listing([gift(1)]))).get(GIFT_ID)


@pytest.mark.parametrize(("quantity", "replace"), [(10, True), (3, False), (-4, False)])
async def test_the_three_sample_requests(quantity: int, replace: bool) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(UPDATED)

    stock = await api(handler, write=True).update_quantity(GIFT_ID, quantity, replace=replace, op_id=OP)
    assert stock == GiftStock(GIFT_ID, "GIFT-SKU-0002", 10, datetime(2021, 6, 25, 10, 55, 7, 159000, tzinfo=UTC))
    (request,) = seen
    assert (request.method, request.url.path) == ("PUT", f"/v1/gifts/{GIFT_ID}/update_quantity")
    assert json.loads(request.content) == {"quantity": quantity, "replace": replace}
    assert request.headers["X-Request-Id"] == OP


@pytest.mark.parametrize(
    ("document", "status", "words"),
    [
        ({**UPDATED, "id": "other"}, 200, "is about gift other, not"),
        ({key: value for key, value in UPDATED.items() if key != "quantity"}, 200, "does not say what"),
        ({**UPDATED, "quantity": None}, 200, "does not say what"),
        ({"quantity": 10}, 200, "does not say what"),
        ([UPDATED], 200, "does not say what"),
        (UPDATED, 202, "does not say what"),
        (b"", 200, "sent an empty answer"),
        (b'{"id":"5d8b', 200, "not JSON, or is cut short"),
    ],
)
async def test_an_answer_that_does_not_say_what_holds_now(document: object, status: int, words: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=words) as caught:
        await api(lambda _: reply(document, status), write=True).update_quantity(
            GIFT_ID, 1, replace=True, op_id=OP
        )
    assert caught.value.status == status


@pytest.mark.parametrize("quantity", [10_000_000, -10_000_000, True])
async def test_a_quantity_beyond_the_range_is_not_sent(quantity: int) -> None:
    with pytest.raises(ValueError, match="Nothing was sent"):
        await api(lambda _: reply(UPDATED), write=True).update_quantity(GIFT_ID, quantity, replace=True, op_id=OP)


async def test_an_id_that_leads_elsewhere_is_not_sent() -> None:
    gifts = api(lambda _: reply(UPDATED), write=True)
    with pytest.raises(InvalidId):
        await gifts.update_quantity("../token", 1, replace=True, op_id=OP)
    with pytest.raises(InvalidId):
        await gifts.get("..")
    with pytest.raises(InvalidId):
        await gifts.search(gift_id="a b")


async def test_a_read_only_profile_changes_no_gift() -> None:
    with pytest.raises(ReadOnlyProfile):
        await api(lambda _: reply(UPDATED)).update_quantity(GIFT_ID, 1, replace=True, op_id=OP)


@pytest.mark.parametrize(
    ("document", "told", "probe"),
    [
        ({"handle": "my-shop", "name": "My Shop"}, ("my-shop", "My Shop"), "My Shop"),
        ({"merchant": {"handle": "my-shop", "name": {"en": "My Shop"}}}, ("my-shop", "My Shop"), "My Shop"),
        ({"merchant": {"handle": "my-shop"}}, ("my-shop", ""), "my-shop"),
        ({}, ("", ""), "token accepted"),
    ],
)
async def test_whose_token_it_is(document: object, told: tuple[str, str], probe: str) -> None:
    assert await api(lambda _: reply(document)).token_info() == told
    assert await api(lambda _: reply(document)).probe() == probe


async def test_the_error_shapes_of_the_vendor() -> None:
    shapes: tuple[object, ...] = (
        {"error": "no such", "code": "E", "caused_by": []},
        {"message": "no such", "extras": {}},
    )
    for document in shapes:
        with pytest.raises(VendorError) as caught:
            await GiftsApi(mocked(partial(_refusal, document), GIFTS)).all()
        assert caught.value.words == "no such"


def _refusal(document: object, _: httpx.Request) -> httpx.Response:
    return reply(document, 422)
