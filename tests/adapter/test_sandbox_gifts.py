"""The sandbox's SHOPLINE: list, search, both updates, and what it refuses."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.gifts import DOCUMENTED, DRAFT, LOW, NEGATIVE, OTHER_TWIN, TWIN, UNLIMITED
from qtydash.sandbox.server import SandboxServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer sandbox-shopline-token", "User-Agent": "sandbox-shop"}


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    with (
        SandboxServer(create_app(now=lambda: NOW)) as server,
        httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False, verify=False) as client,
    ):
        yield client


def search(api: httpx.Client, **query: str) -> list[dict[str, Any]]:
    answer = api.get("/v1/gifts/search", params={"per_page": "999", **query})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def put(api: httpx.Client, gift_id: str, body: object) -> httpx.Response:
    return api.put(f"/v1/gifts/{gift_id}/update_quantity", json=body)


def quantity(api: httpx.Client, gift_id: str) -> object:
    return search(api, id=gift_id)[0]["quantity"]


def test_the_list_is_paged_with_totals(api: httpx.Client) -> None:
    first = api.get("/v1/gifts").json()
    last = api.get("/v1/gifts", params={"page": 7, "per_page": 50}).json()

    assert first["pagination"] == {"current_page": 1, "per_page": 24, "total_pages": 14, "total_count": 320}
    assert len(first["items"]) == 24
    assert last["pagination"]["total_pages"] == 7
    assert len(last["items"]) == 20


def test_every_gift_is_listed_once(api: httpx.Client) -> None:
    pages = [api.get("/v1/gifts", params={"page": page, "per_page": 50}).json()["items"] for page in range(1, 8)]
    gifts = [gift for page in pages for gift in page]

    assert len({gift["id"] for gift in gifts}) == len(gifts) == 320
    assert all(len(gift["id"]) == 24 and int(gift["id"], 16) for gift in gifts)
    assert sum(n > 1 for n in Counter(gift["sku"] for gift in gifts).values()) >= 5
    assert all(gift["quantity"] == 0 for gift in gifts if gift["unlimited_quantity"])
    assert sum(gift["unlimited_quantity"] for gift in gifts) >= 10
    assert sum(gift["status"] == "draft" for gift in gifts) >= 10
    assert sum(gift["quantity"] < 0 for gift in gifts) >= 2
    assert {"en", "zh-hant", "ja"} == {language for gift in gifts for language in gift["title_translations"]}
    assert gifts[0]["title_translations"]["zh-hant"] == "帆布托特包"


def test_the_promised_gifts_come_first(api: httpx.Client) -> None:
    gifts = api.get("/v1/gifts").json()["items"]

    assert (gifts[0]["id"], gifts[0]["sku"], gifts[0]["quantity"]) == (DOCUMENTED.id, "GIFT-SKU-0002", 10)
    assert set(gifts[0]) == {
        "id",
        "status",
        "title_translations",
        "sku",
        "quantity",
        "unlimited_quantity",
        "cost",
        "weight",
        "medias",
        "created_at",
        "updated_at",
    }
    assert gifts[0]["cost"]["label"].startswith("NT$")
    assert datetime.fromisoformat(gifts[0]["updated_at"]).tzinfo is not None


def test_search_by_each_field(api: httpx.Client) -> None:
    assert [gift["id"] for gift in search(api, sku="sku-123")] == [TWIN.id, OTHER_TWIN.id]
    assert DRAFT.id in {gift["id"] for gift in search(api, status="draft")}
    assert DRAFT.id not in {gift["id"] for gift in search(api, status="not:draft")}
    assert [gift["id"] for gift in search(api, id=LOW.id, quantity="lte:2")] == [LOW.id]
    assert not search(api, id=LOW.id, quantity="lt:2")
    assert {gift["quantity"] < 0 for gift in search(api, quantity="lt:0")} == {True}
    assert not search(api, id="0" * 24)


def test_search_by_time_finds_what_was_just_written(api: httpx.Client) -> None:
    assert not search(api, updated_at="gte:2026-03-02T09:30:00Z")
    put(api, LOW.id, {"quantity": 3})
    assert [gift["id"] for gift in search(api, updated_at="gte:2026-03-02T09:30:00+00:00")] == [LOW.id]


@pytest.mark.parametrize(
    "query",
    [{"page": "201", "per_page": "50"}, {"quantity": "lte:x"}, {"updated_at": "yesterday"}, {"page": "0"}],
)
def test_search_refuses(api: httpx.Client, query: dict[str, str]) -> None:
    answer = api.get("/v1/gifts/search", params=query)

    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "code"}


def test_the_search_window_ends_at_ten_thousand(api: httpx.Client) -> None:
    assert api.get("/v1/gifts/search", params={"page": 200, "per_page": 50}).status_code == 200
    assert api.get("/v1/gifts", params={"page": 201, "per_page": 50}).status_code == 200


def test_an_update_replaces_unless_told_otherwise(api: httpx.Client) -> None:
    answer = put(api, DOCUMENTED.id, {"quantity": 4})

    assert answer.json() == {
        "id": DOCUMENTED.id,
        "sku": "GIFT-SKU-0002",
        "quantity": 4,
        "updated_at": "2026-03-02T09:30:00.000+00:00",
    }
    assert quantity(api, DOCUMENTED.id) == 4


def test_a_relative_update_adds_and_may_go_below_zero(api: httpx.Client) -> None:
    assert put(api, DOCUMENTED.id, {"quantity": 3, "replace": False}).json()["quantity"] == 13
    assert put(api, DOCUMENTED.id, {"quantity": -20, "replace": False}).json()["quantity"] == -7
    assert put(api, NEGATIVE.id, {"quantity": 1, "replace": False}).json()["quantity"] == -2


def test_an_update_by_sku_changes_every_gift_with_it(api: httpx.Client) -> None:
    answer = api.put("/v1/gifts/update_quantity", json={"sku": "sku-123", "quantity": 5, "replace": False})

    assert (answer.json()["id"], answer.json()["quantity"]) == (TWIN.id, 128)
    assert (quantity(api, TWIN.id), quantity(api, OTHER_TWIN.id)) == (128, 12)


@pytest.mark.parametrize(
    "body",
    [
        {"quantity": 1.5},
        {"quantity": 3.0},
        {"quantity": "3"},
        {"quantity": True},
        {"quantity": None},
        {},
        {"quantity": 1, "replace": "false"},
        {"quantity": 10_000_000},
        {"quantity": -10_000_000, "replace": False},
        {"quantity": 9_999_999, "replace": False},
    ],
)
def test_an_impossible_update_changes_nothing(api: httpx.Client, body: dict[str, object]) -> None:
    assert put(api, DOCUMENTED.id, body).status_code == 422
    assert quantity(api, DOCUMENTED.id) == 10


def test_the_largest_quantity_is_accepted(api: httpx.Client) -> None:
    assert put(api, DOCUMENTED.id, {"quantity": 9_999_999}).json()["quantity"] == 9_999_999


def test_unlimited_gifts_cannot_be_updated(api: httpx.Client) -> None:
    assert put(api, UNLIMITED.id, {"quantity": 5}).status_code == 422


def test_unknown_gifts_are_not_found(api: httpx.Client) -> None:
    assert put(api, "0" * 24, {"quantity": 5}).status_code == 404
    assert api.put("/v1/gifts/update_quantity", json={"sku": "none", "quantity": 5}).status_code == 404
    assert api.put("/v1/gifts/update_quantity", json={"quantity": 5}).status_code == 422
    assert api.get(f"/v1/gifts/{DOCUMENTED.id}").json() == {"error": "Not Found", "code": "NotFound"}


def test_a_body_that_is_no_json_object(api: httpx.Client) -> None:
    assert put(api, DOCUMENTED.id, [1]).status_code == 400
    assert api.put(f"/v1/gifts/{DOCUMENTED.id}/update_quantity", content=b"{").status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer other"}, 401),
        ({"Authorization": ""}, 401),
        ({"User-Agent": "other-shop"}, 403),
        ({"User-Agent": ""}, 400),
    ],
)
def test_token_and_handle_are_both_needed(api: httpx.Client, headers: dict[str, str], status: int) -> None:
    answer = api.put(f"/v1/gifts/{DOCUMENTED.id}/update_quantity", json={"quantity": 1}, headers=headers)

    assert answer.status_code == status
    assert answer.json()["code"]
    assert quantity(api, DOCUMENTED.id) == 10


def test_token_info_names_the_shop(api: httpx.Client) -> None:
    merchant = api.get("/v1/token/info").json()["merchant"]

    assert (merchant["handle"], merchant["name"]) == ("sandbox-shop", "Sandbox Shop 沙盒商店")
