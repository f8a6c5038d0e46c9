"""Idle for a minute with auto-refresh off

The overview, 160×48, nothing pressed. For a minute after a read the age of each pane counts the seconds, so each
second is drawn; from then on it counts minutes, as it does of what was read ten minutes ago and is shown
`--offline`. Processor time of ten seconds, as that of a minute; all programs are idle at the same time, three
of the last kind.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from time import monotonic

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Terminal

MISSED = """\
In the minute after a read nine lines are drawn each second. After it the clock still looks, once a second,
whether any age, hold or change on the screen says something else, so that none is told wrongly for longer than
that: 1 to 2 ms. A hold younger than an hour counts seconds, and drawing its line takes 3 to 4 ms.
"""

AGO = timedelta(minutes=10)
RUNS = 3
"""Programs of each kind that are idle at once."""


def measure(effort: Effort) -> Iterator[Row]:
    seconds, runs = effort.pick(10, 3), min(effort.runs, RUNS)
    with scratch() as folder:
        live = shop.make_home(folder / "live", shop.read_once()[0])
        earlier = shop.copy_read(folder / "earlier")
        shop.set_read_at(earlier, datetime.now(UTC) - AGO)
        bare = [starts.bare(live)]
        after_a_read = [starts.qtydash(live, overview=True, QTYDASH_REFRESH="off")]
        later = [starts.qtydash(earlier, "--offline", overview=True, QTYDASH_REFRESH="off") for _ in range(runs)]
        used = _minutes([*bare, *after_a_read, *later], seconds)
        yield told("bare Textual", used[:1], "s")
        yield told("qtydash, four panes: the minute after a read", used[1:2], "s")
        yield within("qtydash, four panes: a later minute, shown offline", used[2:], 0.2, "s")


def _minutes(programs: Sequence[Program], seconds: float) -> list[float]:
    """The processor seconds of each in a minute, all of them on the screen and at rest."""
    columns, lines = starts.OVERVIEW
    with ExitStack() as stack:
        terminals = []
        for program in programs:
            terminal = Terminal(program.argv, columns=columns, lines=lines, environment=program.environment)
            terminals.append(stack.enter_context(terminal))
        for program, terminal in zip(programs, terminals, strict=True):
            terminal.wait_for(*program.ready)
            terminal.settle()
        _rest(terminals, 3)
        used = [terminal.cpu_ms() for terminal in terminals]
        _rest(terminals, seconds)
        return [
            (terminal.cpu_ms() - before) / 1_000 * 60 / seconds
            for terminal, before in zip(terminals, used, strict=True)
        ]


def _rest(terminals: Sequence[Terminal], seconds: float) -> None:
    """Let ``seconds`` pass and take what the programs write: none may have to wait for that."""
    end = monotonic() + seconds
    while monotonic() < end:
        for terminal in terminals:
            terminal.rest(0.02)


if __name__ == "__main__":
    alone(measure)
