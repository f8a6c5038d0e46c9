"""Start → first key answered, and keys while what comes after the first screen goes on

The first key is pressed in the moment in which the bytes of the first screen's last words come; what counts is
from then to its answer. Then a key 15 ms after each answer, for 3 s, while modules are imported, the rest of the
cache is loaded and all four vendors are read: what counts is the longest wait of each start.
"""

from collections.abc import Iterator

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, percentile, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Terminal

MISSED = """\
The first key finds the framework laying out and drawing the first screen again, three times, after it was
shown. Later the library for HTTP and the models of the answers are loaded in another thread, and two threads
that compute share one interpreter: each waits for its turn, of 1 ms.
"""

PAUSE = 0.015


def measure(effort: Effort) -> Iterator[Row]:
    seconds = effort.pick(3, 1)
    with scratch() as folder:
        home = shop.copy_read(folder / "home")
        bare, ours = starts.bare(home), starts.qtydash(home)
        first: dict[str, list[float]] = {bare.name: [], ours.name: []}
        waits: list[list[float]] = []
        for _ in range(effort.runs):
            first[bare.name].append(_first(bare, b"Nothing but a line", 0)[0])
            answered, later = _first(ours, b"quit", seconds)
            first[ours.name].append(answered)
            waits.append(later)
    yield told("bare Textual: first key", first[bare.name])
    yield within("qtydash: first key", first[ours.name], 30)
    every = [wait for run in waits for wait in run]
    yield told(f"qtydash: a key in the first {seconds} s", every)
    yield told("the same, 95 % within", [percentile(every, 95)], among=len(every))
    yield within("the same, longest of each start", [max(run) for run in waits], 50)


def _first(program: Program, last: bytes, seconds: float) -> tuple[float, list[float]]:
    """From the first screen, which is there with its ``last`` words, to the first key's answer; later waits."""
    columns, lines = starts.ONE_PANE
    written, pressed = bytearray(), False

    def heard(came: bytes) -> None:
        nonlocal pressed
        written.extend(came)
        if not pressed and last in written:
            pressed = True
            terminal.press(program.key)

    terminal = Terminal(program.argv, columns=columns, lines=lines, environment=program.environment, heard=heard)
    with terminal:
        painted = terminal.wait_for(*program.ready)
        first = terminal.wait_for(program.answered) - painted
        keys = (("up", starts.first_option()), (program.key, program.answered))
        end = painted + seconds * 1_000
        return first, starts.typed(terminal, keys, PAUSE, lambda: terminal.now < end)


if __name__ == "__main__":
    alone(measure)
