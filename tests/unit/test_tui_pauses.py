"""The pauses in which no key is answered are kept short."""

import gc
import sys
from collections.abc import Callable, Iterator

import pytest
from textual.app import App

from qtydash.tui import pauses


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)
    gc.unfreeze()


def test_a_thread_that_computes_gives_its_turn_away_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    app: App[int] = App()
    monkeypatch.setattr(app, "set_interval", lambda *told, **named: None)
    pauses.keep_short(app)
    assert sys.getswitchinterval() == pytest.approx(pauses.SWITCH_SECONDS)


def test_garbage_is_looked_for_once_the_first_screen_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    app: App[int] = App()
    monkeypatch.setattr(app, "set_interval", lambda *told, **named: None)
    gc.disable()
    try:
        pauses.keep_short(app)
        assert gc.isenabled()
    finally:
        gc.enable()


def test_what_is_loaded_at_the_start_is_no_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, Callable[[], None], int]] = []

    def set_interval(seconds: float, act: Callable[[], None], *, repeat: int) -> None:
        asked.append((seconds, act, repeat))

    app: App[int] = App()
    monkeypatch.setattr(app, "set_interval", set_interval)
    pauses.keep_short(app)
    ((seconds, act, repeat),) = asked
    gc.unfreeze()
    act()
    assert gc.get_freeze_count() > 0
    assert seconds * repeat == pauses.START_SECONDS, "it ends: what comes later may become garbage"
