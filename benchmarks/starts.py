"""Starting programs: when each shows its first screen, and when it answers its first key."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import peers, shop
from benchmarks.terminal import Terminal

ONE_PANE = (120, 40)
OVERVIEW = (160, 48)


@dataclass(frozen=True, slots=True)
class Program:
    """What is started, the words that its first screen is complete with, and a key with the words it brings."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    ready: tuple[str, ...]
    key: str
    answered: str


@dataclass(frozen=True, slots=True)
class Start:
    """One start, in milliseconds: until the first screen, and the processor time until then."""

    paint: float
    cpu: float


def bare(home: Path) -> Program:
    return Program(
        "bare Textual",
        [shop.PYTHON, "-m", "benchmarks.apps.bare"],
        shop.environment(home, PYTHONPATH=str(shop.ROOT)),
        ("Nothing but a line.",),
        "x",
        "A key was answered.",
    )


def bare_panes(home: Path) -> Program:
    return Program(
        "Textual with four panes",
        [shop.PYTHON, "-m", "benchmarks.apps.bare_panes"],
        shop.environment(home, PYTHONPATH=str(shop.ROOT)),
        ("below pane 4", "Nothing but rows."),
        "",
        "",
    )


def plain_python(home: Path) -> Program:
    line = "import sys; print('ready', flush=True); sys.stdin.readline(); print('answered', flush=True)"
    return Program(
        "python that prints", [shop.PYTHON, "-c", line], shop.environment(home), ("ready",), "\n", "answered"
    )


def qtydash(home: Path, *arguments: str, overview: bool = False, **variables: str) -> Program:
    """The dashboard; its first screen is complete with the last rows of each pane and the line of keys.

    The key moves the cursor to the second option, which the line below the matrix then tells.
    """
    panes = ("GIFT-SKU-0002", "Camera kit", "65c0ffee") if overview else ()
    return Program(
        "qtydash",
        [shop.QTYDASH, *arguments],
        shop.environment(home, **variables),
        ("Accessible", "q quit", *panes),
        "down",
        explained("Teen 청소년"),
    )


def offline_matrix(home: Path) -> Program:
    """The dashboard over a cache that ``shop.fill`` filled with days, contacting nobody."""
    return Program(
        "qtydash",
        [shop.QTYDASH, "--offline"],
        shop.environment(home),
        ("Option 00013", "q quit"),
        "down",
        explained("Option 00001"),
    )


def first_option() -> str:
    """What tells that the cursor is on the first option."""
    return explained("Adult 성인")


def explained(option: str) -> str:
    """How the line below the matrix begins when it tells of today."""
    return f"{option}  {datetime.now(UTC):%a}"[:-1]


def others(home: Path) -> Iterable[Program]:
    environment = shop.environment(home)
    peers.install()
    yield Program("visidata", peers.visidata(home), environment, ("SKU-0030",), "/", "regex")
    yield Program("posting", peers.posting(home), environment, ("Collection", "Response"), "zqz", "zqz")
    yield Program(
        "harlequin",
        peers.harlequin(home),
        environment,
        ("Data Catalog", "Run Query"),
        "\x10",
        "Search for commands",
    )


def start(program: Program, size: tuple[int, int]) -> Start:
    """Start a program and end it again."""
    columns, lines = size
    with Terminal(program.argv, columns=columns, lines=lines, environment=program.environment) as terminal:
        return Start(terminal.wait_for(*program.ready), terminal.cpu_ms())


def typed(
    terminal: Terminal, keys: Sequence[tuple[str, str]], pause: float, goes_on: Callable[[], bool]
) -> list[float]:
    """Press keys, each ``pause`` seconds after the answer to the one before; how long each was waited for.

    ``keys`` come with the words that answer them. Once begun, all of them are pressed.
    """
    waits: list[float] = []
    while goes_on():
        for key, words in keys:
            waits.append(terminal.answer(key, words))
            terminal.rest(pause)
    return waits


def starts(programs: Sequence[Program], size: tuple[int, int], runs: int) -> dict[str, list[Start]]:
    """``runs`` starts of each, in turn, so that what else the machine does falls on all of them alike."""
    found: dict[str, list[Start]] = {program.name: [] for program in programs}
    for program in programs:
        start(program, size)  # files are read from the disk once, and modules compiled
    for _ in range(runs):
        for program in programs:
            found[program.name].append(start(program, size))
    return found
