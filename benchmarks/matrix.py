"""The date matrix of 200 options × 366 days: fill → paint, a key in view, a key that scrolls sideways

The dashboard runs offline over a cache that holds the product. `m` shows another number of each day. *Fill* is a
dashboard whose matrix takes nothing over from the one before (`apps/filled_anew.py`): with each `m` it is made
from the 73,200 records and painted. *Another number* is the dashboard as it is, which knows the options, the dates
and the sums already. A key moves the cursor by a day; it is answered when the line below the matrix tells that
day. The processor time of a key is that of ten in a row, divided by ten. The framework's table shows the same
days, its cursor's day below it; it is filled once only, and asked for three keys of a kind.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, faster, processor, short, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Seen, Terminal

MISSED = """\
A fill puts each record under its option and day, and counts the days of each kind; of a live reading another
thread does that. Then a screen of some 400 cells is drawn. Half of a key's processor time is the framework putting
the screen together again: for the two changed rows and the line below it asks every widget on the screen for all
of its lines. Drawing the two rows is a tenth. The past of the day under the cursor is read from SQLite at
each key, 1 ms.
"""

BATCH, TABLE_RUNS = 10, 3
QUIET = 0.05
"""Seconds at rest before a key: three frames."""
IN_VIEW = 15
"""Days that are on the screen at once, at least."""


@dataclass(slots=True)
class Found:
    fill: list[float] = field(default_factory=list)
    fill_cpu: list[float] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    key_cpu: list[float] = field(default_factory=list)
    scroll: list[float] = field(default_factory=list)
    scroll_cpu: list[float] = field(default_factory=list)


def measure(effort: Effort) -> Iterator[Row]:
    options, days = effort.pick(200, 20), effort.pick(366, 60)
    today = datetime.now(UTC).date()
    with scratch() as folder:
        home = shop.make_home(folder / "home")
        shop.fill(home, "days", options, days)
        ours = Program(
            "qtydash",
            [shop.QTYDASH, "--offline"],
            shop.environment(home),
            (f"{options} options, {days} days", f"{today}"),
            "m",
            "",
        )
        table = Program(
            "DataTable",
            [shop.PYTHON, "-m", "benchmarks.apps.table_matrix", str(options), str(days)],
            shop.environment(home, PYTHONPATH=str(shop.ROOT)),
            ("option-00000", "no day"),
            "m",
            "",
        )
        anew = replace(
            ours,
            argv=[shop.PYTHON, "-m", "benchmarks.apps.filled_anew", "--offline"],
            environment=shop.environment(home, PYTHONPATH=str(shop.ROOT)),
        )
        filled = _measured(anew, today, effort.runs, 0, BATCH, 0)
        mine = _measured(ours, today, effort.runs, effort.runs, BATCH, 2 * IN_VIEW)
        theirs = _measured(table, today, 0, min(effort.runs, TABLE_RUNS), 1, IN_VIEW + 1)
    yield within("fill → paint", filled.fill, 20, beside=processor(filled.fill_cpu))
    yield faster("fill → paint beside DataTable", filled.fill, theirs.fill, "DataTable")
    yield told("another number → paint", mine.fill, beside=processor(mine.fill_cpu))
    yield within("key in view, processor time", mine.key_cpu, 5, beside=_waited(mine.key))
    yield faster("key in view beside DataTable, processor time", mine.key_cpu, theirs.key_cpu, "DataTable")
    yield within("scrolling key, processor time", mine.scroll_cpu, 14, beside=_waited(mine.scroll))
    yield faster(
        "scrolling key beside DataTable, processor time", mine.scroll_cpu, theirs.scroll_cpu, "DataTable", 50
    )


def _measured(program: Program, today: date, fills: int, runs: int, batch: int, off_screen: int) -> Found:
    """``off_screen`` days from today is where a step to the right scrolls."""
    columns, lines = starts.ONE_PANE
    found = Found()
    with Terminal(program.argv, columns=columns, lines=lines, environment=program.environment) as terminal:
        terminal.wait_for(*program.ready, timeout=180)
        terminal.settle(QUIET)
        for fill in range(fills + 1):
            before = _first_row(terminal.lines)
            cpu = terminal.cpu_ms()
            pressed = terminal.press("m")
            painted = terminal.wait_until(_filled_unlike(before), what="other numbers", timeout=180)
            terminal.settle(QUIET)
            if fill or not fills:  # the first time takes longer; the table was filled when it was mounted
                found.fill.append(painted - pressed)
                found.fill_cpu.append(terminal.cpu_ms() - cpu)
        if not runs:
            return found
        at = 0
        if str(today) not in terminal.text:  # the table's cursor begins on the option's name
            terminal.press("right", "right")
            terminal.wait_for(str(today))
        for _ in range(runs):
            for step in (1, -1):
                found.key_cpu.append(_keys(terminal, today, at, step, batch, found.key))
                at += step * batch
        while at < off_screen:
            at += 1
            terminal.answer("right", str(today + timedelta(days=at)))
        for _ in range(runs):
            found.scroll_cpu.append(_keys(terminal, today, at, 1, batch, found.scroll))
            at += batch
    return found


def _waited(values: Sequence[float]) -> str:
    return f"press to answer: {short(median(values), 'ms')}"


def _keys(terminal: Terminal, today: date, at: int, step: int, count: int, waits: list[float]) -> float:
    """Press a key ``count`` times; the processor time of one."""
    terminal.settle(QUIET)
    cpu = terminal.cpu_ms()
    for number in range(1, count + 1):
        on = today + timedelta(days=at + step * number)
        waits.append(terminal.answer("right" if step > 0 else "left", str(on)))
    terminal.settle(QUIET)
    return (terminal.cpu_ms() - cpu) / count


def _first_row(shown: Sequence[str]) -> str:
    """The numbers of the first option, "" while there are none."""
    return next((line for line in shown if re.search(r"00000 +\d+ +\d", line)), "")


def _filled_unlike(before: str) -> Seen:
    return lambda shown: _first_row(shown) not in ("", before)


if __name__ == "__main__":
    alone(measure)
