"""Start → first screen with cached data, all four panes at 160×48

As for one pane, complete with rows in each of the four. The second floor is the framework with four panes of
made-up rows (`apps/bare_panes.py`): 18 widgets with nothing behind them.
"""

from collections.abc import Iterator

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, times, told
from benchmarks.report import alone, scratch

MISSED = """\
The framework is not the floor here: four panes of 18 widgets cost it a tenth more. Ours are 72 widgets, a quarter
of which are hidden at first (notice, message, line to filter by). To make, style and place them is two fifths of
the time; the style sheet is applied to each nearly three times, also when the screen resumes. The modules of the
three further panes are a fifth of what one pane does not take, what the cache holds for them a tenth.
"""


def measure(effort: Effort) -> Iterator[Row]:
    with scratch() as folder:
        home = shop.copy_read(folder / "home")
        programs = [starts.bare(home), starts.bare_panes(home), starts.qtydash(home, overview=True)]
        found = starts.starts(programs, starts.OVERVIEW, 2 * effort.runs + 1)
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
