"""The cart pane: read at three sizes in every state, and its keys."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import (
    NOW,
    PROFILE,
    Dashboard,
    Shop,
    StubReads,
    cached_snapshot,
    live_snapshot,
    opened,
    screen_svg,
    shop,
)
from textual import events

from qtydash.adapters.carts import parse_order
from qtydash.config.models import CartSession, CartSource, Profile, Secret
from qtydash.domain.carts import Cart
from qtydash.domain.errors import Unauthorized
from qtydash.domain.snapshot import OnProgress, Snapshot
from qtydash.sandbox.data.carts import ODD_ORDER, RICH_ORDER, carts
from qtydash.tui.glyphs import ASCII

SAMPLE = (Path(__file__).parents[1] / "adapter" / "sample_003_removal.json").read_bytes()
SIZES = ((60, 20), (80, 24), (160, 48))
AT_EACH_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")


def order(order_id: str) -> Cart:
    """A cart of the sandbox."""
    return parse_order(json.dumps(carts()[order_id], ensure_ascii=False).encode()).data


def with_cart(cart: Cart) -> Shop:
    stubs = shop()
    stubs.cart.answer = live_snapshot(cart)
    return stubs


EXPIRED = Unauthorized(
    "Oracle Commerce does not accept the credentials (401).",
    words="Your token has expired.",
    hint="The token of session 'support' has expired or was revoked; such tokens live about 15 minutes. "
    "Give the session a new one, or `username` and `password`, with which it stays logged in.",
    status=401,
)


def refused() -> Shop:
    stubs = shop("error")
    stubs.cart.error = EXPIRED
    return stubs


@asynccontextmanager
async def pane(
    stubs: Shop, size: tuple[int, int] = (80, 24), profile: Profile = PROFILE, **other: Any
) -> AsyncIterator[Dashboard]:
    """The dashboard with the cart pane on the whole screen."""
    async with opened(stubs, size=size, profile=profile, **other) as dashboard:
        await dashboard.press("3")
        if dashboard.app.overview:
            await dashboard.press("z")
        yield dashboard


def flat(dashboard: Dashboard) -> str:
    """The screen without its line breaks."""
    return " ".join(dashboard.text.split())


def told(dashboard: Dashboard) -> list[str]:
    """What was said in passing."""
    return [notice.message for notice in dashboard.app._notifications]


# Read at three sizes.


@pytest.mark.parametrize(
    ("stubs", "keys"),
    [
        pytest.param(lambda: with_cart(parse_order(SAMPLE).data), (), id="healthy"),
        pytest.param(lambda: with_cart(order(RICH_ORDER)), ("n",), id="findings"),
        pytest.param(lambda: with_cart(order(ODD_ORDER)), (), id="orphans"),
        pytest.param(lambda: with_cart(order(RICH_ORDER)), ("tab", "down"), id="lines"),
        pytest.param(lambda: with_cart(order(RICH_ORDER)), ("down", "enter"), id="explained"),
        pytest.param(lambda: with_cart(Cart("")), (), id="empty"),
        pytest.param(refused, (), id="401"),
        pytest.param(lambda: with_cart(order(RICH_ORDER)), ("J",), id="json"),
        pytest.param(lambda: with_cart(order(RICH_ORDER)), ("question_mark",), id="help"),
    ],
)
@AT_EACH_SIZE
async def test_cart(
    stubs: Callable[[], Shop], keys: tuple[str, ...], size: tuple[int, int], text_screen: SnapshotAssertion
) -> None:
    async with pane(stubs(), size) as dashboard:
        await dashboard.press(*keys)
        assert dashboard.text == text_screen


@AT_EACH_SIZE
async def test_saved_file(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text_screen: SnapshotAssertion
) -> None:
    file = saved(tmp_path, monkeypatch, SAMPLE)
    async with pane(shop(), size) as dashboard:
        await dashboard.press("O", *file, "enter")
        assert dashboard.text == text_screen


@AT_EACH_SIZE
async def test_difference(size: tuple[int, int], text_screen: SnapshotAssertion) -> None:
    stubs = with_cart(order(RICH_ORDER))
    async with pane(stubs, size) as dashboard:
        stubs.cart.answer = later(removed(order(RICH_ORDER)))
        await dashboard.press("r", "down")
        assert dashboard.text == text_screen(name="strip")
        await dashboard.press("D")
        assert dashboard.text == text_screen(name="page")


async def test_what_the_filter_hides_is_counted_all_the_same() -> None:
    async with pane(with_cart(order(RICH_ORDER))) as dashboard:
        assert "2 findings in 7 gift selections, order o10001" in dashboard.text
        await dashboard.press("slash", *"film", "enter")
        assert "2 findings in 7 gift selections, 2 shown" in dashboard.text


async def test_an_order_with_nothing_in_it_says_so_and_a_short_one_that_it_is_not_known() -> None:
    async with pane(with_cart(Cart("o7"))) as dashboard:
        assert "Order o7 has no line and no gift selection." in flat(dashboard)
    short = parse_order(b'{"orderId": "o7"}')
    stubs = shop()
    stubs.cart.answer = replace(live_snapshot(short.data), complete=short.complete, warnings=short.warnings)
    async with pane(stubs) as dashboard:
        assert "what is in it is not known" in flat(dashboard)
        assert "has no line" not in flat(dashboard)


async def test_picture_of_findings(svg_screen: SnapshotAssertion) -> None:
    async with pane(with_cart(order(RICH_ORDER)), (120, 40)) as dashboard:
        await dashboard.press("n")
        assert screen_svg(dashboard.app) == svg_screen


def removed(cart: Cart) -> Cart:
    """The second selection with one piece more removed, and a line less."""
    marker, info = cart.order_markers[1], cart.infos[1]
    return replace(
        cart,
        total=Decimal(567),
        lines=cart.lines[:-1],
        order_markers=(
            cart.order_markers[0],
            replace(marker, removed=marker.removed + 1),
            *cart.order_markers[2:],
        ),
        infos=(cart.infos[0], replace(info, available=info.available - 1), *cart.infos[2:]),
    )


def later(cart: Cart) -> Snapshot[Cart]:
    return replace(live_snapshot(cart), fetched_at=NOW)


def saved(folder: Path, monkeypatch: pytest.MonkeyPatch, body: bytes) -> str:
    """An order in a file of the current folder, written three hours ago; its name."""
    monkeypatch.chdir(folder)
    write(folder / "order.json", body, NOW - timedelta(hours=3))
    return "order.json"


def write(file: Path, body: bytes, at: datetime) -> None:
    import os

    file.write_bytes(body)
    os.utime(file, (at.timestamp(), at.timestamp()))


# What changed.


async def test_what_changed_is_told_on_a_line_in_the_rows_and_in_the_explanation() -> None:
    stubs = with_cart(order(RICH_ORDER))
    async with pane(stubs, (120, 40)) as dashboard:
        assert "changed since" not in dashboard.text
        await dashboard.press("D")
        assert "This cart was read once so far" in dashboard.text
        await dashboard.press("escape")
        stubs.cart.answer = later(removed(order(RICH_ORDER)))
        await dashboard.press("r", "down")
        assert "changed since the last read (D): removed 1 → 2, open 2 → 1: Choose four films" in dashboard.text
        assert "▾1" in dashboard.line_with("SRR▱")
        assert "since the read before: removed 1 → 2, open 2 → 1" in dashboard.text


async def test_a_read_that_changes_nothing_leaves_the_last_change_told() -> None:
    stubs = with_cart(order(RICH_ORDER))
    async with pane(stubs, (160, 48)) as dashboard:
        stubs.cart.answer = later(removed(order(RICH_ORDER)))
        await dashboard.press("r")
        stubs.cart.answer = replace(later(removed(order(RICH_ORDER))), fetched_at=NOW + timedelta(minutes=1))
        await dashboard.press("r")
        assert "unchanged since 12:00:00 UTC (D): removed 1 → 2, open 2 → 1: Choose four films" in dashboard.text
        assert "▾" not in dashboard.line_with("SRR")
        await dashboard.press("D")
        assert "Nothing changed between 2026-03-06 12:00:00 UTC and 2026-03-06 12:01:00 UTC." in dashboard.text
        assert "Changed between 2026-03-06 11:59:48 UTC and 2026-03-06 12:00:00 UTC:" in dashboard.text


async def test_what_the_cache_held_is_compared_with_what_is_read() -> None:
    stubs = with_cart(removed(order(RICH_ORDER)))
    stubs.cart.seen = cached_snapshot(order(RICH_ORDER))
    async with pane(stubs) as dashboard:
        assert "changed since the last read" in dashboard.text


async def test_another_session_is_compared_with_nothing() -> None:
    stubs = with_cart(order(RICH_ORDER))
    async with pane(stubs, profile=SESSIONS) as dashboard:
        stubs.cart.answer = later(order(ODD_ORDER))
        await dashboard.press("S", "down", "enter")
        assert "order o10003" in dashboard.text
        assert "changed since" not in dashboard.text


# Sessions.

_FAKE = Secret("plain", ("s3cr3t-t0ken",))
SESSIONS = replace(
    PROFILE,
    cart=CartSource(
        "https://shop.example.com",
        (
            CartSession("support", username="agent@example.com", password=_FAKE, organization="org-7"),
            CartSession("guest", visitor_id=_FAKE, site="siteUS"),
            CartSession("made", token=_FAKE),
            CartSession("new", token=_FAKE),
        ),
    ),
)


class SeenReads(StubReads[Cart]):
    """Remembers another cart for each session."""

    def cached(self, query: object) -> Snapshot[Cart] | None:
        return {
            "support": cached_snapshot(order(RICH_ORDER)),
            "guest": replace(cached_snapshot(Cart("")), fetched_at=NOW - timedelta(days=2)),
            "made": replace(cached_snapshot(parse_order(SAMPLE).data), fetched_at=NOW - timedelta(minutes=4)),
        }.get(str(query))

    async def live(self, query: object, on_progress: OnProgress | None = None) -> Snapshot[Cart]:
        self.asked.append(query)
        return live_snapshot(order(ODD_ORDER))


async def test_the_picker_shows_every_session_with_what_was_last_seen_of_it(
    text_screen: SnapshotAssertion,
) -> None:
    stubs = shop()
    stubs.cart = SeenReads(stubs.cart.vendor)
    async with pane(stubs, (120, 40), SESSIONS) as dashboard:
        await dashboard.press("S")
        assert "s3cr3t" not in dashboard.text
        assert dashboard.text == text_screen
        await dashboard.press(*"gue", "enter")
        assert stubs.cart.asked == ["support", "guest"]


async def test_the_picker_on_the_smallest_screen() -> None:
    stubs = shop()
    stubs.cart = SeenReads(stubs.cart.vendor)
    async with pane(stubs, (60, 20), SESSIONS) as dashboard:
        await dashboard.press("S")
        told = [
            " ".join(dashboard.line_with(f"  {name} ").split()) for name in ("support", "guest", "made", "new")
        ]
        for words, line in zip(
            (
                "support 2 findings 3h ago",
                "guest empty cart 2d ago",
                "made 1 gift fits 4m ago",
                "new not read yet",
            ),
            told,
            strict=True,
        ):
            assert words in line


# Saved orders.


async def test_a_file_is_read_again_and_what_changed_in_it_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = saved(tmp_path, monkeypatch, SAMPLE)
    async with pane(shop()) as dashboard:
        await dashboard.press("O", *file, "enter")
        assert "file order.json" in dashboard.text
        assert "saved 3h" in dashboard.text
        assert "changed since" not in dashboard.text
        write(tmp_path / file, SAMPLE.replace(b'"removedQuantity":0', b'"removedQuantity":1'), NOW)
        await dashboard.press("r")
        assert "changed since the last read (D): removed 0 → 1: gwp1 (Product_6Dxyi)" in dashboard.text
        (tmp_path / file).write_text("{")
        await dashboard.press("r")
        assert "is no saved order" in flat(dashboard)
        assert "order o690411" in dashboard.text
        await dashboard.press("S", "enter")
        assert "file order.json" not in dashboard.text


@pytest.mark.parametrize("indent", [None, 1])
async def test_pasted_json_is_shown_however_many_lines_it_has(indent: int | None) -> None:
    text = json.dumps(json.loads(SAMPLE), indent=indent)
    async with pane(shop()) as dashboard:
        await dashboard.press("O")
        dashboard.app.screen.focused.post_message(events.Paste(text))  # type: ignore[union-attr]
        await dashboard.settle()
        assert "pasted order" in dashboard.text
        assert "pasted 0s" in dashboard.text
        assert "order o690411" in dashboard.text
        await dashboard.press("r")
        assert "order o690411" in dashboard.text


async def test_a_pasted_name_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(tmp_path, monkeypatch, SAMPLE)
    async with pane(shop()) as dashboard:
        await dashboard.press("O")
        dashboard.app.screen.focused.post_message(events.Paste(file))  # type: ignore[union-attr]
        await dashboard.press("enter")
        assert "file order.json" in dashboard.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"message": "Expired", "status": "401"}', "The pasted text holds a refusal, no order"),
        ("[1, 2]", "The pasted text is no saved order"),
        ("{", "The pasted text is no saved order"),
    ],
)
async def test_a_paste_that_is_no_order_is_told_and_the_prompt_stays(text: str, words: str) -> None:
    async with pane(shop()) as dashboard:
        await dashboard.press("O")
        dashboard.app.screen.focused.post_message(events.Paste(text))  # type: ignore[union-attr]
        await dashboard.settle()
        assert words in flat(dashboard)
        assert dashboard.app.screen.is_modal


async def test_a_pasted_204_is_an_empty_cart() -> None:
    async with pane(shop()) as dashboard:
        await dashboard.press("O")
        dashboard.app.screen.focused.post_message(events.Paste("HTTP/1.1 204 No Content\r\n\r\n"))  # type: ignore[union-attr]
        await dashboard.settle()
        assert "when this was saved, there was no current order (answer 204)" in flat(dashboard)


# Moving about.


async def test_problems_are_gone_to_round_the_end() -> None:
    async with pane(with_cart(order(RICH_ORDER))) as dashboard:
        for key, words in (
            ("n", "2 granted  AF"),
            ("n", "5 granted  AS"),
            ("n", "2 granted  AF"),
            ("N", "5 granted  AS"),
        ):
            await dashboard.press(key)
            assert words in dashboard.text
        await dashboard.press("tab", "n")
        assert "2 granted  AF" in dashboard.text


async def test_a_cart_that_fits_has_no_problem_to_go_to() -> None:
    async with pane(with_cart(parse_order(SAMPLE).data)) as dashboard:
        await dashboard.press("n")
        assert told(dashboard) == ["Every gift selection shown here fits."]


async def test_a_cart_without_gifts_shows_its_lines() -> None:
    plain = replace(parse_order(SAMPLE).data, order_markers=(), infos=())
    plain = replace(plain, lines=tuple(replace(line, markers=()) for line in plain.lines))
    async with pane(with_cart(plain)) as dashboard:
        assert "no gift selection, order o690411" in dashboard.text
        assert "Samsung - F90BN" in dashboard.text
        assert "No promotion makes any of it free." in dashboard.text


async def test_explanations_can_be_copied() -> None:
    async with pane(with_cart(order(RICH_ORDER))) as dashboard:
        await dashboard.press("down", "enter", "c")
        copied = dashboard.app.clipboard
        assert "4 granted  SR▱▱  2 open" in copied
        assert "4 granted − 0 automatic − 0 targeted − 1 selected − 1 removed = 2, as the cart says" in copied
        await dashboard.press("escape", "tab", "down", "i")
        assert "Camera kit: free strap makes 1 free (1 automatic), 1 not touched" in flat(dashboard)


async def test_plain_terminals_get_plain_marks() -> None:
    async with pane(with_cart(order(RICH_ORDER)), glyphs=ASCII) as dashboard:
        assert " 4 SR--" in dashboard.text
        assert "ok fits" in dashboard.text


# The vendor's own answer.


async def test_json_is_folded_searched_and_copied() -> None:
    async with pane(with_cart(order(RICH_ORDER))) as dashboard:
        await dashboard.press("J", "slash", *"strap_1", "enter")
        assert "strap_1: 1 of" in dashboard.text
        place = dashboard.text.splitlines()[0]
        await dashboard.press("n", "N")
        assert dashboard.text.splitlines()[0] == place
        await dashboard.press("c")
        assert "strap_1" in dashboard.app.clipboard
        await dashboard.press("escape", "left", "left")
        dashboard.app.copy_to_clipboard("")
        await dashboard.press("c")
        assert json.loads(dashboard.app.clipboard)
        await dashboard.press("escape")
        assert not dashboard.app.screen.is_modal


async def test_json_unfolds_by_arrow_enter_and_all_at_once() -> None:
    async with pane(with_cart(parse_order(SAMPLE).data)) as dashboard:
        await dashboard.press("J", "left")
        assert "▸ {7 fields}" in dashboard.text
        await dashboard.press("right", "right", "enter", "down")
        assert "totalResults" in dashboard.text
        await dashboard.press("home", "asterisk")
        assert "▸" not in dashboard.text
        await dashboard.press("slash", *"no such words", "enter")
        assert "no such words: not found" in dashboard.text
        await dashboard.press("slash", "escape", "escape", "escape")
        assert not dashboard.app.screen.is_modal


async def test_nothing_in_an_answer_is_read_as_markup() -> None:
    hostile = "[@click=app.quit]x[/] [/nope] \x1b[2J\u202e [link=https://x.example]y[/link]"
    raw = json.dumps({"orderId": hostile, hostile: {"displayName": hostile, "id": hostile}, "list": [hostile]})
    cart = replace(parse_order(SAMPLE).data, raw=raw)
    async with pane(with_cart(cart), (120, 40)) as dashboard:
        await dashboard.press("J", "asterisk", *["down"] * 5)
        assert "[@click=app.quit]x[/] [/nope]" in dashboard.text
        assert "\x1b" not in dashboard.text
        assert "\u202e" not in dashboard.text
        await dashboard.press("c")
        assert dashboard.app.is_running


async def test_a_cached_cart_has_no_answer_to_show() -> None:
    async with pane(shop("offline")) as dashboard:
        await dashboard.press("J")
        assert not dashboard.app.screen.is_modal
        assert "the cache keeps none" in told(dashboard)[0]
