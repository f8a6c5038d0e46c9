"""The clean-up by the keys: the review, every gate, the rows as they go, and what is taken up again."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.changes_kit import Clock
from tests.hold_model import HoldStore, hold
from tests.screen.shop import (
    NOW,
    PATIENCE,
    WRITABLE,
    Dashboard,
    StubReads,
    live_snapshot,
    opened,
    screen_svg,
    shop,
)
from tests.vendor_model import LOST_AFTER, Fate, answered
from textual import events
from textual.widgets import Button, Input
from textual.widgets._toast import Toast

from qtydash.config.models import NamedProduct
from qtydash.domain.changes import State
from qtydash.domain.op_id import new_op_id
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import OnProgress, Snapshot
from qtydash.domain.vendors import ORDER_QTY
from qtydash.services import changes as engine
from qtydash.tui.panes.order_qty import OrderQtyPane
from qtydash.tui.screens import clean_up, gate
from qtydash.tui.screens.clean_up import CleanUpScreen
from qtydash.tui.screens.gate import GateScreen
from qtydash.tui.screens.review_keys import Phase

SIZES = ((60, 20), (80, 24), (160, 48))
each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
PRODUCTS = (NamedProduct("gummies", "Gummies"), NamedProduct("brew", "Cold brew"))
PROFILE = replace(
    WRITABLE,
    refresh=None,
    order_qty=replace(WRITABLE.order_qty, products=PRODUCTS),  # type: ignore[type-var]
)


@dataclass
class StoreReads(StubReads[tuple[OrderQty, ...]]):
    """The lists of a store, as the pane reads them."""

    store: HoldStore = field(default_factory=lambda: HoldStore(Clock()))

    async def live(self, query: object, on_progress: OnProgress | None = None) -> Snapshot[tuple[OrderQty, ...]]:
        found = tuple(row for row in self.store.rows.values() if row.product_id == query)
        return live_snapshot(found)


class Desk:
    """A store whose rows are on the screen, and what becomes of deletions in it."""

    def __init__(self, rows: Iterable[OrderQty]) -> None:
        self.fates: list[Fate] = []
        self.slow = False
        self.go = Event()
        self.store = HoldStore(Clock(NOW), fate=lambda: self.fates.pop(0) if self.fates else Fate())
        self.store.add(rows)
        self.dashboard: Dashboard

    @asynccontextmanager
    async def open(
        self, size: tuple[int, int] = (80, 24), home: Path | None = None, **profile: object
    ) -> AsyncIterator[Dashboard]:
        stubs = shop()
        stubs.order_qty = StoreReads(ORDER_QTY, store=self.store)
        port, clock = self.store.port(), self.store.clock
        send = port.send

        async def slowly(*arguments: object) -> object:
            if self.slow:
                await asyncio.to_thread(self.go.wait, PATIENCE)
            return await send(*arguments)  # type: ignore[arg-type]

        port.send = slowly  # type: ignore[method-assign, assignment]
        settings = replace(PROFILE, **profile)  # type: ignore[arg-type]
        async with opened(stubs, size=size, profile=settings, now=clock, stock=port, home=home) as dashboard:
            self.dashboard = dashboard
            await dashboard.press("4")
            if dashboard.app.overview:
                await dashboard.press("z")
            try:
                yield dashboard
            finally:
                self.go.set()

    @property
    def sent(self) -> list[str]:
        return [arrival.id for arrival in self.store.arrivals]


def rows(count: int) -> list[OrderQty]:
    return [hold(f"row{n:02d}", cart=f"cart-{n // 3}", quantity=f"{n}.5") for n in range(1, count + 1)]


CART = [
    hold("row1", cart="lonely", quantity="2"),
    hold("row2", cart="lonely", quantity="0.25", product="brew"),
    hold("row3", cart="other", quantity="1"),
]


@pytest.fixture(autouse=True)
def _slow_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys come a second apart."""
    monkeypatch.setattr(gate, "clock", itertools.count().__next__)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is called the same on every machine, and operation ids that are the same in every run."""
    noise = (n.to_bytes(10) for n in itertools.count())
    for module in (clean_up, engine):
        monkeypatch.setattr(module, "new_op_id", lambda now: new_op_id(now, next(noise)))
    monkeypatch.chdir(tmp_path)
    Path("shop").mkdir()
    return Path("shop")


def flat(dashboard: Dashboard) -> str:
    return " ".join(dashboard.text.split())


def said(dashboard: Dashboard, part: str = ".says, .asks") -> str:
    """What the gate says, whatever it covers."""
    return " ".join(" ".join(str(words.render()).split()) for words in dashboard.app.screen.query(part))


def notified(dashboard: Dashboard) -> str:
    return " ".join(str(toast.render()) for toast in dashboard.app.screen.query(Toast))


def at_gate(dashboard: Dashboard) -> bool:
    return isinstance(dashboard.app.screen, GateScreen)


def review(dashboard: Dashboard) -> CleanUpScreen:
    return next(screen for screen in dashboard.app.screen_stack if isinstance(screen, CleanUpScreen))


def reviewing(dashboard: Dashboard) -> bool:
    return any(isinstance(screen, CleanUpScreen) for screen in dashboard.app.screen_stack)


async def typed(dashboard: Dashboard, words: str) -> None:
    """Go to the gate's line and type."""
    await dashboard.press("tab", *("space" if letter == " " else letter for letter in words))


