"""The review by the keys: fresh reads, decisions, sending one by one, and what came of each."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import (
    GIFT_LIST,
    NOW,
    PATIENCE,
    WRITABLE,
    Dashboard,
    StubStock,
    live_snapshot,
    opened,
    screen_svg,
    shop,
    stub_stock,
)
from textual import events
from textual.screen import Screen
from textual.widgets import Button

from qtydash.domain.changes import Intent, Kind, State
from qtydash.domain.errors import RateLimited, Refused, Unauthorized, Unreachable, VendorError
from qtydash.domain.gifts import GiftStock
from qtydash.domain.review import Observed, Proposal
from qtydash.services.changes import Changes, NotNow
from qtydash.services.port import Told
from qtydash.tui.screens.quit import QuitScreen
from qtydash.tui.screens.review import ReviewScreen
from qtydash.tui.screens.review_keys import Phase
from qtydash.tui.screens.review_stop import StopScreen

BAG, SUMMER, ENDLESS, DRAFT, PEN, NAMELESS = (gift.id for gift in GIFT_LIST[:6])
SIZES = ((60, 20), (80, 24), (160, 48))
CUT = VendorError("SHOPLINE closed the connection before it answered.")


@dataclass
class SlowStock(StubStock):
    """A stock whose sends wait for ``go``, and whose answers carry what the vendor tells of a gift.

    ``came`` says that a first one waits.
    """

    slow: bool = False
    came: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)

    async def send(self, intent: Intent, op_id: str) -> Told:
        told = await super().send(intent, op_id)
        if self.slow:
            self.came.set()
            await asyncio.to_thread(self.go.wait, PATIENCE)
        gift = str(intent.ids["gift"])
        return replace(told, data=GiftStock(gift, "", self.stock[gift], NOW))


def slow_stock(**other: Any) -> SlowStock:
    plain = stub_stock()
    return SlowStock(plain.stock, plain.unlimited, **other)


async def stage(dashboard: Dashboard, *edits: str) -> None:
    """Stage an edit on each row from the first on; "" leaves one out."""
    await dashboard.press("2", "ctrl+home")
    for edit in edits:
        if edit:
            await dashboard.press(*edit, "enter")
        await dashboard.press("down")


def review(dashboard: Dashboard) -> ReviewScreen:
    return next(screen for screen in dashboard.app.screen_stack if isinstance(screen, ReviewScreen))


def in_review(dashboard: Dashboard) -> bool:
    return any(isinstance(screen, ReviewScreen) for screen in dashboard.app.screen_stack)


def row(dashboard: Dashboard, words: str) -> str:
    return " ".join(dashboard.line_with(words).split())


def flat(dashboard: Dashboard) -> str:
    return " ".join(dashboard.text.split())


def staged(dashboard: Dashboard) -> Sequence[str]:
    return [str(intent.ids["gift"]) for intent in dashboard.app.workspace.changes.staged]


def states(dashboard: Dashboard) -> Counter[State]:
    """How many changes the journal has in which state."""
    return Counter(record.state for record in dashboard.app.workspace.changes.records())


@asynccontextmanager
async def sending(stock: SlowStock, *edits: str) -> AsyncIterator[Dashboard]:
    """A dashboard whose batch is on its way: its first change was sent and waits for its answer."""
    stock.slow = True
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        try:
            await stage(dashboard, *edits)
            await dashboard.press("w")
            await dashboard.pilot.press("a")
            await dashboard.until(lambda: "sending" in dashboard.text)
            assert await asyncio.to_thread(stock.came.wait, PATIENCE)
            yield dashboard
        finally:
            stock.go.set()


# Opening.


async def test_nothing_staged_is_nothing_to_review() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("w")
        assert [note.message for note in dashboard.app._notifications] == [
            "Nothing is staged, so there is nothing to review."
        ]
        assert not in_review(dashboard)


async def test_what_was_told_before_does_not_stand_over_the_review() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        await dashboard.press("2", "u")
        assert "Nothing is staged." in dashboard.text
        await stage(dashboard, "+3")
        await dashboard.press("w")
        assert in_review(dashboard)
        assert "Nothing is staged." not in dashboard.text


async def test_the_review_reads_every_target_afresh() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "=10")
        await dashboard.press("w")

        assert row(dashboard, "Canvas bag").startswith("send Canvas bag (BAG-01) 21 21 +3 24")
        assert "夏季限定 帆布袋 (BAG-02) 3 3 =10 10" in row(dashboard, "BAG-02")
        assert "2 of 2 changes will be sent." in dashboard.text
        assert "Han River park (prod)" in dashboard.line_with("Review: 2 changes")
        assert stock.sent == []


async def test_it_opens_at_once_and_says_that_it_reads() -> None:
    stock = stub_stock()
    answered = Event()

    async def observe(intents: Sequence[Intent], *, max_age: timedelta) -> dict[str, Observed]:
        await asyncio.to_thread(answered.wait, PATIENCE)
        return await StubStock.observe(stock, intents, max_age=max_age)

    stock.observe = observe  # type: ignore[method-assign]
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "=10")
        await dashboard.pilot.press("w")
        await dashboard.until(lambda: in_review(dashboard))
        assert "Reading 2 targets..." in dashboard.text
        assert row(dashboard, "Canvas bag").startswith("reading Canvas bag (BAG-01) 21 - +3 -")

        await dashboard.pilot.press("a", "space", "p", "x")
        assert review(dashboard).phase is Phase.READING
        answered.set()
        await dashboard.settle()
        assert "2 of 2 changes will be sent" in dashboard.text
        assert stock.sent == []


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_cancel_has_the_focus_and_leaves_everything_staged(key: str) -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w")
        assert isinstance(dashboard.app.focused, Button)
        assert str(dashboard.app.focused.label) == "Cancel"

        await dashboard.press(key)
        assert not in_review(dashboard)
        assert (stock.sent, staged(dashboard)) == ([], [BAG])


async def test_the_key_that_opens_it_does_not_apply() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w", "w", "space", "space", "W", "y")
        assert stock.sent == []


async def test_pasted_text_does_not_apply() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w")
        dashboard.app.post_message(events.Paste("a\na\n"))
        await dashboard.settle()
        assert (stock.sent, review(dashboard).phase) == ([], Phase.DECIDING)


# Deciding.


async def test_an_adjustment_of_what_drifted_is_shown_and_re_based() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "-3")
        stock.stock[BAG] = 15
        await dashboard.press("w")
        assert row(dashboard, "re-based").startswith("re-based Canvas bag (BAG-01) 21 15 -3 12")
        assert "It was 21 when you staged this; it is done on top of 15." in flat(dashboard)

        await dashboard.press("a")
        assert stock.stock[BAG] == 12


async def test_a_set_of_what_drifted_is_left_out_unless_the_operator_says_so() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "=30", "=9")
        stock.stock |= {BAG: 15, SUMMER: 2}
        await dashboard.press("w")
        assert "0 of 2 changes will be sent" in dashboard.text
        assert "2 to decide: space accepts" in flat(dashboard)
        assert "It was 21 when you staged this and is 15 now." in flat(dashboard)

        await dashboard.press("a")
        assert stock.sent == []

        await dashboard.press("space")
        assert row(dashboard, "Canvas bag").startswith("accepted")
        assert row(dashboard, "BAG-02").startswith("decide")
        await dashboard.press("a")
        assert stock.stock | {BAG: 30, SUMMER: 2} == stock.stock
        assert row(dashboard, "BAG-02").startswith("undecided")
        assert "1 done = 1" in dashboard.text
        assert "1 change stays staged" in dashboard.text
        await dashboard.press("escape")
        assert staged(dashboard) == [SUMMER]


async def test_a_result_below_zero_is_asked_about() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "-30")
        await dashboard.press("w")
        assert "It would be -9 pieces, below zero." in flat(dashboard)
        await dashboard.press("a")
        assert stock.sent == []
        await dashboard.press("space", "a")
        assert stock.stock[BAG] == -9


async def test_any_row_can_be_left_out_and_taken_in_again() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+1", "+2")
        await dashboard.press("w", "down", "space")
        assert row(dashboard, "BAG-02").startswith("left out")
        await dashboard.press("space", "up", "space")
        await dashboard.press("a")
        assert [path for _, path, _ in stock.sent] == [f"/v1/gifts/{SUMMER}/update_quantity"]
        await dashboard.press("enter")
        assert staged(dashboard) == [BAG]


async def test_n_goes_to_the_next_row_that_asks() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+1", "-9", "", "+1", "=-5")
        await dashboard.press("w")
        assert "BAG-02" in dashboard.text.splitlines()[-6]
        await dashboard.press("n")
        assert "PEN-07" in dashboard.text.splitlines()[-6]
        await dashboard.press("n")
        assert "BAG-02" in dashboard.text.splitlines()[-6]


async def test_a_refused_row_says_why_and_can_be_unstaged() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+1", "+2")
        del stock.stock[BAG]
        stock.unlimited |= {SUMMER}
        await dashboard.press("w")
        assert "The vendor does not know it any more." in dashboard.text
        assert "0 of 2 changes will be sent" in dashboard.text
        await dashboard.press("a", "space", "down")
        assert "Its stock is unlimited" in dashboard.text

        await dashboard.press("u")
        assert staged(dashboard) == [BAG]
        await dashboard.press("u")
        assert (staged(dashboard), in_review(dashboard)) == ([], False)


async def test_targets_that_cannot_be_read_are_refused_and_can_be_read_again() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+1")
        stock.read_error = Unreachable("The connection was refused.")
        await dashboard.press("w")
        assert "It could not be read, so it cannot be changed. The connection was refused." in flat(dashboard)
        stock.read_error = None
        await dashboard.press("r")
        assert "1 of 1 change will be sent" in dashboard.text


async def test_reading_again_asks_again_for_what_was_accepted() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "=30", "+1")
        stock.stock[BAG] = 15
        await dashboard.press("w", "space", "down", "space")
        stock.stock[BAG] = 14
        await dashboard.press("r")
        assert row(dashboard, "Canvas bag").startswith("decide Canvas bag (BAG-01) 21 14 =30 30")
        assert row(dashboard, "BAG-02").startswith("left out")


async def test_a_fault_of_ours_while_reading_is_told_and_nothing_can_be_applied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stock = stub_stock()

    async def broken(self: Changes, intents: Sequence[Intent]) -> tuple[Proposal, ...]:
        raise RuntimeError("secret")

    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+1")
        with monkeypatch.context() as patched:
            patched.setattr(Changes, "plan", broken)
            await dashboard.press("w")
        assert "qtydash has a fault of its own here (RuntimeError)." in dashboard.text
        assert "secret" not in dashboard.text
        await dashboard.press("a")
        assert stock.sent == []
        await dashboard.press("r")
        assert "1 of 1 change will be sent" in dashboard.text


async def test_offline_the_review_shows_what_is_staged_and_sends_nothing() -> None:
    stock = stub_stock()
    async with opened(shop("offline"), profile=WRITABLE, stock=stock, offline=True) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w")
        assert "Started with --offline: nothing is read, so nothing can be sent." in flat(dashboard)
        assert "21" in row(dashboard, "Canvas bag")
        await dashboard.press("a", "r", "a", "escape")
        assert (stock.sent, staged(dashboard)) == ([], [BAG])


# Sending.


async def test_a_sends_each_once_and_tells_what_came_of_it() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "=10", "", "-1")
        await dashboard.press("w", "a")

        assert stock.sent == [
            ("PUT", f"/v1/gifts/{BAG}/update_quantity", {"quantity": 3, "replace": False}),
            ("PUT", f"/v1/gifts/{SUMMER}/update_quantity", {"quantity": 10, "replace": True}),
            ("PUT", f"/v1/gifts/{DRAFT}/update_quantity", {"quantity": -1, "replace": False}),
        ]
        assert "3 done = 3" in dashboard.text
        assert states(dashboard) == {State.CONFIRMED: 3}
        assert str(review(dashboard).focused.label) == "Close"  # type: ignore[union-attr]
        await dashboard.press("enter")
        assert (staged(dashboard), in_review(dashboard)) == ([], False)


@pytest.mark.parametrize("key", ["a", "enter on the button"])
async def test_applying_twice_sends_once(key: str) -> None:
    stock = slow_stock(slow=True)
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w")
        driver = dashboard.app._driver
        assert driver is not None
        if key == "a":
            for _ in range(3):
                driver.send_message(events.Key("a", "a"))
        else:
            await dashboard.pilot.press("tab", "enter", "enter")
        await dashboard.until(lambda: "sending" in dashboard.text)
        await dashboard.pilot.press("a", "a")
        stock.go.set()
        await dashboard.settle()
        await dashboard.press("a")

        assert (len(stock.sent), states(dashboard)) == (1, {State.CONFIRMED: 1})


async def test_what_the_vendor_answered_is_in_the_list_before_it_is_read_again() -> None:
    stock = slow_stock()
    stubs = shop()
    async with opened(stubs, profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "-3")
        stubs.gifts.asked.clear()
        await dashboard.press("w", "a")
        stubs.gifts.hold = True
        await dashboard.press("enter")
        assert "▾18" in row(dashboard, "BAG-01")
        assert stubs.gifts.asked == [None]


async def test_the_list_is_read_again_once_the_review_is_closed() -> None:
    stubs = shop()
    async with opened(stubs, profile=WRITABLE) as dashboard:
        await stage(dashboard, "-3")
        await dashboard.press("w", "a")
        stubs.gifts.answer = live_snapshot((replace(GIFT_LIST[0], quantity=17), *GIFT_LIST[1:]))
        await dashboard.press("enter")
        assert "17" in row(dashboard, "BAG-01")


async def test_progress_is_told_row_by_row() -> None:
    async with sending(slow_stock(), "+3", "+4") as dashboard:
        assert "1 sending, 1 waiting = 2" in dashboard.text
        assert "Canvas bag (BAG-01): 21 + 3 = 24 pieces: on its way for 0s." in dashboard.text
        assert row(dashboard, "BAG-02").startswith("waiting")
        assert "Stop..." in dashboard.text


async def test_p_pauses_after_the_change_under_way_and_goes_on() -> None:
    stock = slow_stock()
    async with sending(stock, "+3", "+4") as dashboard:
        await dashboard.pilot.press("p")
        assert "It pauses after this one." in dashboard.text
        stock.go.set()
        await dashboard.until(lambda: "1 done" in dashboard.text)
        await dashboard.until(lambda: "Paused: p goes on, x stops." in dashboard.text)
        assert len(stock.sent) == 1

        await dashboard.press("p")
        assert "2 done = 2" in dashboard.text


@pytest.mark.parametrize("key", ["x", "escape", "enter"])
async def test_stopping_asks_and_leaves_the_rest_staged(key: str) -> None:
    stock = slow_stock()
    async with sending(stock, "+3", "+4", "", "+5") as dashboard:
        await dashboard.pilot.press(key)
        assert isinstance(dashboard.app.screen, StopScreen)
        assert "stop after this one; the rest is not sent and stays staged" in dashboard.text
        await dashboard.pilot.press("x")
        assert "Stops after this one; the rest is not sent." in dashboard.text
        stock.go.set()
        await dashboard.settle()

        assert "1 done, 2 not attempted = 3" in dashboard.text
        assert "It stopped early: You stopped it." in dashboard.text
        assert "2 changes stay staged: w reviews, u unstages." in dashboard.text
        assert (len(stock.sent), staged(dashboard)) == (1, [SUMMER, DRAFT])


async def test_escape_in_the_question_lets_it_go_on() -> None:
    stock = slow_stock()
    async with sending(stock, "+3", "+4") as dashboard:
        await dashboard.pilot.press("x", "escape")
        assert isinstance(dashboard.app.screen, ReviewScreen)
        stock.go.set()
        await dashboard.settle()
        assert "2 done = 2" in dashboard.text


async def test_the_question_goes_when_the_batch_has_ended() -> None:
    stock = slow_stock()
    async with sending(stock, "+3") as dashboard:
        await dashboard.pilot.press("x")
        stock.go.set()
        await dashboard.until(lambda: isinstance(dashboard.app.screen, ReviewScreen))
        await dashboard.settle()
        assert "1 done = 1" in dashboard.text


async def test_closing_the_review_lets_the_batch_go_on_and_tells_its_end() -> None:
    stock, stubs = slow_stock(), shop()
    stock.slow = True
    async with opened(stubs, profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "+4")
        await dashboard.press("w")
        await dashboard.pilot.press("a")
        await dashboard.until(lambda: "sending" in dashboard.text)
        await dashboard.pilot.press("x", "c")
        await dashboard.until(lambda: not in_review(dashboard))
        assert "sending" in row(dashboard, "BAG-01")
        assert "to be sent" in row(dashboard, "BAG-02")

        stubs.gifts.asked.clear()
        stock.go.set()
        await dashboard.until(lambda: len(stubs.gifts.asked) == 1)
        await dashboard.settle()
        assert "The batch ended: 2 done = 2." in flat(dashboard)
        assert (len(stock.sent), staged(dashboard)) == (2, [])


async def test_a_review_beside_a_running_batch_refuses_what_is_in_it() -> None:
    stock = slow_stock()
    async with sending(stock, "+3", "+4") as dashboard:
        await dashboard.pilot.press("x", "c")
        await dashboard.until(lambda: not in_review(dashboard))
        await dashboard.pilot.press("w")
        await dashboard.until(lambda: "0 of 2 changes will be sent" in dashboard.text)
        assert "no known outcome yet" in flat(dashboard)
        await dashboard.pilot.press("a")
        assert len(stock.sent) == 1


async def test_quitting_while_a_change_is_on_its_way_asks() -> None:
    stock = slow_stock()
    async with sending(stock, "+3", "+4") as dashboard:
        await dashboard.pilot.press("ctrl+q")
        assert isinstance(dashboard.app.screen, QuitScreen)
        assert "on its way for 0 s" in flat(dashboard)
        await dashboard.pilot.press("escape")
        assert isinstance(dashboard.app.screen, ReviewScreen)
        stock.go.set()
        await dashboard.settle()
        assert "2 done = 2" in dashboard.text


# What goes wrong.


async def test_a_rejected_change_does_not_hold_up_the_others() -> None:
    stock = stub_stock()
    stock.errors, stock.applies = [Refused("SHOPLINE refuses it.", words="quantity invalid", status=422)], False
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "+4")
        await dashboard.press("w", "a")
        assert "1 done, 1 rejected = 2" in dashboard.text
        assert 'SHOPLINE refuses it. They say: "quantity invalid"' in flat(dashboard)
        assert staged(dashboard) == [BAG]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_not_accepted_stops_the_batch(status: int) -> None:
    stock = stub_stock()
    stock.errors = [None, Unauthorized("SHOPLINE does not accept the token.", status=status)]
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "+4", "", "+5", "+6")
        stock.applies = False
        await dashboard.press("w", "a")

        assert "1 done, 1 rejected, 2 not attempted = 4" in dashboard.text
        assert f"does not let this profile make changes ({status})" in flat(dashboard)
        assert "If it stays so, correct the key or its rights: `qtydash config check`" in flat(dashboard)
        assert (len(stock.sent), staged(dashboard)) == (2, [SUMMER, DRAFT, PEN])


@pytest.mark.parametrize("applied", [True, False])
async def test_an_unknown_outcome_stops_the_batch_and_is_no_draft_any_more(*, applied: bool) -> None:
    stock = stub_stock()
    stock.errors, stock.applies = [CUT], applied
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "+4")
        await dashboard.press("w", "a")
        assert "1 outcome unknown, 1 not attempted = 2" in dashboard.text
        assert "It stopped early: The outcome of a change is unknown." in dashboard.text
        assert "5 Changes tells when reading can judge what is unknown." in flat(dashboard)
        assert states(dashboard) == {State.UNKNOWN: 1, State.ABANDONED: 1}

        await dashboard.press("5")
        assert (in_review(dashboard), dashboard.app.active, staged(dashboard)) == (False, "changes", [SUMMER])
        assert "1 unknown" in dashboard.line_with("5 Changes")
        assert len(stock.sent) == 1


async def test_a_change_that_did_not_leave_is_not_sent_and_stays_staged() -> None:
    stock = stub_stock()
    refused = Unreachable("The connection was refused.", request_started=False)
    stock.errors, stock.applies = [refused] * 3, False
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w", "a")
        assert "1 not sent = 1" in dashboard.text
        assert staged(dashboard) == [BAG]


async def test_a_vendor_that_asks_to_slow_down_is_waited_for_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = stub_stock()
    stock.errors, stock.applies = [RateLimited("SHOPLINE asks to slow down.", retry_after=7.0)], False
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3", "+4")
        await dashboard.press("w")
        changes, shown = dashboard.app.workspace.changes, Event()

        async def sleep(seconds: float) -> None:
            if changes.running is not None and changes.running.control.waiting:
                await asyncio.to_thread(shown.wait, PATIENCE)

        monkeypatch.setattr(changes, "_sleep", sleep)
        await dashboard.pilot.press("a")
        await dashboard.until(
            lambda: re.search(r"SHOPLINE asks to slow down: [78] s\.", dashboard.text) is not None
        )
        shown.set()
        await dashboard.settle()
        assert "1 done, 1 rejected = 2" in dashboard.text


async def test_a_target_that_moved_after_the_review_is_not_sent() -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w")
        stock.stock[BAG] = 20
        await dashboard.press("a")
        assert "1 not sent = 1" in dashboard.text
        assert "it was 21 in the review and is 20 now. Review it again." in flat(dashboard)
        assert "Some had moved: look again." in flat(dashboard)
        assert (stock.sent, staged(dashboard)) == ([], [BAG])


async def test_without_its_journal_nothing_is_sent(tmp_path: Path) -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, stock=stock, home=tmp_path) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press("w")
        (tmp_path / "journal.db").unlink()
        await dashboard.press("a")
        assert "Nothing was sent." in flat(dashboard)
        assert "journal.db" in flat(dashboard)
        assert dashboard.line_with("Review: 1 change")
        assert row(dashboard, "BAG-01").startswith("send")
        await dashboard.press("a")
        assert stock.sent == []
        await dashboard.press("escape")
        assert not in_review(dashboard)


async def test_a_fault_of_ours_while_sending_says_where_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: Changes, proposals: Sequence[Proposal], **other: Any) -> None:
        raise RuntimeError("secret")

    async with opened(profile=WRITABLE) as dashboard:
        await stage(dashboard, "+1")
        await dashboard.press("w")
        with monkeypatch.context() as patched:
            patched.setattr(Changes, "apply", broken)
            await dashboard.press("a")
        assert "qtydash has a fault of its own here (RuntimeError). 5 Changes shows what was sent" in flat(
            dashboard
        )
        assert "secret" not in dashboard.text


async def test_a_gate_stands_between_the_key_and_the_batch() -> None:
    stock = stub_stock()
    passes: list[Callable[[], None]] = []

    def gate(screen: Screen[Any], proposals: Sequence[Proposal], pass_on: Callable[[], None]) -> None:
        assert [proposal.intent.amount for proposal in proposals] == [3]
        passes.append(pass_on)

    async with opened(profile=WRITABLE, stock=stock) as dashboard:
        await stage(dashboard, "+3")
        workspace = dashboard.app.workspace
        dashboard.app.push_screen(ReviewScreen(workspace, workspace.changes.staged, gate))
        await dashboard.settle()
        await dashboard.press("a")
        assert stock.sent == []
        for passed in (*passes, *passes):
            passed()
        await dashboard.settle()
        await dashboard.settle()
        assert (len(stock.sent), states(dashboard)) == (1, {State.CONFIRMED: 1})
        assert "1 done = 1" in dashboard.text


async def test_what_a_vendor_calls_its_gifts_is_only_ever_text() -> None:
    hostile = "[@click=app.quit]\x1b[31m[/nope] 帆\u202e袋"
    gifts = (replace(GIFT_LIST[0], titles=(("en", hostile),)),)
    stubs = shop()
    stubs.gifts.answer = live_snapshot(gifts)
    stock = stub_stock()
    stock.errors, stock.applies = [Refused(hostile, words=hostile, status=422)], False
    async with opened(stubs, profile=WRITABLE, stock=stock, size=(160, 48)) as dashboard:
        await stage(dashboard, "+3")
        await dashboard.press(*"+1")
        assert "[@click=app.quit]^[[31m[/nope] 帆<U+202E>袋" in dashboard.text
        await dashboard.press("escape", "w")
        assert "[@click=app.quit]^[[31m[/nope] 帆<U+202E>袋" in dashboard.text
        await dashboard.press("a")
        assert "1 rejected = 1" in dashboard.text
        assert not {"\x1b", "\u202e"} & set(dashboard.text)


# Other kinds of change.


async def test_deletions_are_not_staged_since_this_review_has_no_gate() -> None:
    async with opened(profile=WRITABLE) as dashboard:
        seen = {"present": 1}
        deletion = Intent(Kind.HOLD_DELETE, "hold:1", "2 of cart c-1", NOW, None, {"hold": "1"}, seen, NOW)
        with pytest.raises(NotNow, match="reviewed at once"):
            dashboard.app.workspace.changes.stage(deletion)


# What it looks like.


async def drifted(dashboard: Dashboard, stock: StubStock) -> None:
    await stage(dashboard, "+3", "=10", "", "-50", "-1", "+7")
    stock.stock |= {BAG: 19, SUMMER: 5}
    del stock.stock[NAMELESS]
    await dashboard.press("w")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_review(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, size=size, stock=stock) as dashboard:
        await drifted(dashboard, stock)
        assert dashboard.text == text_screen


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_progress(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    stock = slow_stock(slow=True)
    async with opened(profile=WRITABLE, size=size, stock=stock) as dashboard:
        await drifted(dashboard, stock)
        await dashboard.press("space")
        await dashboard.pilot.press("a")
        await dashboard.until(lambda: "on its way for" in dashboard.text)
        shown = dashboard.text
        stock.go.set()
        assert shown == text_screen


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_result(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    stock = stub_stock()
    stock.errors = [None, Refused("SHOPLINE refuses it.", words="數量不正確", status=422), CUT]
    async with opened(profile=WRITABLE, size=size, stock=stock) as dashboard:
        await drifted(dashboard, stock)
        await dashboard.press("space", "n", "space", "n", "space")
        await dashboard.press("a")
        assert dashboard.text == text_screen


async def test_question_before_stopping(text_screen: SnapshotAssertion) -> None:
    async with sending(slow_stock(), "+3", "+4") as dashboard:
        await dashboard.pilot.press("x")
        await dashboard.pilot.pause()
        assert dashboard.text == text_screen


async def test_picture_of_the_review(svg_screen: SnapshotAssertion) -> None:
    stock = stub_stock()
    async with opened(profile=WRITABLE, size=(100, 30), stock=stock) as dashboard:
        await drifted(dashboard, stock)
        assert screen_svg(dashboard.app) == svg_screen


async def test_picture_of_the_result(svg_screen: SnapshotAssertion) -> None:
    stock = stub_stock()
    stock.errors = [None, CUT]
    async with opened(profile=WRITABLE, size=(100, 30), stock=stock) as dashboard:
        await stage(dashboard, "+3", "+4", "", "+5")
        await dashboard.press("w", "a")
        assert screen_svg(dashboard.app) == svg_screen
