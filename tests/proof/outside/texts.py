"""Texts that want to act when they are drawn or exported, each made from a seed and known by a mark in it."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

MARK = "z"
"""What a mark begins with: then come the field's two letters and the text's number among those of its shop."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyABCDEFGHIJKLMNOPQRSTUVWXYZ!~._"
MOST = len(_DIGITS)
"""Texts that one shop can tell apart."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """One text: its kind, and what stands before and after its mark."""

    kind: str
    head: str
    tail: str

    def marked(self, field: str, number: int) -> str:
        """The text as a shop sends it in ``field``."""
        return f"{self.head}{mark(field, number)};{self.tail}"


def mark(field: str, number: int) -> str:
    """What is looked for where the text with this number, in this field, should stand."""
    return f"{MARK}{field}{_DIGITS[number]}"


_MARKS = re.compile(MARK + rf"([A-Z]{{2}})([{_DIGITS}]);?")


def marks_in(text: str) -> Iterator[tuple[str, str]]:
    """The letters and the digit of every mark in ``text``."""
    for found in _MARKS.finditer(text):
        yield found[1], found[2]


def marked_at(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    """Every mark in ``text``, as its letters and its digit, and where it begins."""
    for found in _MARKS.finditer(text):
        yield (found[1], found[2]), found.start()


def digit(number: int) -> str:
    """How a mark writes a text's number."""
    return _DIGITS[number]


def _storm(rng: Random) -> str:
    return "".join(chr(rng.choice((0x0301, 0x0335, 0x0489, 0x20DD, 0x0E47))) for _ in range(rng.randint(50, 900)))


def _tags(rng: Random) -> str:
    return "".join(chr(0xE0000 + ord(c)) for c in f"quit{rng.randint(0, 99)}") + "\U000e007f"


def _csi(rng: Random) -> str:
    told = ("2J", "31m", "8m", "9999;9999H", "?1049l", "?1000l", "6n", "c", "21t", "5i", "1;1r", "!p", "?7l", "4h")
    return "".join(f"\x1b[{each}" for each in rng.sample(told, 4))


def _osc(number: int) -> Callable[[Random], str]:
    def made(rng: Random) -> str:
        what = {
            0: "0;owned",
            2: "2;owned",
            4: "4;1;?",
            8: "8;;file:///etc/passwd",
            9: "9;owned",
            11: "11;?",
            22: "22;wait",
            52: "52;c;" + b64encode(b"rm -rf .").decode(),
            777: "777;notify;a;b",
            1337: "1337;File=name=YQ==;inline=1:YQ==",
        }[number]
        return f"\x1b]{what}" + rng.choice(("\x07", "\x1b\\", "\x9c"))

    return made


def _action(rng: Random) -> str:
    actions = (
        "app.quit",
        "app.bell",
        "app.exit",
        "quit",
        "bell",
        "screen.dismiss",
        "app.pane('changes')",
        "app.zoom",
    )
    return f"[@click={rng.choice(actions)}]press here[/]"


