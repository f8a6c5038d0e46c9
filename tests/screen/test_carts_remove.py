"""Removing what is open of gift selections: asked for, staged, reviewed, sent, compared with what came back."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import NOW, OUTAGE, PROFILE, Dashboard, cached_snapshot, opened, screen_svg
from tests.screen.stub_carts import FILM, SeenReads, StubCarts, cart_pane, order, stubs_of, with_removed
from tests.screen.test_on_sandbox import configured
from textual.widgets import Input

from qtydash.domain.carts import Cart
from qtydash.domain.changes import Kind, State
from qtydash.domain.errors import UnexpectedAnswer, Unreachable
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.carts import BIG_IDENTIFIER, ODD_ORDER
from qtydash.sandbox.server import SandboxServer
from qtydash.services.sources import Sources
from qtydash.tui.glyphs import ASCII
from qtydash.tui.panes.carts import CartPane
from qtydash.tui.screens.prompt import PromptScreen

SIZES = ((60, 20), (80, 24), (160, 48))
AT_EACH_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
LOST = UnexpectedAnswer("Oracle Commerce did not answer as asked (502).", status=502)


def flat(dashboard: Dashboard) -> str:
    return " ".join(dashboard.text.split())


def asked(dashboard: Dashboard) -> str:
    """What stands in the dialog, without its line breaks."""
    screen = dashboard.app.screen
    box = screen.query(".dialog, .review").first().content_region
    strips = screen._compositor.render_strips()[box.y : box.bottom]
    return " ".join(" ".join(strip.crop(box.x, box.right).text for strip in strips).split())


def told(dashboard: Dashboard) -> list[str]:
    """What was said in passing."""
    return [notice.message for notice in dashboard.app._notifications]


def staged(dashboard: Dashboard) -> list[tuple[Kind, int | None]]:
    return [(intent.kind, intent.amount) for intent in dashboard.app.workspace.changes.staged]


def states(dashboard: Dashboard) -> list[State]:
    return [record.state for record in dashboard.app.workspace.changes.records()]


def shown(dashboard: Dashboard) -> Cart:
    """The cart that the pane shows."""
    snapshot = dashboard.app.query_one(CartPane).snapshot
    assert snapshot is not None
    return snapshot.data


def lamp_dearer(cart: Cart) -> Cart:
    """The cart after something else changed, too: a line is gone and the total is another."""
    return replace(cart, lines=cart.lines[:-1], total=Decimal("567.10"))


# Read at three sizes.


@AT_EACH_SIZE
async def test_removal_from_prompt_to_result(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    vendor = StubCarts(also=lamp_dearer)
    async with cart_pane(vendor, size) as dashboard:
        await dashboard.press("d")
        assert dashboard.text == text_screen(name="prompt")
        await dashboard.press("2", "enter")
        assert dashboard.text == text_screen(name="staged")
        await dashboard.press("w")
        assert dashboard.text == text_screen(name="review")
        await dashboard.press("a")
        assert dashboard.text == text_screen(name="result")
        await dashboard.press("escape")
        assert dashboard.text == text_screen(name="afterwards")


@AT_EACH_SIZE
async def test_removal_of_all(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    async with cart_pane(StubCarts(order(ODD_ORDER)), size) as dashboard:
        await dashboard.press("X", "3", "enter")
        assert dashboard.text == text_screen(name="count")
        await dashboard.press("ctrl+u", "4", "enter")
        assert dashboard.text == text_screen(name="staged")
        await dashboard.press("w")
        assert dashboard.text == text_screen(name="review")


@AT_EACH_SIZE
async def test_removal_in_doubt(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    async with cart_pane(StubCarts(errors=[LOST]), size) as dashboard:
        await dashboard.press("d", "enter", "w", "a", "escape")
        assert dashboard.text == text_screen


async def test_picture_of_a_staged_removal(svg_screen: SnapshotAssertion) -> None:
    async with cart_pane(StubCarts(), (120, 40)) as dashboard:
        await dashboard.press("d", "enter")
        assert screen_svg(dashboard.app) == svg_screen


# Asking.


async def test_the_quantity_is_weighed_while_it_is_typed() -> None:
    async with cart_pane(StubCarts()) as dashboard:
        await dashboard.press("d")
        assert "Remove 1 to 2 of Choose four films 四部電影任選 (film_collection)" in asked(dashboard)
        assert "open 2 ➔ 1, removed 1 ➔ 2." in asked(dashboard)
        for typed, words in (
            ("2", "open 2 ➔ 0, removed 1 ➔ 3."),
            ("3", "Only 2 are open."),
            ("0", "1 piece is the least that can be removed"),
            ("1.5", "'1.5' is no whole number"),
        ):
            await dashboard.press("ctrl+u", *typed)
            assert words in asked(dashboard)
            assert "What is in the cart stays in the cart." in asked(dashboard)
        await dashboard.press("enter")
        assert isinstance(dashboard.app.screen, PromptScreen)
        assert "'1.5' is no whole number" in asked(dashboard)
        await dashboard.press("ctrl+u")
        assert "2 open: type 1 to 2." in asked(dashboard)
        await dashboard.press("enter")
        assert isinstance(dashboard.app.screen, PromptScreen)
        await dashboard.press("escape")
        assert staged(dashboard) == []


async def test_what_is_staged_is_told_in_the_row_the_explanation_and_the_title() -> None:
    async with cart_pane(StubCarts()) as dashboard:
        assert "2 ➔" not in dashboard.text
        await dashboard.press("d", "enter")
        assert "2 ➔ 1" in dashboard.line_with("film_collection: Choo")
        assert "removal staged" in dashboard.text
        assert "Staged: open 2 ➔ 1, removed 1 ➔ 2. w reviews it, u takes it back." in flat(dashboard)
        assert "1 staged" in dashboard.text.splitlines()[0]
        await dashboard.press("slash", *"staged", "enter")
        assert "Choose four films" in dashboard.text
        assert "Camera kit" not in dashboard.text
        await dashboard.press("escape", "u")
        assert "➔" not in dashboard.text
        assert staged(dashboard) == []


async def test_what_is_staged_can_be_changed_and_taken_back_in_the_prompt() -> None:
    async with cart_pane(StubCarts()) as dashboard:
        await dashboard.press("d", "2", "enter", "d")
        assert dashboard.app.screen.query_one(Input).value == "2"
        await dashboard.press("1", "enter")
        assert staged(dashboard) == [(Kind.CART_REMOVE, 1)]
        await dashboard.press("d", "ctrl+u")
        assert "remove 1 open is staged: enter without a number takes it back." in asked(dashboard)
        await dashboard.press("enter")
        assert staged(dashboard) == []


async def test_one_removal_at_a_time_is_staged_for_a_cart_and_that_is_told() -> None:
    async with cart_pane(StubCarts()) as dashboard:
        await dashboard.press("d", "enter", "down", "d")
        assert "It takes the place of what is staged for this cart." in asked(dashboard)
        assert "(film_collection) in cart o10001: remove 1 open." in asked(dashboard)
        await dashboard.press("2", "enter")
        assert staged(dashboard) == [(Kind.CART_REMOVE, 2)]
        assert dashboard.text.count("➔") == 3  # in one row, twice in its explanation


async def test_a_cart_that_is_read_again_while_it_is_asked_about() -> None:
    vendor = StubCarts()
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("d", "2")
        vendor.cart = with_removed(vendor.cart, FILM, 1)
        dashboard.app.query_one(CartPane).refresh_live()
        await dashboard.settle()
        await dashboard.press("enter")
        assert "Only 1 is open." in asked(dashboard)
        vendor.cart = replace(
            vendor.cart, order_markers=vendor.cart.order_markers[:1], infos=vendor.cart.infos[:1], lines=()
        )
        dashboard.app.query_one(CartPane).refresh_live()
        await dashboard.settle()
        await dashboard.press("ctrl+u", "1")
        assert "This selection is not in the cart any more." in asked(dashboard)
        await dashboard.press("enter", "escape")
        assert staged(dashboard) == []


async def test_what_does_not_fit_is_told_before_it_is_removed() -> None:
    async with cart_pane(StubCarts(order(ODD_ORDER))) as dashboard:
        await dashboard.press("d")
        assert f"But: identifier {BIG_IDENTIFIER} is outside 32 bits" in asked(dashboard)
        await dashboard.press("escape", "down", "down", "d")
        assert "But: listed as open for choice, but the order grants nothing under this id." in asked(dashboard)


async def test_plain_terminals_get_plain_marks() -> None:
    async with cart_pane(StubCarts(), glyphs=ASCII) as dashboard:
        await dashboard.press("d", "enter")
        assert "2 -> 1" in dashboard.line_with("film_collection: Cho")


# Everything.


async def test_everything_open_is_counted_out_and_enter_alone_does_nothing() -> None:
    vendor = StubCarts()
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("X", "enter", "enter", "enter")
        assert "Nothing is typed yet." in asked(dashboard)
        assert "2 of Choose four films 四部電影任選 (film_yiyi)" in asked(dashboard)
        await dashboard.press("9", "enter")
        assert "That is not how many these are: 9." in asked(dashboard)
        assert staged(dashboard) == []
        await dashboard.press("ctrl+u", *"10", "enter")
        assert staged(dashboard) == [(Kind.CART_REMOVE_ALL, None)]
        assert dashboard.text.count("2 ➔ 0") == 4  # three rows, and the explanation
        assert vendor.sent == []
        await dashboard.press("w", "a", "escape")
        assert vendor.sent == [("all",)]
        assert not any(info.available for info in shown(dashboard).infos)


async def test_it_takes_the_place_of_a_single_removal() -> None:
    async with cart_pane(StubCarts()) as dashboard:
        await dashboard.press("d", "enter", "X")
        assert "It takes the place of what is staged for this cart." in asked(dashboard)
        await dashboard.press(*"10", "enter", "d")
        assert "Cart o10001: remove all open." in asked(dashboard)


async def test_when_more_is_open_than_was_counted_out_the_review_asks() -> None:
    vendor = StubCarts()
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("X", *"10", "enter")
        vendor.cart = with_removed(vendor.cart, FILM, -3)
        await dashboard.press("w")
        assert "Open in the cart: 10 when this was staged, 13 now." in flat(dashboard)
        await dashboard.press("a")
        assert vendor.sent == []
        await dashboard.press("space", "a")
        assert vendor.sent == [("all",)]


# Refused.


@pytest.mark.parametrize("key", ["d", "X"])
async def test_a_saved_order_is_only_looked_at(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qtydash.sandbox.data.carts import RICH_ORDER, carts

    monkeypatch.chdir(tmp_path)
    (tmp_path / "order.json").write_text(json.dumps(carts()[RICH_ORDER]))
    async with cart_pane(StubCarts()) as dashboard:
        await dashboard.press("d", "enter", "O", *"order.json", "enter", "down")
        assert "➔" not in dashboard.text
        await dashboard.press(key)
        assert told(dashboard)[-1].startswith("This is a saved order, which nothing can be removed from.")


@pytest.mark.parametrize("key", ["d", "X"])
async def test_a_read_only_profile_says_so(key: str) -> None:
    async with cart_pane(StubCarts(), profile=PROFILE) as dashboard:
        await dashboard.press(key)
        assert told(dashboard) == ["Profile 'prod' is read-only. Set `write = true` in it to allow changes."]


async def test_where_nothing_is_open_nothing_is_asked() -> None:
    vendor = StubCarts()
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("up", "d")
        assert told(dashboard) == [
            "Nothing of Camera kit: free strap (strap_1) is open (1 automatic), so nothing can be removed."
        ]
        await dashboard.press("tab", "d")
        assert told(dashboard)[-1].startswith("What can be removed is open in a gift selection, never a cart line")
        vendor.cart = Cart("")
        await dashboard.press("r", "d", "X")
        assert told(dashboard)[-1] == "There is no cart here to remove anything from."
        vendor.cart = replace(order(), infos=())
        await dashboard.press("r", "tab", "X")
        assert told(dashboard)[-1] == "Nothing is open in this cart, so nothing can be removed."
        assert staged(dashboard) == []


async def test_a_cart_in_doubt_takes_no_other_removal_and_says_where_to_look() -> None:
    vendor = StubCarts(errors=[LOST])
    stubs = stubs_of(vendor)
    async with cart_pane(vendor, stubs=stubs) as dashboard:
        await dashboard.press("d", "enter", "w", "a", "escape")
        assert states(dashboard) == [State.UNKNOWN]
        assert "in doubt" in dashboard.line_with("SRR▱")
        words = "A removal from this cart has no known outcome: 5 Changes says what to do."
        assert words in flat(dashboard)
        for key in "dX":
            await dashboard.press(key)
            assert told(dashboard)[-1].startswith("A removal from this cart has no known outcome yet")
        reads = len(stubs.cart.asked)
        await dashboard.press("5", "V", "shift+tab", *"looked at it", "enter", "right", "enter", "3")
        assert states(dashboard) == [State.APPLIED_BY_VERDICT]
        assert len(stubs.cart.asked) == reads + 1
        assert "in doubt" not in dashboard.text


LENGTHY = UnexpectedAnswer(
    "Oracle Commerce's answer was cut short: the connection broke while it was read.",
    hint="Check `base_url`; if it is right, the vendor has trouble or has changed its answer.",
)


async def test_no_vendors_words_crowd_out_that_a_removal_is_in_doubt() -> None:
    vendor = StubCarts(errors=[LOST])
    stubs = stubs_of(vendor)
    async with cart_pane(vendor, (60, 20), stubs=stubs) as dashboard:
        await dashboard.press("d", "enter", "w", "a", "escape")
        stubs.cart.error = LENGTHY
        await dashboard.press("r")
        assert "A removal from this cart has no known outcome: 5 Changes" in flat(dashboard)
        assert "answer was cut short" in flat(dashboard)


async def test_no_vendors_words_crowd_out_that_a_removal_waits() -> None:
    vendor = StubCarts()
    stubs = stubs_of(vendor)
    stubs.cart.seen = cached_snapshot(vendor.cart)
    stubs.cart.error = Unreachable("The connection was refused: nothing listens at shop.example.com. " * 2)
    async with cart_pane(vendor, (60, 20), stubs=stubs) as dashboard:
        await dashboard.press("d", "enter")
        assert "Offline: it stays staged, unsent, until you review it with w while online." in flat(dashboard)
        assert "nothing listens" in flat(dashboard)


async def test_offline_it_is_staged_and_stays_so() -> None:
    vendor = StubCarts()
    stubs = stubs_of(vendor)
    stubs.cart.seen, stubs.cart.error = cached_snapshot(vendor.cart), OUTAGE
    async with cart_pane(vendor, stubs=stubs) as dashboard:
        await dashboard.press("d")
        assert "Offline: it stays staged, unsent," in asked(dashboard)
        await dashboard.press("enter")
        assert staged(dashboard) == [(Kind.CART_REMOVE, 1)]
        assert "Offline: it stays staged, unsent, until you review it" in flat(dashboard)
        assert vendor.sent == []


async def test_what_was_staged_is_told_when_less_is_open_now() -> None:
    vendor = StubCarts()
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("d", "2", "enter")
        vendor.cart = with_removed(vendor.cart, FILM, 1)
        await dashboard.press("r")
        assert "remove 2, and only 1 of it is open now: the review will refuse it." in flat(dashboard)
        assert "1, remove 2?" in dashboard.line_with("SRR▱")
        await dashboard.press("w")
        assert "Only 1 of it can still be removed." in flat(dashboard)
        await dashboard.press("a")
        assert vendor.sent == []


# Sent.


async def test_it_is_read_afresh_sent_once_and_its_own_order_replaces_the_view() -> None:
    vendor = StubCarts()
    async with cart_pane(vendor, (160, 48)) as dashboard:
        await dashboard.press("d", "2", "enter", "w")
        assert "2 open, 1 removed ➔ 0 open, 3 removed" in asked(dashboard)
        assert vendor.sent == []
        await dashboard.press("a")
        assert vendor.sent == [(*FILM, 2)]
        assert "1 done = 1" in dashboard.text
        assert shown(dashboard) is vendor.cart
        await dashboard.press("escape")
        assert "SRRR" in dashboard.text
        await dashboard.press("D")
        assert "Choose four films 四部電影任選 (film_collection): removed 1 → 3, open 2 → 0" in asked(dashboard)
        assert staged(dashboard) == []


async def test_a_read_that_began_before_the_answer_does_not_bring_back_what_was() -> None:
    vendor = StubCarts()
    stubs = stubs_of(vendor)
    reads = stubs.cart
    assert isinstance(reads, SeenReads)
    async with cart_pane(vendor, stubs=stubs) as dashboard:
        await dashboard.press("d", "enter", "w")
        reads.hold = True
        dashboard.app.query_one(CartPane).refresh_live()
        await dashboard.pilot.pause()
        assert reads.asked == ["support"] * 2
        await dashboard.press("a")
        reads.go.set()
        reads.hold = False
        await dashboard.settle()
        assert shown(dashboard) is vendor.cart


async def test_the_read_after_it_is_shown_whatever_it_shows() -> None:
    vendor = StubCarts()
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("d", "enter", "w", "a")
        vendor.cart = with_removed(vendor.cart, FILM, 1)  # someone else, meanwhile
        await dashboard.press("escape")
        assert shown(dashboard) is vendor.cart
        assert "SRRR" in dashboard.text


async def test_what_else_changed_with_it_is_told_in_the_result_and_in_the_journal() -> None:
    async with cart_pane(StubCarts(also=lamp_dearer), (160, 48)) as dashboard:
        await dashboard.press("d", "enter", "w", "a")
        words = "Beside that the cart changed: order o10001: total 696 USD → 567.10 USD; Travel tripod"
        assert words in asked(dashboard)
        assert "gone: had 1 in the cart" in asked(dashboard)
        await dashboard.press("5", "enter")
        assert "Beside that the cart changed" in flat(dashboard)


async def test_a_result_that_is_not_the_one_expected_is_told_with_both_numbers() -> None:
    vendor = StubCarts(also=lambda cart: with_removed(cart, FILM, 1))
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("d", "enter", "w", "a")
        assert "the vendor says it is 0 open, 3 removed now, not 1 open, 2 removed" in flat(dashboard)


async def test_what_was_closed_before_the_answer_is_told_when_it_comes() -> None:
    """The review may be closed while it is sent."""
    vendor = StubCarts(also=lamp_dearer, slow=True)
    async with cart_pane(vendor) as dashboard:
        await dashboard.press("d", "enter", "w")
        await dashboard.pilot.press("a")
        await dashboard.until(lambda: "sending" in dashboard.text)
        await dashboard.pilot.press("x", "c")
        vendor.go.set()
        await dashboard.settle()
        assert any(words.startswith("Beside that the cart changed") for words in told(dashboard))
        assert shown(dashboard) == vendor.cart


# On the sandbox.


class Moment:
    """The sandbox's time, which the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@asynccontextmanager
