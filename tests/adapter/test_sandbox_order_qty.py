"""The sandbox's BLAZE: five wrappers, two deletes, the trailing slash."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.order_qty import (
    DATELESS_ROW,
    FRESH_ROW,
    FUTURE_ROW,
    ONLY_ROW,
    PRODUCTS,
    STALE_CART,
    STALE_ROW,
    SUBMITTED_ROW,
)
from qtydash.sandbox.server import SandboxServer

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1_000)
ROOT = "/api/v1/partner/store"
HEADERS = {"x-api-key": "sandbox-partner-key", "Authorization": "sandbox-developer-key"}
FIELDS = {
    "id",
    "companyId",
    "shopId",
    "created",
    "modified",
    "deleted",
    "updated",
    "inventoryId",
    "regionId",
    "productId",
    "consumerCartId",
    "quantity",
    "processedTime",
    "active",
    "submitted",
}


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    with (
        SandboxServer(create_app(now=lambda: NOW)) as server,
        httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False, verify=False) as client,
    ):
        yield client


def answer(api: httpx.Client, product_id: str) -> Any:
    response = api.get(f"{ROOT}/consumer-order-qty/{product_id}/")
    assert response.status_code == 200
    return response.json()


def rows(api: httpx.Client, product_id: str) -> list[dict[str, Any]]:
    found = answer(api, product_id)
    if isinstance(found, dict):
        found = next((found[key] for key in ("values", "searchResult", "results") if key in found), [found])
    assert isinstance(found, list)
    return found


def test_each_product_wraps_its_rows_in_its_own_way(api: httpx.Client) -> None:
    assert len(answer(api, "prod-1")) == 1_100
    assert len(answer(api, "prod-2")["values"]) == 500
    assert len(answer(api, "prod-3")["searchResult"]) == 300
    assert len(answer(api, "prod-4")["results"]) == 99
    assert answer(api, "prod-5")["id"] == ONLY_ROW
    assert answer(api, "prod-6") == []


def test_two_thousand_rows_in_every_state(api: httpx.Client) -> None:
    held = [row for product in PRODUCTS for row in rows(api, product.id)]

    assert len({row["id"] for row in held}) == len(held) == 2_000
    assert all(set(row) <= FIELDS for row in held)
    assert any(set(row) < FIELDS for row in held)
    assert any(row["quantity"] % 1 for row in held)
    ages = [NOW_MS - row["created"] for row in held if row["created"]]
    assert min(ages) < 0
    assert any(0 < age < 60_000 for age in ages)
    assert max(ages) > 14 * 86_400_000
    for name in ("submitted", "deleted", "active"):
        assert {row[name] for row in held} == {True, False}
    carts: dict[str, set[str]] = {}
    for row in held:
        carts.setdefault(row["consumerCartId"], set()).add(row["productId"])
    assert sum(len(products) > 1 for products in carts.values()) > 100


def test_the_promised_rows(api: httpx.Client) -> None:
    found = {row["id"]: row for row in rows(api, "prod-1")}

    assert found[STALE_ROW]["created"] == NOW_MS - 3 * 3_600_000
    assert set(found[STALE_ROW]) == FIELDS
    assert found[FRESH_ROW]["modified"] == NOW_MS - 300_000
    assert found[SUBMITTED_ROW]["submitted"] is True
    assert (found[DATELESS_ROW]["created"], found[DATELESS_ROW]["modified"]) == (0, 0)
    assert found[FUTURE_ROW]["created"] > NOW_MS


def test_deleting_a_row_removes_it_once(api: httpx.Client) -> None:
    path = f"{ROOT}/consumer-order-qty/{STALE_ROW}"

    assert api.delete(path).status_code == 200
    assert STALE_ROW not in {row["id"] for row in rows(api, "prod-1")}
    gone = api.delete(path)
    assert (gone.status_code, gone.json()["status"]) == (404, 404)
    assert len(rows(api, "prod-1")) == 1_099


def test_deleting_a_cart_marks_its_rows_in_every_product(api: httpx.Client) -> None:
    path = f"{ROOT}/consumer-order-qty/consumerCart/{STALE_CART}"
    assert api.delete(path).status_code == 200

    marked = [
        (product, row["deleted"], row["active"], row["modified"])
        for product in ("prod-1", "prod-2", "prod-3")
        for row in rows(api, product)
        if row["consumerCartId"] == STALE_CART
    ]
    assert marked == [(product, True, False, NOW_MS) for product in ("prod-1", "prod-2", "prod-3")]
    assert api.delete(path).status_code == 200
    assert len(api.get("/_sandbox/ledger?applied=true").json()["entries"]) == 1
    assert api.delete(f"{ROOT}/consumer-order-qty/consumerCart/none").status_code == 404


def test_the_last_row_of_a_product(api: httpx.Client) -> None:
    api.delete(f"{ROOT}/consumer-order-qty/{ONLY_ROW}")

    assert answer(api, "prod-5") == []


def test_the_slash_decides_which_call_it_is(api: httpx.Client) -> None:
    assert api.get(f"{ROOT}/consumer-order-qty/prod-1").status_code == 405
    assert api.delete(f"{ROOT}/consumer-order-qty/{STALE_ROW}/").status_code == 405
    assert api.delete(f"{ROOT}/consumer-order-qty/consumerCart").status_code == 404


def test_an_unknown_product_is_not_found(api: httpx.Client) -> None:
    response = api.get(f"{ROOT}/consumer-order-qty/none/")

    assert response.status_code == 404
    assert response.json() == {"error": "NotFound", "message": "Product not found.", "status": 404}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": "other"}, 403),
        ({"Authorization": "Bearer sandbox-developer-key"}, 403),
        ({"x-api-key": ""}, 401),
        ({"Authorization": ""}, 401),
    ],
)
def test_both_keys_are_needed(api: httpx.Client, headers: dict[str, str], status: int) -> None:
    assert api.get(ROOT, headers=headers).status_code == status
    assert api.delete(f"{ROOT}/consumer-order-qty/{STALE_ROW}", headers=headers).status_code == status
    assert STALE_ROW in {row["id"] for row in rows(api, "prod-1")}


def test_the_partner_key_has_another_name_for_some(api: httpx.Client) -> None:
    headers = {"x-api-key": "", "partner_key": "sandbox-partner-key"}

    assert api.get(ROOT, headers=headers).json()["name"] == "Sandbox Store"
