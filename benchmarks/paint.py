"""Start → first screen with cached data, one pane at 120×40

From starting the process to the read that completes the screen: the rows of the cached product and the line of
keys. All programs are started in turn in the same run. The sandbox answers after 20 ms, as it does for the
cache's first fill; what comes of it is not waited for.
"""

from collections.abc import Iterator

from benchmarks import shop, starts
from benchmarks.figures import Effort, Row, times, told
from benchmarks.report import alone, scratch

MISSED = """\
Of the fastest of twelve starts a bare app takes the terminal after 226 ms and has drawn 19 ms later. Ours takes it
after 291 ms: these are modules, of which some 65 frozen data classes at half a millisecond each are half. It has
drawn 98 ms later: the pane's module, the style sheet, fourteen widgets to mount instead of one, a full screen of
numbers to lay out and draw. Nothing is loaded that the first screen does not show.
"""


def measure(effort: Effort) -> Iterator[Row]:
    with scratch() as folder:
        home = shop.copy_read(folder / "home")
        programs = [starts.plain_python(home), starts.bare(home), starts.qtydash(home), *starts.others(home)]
        found = starts.starts(programs, starts.ONE_PANE, effort.runs)
    floor = found["bare Textual"]
    paints = [one.paint for one in floor]
    yield told("bare Textual app, one line of text", paints)
    yield times("qtydash", [one.paint for one in found["qtydash"]], paints, "bare Textual", 1.35)
    yield times(
        "qtydash, processor time",
        [one.cpu for one in found["qtydash"]],
        [one.cpu for one in floor],
        "bare Textual",
    )
    for name in ("python that prints", "visidata", "posting", "harlequin"):
        yield times(name, [one.paint for one in found[name]], paints, "bare Textual")


if __name__ == "__main__":
    alone(measure)
