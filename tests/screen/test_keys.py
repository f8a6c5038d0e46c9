"""What the keys do, seen on the screen."""

import asyncio
import contextlib
import json
import os
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.screen.shop import (
    CART_NOW,
    GIFT_LIST,
    NOW,
    OUTAGE,
    PROFILE,
    live_snapshot,
    opened,
    shop,
)
from textual.message import Message
from textual.widgets import Input

from qtydash.domain.errors import Unauthorized
from qtydash.domain.snapshot import OnProgress, Progress, Snapshot
from qtydash.domain.tickets import Availability
from qtydash.tui.commands import Scope
from qtydash.tui.panes import base
from qtydash.tui.panes.base import _Progressed


async def test_number_keys_choose_the_pane() -> None:
    async with opened() as dashboard:
        for key, words in (("2", "Canvas bag"), ("3", "Four free mugs"), ("4", "cart-000"), ("1", "Senior")):
            await dashboard.press(key)
            assert words in dashboard.text
        await dashboard.press("5")
        assert "No changes: nothing was staged or sent from here." in dashboard.text


async def test_arrows_move_the_cell_and_explain_it() -> None:
    async with opened() as dashboard:
        assert "Adult  Fr 2026-03-06" in dashboard.text
        await dashboard.press("down", "right", "right")
        assert dashboard.line_with("Child  Su 2026-03-08").endswith("oversold")
        assert "-3 left of 30, 33 sold" in dashboard.text
        await dashboard.press("up")
        assert "No inventory on this day, which is not the same as none left." in dashboard.text


async def test_mismatch_is_told_with_its_numbers() -> None:
    async with opened() as dashboard:
        await dashboard.press("down", "down", "right")
        assert "15 left + 10 sold ≠ 30 max" in dashboard.text


async def test_months_today_and_go_to() -> None:
    async with opened() as dashboard:
        await dashboard.press("right_square_bracket")
        assert "We 2026-04-01" in dashboard.text
        await dashboard.press("left_square_bracket")
        assert "Su 2026-03-01" in dashboard.text
        await dashboard.press("t")
        assert "Fr 2026-03-06" in dashboard.text
        await dashboard.press("g", *"fri", "enter")
        assert "Fr 2026-03-13" in dashboard.text


async def test_go_to_says_what_it_takes_and_keeps_what_was_typed() -> None:
    async with opened() as dashboard:
        await dashboard.press("g", *"someday", "enter")
        assert "That is no date. Write 2026-12-24, 12-24, 24, +7, -7, today or fri." in dashboard.text
        assert "someday" in dashboard.text
        await dashboard.press("escape")
        assert "Fr 2026-03-06" in dashboard.text


async def test_metric_cycles_and_keeps_the_cursor() -> None:
    async with opened() as dashboard:
        await dashboard.press("down", "right")
        for words in ("Day ticket: sold", "Day ticket: % left", "Day ticket: maximum", "Day ticket: left"):
            await dashboard.press("m")
            assert words in dashboard.text
            assert "Child  Sa 2026-03-07" in dashboard.text


async def test_low_shows_only_days_that_are_low_or_worse() -> None:
    async with opened() as dashboard:
        await dashboard.press("l")
        assert "low only" in dashboard.text
        # The Senior's 7 March does not add up, yet its 15 left are not low; so it is not shown.
        assert "15?" not in dashboard.text
        assert "-3✘" in dashboard.text
        await dashboard.press("l")
        assert "15?" in dashboard.text


async def test_refresh_keeps_option_date_and_shows_movement() -> None:
    stubs = shop()
    async with opened(stubs) as dashboard:
        await dashboard.press("down", "down", "right", "right", "right")
        assert "Senior  Mo 2026-03-09" in dashboard.text
        assert stubs.tickets.answer is not None
        data = stubs.tickets.answer.data
        without_first = Availability(
            data.product_code, tuple(d for d in data.days if d.option_code != "option-00"), data.options[1:]
        )
        moved = next(d for d in data.days if d.option_code == "option-02" and d.date.day == 9)
        stubs.tickets.answer = live_snapshot(without_first)
        stubs.past.look = {moved.key: moved.left + 4}
        await dashboard.press("r")
        assert "Adult" not in dashboard.text
        assert "Senior  Mo 2026-03-09" in dashboard.text
        assert f"▾ was {moved.left + 4} when you looked, 11:00 UTC" in dashboard.text


