"""Idle for a minute with auto-refresh off

The overview, live, 160×48. Processor time of 20 s, three times over, each as that of a minute.
"""

from collections.abc import Iterator

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Terminal


def measure(effort: Effort) -> Iterator[Row]:
    seconds = effort.pick(20, 3)
    with scratch() as folder, shop.sandbox(20) as url:
        home = shop.make_home(folder / "home", url)
        yield told("bare Textual", _minutes(starts.bare(home), seconds / 2, 1), "s")
        dashboard = starts.qtydash(home, overview=True, QTYDASH_REFRESH="off")
        yield within("qtydash, four panes", _minutes(dashboard, seconds, 1 if effort.quick else 3), 0.2, "s")


def _minutes(program: Program, seconds: float, parts: int) -> list[float]:
    columns, lines = starts.OVERVIEW
    found = []
    with Terminal(program.argv, columns=columns, lines=lines, environment=program.environment) as terminal:
        terminal.wait_for(*program.ready)
        terminal.settle()
        terminal.rest(3)
        for _ in range(parts):
            used = terminal.cpu_ms()
            terminal.rest(seconds)
            found.append((terminal.cpu_ms() - used) / 1_000 * 60 / seconds)
    return found


if __name__ == "__main__":
    alone(measure)
