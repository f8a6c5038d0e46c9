"""Every way AX Cloud's pages may end, and what a page that fails in the middle leaves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import httpx
import pytest
from tests.adapter.clients import mocked, reply

from qtydash.adapters import paging
from qtydash.adapters.paging import PageTaken, read_pages
from qtydash.adapters.tickets import TicketsApi
from qtydash.domain.errors import NotFound, Refused, Unauthorized, UnexpectedAnswer, VendorError
from qtydash.domain.vendors import TICKETS
from qtydash.services.connect import MAX_MIB, MAX_VALUES

PAGES = 7
ROWS = 3
FULL = {f"inv-{page}-{n}" for page in range(1, PAGES + 1) for n in range(ROWS)}


def listed(page: int, rows: int = ROWS) -> dict[str, object]:
    return {
        "status_code": 200,
        "option_codes": {
            "option-1": [
                {
                    "inventory_code": f"inv-{page}-{n}",
                    "date": f"2023-03-{page:02d}",
                    "max_quantity": 2,
                    "remain_quantity": 1,
                    "ordered_quantity": 1,
                }
                for n in range(rows)
            ]
        },
    }


Answers = Callable[[int], httpx.Response]


async def read(answers: Answers, page_size: int = ROWS) -> tuple[set[str], bool, tuple[str, ...], list[int]]:
    asked: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        if (number := request.url.params.get("page")) is None:
            return reply({"status_code": 200, "options": []})
        asked.append(int(number))
        return answers(int(number))

    reading = await TicketsApi(mocked(handler), page_size=page_size).availability("p-1")
    codes = [day.inventory_code for day in reading.data.days]
    assert len(codes) == len(set(codes))
    return set(codes), reading.complete, reading.warnings, asked


def beyond(page: int, answer: httpx.Response) -> httpx.Response:
    return reply(listed(page)) if page <= PAGES else answer


ENDINGS: dict[str, Answers] = {
    "empty page": lambda page: beyond(page, reply({"status_code": 200, "option_codes": {}})),
    "empty options": lambda page: beyond(page, reply({"status_code": 200, "option_codes": {"option-1": []}})),
    "void": lambda page: beyond(page, reply({"status_code": 200, "option_codes": "Void"})),
    "404": lambda page: beyond(page, reply({"detail": "Invalid page."}, 404)),
    "404 inside": lambda page: beyond(page, reply({"status_code": 404, "message": "x"})),
    "the last page again": lambda page: reply(listed(min(page, PAGES))),
    "the first page again": lambda page: reply(listed(page if page <= PAGES else 1)),
}


@pytest.mark.parametrize("answers", ENDINGS.values(), ids=ENDINGS.keys())
@pytest.mark.parametrize("page_size", [1, ROWS, 100])
async def test_each_ending_gives_exactly_the_rows(answers: Answers, page_size: int) -> None:
    codes, complete, warnings, _ = await read(answers, page_size)
    assert (codes, complete, warnings) == (FULL, True, ())


async def test_a_short_page_ends_nothing() -> None:
    def answers(page: int) -> httpx.Response:
        return beyond(page, reply({}, 404)) if page != 3 else reply(listed(3, rows=1))

    codes, _, _, _ = await read(answers)
    assert codes == FULL - {"inv-3-1", "inv-3-2"}


async def test_a_page_that_repeats_some_rows_is_not_the_end() -> None:
    def answers(page: int) -> httpx.Response:
        if page > PAGES:
            return reply({}, 404)
        document = listed(page)
        if page > 1:
            rows: dict[str, list[object]] = document["option_codes"]  # type: ignore[assignment]
            earlier: dict[str, list[object]] = listed(page - 1)["option_codes"]  # type: ignore[assignment]
            rows["option-1"] += earlier["option-1"][-2:]
        return reply(document)

    codes, complete, warnings, _ = await read(answers)
    assert (codes, complete, warnings) == (FULL, True, ())


async def test_a_page_of_new_bad_rows_is_not_the_end_but_its_repetition_is() -> None:
    def answers(page: int) -> httpx.Response:
        if page == 2:
            return reply({"status_code": 200, "option_codes": {"option-1": [{"date": "x"}, {"date": "x"}]}})
        return reply(listed(1)) if page == 1 else reply(listed(min(page, 4)))

    codes, complete, warnings, _ = await read(answers)
    assert len(codes) == 3 * ROWS
    assert complete
    assert warnings == ("2 rows were set aside: date is not a date (page 2).",)


async def test_full_pages_are_fetched_four_at_a_time_and_the_first_alone() -> None:
    released = asyncio.Event()
    asked: list[int] = []

    async def fetch(page: int) -> int:
        asked.append(page)
        if page > 1:
            await released.wait()
        return page

    task = asyncio.ensure_future(
        read_pages(fetch, lambda page, _: PageTaken(rows=page, length=1, fresh=page < 9), page_size=1)
    )
    while len(asked) < 5:  # noqa: ASYNC110 - lets the tasks run to where they wait
        await asyncio.sleep(0)
    assert asked == [1, 2, 3, 4, 5]
    released.set()
    assert (await task).complete
    assert asked[:9] == list(range(1, 10))
    assert len(asked) <= 12


async def test_a_vendor_that_sends_less_than_asked_for_is_read_ahead_all_the_same() -> None:
    """From the second page on, a page is measured against those before it."""
    released = asyncio.Event()
    asked: list[int] = []

    async def fetch(page: int) -> int:
        asked.append(page)
        if page > 2:
            await released.wait()
        return page

    task = asyncio.ensure_future(
        read_pages(fetch, lambda page, _: PageTaken(rows=page, length=25, fresh=page < 9), page_size=100)
    )
    while len(asked) < 6:  # noqa: ASYNC110 - lets the tasks run to where they wait
        await asyncio.sleep(0)
    released.set()
    assert (await task).complete


async def test_one_short_page_asks_only_for_the_next() -> None:
    _, _, _, asked = await read(lambda page: reply(listed(1) if page == 1 else {}, 200 if page == 1 else 404), 100)
    assert asked == [1, 2]


@pytest.mark.parametrize("order", [lambda page: page, lambda page: -page, lambda page: (page * 7) % 5])
async def test_what_is_read_does_not_depend_on_which_answer_is_faster(order: Callable[[int], int]) -> None:
    taken: list[int] = []

    async def fetch(page: int) -> int:
        for _ in range(10 + order(page)):
            await asyncio.sleep(0)
        if page > 9:
            raise UnexpectedAnswer("beyond the end", status=500)
        return page

    def take(page: int, answer: int) -> PageTaken:
        taken.append(answer)
        return PageTaken(rows=page, length=1, fresh=page < 9)

    ending = await read_pages(fetch, take, page_size=1)
    assert (taken, ending.complete) == (list(range(1, 10)), True)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_later_page_that_fails_for_now_keeps_the_rows_before_it(status: int) -> None:
    codes, complete, warnings, _ = await read(
        lambda page: reply(listed(page)) if page < 4 else reply({"message": "busy"}, status)
    )
    assert codes == {code for code in FULL if code[4] in "123"}
    assert not complete
    assert len(warnings) == 1
    assert warnings[0].startswith("Page 4 could not be read, so rows are missing: AX Cloud ")
    assert warnings[0].endswith('They say: "busy".')


async def test_a_later_page_that_cannot_be_reached_keeps_the_rows_before_it() -> None:
    def answers(page: int) -> httpx.Response:
        if page == 3:
            raise httpx.ConnectError("x")
        return reply(listed(page))

    codes, complete, _, _ = await read(answers)
    assert codes == {code for code in FULL if code[4] in "12"}
    assert not complete


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda: reply({}, 401), Unauthorized),
        (lambda: reply({}, 403), Unauthorized),
        (lambda: reply({}, 400), Refused),
        (lambda: reply(b"<html>", content_type="text/html"), UnexpectedAnswer),
        (lambda: reply({"status_code": 200}), UnexpectedAnswer),
    ],
)
async def test_a_later_page_that_fails_for_good_is_an_error(
    answer: Callable[[], httpx.Response], kind: type[VendorError]
) -> None:
    with pytest.raises(kind):
        await read(lambda page: reply(listed(page)) if page < 3 else answer())


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_the_first_page_must_come(status: int) -> None:
    with pytest.raises(VendorError) as caught:
        await read(lambda page: reply({}, status))
    assert isinstance(caught.value, NotFound) is (status == 404)


async def test_pages_without_end_are_left_at_the_cap_and_called_incomplete() -> None:
    async def fetch(page: int) -> int:
        return page

    taken: list[int] = []

    def take(page: int, _: int) -> PageTaken:
        taken.append(page)
        return PageTaken(rows=page, length=1, fresh=True)

    ending = await read_pages(fetch, take, page_size=1, max_pages=20)
    assert taken == list(range(1, 21))
    assert not ending.complete
    assert ending.warnings == ("Reading stopped after 20 pages; there may be more rows.",)


async def test_rows_without_end_are_left_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_ROWS", 50)

    async def fetch(page: int) -> int:
        return page

    def take(page: int, _: int) -> PageTaken:
        return PageTaken(rows=page * 25, length=25, fresh=True)

    ending = await read_pages(fetch, take, page_size=25)
    assert ending.warnings == ("Reading stopped after 2 pages; there may be more rows.",)


async def test_what_was_fetched_beyond_the_end_is_cancelled() -> None:
    cancelled: list[int] = []
    never = asyncio.Event()

    async def fetch(page: int) -> int:
        if page > 2:
            try:
                await never.wait()
            except asyncio.CancelledError:
                cancelled.append(page)
                raise
        return page

    fetch_page: Callable[[int], Awaitable[int]] = fetch
    await read_pages(fetch_page, lambda page, _: PageTaken(rows=page, length=1, fresh=page == 1), page_size=1)
    assert cancelled == [3, 4, 5]


async def test_a_page_may_hold_a_hundred_options_of_a_year() -> None:
    """Whether ``page_size`` counts rows or options is not documented."""
    codes = [f"{n:08x}-989a-45e7-8e1c-4fe2d4231ae5" for n in range(100)]
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    options = {
        code: [
            {
                "inventory_code": f"{n:012x}",
                "date": day.isoformat(),
                "max_quantity": 25,
                "remain_quantity": 15,
                "ordered_quantity": 10,
            }
            for n, day in enumerate(days)
        ]
        for code in codes
    }
    page = {"status_code": 200, "option_codes": options}
    empty: object = {"status_code": 200, "option_codes": {}}

    def answer(request: httpx.Request) -> httpx.Response:
        return reply(page if request.url.params.get("page") == "1" else empty)

    http = mocked(answer, max_bytes=MAX_MIB[TICKETS.key] * 2**20, max_values=MAX_VALUES[TICKETS.key])
    reading = await TicketsApi(http).availability("park")
    assert len(reading.data.days) == 36_600
