"""The matrix and the calendar in every state and at every size, read as text; the matrix at the usual sizes is
in ``test_panes``."""

import threading
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import opened, shop

from qtydash.tui.models.tickets_rows import option_rows
from qtydash.tui.panes.tickets import TicketsPane

STATES = ("live", "cached", "offline", "empty", "error")
SIZES = ((60, 20), (80, 24), (160, 48))
WIDEST = (200, 60)


def size_id(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("state", STATES)
async def test_matrix_on_a_small_terminal(state: str, text_screen: SnapshotAssertion) -> None:
    async with opened(shop(state), size=SIZES[0]) as dashboard:
        assert dashboard.text == text_screen


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_calendar(size: tuple[int, int], state: str, text_screen: SnapshotAssertion) -> None:
    async with opened(shop(state), size=size) as dashboard:
        if dashboard.app.overview:
            await dashboard.press("z")
        await dashboard.press("v")
        assert dashboard.text == text_screen


@pytest.mark.parametrize("keys", [[], ["v"], ["v", "v"], ["l"]], ids=["matrix", "option", "sum", "low"])
async def test_the_widest_terminal(keys: list[str], text_screen: SnapshotAssertion) -> None:
    async with opened(size=WIDEST) as dashboard:
        await dashboard.press("z", "down", *keys)
        assert dashboard.text == text_screen


@pytest.mark.parametrize("state", ["empty", "error"])
async def test_where_there_is_nothing_the_keys_wait(state: str) -> None:
    stubs = shop(state)
    async with opened(stubs) as dashboard:
        await dashboard.press("v", "n", "t", "i", "enter", "l", "m")
        assert not dashboard.app.screen.is_modal
        stubs.tickets.error, stubs.tickets.answer = None, shop().tickets.answer
        await dashboard.press("l", "r", "down")
        assert "Child  Fr 2026-03-06" in dashboard.text


async def test_no_key_waits_for_the_matrix_of_a_live_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[threading.Thread] = []

    def recorded(*given: Any) -> Any:
        made.append(threading.current_thread())
        return option_rows(*given)

    laid_out: set[threading.Thread] = set()
    across = TicketsPane.across

    def asked(pane: TicketsPane) -> int:
        laid_out.add(threading.current_thread())  # to ask a widget for its size may lay out the screen
        return across.fget(pane)  # type: ignore[attr-defined, no-any-return]

    async with opened(size=SIZES[1]) as dashboard:
        monkeypatch.setattr("qtydash.tui.models.tickets.option_rows", recorded)
        monkeypatch.setattr(TicketsPane, "across", property(asked))
        await dashboard.press("r", "m", "l", "n")
        assert len(made) == 1
        assert made[0] is not threading.main_thread()
        assert laid_out == {threading.main_thread()}


async def test_a_fault_in_what_is_found_out_about_a_reading_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*given: Any) -> None:
        raise RuntimeError("a fault")

    async with opened(size=SIZES[1]) as dashboard:
        monkeypatch.setattr(TicketsPane, "prepare", faulty)
        await dashboard.press("r")
        assert "qtydash has a fault of its own here (RuntimeError)." in dashboard.text
        assert "reading" not in dashboard.text
