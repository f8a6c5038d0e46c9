"""Random keys in a profile that is read-only, in the dashboard on a terminal of its own: only GET leaves it.

Every key the program knows is pressed, and those of no meaning, with clicks anywhere between them; edits are
typed, reviewed and sent, clean-ups confirmed by the words that they ask for. The shop writes down each request as
it arrives. Its cart sessions need no login, so that not even that is a reason for another method.
"""

import contextlib
import os
import re
from collections import Counter, deque
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks import shop
from benchmarks.shop import PROFILE
from benchmarks.terminal import Terminal
from starlette.types import ASGIApp, Receive, Scope, Send

from qtydash.domain.changes import State
from qtydash.sandbox.app import create_app
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.storage.journal import Journal
from qtydash.tui.commands import COMMANDS
from tests.proof.figure import Figure, Outcome, Tally
from tests.proof.outside.homes import private

KEYS_EACH = 250
OTHER, SENT, ENDED = "requests other than GET", "changes called sent", "sessions that ended by a fault"
FIGURE = Figure(
    title=f"random keys in a profile that is read-only, {KEYS_EACH} in each session, and clicks between them",
    unit="sessions",
    full=40,
    subset=1,
    zero=(OTHER, SENT, ENDED),
    present=("keys", "clicks", "GET requests", "refusals told"),
    proc=True,
)

_SIZES = ((160, 48), (80, 24), (60, 20))
_PLAIN = [chr(code) for code in range(32, 127)]
_CONTROL = [chr(code) for code in range(1, 27) if chr(code) != "\x11"]  # ctrl+q leaves
_NAMED = ["up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "escape", "backspace"]
_OURS = [command.shown for command in COMMANDS if len(command.shown) == 1]
_WRITING = (
    ("2", "+", "3", "enter"),
    ("2", "=", "0", "enter", "w", "a"),
    ("2", "-", "1", "enter", "w", "enter", "a", "enter"),
    ("3", "tab", "D", "w", "a"),
    ("3", "enter", "d", "enter", "y"),
    ("4", " ", "d", "1", "enter"),
    ("4", "S", "d", *"sandbox delete 5", "enter"),
    ("5", "R", "enter", "C", "enter"),
    ("w", "a", "y", "enter"),
)
_TAKE_TIME = ("w", "a", "d", "D")
"""Keys that open what the next ones answer: the review reads every target before it can send."""
_WORDS = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
_REFUSED = re.compile(rb"read-only|write = true")
_LOGIN = re.compile(r'\n\[\[profiles\.sandbox\.cart\.sessions\]\]\nname = "\w+"\nusername = .*\npassword = .*\n')


class _Heard:
    """A shop that counts the methods of all requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.methods: Counter[str] = Counter()
        self.others: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.methods[scope["method"]] += 1
            if scope["method"] != "GET":
                self.others.append(f"{scope['method']} {scope['path']}")
        await self._app(scope, receive, send)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    for each in range(seed, seed + count):
        heard = _Heard(create_app(seed=each))
        with (
            tally.case(each, ENDED),
            TemporaryDirectory(prefix="qtydash-keys-") as folder,
            contextlib.chdir(folder),  # where exports go
            SandboxServer(heard) as server,
        ):
            home = Path(folder)
            private(home / "config.toml", _LOGIN.sub("", config_toml(server.url, write=False)))
            _press(tally, Random(each), each, home)
            _look(tally, each, heard, home)
    return tally.outcome()


def _press(tally: Tally, rng: Random, seed: int, home: Path) -> None:
    left = KEYS_EACH
    while left > 0:
        left -= _session(tally, rng, seed, home, left)


def _session(tally: Tally, rng: Random, seed: int, home: Path, most: int) -> int:
    """Press keys until there are ``most``, or the program has been left; how many there were."""
    told = bytearray()
    columns, lines = rng.choice(_SIZES)
    settings = {"TEXTUAL_ANIMATIONS": "none", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    with Terminal(
        [shop.QTYDASH],
        columns=columns,
        lines=lines,
        environment=shop.environment(home, **settings),
        heard=told.extend,
        drawn=False,
    ) as terminal:
        terminal.settle(0.3, timeout=30)
        first = rng.sample(_WRITING, k=len(_WRITING))
        pressed, last = 0, deque[str](maxlen=30)
        while pressed < most and terminal.running:
            keys = (*(first.pop() if first else _keys(rng)), *_keys(rng))
            clicks = _clicks(rng, columns, lines) if rng.randrange(2) else []
            try:
                terminal.press("".join(clicks))
                for key in keys:
                    terminal.press(key)
                    if key in _TAKE_TIME:
                        terminal.settle(0.1, timeout=20)
            except OSError:  # it was left meanwhile
                break
            pressed += len(keys)
            tally.counts["clicks"] += len(clicks)
            last.extend((*clicks, *keys))
            terminal.settle(0.03, timeout=20)
        terminal.settle(0.2, timeout=20)
        if not terminal.running and (status := terminal.ended(20)):
            words = _WORDS.sub(b"", bytes(told)).decode(errors="replace").strip()[-500:]
            tally.failed(seed, ENDED, f"after {' '.join(last)!r} it ended with {status}: {words}")
    tally.counts["keys"] += pressed
    tally.counts["refusals told"] += len(_REFUSED.findall(told))
    return max(pressed, 1)


def _keys(rng: Random) -> tuple[str, ...]:
    match rng.randrange(10):
        case 0 | 1:
            return rng.choice(_WRITING)
        case 2:
            return tuple(rng.choices(_PLAIN, k=3))
        case 3:
            return (rng.choice(_CONTROL),)
        case 4 | 5 | 6:
            return tuple(rng.choices(_NAMED, k=3))
        case _:
            return tuple(rng.choices(_OURS, k=2))


def _clicks(rng: Random, columns: int, lines: int) -> list[str]:
    """Somewhere, several at once and now and then all of them in one place."""
    spots = [(rng.randint(1, columns), rng.randint(1, lines)) for _ in range(rng.randint(1, 9))]
    if not rng.randrange(3):
        spots = [spots[0]] * 3
    return [f"\x1b[<0;{column};{line}M\x1b[<0;{column};{line}m" for column, line in spots]


def _look(tally: Tally, seed: int, heard: _Heard, home: Path) -> None:
    tally.counts["GET requests"] += heard.methods["GET"]
    for other in heard.others:
        tally.failed(seed, OTHER, other)
    file = home / "journal.db"
    if not file.exists():
        return
    for record in Journal(file).records(PROFILE):
        if record.state not in (State.DRAFT, State.PLANNED):
            tally.failed(seed, SENT, f"{record.op_id} is {record.state}")