async def delete_all(desk: Desk, count: int) -> None:
    """Mark every row, and come to the gate."""
    dashboard = desk.dashboard
    await dashboard.press("A", "d")
    assert f"{count} of {count} row" in flat(dashboard)
    await dashboard.press("a")
    assert at_gate(dashboard)


# Gates.


async def test_one_row_asks_for_a_button_and_cancel_has_the_focus() -> None:
    desk = Desk(rows(1))
    async with desk.open() as dashboard:
        await dashboard.press("d", "a")
        assert at_gate(dashboard)
        assert dashboard.app.focused is dashboard.app.screen.query_one("#cancel", Button)
        assert not dashboard.app.screen.query(Input)
        await dashboard.press("enter")
        assert (reviewing(dashboard), at_gate(dashboard), desk.sent) == (True, False, [])
        await dashboard.press("a", "right", "enter")
        assert desk.sent == ["row01"]
        assert "1 deleted = 1" in dashboard.text


@pytest.mark.parametrize("count", [1, 3, 25])
@pytest.mark.parametrize(
    "keys",
    [
        ("d", "d", "d"),
        ("d", "a", "a", "a", "d"),
        ("d", "enter", "enter", "enter"),
        ("d", "a", "enter", "enter"),
        ("d", "a", "space"),
        ("d", "a", "y"),
        ("D", "D", "a", "D"),
    ],
    ids=" ".join,
)
async def test_no_key_pressed_again_and_again_deletes_anything(count: int, keys: tuple[str, ...]) -> None:
    desk = Desk(rows(count))
    async with desk.open() as dashboard:
        await dashboard.press("A", *keys)
        assert desk.sent == []


@pytest.mark.parametrize(
    ("count", "phrase", "wrong"),
    [
        (2, "2", ("3", "22", "", "two")),
        (20, "20", ("2", "prod delete 20", "y")),
        (21, "prod delete 21", ("21", "prod delete 20", "PROD DELETE 21", "delete 21")),
    ],
)
async def test_more_rows_ask_for_more_to_be_typed(count: int, phrase: str, wrong: tuple[str, ...]) -> None:
    desk = Desk(rows(count))
    async with desk.open() as dashboard:
        await delete_all(desk, count)
        assert dashboard.app.focused is dashboard.app.screen.query_one("#cancel", Button)
        go = dashboard.app.screen.query_one("#go", Button)
        for words in wrong:
            dashboard.app.screen.query_one(Input).value = ""
            dashboard.app.screen.query_one("#cancel", Button).focus()
            await typed(dashboard, words)
            assert go.disabled
            await dashboard.press("enter")
            assert at_gate(dashboard), words
            assert f"That is not {phrase}. Nothing was sent." in said(dashboard)
        dashboard.app.screen.query_one(Input).value = ""
        dashboard.app.screen.query_one("#cancel", Button).focus()
        await typed(dashboard, phrase)
        assert not go.disabled
        await dashboard.press("enter")
        assert len(desk.sent) == count
        assert f"{count} deleted = {count}" in dashboard.text


async def test_the_button_works_once_the_count_is_typed() -> None:
    desk = Desk(rows(3))
    async with desk.open() as dashboard:
        await delete_all(desk, 3)
        await typed(dashboard, "3")
        await dashboard.press("tab", "tab", "enter")
        assert len(desk.sent) == 3


