"""``python -m tests.proof``: make the figures of the proof, print them, and exit 1 where one does not hold."""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.proof import NAMES, page
from tests.proof.figure import Figure, Outcome, joined, module
from tests.proof.piece import outcome

AT_ONCE = 5
"""Pieces that run at one time, for two cores: half of them wait for a terminal, a process or a deadline."""
WITHIN = 1_800.0
"""Seconds after which a piece is broken."""
_PIECES = 8


def pieces(figure: Figure, count: int, seed: int) -> list[tuple[int, int]]:
    """The count and the first seed of each piece of a run."""
    among = 1 if figure.alone else min(_PIECES, count)
    size, more = divmod(count, max(1, among))
    parts = [size + (n < more) for n in range(among)]
    return [(part, seed + sum(parts[:n])) for n, part in enumerate(parts)]


def make(counts: Mapping[str, int], seed: int) -> dict[str, Outcome]:
    """Run so many cases of each figure, and say of each what it gave as soon as that is known."""
    figures = {name: module(name).FIGURE for name in counts}
    together = [name for name, figure in figures.items() if not figure.alone]
    made: dict[str, Outcome] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = {
            name: [
                pool.submit(outcome, name, part, first, within=WITHIN)
                for part, first in pieces(figures[name], counts[name], seed)
            ]
            for name in together
        }
        for name, parts in waiting.items():
            made[name] = joined(each.result() for each in parts)
            _show(name, figures[name], made[name])
    for name in (name for name in counts if name not in waiting):
        made[name] = joined(
            outcome(name, part, first, within=WITHIN) for part, first in pieces(figures[name], counts[name], seed)
        )
        _show(name, figures[name], made[name])
    return made


def _show(name: str, figure: Figure, told: Outcome) -> None:
    verdict = "; ".join(page.unmet(figure, told)) or "holds"
    _say(f"{name}: {told.ran:,} {figure.unit} in {told.seconds:.0f} s of a process: {verdict}")
    counted = ", ".join(page.counted(told))
    _say(f"    {counted}")
    for failure in told.failures[:5]:
        _say(f"    seed {failure.seed}: {failure.told}")
        _say(f"    again: {page.again(name, failure.seed)}")
    if len(told.failures) > 5:
        _say(f"    and {len(told.failures) - 5:,} more")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--full", action="store_true", help="as many cases as the page promises, not a subset")
    parser.add_argument("--only", action="append", metavar="NAME", help=f"of {', '.join(NAMES)}; may be repeated")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the seed of the first case (0)")
    parser.add_argument("--count", type=int, metavar="N", help="so many cases of each figure")
    parser.add_argument("--write", action="store_true", help=f"write docs/{page.PAGE.name}")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.only or () if name not in NAMES]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(NAMES)}")
    counts = {
        name: (figure.full if given.full else figure.subset) if given.count is None else given.count
        for name in NAMES
        if name in (given.only or NAMES)
        for figure in (module(name).FIGURE,)
    }
    begun = time.perf_counter()
    made = make(counts, given.seed)
    if given.write:
        page.PAGE.write_text(page.text(made, given.seed, time.perf_counter() - begun), encoding="utf-8")
    failed = [
        name for name, told in made.items() if told.ran < counts[name] or page.unmet(module(name).FIGURE, told)
    ]
    _say(f"{len(made) - len(failed)} of {len(made)} figures hold, on {os.cpu_count()} cores.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