async def sandbox_pane(home: Path, moment: Moment) -> AsyncIterator[tuple[Dashboard, str]]:
    """The cart pane on a sandbox, the cursor on a selection with 2 open, and where the sandbox is."""
    with SandboxServer(create_app(now=moment)) as server:
        config = configured(home, server.url)
        sources = Sources(config.profile, config.paths, lambda: NOW)
        async with opened(sources, profile=config.profile) as dashboard:
            await dashboard.press("3", "down")
            yield dashboard, server.url


def requests(url: str, words: str) -> list[tuple[str, int]]:
    """The requests to a path with these words that the sandbox's ledger holds, and how each was answered."""
    entries = httpx.get(f"{url}/_sandbox/ledger", params={"vendor": "cart"}, trust_env=False).json()["entries"]
    return [(entry["method"], entry["status"]) for entry in entries if words in entry["path"]]


async def test_a_session_that_expires_during_the_review_logs_in_once_and_goes_on(home: Path) -> None:
    moment = Moment()
    async with sandbox_pane(home, moment) as (dashboard, url):
        await dashboard.press("d", "enter", "w")
        assert "1 of 1 change will be sent" in dashboard.text
        assert requests(url, "login") == [("POST", 200)]
        moment.at += timedelta(minutes=16)
        await dashboard.press("a")
        assert "1 done = 1" in dashboard.text
        assert requests(url, "login") == [("POST", 200)] * 2
        assert requests(url, "remove") == [("POST", 200)]
        await dashboard.press("escape")
        assert "SRR▱" in dashboard.text
        assert requests(url, "login") == [("POST", 200)] * 2