async def test_pasted_text_is_refused_with_words() -> None:
    desk = Desk(rows(3))
    async with desk.open() as dashboard:
        await delete_all(desk, 3)
        await dashboard.press("tab")
        dashboard.app.screen.query_one(Input).post_message(events.Paste("3\n"))
        await dashboard.settle()
        assert dashboard.app.screen.query_one(Input).value == ""
        assert gate.PASTED in said(dashboard)
        await dashboard.press("enter")
        assert (at_gate(dashboard), desk.sent) == (True, [])


async def test_what_was_copied_inside_cannot_be_pasted_either() -> None:
    desk = Desk(rows(3))
    async with desk.open() as dashboard:
        await delete_all(desk, 3)
        dashboard.app.copy_to_clipboard("3")
        await dashboard.press("tab", "ctrl+v")
        assert gate.PASTED in said(dashboard)
        await dashboard.press("enter")
        assert desk.sent == []


@pytest.mark.parametrize(("count", "phrase"), [(3, "3"), (21, "prod delete 21")])
async def test_keys_of_a_paste_come_too_fast(monkeypatch: pytest.MonkeyPatch, count: int, phrase: str) -> None:
    """A terminal without bracketed paste sends what is pasted as keys."""
    desk = Desk(rows(count))
    async with desk.open() as dashboard:
        await delete_all(desk, count)
        monkeypatch.setattr(gate, "clock", itertools.count(100, 0.001).__next__)
        await typed(dashboard, phrase)
        await dashboard.press("enter")
        assert (at_gate(dashboard), desk.sent) == (True, [])
        assert dashboard.app.screen.query_one(Input).value == ""
        assert gate.TOO_FAST in said(dashboard)


async def test_pasted_keys_do_not_press_the_button_of_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "clock", itertools.count(0, 0.001).__next__)
    desk = Desk(rows(1))
    async with desk.open() as dashboard:
        await dashboard.press("d", "a", "tab", "enter")
        assert (at_gate(dashboard), desk.sent) == (True, [])
        assert gate.TOO_FAST in said(dashboard)


@pytest.mark.parametrize(
    ("count", "keys"),
    [(1, ("tab", "enter")), (3, ("tab", "3", "tab", "tab", "enter"))],
    ids=["a button", "a count"],
)
async def test_a_paste_that_holds_tabs_does_not_reach_the_button(
    monkeypatch: pytest.MonkeyPatch, count: int, keys: tuple[str, ...]
) -> None:
    desk = Desk(rows(count))
    async with desk.open() as dashboard:
        await delete_all(desk, count)
        monkeypatch.setattr(gate, "clock", itertools.count(100, 0.001).__next__)
        go = dashboard.app.screen.query_one("#go", Button)
        for key in keys:
            await dashboard.press(key)
            if key == "3":
                await dashboard.until(lambda: not go.disabled)
        assert (at_gate(dashboard), desk.sent) == (True, [])
        assert gate.TOO_FAST in said(dashboard)
        monkeypatch.setattr(gate, "clock", itertools.count(200).__next__)
        go.press()
        await dashboard.settle()
        assert len(desk.sent) == count, "by hand it opens"


