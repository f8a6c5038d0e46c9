"""A program on a terminal of its own: started on a pty, its output drawn by an emulator, its screen waited for.

A time is that of the read which brought the last byte of what was waited for. Reading goes before drawing, so the
emulator's own slowness neither delays a time nor holds up the program.
"""

import ctypes
import os
import pty
import select
import signal
import termios
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

_PIECE = 256
"""Bytes drawn between two looks for more: a quarter of a millisecond."""

_IDLE = 0.1
"""A program that uses less than this share of a processor is waiting."""

_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",  # which terminal it is
    b"\x1b[6n": b"\x1b[1;1R",  # where the cursor is
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # whether a frame can be drawn in one go
}
"""What current terminals answer; a program may hold back until it hears it."""

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "ctrl+home": "\x1b[1;5H",
    "enter": "\r",
    "escape": "\x1b",
    "backspace": "\x7f",
    "ctrl+u": "\x15",
}

Seen = Callable[[Sequence[str]], bool]
"""Whether the lines of a screen show what is waited for."""


class NotShown(Exception):
    """What was waited for did not come; the text holds the screen as it was."""


class Terminal:
    """One program on one terminal. A context manager: leaving it ends the program.

    Times are milliseconds since the program was started. ``heard`` is told each piece of what the program
    writes, as it came; not ``drawn``, there is no screen to wait for, and nothing else of it is looked at.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int,
        lines: int,
        environment: Mapping[str, str],
        heard: Callable[[bytes], None] | None = None,
        drawn: bool = True,
    ) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._chunks: deque[tuple[int, bytes]] = deque()
        self._shown: list[str] = [""] * lines
        self._drawn_at = 0
        self._ended = False
        self._heard = heard
        self._is_drawn = drawn
        self.bytes_written = 0
        """By the program, to the terminal."""
        self._master, terminal = pty.openpty()
        termios.tcsetwinsize(self._master, (lines, columns))
        name = os.ttyname(terminal)
        # A new session that opens a terminal is controlled by it, as by the one a person sits at.
        onto_terminal = [
            (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
            (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_DUP2, 0, 2),
        ]
        self._started = time.perf_counter_ns()
        self.pid = os.posix_spawn(argv[0], list(argv), environment, setsid=True, file_actions=onto_terminal)
        os.close(terminal)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ended(self, timeout: float) -> int:
        """Draw until the program has ended; its exit status, negative for a signal. Raises ``NotShown``."""
        deadline = time.monotonic() + timeout
        while not self._ended and (left := deadline - time.monotonic()) > 0:
            self._read(left)
            while self._chunks:
                self._draw()
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        raise NotShown(f"The program did not end within {timeout:g} s. Its screen:\n{self.text}")

    def close(self) -> None:
        """End the program at once, whatever it is doing."""
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        finally:
            os.close(self._master)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Meanwhile the program does nothing at all."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    @property
    def running(self) -> bool:
        """Whether the program may still write."""
        return not self._ended

    # What stands on the screen.

    @property
    def lines(self) -> Sequence[str]:
        """The screen as drawn so far, each line to its full width."""
        for row in self._screen.dirty:
            cells = self._screen.buffer[row]
            self._shown[row] = "".join(cells[column].data for column in range(self._screen.columns))
        self._screen.dirty.clear()
        return self._shown

    @property
    def text(self) -> str:
        """The screen as drawn so far, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self.lines).rstrip()

    def wait_for(self, *texts: str, timeout: float = 60.0) -> float:
        """When all of ``texts`` stood on the screen. Raises ``NotShown`` after ``timeout`` seconds."""
        return self.wait_until(lambda lines: _holds(lines, texts), timeout=timeout, what=" and ".join(texts))

    def wait_until(self, seen: Seen, *, timeout: float = 60.0, what: str = "it") -> float:
        """When ``seen`` became true, or was already at the last drawing. Raises ``NotShown``."""
        deadline = time.monotonic() + timeout
        while True:
            while self._read(0):
                pass
            if self._chunks:
                self._draw()
                if not seen(self.lines):
                    continue
            if seen(self.lines):
                return self._since_start(self._drawn_at)
            left = deadline - time.monotonic()
            if self._ended or left <= 0:
                reason = "ended" if self._ended else f"did not show within {timeout:g} s"
                raise NotShown(f"The program {reason}: {what}. Its screen:\n{self.text}")
            self._read(left)

    def settle(self, quiet: float = 0.08, timeout: float = 300.0) -> None:
        """Draw until for ``quiet`` seconds nothing has come and the program was idle, or ``timeout`` is over."""
        deadline = time.monotonic() + timeout
        while not self._ended and time.monotonic() < deadline:
            used, written = self.cpu_ms(), self.bytes_written
            self.rest(quiet)
            idle = written == self.bytes_written and self.cpu_ms() - used < _IDLE * quiet * 1_000
            if idle and not _has_work(self.pid):
                return

    def rest(self, seconds: float) -> None:
        """Let ``seconds`` pass and draw what comes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)
            while self._chunks:
                self._draw()

    # Keys.

    def press(self, *keys: str) -> float:
        """Type keys, by their names in ``KEYS`` or as themselves; when the last was on its way."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
        return self._since_start(time.perf_counter_ns())

    def answer(self, key: str, *texts: str, timeout: float = 60.0) -> float:
        """Milliseconds from a key to all of ``texts`` on the screen."""
        pressed = self.press(key)
        return self.wait_for(*texts, timeout=timeout) - pressed

    # What it costs.

    @property
    def now(self) -> float:
        """Milliseconds since the start."""
        return self._since_start(time.perf_counter_ns())

    def cpu_ms(self) -> float:
        """Processor time of all its threads so far."""
        return _cpu_ns(self.pid) / 1e6

    def first_thread_cpu_ms(self) -> float:
        """Processor time of the thread it began with, which draws the screen (Linux)."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/schedstat").read_text().split()[0]) / 1e6

    def resident_mib(self) -> float:
        """Memory that is its own or shared with others, as resident (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    # Below: bytes in, cells out.

    def _since_start(self, at: int) -> float:
        return (at - self._started) / 1e6

    def _read(self, wait: float) -> bool:
        """Take what has come, or comes within ``wait`` seconds; whether anything did."""
        if self._ended or not select.select([self._master], [], [], max(0.0, wait))[0]:
            return False
        try:
            chunk = os.read(self._master, 65_536)
        except OSError:  # how Linux says that nobody is left at the other side
            chunk = b""
        at = time.perf_counter_ns()
        if not chunk:
            self._ended = True
            return False
        self.bytes_written += len(chunk)
        if self._heard is not None:
            self._heard(chunk)
        self._chunks.append((at, chunk))
        for question, answer in _ANSWERS.items():
            if question in chunk:
                os.write(self._master, answer)
        return True

    def _draw(self) -> None:
        at, chunk = self._chunks.popleft()
        if not self._is_drawn:
            return
        for start in range(0, len(chunk), _PIECE):
            self._stream.feed(chunk[start : start + _PIECE])
            while self._read(0):
                pass
        self._drawn_at = at


def _holds(lines: Sequence[str], texts: Iterable[str]) -> bool:
    return all(any(text in line for line in lines) for text in texts)


def _has_work(pid: int) -> bool:
    """Whether a thread waits for its turn (Linux): on a loaded machine that looks as if it were idle."""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            if stat.read_text().rpartition(")")[2].split()[0] == "R":
                return True
        except (FileNotFoundError, ProcessLookupError):  # it has ended
            continue
    return False


def _cpu_ns(pid: int) -> int:
    """Processor time of a process, exact where the kernel's own report counts in hundredths of a second."""
    clock = ctypes.c_int()
    if ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise ProcessLookupError(pid)
    return time.clock_gettime_ns(clock.value)
