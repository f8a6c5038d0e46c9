"""A part of a figure in a process of its own: ``python -m tests.proof.piece NAME COUNT SEED`` prints its outcome.

What a piece does to its process (limits, signals, locks, a crash) stays in it.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.proof.figure import Failure, Outcome, timed

ROOT = Path(__file__).parents[2]
_MARK = "outcome "


def outcome(name: str, count: int, seed: int, *, within: float) -> Outcome:
    """Run cases of a figure in a process of its own, in ``within`` seconds at most.

    A process that does not end, or ends without an outcome, is a failure of its first seed.
    """
    command = [sys.executable, "-m", "tests.proof.piece", name, str(count), str(seed)]
    with TemporaryDirectory(prefix="qtydash-proof-") as home:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            printed, errors = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            _end(process.pid)
            process.communicate()
            return _broken(seed, f"it did not end within {within:.0f} s")
        except BaseException:
            _end(process.pid)
            raise
    last = printed.rstrip().rpartition("\n")[2]
    if process.returncode or not last.startswith(_MARK):
        return _broken(seed, f"it ended with {process.returncode}: {errors[-2_000:] or printed[-2_000:]}")
    told = json.loads(last.removeprefix(_MARK))
    return Outcome(**{**told, "failures": tuple(Failure(**each) for each in told["failures"])})


BROKEN = "pieces that broke"
"""The count of processes that gave no outcome: it must be zero in every figure."""


def _broken(seed: int, told: str) -> Outcome:
    return Outcome(0, {BROKEN: 1}, (Failure(seed, BROKEN, told),))


def _end(group: int) -> None:
    """End the process that was started here with all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _environment(home: str) -> dict[str, str]:
    """As ``tests/conftest.py`` has it for tests: nobody's home, no settings from outside."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("QTYDASH_", "XDG_", "PYTHONDONT"))
        and not name.lower().endswith("_proxy")
        and name != "NO_COLOR"
    }
    return {**kept, "HOME": home, "TZ": "UTC", "TEXTUAL_ANIMATIONS": "none", "PYTHONWARNINGS": "default"}


if __name__ == "__main__":
    told = asdict(timed(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
    sys.stdout.write(f"\n{_MARK}{json.dumps(told)}\n")
