"""What a measured program runs in: its environment, a home with a filled cache, the sandbox it reads."""

import atexit
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from qtydash.domain.snapshot import Reading
from qtydash.sandbox.data.tickets import PARK
from qtydash.sandbox.profile import config_toml
from qtydash.storage.cache import Cache, Source
from qtydash.storage.shelf import Shelf

T = TypeVar("T")

PYTHON = sys.executable
QTYDASH = str(Path(sys.executable).with_name("qtydash"))
ROOT = Path(__file__).resolve().parent.parent
PROFILE = "sandbox"
NOWHERE = "http://127.0.0.1:9"
"""An address for homes that are only read offline."""
PRODUCT = PARK
HELD_PRODUCT = "prod-1"


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a person's shell would give: nothing of the run's own settings; compiled modules are used."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "QTYDASH_HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **more,
    }


def make_home(folder: Path, url: str = NOWHERE) -> Path:
    """A home whose one profile reads the sandbox at ``url``; its cache is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "config.toml"
    file.touch(0o600)
    file.write_text(config_toml(url, write=False), encoding="utf-8")
    return folder


def read_all(home: Path) -> None:
    """Fill a home's cache as a person would: by one live read of each vendor."""
    for command in (
        ("tickets", "show", PRODUCT),
        ("gifts", "list"),
        ("cart", "show", "--session", "support"),
        ("order-qty", "list", HELD_PRODUCT),
    ):
        run(home, *command, "--live")


@cache
def read_once() -> tuple[str, Path]:
    """A sandbox that answers after 20 ms, and a home that was filled from it, for all measures of this run.

    They stay as they were at the beginning: what is sold is given back, and programs get a ``copy_read``.
    """
    stack = ExitStack()
    atexit.register(stack.close)
    url = stack.enter_context(sandbox(20))
    home = make_home(Path(stack.enter_context(TemporaryDirectory(prefix="qtydash-bench-"))), url)
    read_all(home)
    return url, home


def copy_read(folder: Path) -> Path:
    """A home as ``read_once`` filled it, and as if that was now; its configuration is known to be good."""
    shutil.copytree(read_once()[1], folder)
    set_read_at(folder, datetime.now(UTC))
    run(folder, "gifts", "list", "--offline")
    return folder


def set_read_at(home: Path, at: datetime) -> None:
    """Let what the cache holds have been read then."""
    with closing(sqlite3.connect(home / "cache.db")) as db, db:
        db.execute("UPDATE reads SET fetched_at = ?", (at.isoformat(),))


def run(home: Path, *arguments: str, **variables: str) -> bytes:
    """What a headless command of qtydash prints. Raises ``subprocess.CalledProcessError``."""
    done = subprocess.run(
        [QTYDASH, *arguments], env=environment(home, **variables), capture_output=True, timeout=300
    )
    if done.returncode:
        sys.stderr.write(done.stderr.decode(errors="replace"))
        done.check_returncode()
    return done.stdout


def keep(home: Path, shelf: Shelf[T], query: str, data: T, url: str = NOWHERE) -> None:
    """Fill a home's cache with ``data``, as if they had been read from ``url`` now."""
    now = datetime.now(UTC)
    kept = Cache(home / "cache.db", lambda: now).save(shelf, Source(PROFILE, url), query, Reading(data), now)
    if kept.warnings:
        raise RuntimeError(" ".join(kept.warnings))


def fill(home: Path, kind: str, *sizes: int | str, url: str = NOWHERE) -> None:
    """Fill a home's cache with made-up records, as if read from ``url``; see ``apps.fill``."""
    argv = [PYTHON, "-m", "benchmarks.apps.fill", str(home), url, kind, *map(str, sizes)]
    subprocess.run(argv, cwd=ROOT, env=_plain(os.environ), check=True, timeout=300)


@contextmanager
def sandbox(latency: int) -> Iterator[str]:
    """The product's own sandbox, ``latency`` ms from a question to its answer; its URL."""
    with _serving([QTYDASH, "sandbox", "--latency", str(latency)]) as url:
        yield url


@contextmanager
def large_sandbox(*, days: int = 0, gifts: int = 0, holds: int = 0, latency: int = 50) -> Iterator[str]:
    """A sandbox with that many ticket days of ``PRODUCT``, gifts, and holds of ``HELD_PRODUCT``; its URL.

    With each read of its holds, ten of them move.
    """
    sizes = ["--days", str(days), "--gifts", str(gifts), "--holds", str(holds), "--latency", str(latency)]
    with _serving([PYTHON, "-m", "benchmarks.apps.large_sandbox", *sizes]) as url:
        yield url


@contextmanager
def _serving(argv: Sequence[str]) -> Iterator[str]:
    server = subprocess.Popen(
        argv, env=_plain(os.environ), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    try:
        for line in server.stderr:
            if "http://" in line:
                yield "http://" + line.partition("http://")[2].split()[0]
                break
        else:
            raise RuntimeError(f"{argv[0]} did not start to serve.")
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


def _plain(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if not name.startswith(("QTYDASH_", "PYTHON"))}
