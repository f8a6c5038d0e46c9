"""Start → first key answered, and keys while what comes after the first screen goes on

The first key is pressed when the first screen has been seen; its wait is from the press to its answer on the
screen. Then a key every 15 ms for 3 s, while modules are imported, the rest of the cache is loaded and all four
vendors are read: what counts is the longest wait of each start.
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
    with scratch() as folder, shop.sandbox(20) as url:
        home = shop.make_home(folder / "home", url)
        shop.read_all(home)
        bare, ours = starts.bare(home), starts.qtydash(home)
        answers: dict[str, list[float]] = {bare.name: [], ours.name: []}
        waits: list[list[float]] = []
        for _ in range(effort.runs):
            answers[bare.name].append(starts.start(bare, starts.ONE_PANE).answer)
            first, later = _keys(ours, seconds)
            answers[ours.name].append(first)
            waits.append(later)
    yield told("bare Textual: first key, from its press", answers[bare.name])
    yield within("qtydash: first key, from its press", answers[ours.name], 30)
    every = [wait for run in waits for wait in run]
    yield told(f"qtydash: a key in the first {seconds} s", every)
    yield told("the same, 95 % within", [percentile(every, 95)])
    yield within("the same, longest of each start", [max(run) for run in waits], 50)


def _keys(program: Program, seconds: float) -> tuple[float, list[float]]:
    columns, lines = starts.ONE_PANE
    with Terminal(program.argv, columns=columns, lines=lines, environment=program.environment) as terminal:
        painted = terminal.wait_for(*program.ready)
        first = terminal.answer(program.key, program.answered)
        later, keys = [], 0
        while terminal.now < painted + seconds * 1_000:
            key, words = (program.key, program.answered) if keys % 2 else ("up", starts.first_option())
            later.append(terminal.answer(key, words))
            terminal.rest(PAUSE)
            keys += 1
        return first, later


if __name__ == "__main__":
    alone(measure)
