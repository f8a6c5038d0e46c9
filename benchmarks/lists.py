"""Gift and order-quantity lists of 1,000, 100,000 and 1,000,000 rows: populate, key, filter, sort

The dashboard runs offline over a cache that holds the rows. *Open* is from the key of the pane to its rows: the
cache is read, and what is looked for in a list later is made ready; the two largest are opened at the same time,
a core to each, and one is stopped while the other is measured. *Populate* is from emptying the filter line, which
matched nothing, to the rows on the screen: they are there already, so it should not depend on how many they are.
*Key* moves the cursor by a row, *page key* by a screenful; each is answered when the lines below the list tell
another row, and its processor time is that of several in a row divided by their number. *Sort* is each press of
`s`, *filter* each of the two keystrokes of a word, from its press to the first screen of matches, with the rows as
the last sort left them. The framework's table shows the same gifts in columns of a fixed width; where ours has
100,000 it has 5,000, since it takes ten times as long for ten times as many.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import data, shop, starts
from benchmarks.figures import Effort, Row, faster, processor, short, times, told, within
from benchmarks.report import alone, scratch
from benchmarks.starts import Program
from benchmarks.terminal import Seen, Terminal

BATCH, PAGES = 5, 3
"""Keys pressed in a row."""
QUIET = 0.05
"""Seconds at rest before a key: three frames."""
SORTS = 4
TABLE = 5_000
"""The most rows that the framework's table is given."""
NOTHING = "~"
"""Typed into the filter, it matches no row."""
WORDS = ("77", "33", "55", "88", "22", "66", "44", "99", "11")
"""Typed into it, one after the other, until enough of them were counted."""
MILLION = 1_000_000
FLAT = 1.5
_TELLS = re.compile(r"\bid:? (gift-|hold-|SKU-|cart-|sorted)")
_NAMES = {"gifts": ("gift", "SKU-", "2"), "holds": ("order-qty", "cart-", "4")}
"""What each list is called here, how what tells its rows begins, and the key of its pane."""

MISSED = """\
Populate is two drawings: the framework's line to filter by, and the list, of which each line is made anew. As in
the matrix, half of a key is the framework asking every widget on the screen for its lines. A filter
looks through the text of every row, joined once; what is left is that, and the drawing of a new screen.
"""


@dataclass(slots=True)
class Found:
    opened: list[float] = field(default_factory=list)
    populate: list[float] = field(default_factory=list)
    populate_cpu: list[float] = field(default_factory=list)
    key_cpu: list[float] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    page_cpu: list[float] = field(default_factory=list)
    typed: list[float] = field(default_factory=list)
    typed_first: list[float] = field(default_factory=list)
    sort: list[float] = field(default_factory=list)
    sort_cpu: list[float] = field(default_factory=list)


def measure(effort: Effort) -> Iterator[Row]:
    sizes = (1_000, 20_000) if effort.quick else (1_000, 100_000, MILLION)
    with scratch() as folder:
        wanted = [(kind, size) for size in reversed(sizes) for kind in _NAMES]
        with ThreadPoolExecutor(2) as pool:  # nothing is measured yet
            homes = dict(zip(wanted, pool.map(lambda each: _home(folder, *each), wanted), strict=True))
        ours = {
            (kind, size): found
            for size in sizes
            for together in ([tuple(_NAMES)] if size == sizes[-1] else [(kind,) for kind in _NAMES])
            for kind, found in _ours({kind: homes[kind, size] for kind in together}, size, effort.runs).items()
        }
    theirs = {size: _table("gifts", min(size, TABLE), min(effort.runs, 3)) for size in sizes[:2]}
    for kind, (name, *_) in _NAMES.items():
        found = {size: ours[kind, size] for size in sizes}
        yield from _rows(name, sizes, found, theirs if kind == "gifts" else {})


