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
from tests.proof.outside.session import Missed, Session
from tests.proof.outside.spoiled import OTHER_SELECTIONS, Spoiler, spoiled_shop
from tests.proof.outside.texts import Hostile

CRASHES, BYTES, ACTIONS, MISSED = "crashes", "bytes not its own", "actions fired", "not drawn"
"""What must not happen, in the words of the figure."""

LEGS = ("refusals", "last guard", "gifts", "tickets", "cart", "orders", "order qty", "changes", "clicks", "small")
"""Parts of the walk that stand by themselves."""
SMALL = LEGS.index("small")
CHANGES = LEGS.index("changes")
LAST_GUARD = LEGS.index("last guard")

_SMALL = (80, 24)
_SHORT = 6
"""Characters before a mark that leave room for it in the narrowest column; with more it is in the details."""
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
        self._count = len(texts)
        self._short = sum(len(text.head) <= _SHORT for text in texts)
        self._down = ["down"] * (self._count - 1)
        self._up = ["up"] * (self._count - 1)
        self._selections = self._count + OTHER_SELECTIONS
        self._writes = 0
        self.pairs: set[tuple[str, str, str]] = set()
        self.failures: list[Told] = []
        self.written = 0

    def run(self, home: Path) -> None:
        """Walk; ``home`` is an empty folder."""
        shop, state = spoiled_shop(self._texts)
        with SandboxServer(shop) as server:
            homes.hostile_home(home, server.url, self._texts)
            self._make_files(home, shop, state)
            if set(self._legs) - {SMALL, LAST_GUARD}:
                with Session(home) as session:
                    self._judged(session, lambda: self._large(session, shop, home))
            elif SMALL in self._legs:
                with Session(home) as session:
                    self._judged(session, lambda: self._kept(session))
            if LAST_GUARD in self._legs:
                self._leg = LAST_GUARD
                program = (shop_of.PYTHON, "-m", "tests.proof.outside.unguarded")
                with Session(home, program=program) as session:
                    self._judged(session, lambda: self._last_guard(session))
            if SMALL in self._legs:
                self._leg = SMALL
                with Session(home, ["--offline"], size=_SMALL) as session:
                    self._judged(session, lambda: self._small(session))
        sent = sum(is_write(entry.method, entry.path) for entry in state.ledger.entries)
        if sent > self._writes:
            self._failed(ACTIONS, f"{sent} writes were sent, {self._writes} were asked for")
        for file in home.iterdir():
            if not _FILES.fullmatch(file.name):
                self._failed(ACTIONS, f"there is a file {file.name!r}")

    def _failed(self, zero: str, words: str) -> None:
        self.failures.append(Told(self._leg, zero, words))

    def _judged(self, session: Session, walk: Callable[[], None]) -> None:
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
        self._heard(session)
        self.pairs |= session.pairs
        self.written += session.judge.read

    def _heard(self, session: Session) -> None:
        for words in session.wrong:
            self._failed(BYTES, words)
        session.wrong.clear()

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

    # At 160×48 all four panes are on the screen.

    def _large(self, s: Session, shop: Spoiler, home: Path) -> None:
        s.begin()
        s.see("TO GS GT QC", self._short)
        s.see("LA CO CM", 1, also="CU CG CD GU QI QR")
        # Rows of one promotion begin with their gift there, and may have no room for more.
        s.at("the cart's list alone")
        s.press("3", "z")
        s.see("CD", OTHER_SELECTIONS, also="CG")
        s.see("CM", 3)
        s.press("z")
        legs: Mapping[str, Callable[[], None]] = {
            "refusals": lambda: self._refusals(s, shop),
            "gifts": lambda: self._gifts(s, home),
            "tickets": lambda: self._tickets(s, home),
            "cart": lambda: self._cart(s, home),
            "orders": lambda: self._orders(s, home),
            "order qty": lambda: self._order_qty(s),
            "changes": lambda: self._changes(s, shop),
            "clicks": lambda: self._clicks(s),
        }
        for leg in self._legs:
            if leg not in (SMALL, LAST_GUARD):
                self._leg = leg
                s.press("escape", "escape", "1")
                legs[LEGS[leg]]()
                self._heard(s)
        if SMALL in self._legs and CHANGES not in self._legs:
            s.press("escape", "escape", "1")
            self._stage(s)

    def _tickets(self, s: Session, home: Path) -> None:
        s.at("tickets, the cursor's day")
        s.press(*self._down, *self._up)
        s.see("TO", self._count)
        s.at("tickets, a day's details")
        for _ in range(self._count + 1):
            s.press("i", "escape", "right")
        s.see("TI", self._count, also="TX TO")
        for calendar in ("of an option", "of all options", "left again"):
            s.at(f"tickets, the calendar {calendar}")
            s.press("v")
        s.see("TO", 1)
        s.at("tickets, the choice of a product")
        s.press("P", "end", "home")
        s.see("TT TY", self._count)
        s.press("escape")
        self._exported(s, "tickets", home)
        s.at("tickets, copied")
        s.copy()
        s.see("TO", 1)
        s.at("tickets, filtered")
        for n, text in enumerate(self._texts):
            s.press("/")
            s.paste(text.marked("PF", n))
            s.press("escape")
        s.see("PF", 1)

    def _gifts(self, s: Session, home: Path) -> None:
        s.press("2")
        s.at("gifts, the cursor's gift")
        s.press(*self._down, *self._up)
        s.see("GS GT", self._count, also="GU")
        s.at("gifts, copied")
        for _ in self._texts:
            s.copy()
            s.press("down")
        s.see("GT", 1)
        self._exported(s, "gifts", home)
        s.at("gifts, names of files that are pasted")
        s.press("i")
        for n, text in enumerate(self._texts):
            s.paste(text.marked("PN", n))
            s.press("enter", "\x15")
        s.see("PN", 1)
        s.at("gifts, the report on a file of counts")
        s.type(str(home / "counts.csv"))
        s.press(*self._down)
        s.see("IF", self._count)
        s.press("escape")
        s.at("gifts, an edit of all")
        s.press("A", "+", "3")
        s.see("GS GT", self._short)
        s.press("enter", "escape")
        s.at("gifts, an edit of one")
        for _ in range(self._count):
            s.press("-", "1", "enter", "up")
        s.see("GT GS", self._count)
        s.press("U")

    def _cart(self, s: Session, home: Path) -> None:
        s.press("3", "end", "home")
        s.at("cart, the cursor's selection")
        s.press(*["down"] * (self._selections), *["up"] * (self._selections))
        s.see("CM", self._count, also="CG CD")
        s.at("cart, a selection's details")
        s.press("end")
        for _ in range(self._count):
            s.press("i", "escape", "up")
        s.see("CM", self._count)
        s.at("cart, the lines")
        s.press("\t", *self._down, *self._up)
        s.see("CN", self._count, also="CP CK CU")
        s.at("cart, a line's details")
        for _ in self._texts:
            s.press("i", "escape", "down")
        s.see("CN", self._count, also="CP CK CU")
        self._exported(s, "cart", home)
        s.press("\t")

    def _orders(self, s: Session, home: Path) -> None:
        s.press("3")
        s.at("cart, the vendor's answer")
        s.press("J")
        s.press(*["pagedown"] * 3, "home", "end")
        s.see("CX", self._count, also="CV")
        s.press("/", "z", "enter")
        s.copy()
        s.press("escape", "escape", "escape")
        s.at("cart, the choice of a session")
        s.press("S", "end", "home")
        s.see("LS", self._count)
        s.press("escape")
        s.at("cart, what changed")
        s.press("D", "escape")
        s.at("cart, a saved order")
        s.press("O")
        s.type(str(home / "order.json"))
        s.press(*["down"] * (self._selections))
        s.see("CM", self._count, also="CG CD CF CH")
        s.at("cart, a pasted order")
        s.press("O")
        s.paste((home / "order.json").read_text())
        s.press("home", *["down"] * (self._selections))
        s.see("CM", self._count, also="CG CD CF CH")
        s.press("S", "enter")
        s.rest()
        s.at("cart, a removal")
        s.press("end", "d", "1", "enter")
        s.see("CM", 1)
        s.at("cart, the removal of all")
        s.press("X", "escape", "U")

    def _order_qty(self, s: Session) -> None:
        s.press("4")
        s.at("order qty, the cursor's row")
        s.press(*self._down, *self._up)
        s.see("QC", self._count, also="QI QR")
        s.at("order qty, by cart")
        s.press("G", *self._down, *self._up, "F", "F")
        s.see("QC", self._count)
        s.press("G")
        s.at("order qty, the choice of a product")
        s.press("P")
        s.see("LP", self._count)
        s.press("escape")
        s.at("order qty, a clean-up")
        s.press("A", "d")
        s.rest()
        s.press(*self._down, *self._up)
        s.see("QC", 1)
        s.press("escape", "escape")
        s.at("order qty, a cart's deletion")
        s.press("D")
        s.rest()
        s.see("QC", 1)
        s.press("escape")

    def _clicks(self, s: Session) -> None:
        """Everywhere on the screen: no text may act when it is clicked, in the overview and with details open."""
        s.at("clicks")
        for column in (4, 28, 84, 104):
            for line in range(3, 48, 9):
                s.click(column, range(line, line + 9))
        s.press("escape", "4", "1")
        s.at("clicks, one pane")
        s.press("z")
        s.click(8, range(3, 24))
        s.press("z", "2")
        s.at("clicks, done")
        s.press("?")
        s.until("escape goes back")
        s.press("escape")

    def _changes(self, s: Session, shop: Spoiler) -> None:
        self._writes += self._count
        s.press("2", "A", "=", "5", "enter", "escape")
        s.at("changes, staged")
        s.press("5", *self._down, *self._up)
        s.see("GT", self._count, also="GS")
        s.at("the review")
        s.press("w")
        s.rest()
        s.press(*self._down, *self._up)
        s.see("GT", self._count, also="GS")
        s.at("the review, sent")
        s.press("a")
        s.until("Close")
        s.rest()
        s.press(*self._up, *self._down)
        s.see("GT", self._count, also="GS")
        s.press("escape")
        s.at("changes, done")
        s.press("5", *self._down, *self._up)
        s.see("GT", self._count)
        s.at("changes, the events")
        s.press("home")
        for _ in range(self._count + 1):
            s.press("i", "escape", "down")
        s.see("GT", self._count, also="GS")
        s.at("changes, copied")
        s.copy()
        # One more, of which nobody knows what became of it.
        s.press("2", "home", "=", "7", "enter")
        shop.refusing, shop.only = 500, "PUT"
        s.at("the review, unknown")
        s.press("w")
        s.rest()
        s.press("a")
        s.until("Close")
        s.see("GT", 1, also="EM")
        s.press("escape")
        s.at("changes, unknown")
        s.press("5", "home", "i", "pagedown", "escape")
        s.see("GT", 1)
        s.at("the verdict")
        s.press("V")
        s.rest()
        s.see("GT", 1)
        s.press("escape")
        shop.refusing, shop.only = 0, ""

    def _refusals(self, s: Session, shop: Spoiler) -> None:
        s.press("1")
        for status in (500, 403, 422):
            shop.refusing = status
            s.at(f"refused with {status}")
            for _ in range(4 * self._count):
                s.press("r")
                s.rest()
                if len(s.seen()["EM"]) == self._count:
                    break
            s.see("EM", self._count // 2)  # a long head may leave no room for the mark behind it
        shop.refusing = 0
        s.press("r")
        s.rest()

    def _exported(self, s: Session, pane: str, home: Path) -> None:
        """Written to a file of each kind, whose words come back to the screen; ``hostile_output`` judges files."""
        s.at(f"{pane}, exported")
        s.press("e")
        s.press("\x15")
        s.type(str(home / "zz.csv"))
        s.until("zz.csv")
        s.press("escape")

    def _last_guard(self, s: Session) -> None:
        """Without ``safe_text`` what is drawn is still harmless, if not as it was meant: nothing is copied
        here."""
        s.begin()
        s.see("TO GS GT QC CM", 1)
        for key in ("1", "2", "3", "4"):
            s.at(f"the last guard alone, pane {key}")
            s.press(key, *self._down, "i", "escape", *self._up)
        s.at("the last guard alone, dialogs")
        for key, keys in (("1", "P"), ("3", "J"), ("3", "S"), ("4", "P"), ("2", "?")):
            s.press(key, keys, "escape", "escape")

    # At 80×24 one pane is on the screen, from the cache.

    def _kept(self, s: Session) -> None:
        """Read everything and stage an edit of each gift: what other legs would have left behind."""
        s.begin()
        self._stage(s)

    def _stage(self, s: Session) -> None:
        s.press("2", "A", "=", "5", "enter", "escape")

    def _small(self, s: Session) -> None:
        s.begin()
        for key, pane, fields in (
            ("1", "tickets", "TO"),
            ("2", "gifts", "GS GT"),
            ("3", "cart", "CM"),
            ("4", "order qty", "QC"),
            ("5", "changes", "GT"),
        ):
            s.at(f"{pane}, from the cache, small")
            # The leg of the changes, if it was walked, has sent one for each text, and one more.
            more = {"3": OTHER_SELECTIONS, "5": self._count + 1}.get(key, 0)
            s.press(key, "home", *self._down, *["down"] * more, *["up"] * more, *self._up)
            s.see(fields, self._count)
            s.press("i", "escape")
