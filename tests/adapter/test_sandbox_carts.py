"""The sandbox's Oracle Commerce: sessions, the carts, removing what is open, both error shapes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.carts import (
    BIG,
    BIG_IDENTIFIER,
    FILMS,
    LOCKED,
    LOCKED_IDENTIFIER,
    RICH_ORDER,
    SAMPLE_IDENTIFIER,
    SHARED_IDENTIFIER,
    TRIPOD,
)
from qtydash.sandbox.server import SandboxServer

ORDER = "/ccstore/v1/orders/current"
REMOVE = f"{ORDER}/items/removeSelectableQuantity"
REMOVE_ALL = f"{ORDER}/items/removeAllSelectableQuantity"
VISITOR = {"X-CCVisitorId": "sandbox-visitor"}
ODD = {"Authorization": "Bearer sandbox-cart-token"}


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> Iterator[httpx.Client]:
    with (
        SandboxServer(create_app(now=clock)) as server,
        httpx.Client(base_url=server.url, trust_env=False, verify=False) as client,
    ):
        yield client


def log_in(api: httpx.Client, username: str = "agent@sandbox.example") -> dict[str, str]:
    form = {"grant_type": "password", "username": username, "password": "sandbox-password"}
    answer = api.post("/ccstore/v1/login", data=form).json()
    assert answer["token_type"] == "bearer"
    return {"Authorization": f"Bearer {answer['access_token']}"}


def removal(promotion_id: str, identifier: int, quantity: int) -> dict[str, object]:
    return {"promotionId": promotion_id, "giftWithPurchaseIdentifier": identifier, "quantity": quantity}


def open_pieces(order: dict[str, Any]) -> dict[tuple[str, int], int]:
    return {
        (entry["promotionId"], entry["giftWithPurchaseIdentifier"]): entry[
            "giftWithPurchaseQuantityAvailableForSelection"
        ]
        for entry in order["giftWithPurchaseInfo"]
    }


def test_the_agent_sees_the_rich_cart(api: httpx.Client) -> None:
    order = api.get(ORDER, headers=log_in(api)).json()

    markers = order["giftWithPurchaseOrderMarkers"]
    assert order["orderId"] == RICH_ORDER
    assert len(markers) == 7
    assert all(isinstance(marker["data"], str) for marker in markers)
    assert [m["value"] for m in markers if m["data"] == str(SHARED_IDENTIFIER)] == [FILMS.id, TRIPOD.id]
    assert any(marker["failedQuantity"] for marker in markers)
    assert any(marker["autoRemove"] is False for marker in markers)
    assert sum(open_pieces(order).values()) == 2 + 2 + 2 + 4
    lines = order["shoppingCart"]["items"]
    assert max(len(line["giftWithPurchaseCommerceItemMarkers"]) for line in lines) == 2
    assert isinstance(lines[0]["rawTotalPrice"], str)
    assert isinstance(lines[0]["price"], float)
    shipped = order["shippingGroups"][0]["items"]
    assert not any("giftWithPurchaseCommerceItemMarkers" in item for item in shipped)


def test_one_selection_does_not_add_up(api: httpx.Client) -> None:
    order = api.get(ORDER, headers=log_in(api)).json()
    available = open_pieces(order)
    kinds = ("automatic", "targeted", "selected", "removed", "failed")

    wrong = [
        marker["value"]
        for marker in order["giftWithPurchaseOrderMarkers"]
        if marker["quantity"] - sum(marker[f"{kind}Quantity"] for kind in kinds)
        != available[marker["value"], int(marker["data"])]
    ]
    assert wrong == ["promo50006"]


def test_the_visitor_sees_the_documents_sample(api: httpx.Client) -> None:
    order = api.get(ORDER, headers=VISITOR).json()

    assert order["orderId"] == "o690411"
    assert order["giftWithPurchaseOrderMarkers"][0]["data"] == "-2112496103"
    assert order["giftWithPurchaseInfo"][0]["giftWithPurchaseIdentifier"] == SAMPLE_IDENTIFIER
    assert [item["displayName"] for item in order["shoppingCart"]["items"]][1] == "Amores Perros"
    assert order["priceInfo"]["total"] == 597


def test_an_empty_cart_has_no_body(api: httpx.Client) -> None:
    session = log_in(api, "empty@sandbox.example")
    answer = api.get(ORDER, headers=session)

    assert (answer.status_code, answer.content) == (204, b"")
    refused = api.post(REMOVE_ALL, headers=session)
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "28313")


def test_the_odd_cart_has_orphans_and_a_large_identifier(api: httpx.Client) -> None:
    order = api.get(ORDER, headers=ODD).json()
    assert order == api.get(ORDER, headers=log_in(api, "odd@sandbox.example")).json()

    granted = {(m["value"], int(m["data"])) for m in order["giftWithPurchaseOrderMarkers"]}
    listed = set(open_pieces(order))
    on_lines = {
        (marker["value"], int(marker["data"]))
        for line in order["shoppingCart"]["items"]
        for marker in line["giftWithPurchaseCommerceItemMarkers"]
    }
    assert granted - listed
    assert listed - granted
    assert on_lines - granted - listed
    assert (BIG.id, BIG_IDENTIFIER) in granted & listed
    assert BIG_IDENTIFIER < -(2**31)


def test_removing_answers_the_envelope_with_the_new_state(api: httpx.Client) -> None:
    session = log_in(api)
    answer = api.post(REMOVE, json=removal(FILMS.id, SHARED_IDENTIFIER, 1), headers=session).json()

    assert (answer["hasMore"], answer["totalResults"], answer["offset"]) == ("false", "6", "0")
    order = answer["embedded"]["order"]
    assert order == api.get(ORDER, headers=session).json()
    assert open_pieces(order)[FILMS.id, SHARED_IDENTIFIER] == 1
    assert open_pieces(order)[TRIPOD.id, SHARED_IDENTIFIER] == 2
    marker = next(m for m in order["giftWithPurchaseOrderMarkers"] if m["value"] == FILMS.id)
    assert (marker["quantity"], marker["removedQuantity"]) == (4, 2)


def test_removing_all_leaves_nothing_open(api: httpx.Client) -> None:
    session = log_in(api)
    order = api.post(REMOVE_ALL, headers=session).json()["embedded"]["order"]

    assert set(open_pieces(order).values()) == {0}
    entries = api.get("/_sandbox/ledger?applied=true").json()["entries"]
    assert [len(entry["change"]["removed"]) for entry in entries] == [4]


def test_removing_more_than_is_open_is_refused_in_the_second_error_shape(api: httpx.Client) -> None:
    session = log_in(api)
    answer = api.post(REMOVE, json=removal(TRIPOD.id, SHARED_IDENTIFIER, 3), headers=session)

    assert answer.status_code == 400
    assert set(answer.json()) == {"errors", "message", "status"}
    assert answer.json()["status"] == "400"
    assert open_pieces(api.get(ORDER, headers=session).json())[TRIPOD.id, SHARED_IDENTIFIER] == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        removal(TRIPOD.id, SHARED_IDENTIFIER, 0),
        removal(TRIPOD.id, SHARED_IDENTIFIER, 1) | {"giftWithPurchaseIdentifier": str(SHARED_IDENTIFIER)},
        removal(TRIPOD.id, SHARED_IDENTIFIER, 1) | {"quantity": 1.0},
        removal(TRIPOD.id, 1, 1),
        removal("promo-none", SHARED_IDENTIFIER, 1),
    ],
)
def test_a_wrong_removal_changes_nothing(api: httpx.Client, body: dict[str, object]) -> None:
    session = log_in(api)
    before = api.get(ORDER, headers=session).content

    assert api.post(REMOVE, json=body, headers=session).status_code == 400
    assert api.get(ORDER, headers=session).content == before


def test_a_business_error_comes_with_status_500(api: httpx.Client) -> None:
    answer = api.post(REMOVE, json=removal(LOCKED.id, LOCKED_IDENTIFIER, 1), headers=ODD)

    assert answer.status_code == 500
    assert (answer.json()["errorCode"], answer.json()["status"]) == ("28327", "500")
    assert not api.get("/_sandbox/ledger?applied=true").json()["entries"]


def test_anonymous_and_wrong_credentials(api: httpx.Client) -> None:
    anonymous = api.get(ORDER)
    unknown = api.get(ORDER, headers={"Authorization": "Bearer other"})
    password = {"grant_type": "password", "username": "agent@sandbox.example", "password": "other"}

    assert (anonymous.status_code, set(anonymous.json())) == (401, {"errors", "message", "status"})
    assert unknown.status_code == 401
    assert set(unknown.json()) == {"message", "errorCode", "devMessage", "moreInfo", "o:errorPath", "status"}
    assert api.post("/ccstore/v1/login", data=password).status_code == 401
    assert api.post("/ccstore/v1/login", json=password).status_code == 415
    assert api.post("/ccstore/v1/login", data=password | {"grant_type": "other"}).status_code == 400
    assert api.get(ORDER, headers={"X-CCVisitorId": "other"}).status_code == 401


def test_another_organization_is_refused(api: httpx.Client) -> None:
    assert api.get(ORDER, headers=VISITOR | {"X-CCOrganization": "sandbox-org"}).status_code == 200
    answer = api.get(ORDER, headers=VISITOR | {"X-CCOrganization": "other"})
    assert answer.json()["errorCode"] == "100095"


def test_a_login_lives_fifteen_minutes_and_can_be_renewed_before(api: httpx.Client, clock: Clock) -> None:
    first = log_in(api)
    clock.time += timedelta(minutes=14)
    renewed = api.post("/ccstore/v1/refresh", headers=first).json()
    second = {"Authorization": f"Bearer {renewed['access_token']}"}
    clock.time += timedelta(minutes=1)

    assert second != first
    assert api.get(ORDER, headers=first).status_code == 401
    assert api.get(ORDER, headers=second).status_code == 200
    assert api.post("/ccstore/v1/refresh", headers=first).status_code == 401
    assert api.post("/ccstore/v1/refresh").json()["errorCode"] == "82001"


def test_an_agent_reads_an_order_by_its_id(api: httpx.Client) -> None:
    session = log_in(api)
    full = api.get("/ccagent/v1/orders/o690411?includeResult=full", headers=session).json()

    assert isinstance(full["shippingGroups"], dict)
    assert full["giftWithPurchaseOrderMarkers"]
    assert "shoppingCart" not in api.get("/ccagent/v1/orders/o690411", headers=session).json()
    assert api.get("/ccagent/v1/orders/none?includeResult=full", headers=session).status_code == 404
    assert api.get("/ccagent/v1/orders/o690411?includeResult=full").status_code == 401
