"""The page of the proof: what a run gave, and how to have it again."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from qtydash.domain.text import safe_text
from tests.proof import OUTSIDE, WRITES, mutants
from tests.proof.figure import Figure, Outcome, module
from tests.proof.piece import BROKEN

_ROOT = Path(__file__).parents[2]
PAGE = _ROOT / "docs" / "proof.md"
_LIBRARIES = ("qtydash", "httpx", "textual", "pydantic", "sqlite-utils")
_NOT_RUN = Outcome(0)


def unmet(figure: Figure, told: Outcome) -> tuple[str, ...]:
    """Why a figure does not hold, a broken process among the reasons."""
    broken = told.counts.get(BROKEN, 0)
    return (
        (f"{broken} {BROKEN}",)
        if broken and not told.ran
        else (
            *((f"{broken} {BROKEN}",) if broken else ()),
            *told.unmet(figure),
        )
    )


def counted(told: Outcome) -> list[str]:
    """Every count and measure of a run, in words."""
    return [
        *(f"{n:,} {name}" for name, n in told.counts.items()),
        *(f"{name}: {value:,.1f}".replace(".0", "") for name, value in told.worst.items()),
    ]


def again(name: str, seed: int) -> str:
    """The command that runs one case again."""
    return f"make proof ONLY={name} SEED={seed}"


def text(made: Mapping[str, Outcome], seed: int, seconds: float) -> str:
    """The page. Figures that did not run are told as not run."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    lines = [
        "# Proof",
        "",
        "What is promised of writes, and of what comes from outside, as figures. `make proof` makes them all",
        "again and writes this page; `make test` runs a part of each. Only the own machine is contacted. What a",
        "state such as `unknown` means is said in [safety.md](safety.md).",
        "",
        *_verdict(made),
        "",
        f"Made on {datetime.now(UTC):%d %b %Y} in {seconds / 60:.1f} minutes on {os.cpu_count()} cores, from seed "
        f"{seed}, of {_commit()}:",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}.",
        "",
        "## Writes",
        "",
        *_table(WRITES, made),
    ]
    if OUTSIDE:
        lines += ["", "## What comes from outside", "", *_table(OUTSIDE, made)]
    lines += ["", "## Faults that no test sees, and why", "", *mutants.listed()]
    lines += ["", "## Again", "", *_again(seconds), *_failures(made)]
    return "\n".join(lines) + "\n"


def _verdict(made: Mapping[str, Outcome]) -> list[str]:
    """How many figures hold, and of how many that is known in part only, or not at all."""
    figures = {name: (module(name).FIGURE, made.get(name, _NOT_RUN)) for name in WRITES + OUTSIDE}
    not_run = [name for name, (_, told) in figures.items() if not told.ran and not told.counts.get(BROKEN)]
    wrong = [name for name, (figure, told) in figures.items() if name not in not_run and unmet(figure, told)]
    hold = [name for name in figures if name not in (*not_run, *wrong)]
    whole = [name for name in hold if figures[name][1].ran >= figures[name][0].full]
    if len(whole) == len(figures):
        return [f"All {len(figures)} figures hold."]
    as_far = "" if len(whole) == len(hold) else f" as far as they ran; {len(whole) or 'none'} of them ran whole"
    lines = [f"{len(hold)} of {len(figures)} figures hold{as_far}."]
    for words, names in (("Not held", wrong), ("Not run", not_run)):
        if names:
            lines.append(f"{words}: {', '.join(f'`{name}`' for name in names)}.")
    return lines


def _commit() -> str:
    """What was tried, where the checkout can tell."""
    told = ["git", "-C", str(_ROOT), "describe", "--always", "--exclude=*", "--dirty= with changes of its own"]
    try:
        found = subprocess.run(told, capture_output=True, text=True, check=False)
    except OSError:
        return "sources without a history"
    return f"commit {found.stdout.strip()}" if found.returncode == 0 else "sources without a history"


def _again(seconds: float) -> list[str]:
    return [
        "```sh",
        f"make proof                              # all of it: {seconds / 60:.0f} minutes when this page was made",
        "make proof ONLY=fault_schedules         # one figure",
        "make proof ONLY=fault_schedules SEED=7  # one case of it, as after a failure",
        "```",
        "",
        "Each case has a seed of its own: that of the run, and one more for each. Which case fails is told with",
        "its seed. Everything that is chosen comes from it; what depends on the moment as well (a SIGKILL, a race",
        "of two processes, a key that meets an answer) may need several tries. What a figure does, and what it",
        "takes for wrong, is said in its module in `tests/proof/`.",
    ]


def _table(names: Sequence[str], made: Mapping[str, Outcome]) -> list[str]:
    lines = ["| figure | ran | must be 0 | also counted | holds |", "|---|---|---|---|---|"]
    for name in names:
        figure, told = module(name).FIGURE, made.get(name, _NOT_RUN)
        zero = ", ".join(f"{told.counts.get(each, 0):,} {each}" for each in figure.zero) if told.ran else ""
        others = Outcome(told.ran, {n: c for n, c in told.counts.items() if n not in figure.zero}, (), told.worst)
        shares = [f"{each.of} at most {each.at_most:.0%} of {each.among}" for each in figure.shares]
        cells = (
            f"`{name}`: {figure.title}",
            f"{told.ran:,} of {figure.full:,} {figure.unit}",
            zero,
            ", ".join([*counted(others), *shares]),
            "; ".join(unmet(figure, told)) or ("yes" if told.ran >= figure.full else "a part, as far as it ran"),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


def _failures(made: Mapping[str, Outcome]) -> list[str]:
    failed = [(name, failure) for name, told in made.items() for failure in told.failures]
    if not failed:
        return []
    shown = [
        f"| `{again(name, failure.seed)}` | {failure.zero} | {_cell(safe_text(failure.told, 300))} |"
        for name, failure in failed[:50]
    ]
    more = ["", f"And {len(failed) - 50:,} more."] if len(failed) > 50 else []
    return ["", "## Failures", "", "| again | in | seen |", "|---|---|---|", *shown, *more]


def _cell(told: str) -> str:
    """Words of a program's, as no part of a table or of its marks."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in told)
