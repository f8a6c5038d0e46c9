"""Start → first screen with cached data, all four panes at 160×48

As for one pane, complete with rows in each of the four. The second floor is the framework with four panes of
made-up rows (`apps/bare_panes.py`): 18 widgets with nothing behind them.
"""

from collections.abc import Iterator

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, times, told
from benchmarks.report import alone, scratch

MISSED = """\
The framework is not the floor here: four panes of 18 widgets cost it a tenth more at most. Ours takes the terminal
when it does with one pane, and has drawn 256 ms later (98 with one pane, 19 a bare app, the fastest of twelve
starts each). 72 widgets are made, styled and placed, a quarter of which are hidden at first (notice, message, line
to filter by), the style sheet being applied to each nearly three times, also when the screen resumes. The modules
of the three further panes are 40 ms of it, what the cache holds for them 15.
"""


def measure(effort: Effort) -> Iterator[Row]:
    with scratch() as folder:
        home = shop.copy_read(folder / "home")
        programs = [starts.bare(home), starts.bare_panes(home), starts.qtydash(home, overview=True)]
        found = starts.starts(programs, starts.OVERVIEW, effort.runs)
    floor = found["bare Textual"]
    yield told("bare Textual app, one line of text", [one.paint for one in floor])
    panes, ours = found["Textual with four panes"], found["qtydash"]
    paints = [one.paint for one in ours]
    yield times(
        "Textual with four panes", [one.paint for one in panes], [one.paint for one in floor], "bare Textual"
    )
    yield times("qtydash", paints, [one.paint for one in floor], "bare Textual", 1.6)
    yield times("qtydash beside four panes", paints, [one.paint for one in panes], "Textual with four panes")
    yield times("qtydash, processor time", [one.cpu for one in ours], [one.cpu for one in floor], "bare Textual")


if __name__ == "__main__":
    alone(measure)
