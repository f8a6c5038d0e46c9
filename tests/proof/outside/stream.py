"""The judge of what a program writes to its terminal: printable characters, and the program's own sequences only.

Everything is forbidden that is not listed here. The lists hold what the program writes when no outside text is
there.
"""

import re
import unicodedata
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["start", "running", "end"]

_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<csi>[0-?]*[ -/]*[@-~])|\](?P<osc>[^\x07\x1b\x9c]*)(?:\x07|\x1b\\)|(?P<other>.?))", re.DOTALL
)
_START = {
    *(f"?{mode}h" for mode in (1049, 1000, 1003, 1015, 1006, 1004, 2004)),
    *("?25l", "?7l", ">25u", "?2026$p", "?2048$p", "?2048h"),
}
_END = {
    *(f"?{mode}l" for mode in (1049, 1000, 1003, 1015, 1006, 1004, 2004, 2048)),
    *("?25h", "?7h", "<u"),
}
_ALWAYS = {"?2026h", "?2026l"}
_PLACE = re.compile(r"([0-9]{1,4});([0-9]{1,4})H")
_COLOURS = re.compile(r"[0-9;]*m")
_ATTRIBUTES = {0, 1, 2, 3, 4, 7, 9}
_POINTERS = re.compile(r"22;(default|pointer|text)")
_MOST_MARKS = 4
_COPIED = "52;c;"
_LONGEST = 1_000_000
"""Bytes that a sequence may have: a copied row holds several texts of 2,000 characters."""


@dataclass(slots=True)
class Judge:
    """Reads a program's bytes in the pieces they come in; ``wrong`` says what was not its own.

    ``screen`` is (columns, lines) for a program that draws a screen; None is one that prints lines: no sequences
    at all. What ``phase`` it is says which modes may be set. ``may_copy`` is how many clipboard writes are due.
    """

    screen: tuple[int, int] | None = None
    phase: Phase = "running"
    may_copy: int = 0
    wrong: list[str] = field(default_factory=list)
    read: int = 0
    _left: bytes = b""
    _marks: int = 0

    def feed(self, data: bytes) -> None:
        """Judge what came next."""
        self.read += len(data)
        data = self._left + data
        # A sequence or a character may come in two pieces.
        cut = _whole(data)
        data, self._left = data[:cut], data[cut:]
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            self._no(f"bytes that are no UTF-8: {data[error.start : error.start + 8]!r}")
            text = data.decode(errors="replace")
        for part in _parts(text):
            if isinstance(part, str):
                self._characters(part)
            else:
                self._sequence(part)

    def finish(self) -> None:
        """What came last must be whole."""
        if self._left:
            self._no(f"a sequence that does not end: {self._left[:40]!r}")

    def _no(self, told: str) -> None:
        if len(self.wrong) < 20:
            self.wrong.append(told)

    def _characters(self, text: str) -> None:
        if self.screen is not None and text == "\r\n":
            return  # between two lines of a whole screen, and only there, a line break stands by itself
        for char in text:
            if unicodedata.category(char) in ("Mn", "Me"):
                self._marks += 1
                if self._marks == _MOST_MARKS + 1:
                    self._no(f"marks piled up near {_near(text, char)}")
                continue
            self._marks = 0
            breaks = self.screen is None and char in "\r\n"
            if not (char.isprintable() or breaks or char == "\u3000"):
                self._no(f"U+{ord(char):04X} in {_near(text, char)}")

    def _sequence(self, found: "re.Match[str]") -> None:
        csi, osc = found["csi"], found["osc"]
        if self.screen is None:
            fine = False
        elif osc is not None:
            fine = self._osc(osc)
        elif csi is not None:
            fine = self._csi(csi, self.screen)
        else:
            fine = False
        if not fine:
            self._no(f"the sequence {found[0][:60]!r}")

    def _csi(self, csi: str, screen: tuple[int, int]) -> bool:
        if csi in _ALWAYS:
            return True
        if csi in _START:
            return self.phase == "start"
        if csi in _END:
            return self.phase == "end"
        if place := _PLACE.fullmatch(csi):
            return 1 <= int(place[1]) <= screen[1] and 1 <= int(place[2]) <= screen[0]
        return bool(_COLOURS.fullmatch(csi)) and _is_own_colour(csi)

    def _osc(self, osc: str) -> bool:
        if _POINTERS.fullmatch(osc):
            return True
        if not osc.startswith(_COPIED) or not self.may_copy:
            return False
        self.may_copy -= 1
        try:
            copied = b64decode(osc.removeprefix(_COPIED), validate=True).decode()
        except (NoBase64, UnicodeDecodeError):
            return False
        return all(char.isprintable() or char in "\t\n\u3000" for char in copied)


def _is_own_colour(csi: str) -> bool:
    """Only true colours and plain attributes: no outside text that sets a colour would write them so."""
    numbers = [int(each or 0) for each in csi[:-1].split(";")]
    while numbers:
        if numbers[0] in (38, 48):
            if len(numbers) < 5 or numbers[1] != 2 or max(numbers[2:5]) > 255:
                return False
            del numbers[:5]
        elif numbers.pop(0) not in _ATTRIBUTES:
            return False
    return True


def _parts(text: str) -> Iterator["str | re.Match[str]"]:
    at = 0
    for found in _SEQUENCE.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        yield found
        at = found.end()
    if at < len(text):
        yield text[at:]


def _whole(data: bytes) -> int:
    """How many of these bytes are surely whole sequences and characters."""
    cut = len(data) - data.endswith(b"\r")
    escape = data.rfind(b"\x1b")
    if escape >= 0 and cut - escape < _LONGEST and _is_open(data[escape:cut]):
        # The ESC of an ST belongs to the string that it ends.
        before = data.rfind(b"\x1b]", 0, escape)
        cut = before if data[escape : escape + 2] in (b"\x1b", b"\x1b\\") and before >= 0 else escape
    for back in range(1, min(4, cut) + 1):
        byte = data[cut - back]
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return cut - back if back < need else cut
        if byte < 0x80:
            break
    return cut


def _is_open(tail: bytes) -> bool:
    """Whether the last escape sequence may go on in the bytes to come."""
    if len(tail) == 1:
        return True
    if tail[1:2] == b"[":
        return all(byte < 0x40 for byte in tail[2:])
    return tail[1:2] == b"]" and b"\x07" not in tail


def _near(text: str, char: str) -> str:
    at = text.find(char)
    return repr(text[max(0, at - 20) : at + 20])
