"""Every command that prints, among hostile texts: tables on a terminal, and CSV, JSON and HTML for programs.

What reaches a terminal has no sequence at all; what is written for programs is harmless to draw too, is read
back as what it says it is, and holds no cell that a spreadsheet would run and no tag but the page's own.
"""

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import shop
from benchmarks.terminal import Terminal

from qtydash.sandbox.data.carts import RICH_ORDER
from qtydash.sandbox.data.tickets import PARK
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.outside.homes import hostile_home
from tests.proof.outside.spoiled import Spoiler, spoiled_shop
from tests.proof.outside.stream import Judge
from tests.proof.outside.texts import KINDS, Hostile, marks_in, walk_of
from tests.proof.outside.tour import BYTES, CRASHES, MISSED

ACTING, PAIRS = "cells and tags that act", "pairs of text and place"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_FORMATS = ("table", "csv", "json")
_LISTS = ("products", "show", "list")
_TAGS = frozenset(
    {
        "abbr",
        "b",
        "bdi",
        "body",
        "br",
        "caption",
        "code",
        "col",
        "colgroup",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "head",
        "header",
        "html",
        "li",
        "main",
        "meta",
        "p",
        "section",
        "small",
        "span",
        "strong",
        "style",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "ul",
    }
)
Command = tuple[str, ...]
CHANGES: Command = ("changes", "list")
_GIFT = "5d8b0a6552910502640e8a76"
_SET: Command = ("gifts", "set", _GIFT, "8", "--yes", "--reason", "[/x] [@click=app.bell]zRE0;")


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    pairs: set[tuple[str, str]] = set()
    for walk, cases in groupby(range(seed, seed + count), lambda case: case // COMMANDS):
        texts = walk_of(walk, len(KINDS))
        with TemporaryDirectory(prefix="qtydash-proof-") as folder:
            home = Path(folder)
            spoiler, state = spoiled_shop(texts)
            with SandboxServer(spoiler) as server:
                hostile_home(home, server.url, texts)
                _files(home, spoiler, state, texts)
                known = tuple(_commands(home))
                for each in cases:
                    with tally.case(each, CRASHES):
                        arguments, refusing = known[each % COMMANDS]
                        spoiler.refusing = refusing
                        _prepare(home, arguments)
                        place = f"{' '.join(arguments[:2])} {refusing or ''}"
                        for kind in _formats(arguments):
                            printed = _printed(home, arguments, kind, refusing=refusing)
                            found = set(marks_in(printed))
                            _must_print(arguments, kind, found, refusing)
                            pairs |= {(f"{place} {kind}", "".join(each)) for each in found}
    tally.counts[PAIRS] += len(pairs)
    tally.measured("places in the largest part", len({(place, mark[:2]) for place, mark in pairs}))
    return tally.outcome()


def _must_print(arguments: Command, kind: str, found: set[tuple[str, str]], refusing: int) -> None:
    """Each command prints some of the texts, and one that lists what the shop has prints every kind of them."""
    lists = arguments[0] in ("tickets", "gifts", "cart", "order-qty", "changes") and arguments[1] in _LISTS
    lists = lists and not refusing and not {"--session", "--against"} & {*arguments}
    printed, wanted = len({number for _, number in found}), len(KINDS) + 1 if lists else 1
    must(printed >= wanted, MISSED, f"{arguments[:2]} {kind}: {printed} of {wanted} texts")


def _files(home: Path, spoiler: Spoiler, state: SandboxState, texts: list[Hostile]) -> None:
    with (home / "counts.csv").open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["sku", "quantity"])
        rows.writerows([text.marked("IF", n).replace("\0", "")[:3_000], 5] for n, text in enumerate(texts))
    with (home / "staged.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "delta"])
        rows.writerows([gift.id, 1] for gift in state.gifts.all)
    order = spoiler.spoiled(json.loads(json.dumps(state.carts[RICH_ORDER])), "cart")
    (home / "order.json").write_text(json.dumps(order))
    order["shoppingCart"]["items"] = order["shoppingCart"]["items"][:3]
    (home / "before.json").write_text(json.dumps(order))


def _commands(home: Path) -> Iterator[tuple[Command, int]]:
    """Each command, and the status that the shop refuses it with; 0 when it does not."""
    reads: tuple[Command, ...] = (
        ("tickets", "products"),
        ("tickets", "show", PARK),
        ("gifts", "list"),
        ("cart", "show"),
        ("order-qty", "list", "prod-1"),
        ("watch", "--once"),
    )
    yield from ((each, 0) for each in reads)
    yield ("tickets", "show", PARK, "--format", "html"), 0
    yield ("tickets", "show", PARK, "--layout", "matrix"), 0
    yield ("order-qty", "list", "--all"), 0
    yield ("order-qty", "list", "prod-1", "--group"), 0
    yield ("cart", "show", "--check"), 0
    yield ("cart", "show", "--file", str(home / "order.json")), 0
    yield ("cart", "show", "--file", str(home / "order.json"), "--against", str(home / "before.json")), 0
    yield ("gifts", "set", _GIFT, "7", "--dry-run"), 0
    yield _SET, 0
    yield ("gifts", "import", str(home / "counts.csv"), "--dry-run"), 0
    yield ("order-qty", "clean", "prod-1", "--dry-run", "--max", "100"), 0
    yield CHANGES, 0
    yield ("config", "show"), 0
    yield ("config", "check"), 0
    yield ("cart", "show", "--session", "[@click=app.quit]zAR0;[/nope]"), 0
    yield from ((each, status) for status in (500, 403) for each in (*reads, ("config", "check")))
    yield ("gifts", "set", _GIFT, "9", "--yes"), 422
    yield from (((*each, "--offline"), 0) for each in reads[:-1])


COMMANDS = len(tuple(_commands(Path())))
"""Each once, in a shop that has every kind of text."""
FIGURE = Figure(
    title="hostile texts in what commands print: tables through a pty, CSV, JSON, HTML, words on stderr",
    unit=f"commands among {len(KINDS) + 1} texts",
    full=COMMANDS,
    subset=2,
    zero=(CRASHES, BYTES, ACTING, MISSED),
    present=(PAIRS,),
)


def _prepare(home: Path, arguments: Command) -> None:
    """Have the cache hold what is to be shown offline, and the journal what is to be listed: each stands alone."""
    before: list[Command] = []
    if "--offline" in arguments:
        before = [tuple(each for each in arguments if each != "--offline")]
    elif arguments == CHANGES:
        before = [("gifts", "import", str(home / "staged.csv"), "--stage", "--max", "100"), _SET]
    for each in before:
        subprocess.run(
            [shop.QTYDASH, *each],
            env=shop.environment(home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=each != _SET,  # its own case may have come before: the count stands then
        )


def _formats(arguments: Command) -> Sequence[str]:
    """What the command can print."""
    if "--format" in arguments:
        return ("as told",)
    lacks = "csv" if arguments[0] == "watch" else "json" if "--layout" in arguments else ""
    return [kind for kind in _FORMATS if kind != lacks]


def _printed(home: Path, arguments: Command, kind: str, *, refusing: int) -> str:
    """What a command printed, judged."""
    if kind == "table":
        status, told = _on_terminal(home, (*arguments, "--format", kind))
        must("has a fault" not in told, CRASHES, told[-600:])
        _must_end(arguments, status, refusing, told)
        return told
    more = () if kind == "as told" else ("--format", kind)
    done = subprocess.run(
        [shop.QTYDASH, *arguments, *more],
        env=shop.environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    must(b"has a fault" not in done.stderr, CRASHES, done.stderr[-600:])
    for data in (done.stdout, done.stderr):
        judge = Judge()
        judge.feed(data)
        judge.finish()
        must(not judge.wrong, BYTES, f"{arguments[:2]} {kind}: {judge.wrong[:3]}")
    text = done.stdout.decode()
    _must_end(arguments, done.returncode, refusing, done.stderr.decode())
    if text:
        _READ_BACK.get(kind, _html)(text)
    return text + done.stderr.decode()


def _must_end(arguments: Command, status: int, refusing: int, told: str) -> None:
    """Nothing of a text makes a command fail."""
    fine = refusing or status in (0, 10) or "--session" in arguments or "import" in arguments
    # A count that was set stands already at the next format; not every product that is listed is in the shop.
    fine = fine or (status == 3 and ("set" in arguments or "--all" in arguments))
    must(fine, CRASHES, f"{arguments[:2]} ended with {status}: {told[-300:]!r}")


def _on_terminal(home: Path, arguments: Command) -> tuple[int, str]:
    judge, written = Judge(), bytearray()

    def heard(piece: bytes) -> None:
        written.extend(piece)
        judge.feed(piece)

    environment = shop.environment(home)
    with Terminal(
        [shop.QTYDASH, *arguments], columns=200, lines=50, environment=environment, heard=heard, drawn=False
    ) as terminal:
        if "--yes" not in arguments and "import" in arguments:
            terminal.press("n\r")
        status = terminal.ended(120)
    judge.finish()
    must(not judge.wrong, BYTES, f"{arguments[:2]} on a terminal: {judge.wrong[:3]}")
    return status, written.decode()


def _csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for row in rows:
        must(len(row) == len(rows[0]), ACTING, f"a row of {len(row)} cells under {len(rows[0])}: {row}")
        for cell in row:
            acts = cell.startswith(_FORMULA) and any(marks_in(cell))
            must(not acts, ACTING, f"a spreadsheet runs {cell[:80]!r}")


def _json(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        for line in text.splitlines():
            json.loads(line)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.styles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.styles += tag == "style"
        must(tag in _TAGS, ACTING, f"the tag {tag!r}")
        for name, value in attrs:
            must(not name.startswith("on") and name not in ("href", "src", "style"), ACTING, f"{name}={value!r}")

    def handle_comment(self, data: str) -> None:
        must(not any(marks_in(data)), ACTING, f"a comment {data[:80]!r}")


def _html(text: str) -> None:
    page = _Page()
    page.feed(text)
    page.close()
    must(page.styles == 1, ACTING, f"{page.styles} style sheets")


_READ_BACK: dict[str, Callable[[str], None]] = {"csv": _csv, "json": _json}
