"""The commands in the documentation, run as they stand there: on a sandbox, with a home of their own.

A ``console`` block is run line by line; ``# exit 10`` behind a command says that it may end so. What opens the
dashboard, listens or never ends is tried with ``--help`` or ``--once``. Blocks called ``sh`` are for reading.
"""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qtydash.cli.main import main
from qtydash.sandbox.app import create_app
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.services import connect

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SAVED_ORDER = Path(__file__).with_name("sample_003_removal.json")
NEVER_END = {"demo", "sandbox"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as a page has it, and the exit codes that the page says it may have."""

    text: str
    codes: frozenset[int]

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)


def commands(page: Path) -> Iterator[Shown]:
    """The commands of a page, without their comments."""
    for block in re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                text, _, comment = line.removeprefix("$ ").partition(" # ")
                codes = {int(code) for code in re.findall(r"exit (\d+)", comment)}
                yield Shown(text.strip(), frozenset({0, *codes}))


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the commands are run: a configuration for a sandbox, and the files that the pages name."""
    for vendor in connect.REQUESTS_PER_SECOND:
        monkeypatch.setitem(connect.REQUESTS_PER_SECOND, vendor, 10_000)
    folder = home / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("saved-order.json", "before.json", "after.json"):
        (folder / name).write_bytes(SAVED_ORDER.read_bytes())
    (folder / "counts.csv").write_text("id,count\n5d8b0a6552910502640e8a76,12\n")
    (folder / "page-me").write_text("#!/bin/sh\ncat >/dev/null\n")
    (folder / "page-me").chmod(0o700)
    with SandboxServer(create_app(seed=1)) as server:
        (home / "config.toml").touch(0o600)
        (home / "config.toml").write_text(config_toml(server.url), encoding="utf-8")
        yield folder


def run(words: list[str], folder: Path) -> Result:
    """Run the command; what it prints goes where ``>`` says."""
    target = None
    if ">" in words:
        words, (target,) = words[: words.index(">")], words[words.index(">") + 1 :]
    match words:
        case ["config", "init"]:
            words = [*words, "--config", str(folder / "another.toml")]
        case ["watch", *_] if "--once" not in words:
            words = ["watch", "--once", *words[1:]]
        case [noun, *_] if noun in NEVER_END:
            words = [*words, "--help"]
        case []:
            words = ["--help"]
    if "OP" in words:
        words[words.index("OP")] = newest_change()
    result = CliRunner().invoke(main, words)
    if target is not None:
        (folder / target).write_text(result.stdout, encoding="utf-8")
    return result


def newest_change() -> str:
    rows = json.loads(CliRunner().invoke(main, ["changes", "list"]).stdout)["data"]
    return str(rows[0]["op_id"])


@pytest.mark.parametrize("page", [page for page in PAGES if any(commands(page))], ids=lambda page: page.name)
def test_every_command_of_a_page_works(page: Path, folder: Path) -> None:
    for shown in commands(page):
        program, *words = shown.words
        if program == "make":
            assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), shown.text
            continue
        assert program == "qtydash", f"{shown.text}: put it into an sh block"
        allowed = shown.codes | ({10} if words[:1] == ["watch"] else set())
        result = run(words, folder)
        assert result.exit_code in allowed, f"{shown.text}\n{result.output}\n{result.exception!r}"


def test_pages_have_commands() -> None:
    assert sum(1 for page in PAGES for _ in commands(page)) > 40


def test_a_page_with_a_wrong_command_would_be_seen(folder: Path) -> None:
    assert run(["gifts", "lst"], folder).exit_code == 2
