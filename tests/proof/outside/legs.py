"""The legs of a walk through the dashboard: keys, and what must be drawn where they lead."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.terminal import KEYS

from tests.proof.outside.session import Session
from tests.proof.outside.spoiled import OTHER_SELECTIONS, Spoiler
from tests.proof.outside.texts import CORNER, Hostile, digit

_SHORT = 6
"""Characters before a mark that leave room for it in the narrowest column; with more it is in the details."""


def up(rows: int) -> str:
    """What goes up so many rows at once: on the way down each has been drawn."""
    return KEYS["up"] * rows


class Legs:
    """What is done in each leg, among ``texts``. ``writes`` counts what was asked for."""

    def __init__(self, texts: Sequence[Hostile]) -> None:
        self._texts = texts
        self._count = len(texts)
        self._short = sum(len(text.head) <= _SHORT for text in texts)
        self._whole = sum(not _has_half(text) for text in texts)
        self._acting = {digit(n) for n, text in enumerate(texts) if _acts(text)}
        self._down = ["down"] * (self._count - 1)
        self._up = up(self._count - 1)
        self._selections = self._count + OTHER_SELECTIONS
        self.writes = 0

    # At 160×48 all four panes are on the screen.

    def overview(self, s: Session) -> None:
        """What the first reads bring."""
        s.begin()
        s.see("TO GS GT QC", self._short)
        s.see("LA CO CM", 1, also="CU CG CD GU QI QR")
        # Rows of one promotion begin with their gift there, and may have no room for more.
        s.at("the cart's list alone")
        s.press("3", "z")
        s.see("CD", OTHER_SELECTIONS, also="CG")
        s.see("CM", 3)
        s.press("z")

    def tickets(self, s: Session, home: Path) -> None:
        s.at("tickets, the cursor's day")
        s.press(*self._down, self._up)
        s.see("TO", self._count)
        s.touch("TO", self._acting)
        s.at("tickets, a day's details")
        for _ in range(self._count):
            s.look("right")
        s.press(KEYS["down"] * (self._count - 1), "i")
        s.see("TI", self._count, also="TX TO")
        s.touch("TO TI TX", self._acting)
        s.press("escape")
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

    def gifts(self, s: Session, home: Path) -> None:
        s.press("2")
        s.at("gifts, the cursor's gift")
        s.press(*self._down, self._up)
        s.see("GS GT", self._count, also="GU")
        s.touch("GS GT", self._acting)
        s.at("gifts, copied")
        for _ in self._texts:
            s.copy()
            s.press("down")
        s.see("GT", 1)
        s.touch("GT", self._acting)
        s.press("2")  # what stood in the corner is gone, and what is behind it was clicked on
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
        s.touch("IF", self._acting)
        s.press("escape")
        s.at("gifts, an edit of all")
        s.press("A", "+", "3")
        s.see("GS GT", self._short)
        s.press("enter", "escape")
        s.at("gifts, an edit of one")
        s.press("end")
        for _ in range(self._count):
            s.press("-1", "enter", "up")
        s.see("GT GS", self._count)
        s.press("U")

    def cart(self, s: Session, home: Path) -> None:
        s.press("3", "end", "home")
        s.at("cart, the cursor's selection")
        s.press(*["down"] * (self._selections), up(self._selections))
        s.see("CM", self._count, also="CG CD")
        s.touch("CM", self._acting)
        s.at("cart, a selection's details")
        s.press("end")
        for _ in range(self._count):
            s.look("up")
        s.see("CM", self._count)
        s.press("i")
        s.touch("CM", self._acting)
        s.press("escape")
        s.at("cart, the lines")
        s.press("\t", *self._down, self._up)
        s.see("CN", self._count, also="CP CK CU")
        s.at("cart, a line's details")
        for _ in self._texts:
            s.look("down")
        s.see("CN", self._count, also="CP CK CU")
        s.press("i")
        s.touch("CN", self._acting)
        s.press("escape")
        self._exported(s, "cart", home)
        s.press("\t")

    def orders(self, s: Session, home: Path) -> None:
        s.press("3")
        s.at("cart, the vendor's answer")
        s.press("J")
        s.press(*["pagedown"] * 3, "home", "end")
        s.see("CX", self._count, also="CV")
        s.press("/", "z", "enter")
        s.copy()
        s.touch("CX", self._acting)
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
        s.press("X")
        s.see("CM", 1)
        s.press("escape", "U")

    def order_qty(self, s: Session) -> None:
        s.press("4")
        s.at("order qty, the cursor's row")
        s.press(*self._down, self._up)
        s.see("QC", self._count, also="QI QR")
        s.touch("QC", self._acting)
        s.at("order qty, by cart")
        s.press("G", *self._down, self._up, "F", "F")
        s.see("QC", self._count)
        s.press("G")
        s.at("order qty, the choice of a product")
        s.press("P")
        s.see("LP", self._count)
        s.press("escape")
        s.at("order qty, a clean-up")
        s.press("A", "d")
        s.rest()
        s.press(*self._down, self._up)
        s.see("QC", 1)
        s.touch("QC", self._acting)
        s.press("escape", "escape")
        s.at("order qty, a cart's deletion")
        s.press("D")
        s.rest()
        s.see("QC", 1)
        s.touch("QC", self._acting)
        s.press("escape")

    def clicks(self, s: Session) -> None:
        """Everywhere on the screen: no text may act when it is clicked, in the overview and with details open."""
        s.at("clicks")
        for column in (4, 84):
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

    def changes(self, s: Session, shop: Spoiler) -> None:
        self.writes += self._count
        s.press("2", "A", "=", "5", "enter", "escape")
        s.at("changes, staged")
        s.press("5", *self._down, self._up)
        s.see("GT", self._count, also="GS")
        s.touch("GT", self._acting)
        s.at("the review")
        s.press("w")
        s.rest()
        s.press(*self._down, self._up)
        s.see("GT", self._count, also="GS")
        s.touch("GT", self._acting)
        s.at("the review, sent")
        s.press("a")
        s.until("Close")
        s.rest()
        s.press(self._up, *self._down)
        s.see("GT", self._count, also="GS")
        s.press("escape")
        s.at("changes, done")
        s.press("5", *self._down, self._up)
        s.see("GT", self._count)
        s.at("changes, the events")
        s.press("home")
        for _ in range(self._count + 1):
            s.look("down")
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
        s.press("5", "home", "i", "pagedown")
        s.see("GT", 1)
        s.touch("GT", self._acting)
        s.press("escape", "home")
        s.at("the verdict")
        s.press("V")
        s.rest()
        s.see("GT", 1)
        s.touch("GT", self._acting)
        s.press("escape")
        shop.refusing, shop.only = 0, ""

    def refusals(self, s: Session, shop: Spoiler) -> None:
        s.press("1")
        for status in (500, 403, 422):
            shop.refusing = status
            s.at(f"refused with {status}")
            for _ in self._texts:
                s.press("r")
                s.rest()
                if len(s.seen()["EM"]) == self._count:
                    break
            s.see("EM", self._count // 2)  # a long head may leave no room for the mark behind it
            s.touch("EM", self._acting)
        shop.refusing = 0
        s.press("r")
        s.rest()
        s.at("the errors and warnings")
        s.press("E", "end", "home")
        s.see("EM", self._count // 2)
        s.touch("EM", self._acting)
        s.press("escape")
        s.at("the command palette")
        s.press("\x10")
        for n, text in enumerate(self._texts):
            s.paste(text.marked("PP", n)[:60], first="\x15")
        s.see("PP", 1)
        s.press("escape", "escape")

    def _exported(self, s: Session, pane: str, home: Path) -> None:
        """Written to a file of each kind, whose words come back to the screen; ``hostile_output`` judges files."""
        s.at(f"{pane}, exported")
        s.press("e")
        s.press("\x15")
        s.type(str(home / "zz.csv"))
        s.until("zz.csv")
        s.press("escape")

    def last_guard(self, s: Session) -> None:
        """Without ``safe_text`` what is drawn is still harmless, if not as it was meant: nothing is copied
        here."""
        s.begin()
        s.see("TO GS GT QC CM", 1)
        for key in ("1", "2", "3", "4"):
            s.at(f"the last guard alone, pane {key}")
            s.press(key, *self._down, "i", "escape", self._up)
            s.touch("TO GS GT QC CM", self._acting)
        s.at("the last guard alone, dialogs")
        for key, keys in (("1", "P"), ("3", "J"), ("3", "S"), ("4", "P"), ("2", "?")):
            s.press(key, keys, "escape", "escape")

    def let_act(self, s: Session) -> None:
        """There, words in the corner act when they are clicked on: a click comes to them."""
        s.at("words that act")
        s.press("2", "end")
        s.copy()
        s.see(CORNER, 1)
        s.touch(CORNER, ())
        s.rest()

    # At 80×24 one pane is on the screen, from the cache.

    def kept(self, s: Session) -> None:
        """Read everything and stage an edit of each gift: what other legs would have left behind."""
        s.begin()
        s.see("TO GS GT QC", self._short)
        s.see("CM", 1)
        self.stage(s)

    def stage(self, s: Session) -> None:
        s.press("2", "A", "=", "5", "enter", "escape")

    def small(self, s: Session, *, raw: bool) -> None:
        """``raw``: what was kept came past the last guard alone. A cache keeps no half of a surrogate pair."""
        s.begin()
        kept = self._whole if raw else self._count
        s.see("TO", 1)  # a text may say what the first screen says
        for key, pane, fields in (  # each comes from another, and is then drawn whole
            ("2", "gifts", "GS GT"),
            ("3", "cart", "CM"),
            ("4", "order qty", "QC"),
            ("5", "changes", "GT"),
            ("1", "tickets", "TO"),
        ):
            s.at(f"{pane}, from the cache, small")
            # The leg of the changes, if it was walked, has sent one for each text, and one more.
            more = {"3": OTHER_SELECTIONS, "5": self._count + 1}.get(key, 0)
            s.press(key, "home", *self._down, *["down"] * more, up(more), self._up)
            s.see(fields, self._count if pane == "changes" else kept)
            s.touch(fields, self._acting)
            s.press("i", "escape")


def _has_half(text: Hostile) -> bool:
    """Whether it holds a surrogate without its other one."""
    return any("\ud800" <= char <= "\udfff" for char in text.head + text.tail)


def _acts(text: Hostile) -> bool:
    """Whether a click on it would do something where markup is read."""
    return any(each in text.head + text.tail for each in ("[@click", "[link"))
