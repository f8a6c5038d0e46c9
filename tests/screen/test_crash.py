"""A fault of our own ends with exit status 1 and says where, but never what a variable held."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.screen.shop import NOW, PROFILE, ShopSources, shop
from textual.worker import WorkerFailed

from qtydash.cli.failure import unforeseen
from qtydash.services.background import Background
from qtydash.services.changes import Changes
from qtydash.storage.journal import Journal
from qtydash.tui import app as app_module
from qtydash.tui.app import QtyDash
from qtydash.tui.run import run_app
from qtydash.tui.safety import crash_words
from qtydash.tui.workspace import Workspace

SECRET = "obviously-fake-token-0123456789"


def _break() -> None:
    raise RuntimeError(f"broken {SECRET} [/x] \x1b[31m")


def _broken() -> RuntimeError:
    try:
        _break()
    except RuntimeError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("within", [lambda error: error, WorkerFailed])
def test_words_name_the_kind_and_the_place_and_nothing_else(within: Callable[[Exception], Exception]) -> None:
    words = crash_words(within(_broken()))

    first, *_, last = words.splitlines()
    assert first.startswith("qtydash has a fault and stopped: RuntimeError at screen/test_crash.py:")
    assert "in _break" in words
    assert last.startswith("Please report these lines")
    assert SECRET not in words
    assert "[/x]" not in words
    assert "\x1b" not in words


def test_a_command_says_it_in_the_same_words() -> None:
    error = _broken()

    assert unforeseen(error).message == crash_words(error)


def test_an_error_without_a_place_is_told_by_its_kind() -> None:
    assert crash_words(KeyError(SECRET)).splitlines()[0] == "qtydash has a fault and stopped: KeyError."


def test_a_crash_is_not_success(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    background = Background()
    changes = Changes(PROFILE, Journal(tmp_path / "journal.db"), [], lambda: NOW, purpose="A test")
    app = QtyDash(Workspace(PROFILE, ShopSources(shop()), background, lambda: NOW, lambda: changes))

    def start(self: Any) -> None:
        raise RuntimeError(f"broken {SECRET}")

    monkeypatch.setattr(app_module.QtyDash, "_start", start)
    monkeypatch.setattr(app, "run", lambda: QtyDash.run(app, headless=True, size=(80, 24)))
    assert run_app(app) == 1
    background.close()
    told = capsys.readouterr()
    assert told.err.startswith("qtydash has a fault and stopped: RuntimeError at screen/test_crash.py:")
    assert SECRET not in told.out + told.err
    assert sys.exc_info() == (None, None, None)
