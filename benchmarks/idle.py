"""Idle for a minute with auto-refresh off

The overview, live, 160×48, nothing pressed. For a minute after a read the age of each pane counts the seconds, so
each second is drawn; from then on it counts minutes. Processor time of a part of each, as that of a minute.
"""

from collections.abc import Iterator

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Terminal

MISSED = """\
In the minute after a read nine lines are drawn each second. After it the clock still looks, once a second,
whether any age, hold or change on the screen says something else.
"""

COUNTS_MINUTES_AFTER = 62.0
"""Seconds after the last read from which its age is told in minutes."""


def measure(effort: Effort) -> Iterator[Row]:
    seconds = effort.pick(15, 3)
    with scratch() as folder, shop.sandbox(20) as url:
        home = shop.make_home(folder / "home", url)
        bare, _ = _minutes(starts.bare(home), seconds / 2, 0)
        yield told("bare Textual", [bare], "s")
        dashboard = starts.qtydash(home, overview=True, QTYDASH_REFRESH="off")
        first, later = _minutes(dashboard, seconds, 1 if effort.quick else 2)
        yield told("qtydash, four panes: the minute after a read", [first], "s")
        yield within("qtydash, four panes: a later minute", later, 0.2, "s")


def _minutes(program: Program, seconds: float, later: int) -> tuple[float, list[float]]:
    """The processor seconds of the first minute, and of ``later`` ones after it."""
    columns, lines = starts.OVERVIEW
    with Terminal(program.argv, columns=columns, lines=lines, environment=program.environment) as terminal:
        terminal.wait_for(*program.ready)
        terminal.settle()
        terminal.rest(3)
        first = _minute(terminal, seconds)
        if later:
            terminal.rest(COUNTS_MINUTES_AFTER - seconds)
        return first, [_minute(terminal, seconds) for _ in range(later)]


def _minute(terminal: Terminal, seconds: float) -> float:
    used = terminal.cpu_ms()
    terminal.rest(seconds)
    return (terminal.cpu_ms() - used) / 1_000 * 60 / seconds


if __name__ == "__main__":
    alone(measure)
