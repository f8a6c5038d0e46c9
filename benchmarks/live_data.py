"""Start → live data on the screen, the server answering after 20 ms

Before each start one ticket is sold or given back, so that the number under the cursor in the cache is not the
live one: the wait is from the first screen to the live number, and in the overview to `live` in the titles of
all panes. The product has 5,600 days: 57 pages as a profile asks for them, 12 where it says `page_size = 500`,
which is started three times only.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, told, within
from benchmarks.report import alone, scratch
from benchmarks.terminal import Terminal
from qtydash.sandbox.data.tickets import ADULT

MISSED = """\
The pages themselves are a small part, as those of 500 days show: four at a time where no last page is told, eight
once eight came, 57 pages of 20 ms are 9 rounds. Most of it is one interpreter that draws the first screen, answers
keys, loads httpx, pydantic and the models (300 ms of processor time alone) and takes the answers apart, by turns.
A larger page than 100 is not asked for as the vendor does not say how large one may be. The other panes wait for
what is on the screen first.
"""

FEW = 3
"""Starts of what only gives the others their scale."""


def measure(effort: Effort) -> Iterator[Row]:
    with scratch() as folder, _given_back(url := shop.read_once()[0]):
        home = shop.copy_read(folder / "home")
        one_pane, few_pages, overview = [], [], []
        _until_live(url, home, starts.ONE_PANE, 1)
        for run in range(effort.runs):
            one_pane.append(_until_live(url, home, starts.ONE_PANE, -1 if run % 2 else 1))
            overview.append(_until_live(url, home, starts.OVERVIEW, 1 if run % 2 else -1))
            if run < FEW:
                few_pages.append(
                    _until_live(url, home, starts.ONE_PANE, -1 if run % 2 else 1, QTYDASH_TICKETS__PAGE_SIZE="500")
                )
    yield within("one pane: the live number, after the first screen", one_pane, 400)
    yield told("the same, pages of 500 days", few_pages)
    yield within("overview: all four panes live, after the first screen", overview, 400)


@contextmanager
def _given_back(url: str) -> Iterator[None]:
    """Let as many tickets be left afterwards as before."""
    before = _sell(url, 0)
    try:
        yield
    finally:
        _sell(url, _sell(url, 0) - before)


def _until_live(url: str, home: Path, size: tuple[int, int], sold: int, **variables: str) -> float:
    left = _sell(url, sold)
    four = size == starts.OVERVIEW
    program = starts.qtydash(home, overview=four, **variables)
    columns, lines = size
    with Terminal(program.argv, columns=columns, lines=lines, environment=program.environment) as terminal:
        painted = terminal.wait_for(*program.ready)
        live = terminal.wait_for(f" {left} left of 40")
        if four:
            titles = 8  # of the panes, and in the header
            live = terminal.wait_until(
                lambda shown: sum(line.count(" live ") for line in shown) >= titles, what="live in each title"
            )
        return live - painted


def _sell(url: str, quantity: int) -> int:
    """Order that many adult tickets for today; what is left."""
    asked = {
        "product_code": shop.PRODUCT,
        "option_code": ADULT,
        "date": datetime.now(UTC).date().isoformat(),
        "ordered": quantity,
    }
    with urlopen(Request(f"{url}/_sandbox/tickets", json.dumps(asked).encode(), method="POST")) as answer:
        return int(json.load(answer)["left"])


if __name__ == "__main__":
    alone(measure)
