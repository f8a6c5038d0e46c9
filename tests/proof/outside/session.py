"""The dashboard on a terminal of its own, among hostile texts: keys are pressed, each byte it writes is judged."""

import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import shop
from benchmarks.terminal import KEYS, Terminal

from tests.proof.outside.standing import standing_in
from tests.proof.outside.stream import Judge
from tests.proof.outside.texts import marks_in

QUIET = 0.03
"""Seconds without a byte, from a program at rest, after which a key has been answered."""
PATIENCE = 20.0
"""Seconds that a loaded machine may take to show what a key brings."""
_ESCAPE = "\x1b[27u"
"""The escape key as terminals send it that tell it from the beginning of a sequence: nothing waits for more."""
_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_CLICKED = 4
"""Marks that are clicked on at one time."""
_SCREENS = 200_000
"""Bytes in which what stands on the screen was drawn, if it was drawn at this place."""

RECORDED = (shop.PYTHON, "-m", "tests.proof.outside.recorded")

Pair = tuple[str, str, str]
"""A place, a field and the number of a text."""


def _pressed(column: int, line: int) -> str:
    """A click as terminals send it."""
    return f"\x1b[<0;{column};{line}M\x1b[<0;{column};{line}m"


class Missed(Exception):
    """What should have come to the screen did not."""


class Session:
    """One program on one terminal, which draws texts whose marks are looked for. Leaving it ends the program.

    ``pairs`` says where each text was drawn, ``wrong`` what was written besides, with the place it was written at,
    ``clicked`` how many times one was clicked on.
    """

    def __init__(
        self,
        home: Path,
        arguments: Sequence[str] = (),
        *,
        size: tuple[int, int] = (160, 48),
        program: Sequence[str] = RECORDED,
    ) -> None:
        self.judge = Judge(size, "start")
        self.wrong: list[str] = []
        self.pairs: set[Pair] = set()
        self.clicked = 0
        self._text = bytearray()
        self._last = b""
        self.place = "start"
        settings = {"TEXTUAL_ANIMATIONS": "none", "QTYDASH_REFRESH": "off", "PYTHONPATH": str(shop.ROOT)}
        environment = shop.environment(home, **settings)
        self.terminal = Terminal(
            [*program, *arguments],
            columns=size[0],
            lines=size[1],
            environment=environment,
            heard=self._heard,
            drawn=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.terminal.close()

    @property
    def text(self) -> str:
        """What was written at this place so far, without its sequences. Cells that did not change are missing."""
        return _SEQUENCES.sub("", self._text.decode(errors="replace"))

    @property
    def last_words(self) -> str:
        """What was written last, wherever: of a program that has ended, what it said of it."""
        return _SEQUENCES.sub("", self._last.decode(errors="replace"))[-600:]

    def begin(self, words: str = "q quit") -> None:
        """Wait for the first screen and for what the first reads bring."""
        self.until(words)
        self.rest()
        self.judge.phase = "running"

    def at(self, place: str) -> None:
        """From here on what is written belongs to ``place``."""
        self.place = place
        self._text.clear()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each when the one before has been answered."""
        for key in keys:
            self.terminal.press(_ESCAPE if key == "escape" else key)
            self.terminal.settle(QUIET, timeout=PATIENCE)

    def look(self, onward: str) -> None:
        """Open the details, leave them, and go on."""
        self.press("i", _ESCAPE + KEYS[onward])

    def type(self, text: str) -> None:
        """Type at once, as a person who knows what comes, and press enter."""
        self.press(text, "enter")

    def paste(self, text: str, first: str = "") -> None:
        """Paste, as terminals do that mark it; ``first`` press that."""
        kept = text.encode(errors="ignore").decode().replace("\x1b[201~", "")
        self.press(f"{first}\x1b[200~{kept}\x1b[201~")

    def copy(self, key: str = "c") -> None:
        """Press what writes to the clipboard: once, and only here."""
        self.judge.may_copy = 1
        self.press(key)
        self.until("Copied")
        deadline = time.monotonic() + PATIENCE
        while self.judge.may_copy:  # an earlier copy's words may stand there still
            if time.monotonic() > deadline or not self.terminal.running:
                raise Missed(f"{self.place}: nothing was copied")
            self.terminal.rest(0.02)

    def click(self, column: int, lines: Iterable[int]) -> None:
        """Click on each of these lines, in this column."""
        self.press("".join(_pressed(column, line) for line in lines))

    def touch(self, fields: str, acting: Collection[str]) -> None:
        """Click on texts in these fields where they were drawn last at this place, on those in ``acting`` first.

        On its mark and on what comes behind it, if it stands there still. Raises ``Missed`` when none was drawn.
        """
        drawn = standing_in(self._text[-_SCREENS:].decode(errors="replace"))
        # What was drawn last is the likeliest to stand there still.
        here = [(number, at) for (letters, number), at in reversed(drawn.items()) if letters in fields.split()]
        standing = [at for _, at in sorted(here, key=lambda each: each[0] not in acting)][:_CLICKED]
        if not standing:
            raise Missed(f"{self.place}: there is no text to click on")
        self.clicked += len(standing)
        self.press("".join(_pressed(column + more, line) for column, line in standing for more in (1, 7)))

    def rest(self) -> None:
        self.terminal.settle(0.2, timeout=PATIENCE)

    def until(self, *words: str) -> None:
        """Wait for words that are written at this place. Raises ``Missed``."""
        deadline = time.monotonic() + PATIENCE
        while not all(each in self.text for each in words):
            if time.monotonic() > deadline or not self.terminal.running:
                missing = next(each for each in words if each not in self.text)
                raise Missed(f"{self.place}: {missing!r} did not come; the last: {self.text[-300:]!r}")
            self.terminal.rest(0.02)

    def see(self, fields: str, numbers: int, *, also: str = "") -> None:
        """Wait until this place has drawn all texts, ``numbers`` of them, in each of the ``fields``: count them.

        What is drawn of the fields in ``also`` is counted; long texts may leave no room for them. Raises
        ``Missed``.
        """
        wanted, deadline = fields.split(), time.monotonic() + PATIENCE
        self._missing(also.split(), 0)
        while missing := self._missing(wanted, numbers):
            if time.monotonic() > deadline or not self.terminal.running:
                raise Missed(f"{self.place}: {missing} was never drawn; the last: {self.text[-300:]!r}")
            self.terminal.rest(0.02)

    def quit(self) -> int:
        """Leave; the exit status."""
        self.at("the end")
        self.judge.phase = "end"
        self.terminal.press("q")
        status = self.terminal.ended(PATIENCE)
        self.judge.finish()
        self._blame()
        return status

    def _missing(self, fields: Sequence[str], numbers: int) -> str:
        seen: Mapping[str, set[str]] = self.seen()
        self.pairs |= {(self.place, each, number) for each in fields for number in seen[each]}
        lacking = [each for each in fields if len(seen[each]) < numbers]
        return ", ".join(f"{each} ({len(seen[each])} of {numbers})" for each in lacking)

    def seen(self) -> dict[str, set[str]]:
        """The numbers of the texts that were drawn here, by field."""
        found: dict[str, set[str]] = defaultdict(set)
        for letters, number in marks_in(self.text):
            found[letters].add(number)
        return found

    def _heard(self, piece: bytes) -> None:
        self._text += piece
        self._last = (self._last + piece)[-8_000:]
        self.judge.feed(piece)
        self._blame()

    def _blame(self) -> None:
        self.wrong += [f"{self.place}: {each}" for each in self.judge.wrong]
        self.judge.wrong.clear()
