"""The log file: what is in it after something went wrong, and what never is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from qtydash.cli.main import main
from qtydash.domain.errors import UnexpectedAnswer, Unreachable
from qtydash.sandbox import credentials
from qtydash.sandbox.app import create_app
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.services import log

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (WARNING|ERROR) .+")


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    log.end()


@pytest.fixture
def kept(home: Path) -> Path:
    log.begin(home / "journal.db")
    return home / "qtydash.log"


def test_a_read_that_fails_leaves_a_line_without_the_vendors_words(home: Path) -> None:
    with SandboxServer(create_app(seed=1, faults=["gifts:status=403"])) as server:
        (home / "config.toml").write_text(config_toml(server.url))
        (home / "config.toml").chmod(0o600)
        result = CliRunner().invoke(main, ["gifts", "list"])
    assert result.exit_code == 1
    kept = home / "qtydash.log"
    (line,) = kept.read_text().splitlines()
    assert LINE.fullmatch(line)
    assert "SHOPLINE" in line
    assert "(status 403)" in line
    assert "They say" not in line
    assert kept.stat().st_mode & 0o777 == 0o600
    every = [value for name, value in vars(credentials).items() if name.isupper() and isinstance(value, str)]
    assert not [value for value in every if value in line]


def test_what_goes_well_leaves_nothing(home: Path) -> None:
    with SandboxServer(create_app(seed=1)) as server:
        (home / "config.toml").write_text(config_toml(server.url))
        (home / "config.toml").chmod(0o600)
        assert CliRunner().invoke(main, ["gifts", "list"]).exit_code == 0
    assert not (home / "qtydash.log").exists()


def test_a_credential_is_masked_by_value(kept: Path) -> None:
    log.hide(SecretStr("Bearer fake-hunter2"))
    log.warning("The address holds fake-hunter2, says Bearer fake-hunter2.")
    text = kept.read_text()
    assert "hunter2" not in text
    assert "The address holds •••, says •••." in text


def test_what_would_steer_a_terminal_is_made_visible(kept: Path) -> None:
    log.trouble(Unreachable("Gone\x1b[31m away", words="secret words", hint="Do this."))
    assert kept.read_text().rstrip().endswith("Z WARNING Gone^[[31m away")


def test_an_answer_is_told_by_its_status(kept: Path) -> None:
    error = UnexpectedAnswer("BLAZE answered with HTML.", words="<h1>secret</h1>", status=502)
    error.fault = "ReadError"
    log.trouble(error)
    assert "BLAZE answered with HTML. (status 502, ReadError)" in kept.read_text()


def test_a_fault_of_our_own_is_told_with_its_place(kept: Path) -> None:
    log.fault("qtydash has a fault.\n  qtydash/x.py:1 in f")
    first, second = kept.read_text().splitlines()
    assert LINE.fullmatch(first)
    assert second == "    qtydash/x.py:1 in f"


def test_it_is_turned_before_it_grows_large(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST", 2_000)
    for n in range(200):
        log.warning(f"Line {n} {'x' * 80}")
    files = sorted(kept.parent.glob("qtydash.log*"))
    assert [file.name for file in files] == [kept.name, *(f"{kept.name}.{n}" for n in (1, 2, 3))]
    assert all(file.stat().st_size < 2_200 for file in files)
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert "Line 199 " in kept.read_text()


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    log.begin(tmp_path / "file" / "journal.db")
    log.warning("Nobody hears this.")
    assert capfd.readouterr() == ("", "")


def test_nothing_is_written_before_it_is_known_where(home: Path) -> None:
    log.warning("Too early.")
    assert list(home.iterdir()) == []
