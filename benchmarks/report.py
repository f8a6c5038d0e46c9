"""Runs measures, shows each row as it comes, and writes the page of results."""

import argparse
import compileall
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import peers
from benchmarks.figures import RUNS, Effort, Measure, Row
from benchmarks.shop import ROOT

RESULTS = Path(__file__).with_name("results.md")
ADDITIONS = 5_000_000
_LIBRARIES = ("qtydash", "textual", "rich", "httpx", "pydantic", "sqlite-utils")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="qtydash-bench-") as folder:
        yield Path(folder)


def alone(measure: Measure) -> None:
    """Run the measure of a script that was started by itself."""
    script = import_module("__main__")
    effort = effort_of(_parser(script.__doc__ or "").parse_args())
    prepare()
    _say(_title(script.__doc__))
    for row in measure(effort):
        _show(row)


def run(names: Sequence[str], effort: Effort) -> tuple[str, bool]:
    """Run measures by the names of their modules; the page of results, and whether each ran to its end."""
    prepare()
    started, sections, whole, pace = perf_counter(), [], True, _pace()
    for name in names:
        script = import_module(f"benchmarks.{name}")
        _say(f"\n{_title(script.__doc__)}")
        rows: list[Row] = []
        begun = perf_counter()
        try:
            for row in script.measure(effort):
                _show(row)
                rows.append(row)
        except Exception as error:  # noqa: BLE001 - the others are still worth having
            whole = False
            rows.append(Row(f"failed: {type(error).__name__}", str(error).partition("\n")[0]))
            _say(f"  failed: {type(error).__name__}: {error}")
        _say(f"  {perf_counter() - begun:.0f} s")
        why = getattr(script, "MISSED", "") if any(row.met is False for row in rows) else ""
        sections.append(_section(name, script.__doc__ or "", rows, why))
    return _page(sections, effort, perf_counter() - started, (pace, _pace())), whole


def prepare() -> None:
    """Compile what is measured: without that a start takes four times as long."""
    for folder in ("src", "benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=2)


def parser() -> argparse.ArgumentParser:
    return _parser("What qtydash costs, beside floors and peers.")


def effort_of(given: argparse.Namespace) -> Effort:
    effort = Effort(runs=given.runs or RUNS)
    return replace(effort, runs=given.runs or 1, quick=True) if given.quick else effort


def _parser(words: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=_title(words))
    made.add_argument("--quick", action="store_true", help="small data and one run: to see that it works")
    made.add_argument("--runs", type=int, help=f"runs of each figure; {RUNS} if not said")
    return made


def _title(words: str | None) -> str:
    return (words or "").partition("\n")[0]


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _show(row: Row) -> None:
    _say(f"  {row.what:<58} {row.measured:<28} {row.beside:<34} {row.result:<16} {row.target:<10} {row.verdict}")


def _pace() -> float:
    """Seconds for so many additions: of one machine, one hour may have half the pace of another."""
    begun, total = perf_counter(), 0
    for number in range(ADDITIONS):
        total += number
    return perf_counter() - begun


def _page(sections: Sequence[str], effort: Effort, seconds: float, pace: tuple[float, float]) -> str:
    cores = os.cpu_count() or 1
    peer_versions = ", ".join(
        " with ".join(pin.replace("==", " ") for pin in pins) for pins in peers.pins().values()
    )
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    runs = "one small run: no figures" if effort.quick else f"medians of {RUNS} runs (fastest–slowest), or of n"
    head = f"""\
# What it costs

Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}, in {seconds / 60:.1f} minutes; {runs}.
Compare the ratios, which were measured within this run, not the milliseconds, which are this machine's: the
targets in milliseconds stem from one on which a bare Textual app is on the screen after 246 ms.

- machine: {_processor()}, {cores} cores, {_memory()}, {platform.system()} {platform.release()}
- its pace: {ADDITIONS:,} additions in Python took {pace[0]:.2f} s at the beginning, {pace[1]:.2f} s at the end
- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; {libraries}
- peers: {peer_versions}
"""
    return "\n".join([head, *sections])


def _section(name: str, words: str, rows: Sequence[Row], why_missed: str = "") -> str:
    title, _, rest = words.strip().partition("\n")
    lines = [f"## {title}", "", *([rest.strip(), ""] if rest.strip() else [])]
    lines += [
        f"`python -m benchmarks {name}`",
        "",
        "| | measured | beside | result | target | |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row.what} | {row.measured} | {row.beside} | {row.result} | {row.target} | {row.verdict} |"
        )
    if why_missed:
        lines += ["", f"Where the aim was missed, as profiled on two cores: {why_missed.strip()}"]
    return "\n".join([*lines, ""])


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    name = next(
        (line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")), ""
    )
    return name or platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
