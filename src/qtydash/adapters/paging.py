"""Reading all pages, several at a time, so that what comes out never depends on which answer was faster.

Pages are fetched ahead of need and consumed strictly in order. Reading ends where the pages say so, not where
they happen to arrive; what was fetched beyond the end is thrown away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from qtydash.domain.errors import NotFound, RateLimited, UnexpectedAnswer, Unreachable, VendorError
from qtydash.domain.snapshot import OnProgress, Progress

P = TypeVar("P")

WIDTH = 4
"""Requests at once where only the next page tells whether there is one."""
WIDTH_TOLD = 8
"""Where the vendor tells how many pages there are, so that none is asked for in vain, or many came already."""
MANY = 8
"""Pages after which a few more in vain are few beside those that were read."""
MAX_PAGES = 1_000
MAX_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class PageTaken:
    """What one page brought: ``length`` entries. ``rows`` counts the rows of all pages so far, ``fresh`` says
    that some of this page's had not come before.
    """

    rows: int
    length: int
    fresh: bool
    last: int | None = None
    """The number of the last page, where the vendor tells it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Whether everything was read, and if not, why."""

    complete: bool = True
    warnings: tuple[str, ...] = ()


async def read_pages(
    fetch: Callable[[int], Awaitable[P]],
    take: Callable[[int, P], PageTaken],
    *,
    page_size: int,
    on_progress: OnProgress | None = None,
    width: int = WIDTH,
    width_told: int = WIDTH_TOLD,
    max_pages: int = MAX_PAGES,
) -> Ending:
    """Fetch pages 1, 2, … several at once and ``take`` them in order.

    The first page is asked for alone. Where a last page is told, ``width_told`` are asked for at once. Where
    none is, ``width`` ahead are asked for after a page that is full (as long as the longest before it, or as
    ``page_size``), or ``width_told`` after ``MANY`` pages, else one: that a page is short ends nothing, it only
    makes fetching ahead less worth while.

    Ends after the last page where one is told; else at a page with nothing fresh, and at 404 from page 2 on.
    From page 2 on, a vendor that cannot be reached, has trouble (5xx) or limits the rate ends the read as
    incomplete; so do the caps. Every other error is raised.
    """
    waiting: dict[int, asyncio.Future[P]] = {}
    page, ahead, last, longest = 1, 1, max_pages, 0
    try:
        while True:
            for number in range(page, min(page + ahead, last + 1)):
                if number not in waiting:
                    waiting[number] = asyncio.ensure_future(fetch(number))
            try:
                taken = take(page, await waiting.pop(page))
            except NotFound:
                if page == 1:
                    raise
                return Ending()
            except VendorError as error:
                if page == 1 or not _is_passing(error):
                    raise
                return Ending(False, (f"Page {page} could not be read, so rows are missing: {error.reason}",))
            if on_progress is not None:
                on_progress(Progress(page, taken.rows, taken.last))
            if (not taken.fresh) if taken.last is None else page >= taken.last:
                return Ending()
            if page >= max_pages or taken.rows >= MAX_ROWS:
                return Ending(False, (f"Reading stopped after {page} pages; there may be more rows.",))
            page += 1
            last = max_pages if taken.last is None else min(taken.last, max_pages)
            full = taken.length >= (longest or page_size)
            ahead = width_told if taken.last is not None or (full and page > MANY) else width if full else 1
            longest = max(longest, taken.length)
    finally:
        for future in waiting.values():
            future.cancel()
        await asyncio.gather(*waiting.values(), return_exceptions=True)


def _is_passing(error: VendorError) -> bool:
    """Whether the trouble is the moment's, so that the pages already read are worth showing."""
    if isinstance(error, UnexpectedAnswer):
        return error.status is not None and error.status >= 500
    return isinstance(error, Unreachable | RateLimited)
