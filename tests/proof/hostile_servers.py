"""Servers that want to fill the memory, keep the program busy, or lead it elsewhere, against the real dashboard.

The dashboard has read a small shop that behaves; then the server turns, and ``r`` is pressed. The server holds its
first answer until a key was answered, and begins as the next is pressed. Until the read has ended keys are
pressed: each that was pressed while the header said that it reads counts, whenever it was answered. Which of
tickets, gifts and order quantity reads is taken by seed, where the attack is not made for one of them.

Memory is the most it had resident since the server turned, beside what it had at rest. The deadline of a request
is set to two seconds; a read that is rightly tried again, or has a thousand pages, is given the time of that,
which the title says. What the machine holds up is measured by a process that only sleeps: a key is late when it
took more than its limit beside the time in which that process, too, should have run and did not. A run within
the tests looks at no clock.

Proxies stand in the environment all the while, at the server that nobody must come to.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import shop
from benchmarks.terminal import Terminal

from qtydash.sandbox.data.tickets import PARK
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.outside.homes import private
from tests.proof.outside.servers import (
    ALL_PAGES,
    ATTACKS,
    READERS,
    TRIED_AGAIN,
    Attack,
    Attacker,
    Reader,
    small_that_is_large,
)

DEADLINE = 2.0
PATIENT = 10.0
"""The deadline of a run that looks at no clock: its read must outlast a key on a loaded machine."""
LATE_BY = 1.0
"""Seconds after its due time in which a read has ended."""
ROOM = 64.0
"""MiB that a read may take beside what the program has at rest."""
SOON = 100.0
"""Milliseconds in which a key is answered."""
MEMORY, LATE, KEYS, AWAY, CRASHES = "too much memory", "late ends", "keys late", "went elsewhere", "crashes"

FIGURE = Figure(
    title=f"hostile servers against the dashboard: memory ≤ rest + {ROOM:.0f} MiB; end ≤ {LATE_BY:g} s after it "
    f"is due, which is {DEADLINE:g} s, {DEADLINE + TRIED_AGAIN:g} s for a connection that breaks and is tried "
    f"again, {DEADLINE + ALL_PAGES:g} s for a thousand pages; a key ≤ {SOON:.0f} ms beside what the machine held "
    "up meanwhile",
    unit="servers",
    full=len(ATTACKS),
    subset=3,
    zero=(MEMORY, LATE, KEYS, AWAY, CRASHES),
    present=("keys answered meanwhile",),
    alone=True,
    proc=True,
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    timed = count != FIGURE.subset
    sys.setswitchinterval(0.0005)  # the servers are threads of this process: a key's answer is read at once
    for each in range(seed, seed + count):
        attack = ATTACKS[each % len(ATTACKS)]
        reader = READERS[0 if attack.tickets else (each + each // len(ATTACKS)) % len(READERS)]
        if "bomb" in attack.name:
            small_that_is_large()  # made beforehand: it takes longer than a deadline
        with (
            tally.case(each, CRASHES),
            TemporaryDirectory(prefix="qtydash-proof-") as folder,
            Attacker() as server,
        ):
            _plain_http(Path(folder) / "plain")
            _one(tally, attack, reader, server, Path(folder), timed=timed)
    return tally.outcome()


def _config(reader: Reader, url: str) -> str:
    return f'[profiles.p.{reader.name}]\nbase_url = "{url}"\n{reader.config}'


def _environment(home: Path, elsewhere: str) -> dict[str, str]:
    proxies = {
        name: elsewhere for each in ("http_proxy", "https_proxy", "all_proxy") for name in (each, each.upper())
    }
    return shop.environment(
        home, TEXTUAL_ANIMATIONS="none", QTYDASH_REFRESH="off", PYTHONPATH=str(shop.ROOT), **proxies
    )


def _one(tally: Tally, attack: Attack, reader: Reader, server: Attacker, home: Path, *, timed: bool) -> None:
    private(home / "config.toml", _config(reader, server.server.url))
    argv = [shop.PYTHON, "-m", "tests.proof.outside.launch", str(DEADLINE if timed else PATIENT)]
    environment = _environment(home, server.elsewhere.url)
    name = f"{attack.name}, {reader.name}"
    with Terminal(argv, columns=80, lines=24, environment=environment) as terminal, _lag() as gaps:
        terminal.wait_for("q quit")
        terminal.press(reader.key)
        terminal.wait_until(lambda lines: any(reader.shows(line, 0) for line in lines), what=reader.name)
        terminal.settle()
        resting = [_answered(terminal, reader, n) for n in (1, 0) * 5]
        rest = terminal.resident_mib()
        _forget_peak(terminal.pid)
        server.turn(attack.act)
        begun = terminal.press("r")
        terminal.wait_until(lambda _: _is_reading(terminal), timeout=20, what="reading")
        held = _answered(terminal, reader, 1)
        must(_is_reading(terminal), KEYS, f"{name}: the read ended with no answer to it")
        keys = _keys(terminal, reader, server)
        took = (terminal.now - begun) / 1_000
        terminal.settle(timeout=5)
        peak = _peak_mib(terminal.pid)
        must(terminal.running and "fault" not in terminal.text, CRASHES, f"{name}: {terminal.text[-800:]}")
        zero = time.perf_counter_ns() / 1e6 - terminal.now
    keys.insert(0, held)
    lost = [_overlap([(a - zero, b - zero) for a, b in gaps], key) for key in keys]
    waits = [shown - pressed for pressed, shown in keys]
    beside = [wait - each for wait, each in zip(waits, lost, strict=True)]
    due = DEADLINE + attack.longer
    tally.counts["keys answered meanwhile"] += len(waits)
    tally.counts[f"of them over {SOON:.0f} ms by the machine"] += sum(
        wait > SOON >= own for wait, own in zip(waits, beside, strict=True)
    )
    tally.measured("most memory beside rest, MiB", peak - rest)
    tally.measured(f"longest read due after {due:g} s, s", took)
    tally.measured("longest key, ms", max(waits))
    tally.measured("longest key beside what the machine held up, ms", max(beside))
    tally.measured("longest key at rest, ms", max(shown - pressed for pressed, shown in resting))
    must(not server.elsewhere.connections, AWAY, f"{name}: {server.elsewhere.connections} connections")
    must(peak - rest <= ROOM, MEMORY, f"{name}: {peak - rest:.0f} MiB beside {rest:.0f}")
    if timed:
        must(len(keys) > 2 or took < due / 2, KEYS, f"{name}: one key only in a read of {took:.1f} s")
        must(took <= due + LATE_BY, LATE, f"{name}: after {took:.1f} s")
        worst = max(range(len(keys)), key=lambda n: beside[n])
        told = f"{waits[worst]:.0f} ms, {lost[worst]:.0f} of them the machine's"
        must(beside[worst] <= SOON, KEYS, f"{name}: {told}")


Span = tuple[float, float]
"""From when to when, in milliseconds."""


def _keys(terminal: Terminal, reader: Reader, server: Attacker) -> list[Span]:
    """Let the server begin, and press keys until the read has ended: from when each was pressed to its answer."""
    keys: list[Span] = []
    server.release()
    end = time.monotonic() + 120
    while _is_reading(terminal) and time.monotonic() < end:
        keys.append(_answered(terminal, reader, len(keys) % 2))
    return keys


def _answered(terminal: Terminal, reader: Reader, n: int) -> Span:
    """From the key that leads to the nth of two rows to the line that tells of it."""
    pressed = terminal.press("down" if n else "up")
    shown = terminal.wait_until(
        lambda lines: any(reader.shows(line, n) for line in lines), timeout=30, what=f"row {n}"
    )
    terminal.rest(0.02)
    return pressed, shown


def _is_reading(terminal: Terminal) -> bool:
    """Whether the program's header says so."""
    return any("reading" in line for line in terminal.lines[1:3])


