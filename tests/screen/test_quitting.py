"""Quitting in a terminal: it is prompt whatever a credential waits for, and the demo leaves nothing behind."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 20.0
"""Seconds until a test gives up."""


class Terminal:
    """A program on a terminal of its own, whose output is read so that it never waits for a reader."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int) -> None:
        self._process = process
        self._master = master
        self.output = b""
        self._written_at = time.monotonic()

    def until(self, condition: Callable[[], bool], limit: float = PATIENCE) -> float:
        """Read on until ``condition``; the seconds it took. Fails after ``limit``."""
        start = time.monotonic()
        while not condition():
            assert time.monotonic() - start < limit, self.output[-2_000:]
            if select.select([self._master], [], [], 0.02)[0]:
                try:
                    self.output += os.read(self._master, 65_536)
                    self._written_at = time.monotonic()
                except OSError:  # the other end is closed: Linux's way to say so
                    self._process.wait(limit)
        return time.monotonic() - start

    def is_at_rest(self) -> bool:
        """Whether nothing was drawn for a while; ages are, each second."""
        return time.monotonic() - self._written_at > 0.3

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def status(self) -> int | None:
        """The exit status once it has ended."""
        return self._process.poll()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, ended: signal.Signals) -> None:
        self._process.send_signal(ended)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())


@contextmanager
def terminal(code: str, folder: Path, *arguments: str) -> Iterator[Terminal]:
    """Run ``code`` on a terminal of 120×40, its temporary files in ``folder``."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    settings = {**os.environ, "TMPDIR": str(folder), "TERM": "xterm-256color"}
    argv = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=settings)
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


CONFIG = """
[profiles.prod.tickets]
base_url = "http://127.0.0.1:9"
api_key = { command = ["sh", "-c", "exec sleep 9 3> held"] }
channel_code = { env = "AX_CHANNEL" }
products = [{ code = "park", name = "Park" }]
"""


def test_quitting_waits_for_no_credential(home: Path) -> None:
    config = home / "config.toml"
    config.touch(0o600)
    config.write_text(CONFIG)
    os.mkfifo(home / "held")  # open for as long as the command runs
    held = os.open(home / "held", os.O_RDONLY | os.O_NONBLOCK)

    def runs() -> bool:
        try:
            return bool(os.read(held, 1))
        except BlockingIOError:
            return True

    with terminal("from qtydash.__main__ import main; raise SystemExit(main())", home) as dashboard:
        dashboard.until(runs)

        dashboard.press("q")
        seconds = dashboard.until(dashboard.has_ended)
        assert not runs()

    os.close(held)
    assert seconds < 3


DEMO = """
import threading, time
from pathlib import Path
from qtydash.services.background import Background
from qtydash.storage.cache import Cache

closing, close, save = threading.Event(), Background.close, Cache.save

def closed(self, last=None):
    closing.set()
    close(self, last)

def late(self, *given):
    \"\"\"A save that is under way when the demo ends, and goes on for a second or until its folder is gone.\"\"\"
    (self._path.parent.parent / "saving").touch()
    closing.wait(10)
    for _ in range(100):
        if not self._path.parent.exists():
            break
        time.sleep(0.01)
    return save(self, *given)

