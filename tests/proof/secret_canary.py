"""Credentials that can be recognised, from every source, and everything that is left of a session searched.

A session reads, writes, exports and copies; then the shop repeats the credentials it was sent in its refusals,
redirects and headers; then one of the commands runs, by turns, ``watch`` with a program of the operator's
among them. One credential at least is told by such a program, so every session has children. Searched are the
terminal's bytes, what was copied through it, what commands print, every file of the home but those that the
operator wrote a credential into, the argument lists of the program and its children, and the environments of
children. In one case of six the program is broken at a place where it has a credential at hand
(``outside.crashing``).
"""

import json
import os
import re
import subprocess
import sys
import time
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import quote_plus

from benchmarks import shop
from benchmarks.terminal import Terminal
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qtydash.sandbox import credentials as keys
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.tickets import PARK
from qtydash.sandbox.server import SandboxServer
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.outside.crashing import PLACES
from tests.proof.outside.homes import private

FOUND, QUIET_SHOP, NO_CRASH = "occurrences", "credentials never sent", "places that did not break"
NO_CHILD = "sessions without children"
FIGURE = Figure(
    title="credentials in what a session leaves, and in what a crash tells",
    unit="sessions, one in six of them broken on purpose",
    full=60,
    subset=2,
    zero=(FOUND, QUIET_SHOP, NO_CRASH, NO_CHILD),
    present=("bytes searched", "crashes", "credentials sent", "children", "copies"),
    proc=True,
)

_EVERY_CRASH = 6
"""Of so many cases one is broken: the second, so that the part within the tests has one of each."""
_OURS = ("config.toml",)
_ACTS = (*("1", "i", "escape", "c", "2", "c", "+", "1", "\r", "w", "a", "escape", "3", "J", "escape"),)
_SESSIONS = (("CART_VISITOR", ("S", "guest", "\r")), ("CART_TOKEN", ("S", "token", "\r", "c")))
"""What is sent by a session, and how it is chosen."""
_REFUSED = 3
"""From this command on they are run against a shop that refuses."""
_COPY = re.compile(rb"\x1b\]52;[^;\x07\x1b]*;([^\x07\x1b]*)")
_SHOW = """
import os, sys
with open(sys.argv[1], "a") as out:
    out.write(repr((sys.argv[3:], dict(os.environ))))
sys.stdout.write(open(sys.argv[2]).read() if sys.argv[2] else "")
"""


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    for each in range(seed, seed + count):
        with tally.case(each, FOUND), TemporaryDirectory(prefix="qtydash-proof-") as folder:
            _Case(tally, each, Path(folder)).run()
    return tally.outcome()


