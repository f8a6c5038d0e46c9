"""Servers that want to fill the memory, keep the program busy, or lead it elsewhere, against the real dashboard.

The dashboard has read a small shop that behaves; then the server turns, and ``r`` is pressed. Until the read has
ended keys are pressed and their answers waited for. Memory is the most it had resident since then, beside what it
had at rest. The deadline of a request is set to two seconds; a read that is rightly tried again, or has a thousand
pages, is given the time of that. What the machine itself holds up is measured in the same run, by a thread that
sleeps and by keys before the server turns, and added to the limits. A run within the tests looks at no clock: it
asks that a key is answered before the read has ended.

Proxies stand in the environment all the while, at the server that nobody must come to.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import shop
from benchmarks.terminal import NotShown, Terminal

from qtydash.sandbox.data.tickets import PARK
from tests.proof.figure import Figure, Outcome, Tally, must
from tests.proof.outside.homes import private
from tests.proof.outside.servers import ATTACKS, Attack, Attacker, small_that_is_large

DEADLINE = 2.0
ROOM = 64.0
"""MiB that a read may take beside what the program has at rest."""
SOON = 100.0
"""Milliseconds in which a key is answered."""
MEMORY, LATE, KEYS, AWAY, CRASHES = "too much memory", "late ends", "keys late", "went elsewhere", "crashes"

FIGURE = Figure(
    title=f"hostile servers against the dashboard: memory ≤ rest + {ROOM:.0f} MiB, end ≤ deadline + 1 s, "
    f"a key ≤ {SOON:.0f} ms",
    unit="servers",
    full=len(ATTACKS),
    subset=3,
    zero=(MEMORY, LATE, KEYS, AWAY, CRASHES),
    present=("keys answered meanwhile",),
    alone=True,
)


def run(count: int, seed: int) -> Outcome:
    tally = Tally()
    timed = count != FIGURE.subset
    sys.setswitchinterval(0.0005)  # the servers are threads of this process: a key's answer is read at once
    for each in range(seed, seed + count):
        attack = ATTACKS[each % len(ATTACKS)]
        if "bomb" in attack.name:
            small_that_is_large()  # made beforehand: it takes longer than a deadline
        with (
            tally.case(each, CRASHES),
            TemporaryDirectory(prefix="qtydash-proof-") as folder,
            Attacker() as server,
        ):
            _plain_http(Path(folder) / "plain")
            _one(tally, attack, server, Path(folder), timed=timed)
    return tally.outcome()


def _config(url: str) -> str:
    return (
        "[profiles.p.tickets]\n"
        f'base_url = "{url}"\napi_key = "fake-key"\nchannel_code = "fake-channel"\n'
        f'products = [{{ code = "{PARK}" }}]\n'
    )


def _environment(home: Path, elsewhere: str) -> dict[str, str]:
    proxies = {
        name: elsewhere for each in ("http_proxy", "https_proxy", "all_proxy") for name in (each, each.upper())
    }
    return shop.environment(
        home, TEXTUAL_ANIMATIONS="none", QTYDASH_REFRESH="off", PYTHONPATH=str(shop.ROOT), **proxies
    )


def _one(tally: Tally, attack: Attack, server: Attacker, home: Path, *, timed: bool) -> None:
    private(home / "config.toml", _config(server.server.url))
    argv = [shop.PYTHON, "-m", "tests.proof.outside.launch", str(DEADLINE)]
    environment = _environment(home, server.elsewhere.url)
    with Terminal(argv, columns=80, lines=24, environment=environment) as terminal, _Lag() as lag:
        terminal.wait_for("Option 1", "live", "q quit")
        terminal.settle()
        resting = max(_answered(terminal, key) for key in ("down", "up") * 5)
        rest = terminal.resident_mib()
        _forget_peak(terminal.pid)
        server.act, asked = attack.act, len(server.server.exchanges)
        begun = terminal.press("r")
        patience = time.monotonic() + 20
        while len(server.server.exchanges) == asked and time.monotonic() < patience:
            terminal.rest(0.01)
        must(
            not server.elsewhere.connections, AWAY, f"{attack.name}: the read went to the proxy of the environment"
        )
        waits = _keys(terminal)
        took = (terminal.now - begun) / 1_000
        terminal.settle(timeout=5)
        peak = _peak_mib(terminal.pid)
        must(terminal.running and "fault" not in terminal.text, CRASHES, f"{attack.name}: {terminal.text[-800:]}")
    tally.counts["keys answered meanwhile"] += len(waits)
    tally.measured("most memory beside rest, MiB", peak - rest)
    tally.measured("longest end after its due time, s", took - DEADLINE - attack.longer)
    tally.measured("longest key, ms", max(waits, default=0.0))
    # What the machine itself holds up: a thread that sleeps, and keys while nothing is read.
    held_up = max(lag.longest, resting)
    tally.measured("longest key at rest, ms", resting)
    tally.measured("longest lag of the machine, ms", lag.longest)
    must(not server.elsewhere.connections, AWAY, f"{attack.name}: {server.elsewhere.connections} connections")
    must(peak - rest <= ROOM, MEMORY, f"{attack.name}: {peak - rest:.0f} MiB beside {rest:.0f}")
    must(waits or not attack.holds, KEYS, f"{attack.name}: no key was answered before the read had ended")
    if timed:
        over = took - DEADLINE - attack.longer
        must(over <= 1 + held_up / 1_000, LATE, f"{attack.name}: after {took:.1f} s")
        slow = max(waits, default=0.0)
        must(slow <= SOON + held_up, KEYS, f"{attack.name}: {slow:.0f} ms, the machine {held_up:.0f} ms")


def _keys(terminal: Terminal) -> list[float]:
    """Press keys until the read has ended; how long each answer took, in milliseconds.

    A key whose answer came after the end of the read does not count.
    """
    waits: list[float] = []
    with suppress(NotShown):
        terminal.wait_until(lambda lines: _is_reading(terminal) or " live" not in lines[1], timeout=3)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for key in ("down", "up"):
            took = _answered(terminal, key)
            if not _is_reading(terminal):
                return waits
            waits.append(took)
    return waits


def _answered(terminal: Terminal, key: str) -> float:
    """Milliseconds from a key to the line below the matrix that tells of the option it leads to."""
    option = "Option 1" if key == "down" else "Option 0"
    pressed = terminal.press(key)
    shown = terminal.wait_until(lambda lines: _explains(lines, option), timeout=30, what=option)
    terminal.rest(0.05)
    return shown - pressed


def _explains(lines: Sequence[str], option: str) -> bool:
    return any(f"{option}  " in line and " 2026-" in line for line in lines)


def _is_reading(terminal: Terminal) -> bool:
    """Whether the program's header says so."""
    return any("reading" in line for line in terminal.lines[1:3])


def _plain_http(home: Path) -> None:
    """Plain http to anywhere but this machine is refused by the configuration: no request is tried."""
    private(home / "config.toml", _config("http://127.0.0.1.vendor.example"))
    command = [shop.QTYDASH, "tickets", "show", PARK]
    done = subprocess.run(command, env=shop.environment(home), capture_output=True, timeout=60, check=False)
    must(done.returncode == 2 and b"https" in done.stderr, AWAY, f"{done.returncode}: {done.stderr[:300]!r}")


class _Lag:
    """The longest that this machine let a thread oversleep, in milliseconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.is_set():
            begun = time.perf_counter()
            time.sleep(0.005)
            self.longest = max(self.longest, (time.perf_counter() - begun - 0.005) * 1_000)

    def __enter__(self) -> "_Lag":
        self._thread.start()
        return self

    def __exit__(self, *told: object) -> None:
        self._over.set()
        self._thread.join()


def _forget_peak(pid: int) -> None:
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