async def test_product_picker_filters_and_asks_the_new_product() -> None:
    stubs = shop()
    async with opened(stubs) as dashboard:
        await dashboard.press("P")
        assert "Night ticket" in dashboard.text
        await dashboard.press(*"nig", "enter")
        assert stubs.tickets.asked == ["day-ticket", "night"]


async def test_picker_says_why_the_list_may_be_short() -> None:
    stubs = shop("offline")
    async with opened(stubs) as dashboard:
        await dashboard.press("P")
        assert "The connection was refused." in dashboard.text


async def test_filter_narrows_while_typing_and_escape_shows_all_again() -> None:
    async with opened() as dashboard:
        await dashboard.press("2", "slash", *"pin 1")
        assert "PIN-10" in dashboard.text
        assert "BAG-01" not in dashboard.text
        await dashboard.press("enter", "down")
        assert "PIN-10" in dashboard.text
        assert " of 40 gifts" in dashboard.text
        await dashboard.press("escape")
        assert "  40 gifts" in dashboard.text


async def test_filter_that_fits_nothing_says_so() -> None:
    async with opened() as dashboard:
        await dashboard.press("2", "slash", *"zzz")
        assert "No row fits what you asked to see." in dashboard.text
        await dashboard.press("escape")
        assert "BAG-01" in dashboard.text


async def test_filter_takes_letters_that_are_commands_elsewhere() -> None:
    async with opened() as dashboard:
        await dashboard.press("2", "slash", *"cup q1")
        assert dashboard.app.is_running
        assert dashboard.app.active == "gifts"


async def test_sort_cycles_through_columns_and_back() -> None:
    async with opened() as dashboard:
        await dashboard.press("2")
        first = dashboard.text.splitlines()[4]
        assert first.startswith("BAG-01")
        await dashboard.press(*"sssss")
        assert "Quantity▴" in dashboard.text
        assert dashboard.text.index("PEN-07") < dashboard.text.index("BAG-02")
        await dashboard.press("s")
        assert "Quantity▾" in dashboard.text
        for _ in range(7):
            await dashboard.press("s")
        assert dashboard.text.splitlines()[4] == first


async def test_sorting_shows_the_top_of_the_list() -> None:
    async with opened() as dashboard:
        await dashboard.press("2", "down", "down", *"ssssss")
        assert dashboard.text.splitlines()[4].startswith("CUP-01")
        assert "Quantity▾" in dashboard.text
        assert f"SKU CUP-01  active  id {3:024x}" in dashboard.text


async def test_cursor_stays_on_its_gift_when_filtered_and_read_again() -> None:
    async with opened() as dashboard:
        await dashboard.press("2", "down", "down")
        cup = f"SKU CUP-01  active  id {3:024x}"
        assert cup in dashboard.text
        await dashboard.press("slash", *"cup", "enter", "r")
        assert cup in dashboard.text
        await dashboard.press("escape")
        assert cup in dashboard.text


async def test_unlimited_gift_is_never_shown_as_sold_out() -> None:
    async with opened() as dashboard:
        await dashboard.press("2")
        line = dashboard.line_with("CUP-01")
        assert "∞" in line
        assert " 0 " not in line


async def test_copy_goes_to_the_clipboard_and_says_what() -> None:
    async with opened() as dashboard:
        await dashboard.press("2", "c")
        assert dashboard.app.clipboard.startswith("BAG-01\tCanvas bag\t▴21")
        assert "Copied: BAG-01" in dashboard.text