Background.close, Cache.save = closed, late
from qtydash.cli.main import main
main(["demo"])
"""


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    with terminal(DEMO, tmp_path) as demo:
        demo.until((tmp_path / "saving").exists)
        (tmp_path / "saving").unlink()

        demo.press("q")
        demo.until(demo.has_ended)

    assert [path.name for path in tmp_path.iterdir() if path.name != "saving"] == []


ALTERNATE, BACK = b"\x1b[?1049h", b"\x1b[?1049l"
HIDDEN, SHOWN = b"\x1b[?25l", b"\x1b[?25h"


def has_stopped(dashboard: Terminal) -> bool:
    return os.waitid(os.P_PID, dashboard.pid, os.WSTOPPED | os.WNOHANG) is not None


def drawn_since_it_began(dashboard: Terminal) -> bytes:
    """What was drawn since it took the terminal last."""
    return dashboard.output.rpartition(ALTERNATE)[2]


def given_back(output: bytes) -> bool:
    """Whether the terminal is as it was: its own screen, with its cursor."""
    return output.rfind(BACK) > output.rfind(ALTERNATE) >= 0 and output.rfind(SHOWN) > output.rfind(HIDDEN) >= 0


@pytest.mark.parametrize("ended", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("first", [b"qtydash", b"not set up yet"], ids=["dashboard", "first screen"])
def test_who_ends_it_from_outside_gets_the_terminal_back(
    ended: signal.Signals, first: bytes, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if first == b"qtydash":
        (home / "config.toml").touch(0o600)
        (home / "config.toml").write_text(CONFIG)
    with terminal("from qtydash.__main__ import main; raise SystemExit(main())", home) as dashboard:
        dashboard.until(lambda: ALTERNATE in dashboard.output and first in dashboard.output)
        assert not given_back(dashboard.output)

        dashboard.send(ended)
        dashboard.until(dashboard.has_ended)
        dashboard.until(lambda: given_back(dashboard.output))

    assert dashboard.status == 128 + ended


def test_the_first_screen_opens_the_demo(tmp_path: Path, home: Path) -> None:
    with terminal("from qtydash.__main__ import main; raise SystemExit(main())", tmp_path) as dashboard:
        dashboard.until(lambda: b"not set up yet" in dashboard.output)
        dashboard.press("d")
        dashboard.until(lambda: b"WRITE" in dashboard.output)
        dashboard.press("q")
        dashboard.until(dashboard.has_ended)

    assert dashboard.status == 0
    assert not list(home.glob("config.toml"))


def test_the_first_screen_writes_a_configuration(home: Path) -> None:
    with terminal("from qtydash.__main__ import main; raise SystemExit(main())", home) as dashboard:
        dashboard.until(lambda: b"not set up yet" in dashboard.output)
        dashboard.press("i")
        dashboard.until(dashboard.has_ended)
        dashboard.until(lambda: b"qtydash config check" in dashboard.output.rpartition(BACK)[2])

    assert dashboard.status == 0
    assert (home / "config.toml").stat().st_mode & 0o077 == 0


COUNTING = """
import os, signal
from pathlib import Path
from textual.drivers.linux_driver import LinuxDriver

begin, leave = LinuxDriver.start_application_mode, LinuxDriver.disable_input

def continued_meanwhile():
    if Path("meanwhile").exists():
        os.kill(os.getpid(), signal.SIGCONT)

def noted(self):
    with Path("begun").open("a") as file:
        file.write("begun\\n")
    continued_meanwhile()
    begin(self)

def left(self):
    continued_meanwhile()
    leave(self)

LinuxDriver.start_application_mode, LinuxDriver.disable_input = noted, left
from qtydash.__main__ import main
raise SystemExit(main())
"""


@pytest.fixture
def in_demo(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """The first screen went on to the demo, which has its first rows and is at rest."""
    monkeypatch.chdir(home)
    with terminal(COUNTING, home) as dashboard:
        dashboard.until(lambda: b"not set up yet" in dashboard.output)
        dashboard.press("d")
        dashboard.until(lambda: b"live" in dashboard.output)
        dashboard.until(dashboard.is_at_rest)
        yield dashboard


def begun(home: Path) -> int:
    """How often it began on the terminal."""
    return len((home / "begun").read_text().splitlines())


def stop(dashboard: Terminal) -> None:
    """Stop it, as a shell does; it gives the terminal back before."""
    dashboard.send(signal.SIGTSTP)
    dashboard.until(lambda: has_stopped(dashboard))
    dashboard.until(lambda: given_back(dashboard.output))


def test_it_begins_anew_on_the_terminal_only_where_it_was_stopped(in_demo: Terminal, home: Path) -> None:
    """A terminal that is closed says "continue" as well: beginning anew on it never ended."""
    in_demo.send(signal.SIGCONT)
    # What is pressed comes after it, and is answered by the loop that heeds signals.
    in_demo.press("?")
    in_demo.until(lambda: b"escape goes back" in in_demo.output)
    in_demo.press("\x1b")
    in_demo.until(in_demo.is_at_rest)
    assert begun(home) == 2  # the first screen, and the demo

    stop(in_demo)
    assert begun(home) == 2
    in_demo.send(signal.SIGCONT)
    in_demo.until(lambda: begun(home) == 3)
    # All of it is drawn again: the terminal has forgotten what was there.
    in_demo.until(lambda: b"WRITE" in drawn_since_it_began(in_demo))
    in_demo.until(lambda: b"quit" in drawn_since_it_began(in_demo))

    in_demo.press("q")
    in_demo.until(in_demo.has_ended)
    assert in_demo.status == 0


def test_it_goes_on_once_although_it_is_told_to_while_it_leaves_and_while_it_begins(
    in_demo: Terminal, home: Path
) -> None:
    (home / "meanwhile").touch()
    stop(in_demo)
    assert begun(home) == 2
    in_demo.send(signal.SIGCONT)
    in_demo.until(lambda: b"quit" in drawn_since_it_began(in_demo))

    in_demo.press("q")
    in_demo.until(in_demo.has_ended)
    in_demo.until(lambda: given_back(in_demo.output))
    assert in_demo.status == 0
    assert begun(home) == 3


ENDING = """
import asyncio
from pathlib import Path
from textual.app import App

