"""A key while a refresh of 400 pages runs

The dashboard reads a product of 400 pages of 25 days, each answered after 50 ms. Once it is at rest a key is
pressed 15 ms after each answer to the one before; then `r` is pressed, and the keys go on until the reading has
come to its end. Each wait is from the press until the line below the matrix tells the other option.
"""

from collections.abc import Iterator, Sequence

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, percentile, told, within
from benchmarks.report import alone, scratch
from benchmarks.terminal import Terminal

MISSED = """\
The reading has a thread of its own, but one interpreter runs one thread at a time: while pages are taken apart
a key gets every second turn, of 1 ms; shorter turns changed nothing. The longest wait is at the end, when the new
matrix is made and drawn. At rest up to 17 ms are the framework's: it draws sixty times a second at most.
"""

PAUSE = 0.015


def measure(effort: Effort) -> Iterator[Row]:
    pages = effort.pick(400, 40)
    idle: list[float] = []
    meanwhile: list[float] = []
    with scratch() as folder, shop.large_sandbox(days=pages * 25, latency=50) as url:
        home = shop.make_home(folder / "home", url)
        columns, lines = starts.ONE_PANE
        environment = shop.environment(home, QTYDASH_TICKETS__PAGE_SIZE="25", QTYDASH_REFRESH="off")
        with Terminal([shop.QTYDASH], columns=columns, lines=lines, environment=environment) as terminal:
            terminal.wait_until(_at_rest, what="live data", timeout=120)
            terminal.settle()
            idle += _keys(terminal, seconds=3)
            for _ in range(min(effort.runs, 3)):
                terminal.press("r")
                terminal.wait_for("reading")
                meanwhile += _keys(terminal, seconds=60)
                terminal.settle()
    yield told("at rest", idle)
    yield told("at rest, 95 % within", [percentile(idle, 95)], among=len(idle))
    yield told(f"while {pages} pages are read", meanwhile)
    yield within("the same, 95 % within", [percentile(meanwhile, 95)], 10, among=len(meanwhile))
    yield told("the same, longest", [max(meanwhile)], among=len(meanwhile))


def _keys(terminal: Terminal, seconds: float) -> list[float]:
    """Press keys for ``seconds``, or until a reading that is under way has ended."""
    reading, end = not _at_rest(terminal.lines), terminal.now + seconds * 1_000
    keys = [(key, starts.explained(option)) for key, option in (("down", "option-00001"), ("up", "option-00000"))]
    return starts.typed(
        terminal, keys, PAUSE, lambda: terminal.now < end and not (reading and _at_rest(terminal.lines))
    )


def _at_rest(shown: Sequence[str]) -> bool:
    """Whether the title of the pane says live, and of no reading under way."""
    return any("day ticket" in line and " live " in line and "reading" not in line for line in shown)


if __name__ == "__main__":
    alone(measure)