def _rows(name: str, sizes: Sequence[int], found: dict[int, Found], theirs: dict[int, Found]) -> Iterator[Row]:
    for size in sizes:
        of = f"{name} list, {size:,} rows"
        ours, table = found[size], theirs.get(size)
        yield told(f"{of}: open", ours.opened)
        yield within(f"{of}: populate", ours.populate, 50, beside=processor(ours.populate_cpu))
        waited = f"press to answer: {short(median(ours.key), 'ms')}"
        yield within(f"{of}: key, processor time", ours.key_cpu, 5, beside=waited)
        yield told(f"{of}: page key, processor time", ours.page_cpu)
        typed = (f"{of}: filter, first keystroke", ours.typed_first), (f"{of}: filter, each keystroke", ours.typed)
        for words, times_of in typed:
            yield within(words, times_of, 50) if size == sizes[1] else told(words, times_of)
        yield told(f"{of}: sort", ours.sort, beside=processor(ours.sort_cpu))
        if size != sizes[0]:
            least, few = found[sizes[0]], f"{sizes[0]:,} rows"
            yield times(f"{of}: populate, processor time", ours.populate_cpu, least.populate_cpu, few, FLAT)
            yield times(f"{of}: key, processor time", ours.key_cpu, least.key_cpu, few, FLAT)
        if table is not None:
            of_table = "DataTable" if size <= TABLE else f"DataTable with {TABLE:,}"
            yield faster(f"{of}: populate beside DataTable", ours.populate, table.populate, of_table)
            yield faster(f"{of}: key beside DataTable", ours.key_cpu, table.key_cpu, of_table)
            yield faster(f"{of}: filter beside DataTable", ours.typed, table.typed, of_table)
            yield faster(f"{of}: sort beside DataTable", ours.sort, table.sort, of_table)


def _home(folder: Path, kind: str, size: int) -> Path:
    home = shop.make_home(folder / f"{kind}-{size}")
    shop.fill(home, kind, size)
    return home


def _ours(homes: Mapping[str, Path], size: int, runs: int) -> dict[str, Found]:
    """The lists of ``size`` rows: opened at the same time, a core to each, and measured in turn."""
    with ExitStack() as stack:
        terminals = {}
        for kind, home in homes.items():
            program = Program("qtydash", [shop.QTYDASH, "--offline"], shop.environment(home), (), "", "")
            terminals[kind] = stack.enter_context(_terminal(program))
            terminals[kind].wait_for("q quit")
        with ThreadPoolExecutor() as pool:
            opened = dict(
                zip(homes, pool.map(lambda kind: _open(terminals[kind], kind, size), homes), strict=True)
            )
        found = {}
        for kind, terminal in terminals.items():
            with ExitStack() as others:
                for other in terminals.values():
                    if other is not terminal:
                        others.enter_context(other.stopped())
                found[kind] = _filtered(terminal, kind, size, runs)
            found[kind].opened.append(opened[kind])
    return found


def _open(terminal: Terminal, kind: str, size: int) -> float:
    pressed = terminal.press(_NAMES[kind][2])
    return terminal.wait_for(_first(kind, size), timeout=300) - pressed


def _filtered(terminal: Terminal, kind: str, size: int, runs: int) -> Found:
    """The figures of an open list: its filter line is opened first, and told ``NOTHING``."""
    terminal.settle(QUIET)
    terminal.press("/")
    terminal.settle(QUIET)
    terminal.press(NOTHING)
    return _measured(terminal, kind, size, runs)


def _table(kind: str, size: int, runs: int) -> Found:
    with scratch() as home:
        argv = [shop.PYTHON, "-m", "benchmarks.apps.table_list", kind, str(size)]
        environment = shop.environment(home, PYTHONPATH=str(shop.ROOT))
        with _terminal(Program("DataTable", argv, environment, (), "", "")) as terminal:
            return _measured(terminal, kind, size, runs)


def _terminal(program: Program) -> Terminal:
    columns, lines = starts.ONE_PANE
    return Terminal(program.argv, columns=columns, lines=lines, environment=program.environment)


def _first(kind: str, size: int) -> str:
    """What the first row tells."""
    return _NAMES[kind][1] + data.name(data.number(1, size))


