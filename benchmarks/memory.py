"""Memory, settled: four panes, and 100,000 rows

Resident memory as the system counts it, at 160×48, when the program has been idle for a second. Four
panes: after a live read of each. 100,000 rows: offline, over a cache that holds them beside what the same cache
without them takes.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from shutil import copytree

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Terminal

MISSED = """\
The floor is the second row: the framework with the libraries that any live read needs. Beyond it are the modules
and widgets of four panes, and the sandbox's 7,000 records with their texts.
"""


def measure(effort: Effort) -> Iterator[Row]:
    count = effort.pick(100_000, 5_000)
    with scratch() as folder, shop.sandbox(20) as url:
        home = shop.make_home(folder / "home", url)
        yield told("bare Textual", [_settled(starts.bare(home))], "MiB")
        yield told("the same with httpx, pydantic and sqlite3 loaded", [_settled(_libraries(home))], "MiB")
        dashboard = starts.qtydash(home, overview=True, QTYDASH_REFRESH="off")
        with ThreadPoolExecutor(2) as pool:  # a busy core changes no size
            yield within("four panes, live", list(pool.map(_settled, [dashboard] * effort.runs)), 55, "MiB")
        shop.read_all(home)
        few = [_settled(_offline(home))]
        yield told("four panes, offline", few, "MiB")
        for name, kind, sizes in (
            ("ticket days", "days", [-(-count // 366), 366]),
            ("gifts", "gifts", [count]),
            ("holds", "holds", [count]),
        ):
            yield within(
                f"{count:,} {name}: more than without",
                _more(home, folder / kind, kind, sizes, few, url),
                80,
                "MiB",
            )


def _more(
    few: Path, home: Path, kind: str, sizes: Sequence[int], without: Sequence[float], url: str
) -> list[float]:
    copytree(few, home)
    shop.fill(home, kind, *sizes, url=url)
    return [_settled(_offline(home)) - min(without)]


def _libraries(home: Path) -> Program:
    """Bare Textual in a process that has loaded what any live read needs."""
    bare = starts.bare(home)
    script = "import httpx, pydantic, sqlite3; from benchmarks.apps.bare import Bare; Bare().run()"
    return replace(bare, argv=[shop.PYTHON, "-c", script])


def _offline(home: Path) -> Program:
    return Program("qtydash", [shop.QTYDASH, "--offline"], shop.environment(home), ("q quit",), "", "")


def _settled(program: Program) -> float:
    columns, lines = starts.OVERVIEW
    with Terminal(program.argv, columns=columns, lines=lines, environment=program.environment) as terminal:
        terminal.wait_for(*program.ready)
        terminal.settle()
        terminal.rest(1)
        terminal.settle()
        return terminal.resident_mib()


if __name__ == "__main__":
    alone(measure)
