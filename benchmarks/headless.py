"""Without a screen: `qtydash --version`, and 360 ticket rows from the cache as JSON

From starting the process to its end, the commands in turn. *Its imports* is a Python that imports the modules
which the command had loaded when it ended, in their order, and does nothing else.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from benchmarks import shop
from benchmarks.figures import Effort, Row, times, told, within
from benchmarks.report import alone, scratch
from qtydash.sandbox.data.tickets import AQUARIUM

MISSED = """\
Four fifths of what `--version` loads is click, which reads every command line but an empty one: one way in for all
of them.
"""

_LOADED = """
import sys
sys.argv = sys.argv[1:]
from qtydash.__main__ import main
try:
    code = main()
finally:
    sys.stdout.flush()
    print("\\n" + " ".join(sys.modules), file=sys.stderr)
"""


def measure(effort: Effort) -> Iterator[Row]:
    with scratch() as folder, shop.sandbox(0) as url:
        home = shop.make_home(folder / "home", url)
        shop.run(home, "tickets", "show", AQUARIUM, "--live")
        show = ["tickets", "show", AQUARIUM, "--from", "today", "--to", "+89", "--offline", "--format", "json"]
        rows = len(json.loads(shop.run(home, *show))["data"])
        environment = shop.environment(home)
        modules = {name: _loaded(environment, argv) for name, argv in (("version", ["--version"]), ("show", show))}
        yield from _compared(effort, environment, show, rows, modules["show"])
    for name, banned in (("version", ("textual",)), ("show", ("textual", "httpx"))):
        loaded = [module for module in banned if module in modules[name]]
        words = f"`{'--version' if name == 'version' else 'tickets show --offline'}` loads {' or '.join(banned)}"
        yield Row(words, ", ".join(loaded) or "none", f"{len(modules[name])} modules", "", "none", not loaded)


def _compared(
    effort: Effort, environment: Mapping[str, str], show: Sequence[str], rows: int, modules: Sequence[str]
) -> Iterator[Row]:
    importing = (
        "import importlib\n"
        f"for name in {list(modules)!r}:\n"
        "    try: importlib.import_module(name)\n"
        "    except ImportError: pass\n"
    )
    commands = {
        "nothing": [shop.PYTHON, "-c", "pass"],
        "version": [shop.QTYDASH, "--version"],
        "show": [shop.QTYDASH, *show],
        "imports": [shop.PYTHON, "-c", importing],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    used: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(effort.runs + 1):
        for name, argv in commands.items():
            wall, cpu = _timed(argv, environment)
            if run:
                took[name].append(wall)
                used[name].append(cpu)
    yield told("python -c pass", took["nothing"])
    over = [mine - min(took["nothing"]) for mine in took["version"]]
    yield within("`--version`, more than python -c pass", over, 60)
    yield times(f"{rows} rows as JSON, offline", took["show"], took["imports"], "its imports", 1.3)
    yield times("the same, processor time", used["show"], used["imports"], "its imports")


def _timed(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Milliseconds until the process has ended, and its processor time."""
    nowhere = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    begun = perf_counter()
    pid = os.posix_spawn(argv[0], list(argv), environment, file_actions=nowhere)
    _, status, usage = os.wait4(pid, 0)
    took = perf_counter() - begun
    if status:
        raise RuntimeError(f"{Path(argv[0]).name} ended with {os.waitstatus_to_exitcode(status)}.")
    return took * 1_000, (usage.ru_utime + usage.ru_stime) * 1_000


def _loaded(environment: Mapping[str, str], arguments: Sequence[str]) -> Sequence[str]:
    """The modules that a command has loaded when it ends, in order."""
    done = subprocess.run(
        [shop.PYTHON, "-c", _LOADED, "qtydash", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.splitlines()[-1].split()


if __name__ == "__main__":
    alone(measure)
