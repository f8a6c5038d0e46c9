"""The sandbox's AX Cloud: both shapes, every end of paging, the Korean refusals."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.tickets import ADULT, AQUARIUM, CRUISE, PARK, TEMPLE, TOWER
from qtydash.sandbox.server import SandboxServer

TODAY = date(2026, 3, 2)
HEADERS = {"Authorization": "Token sandbox-ax-key", "Channel": "Code sandbox-channel"}


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    with (
        SandboxServer(create_app(today=TODAY)) as server,
        httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False, verify=False) as client,
    ):
        yield client


def inventory(api: httpx.Client, code: str, page: int, size: int) -> httpx.Response:
    return api.get(f"/v1/channel/inventory/day-ticket/{code}", params={"page": page, "page_size": size})


def rows(answer: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(option, row) for option, group in answer["option_codes"].items() for row in group]


def test_products_are_listed_with_every_documented_field(api: httpx.Client) -> None:
    answer = api.get("/v1/channel/products/day-ticket").json()

    assert answer["status_code"] == 200
    assert [product["product_code"] for product in answer["products"]] == [PARK, AQUARIUM, TEMPLE, TOWER, CRUISE]
    assert set(answer["products"][0]) == {
        "product_code",
        "title",
        "category",
        "detail_category",
        "start_date_of_the_sale",
        "end_date_of_the_sale",
        "main_country_and_city",
    }
    assert answer["products"][2]["detail_category"] == "Void"


def test_the_product_list_has_pages(api: httpx.Client) -> None:
    def codes(page: int) -> list[str]:
        answer = api.get("/v1/channel/products/day-ticket", params={"page": page, "page_size": 2}).json()
        return [product["product_code"] for product in answer["products"]]

    assert [codes(page) for page in (1, 2, 3, 4)] == [[PARK, AQUARIUM], [TEMPLE, TOWER], [CRUISE], []]


def test_options_have_codes_and_mostly_names(api: httpx.Client) -> None:
    named = api.get(f"/v1/channel/products/day-ticket/{PARK}").json()["options"]
    nameless = api.get(f"/v1/channel/products/day-ticket/{TEMPLE}").json()["options"]

    assert len(named) == 14
    assert named[0] == {"option_code": ADULT, "option_name": "Adult 성인"}
    assert [set(option) for option in nameless] == [{"option_code"}, {"option_code"}]


def test_the_park_covers_400_days_of_at_least_twelve_options(api: httpx.Client) -> None:
    seen: set[tuple[str, str]] = set()
    page = 1
    while found := rows(inventory(api, PARK, page, 500).json()):
        assert len(found) <= 500
        seen |= {(option, row["date"]) for option, row in found}
        page += 1

    options = {option for option, _ in seen}
    days = {date.fromisoformat(day) for _, day in seen}
    assert len(options) >= 12
    assert (min(days), max(days)) == (TODAY - timedelta(days=30), TODAY + timedelta(days=369))
    assert 12 * 400 <= len(seen) < len(options) * 400
    assert not {TODAY + timedelta(days=offset) for offset in (200, 201, 202)} & days


def test_the_adult_ticket_shows_every_state_in_its_first_days(api: httpx.Client) -> None:
    days = {
        row["date"]: (row["max_quantity"], row["remain_quantity"], row["ordered_quantity"])
        for page in range(1, 13)
        for option, row in rows(inventory(api, PARK, page, 500).json())
        if option == ADULT
    }

    first = [days.get((TODAY + timedelta(days=offset)).isoformat()) for offset in range(6)]
    assert first == [(40, 28, 12), (40, 0, 40), (40, 3, 37), (40, -2, 42), (40, 10, 25), None]


def test_weekends_are_fuller(api: httpx.Client) -> None:
    filled: dict[bool, list[float]] = {True: [], False: []}
    for page in range(1, 13):
        for _, row in rows(inventory(api, PARK, page, 500).json()):
            filled[date.fromisoformat(row["date"]).weekday() >= 5].append(
                row["ordered_quantity"] / row["max_quantity"]
            )

    assert sum(filled[True]) / len(filled[True]) > 1.3 * sum(filled[False]) / len(filled[False])


def test_pages_count_rows_ordered_by_option_and_date(api: httpx.Client) -> None:
    whole = rows(inventory(api, PARK, 1, 400).json())
    halves = rows(inventory(api, PARK, 1, 200).json()) + rows(inventory(api, PARK, 2, 200).json())

    keys = [(option, row["date"]) for option, row in whole]
    assert len(keys) == 400
    assert keys == sorted(keys)
    assert halves == whole


def test_default_page_is_the_first_25_rows(api: httpx.Client) -> None:
    answer = api.get(f"/v1/channel/inventory/day-ticket/{PARK}").json()

    assert answer == inventory(api, PARK, 1, 25).json()
    assert len(rows(answer)) == 25


def test_page_size_is_cut_to_500(api: httpx.Client) -> None:
    assert len(rows(inventory(api, PARK, 1, 5_000).json())) == 500


def test_past_the_end_one_product_is_empty(api: httpx.Client) -> None:
    assert inventory(api, PARK, 999, 100).json() == {"status_code": 200, "option_codes": {}}


def test_past_the_end_one_product_is_not_found(api: httpx.Client) -> None:
    assert inventory(api, AQUARIUM, 5, 100).status_code == 200
    answer = inventory(api, AQUARIUM, 6, 100)
    assert (answer.status_code, answer.json()) == (404, {"message": "찾을 수 없습니다."})


def test_past_the_end_one_product_repeats_its_last_page(api: httpx.Client) -> None:
    last = inventory(api, TEMPLE, 3, 4)

    assert len(rows(last.json())) == 1
    assert inventory(api, TEMPLE, 4, 4).content == inventory(api, TEMPLE, 40, 4).content == last.content


def test_the_older_shape_is_one_list_with_ids(api: httpx.Client) -> None:
    answer = inventory(api, AQUARIUM, 1, 2).json()

    assert set(answer) == {"status_code", "data"}
    assert set(answer["data"][0]) == {
        "id",
        "date",
        "max_quantity",
        "remain_quantity",
        "ordered_quantity",
        "depth_combination_id",
    }
    assert [row["id"] for row in answer["data"]] == [1, 2]
    assert answer["data"][0]["depth_combination_id"] == 15


def test_the_shape_between_keys_data_by_option(api: httpx.Client) -> None:
    answer = inventory(api, TOWER, 1, 500).json()

    assert sorted(len(group) for group in answer["data"].values()) == [60, 60]


def test_a_product_without_inventory(api: httpx.Client) -> None:
    assert inventory(api, CRUISE, 1, 25).json() == {"status_code": 200, "option_codes": {}}


@pytest.mark.parametrize("wrong", [{"Authorization": "Token other"}, {"Channel": "Code other"}, {"Channel": ""}])
def test_a_wrong_key_or_channel_is_forbidden_in_korean(api: httpx.Client, wrong: dict[str, str]) -> None:
    answer = api.get("/v1/channel/products/day-ticket", headers=wrong)

    assert answer.status_code == 403
    assert answer.json() == {"detail": "이 작업을 수행할 권한(permission)이 없습니다."}


@pytest.mark.parametrize("kind", ["inventory", "products"])
def test_an_unknown_product_is_not_found_in_korean(api: httpx.Client, kind: str) -> None:
    answer = api.get(f"/v1/channel/{kind}/day-ticket/16ecf4685-ca60-4a7d-843c-479329ca8789")

    assert (answer.status_code, answer.json()) == (404, {"message": "찾을 수 없습니다."})


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page_size=0", "page_size=1.5"])
def test_an_impossible_page_is_refused(api: httpx.Client, query: str) -> None:
    answer = api.get(f"/v1/channel/inventory/day-ticket/{PARK}?{query}")

    assert answer.status_code == 400
    assert set(answer.json()) == {"detail"}


def test_tickets_cannot_be_written(api: httpx.Client) -> None:
    assert api.post(f"/v1/channel/inventory/day-ticket/{PARK}").status_code == 405


def test_someone_else_orders(api: httpx.Client) -> None:
    order = {"product_code": TOWER, "date": "2026-03-05", "ordered": 2}
    option = next(iter(inventory(api, TOWER, 1, 1).json()["data"]))
    before = {r["date"]: r for r in inventory(api, TOWER, 1, 60).json()["data"][option]}["2026-03-05"]

    answer = api.post("/_sandbox/tickets", json=order | {"option_code": option})

    after = {r["date"]: r for r in inventory(api, TOWER, 1, 60).json()["data"][option]}["2026-03-05"]
    assert answer.status_code == 200
    assert after["remain_quantity"] == before["remain_quantity"] - 2
    assert after["ordered_quantity"] == before["ordered_quantity"] + 2
    assert api.post("/_sandbox/tickets", json=order | {"option_code": "other"}).status_code == 404
