"""How many pages are asked for at once."""

import asyncio

import pytest

from qtydash.adapters.paging import MANY, WIDTH, WIDTH_TOLD, PageTaken, read_pages


@pytest.mark.parametrize(
    ("told", "pages", "width"),
    [(True, 40, WIDTH_TOLD), (False, MANY, WIDTH), (False, 40, WIDTH_TOLD)],
    ids=["a last page is told", "none is told", "none is told, but many came"],
)
def test_as_many_at_once_as_is_worth_while(told: bool, pages: int, width: int) -> None:
    under_way, most = 0, 0

    async def fetch(page: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return page

    def take(page: int, answer: int) -> PageTaken:
        return PageTaken(page, 1, fresh=page < pages, last=pages if told else None)

    asyncio.run(read_pages(fetch, take, page_size=1))
    assert most == width