async def test_a_session_that_expires_before_the_review_reads_logs_in_once_and_goes_on(home: Path) -> None:
    moment = Moment()
    async with sandbox_pane(home, moment) as (dashboard, url):
        await dashboard.press("d", "enter")
        moment.at += timedelta(minutes=16)
        await dashboard.press("w", "a")
        assert "1 done = 1" in dashboard.text
        assert (len(requests(url, "login")), len(requests(url, "remove"))) == (2, 1)


async def test_a_session_that_expires_as_it_is_sent_is_rejected_not_repeated_and_goes_on_from_a_new_review(
    home: Path,
) -> None:
    async with sandbox_pane(home, Moment()) as (dashboard, url):
        await dashboard.press("d", "enter", "w")
        async with httpx.AsyncClient(trust_env=False) as admin:
            await admin.post(f"{url}/_sandbox/faults", json={"specs": ["cart.write:status=401,times=1"]})
        await dashboard.press("a")
        assert "1 rejected = 1" in dashboard.text
        assert "stays staged" in flat(dashboard)
        assert requests(url, "remove") == [("POST", 401)]
        await dashboard.press("escape", "w", "a")
        assert "1 done = 1" in dashboard.text
        assert requests(url, "remove") == [("POST", 401), ("POST", 200)]
        assert len(requests(url, "login")) == 2
