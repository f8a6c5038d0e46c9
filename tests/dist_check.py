"""Builds the wheel and the source archive and tries what a user gets: ``python -m tests.dist_check``.

The wheel is installed into a clean environment of every supported Python that is found; those that are not found
are named. ``make dist-check`` runs it.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
VERSIONS = ("3.11", "3.12", "3.13")
NOUNS = ("tickets", "gifts", "cart", "order-qty", "changes", "watch", "config", "demo", "sandbox")
PATIENCE = 60.0
"""Seconds any one command may take."""


class Wrong(Exception):
    """What was built does not do what it should."""


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def run(
    *arguments: str | Path, env: Mapping[str, str], status: int = 0, seconds: float = PATIENCE
) -> tuple[str, str]:
    """Run a command; what it wrote to standard output and to standard error."""
    done = subprocess.run(
        [str(argument) for argument in arguments],
        env=env, cwd=tempfile.gettempdir(), capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    if done.returncode != status:
        told = f"{' '.join(map(str, arguments))} ended with {done.returncode}, not {status}"
        raise Wrong(f"{told}:\n{done.stdout}{done.stderr}")
    return done.stdout, done.stderr


def main() -> int:
    """Build, compare, install, try. 1 when anything is not as it should be."""
    try:
        wheel, archive = build()
        same_from_archive(wheel, archive)
        tried = [version for version in VERSIONS if try_on(version, wheel)]
    except (Wrong, OSError, subprocess.SubprocessError) as error:
        say(f"Wrong: {error}")
        return 1
    missing = [version for version in VERSIONS if version not in tried]
    say(
        f"Not found, so not tried: Python {', '.join(missing)}."
        if missing
        else "Every supported Python was tried."
    )
    return 0 if tried else 1


def build() -> tuple[Path, Path]:
    """The wheel and the source archive, built anew."""
    shutil.rmtree(DIST, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(DIST)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,), (archive,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    held = zipfile.ZipFile(wheel).namelist()
    for name in ("qtydash/tui/app.tcss", "qtydash/py.typed"):
        if name not in held:
            raise Wrong(f"the wheel lacks {name}")
    if strangers := [name for name in held if not re.match(r"qtydash(-[\d.]+\.d\w+-info|-[\d.]+\.data)?/", name)]:
        raise Wrong(f"the wheel holds {', '.join(strangers)}")
    say(f"Built {wheel.name} ({wheel.stat().st_size / 1024:.0f} KiB) and {archive.name}.")
    return wheel, archive


def same_from_archive(wheel: Path, archive: Path) -> None:
    """See that the source archive builds the same wheel."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        (tree,) = Path(folder).iterdir()
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
            cwd=tree, check=True, capture_output=True,
        )  # fmt: skip
        again = Path(folder) / wheel.name
        if _contents(again) != _contents(wheel):
            raise Wrong("the source archive builds another wheel")
    say("The source archive builds the same wheel.")


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as held:
        return {name: held.read(name) for name in held.namelist()}


def interpreter(version: str) -> str | None:
    """A Python of this version that runs, None if there is none."""
    for extra in ({}, {"PYENV_VERSION": version}):
        try:
            done = subprocess.run(
                [f"python{version}", "-c", "import sys, venv, ensurepip; print(sys.executable)"],
                env={**os.environ, **extra}, capture_output=True, text=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return done.stdout.strip()
    return None


def try_on(version: str, wheel: Path) -> bool:
    """Install the wheel on this Python and try it; False when there is no such Python."""
    python = interpreter(version)
    if python is None:
        return False
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="qtydash-dist-") as folder:
        place = Path(folder)
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("QTYDASH_", "PYTHON", "VIRTUAL_ENV"))
        } | {"QTYDASH_HOME": str(place / "home"), "HOME": folder, "TERM": "xterm-256color"}
        run(python, "-m", "venv", place / "venv", env=env)
        run(place / "venv/bin/python", "-m", "pip", "install", "--quiet", f"{wheel}[keyring]",
            env={**env, "HOME": os.environ.get("HOME", folder)}, seconds=600)  # fmt: skip
        smoke(place / "venv/bin/qtydash", env, place / "home")
    say(f"Python {version}: installed and tried in {time.monotonic() - begun:.0f} s.")
    return True


def smoke(qtydash: Path, env: Mapping[str, str], home: Path) -> None:
    """The commands a new user would try, on a sandbox of the installed program."""
    version = re.search(r'__version__ = "(.+)"', (ROOT / "src/qtydash/__init__.py").read_text())
    if version is None or run(qtydash, "--version", env=env)[0] != f"qtydash {version[1]}\n":
        raise Wrong("--version tells another version")
    for noun in NOUNS:
        run(qtydash, noun, "--help", env=env)
    _, said = run(qtydash, "gifts", "list", env=env, status=2)
    if "qtydash config init" not in said or "qtydash demo" not in said:
        raise Wrong(f"nothing leads on from no configuration: {said}")
    for shell in ("bash", "zsh", "fish"):
        script, _ = run(qtydash, env={**env, "_QTYDASH_COMPLETE": f"{shell}_source"})
        if "_QTYDASH_COMPLETE" not in script:
            raise Wrong(f"no completion for {shell}")
    with _sandbox(qtydash, env) as url:
        run(qtydash, "config", "init", "--sandbox", url, env=env)
        run(qtydash, "config", "check", env=env)
        live, _ = run(qtydash, "gifts", "list", "--format", "csv", env=env)
        run(qtydash, "tickets", "show", "Han River day ticket", "--low", env=env)
        run(qtydash, "cart", "show", "--session", "support", env=env)
        run(qtydash, "order-qty", "list", "Gummies", env=env)
        run(qtydash, "watch", "--once", env=env, status=10)
    seen, _ = run(qtydash, "gifts", "list", "--offline", "--format", "csv", env=env)
    if seen != live:
        raise Wrong("what was seen is not what is shown offline")
    _dashboard(qtydash, env)
    if home.stat().st_mode & 0o077:
        raise Wrong(f"{home} can be read by others")


@contextmanager
def _sandbox(qtydash: Path, env: Mapping[str, str]) -> Iterator[str]:
    with subprocess.Popen([str(qtydash), "sandbox"], env=env, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            found = re.search(r"http://[\d.:]+", server.stderr.readline())
            if found is None:
                raise Wrong("the sandbox does not say where it listens")
            yield found[0]
        finally:
            server.terminate()


def _dashboard(qtydash: Path, env: Mapping[str, str]) -> None:
    """Open the demo in a terminal, see all of the first pane, leave it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(str(qtydash), [str(qtydash), "demo"], {**env, "COLUMNS": "80", "LINES": "24"})
    drawn = _until(terminal, (b"Tickets", b"live", b"quit"))
    os.write(terminal, b"q")
    _until(terminal, ())
    _, ended = os.waitpid(pid, 0)
    os.close(terminal)
    if os.waitstatus_to_exitcode(ended) != 0:
        raise Wrong(f"the demo ended with {os.waitstatus_to_exitcode(ended)}: {drawn[-2_000:]!r}")


def _until(terminal: int, words: Sequence[bytes]) -> bytes:
    """What is drawn until all ``words`` were, or, without any, until the program ends."""
    drawn, deadline = b"", time.monotonic() + PATIENCE
    while not words or not all(word in drawn for word in words):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise Wrong(f"the demo does not draw {words!r}: {drawn[-2_000:]!r}")
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # the other side is closed
            part = b""
        if not part:
            return drawn
        drawn += part
    return drawn


if __name__ == "__main__":
    sys.exit(main())