@dataclass
class CanaryShop:
    """The sandbox, opened by ``canaries`` in place of its own credentials; ``sent`` are those that arrived.

    With ``refusing`` it answers with that status, and repeats the credentials that it was sent wherever an
    answer has words.
    """

    app: ASGIApp
    canaries: Mapping[str, str]
    refusing: int = 0
    sent: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        came = b" ".join([body, *(value for _, value in scope["headers"])])
        if self.refusing:
            self._opened(came)
            known = (*self.canaries.values(), *self.tokens)
            await self._refuse(send, " ".join(each for each in known if each.encode() in came))
            return
        opened = self._opened(body)
        scope["headers"] = [
            (name, str(len(opened)).encode() if name == b"content-length" else self._opened(value))
            for name, value in scope["headers"]
        ]

        async def again() -> Message:
            return {"type": "http.request", "body": opened, "more_body": False}

        async def heard(message: Message) -> None:
            if b'"access_token"' in message.get("body", b""):
                self.tokens.add(json.loads(message["body"])["access_token"])
            await send(message)

        await self.app(scope, again, heard)

    def _opened(self, value: bytes) -> bytes:
        for own, canary in self.canaries.items():
            if canary.encode() in value:
                self.sent.add(canary)
                value = value.replace(canary.encode(), own.encode())
        return value

    async def _refuse(self, send: Send, words: str) -> None:
        told = dict.fromkeys(("message", "detail", "error", "errorCode", "code", "error_description"), words)
        body = json.dumps({**told, "errors": [told], "status_code": self.refusing}).encode()
        token = words.partition(" ")[0].encode()
        headers = [
            (b"content-type", b"application/json; x=" + token),
            (b"content-length", str(len(body)).encode()),
            (b"location", b"/" + token + b"?token=" + token),
            (b"retry-after", token),
            (b"set-cookie", b"token=" + token),
        ]
        await send({"type": "http.response.start", "status": self.refusing, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Case:
    """One session."""

    def __init__(self, tally: Tally, seed: int, folder: Path) -> None:
        self._tally = tally
        self._seed = seed
        self._rng = Random(seed)
        self._home = folder / "home"
        self._apart = folder / "apart"
        self._evidence = self._apart / "children.txt"
        self._home.mkdir()
        self._variables: dict[str, str] = {}
        self._written = bytearray()
        own = {
            name: value
            for name, value in vars(keys).items()
            if name in ("AX_API_KEY", "AX_CHANNEL_CODE", "SHOPLINE_TOKEN", "CART_PASSWORD", "CART_VISITOR")
            or name in ("CART_TOKEN", "BLAZE_PARTNER_KEY", "BLAZE_DEVELOPER_KEY")
        }
        self._canaries = {name: self._canary() for name in own}
        self._told_by_program = self._rng.choice(sorted(own))
        self._shop = CanaryShop(create_app(seed=1), {own[name]: each for name, each in self._canaries.items()})

    def run(self) -> None:
        with SandboxServer(self._shop) as server:
            config = self._config(server.url)
            private(self._home / "config.toml", config)
            if self._seed % _EVERY_CRASH == 1:
                self._crash()
            else:
                self._walk()
                self._run_command()
                missing = {n for n, each in self._canaries.items() if each not in self._shop.sent}
                must(not missing, QUIET_SHOP, ", ".join(sorted(missing)))
        self._tally.counts["credentials sent"] += len(self._shop.sent)
        self._search()

    def _canary(self) -> str:
        return "fake-" + "".join(self._rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=20))

    def _source(self, name: str, variable: str) -> str:
        """Where a credential is written in the configuration, having put it there."""
        canary = self._canaries[name]
        drawn = self._rng.choice(("plain", "env", "file", "command", "said"))
        match "command" if name == self._told_by_program else drawn:
            case "env":
                self._variables[f"FAKE_{name}"] = canary
                return f'{{ env = "FAKE_{name}" }}'
            case "file":
                return f"{{ file = {json.dumps(str(private(self._apart / name, canary)))} }}"
            case "command":
                kept = private(self._apart / f"{name}.command", canary)
                command = [sys.executable, "-c", _SHOW, str(self._evidence), str(kept), "argument"]
                return f"{{ command = {json.dumps(command)} }}"
            case "said" if variable:
                self._variables[variable] = canary
                return '"said by the environment"'
            case _:
                return f'"{canary}"'

    def _config(self, url: str) -> str:
        where = {name: self._source(name, _VARIABLES.get(name, "")) for name in self._canaries}
        return f"""\
[profiles.p]
write = true
[profiles.p.tickets]
base_url = "{url}"
api_key = {where["AX_API_KEY"]}
channel_code = {where["AX_CHANNEL_CODE"]}
products = [{{ code = "{PARK}" }}]
[profiles.p.gifts]
base_url = "{url}"
token = {where["SHOPLINE_TOKEN"]}
user_agent = "{keys.SHOPLINE_HANDLE}"
[profiles.p.order_qty]
base_url = "{url}"
partner_key = {where["BLAZE_PARTNER_KEY"]}
developer_key = {where["BLAZE_DEVELOPER_KEY"]}
products = [{{ id = "prod-5" }}]
[profiles.p.cart]
base_url = "{url}"
[[profiles.p.cart.sessions]]
name = "agent"
username = "{keys.CART_AGENT}"
password = {where["CART_PASSWORD"]}
[[profiles.p.cart.sessions]]
name = "guest"
visitor_id = {where["CART_VISITOR"]}
[[profiles.p.cart.sessions]]
name = "token"
token = {where["CART_TOKEN"]}
"""

    def _environment(self) -> dict[str, str]:
        settings = {"TEXTUAL_ANIMATIONS": "none", "QTYDASH_REFRESH": "off", "PYTHONPATH": str(shop.ROOT)}
        return shop.environment(self._home, **settings, TMPDIR=str(self._home), **self._variables)

    def _terminal(self, argv: Sequence[str]) -> Terminal:
        return Terminal(
            argv,
            columns=160,
            lines=32,
            environment=self._environment(),
            heard=self._written.extend,
            drawn=False,
        )

    def _walk(self) -> None:
        with self._terminal([shop.QTYDASH]) as terminal:
            deadline = time.monotonic() + 30
            while b"quit" not in self._written and time.monotonic() < deadline:
                terminal.rest(0.05)
            terminal.settle(0.2)
            self._press(terminal, _ACTS)
            self._until_sent(terminal, "CART_PASSWORD")
            for name, chosen in _SESSIONS:  # choosing another gives up a read whose credential is still fetched
                self._press(terminal, chosen)
                self._until_sent(terminal, name)
            self._press(terminal, ("e", "\x15", str(self._home / "zz.json"), "\r"))
            self._shop.refusing = self._rng.choice((401, 403, 422, 500, 302, 429))
            self._press(terminal, ("1", "r", "c", "5", "4", "c"))
            self._look_at(terminal.pid)
            self._shop.refusing = 500
            self._press(terminal, ("2", "-", "1", "\r", "w", "a", "escape", "5", "i", "escape"))
            self._shop.refusing = 0
            terminal.press("q")
            terminal.ended(20)

    def _until_sent(self, terminal: Terminal, name: str) -> None:
        deadline = time.monotonic() + 30
        while self._canaries[name] not in self._shop.sent and time.monotonic() < deadline:
            terminal.rest(0.05)

    def _press(self, terminal: Terminal, names: Sequence[str]) -> None:
        for name in names:
            terminal.press("\x1b[27u" if name == "escape" else name)
            terminal.settle(0.05, timeout=10)

    def _look_at(self, pid: int) -> None:
        """The argument lists of the program and of its children, as anyone on this machine can read them."""
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *children):
            with_children = Path(f"/proc/{each}/cmdline")
            if with_children.exists():
                self._written += with_children.read_bytes()

    def _run_command(self) -> None:
        program = [sys.executable, "-c", _SHOW, str(self._evidence), "", "argument"]
        ways: tuple[tuple[str, ...], ...] = (
            ("watch", "--once", "--exec", *program),
            ("config", "show"),
            ("cart", "show", "--session", self._rng.choice(("guest", "token"))),
            ("cart", "show", "--live"),
            ("config", "check"),
        )
        turn = self._seed % len(ways)
        self._shop.refusing = self._rng.choice((401, 403, 422, 500)) if turn >= _REFUSED else 0
        self._command(*ways[turn])

    def _command(self, *arguments: str) -> None:
        done = subprocess.run(
            [shop.QTYDASH, *arguments],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        self._written += done.stdout + done.stderr

    def _crash(self) -> None:
        place = PLACES[self._seed // _EVERY_CRASH % len(PLACES)]
        secret = private(self._apart / "at hand", self._canaries["SHOPLINE_TOKEN"])
        with self._terminal([shop.PYTHON, "-m", "tests.proof.outside.crashing", place, str(secret)]) as terminal:
            terminal.rest(1.0)
            terminal.settle(0.3, timeout=10)
            try:
                self._press(terminal, ("2", "+", "1", "\r", "?", "escape", "r"))
                terminal.rest(1.0)
                terminal.press("q")
                terminal.ended(10)
            except OSError:
                pass  # it broke before
        log = self._home / "qtydash.log"
        told = self._written + (log.read_bytes() if log.exists() else b"")
        must(b"has a fault" in told, NO_CRASH, f"{place}: {bytes(self._written[-300:])!r}")
        self._tally.counts["crashes"] += 1

    def _search(self) -> None:
        places = {"the terminal, output and argument lists": bytes(self._written)}
        copies = [b64decode(each) for each in _COPY.findall(self._written)]
        places["what was copied"] = b"\n".join(copies)
        self._tally.counts["copies"] += len(copies)
        children = self._evidence.read_bytes() if self._evidence.exists() else b""
        places["the environment of a child"] = children
        self._tally.counts["children"] += children.count(b"'HOME'")
        for root, _, names in os.walk(self._home):
            for name in names:
                if name not in _OURS:
                    places[name] = Path(root, name).read_bytes()
        self._tally.counts["bytes searched"] += sum(map(len, places.values()))
        secrets = {**self._canaries, **{f"login {n}": each for n, each in enumerate(sorted(self._shop.tokens))}}
        found = [
            f"{name} ({how}) in {place}"
            for name, value in secrets.items()
            for needle, how in {needle: how for how, needle in _spellings(value)}.items()
            for place, told in places.items()
            if needle in told
        ]
        must(not found, FOUND, "; ".join(found[:5]))
        must(b"'HOME'" in children or self._seed % _EVERY_CRASH == 1, NO_CHILD)


_VARIABLES = {
    "AX_API_KEY": "QTYDASH_TICKETS__API_KEY",
    "SHOPLINE_TOKEN": "QTYDASH_GIFTS__TOKEN",
    "BLAZE_PARTNER_KEY": "QTYDASH_ORDER_QTY__PARTNER_KEY",
}


def _spellings(value: str) -> Iterator[tuple[str, bytes]]:
    """How it may be written. That it is there as it is, whole, is found with its end."""
    raw = value.encode()
    yield "its end", raw[8:]
    for before in range(3):
        # What stands before it in a longer text, and after it, is in the characters at its ends as well.
        begins, ends = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        yield "base64", b64encode(bytes(before) + raw)[begins:ends]
        yield "base64 for URLs", urlsafe_b64encode(bytes(before) + raw)[begins:ends]
    yield "hex", raw.hex().encode()
    yield "backwards", raw[::-1]
    if quote_plus(value) != value:
        yield "quoted", quote_plus(value).encode()