_KINDS: tuple[tuple[str, str, str | Callable[[Random], str]], ...] = (
    ("escape sequences", "", _csi),
    ("escape at the front", "\x1b[31m", "red"),
    ("title", "", _osc(0)),
    ("window title", "", _osc(2)),
    ("palette", "", _osc(4)),
    ("terminal link", "", _osc(8)),
    ("desktop message", "", _osc(9)),
    ("background asked", "", _osc(11)),
    ("pointer", "", _osc(22)),
    ("clipboard", "", _osc(52)),
    ("notification", "", _osc(777)),
    ("file", "", _osc(1337)),
    ("device control", "", "\x1bP+q544e\x1b\\\x1bPq~\x1b\\"),
    ("other strings", "", "\x1b_Gi=1;\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\"),
    ("reset", "", "\x1bc\x1b7\x1b8\x1b(0\x1b=\x1bD\x1bM\x1b#8"),
    ("bell", "", "\x07\x07"),
    ("backspace", "", "\x08\x08\x08\x08overwritten"),
    ("shift out", "", "\x0e\x0f\x05\x11\x13\x1a\x18"),
    ("nul", "", "a\x00b"),
    ("delete", "", "a\x7f\x7fb"),
    ("c1", "", "a\x9b31mb\x9d0;owned\x9c\x90q\x9c\x85\x8d\x84"),
    ("newlines", "", "a\r\nb\nc\rd\x0be\x0cf\u2028g\u2029h\x85i"),
    ("tabs", "", "a\tb\tc"),
    ("right to left", "", "abc\u202edef\u202c\u2066ghi\u2069\u200f\u061c"),
    ("zero width", "", "a\u200b\u200c\u200d\u2060\ufeffb\u00adc\u180e"),
    ("tags", "", _tags),
    ("variation selectors", "", "a\ufe0f\U000e0100\U000e01efb"),
    ("lone surrogates", "", "a\ud800b\udfffc\udc80d"),
    ("private use", "", "a\ue000b\U000f0000c\U0010ffffd\uffffe\ufffef"),
    ("blank letters", "", "a\u3164b\u115fc\u2800d\u00a0e\u3000f"),
    ("marks", "", _storm),
    ("very long", "", lambda rng: "long " * rng.randint(450, 900)),
    ("one long word", "", lambda rng: "w" * rng.randint(2_001, 5_000)),
    ("wide", "", lambda rng: "夏季限定" * rng.randint(5, 600)),
    (
        "clusters",
        "",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1f0\U0001f1f7 \U0001f44d\U0001f3fd 1\ufe0f\u20e3",
    ),
    ("arabic and hebrew", "", "مرحبا שלום ٣٤"),
    ("action", "", _action),
    ("action at the front", "[@click=app.bell]", "[/]"),
    ("closing tag", "", "[/nope]"),
    ("closing tag at the front", "[/]", "[/][/x][/b]"),
    ("link", "", "[link=file:///etc/passwd]open[/link]"),
    ("markup", "", "[bold red blink reverse]x[/] [on white] [$primary] [i"),
    ("escaped markup", "", r"\[/x] \\[/x] [\[/]"),
    ("brackets", "", "[[[]]] [] [ ]] [=] [1] [a=b c]"),
    ("emoji names", "", ":warning: :link:"),
    ("markup of variables", "", "{self.secret} {0} %s %(x)s $name ${HOME} `id` $(id)"),
    ("formula", "=", '1+cmd|" /C calc"!A0'),
    ("formula of plus", "+", "1+1"),
    ("formula of minus", "-", "2+3+cmd|' /C calc'!A0"),
    ("formula of at", "@", "SUM(1+1)"),
    ("formula behind a tab", "\t=", "1+1"),
    ("formula behind a break", "\r=", "1+1"),
    ("formula behind a line", "\n=", "1+1"),
    ("quotes", '"', '","=1+1","\r\n=2;\'\'""'),
    ("html", "", "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onload=x &lt;b>"),
    ("html comment", "", "--><style>*{display:none}</style><!--]]></td></table><a href=javascript:alert(1)>"),
    ("json", "", '"}],"data":[{"a":"\\u001b[2J\\'),
    ("paths", "", "../../etc/passwd\x00.csv ~root C:\\con"),
    ("spaces", "   ", "   "),
    ("line drawing", "", "│▌▇─ q quit WRITE READ-ONLY"),
    ("any characters", "", lambda rng: "".join(_any(rng) for _ in range(rng.randint(10, 80)))),
    ("any controls", "", lambda rng: "".join(chr(rng.choice((*range(32), *range(127, 160)))) for _ in range(30))),
    ("any of these together", "", lambda rng: "".join(_body(rng.choice(_KINDS[:60]), rng)[:40] for _ in range(4))),
    ("any escape", "", lambda rng: "".join("\x1b" + chr(rng.randint(32, 126)) for _ in range(12))),
)
KINDS = tuple(kind for kind, _, _ in _KINDS)
ACTS = Hostile("action around the mark", "[@click=app.bell]", "here[/] [link='file:///x']open[/]")
"""What acts wherever markup is read: its mark itself is what a click would fire."""
CORNER = "ZZ"
"""The letters in the mark of the words that ``outside.unguarded`` lets act."""


def hostile(seed: int) -> Hostile:
    """The text of a seed; as many seeds one after the other as there are kinds have one of each."""
    rng = Random(seed)
    row = _KINDS[seed % len(_KINDS)]
    return Hostile(row[0], row[1], _body(row, rng))


def walk_of(walk: int, count: int) -> list[Hostile]:
    """The texts of one walk of those that have every kind between them, ``count`` in each; ``ACTS`` is in all.

    Kinds that stand together above are much the same: no walk has many of one sort.
    """
    walks = len(_KINDS) // count
    again, first = divmod(walk, walks)
    return [*(hostile(again * len(_KINDS) + first + n * walks) for n in range(count)), ACTS]


def _body(row: tuple[str, str, str | Callable[[Random], str]], rng: Random) -> str:
    body = row[2]
    return body if isinstance(body, str) else body(rng)


def _any(rng: Random) -> str:
    """Any code point there is, those at the edges of what terminals and markup know more often."""
    if rng.random() < 0.4:
        return rng.choice("\x1b[]/@=\x07\x9b\x00\u202e\u200b\ud83d;<>&'\"\\\n")
    return chr(rng.randrange(0x110000))
