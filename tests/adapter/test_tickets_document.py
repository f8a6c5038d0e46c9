"""Document 002, untangled into the two versions it compares, and everything between and beside them."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from tests.adapter.clients import mocked, reply

from qtydash.adapters import wire
from qtydash.adapters.answers import Answer
from qtydash.adapters.tickets import MAX_EXTRA, MAX_EXTRAS, TicketsApi, _Days
from qtydash.domain.errors import InvalidId, NotFound, Refused, Unauthorized, UnexpectedAnswer, VendorError
from qtydash.domain.snapshot import Progress
from qtydash.domain.tickets import TicketDay, TicketOption, TicketProduct

PRODUCT = "6ecf4685-ca60-4a7d-843c-479329ca8789"
OPTION = "1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5"
NEW = {
    "status_code": 200,
    "option_codes": {
        OPTION: [
            {
                "inventory_code": "d50a6594-3457-4e87-afe1-435ca13b8cdd",
                "date": "2023-03-01",
                "max_quantity": 25,
                "remain_quantity": 15,
                "ordered_quantity": 10,
            },
            {
                "inventory_code": "374bf54a-d7c1-4ad3-a95a-32aa3e7212ae",
                "date": "2023-03-08",
                "max_quantity": 25,
                "remain_quantity": 5,
                "ordered_quantity": 20,
            },
            {
                "inventory_code": "5e77bcf2-9026-4263-847b-a8a4a84b5613",
                "date": "2023-03-15",
                "max_quantity": 25,
                "remain_quantity": 11,
                "ordered_quantity": 14,
            },
        ]
    },
}
OLD = {
    "status_code": 200,
    "data": [
        {
            "id": 1,
            "date": "2023-03-01",
            "max_quantity": 25,
            "remain_quantity": 15,
            "ordered_quantity": 10,
            "depth_combination_id": 15,
        },
        {
            "id": 2,
            "date": "2023-03-08",
            "max_quantity": 25,
            "remain_quantity": 5,
            "ordered_quantity": 20,
            "depth_combination_id": 15,
        },
        {
            "id": 3,
            "date": "2023-03-15",
            "max_quantity": 25,
            "remain_quantity": 11,
            "ordered_quantity": 14,
            "depth_combination_id": 15,
        },
    ],
}
NEW_DAYS = (
    TicketDay(OPTION, date(2023, 3, 1), 25, 15, 10, "d50a6594-3457-4e87-afe1-435ca13b8cdd"),
    TicketDay(OPTION, date(2023, 3, 8), 25, 5, 20, "374bf54a-d7c1-4ad3-a95a-32aa3e7212ae"),
    TicketDay(OPTION, date(2023, 3, 15), 25, 11, 14, "5e77bcf2-9026-4263-847b-a8a4a84b5613"),
)
OLD_DAYS = (
    TicketDay("15", date(2023, 3, 1), 25, 15, 10, "1"),
    TicketDay("15", date(2023, 3, 8), 25, 5, 20, "2"),
    TicketDay("15", date(2023, 3, 15), 25, 11, 14, "3"),
)
DETAIL = {"status_code": 200, "contents": {}, "options": []}
EMPTY = {"status_code": 200, "option_codes": {}}


def api(*pages: object, detail: object = DETAIL, page_size: int = 100) -> TicketsApi:
    """The adapter over a vendor whose nth inventory (or product list) page is the nth of ``pages``, then 404."""

    def handler(request: httpx.Request) -> httpx.Response:
        page = request.url.params.get("page")
        if page is None:
            return detail if isinstance(detail, httpx.Response) else reply(detail)
        answer = pages[int(page) - 1] if int(page) <= len(pages) else reply({"message": "찾을 수 없습니다."}, 404)
        return answer if isinstance(answer, httpx.Response) else reply(answer)

    return TicketsApi(mocked(handler), page_size=page_size)


def row(**changes: object) -> dict[str, object]:
    return {
        "inventory_code": "inv-1",
        "date": "2023-03-01",
        "max_quantity": 25,
        "remain_quantity": 15,
        "ordered_quantity": 10,
        **changes,
    }


def page(*rows: object) -> dict[str, object]:
    return {"status_code": 200, "option_codes": {OPTION: list(rows)}}


@pytest.mark.parametrize(
    ("document", "days"),
    [
        (NEW, NEW_DAYS),
        (OLD, OLD_DAYS),
        ({"status_code": 200, "data": NEW["option_codes"]}, NEW_DAYS),
        ({"status_code": 200, "options": NEW["option_codes"]}, NEW_DAYS),
        ({"option_codes": NEW["option_codes"]}, NEW_DAYS),
        ({"status_code": "200", **{k: v for k, v in NEW.items() if k != "status_code"}}, NEW_DAYS),
        ({**NEW, "unknown": {"deep": [1]}}, NEW_DAYS),
        ({"status_code": 200, "option_codes": "Void"}, ()),
        ({"status_code": 200, "option_codes": {OPTION: "Void", "other": None}}, ()),
        ({"status_code": 200, "data": []}, ()),
        (EMPTY, ()),
    ],
)
async def test_every_known_shape_is_read(document: object, days: tuple[TicketDay, ...]) -> None:
    reading = await api(document).availability(PRODUCT)
    assert (reading.data.days, reading.complete, reading.warnings) == (days, True, ())


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        7,
        "Void",
        {"status_code": 200},
        {"status_code": 200, "option_codes": None},
        {**NEW, "status_code": "5" * 5_000},
        {"status_code": 200, "option_codes": 3},
        {"status_code": 200, "inventory": {}},
        {"status_code": True, "option_codes": {}},
        {"status_code": 302, "option_codes": {}},
    ],
)
async def test_any_other_shape_is_an_error_and_never_an_empty_grid(document: object) -> None:
    with pytest.raises(UnexpectedAnswer, match="unknown shape, so nothing of it is shown"):
        await api(document).availability(PRODUCT)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"status_code":200,"option_codes":{"a":[{"date":', b"\xff\xfe", b"[" * 9_999]
)
async def test_what_is_not_json_is_an_error(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswer, match="AX Cloud sent an"):
        await api(reply(body)).availability(PRODUCT)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Refused), (403, Unauthorized), ("404", NotFound), (500, UnexpectedAnswer)]
)
async def test_the_status_inside_the_body_counts(status: object, kind: type[VendorError]) -> None:
    with pytest.raises(kind) as caught:
        await api({"status_code": status, "message": "찾을 수 없습니다."}).availability(PRODUCT)
    assert caught.value.words == "찾을 수 없습니다."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"remain_quantity": "15"}, 15),
        ({"remain_quantity": 15.0}, 15),
        ({"remain_quantity": " 15 "}, 15),
        ({"remain_quantity": "15.0"}, 15),
        ({"remain_quantity": "1.5e1"}, 15),
        ({"remain_quantity": -3}, -3),
        ({"remain_quantity": 2**53}, 2**53),
        ({"date": "2023-03-01T00:00:00+09:00"}, 15),
    ],
)
async def test_numbers_and_dates_in_other_clothes(changes: dict[str, object], expected: int) -> None:
    (day,) = (await api(page(row(**changes))).availability(PRODUCT)).data.days
    assert (day.left, day.date) == (expected, date(2023, 3, 1))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"remain_quantity": True}, "remain_quantity is not a number"),
        ({"remain_quantity": "1_000"}, "remain_quantity is not a number"),
        ({"remain_quantity": "inf"}, "remain_quantity is not a number"),
        ({"remain_quantity": "١٥"}, "remain_quantity is not a number"),
        ({"remain_quantity": [15]}, "remain_quantity is not a number"),
        ({"remain_quantity": 15.5}, "remain_quantity is not a whole number"),
        ({"remain_quantity": 2**53 + 1}, "remain_quantity is out of range"),
        ({"remain_quantity": 1e300}, "remain_quantity is out of range"),
        ({"remain_quantity": None}, "remain_quantity is missing"),
        ({"remain_quantity": "Void"}, "remain_quantity is missing"),
        ({"date": "2023-02-30"}, "date is not a date"),
        ({"date": 20230301}, "date is not a date"),
        ({"date": "20230301"}, "date is not a date"),
        ({"date": ""}, "date is missing"),
        ({"inventory_code": ["x"]}, "inventory_code is not a code"),
    ],
)
async def test_a_bad_row_is_set_aside_and_told_without_what_it_held(
    changes: dict[str, object], reason: str
) -> None:
    good = row(inventory_code="inv-2")
    reading = await api(page(row(**changes), good)).availability(PRODUCT)
    assert [day.inventory_code for day in reading.data.days] == ["inv-2"]
    assert reading.warnings == (f"1 row was set aside: {reason} (page 1).",)
    assert reading.complete


async def test_bad_rows_are_counted_by_kind_and_page() -> None:
    lacking = {key: value for key, value in row().items() if key != "remain_quantity"}
    pages = [
        page(row(inventory_code="a"), "nonsense"),
        page(row(inventory_code="b")),
        page(lacking, lacking, row(inventory_code="c")),
    ]
    reading = await api(*pages).availability(PRODUCT)
    assert len(reading.data.days) == 3
    assert reading.warnings == (
        "1 row was set aside: it is not an object (page 1).",
        "2 rows were set aside: remain_quantity is missing (page 3).",
    )


async def test_a_read_in_which_every_row_is_bad_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="None of the 2 rows AX Cloud sent can be read: date is missing"):
        await api(page(row(date=None), row(date=""))).availability(PRODUCT)


async def test_text_from_outside_is_safe_and_codes_are_cut() -> None:
    document = {"status_code": 200, "option_codes": {"opt\x1b[31m": [row(inventory_code="\u202ex" + "y" * 500)]}}
    (day,) = (await api(document).availability(PRODUCT)).data.days
    assert day.option_code == "opt^[[31m"
    assert day.inventory_code.startswith("<U+202E>x")
    assert len(day.inventory_code) == 128


KEY = (OPTION, date(2023, 3, 1), "inv-1")


@pytest.mark.parametrize("documented", [True, False])
async def test_fields_that_no_document_names_are_kept_of_the_rows_that_have_any(documented: bool) -> None:
    told = row(price=12_000.5, currency="KRW", tags=["a", {"b": None}], note="\u202e\x1b[31m", sold_by=None)
    document = page(told, row(inventory_code="inv-2"))
    if not documented:
        document["status_code"] = "200"
    data = (await api(document).availability(PRODUCT)).data

    assert len(data.days) == 2
    assert data.extras == {
        KEY: (
            ("price", "12000.5"),
            ("currency", '"KRW"'),
            ("tags", '["a", {"b": null}]'),
            ("note", '"<U+202E>\\u001b[31m"'),
            ("sold_by", "null"),
        )
    }


@pytest.mark.parametrize("document", [NEW, OLD, EMPTY])
async def test_documented_rows_have_no_other_fields(document: object) -> None:
    assert (await api(document).availability(PRODUCT)).data.extras == {}


async def test_other_fields_are_those_of_the_row_that_came_last() -> None:
    twice = page(row(price=1)), page(row(price=2), row(inventory_code="inv-2"))
    gone = page(row(price=1)), page(row(), row(inventory_code="inv-2"))

    assert (await api(*twice).availability(PRODUCT)).data.extras == {KEY: (("price", "2"),)}
    assert (await api(*gone).availability(PRODUCT)).data.extras == {}


async def test_other_fields_are_bounded_in_number_and_length() -> None:
    many = {f"field_{n:02d}": n for n in range(MAX_EXTRAS + 3)}
    extra = (await api(page(row(**many))).availability(PRODUCT)).data.extras[KEY]
    assert len(extra) == MAX_EXTRAS + 1
    assert extra[-1] == ("...", "and 3 more fields")

    ((name, value),) = (await api(page(row(**{"n" * 500: "v" * 5_000}))).availability(PRODUCT)).data.extras[KEY]
    assert (len(name), len(value)) == (128, MAX_EXTRA)
    assert value.endswith("…")


async def test_a_field_nested_without_end_costs_no_row() -> None:
    deep = "[" * 900 + "]" * 900
    body = json.dumps(page(row(deep="DEEP"))).replace('"DEEP"', deep).encode()
    reading = await api(reply(body)).availability(PRODUCT)
    assert len(reading.data.days) == 1
    assert [name for name, _ in reading.data.extras[KEY]] == ["deep"]


async def test_a_lone_surrogate_costs_no_row() -> None:
    body = b'{"status_code":200,"option_codes":{"opt-1":[{"inventory_code":"\\ud800abcd","date":"2023-03-01",'
    body += b'"max_quantity":1,"remain_quantity":1,"ordered_quantity":0}]}}'
    (day,) = (await api(reply(body)).availability(PRODUCT)).data.days
    assert day.inventory_code == "<U+D800>abcd"


async def test_a_record_without_any_code_is_known_by_its_date() -> None:
    bare = {key: value for key, value in row().items() if key != "inventory_code"}
    reading = await api(page(bare, {**bare, "date": "2023-03-02"}), page(bare)).availability(PRODUCT)
    assert [(day.inventory_code, day.date.day) for day in reading.data.days] == [("", 1), ("", 2)]


async def test_one_inventory_code_may_hold_several_days() -> None:
    reading = await api(page(row(), row(date="2023-03-02"))).availability(PRODUCT)
    assert len(reading.data.days) == 2


async def test_a_record_that_comes_twice_with_other_numbers_is_told() -> None:
    first, second = row(remain_quantity=15), row(remain_quantity=14, ordered_quantity=11)
    other = row(inventory_code="inv-2")
    reading = await api(page(first), page(second, other)).availability(PRODUCT)
    assert [day.left for day in reading.data.days] == [14, 15]
    assert reading.warnings == ("1 record(s) came twice with different numbers; the later ones are shown.",)


async def test_days_are_sorted_and_a_mismatch_is_left_alone() -> None:
    document = {
        "status_code": 200,
        "option_codes": {
            "opt-b": [row(date="2023-03-02")],
            "opt-a": [row(remain_quantity=99), row(date="2023-01-01")],
        },
    }
    days = (await api(document).availability(PRODUCT)).data.days
    assert [(day.option_code, str(day.date), day.left) for day in days] == [
        ("opt-a", "2023-01-01", 15),
        ("opt-a", "2023-03-01", 99),
        ("opt-b", "2023-03-02", 15),
    ]


async def test_option_names_are_found_under_each_assumed_name() -> None:
    options = [
        {"option_code": "a", "option_name": "Adult", "title": "x"},
        {"option_code": "b", "name": "Child"},
        {"option_code": 3, "title": "Senior"},
        {"option_code": "d"},
        {"name": "lost"},
        "nonsense",
    ]
    detail = {"status_code": 200, "contents": {}, "options": options}
    assert await api(detail=detail).options(PRODUCT) == (
        TicketOption("a", "Adult"),
        TicketOption("b", "Child"),
        TicketOption("3", "Senior"),
        TicketOption("d", ""),
    )


@pytest.mark.parametrize("options", ["Void", None, {"a": 1}])
async def test_options_of_another_shape_are_no_options(options: object) -> None:
    assert await api(detail={"status_code": 200, "options": options}).options(PRODUCT) == ()


async def test_options_told_come_first_and_the_others_follow_without_a_name() -> None:
    detail = {"status_code": 200, "options": [{"option_code": "unsold", "name": "Night"}]}
    reading = await api(NEW, detail=detail).availability(PRODUCT)
    assert reading.data.options == (TicketOption("unsold", "Night"), TicketOption(OPTION, ""))


async def test_option_names_that_cannot_be_had_are_a_warning() -> None:
    reading = await api(NEW, detail=reply({"detail": "이"}, 403)).availability(PRODUCT)
    assert (reading.data.days, reading.data.options) == (NEW_DAYS, ())
    assert reading.warnings == (
        "The names of the options could not be read: "
        'AX Cloud does not allow this with the configured credentials (403). They say: "이".',
    )


PRODUCTS = {
    "status_code": 200,
    "products": [
        {
            "product_code": PRODUCT,
            "title": "한강공원 day ticket",
            "category": "Ticket",
            "detail_category": "Park",
            "start_date_of_the_sale": "2023-01-01",
            "end_date_of_the_sale": "Void",
            "main_country_and_city": "Seoul",
        },
        {"product_code": "p-2", "title": None, "start_date_of_the_sale": "soon"},
        {"title": "no code"},
    ],
}


async def test_the_product_list() -> None:
    reading = await api(PRODUCTS).products()
    assert reading.data == (
        TicketProduct(PRODUCT, "한강공원 day ticket", "Ticket", "Park", date(2023, 1, 1), None, "Seoul"),
    )
    assert reading.warnings == (
        "1 row was set aside: start_date_of_the_sale is not a date (page 1).",
        "1 row was set aside: product_code is missing (page 1).",
    )


async def test_probing_tells_the_first_product() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(PRODUCTS)

    assert await TicketsApi(mocked(handler)).probe() == "한강공원 day ticket"
    assert [str(request.url.params) for request in seen] == ["page=1&page_size=1"]
    assert await api({"status_code": 200, "products": "Void"}).probe() == "no products"


async def test_the_requests_are_those_of_the_document() -> None:
    seen: list[tuple[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.raw_path.decode()))
        return reply(NEW if request.url.params.get("page") == "1" else EMPTY)

    await TicketsApi(mocked(handler), page_size=50).availability(PRODUCT)
    assert seen == [
        ("GET", f"/v1/channel/inventory/day-ticket/{PRODUCT}?page=1&page_size=50"),
        ("GET", f"/v1/channel/inventory/day-ticket/{PRODUCT}?page=2&page_size=50"),
        ("GET", f"/v1/channel/products/day-ticket/{PRODUCT}"),
    ]


@pytest.mark.parametrize("code", ["", "..", "a/b", "a?b"])
async def test_a_product_code_that_leads_elsewhere_is_refused(code: str) -> None:
    for call in (api().availability, api().options):
        ask: Callable[[str], Any] = call
        with pytest.raises(InvalidId, match="product code"):
            await ask(code)


async def test_an_unknown_product_is_named() -> None:
    with pytest.raises(NotFound, match=f"AX Cloud does not know product {PRODUCT}"):
        await api().availability(PRODUCT)


async def test_progress_is_told_after_each_page() -> None:
    told: list[Progress] = []
    pages = [page(row(inventory_code=str(n))) for n in range(3)]
    await api(*pages).availability(PRODUCT, told.append)
    assert told == [Progress(1, 1), Progress(2, 2), Progress(3, 3)]


def _broken_page(rows: int) -> bytes:
    return json.dumps({"status_code": 200, "option_codes": {"a": [{"n": n} for n in range(rows)]}}).encode()


def test_a_page_of_broken_rows_takes_little_more_memory_than_its_values() -> None:
    body = _broken_page(20_000)
    tracemalloc.start()
    try:
        found = _Days()
        found.take(1, Answer(200, body, redact=str))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.aside) == 20_000
    assert most < 50 * len(body)  # an object of one number is 30 times as large as its bytes


def test_too_many_broken_rows_end_the_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_ASIDE", 30)
    found = _Days()
    found.take(1, Answer(200, _broken_page(20), redact=str))
    with pytest.raises(UnexpectedAnswer, match="More than 30 rows came that cannot be read"):
        found.take(2, Answer(200, _broken_page(40), redact=str))
