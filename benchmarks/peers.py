"""The peers: other terminal programs, each pinned, in an environment of its own under ``build/bench``."""

import sqlite3
import subprocess
import venv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from benchmarks.shop import PYTHON, ROOT

_FOLDER = ROOT / "build" / "bench"
_PINS = Path(__file__).with_name("peers.txt")


def pins() -> dict[str, tuple[str, ...]]:
    """What each peer's environment holds, by the peer's name."""
    lines = (line.split() for line in _PINS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {line[0].partition("==")[0]: tuple(line) for line in lines if line}


def command(peer: str) -> Path:
    """The folder of a peer's commands; the peer is installed first if it is not there yet."""
    wanted = pins()[peer]
    home = _FOLDER / peer
    stamp = home / "installed.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8").split() != list(wanted):
        venv.create(home, clear=True)
        pip = [PYTHON, "-m", "pip", "--python", str(home / "bin" / "python")]  # the project's own
        install = [*pip, "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
        subprocess.run([*install, *wanted], check=True, stderr=subprocess.DEVNULL)
        stamp.write_text("\n".join(wanted), encoding="utf-8")
    return home / "bin"


def install() -> None:
    """Install all of them that are not there yet, at the same time."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(command, pins()))


def visidata(folder: Path) -> Sequence[str]:
    """On a list of 500 gifts."""
    file = folder / "gifts.csv"
    rows = (f"gift-{number:04},SKU-{number:04},{number % 50}\n" for number in range(500))
    file.write_text("id,sku,quantity\n" + "".join(rows), encoding="utf-8")
    return [str(command("visidata") / "vd"), str(file)]


def posting(folder: Path) -> Sequence[str]:
    """On an empty collection."""
    collection = folder / "collection"
    collection.mkdir(exist_ok=True)
    return [str(command("posting") / "posting"), "--collection", str(collection)]


def harlequin(folder: Path) -> Sequence[str]:
    """On an SQLite file with one table."""
    file = folder / "gifts.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE IF NOT EXISTS gifts (id TEXT, sku TEXT, quantity INTEGER)")
    return [str(command("harlequin") / "harlequin"), "--adapter", "sqlite", str(file)]
