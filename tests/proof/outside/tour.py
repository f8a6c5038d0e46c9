"""A walk through the dashboard among hostile texts, as a person with all its keys would take it."""

import csv
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import shop as shop_of
from benchmarks.terminal import NotShown

from qtydash.sandbox.answers import is_write
from qtydash.sandbox.data.carts import RICH_ORDER
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState
from tests.proof.outside import homes
from tests.proof.outside.legs import Legs
from tests.proof.outside.recorded import FIRED
from tests.proof.outside.session import Missed, Session
from tests.proof.outside.spoiled import Spoiler, spoiled_shop
from tests.proof.outside.texts import Hostile

CRASHES, BYTES, ACTIONS, MISSED = "crashes", "bytes not its own", "actions fired", "not drawn"
"""What must not happen, in the words of the figure."""

LEGS = ("refusals", "last guard", "gifts", "tickets", "cart", "orders", "order qty", "changes", "clicks", "small")
"""Parts of the walk that stand by themselves."""
SMALL = LEGS.index("small")
CHANGES = LEGS.index("changes")
LAST_GUARD = LEGS.index("last guard")

_SMALL = (80, 24)
_FILES = re.compile(
    r"config\.(toml|good)|cache\.db(-wal|-shm)?|journal\.db(\.id|\.\w+\.lock)?|qtydash\.log|counts\.csv|order\.json"
    r"|zz\.(csv|json|html)|theme.*"
)
"""Names of files that the program and this walk make; an action of a text could make others."""


@dataclass
class Told:
    """What must not happen, in which leg, in words."""

    leg: int
    zero: str
    words: str


class Tour:
    """Legs of one walk, by their numbers in ``LEGS``. ``pairs`` says where each text was drawn."""

    def __init__(self, texts: Sequence[Hostile], legs: Sequence[int]) -> None:
        self._texts = texts
        self._legs = legs
        self._leg = legs[0]
        self._walk = Legs(texts)
        self.pairs: set[tuple[str, str, str]] = set()
        self.failures: list[Told] = []
        self.written = 0
        self.clicked = 0

    def run(self, home: Path) -> None:
        """Walk; ``home`` is an empty folder."""
        shop, state = spoiled_shop(self._texts)
        with SandboxServer(shop) as server:
            homes.hostile_home(home, server.url, self._texts)
            self._make_files(home, shop, state)
            if set(self._legs) - {SMALL, LAST_GUARD}:
                with Session(home) as session:
                    self._judged(session, home, lambda: self._large(session, shop, home))
            elif SMALL in self._legs:
                with Session(home) as session:
                    self._judged(session, home, lambda: self._walk.kept(session))
            if LAST_GUARD in self._legs:
                self._leg = LAST_GUARD
                program = (shop_of.PYTHON, "-m", "tests.proof.outside.unguarded")
                with Session(home, program=program) as session:
                    self._judged(session, home, lambda: self._last_guard(session, home))
            if SMALL in self._legs:
                self._leg = SMALL
                with Session(home, ["--offline"], size=_SMALL) as session:
                    self._judged(session, home, lambda: self._walk.small(session, raw=LAST_GUARD in self._legs))
        sent = sum(is_write(entry.method, entry.path) for entry in state.ledger.entries)
        if sent > self._walk.writes:
            self._failed(ACTIONS, f"{sent} writes were sent, {self._walk.writes} were asked for")
        for file in home.iterdir():
            if not _FILES.fullmatch(file.name):
                self._failed(ACTIONS, f"there is a file {file.name!r}")

    def _failed(self, zero: str, words: str) -> None:
        self.failures.append(Told(self._leg, zero, words))

    def _judged(self, session: Session, home: Path, walk: Callable[[], None]) -> None:
        try:
            walk()
            status = session.quit()
        except (Missed, NotShown) as error:
            if session.terminal.running:
                self._failed(MISSED, str(error))
            else:
                self._failed(CRASHES, f"{error}; its last words: {session.last_words!r}")
        except OSError as error:
            self._failed(CRASHES, f"the terminal is gone: {error}; its last words: {session.last_words!r}")
        else:
            if status or "has a fault" in session.text:
                self._failed(CRASHES, f"exit status {status}: {session.text[-400:]!r}")
        self._heard(session, home)
        self.pairs |= session.pairs
        self.written += session.judge.read
        self.clicked += session.clicked

    def _heard(self, session: Session, home: Path) -> None:
        for words in session.wrong:
            self._failed(BYTES, words)
        session.wrong.clear()
        for words in _fired(home):
            self._failed(ACTIONS, f"{session.place}, or before: {words}")

    def _make_files(self, home: Path, shop: Spoiler, state: SandboxState) -> None:
        """A file of counts, and a saved order."""
        with (home / "counts.csv").open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["sku", "quantity", "note"])
            rows.writerows(
                [text.marked("IF", n).replace("\0", "")[:3_000], 5, "x"] for n, text in enumerate(self._texts)
            )
        order = json.dumps(shop.spoiled(json.loads(json.dumps(state.carts[RICH_ORDER])), "cart"))
        (home / "order.json").write_text(order)

    def _large(self, s: Session, shop: Spoiler, home: Path) -> None:
        walk = self._walk
        walk.overview(s)
        legs: Mapping[str, Callable[[], None]] = {
            "refusals": lambda: walk.refusals(s, shop),
            "gifts": lambda: walk.gifts(s, home),
            "tickets": lambda: walk.tickets(s, home),
            "cart": lambda: walk.cart(s, home),
            "orders": lambda: walk.orders(s, home),
            "order qty": lambda: walk.order_qty(s),
            "changes": lambda: walk.changes(s, shop),
            "clicks": lambda: walk.clicks(s),
        }
        for leg in self._legs:
            if leg not in (SMALL, LAST_GUARD):
                self._leg = leg
                s.press("escape", "escape", "1")
                legs[LEGS[leg]]()
                self._heard(s, home)
        if SMALL in self._legs and CHANGES not in self._legs:
            s.press("escape", "escape", "1")
            walk.stage(s)

    def _last_guard(self, s: Session, home: Path) -> None:
        self._walk.last_guard(s)
        self._heard(s, home)
        self._walk.let_act(s)
        if not any(_fired(home)):
            raise Missed(f"{s.place}: what was clicked there acts, and nothing of it was written down")


def _fired(home: Path) -> list[str]:
    """The actions that were written down since they were asked for last."""
    file = home / FIRED
    if not file.exists():
        return []
    told = file.read_text(encoding="utf-8").splitlines()
    file.unlink()
    return told