def _measured(terminal: Terminal, kind: str, size: int, runs: int) -> Found:
    """The filter line is open and holds ``NOTHING``."""
    found = Found()
    _populate(terminal, _first(kind, size), found, runs)
    terminal.press("enter")
    terminal.settle(QUIET)
    for _ in range(-(-runs // 2)):
        for key in ("down", "up"):
            found.key_cpu.append(_keys(terminal, key, BATCH, found.key))
        for key in ("pagedown", "pageup"):
            found.page_cpu.append(_keys(terminal, key, PAGES, []))
    for _ in range(SORTS if size < MILLION else 2):
        other = _sorted_unlike(terminal.lines)
        cpu = terminal.cpu_ms()
        pressed = terminal.press("s")
        found.sort.append(terminal.wait_until(other, what="another order", timeout=300) - pressed)
        terminal.settle(QUIET)
        found.sort_cpu.append(terminal.cpu_ms() - cpu)
    terminal.press("/")
    _type(terminal, _NAMES[kind][1], found, runs if size < MILLION else 3)
    return found


def _populate(terminal: Terminal, first: str, found: Found, runs: int) -> None:
    """The first time does not count. The filter line is open and holds ``NOTHING``."""
    for run in range(runs + 1):
        terminal.wait_until(lambda shown: _is_empty(shown, first), timeout=300)
        terminal.settle(QUIET)
        cpu = terminal.cpu_ms()
        pressed = terminal.press("backspace")
        painted = terminal.wait_for(first, timeout=300)
        terminal.settle(QUIET)
        if run:
            found.populate.append(painted - pressed)
            found.populate_cpu.append(terminal.cpu_ms() - cpu)
        if run < runs:
            terminal.press(NOTHING)


def _is_empty(shown: Sequence[str], first: str) -> bool:
    """Whether the words to filter by stand there, and no rows."""
    return any(NOTHING in line for line in shown) and all(first not in line for line in shown)


def _type(terminal: Terminal, prefix: str, found: Found, count: int) -> None:
    """Type words; the filter line is open. Each is taken back before the next.

    A keystroke that every row on the screen holds already tells nothing, and is not counted.
    """
    for word in WORDS:
        if len(found.typed_first) >= count:
            break
        terminal.settle(QUIET)
        for end in range(1, len(word) + 1):
            held = _all_hold(prefix, word[:end])
            already = held(terminal.lines)
            pressed = terminal.press(word[end - 1])
            painted = terminal.wait_until(held, what="a filtered list", timeout=300)
            if not already:
                found.typed.append(painted - pressed)
                if end == 1:
                    found.typed_first.append(painted - pressed)
            terminal.settle(QUIET)
        terminal.press("ctrl+u")


def _all_hold(prefix: str, word: str) -> Seen:
    """Whether rows are on the screen, and all of them hold ``word``."""
    row = re.compile(rf"{prefix}(\d{{7}})")

    def seen(shown: Sequence[str]) -> bool:
        rows = [match[1] for line in shown if (match := row.search(line)) and not _TELLS.search(line)]
        return bool(rows) and all(word in told for told in rows)

    return seen


def _keys(terminal: Terminal, key: str, count: int, waits: list[float]) -> float:
    """Press a key ``count`` times, each answered by telling another row; the processor time of one.

    The terminal is settled before, and after.
    """
    cpu = terminal.cpu_ms()
    for _ in range(count):
        pressed = terminal.press(key)
        waits.append(terminal.wait_until(_tells_other(_told(terminal.lines)), what="another row") - pressed)
    terminal.settle(QUIET)
    return (terminal.cpu_ms() - cpu) / count


def _sorted_unlike(shown: Sequence[str]) -> Seen:
    before = _told(shown), _heading(shown)
    return lambda shown: (_told(shown), _heading(shown)) != before


def _tells_other(before: str) -> Seen:
    return lambda shown: _told(shown) not in ("", before)


def _told(shown: Sequence[str]) -> str:
    """The line that tells which row is under the cursor."""
    return next((line for line in reversed(shown) if _TELLS.search(line)), "")


def _heading(shown: Sequence[str]) -> str:
    return next((line for line in shown if "Quantity" in line and ("SKU" in line or "Cart" in line)), "")


if __name__ == "__main__":
    alone(measure)