def _plain_http(home: Path) -> None:
    """Plain http to anywhere but this machine is refused by the configuration: no request is tried."""
    private(home / "config.toml", _config(READERS[0], "http://127.0.0.1.vendor.example"))
    command = [shop.QTYDASH, "tickets", "show", PARK]
    done = subprocess.run(command, env=shop.environment(home), capture_output=True, timeout=60, check=False)
    must(done.returncode == 2 and b"https" in done.stderr, AWAY, f"{done.returncode}: {done.stderr[:300]!r}")


_SLEEPS = """
import json, sys, threading, time
over, gaps = threading.Event(), []
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
print(flush=True)
while not over.is_set():
    due = time.perf_counter_ns() + 2_000_000
    time.sleep(0.002)
    woke = time.perf_counter_ns()
    if woke - due > 500_000:
        gaps.append((due / 1e6, woke / 1e6))
print(json.dumps(gaps))
"""


@contextmanager
def _lag() -> Iterator[list[Span]]:
    """When this machine kept a process waiting that only sleeps, as urgent as the program: filled at the end.

    In milliseconds of the clock of this process, which is that of the machine.
    """
    gaps: list[Span] = []
    process = subprocess.Popen(
        [sys.executable, "-ISc", _SLEEPS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield gaps
        finally:
            told, _ = process.communicate()
            gaps += [(begun, ended) for begun, ended in json.loads(told)]


def _overlap(gaps: list[Span], key: Span) -> float:
    return sum(max(0.0, min(ended, key[1]) - max(begun, key[0])) for begun, ended in gaps)


def _forget_peak(pid: int) -> None:
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
