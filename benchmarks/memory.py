"""Memory, settled: four panes, and 100,000 rows

Resident memory as the system counts it, at 160×48, when the program has been idle for a second. Four
panes: after a live read of each. 100,000 rows: offline, over a cache that holds them beside what the same cache
without them takes.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Terminal

AT_ONCE = 3
"""Programs at a time: a busy core changes no size."""

MISSED = """\
The floor is the second row: the framework with the libraries that any live read needs. Of what Python holds, two
fifths are the code of 845 modules, as `tracemalloc` counts. Beyond the floor are those of four panes, of
sqlite-utils and of what checks a configuration, their widgets, and the sandbox's 7,000 records with their texts.
"""


def measure(effort: Effort) -> Iterator[Row]:
    count = effort.pick(100_000, 5_000)
    large = {
        "ticket days": ("days", [-(-count // 366), 366]),
        "gifts": ("gifts", [count]),
        "holds": ("holds", [count]),
    }
    with scratch() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        home = shop.make_home(folder / "home", shop.read_once()[0])
        homes = [shop.make_home(folder / f"live-{run}", shop.read_once()[0]) for run in range(effort.runs)]
        dashboards = [starts.qtydash(each, overview=True, QTYDASH_REFRESH="off") for each in homes]
        more = {name: pool.submit(_with, folder / name, *of) for name, of in large.items()}
        live = pool.map(_settled, dashboards)
        bare, libraries = pool.map(_settled, [starts.bare(home), _libraries(home)])
        few = _settled(_offline(shop.copy_read(folder / "few")))
        yield told("bare Textual", [bare], "MiB")
        yield told("the same with httpx, pydantic and sqlite3 loaded", [libraries], "MiB")
        yield within("four panes, live", list(live), 55, "MiB")
        yield told("four panes, offline", [few], "MiB")
        for name, found in more.items():
            yield within(f"{count:,} {name}: more than without", [found.result() - few], 80, "MiB")


def _with(home: Path, kind: str, sizes: Sequence[int]) -> float:
    """Over a cache that holds as many records as well."""
    shop.copy_read(home)
    shop.fill(home, kind, *sizes, url=shop.read_once()[0])
    return _settled(_offline(home))


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
