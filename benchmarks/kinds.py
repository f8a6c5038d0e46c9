"""Measures of several kinds of records, two processes at a time: a core to each."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.figures import Row

DAYS, GIFTS, HOLDS = KINDS = ("ticket days", "gifts", "holds")
AT_ONCE = 2


def of_each(measure: Callable[[str, int, int], Sequence[Row]], count: int, runs: int) -> Iterator[Row]:
    """The rows of each kind. ``measure`` gets the kind, ``count`` and ``runs``, in a process that has nothing yet.

    What takes longest begins first.
    """
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
        rows = {kind: pool.submit(measure, kind, count, runs) for kind in reversed(KINDS)}
    for kind in KINDS:
        yield from rows[kind].result()
