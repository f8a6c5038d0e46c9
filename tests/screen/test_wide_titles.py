"""Titles of wide, ambiguous and joined characters: lines are as wide as the screen, columns stand."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from tests.screen.shop import GIFT_LIST, NOW, PRODUCTS, WRITABLE, live_snapshot, opened, shop

from qtydash.domain.gifts import Gift

TITLES = (
    "Canvas bag",
    "帆布袋 夏季限定 帆布袋 夏季限定 帆布袋",
    "한글 가방 여름 한정판 여름 한정판",
    "ｶﾀｶﾅ ﾊﾝｶｸ bag",
    "①②③ ○△× ★☆ → ± ° Ⅷ",
    "e\u0301te\u0301 n\u0303",
    "👩‍👩‍👧 family 👍🏽",
    "🇰🇷 flag 🇹🇼",
    "กระเป๋า ผ้าใบ",
    "ﷺ ﷽",
    "全角ＡＢＣ１２３",
)
GIFTS = tuple(
    Gift(f"{n:024x}", f"SKU-{n:02d}", (("en", title),), "active", 100 + n, False, NOW)
    for n, title in enumerate(TITLES)
)
SIZES = [(60, 20), (80, 24), (120, 40), (160, 45), (160, 48), (250, 70)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("pane", "12345")
async def test_every_line_is_as_wide_as_the_screen(pane: str, size: tuple[int, int]) -> None:
    stubs = shop()
    stubs.gifts.answer = live_snapshot((*GIFTS, *GIFT_LIST))
    assert stubs.cart.answer is not None
    cart = stubs.cart.answer.data
    lines = tuple(replace(line, name=title) for line, title in zip(cart.lines, TITLES[1:], strict=False))
    stubs.cart.answer = live_snapshot(replace(cart, lines=lines))
    stubs.ticket_products.answer = live_snapshot(PRODUCTS)
    async with opened(stubs, size=size, profile=WRITABLE) as dashboard:
        await dashboard.press(pane)
        for key in ("down", "down", "down", "down"):
            strips = dashboard.app.screen._compositor.render_strips()
            assert [cell_len(strip.text) for strip in strips] == [size[0]] * size[1]
            await dashboard.press(key)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
async def test_the_numbers_stand_below_each_other(size: tuple[int, int]) -> None:
    stubs = shop()
    stubs.gifts.answer = live_snapshot(GIFTS)
    async with opened(stubs, size=size) as dashboard:
        await dashboard.press("2", "z")
        lines = dashboard.text.splitlines()
        ends = {
            cell_len(line.partition(f" {100 + n}")[0])
            for n in range(len(TITLES))
            for line in lines
            if f"SKU-{n:02d} " in line and f" {100 + n}" in line
        }
        assert len(ends) == 1
