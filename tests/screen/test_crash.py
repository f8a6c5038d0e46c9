"""A fault of our own ends with exit status 1 and says where, but never what a variable held."""

import sys
from typing import Any

import pytest
from tests.screen.shop import NOW, PROFILE, ShopSources, shop

from qtydash.services.background import Background
from qtydash.tui import app as app_module
from qtydash.tui.app import QtyDash, run_app
from qtydash.tui.safety import crash_words
from qtydash.tui.workspace import Workspace

SECRET = "obviously-fake-token-0123456789"


def _break() -> None:
    token = SECRET
    raise RuntimeError(f"broken {len(token)} [/x] \x1b[31m")


def test_words_name_the_place_and_no_value() -> None:
    try:
        _break()
    except RuntimeError as error:
        words = crash_words(error)
    assert "test_crash.py" in words
    assert "in _break" in words
    assert SECRET not in words
    assert "\x1b" not in words


def test_a_crash_is_not_success(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    background = Background()
    app = QtyDash(Workspace(PROFILE, ShopSources(shop()), background, lambda: NOW))

    def start(self: Any) -> None:
        token = SECRET
        raise RuntimeError(f"broken {len(token)}")

    monkeypatch.setattr(app_module.QtyDash, "_start", start)
    monkeypatch.setattr(app, "run", lambda: QtyDash.run(app, headless=True, size=(80, 24)))
    assert run_app(app) == 1
    background.close()
    told = capsys.readouterr()
    assert "RuntimeError: broken" in told.err
    assert SECRET not in told.out + told.err
    assert sys.exc_info() == (None, None, None)
