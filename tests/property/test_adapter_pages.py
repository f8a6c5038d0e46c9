"""However rows are spread over pages, in whatever order answers come: exactly the set of rows comes out."""

import asyncio
import json
import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qtydash.adapters.answers import Answer
from qtydash.adapters.gifts import _Gifts
from qtydash.adapters.paging import read_pages
from qtydash.adapters.tickets import _Days
from qtydash.domain.errors import NotFound

START = date(2026, 1, 1)
ENDINGS = st.sampled_from(["empty", "404", "last again", "first again", "void"])


def record(number: int) -> dict[str, object]:
    return {
        "inventory_code": f"inventory-{number}",
        "date": str(START + timedelta(days=number % 30)),
        "max_quantity": 10,
        "remain_quantity": number % 11,
        "ordered_quantity": 10 - number % 11,
    }


@st.composite
def spreads(draw: st.DrawFn) -> list[list[int]]:
    """Pages of record numbers: every page brings something new, some repeat what came before, any length."""
    pages: list[list[int]] = []
    number = 0
    for _ in range(draw(st.integers(min_value=1, max_value=9))):
        new = draw(st.integers(min_value=1, max_value=5))
        page = list(range(number, number + new))
        if number:
            page += draw(st.lists(st.integers(min_value=0, max_value=number - 1), max_size=3))
        number += new
        pages.append(draw(st.permutations(page)))
    return pages


def inventory(numbers: list[int], shape: str) -> bytes:
    options: dict[str, list[object]] = {}
    for number in numbers:
        options.setdefault(f"option-{number % 3}", []).append(record(number))
    if shape == "list":
        rows = [{**record(n), "option_code": f"option-{n % 3}"} for n in numbers]
        return json.dumps({"status_code": 200, "data": rows}).encode()
    return json.dumps({"status_code": 200, shape: options}).encode()


@given(
    pages=spreads(),
    ending=ENDINGS,
    shape=st.sampled_from(["option_codes", "data", "options", "list"]),
    page_size=st.integers(min_value=1, max_value=8),
    seed=st.integers(),
)
@settings(max_examples=300, deadline=None)
def test_tickets_give_exactly_the_rows(
    pages: list[list[int]], ending: str, shape: str, page_size: int, seed: int
) -> None:
    clock = random.Random(seed)

    async def fetch(page: int) -> Answer:
        for _ in range(clock.randrange(6)):
            await asyncio.sleep(0)
        if page <= len(pages):
            return Answer(200, inventory(pages[page - 1], shape), redact=str)
        match ending:
            case "404":
                raise NotFound("beyond the end")
            case "last again":
                return Answer(200, inventory(pages[-1], shape), redact=str)
            case "first again":
                return Answer(200, inventory(pages[0], shape), redact=str)
            case "void":
                return Answer(200, b'{"status_code":200,"option_codes":"Void"}', redact=str)
            case _:
                return Answer(200, inventory([], shape), redact=str)

    found = _Days()
    result = asyncio.run(read_pages(fetch, found.take, page_size=page_size))
    wanted = {number for page in pages for number in page}
    codes = [day.inventory_code for day in found.in_order()]
    assert sorted(codes) == sorted(f"inventory-{number}" for number in wanted)
    assert result.complete
    assert found.warnings() == ()


@given(
    total=st.integers(min_value=0, max_value=60),
    per_page=st.integers(min_value=1, max_value=9),
    counted=st.booleans(),
    seed=st.integers(),
)
@settings(max_examples=200, deadline=None)
def test_gifts_give_exactly_the_rows(total: int, per_page: int, counted: bool, seed: int) -> None:
    clock = random.Random(seed)

    async def fetch(page: int) -> Answer:
        for _ in range(clock.randrange(6)):
            await asyncio.sleep(0)
        numbers = range((page - 1) * per_page, min(page * per_page, total))
        pagination = {"total_pages": -(-total // per_page), "total_count": total} if counted else {}
        items = [{"id": f"gift-{number}", "quantity": number} for number in numbers]
        return Answer(200, json.dumps({"items": items, "pagination": pagination}).encode(), redact=str)

    found = _Gifts()
    result = asyncio.run(read_pages(fetch, found.take, page_size=per_page))
    assert list(found.rows) == [f"gift-{number}" for number in range(total)]
    assert result.complete
    assert found.drift() == ""