shutdown = App._shutdown

async def late(self):
    await shutdown(self)
    Path("left").touch()
    while not Path("end").exists():
        await asyncio.sleep(0.01)

App._shutdown = late
from qtydash.__main__ import main
raise SystemExit(main())
"""


def test_it_ends_although_it_is_stopped_when_it_has_left_the_screen(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    with terminal(ENDING, home) as dashboard:
        dashboard.until(lambda: b"not set up yet" in dashboard.output)
        dashboard.press("q")
        dashboard.until((home / "left").exists)
        stop(dashboard)
        dashboard.send(signal.SIGCONT)
        (home / "end").touch()
        dashboard.until(dashboard.has_ended)
        assert given_back(dashboard.output)


STOPPED_WITHIN_A_WRITE = """
import os, signal
from textual.drivers._writer_thread import WriterThread

write = WriterThread.write
stops = 1

def stopped_within(self, text):
    global stops
    if stops and "WRITE" in text:  # the demo's first screen: the signal comes while that is put down
        stops -= 1
        with self._queue.mutex:
            os.kill(os.getpid(), signal.SIGTSTP)
    write(self, text)

WriterThread.write = stopped_within
from qtydash.__main__ import main
raise SystemExit(main())
"""


def test_it_stops_although_it_is_told_to_within_a_write(home: Path) -> None:
    """What answers a signal in the middle of a write must not write: it would wait for that write for ever."""
    with terminal(STOPPED_WITHIN_A_WRITE, home) as dashboard:
        dashboard.until(lambda: b"not set up yet" in dashboard.output)
        dashboard.press("d")
        dashboard.until(lambda: has_stopped(dashboard))
        dashboard.until(lambda: given_back(dashboard.output))
        dashboard.send(signal.SIGCONT)
        dashboard.until(lambda: not given_back(dashboard.output))
        dashboard.press("q")
        dashboard.until(dashboard.has_ended)
    assert dashboard.status == 0


JOB = """
import os, signal, sys

signal.signal(signal.SIGTTOU, signal.SIG_IGN)
os.setsid()
os.close(os.open(os.ttyname(0), os.O_RDWR))
job = os.fork()
if not job:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-c", "from qtydash.__main__ import main; raise SystemExit(main())"])
signal.signal(signal.SIGUSR1, lambda *given: os.kill(job, signal.SIGTSTP))
os.waitpid(job, os.WUNTRACED)
os.tcsetpgrp(0, os.getpgrp())
if sys.argv[1:]:
    os.kill(job, signal.SIGCONT)
    os.waitpid(job, os.WUNTRACED)
os.kill(job, signal.SIGTERM)
os.kill(job, signal.SIGCONT)
status = os.waitpid(job, os.WUNTRACED)[1]
if os.WIFSTOPPED(status):
    os.kill(job, signal.SIGKILL)
    sys.exit("it has stopped again")
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A shell with one job: stopped, put in the background if there is an argument, and ended by ``kill %1``."""


@pytest.mark.parametrize("arguments", [(), ("bg",)], ids=["stopped", "in the background"])
def test_a_stopped_job_ends_although_another_has_the_terminal(home: Path, arguments: tuple[str, ...]) -> None:
    with terminal(JOB, home, *arguments) as shell:
        shell.until(lambda: b"not set up yet" in shell.output)
        shell.send(signal.SIGUSR1)
        shell.until(shell.has_ended)

        assert shell.status == 128 + signal.SIGTERM
        assert given_back(shell.output)


STUCK = """
import threading
from qtydash.tui import ending
from qtydash.tui.guarded_app import GuardedApp

def waits_for_ever(self, *given, **more):
    threading.Event().wait()

ending.GRACE_SECONDS = 1
GuardedApp.exit = waits_for_ever
from qtydash.__main__ import main
raise SystemExit(main())
"""


@pytest.mark.parametrize("ended", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_although_its_loop_waits_for_a_terminal_that_is_gone(ended: signal.Signals, home: Path) -> None:
    with terminal(STUCK, home) as dashboard:
        dashboard.until(lambda: b"not set up yet" in dashboard.output)
        dashboard.send(ended)
        dashboard.until(dashboard.has_ended)
    assert dashboard.status == -signal.SIGALRM
