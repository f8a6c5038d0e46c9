"""Text from a server never acts: not on the screen, not in a notification, not on the clipboard."""

import unicodedata
from dataclasses import replace
from itertools import cycle

import pytest
from rich.segment import Segment
from rich.style import Style
from tests.screen.shop import AVAILABILITY, CART_NOW, GIFT_LIST, HOLDS, PRODUCTS, Shop, live_snapshot, opened, shop
from textual.color import Color
from textual.content import Content
from textual.widgets import Label, Static

from qtydash.domain.errors import Refused
from qtydash.tui.commands import Scope
from qtydash.tui.safety import OutsideTextFilter

HOSTILE = {
    "closing tag": "[/x]",
    "action": "[@click=app.quit]leave[/]",
    "link": "[link=file:///etc/passwd]open[/link]",
    "escape": "a\x1b[2J\x1b[31mb",
    "clipboard": "\x1b]52;c;ZWNobyBoaQ==\x07",
    "title": "\x1b]0;owned\x07",
    "nul": "a\x00b",
    "c1": "a\x9b31mb",
    "newlines": "a\r\n\tb\x0b",
    "right to left": "abc\u202edef\u2066",
    "zero width": "a\u200b\u200d\u2060b",
    "tags": "a\U000e0041\U000e007fb",
    "lone surrogate": "a\ud800b",
    "very long": "long " * 2_000,
    "wide": "夏季限定" * 50,
    "marks": "a" + "\u0301" * 400,
    "markup in python": "{self.secret} %s %(x)s $name",
}


def hostile_shop() -> Shop:
    """A shop whose outside texts are all hostile, each record with the next of them."""
    texts = cycle(HOSTILE.values())
    stubs = shop()
    options = tuple(replace(o, name=next(texts)) for o in AVAILABILITY.options)
    days = tuple(replace(d, inventory_code=next(texts)) for d in AVAILABILITY.days)
    everything = tuple(HOSTILE.values())
    stubs.tickets.answer = live_snapshot(replace(AVAILABILITY, options=options, days=days), warnings=everything)
    products = tuple(
        replace(PRODUCTS[0], code=f"p{n}", title=text, city=text) for n, text in enumerate(everything)
    )
    stubs.ticket_products.seen = stubs.ticket_products.answer = live_snapshot(products)
    stubs.gifts.answer = live_snapshot(
        tuple(replace(g, sku=next(texts), titles=(("en", next(texts)),), status=next(texts)) for g in GIFT_LIST),
        warnings=everything,
    )
    lines = tuple(
        replace(CART_NOW.lines[n % 3], id=f"ci-{n}", name=text, sku_id=text, product_id=text)
        for n, text in enumerate(everything)
    )
    stubs.cart.answer = live_snapshot(
        replace(
            CART_NOW,
            order_id=next(texts),
            currency=next(texts),
            lines=lines,
            order_markers=tuple(
                replace(CART_NOW.order_markers[0], gift_id=n, gift_type=text, gift_detail=text)
                for n, text in enumerate(everything)
            ),
            promotion_names=tuple((promotion, next(texts)) for promotion, _ in CART_NOW.promotion_names),
        )
    )
    stubs.order_qty.answer = live_snapshot(
        tuple(
            replace(r, consumer_cart_id=next(texts), inventory_id=next(texts), region_id=next(texts))
            for r in HOLDS
        )
    )
    return stubs


def assert_harmless(text: str) -> None:
    """Nothing in ``text`` steers a terminal or hides."""
    for char in text.replace("\n", ""):
        assert char in " \u3000" or unicodedata.category(char)[0] not in "C", f"{char!r} reached the screen"


@pytest.mark.parametrize("size", [(80, 24)])
async def test_every_pane_survives(size: tuple[int, int]) -> None:
    panes: tuple[Scope, ...] = ("tickets", "gifts", "cart", "order_qty")
    async with opened(hostile_shop(), size=size) as dashboard:
        for pane in panes:
            await dashboard.app.action_pane(pane)
            for _ in HOSTILE:
                await dashboard.pilot.press("down")
                assert_harmless(dashboard.text)
                dashboard.app.action_copy()
                dashboard.app.clipboard.encode()
                assert_harmless(dashboard.app.clipboard.replace("\t", ""))
            await dashboard.pilot.click(dashboard.app.screen, offset=(3, 8))
            await dashboard.pilot.click(dashboard.app.screen, offset=(3, 8), times=2)
        await dashboard.settle()
        assert dashboard.app.is_running


async def test_overview_picker_notifications_and_errors_survive() -> None:
    stubs = hostile_shop()
    async with opened(stubs, size=(160, 48)) as dashboard:
        assert_harmless(dashboard.text)
        await dashboard.press("P")
        assert_harmless(dashboard.text)
        await dashboard.press("escape")
        for text in HOSTILE.values():
            for stub in stubs.each:
                stub.error = Refused(text, code=text, words=text)
            await dashboard.press("r")
            assert "ERROR" in dashboard.text
            dashboard.app.notify(text, title=text, markup=False)
            await dashboard.settle()
            assert_harmless(dashboard.text)
        assert dashboard.app.is_running


async def test_the_last_guard_holds_for_widgets_that_forgot() -> None:
    async with opened(size=(80, 60)) as dashboard:
        screen = dashboard.app.screen
        for text in (t[:200] for t in HOSTILE.values()):
            await screen.mount(Static(Content(text)), Label(text, markup=False))
        await dashboard.settle()
        assert_harmless(dashboard.text)


def test_the_guard_removes_links_and_keeps_the_rest() -> None:

    segments = [
        Segment("plain", Style(bold=True)),
        Segment("go", Style(link="http://127.0.0.1/")),
        Segment("a\x1bb"),
    ]
    plain, go, cut = OutsideTextFilter().apply(segments, Color(0, 0, 0))
    assert plain is segments[0]
    assert go.style is not None
    assert go.style.link is None
    assert cut.text == "ab"


def test_the_guard_thins_marks_that_are_piled_up() -> None:
    segments = [Segment("a" + "\u0301" * 9 + "b"), Segment("é" + "e\u0301")]
    piled, word = OutsideTextFilter().apply(segments, Color(0, 0, 0))
    assert piled.text == "a" + "\u0301" * 4 + "b"
    assert word is segments[1]