@pytest.mark.parametrize("ending", ["csv", "json"])
async def test_export_writes_the_rows_shown_and_replaces_nothing(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened() as dashboard:
        await dashboard.press("2", "l", "e")
        assert "Export 3 rows" in dashboard.text
        await dashboard.press("ctrl+u", *f"low.{ending}".replace(".", "."), "enter")
        assert "Exported 3 rows to" in dashboard.text
        written = (tmp_path / f"low.{ending}").read_text(encoding="utf-8")
        if ending == "json":
            told = json.loads(written)
            assert [row["quantity"] for row in told["data"]] == [3, -2, 0]
            assert told["fetched_at"] == "2026-03-06T11:59:48Z"
        else:
            assert written.splitlines()[0] == "id,sku,title,status,quantity,unlimited,updated_at"
            assert len(written.splitlines()) == 4
        await dashboard.press("e", "ctrl+u", *f"low.{ending}", "enter")
        assert f"low.{ending} exists already and is left as it is." in dashboard.text
        assert (tmp_path / f"low.{ending}").read_text(encoding="utf-8") == written


async def test_export_refuses_what_it_cannot_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened() as dashboard:
        await dashboard.press("e", "ctrl+u", *"x.txt", "enter")
        assert "The name must end in .csv, .json or .html." in dashboard.text
        await dashboard.press("ctrl+u", *"no/x.csv", "enter")
        assert "There is no folder no." in dashboard.text


async def test_cart_lines_and_selections_are_two_lists() -> None:
    async with opened() as dashboard:
        await dashboard.press("3", "down")
        assert "4 granted  SR" in dashboard.text
        assert "4 granted − 0 automatic − 0 targeted − 1 selected − 1 removed = 2" in " ".join(
            dashboard.text.split()
        )
        await dashboard.press("tab", "down", "down")
        assert "3 in the cart, 1 piece" in dashboard.text or "3 in the cart, 1 free" in dashboard.text


async def test_open_a_saved_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "order.json"
    file.write_text(json.dumps({"orderId": "o77", "shoppingCart": {"items": []}}), encoding="utf-8")
    async with opened() as dashboard:
        await dashboard.press("3", "O", *"none.json", "enter")
        assert dashboard.app.screen.is_modal
        await dashboard.press("ctrl+u", *"order.json", "enter")
        assert "file order.json" in dashboard.text
        assert "order o77" in dashboard.text
        await dashboard.press("S", "enter")
        assert CART_NOW.order_id in dashboard.text


async def test_stale_only_and_product_of_order_qty() -> None:
    stubs = shop()
    async with opened(stubs) as dashboard:
        await dashboard.press("4", "l")
        assert "stale only" in dashboard.text
        assert " fresh " not in dashboard.text
        await dashboard.press("l", "P", "down", "enter")
        assert stubs.order_qty.asked == ["prod-1", "prod-2"]


async def test_pause_stops_the_refresh_that_time_would_bring() -> None:
    clock = [NOW]
    stubs = shop()
    async with opened(stubs, now=lambda: clock[0]) as dashboard:
        clock[0] = NOW + timedelta(seconds=61)
        dashboard.app.tick()
        await dashboard.settle()
        assert len(stubs.tickets.asked) == 2
        await dashboard.press("p")
        assert "PAUSED" in dashboard.text
        clock[0] = NOW + timedelta(seconds=300)
        dashboard.app.tick()
        await dashboard.settle()
        assert len(stubs.tickets.asked) == 2
        assert "live 5m" in dashboard.text


async def test_only_panes_on_the_screen_are_refreshed() -> None:
    stubs = shop()
    clock = [NOW]
    async with opened(stubs, now=lambda: clock[0]) as dashboard:
        clock[0] = NOW + timedelta(seconds=61)
        dashboard.app.tick()
        await dashboard.settle()
        assert [len(s.asked) for s in stubs.each] == [2, 1, 1, 1]
        await dashboard.press("2")
        assert [len(s.asked) for s in stubs.each] == [2, 2, 1, 1]


async def test_offline_reads_nothing() -> None:
    stubs = shop("cached")
    async with opened(stubs, offline=True) as dashboard:
        await dashboard.press("r", "2", "r", "3", "r", "4", "r")
        assert [s.asked for s in stubs.each] == [[], [], [], []]
        assert "OFFLINE 3h" in dashboard.text


async def test_network_loss_keeps_the_rows_and_says_why() -> None:
    stubs = shop()
    async with opened(stubs) as dashboard:
        await dashboard.press("2")
        stubs.gifts.error = Unauthorized("SHOPLINE does not accept the token.", words="unauthorized")
        await dashboard.press("r")
        assert "BAG-01" in dashboard.text
        assert "ERROR 12s" in dashboard.text
        assert 'They say: "unauthorized".' in dashboard.text
        stubs.gifts.error = None
        await dashboard.press("r")
        assert "ERROR" not in dashboard.text
        stubs.gifts.error = OUTAGE
        await dashboard.press("r")
        assert "OFFLINE 12s" in dashboard.text


async def test_late_answer_of_the_product_before_is_dropped() -> None:
    stubs = shop()
    async with opened(stubs) as dashboard:
        stubs.tickets.hold = True
        dashboard.app.action_refresh_now()
        stubs.tickets.hold = False
        pane = dashboard.app.panes[0]
        pane.ask("night")
        await dashboard.settle()
        assert pane.query_now == "night"
        assert pane.snapshot is stubs.tickets.answer


async def test_zoom_gives_one_pane_the_screen_and_back() -> None:
    async with opened(size=(160, 48)) as dashboard:
        assert "BAG-01" in dashboard.text
        assert "cart-000" in dashboard.text
        await dashboard.press("2", "z")
        assert "cart-000" not in dashboard.text
        await dashboard.press("z")
        assert "cart-000" in dashboard.text


async def test_terminal_may_shrink_and_grow() -> None:
    async with opened(size=(160, 48)) as dashboard:
        await dashboard.pilot.resize_terminal(60, 20)
        await dashboard.settle()
        assert "cart-000" not in dashboard.text
        await dashboard.pilot.resize_terminal(20, 5)
        await dashboard.settle()
        await dashboard.press("down", "right", "2", "3", "4", "1")
        await dashboard.pilot.resize_terminal(160, 48)
        await dashboard.settle()
        assert "cart-000" in dashboard.text
        assert "Senior" in dashboard.text


async def test_help_lists_the_keys_of_the_pane() -> None:
    async with opened(size=(120, 40)) as dashboard:
        await dashboard.press("4", "question_mark")
        assert "Show only stale holds." in dashboard.text
        await dashboard.press("pagedown")
        assert "Read again what is on the screen." in dashboard.text
        await dashboard.press("q")
        assert not dashboard.app.screen.is_modal
        assert dashboard.app.is_running


async def test_palette_runs_a_command_of_the_pane() -> None:
    async with opened(size=(120, 40)) as dashboard:
        await dashboard.press("ctrl+p")
        await dashboard.pilot.pause()
        await dashboard.press(*"metric")
        await dashboard.press("enter")
        await dashboard.press("enter")
        await dashboard.settle()
        assert "Day ticket: sold" in dashboard.text


async def test_quit() -> None:
    async with opened() as dashboard:
        await dashboard.press("q")
        assert not dashboard.app.is_running
        assert dashboard.app.return_code == 0


async def test_read_only_and_write_are_said_in_words() -> None:
    async with opened() as dashboard:
        assert "READ-ONLY" in dashboard.text
    async with opened(profile=replace(PROFILE, write=True)) as dashboard:
        assert "WRITE" in dashboard.text
        assert "READ-ONLY" not in dashboard.text


async def test_pane_without_section_says_how_to_add_it() -> None:
    stubs = shop()
    async with opened(stubs, profile=replace(PROFILE, gifts=None)) as dashboard:
        stubs.gifts.asked.clear()
    sources_without = shop()
    sources_without.gifts = None  # type: ignore[assignment]
    async with opened(sources_without, profile=replace(PROFILE, gifts=None)) as dashboard:
        await dashboard.press("2")
        assert "SHOPLINE is not set up in profile 'prod'." in dashboard.text
        assert "[profiles.prod.gifts]" in dashboard.text
        await dashboard.press("r", "s", "slash", "escape", "e", "c", "l")
        assert dashboard.app.is_running


KEYS = (
    *"5rpscelmtgPSOz[]/?x+inNvdDXJ",
    *("tab", "shift+tab", "enter", "space", "up", "down", "left", "right"),
    *("pageup", "pagedown", "home", "end", "ctrl+home", "ctrl+end", "ctrl+p"),
)


@pytest.mark.parametrize("state", ["live", "error"])
@pytest.mark.parametrize("pane", ["tickets", "gifts", "cart", "order_qty"])
async def test_every_key_is_survived(pane: Scope, state: str) -> None:
    async with opened(shop(state)) as dashboard:
        for key in KEYS:
            while dashboard.app.screen.is_modal:
                await dashboard.pilot.press("escape")
            await dashboard.app.action_pane(pane)
            await dashboard.pilot.press(key)
        assert dashboard.app.is_running


async def test_keys_still_work_when_nothing_is_shown() -> None:
    stubs = shop()
    assert stubs.gifts.answer is not None
    stubs.gifts.answer = live_snapshot(tuple(g for g in stubs.gifts.answer.data if g.quantity > 5))
    async with opened(stubs) as dashboard:
        await dashboard.press("2", "l")
        assert "No row fits what you asked to see. Press l to show all again." in dashboard.text
        await dashboard.press("l", "down")
        assert "SKU CUP-01  draft" in dashboard.text


async def test_keys_work_while_a_new_product_is_read_and_after() -> None:
    stubs = shop()
    async with opened(stubs) as dashboard:
        await dashboard.press("4")
        stubs.order_qty.seen, stubs.order_qty.hold = None, True
        await dashboard.press("P", "down", "enter")
        assert "Reading from BLAZE..." in dashboard.text
        await dashboard.press("c")
        assert dashboard.app.clipboard == ""
        stubs.order_qty.hold = False
        await dashboard.press("P", "down", "enter", "down")
        assert "2.5 held by cart cart-001" in dashboard.text


async def test_an_empty_cart_can_be_left_and_filled_again() -> None:
    stubs = shop("empty")
    async with opened(stubs) as dashboard:
        await dashboard.press("3")
        stubs.cart.answer = live_snapshot(CART_NOW)
        await dashboard.press("r", "down")
        assert "4 granted  SR" in dashboard.text


async def test_export_of_what_is_shown_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened() as dashboard:
        await dashboard.press("3", "slash", *"mugs", "enter", "e", "ctrl+u", *"c.json", "enter")
        assert [s["promotion_id"] for s in json.loads((tmp_path / "c.json").read_text())["data"]] == ["promo50002"]
        await dashboard.press("1", "s", "s", "e", "ctrl+u", *"t.csv", "enter")
        names = [line.split(",")[1] for line in (tmp_path / "t.csv").read_text().splitlines()[1:]]
        assert list(dict.fromkeys(names))[:2] == ["小人チケット 夏季限定", "Slot 5"]


@pytest.mark.parametrize("name", ["~no-such-user/x.csv", "n" * 300 + ".csv", "a\x00b.csv"])
async def test_odd_file_names_are_told_and_nothing_ends(name: str) -> None:
    async with opened() as dashboard:
        for key in ("e", "O"):
            await dashboard.press("3", key)
            dashboard.app.screen.query_one(Input).value = name
            await dashboard.press("enter")
            assert "no usable file name" in " ".join(dashboard.text.split())
            await dashboard.press("escape")
        assert dashboard.app.is_running


async def test_standard_input_and_pipes_are_no_saved_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    async with opened() as dashboard:
        await dashboard.press("3", "O", *"pipe", "enter")
        assert "is no plain file" in dashboard.text
        await dashboard.press("ctrl+u", "minus", "enter")
        assert "cannot be read" in " ".join(dashboard.text.split())


async def test_more_warnings_than_fit_are_counted() -> None:
    stubs = shop()
    assert stubs.gifts.answer is not None
    stubs.gifts.answer = replace(stubs.gifts.answer, warnings=tuple(f"warning {n}" for n in range(9)))
    async with opened(stubs) as dashboard:
        await dashboard.press("2")
        assert "warning 1" in dashboard.text
        assert "warning 2" not in dashboard.text
        assert "and 7 more warnings." in dashboard.text


async def test_a_fault_of_ours_is_told_and_the_pane_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stubs = shop()

    async def broken(query: object, on_progress: object = None) -> None:
        raise KeyError("obviously-fake-secret")

    async with opened(stubs) as dashboard:
        await dashboard.press("2")
        with monkeypatch.context() as patched:
            patched.setattr(stubs.gifts, "live", broken)
            await dashboard.press("r")
        assert "qtydash has a fault of its own here (KeyError)." in dashboard.text
        assert "obviously-fake-secret" not in dashboard.text
        await dashboard.press("r")
        assert "ERROR" not in dashboard.text


async def test_a_read_that_cannot_be_stopped_does_not_replace_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stubs = shop()
    async with opened(stubs) as dashboard:
        await dashboard.press("2")
        background = dashboard.app.workspace.background
        late, run = asyncio.Event(), background.run

        async def deaf(work: Coroutine[Any, Any, Any]) -> Any:
            """Gives its answer although it was told to stop, and only when ``late`` is set."""
            found = await run(work)
            while not late.is_set():
                with suppress(asyncio.CancelledError):
                    await late.wait()
            return found

        pane = dashboard.app.panes[1]
        assert stubs.gifts.answer is not None
        old = stubs.gifts.answer = live_snapshot(GIFT_LIST[:2])
        monkeypatch.setattr(background, "run", deaf)
        pane.refresh_live()
        await dashboard.pilot.pause()
        monkeypatch.setattr(background, "run", run)
        new = stubs.gifts.answer = live_snapshot(GIFT_LIST[:3])
        pane.refresh_live()
        await dashboard.pilot.pause()
        late.set()
        await dashboard.settle()
        assert pane.snapshot is new is not old
        assert "3 gifts" in dashboard.text
        pane.post_message(_Progressed(0, Progress(7, 700)))
        await dashboard.settle()
        assert "page 7" not in dashboard.text


async def test_a_slow_read_is_not_asked_for_again() -> None:
    clock = [NOW]
    stubs = shop("cached")
    async with opened(stubs, now=lambda: clock[0]) as dashboard:
        clock[0] = NOW + timedelta(seconds=300)
        dashboard.app.tick()
        await dashboard.settle()
        assert [len(stub.asked) for stub in stubs.each] == [1, 1, 1, 1]


@pytest.mark.parametrize("pane", "12345")
async def test_a_focus_that_is_lost_comes_back(pane: str) -> None:
    async with opened() as dashboard:
        await dashboard.press(pane)
        dashboard.app.screen.set_focus(None)
        await dashboard.settle()
        await dashboard.press("s")
        assert dashboard.app.focused is not None


async def test_pages_are_counted_a_few_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PROGRESS_SECONDS", 0.0)
    stubs = shop()
    told: list[int] = []
    last_told = asyncio.Event()

    async def live(query: object, on_progress: OnProgress | None = None) -> Snapshot[Any]:
        for page in range(1, 101):
            assert on_progress is not None
            on_progress(Progress(page, page * 25))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(last_told.wait(), 20)
        assert stubs.tickets.answer is not None
        return stubs.tickets.answer

    async with opened(stubs) as dashboard:
        pane = dashboard.app.active_pane
        post_message = pane.post_message

        def noted(message: Message) -> bool:
            if isinstance(message, base._Progressed):
                told.append(message.progress.pages)
                if told[-1] == 100:
                    last_told.set()
            return post_message(message)

        monkeypatch.setattr(pane, "post_message", noted)
        monkeypatch.setattr(stubs.tickets, "live", live)
        await dashboard.press("r")
        assert told == [1, 100]
