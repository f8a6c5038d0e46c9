"""How the dashboard is opened: alone with the global options, or on a sandbox of its own."""

import json
import os
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from qtydash.cli import failure
from qtydash.cli import main as command_line
from qtydash.cli.context import Context
from qtydash.config.load import load
from qtydash.tui import run as opening


class _Terminal:
    def isatty(self) -> bool:
        return True


def test_the_global_options_reach_the_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[Path | None, str | None, bool]] = []

    def run(config_file: Path | None, profile: str | None, offline: bool, ways_on: object) -> int:
        opened.append((config_file, profile, offline))
        return 3

    monkeypatch.setattr(opening, "run", run)
    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(sys, "stdout", _Terminal())

    code = command_line._dashboard(Context(Path("shop.toml"), "prod", offline=True))

    assert code == 3
    assert opened == [(Path("shop.toml"), "prod", True)]


def test_the_demo_has_a_home_and_a_sandbox_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_PROFILE", "prod")
    before = {name: value for name, value in os.environ.items() if name.startswith("QTYDASH_")}
    seen: list[Path] = []

    def run(config_file: Path | None, profile: str | None, offline: bool) -> int:
        config = load(config_file, profile)
        seen.append(config.paths.cache_db)
        assert (config.profile.name, config.profile.write, offline) == ("sandbox", True, False)
        assert config.paths.config_file.stat().st_mode & 0o077 == 0
        assert config.paths.cache_db.parent == config.paths.journal_db.parent != home
        url = config.profile.base_url("gifts")
        assert url is not None
        with urllib.request.urlopen(f"{url}/_sandbox/ledger") as answer:
            assert json.load(answer)
        return 4

    monkeypatch.setattr(opening, "run", run)
    monkeypatch.setattr(failure, "on_terminal", lambda: True)

    result = CliRunner().invoke(command_line.main, ["demo", "--seed", "2"])

    assert result.exit_code == 4, result.output
    assert not seen[0].parent.exists()
    assert list(home.iterdir()) == []
    assert {name: value for name, value in os.environ.items() if name.startswith("QTYDASH_")} == before


def test_the_demo_needs_a_terminal() -> None:
    result = CliRunner().invoke(command_line.main, ["demo"])
    assert result.exit_code == 2
    assert "The dashboard needs a terminal" in result.stderr