async def test_what_was_pasted_as_keys_does_not_free_the_button(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(rows(21))
    async with desk.open() as dashboard:
        await delete_all(desk, 21)
        monkeypatch.setattr(gate, "clock", itertools.count(100, 0.001).__next__)
        await typed(dashboard, "prod delete 21")
        assert dashboard.app.screen.query_one("#go", Button).disabled
        assert gate.TOO_FAST in said(dashboard)
        monkeypatch.setattr(gate, "clock", itertools.count(200).__next__)
        await dashboard.press("tab", "tab", "enter")
        assert desk.sent == []


async def test_more_than_max_bulk_open_no_gate() -> None:
    desk = Desk(rows(5))
    async with desk.open(max_bulk=4) as dashboard:
        await dashboard.press("A", "d")
        assert "5 deletions are more than the 4 that profile 'prod' allows at once." in flat(dashboard)
        await dashboard.press("a")
        assert (at_gate(dashboard), desk.sent) == (False, [])
        await dashboard.press("space", "a")
        assert at_gate(dashboard), "one left out, it is as many as are allowed"


async def test_escape_leaves_the_gate_then_the_review_and_nothing_is_staged() -> None:
    desk = Desk(rows(3))
    async with desk.open() as dashboard:
        await delete_all(desk, 3)
        await dashboard.press("escape", "escape")
        assert not reviewing(dashboard)
        assert (desk.sent, dashboard.app.workspace.changes.staged) == ([], ())
        assert "3 marked" in dashboard.text


async def test_no_key_takes_a_row_out_without_a_trace() -> None:
    desk = Desk(rows(3))
    async with desk.open() as dashboard:
        await dashboard.press("A", "d", "u")
        assert "3 of 3 rows will be deleted" in flat(dashboard)


# What is deleted.


async def test_marked_rows_else_the_one_under_the_cursor() -> None:
    desk = Desk(rows(4))
    async with desk.open() as dashboard:
        await dashboard.press("down", "d")
        assert "1 of 1 row will be deleted; 2.5 would be freed." in flat(dashboard)
        await dashboard.press("escape", "ctrl+home", "space", "down", "down", "space", "d")
        assert "2 of 2 rows will be deleted; 5 would be freed." in flat(dashboard)
        await dashboard.press("a")
        await typed(dashboard, "2")
        await dashboard.press("enter")
        assert desk.sent == ["row01", "row03"]
        assert "2 deleted; the list is 2 rows and 5 pieces smaller." in flat(dashboard)
        await dashboard.press("escape")
        pane = dashboard.app.query_one(OrderQtyPane)
        assert (len(pane.marked), len(pane.rows_shown().rows)) == (0, 2)
        assert "dropped" not in notified(dashboard)


async def test_a_cart_heading_is_its_rows_one_by_one() -> None:
    desk = Desk([*rows(5)[2:], hold("bought", cart="cart-1", submitted=True)])
    async with desk.open() as dashboard:
        await dashboard.press("G", "ctrl+home", "d")
        assert "3 of 3 rows will be deleted" in flat(dashboard)
        assert "its order was placed" in notified(dashboard)
        await dashboard.press("a")
        await typed(dashboard, "3")
        await dashboard.press("enter")
        assert desk.sent == ["row03", "row04", "row05"]
        assert not any(arrival.cart for arrival in desk.store.arrivals)


async def test_what_changed_since_it_was_listed_is_skipped_with_the_reason() -> None:
    desk = Desk(rows(4))
    async with desk.open() as dashboard:
        await dashboard.press("A")
        desk.store.touch("row01", submitted=True)
        desk.store.touch("row02")
        desk.store.take("row03")
        await dashboard.press("d")
        assert "1 of 4 rows will be deleted; 4.5 would be freed." in flat(dashboard)
        assert "Not deleted: 2 changed-skipped, 1 already gone." in flat(dashboard)
        assert "its order was placed" in flat(dashboard)
        await dashboard.press("down")
        assert "It changed since it was listed" in flat(dashboard)
        await dashboard.press("a", "right", "enter")
        assert desk.sent == ["row04"]
        assert "1 deleted, 1 already gone, 2 changed-skipped = 4" in dashboard.text


async def test_a_row_that_is_submitted_between_plan_and_apply_is_skipped_and_told() -> None:
    desk = Desk(rows(3))
    async with desk.open() as dashboard:
        await dashboard.press("A", "d")
        desk.store.touch("row02", submitted=True)
        desk.store.clock.move(6)
        await dashboard.press("a")
        await typed(dashboard, "3")
        await dashboard.press("enter")
        assert desk.sent == ["row01", "row03"]
        assert "2 deleted, 1 changed-skipped = 3" in dashboard.text
        assert "Not sent: It is kept: its order was placed" in flat(dashboard), (
            "the cursor is on what went otherwise"
        )


async def test_a_row_that_cannot_be_read_any_more_is_not_told_as_gone() -> None:
    desk = Desk(rows(3))
    async with desk.open() as dashboard:
        await dashboard.press("A")
        desk.store.unreadable = {"row01"}
        await dashboard.press("d")
        assert "Not deleted: 1 changed-skipped." in flat(dashboard)
        assert "It is listed and cannot be read: it is left alone." in flat(dashboard)
        desk.store.unreadable = {"row02"}
        desk.store.clock.move(6)
        await dashboard.press("a")
        await typed(dashboard, "2")
        await dashboard.press("enter")
        assert desk.sent == ["row03"]
        assert "1 deleted, 2 changed-skipped = 3" in dashboard.text


async def test_a_cart_of_which_a_row_cannot_be_read_is_left_alone() -> None:
    desk = Desk(CART)
    async with desk.open() as dashboard:
        await dashboard.press("D")
        desk.store.unreadable = {"row2"}
        desk.store.clock.move(6)
        await dashboard.press("a")
        await typed(dashboard, "2")
        await dashboard.press("enter")
        assert desk.sent == []
        assert "2 changed-skipped = 2" in dashboard.text
        assert "Its record row2 is listed and cannot be read" in flat(dashboard)


async def test_a_kept_row_opens_no_review() -> None:
    desk = Desk([hold("bought", submitted=True)])
    async with desk.open() as dashboard:
        await dashboard.press("d")
        assert not reviewing(dashboard)
        assert "its order was placed" in notified(dashboard)


@pytest.mark.parametrize("key", ["d", "D"])
async def test_a_read_only_profile_says_so(key: str) -> None:
    desk = Desk(rows(2))
    async with desk.open(write=False) as dashboard:
        await dashboard.press(key)
        assert not reviewing(dashboard)
        assert "read-only" in notified(dashboard)


async def test_a_backup_that_cannot_be_written_sends_nothing(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("in the way")
    desk = Desk(rows(1))
    async with desk.open(home=tmp_path) as dashboard:
        await dashboard.press("d", "a", "right", "enter")
        assert desk.sent == []
        assert "so nothing was sent" in flat(dashboard)


async def test_the_backup_that_was_named_at_the_gate_is_the_one_that_is_written(tmp_path: Path) -> None:
    desk = Desk(rows(1))
    async with desk.open(size=(160, 48), home=tmp_path) as dashboard:
        await dashboard.press("d", "a")
        at_the_gate = said(dashboard)
        await dashboard.press("right", "enter")
        (file,) = (tmp_path / "backups").iterdir()
        assert str(file) in at_the_gate
        assert f"backups/{file.name}" in flat(dashboard)


async def test_rows_that_are_not_stale_are_told_in_the_review_and_at_the_gate() -> None:
    living = [replace(row, modified=NOW) for row in rows(2)]
    desk = Desk([*living, hold("stale", cart="dead")])
    async with desk.open() as dashboard:
        await dashboard.press("ctrl+home", "space", "down", "space", "down", "space", "d")
        told = "2 of them are not stale: 2 fresh."
        assert told in flat(dashboard)
        await dashboard.press("a")
        assert told in said(dashboard)
        await dashboard.press("escape", "up", "up", "space", "down", "space")
        assert "not stale" not in flat(dashboard)


async def test_a_cart_that_lives_says_so_before_it_goes() -> None:
    desk = Desk([*CART, hold("row4", cart="lonely", created=NOW, modified=NOW)])
    async with desk.open() as dashboard:
        await dashboard.press("D", "a")
        assert "1 of them is not stale: 1 fresh." in said(dashboard)


# A whole cart.


async def test_a_whole_cart_lists_every_row_of_all_products_and_goes_by_one_request() -> None:
    desk = Desk(CART)
    async with desk.open() as dashboard:
        await dashboard.press("D")
        told = flat(dashboard)
        assert "2 of 2 rows will be deleted; 2.25 would be freed." in told
        assert "Rows of products that are not listed here go too" in told
        assert "Gummies" in told
        assert "Cold brew" in told
        await dashboard.press("a")
        assert "Rows of products that are not listed here go too" in flat(dashboard)
        await typed(dashboard, "2")
        await dashboard.press("enter")
        assert [(arrival.id, arrival.cart) for arrival in desk.store.arrivals] == [("lonely", True)]
        assert "2 deleted = 2" in dashboard.text
        assert "the list is 2 rows and 2.25 pieces smaller" in flat(dashboard)


async def test_a_cart_that_gets_another_row_meanwhile_is_not_deleted() -> None:
    desk = Desk(CART)
    async with desk.open() as dashboard:
        await dashboard.press("D")
        desk.store.add([hold("late", cart="lonely", product="brew")])
        desk.store.clock.move(6)
        await dashboard.press("a")
        await typed(dashboard, "2")
        await dashboard.press("enter")
        assert desk.sent == []
        assert "2 changed-skipped = 2" in dashboard.text
        assert "It has 1 more records than were listed" in flat(dashboard)


async def test_a_cart_whose_row_changes_meanwhile_is_not_deleted() -> None:
    desk = Desk(CART)
    async with desk.open() as dashboard:
        await dashboard.press("D")
        desk.store.touch("row2")
        desk.store.clock.move(6)
        await dashboard.press("a")
        await typed(dashboard, "2")
        await dashboard.press("enter")
        assert desk.sent == []
        assert "the cart is alive" in flat(dashboard)


async def test_a_cart_with_a_submitted_row_cannot_go() -> None:
    desk = Desk([*CART, hold("bought", cart="lonely", submitted=True)])
    async with desk.open() as dashboard:
        await dashboard.press("D")
        assert "0 of 3 rows will be deleted" in flat(dashboard)
        assert "Its record bought is kept" in flat(dashboard)
        await dashboard.press("a")
        assert not at_gate(dashboard)


async def test_rows_that_could_not_be_read_are_told_before_a_cart_goes() -> None:
    desk = Desk(CART)
    desk.store.warnings = ("1 row could not be read.",)
    async with desk.open(size=(160, 48)) as dashboard:
        await dashboard.press("D")
        assert "gummies: 1 row could not be read." in flat(dashboard)


# On its way, and afterwards.


async def test_a_batch_can_be_paused_stopped_and_taken_up() -> None:
    desk = Desk(rows(6))
    desk.slow = True
    async with desk.open() as dashboard:
        await delete_all(desk, 6)
        await typed(dashboard, "6")
        await dashboard.pilot.press("enter")
        await dashboard.until(lambda: "sending" in dashboard.text)
        await dashboard.pilot.press("x")
        await dashboard.until(lambda: "C takes it up" in dashboard.text)
        await dashboard.pilot.press("x")
        desk.go.set()
        desk.slow = False
        await dashboard.until(lambda: review(dashboard).phase is Phase.DONE)
        await dashboard.settle()
        assert "1 deleted, 5 not attempted = 6" in dashboard.text
        assert "C takes up what was not sent." in flat(dashboard)
        await dashboard.press("escape")
        assert "A clean-up of 6 rows stopped after 1: 5 not sent. C takes it up." in flat(dashboard)
        await dashboard.press("5")
        assert "A clean-up of 6 rows stopped after 1: 5 not sent. C takes it up." in flat(dashboard)
        await dashboard.press("C")
        assert "5 of 5 rows will be deleted" in flat(dashboard)
        await dashboard.press("a")
        await typed(dashboard, "5")
        await dashboard.press("enter")
        assert len(desk.sent) == len(set(desk.sent)) == 6
        await dashboard.press("escape")
        assert "stopped after" not in flat(dashboard)
        await dashboard.press("C")
        assert "No clean-up of the last 24 hours waits" in notified(dashboard)


async def test_the_first_is_looked_up_and_ends_the_batch_when_it_is_still_there() -> None:
    desk = Desk(rows(3))
    desk.fates = [Fate(applied=False)]
    async with desk.open() as dashboard:
        await delete_all(desk, 3)
        await typed(dashboard, "3")
        await dashboard.press("enter")
        assert len(desk.sent) == 1
        assert "a read shows there where gone is due" in flat(dashboard)
        assert "1 answered as deleted is still listed (row01)" in flat(dashboard)


async def test_an_unknown_outcome_ends_it_and_the_next_start_offers_it(tmp_path: Path) -> None:
    desk = Desk(rows(5))
    desk.fates = [Fate(), LOST_AFTER]
    async with desk.open(home=tmp_path) as dashboard:
        await delete_all(desk, 5)
        await typed(dashboard, "5")
        await dashboard.press("enter")
        assert "1 deleted, 1 unknown, 3 not attempted = 5" in dashboard.text
        assert "C settles what is unknown, then takes up the rest." in flat(dashboard)
        assert "1 of unknown outcome is not listed any more." in flat(dashboard)
    async with desk.open(home=tmp_path) as dashboard:
        offer = "A clean-up of 5 rows stopped after 1: 1 unknown, 3 not sent. C takes it up."
        assert offer in " ".join(notified(dashboard).split())
        await dashboard.press("C")
        await dashboard.until(lambda: review(dashboard).phase is Phase.DECIDING)
        told = flat(dashboard)
        assert "3 of 3 rows will be deleted" in told
        assert "Of what was unknown: 1 consistent with applied." in told
        await dashboard.press("a")
        await typed(dashboard, "3")
        await dashboard.press("enter")
        assert len(desk.sent) == len(set(desk.sent)) == 5
        states = [record.state for record in dashboard.app.workspace.changes.records()]
        assert states.count(State.APPLIED_INFERRED) == 1


async def test_a_clean_up_of_which_nothing_is_left_after_all_is_offered_no_more(tmp_path: Path) -> None:
    desk = Desk(rows(3))
    desk.fates = [Fate(applied=False, failure=answered(401))]
    async with desk.open(home=tmp_path) as dashboard:
        await delete_all(desk, 3)
        await typed(dashboard, "3")
        await dashboard.press("enter")
        for row in ("row02", "row03"):
            desk.store.take(row)
        await dashboard.press("C")
        assert "0 of 2 rows will be deleted" in flat(dashboard)
        await dashboard.press("escape")
        assert "stopped after" not in flat(dashboard)


async def test_the_list_is_read_when_nobody_watched_to_the_end() -> None:
    desk = Desk(rows(3))
    desk.slow = True
    async with desk.open() as dashboard:
        await delete_all(desk, 3)
        await typed(dashboard, "3")
        await dashboard.pilot.press("enter")
        await dashboard.until(lambda: "sending" in dashboard.text)
        await dashboard.pilot.press("x")
        await dashboard.pilot.pause()
        await dashboard.pilot.press("c")
        desk.go.set()
        await dashboard.until(lambda: len(desk.sent) == 3 and "No cart holds stock" in dashboard.text)


# What it looks like.


def mixed() -> list[OrderQty]:
    """Rows of two products and several carts, and what becomes of them before the review."""
    return [
        *rows(6),
        *(replace(row, id=f"brew{n}", product_id="brew") for n, row in enumerate(rows(3))),
        hold("夏季限定", quantity="28.35", cart=""),
    ]


async def reviewed(desk: Desk) -> None:
    """All rows of both products in review; two of them changed meanwhile."""
    await desk.dashboard.press("P", "up", "enter")
    await desk.dashboard.press("A")
    desk.store.touch("row02", submitted=True)
    desk.store.take("row03")
    await desk.dashboard.press("d")


@each_size
async def test_review(size: tuple[int, int], home: Path, text_screen: SnapshotAssertion) -> None:
    desk = Desk(mixed())
    async with desk.open(size, home) as dashboard:
        await reviewed(desk)
        assert dashboard.text == text_screen


@each_size
async def test_gate(size: tuple[int, int], home: Path, text_screen: SnapshotAssertion) -> None:
    desk = Desk(rows(21))
    async with desk.open(size, home) as dashboard:
        await delete_all(desk, 21)
        await typed(dashboard, "prod")
        await dashboard.press("enter")
        assert dashboard.text == text_screen


@each_size
async def test_progress(size: tuple[int, int], home: Path, text_screen: SnapshotAssertion) -> None:
    desk = Desk(mixed())
    async with desk.open(size, home) as dashboard:
        await reviewed(desk)
        await dashboard.press("a")
        await typed(dashboard, "7")
        desk.store.on_arrival = lambda arrival: setattr(desk, "slow", len(desk.sent) == 3)
        await dashboard.pilot.press("enter")
        await dashboard.until(lambda: len(desk.sent) == 3 and "sending" in dashboard.text)
        desk.store.clock.move(2)
        await dashboard.until(lambda: "on its way for 2s" in dashboard.text)
        dashboard.app.tick()  # what is behind tells its age as of now, too
        await dashboard.pilot.pause()
        shown = dashboard.text
        desk.go.set()
        assert shown == text_screen


@each_size
async def test_result(size: tuple[int, int], home: Path, text_screen: SnapshotAssertion) -> None:
    desk = Desk(mixed())
    desk.fates = [Fate(), Fate(), Fate(applied=False, failure=answered(422)), LOST_AFTER]
    async with desk.open(size, home) as dashboard:
        await reviewed(desk)
        await dashboard.press("a")
        await typed(dashboard, "7")
        await dashboard.press("enter")
        assert dashboard.text == text_screen


@each_size
async def test_cart(size: tuple[int, int], home: Path, text_screen: SnapshotAssertion) -> None:
    desk = Desk(CART)
    async with desk.open(size, home) as dashboard:
        await dashboard.press("D")
        assert dashboard.text == text_screen


async def test_picture_of_the_gate(home: Path, svg_screen: SnapshotAssertion) -> None:
    desk = Desk(rows(3))
    async with desk.open((100, 30), home) as dashboard:
        await delete_all(desk, 3)
        assert screen_svg(dashboard.app) == svg_screen
