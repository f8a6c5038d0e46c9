"""Held stock on the screen: products, groups, filters, the threshold, and marks that stay safe."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.screen.shop import (
    HOLDS,
    NOW,
    OUTAGE,
    PROFILE,
    Dashboard,
    Shop,
    StubReads,
    live_snapshot,
    opened,
    screen_svg,
    shop,
)
from textual.widgets._toast import Toast

from qtydash.config.models import NamedProduct
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import OnProgress, Snapshot
from qtydash.domain.vendors import ORDER_QTY
from qtydash.tui.glyphs import ASCII
from qtydash.tui.panes.order_qty import OrderQtyPane
from qtydash.tui.screens.review import ReviewScreen
from qtydash.tui.widgets.bar import Part

Records = tuple[OrderQty, ...]
SMALL, USUAL, LARGE = (60, 20), (80, 24), (160, 48)
each_size = pytest.mark.parametrize("size", [SMALL, USUAL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
PRODUCTS = (NamedProduct("prod-1", "Gummies"), NamedProduct("prod-2", "Cold brew"), NamedProduct("prod-3"))
SHOP = replace(PROFILE, order_qty=replace(PROFILE.order_qty, products=PRODUCTS))  # type: ignore[type-var]


@dataclass
class StubProducts(StubReads[Records]):
    """Each product answers with its own rows; those in ``down`` do not answer at all."""

    of: Mapping[str, Records] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)

    async def live(self, query: object, on_progress: OnProgress | None = None) -> Snapshot[Records]:
        if query in self.down:
            raise OUTAGE
        self.answer = live_snapshot(self.of.get(str(query), ()))
        return await super().live(query, on_progress)


def stocked(**rows: Records) -> tuple[Shop, StubProducts]:
    """A shop whose second product holds two rows of the first one's carts."""
    stubs = shop()
    cold = tuple(
        replace(row, id=f"cold-{n}", product_id="prod-2", quantity=Decimal("0.25"))
        for n, row in enumerate(HOLDS[1:3])
    )
    of = {"prod-1": HOLDS, "prod-2": cold, **{code.replace("_", "-"): found for code, found in rows.items()}}
    stubs.order_qty = StubProducts(ORDER_QTY, of=of)
    return stubs, stubs.order_qty


def pane_of(dashboard: Dashboard) -> OrderQtyPane:
    return dashboard.app.query_one(OrderQtyPane)


def marked(dashboard: Dashboard) -> list[str]:
    return [record.id for record in pane_of(dashboard).marked]


def notified(dashboard: Dashboard) -> str:
    """What the notifications on the screen say."""
    return " ".join(str(toast.render()) for toast in dashboard.app.screen.query(Toast))


async def at_pane(dashboard: Dashboard, *keys: str) -> None:
    """The pane on the whole screen, and these keys pressed in it."""
    await dashboard.press("4")
    if dashboard.app.overview:
        await dashboard.press("z")
    for key in keys:
        await dashboard.press(key)


@each_size
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("list", ()),
        ("groups", ("P", "up", "enter", "G", "down", "down", "enter")),
        ("marked", ("P", "up", "enter", "A", "down", "space", "down")),
        ("filtered", (*"/", *"stale", "space", *"older:2h", "enter")),
    ],
)
async def test_screen(
    name: str, keys: tuple[str, ...], size: tuple[int, int], text_screen: SnapshotAssertion
) -> None:
    async with opened(stocked()[0], size=size, profile=SHOP) as dashboard:
        await at_pane(dashboard, *keys)
        assert dashboard.text == text_screen


async def test_screen_in_plain_signs(text_screen: SnapshotAssertion) -> None:
    async with opened(stocked()[0], profile=SHOP, glyphs=ASCII) as dashboard:
        await at_pane(dashboard, "G", "enter", "space")
        assert dashboard.text == text_screen


async def test_picture_of_marks(svg_screen: SnapshotAssertion) -> None:
    async with opened(stocked()[0], size=(120, 40), profile=SHOP) as dashboard:
        await at_pane(dashboard, "G", "A")
        assert screen_svg(dashboard.app) == svg_screen


@pytest.mark.parametrize("key", ["d", "D"])
async def test_what_was_told_before_does_not_stand_over_what_is_asked(key: str) -> None:
    async with opened(stocked()[0], profile=replace(SHOP, write=True)) as dashboard:
        await at_pane(dashboard, "u")
        assert "Nothing is staged." in dashboard.text
        await dashboard.press(key)
        assert isinstance(dashboard.app.screen, ReviewScreen)
        assert "Nothing is staged." not in dashboard.text


async def test_one_product_several_or_all() -> None:
    stubs, held = stocked()
    async with opened(stubs, profile=SHOP) as dashboard:
        await at_pane(dashboard)
        assert "Gummies, stale after 45m" in dashboard.text
        await dashboard.press("P", "space", "down", "space", "enter")
        assert held.asked == ["prod-1", "prod-1", "prod-2"]
        assert "2 of 3 products, stale after 45m  61 rows" in dashboard.text
        assert "Product" in dashboard.text
        await dashboard.press("P", *"all", "enter")
        assert held.asked[3:] == ["prod-1", "prod-2", "prod-3"]
        assert "all 3 products" in dashboard.text
        await dashboard.press("P", *"cold", "enter")
        assert "Cold brew, stale after 45m  2 rows" in dashboard.text
        assert "Product" not in dashboard.text


async def test_the_picker_starts_on_what_is_shown_and_leaves_it_alone_on_escape() -> None:
    stubs, held = stocked()
    async with opened(stubs, profile=SHOP) as dashboard:
        await at_pane(dashboard, "P", "down", "enter", "P", "enter")
        assert held.asked == ["prod-1", "prod-2", "prod-2"]
        await dashboard.press("P", "space", "escape")
        assert len(held.asked) == 3


async def test_rows_that_come_at_once_get_the_focus_back() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard)
        pane = pane_of(dashboard)
        pane.show_message([[Part("Reading...")]])
        dashboard.app.screen.set_focus(pane)
        pane.grid.has_focus = False  # the rows know that they lost it, the pane not yet that it has it
        pane.show_message(())
        await dashboard.settle()
        assert dashboard.app.focused is pane.grid


async def test_a_product_that_fails_hides_no_other() -> None:
    stubs, held = stocked()
    async with opened(stubs, profile=SHOP) as dashboard:
        await at_pane(dashboard)
        held.down.add("prod-2")
        await dashboard.press("P", "up", "enter")
        assert "59 rows" in dashboard.text
        assert "Cold brew: The connection was refused." in dashboard.text
        assert "incomplete" in dashboard.text
        held.down |= {"prod-1", "prod-3"}
        await dashboard.press("r")
        assert "OFFLINE" in dashboard.text
        assert "59 rows" in dashboard.text


async def test_the_read_of_several_tells_how_far_it_is() -> None:
    stubs, _ = stocked()
    async with opened(stubs, profile=SHOP) as dashboard:
        await at_pane(dashboard, "P", "up", "enter")
        pane, told = pane_of(dashboard), list[str]()
        show = pane.show_status

        def watched() -> None:
            show()
            told.append(pane.freshness.words)

        pane.show_status = watched  # type: ignore[method-assign]
        await dashboard.press("r")
        assert any("reading product 1/3, " in words for words in told)


async def test_space_marks_a_row_and_takes_the_mark_back() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "down", "space")
        assert marked(dashboard) == ["coq-002"]
        assert dashboard.line_with("cart-001").startswith("*")
        assert " 1 marked: 2.5 would be freed" in dashboard.text
        await dashboard.press("space")
        assert marked(dashboard) == []
        assert "would be freed" not in dashboard.text


async def test_a_submitted_or_deleted_row_is_refused_with_the_reason() -> None:
    async with opened(stocked()[0], profile=SHOP, size=(120, 40)) as dashboard:
        await at_pane(dashboard, "down", "down", "down", "space")
        assert "its order was placed" in notified(dashboard)
        await dashboard.press("down", "down", "space")
        assert "it is deleted already" in notified(dashboard)
        assert marked(dashboard) == []


async def test_all_stale_takes_stale_rows_and_no_other() -> None:
    stubs, _ = stocked()
    async with opened(stubs, profile=SHOP) as dashboard:
        await at_pane(dashboard, "A")
        assert {r.id for r in pane_of(dashboard).marked} == {r.id for r in HOLDS if r.state(NOW).value == "stale"}
        assert "not stale" not in dashboard.text
        await dashboard.press("escape", "slash", *"cart-001", "enter", "A")
        assert marked(dashboard) == ["coq-002", "coq-003"]
        assert "44 stale rows not marked: the filter hides them." in notified(dashboard)


async def test_what_is_marked_already_is_not_told_as_left_out() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "A", "slash", *"cart-001", "enter", "A")
        assert "not marked" not in notified(dashboard)


async def test_marks_that_the_filter_hides_are_told() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "A")
        assert "not shown" not in dashboard.text
        await dashboard.press("slash", *"cart-001", "enter")
        assert "46 marked: 1674.625 would be freed, 44 not shown" in dashboard.text
        await dashboard.press("escape", "A")
        assert "2 marked: 2.625 would be freed " in dashboard.text


async def test_all_stale_is_as_of_the_key_and_so_are_the_totals() -> None:
    clock = [NOW]
    async with opened(stocked()[0], profile=SHOP, now=lambda: clock[0]) as dashboard:
        await at_pane(dashboard, "p")
        clock[0] = NOW + timedelta(minutes=1)
        await dashboard.press("A")
        freed = "1690.125"
        assert f"47 marked: {freed} would be freed" in dashboard.text
        assert f"{freed} of it by " in dashboard.text


async def test_all_stale_where_nothing_is() -> None:
    async with opened(stocked(prod_1=HOLDS[:1])[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "A")
        assert marked(dashboard) == []
        assert "Nothing was marked: no row shown is stale." in notified(dashboard)


async def test_a_heading_marks_its_cart_but_for_what_is_submitted() -> None:
    async with opened(stocked()[0], profile=SHOP, size=(120, 40)) as dashboard:
        await at_pane(dashboard, "G", "F", "down", "space")
        assert marked(dashboard) == ["coq-002", "coq-003"]
        await dashboard.press("down", "space")
        assert marked(dashboard) == ["coq-002", "coq-003", "coq-005"]
        assert "Not marked - 1 row: its order was placed" in notified(dashboard)
        assert "3 marked: 2.625 would be freed, 1 not stale" in dashboard.text
        assert dashboard.line_with("▸ cart-002").startswith("-")
        await dashboard.press("up", "space")
        assert marked(dashboard) == ["coq-005"]


async def test_marks_survive_a_refresh_but_not_what_makes_them_unsafe() -> None:
    stubs, held = stocked()
    async with opened(stubs, profile=SHOP, size=(120, 40)) as dashboard:
        await at_pane(dashboard, "down", "space", "down", "space")
        await dashboard.press("r")
        assert marked(dashboard) == ["coq-002", "coq-003"]
        sold = replace(HOLDS[1], submitted=True)
        held.of = {"prod-1": (HOLDS[0], sold, *HOLDS[2:])}
        await dashboard.press("r")
        assert marked(dashboard) == ["coq-003"]
        assert "1 mark dropped: 1 submitted since." in notified(dashboard)
        assert "1 marked: 0.125 would be freed" in dashboard.text
        held.of = {"prod-1": HOLDS[:2]}
        await dashboard.press("r")
        assert marked(dashboard) == []
        assert "1 mark dropped: 1 not listed any more." in notified(dashboard)


async def test_a_mark_follows_what_the_vendor_now_says_of_its_row() -> None:
    stubs, held = stocked()
    async with opened(stubs, profile=SHOP) as dashboard:
        await at_pane(dashboard, "down", "space")
        held.of = {"prod-1": (replace(HOLDS[1], quantity=Decimal(9)),)}
        await dashboard.press("r")
        assert [record.quantity for record in pane_of(dashboard).marked] == [Decimal(9)]
        assert "1 marked: 9 would be freed" in dashboard.text


async def test_nothing_is_marked_while_other_products_are_awaited() -> None:
    stubs, held = stocked()
    async with opened(stubs, profile=SHOP) as dashboard:
        await at_pane(dashboard, "down", "space")
        held.hold = True
        await dashboard.press("P", "down", "enter")
        assert "Reading from BLAZE..." in dashboard.text
        assert marked(dashboard) == []
        assert "would be freed" not in dashboard.text


async def test_escape_clears_marks_first_and_the_filter_after() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "slash", *"stale", "enter", "A")
        assert marked(dashboard)
        await dashboard.press("slash", "escape")  # in the filter line it is about the filter
        assert marked(dashboard)
        await dashboard.press("slash", *"stale", "enter", "escape")
        assert marked(dashboard) == []
        assert "of 59 rows" in dashboard.text
        await dashboard.press("escape")
        assert "of 59 rows" not in dashboard.text


async def test_groups_keep_the_cursor_on_its_row() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "down", "down", "G")
        assert "0.125 held by cart cart-001" in dashboard.text
        await dashboard.press("enter")
        assert " Cart cart-001" in dashboard.text
        assert dashboard.line_with("▸ cart-001")
        await dashboard.press("G")
        assert "2.5 held by cart cart-001" in dashboard.text


async def test_enter_folds_a_cart_and_unfolds_it() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "G", "up")
        assert "    coq-001" in dashboard.text
        await dashboard.press("enter")
        assert "    coq-001" not in dashboard.text
        await dashboard.press("enter")
        assert "    coq-001" in dashboard.text


async def test_all_carts_are_folded_and_unfolded() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "F")
        assert "press G to group the rows by cart" in notified(dashboard)
        await dashboard.press("G", "down", "down", "down", "F")
        assert "coq-00" not in dashboard.text
        assert " Cart cart-001" in dashboard.text
        await dashboard.press("F")
        assert "    coq-003" in dashboard.text


async def test_another_threshold_counts_at_once() -> None:
    async with opened(stocked()[0], profile=SHOP, size=(120, 40)) as dashboard:
        await at_pane(dashboard, "A")
        await dashboard.press("T", "ctrl+u", *"soon", "enter")
        assert "That is no length of time. Write 45m, 3h, 2d or 1h30m" in dashboard.text
        await dashboard.press("ctrl+u", *"1d", "enter")
        assert "Gummies, stale after 1d" in dashboard.text
        assert "0.125 of it by 1 stale cart (1 row)" in dashboard.text
        assert marked(dashboard) == ["coq-003"]
        assert "45 marks dropped: 45 not stale any more." in notified(dashboard)
        await dashboard.press("T", "ctrl+u", *"1s", "enter", "l")
        assert "54 of 59 rows" in dashboard.text
        await dashboard.press("T", "escape")
        assert "stale after 1s" in dashboard.text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("submitted", 1), ("inactive", 1), ("stale older:2h", 20), ("unknown future", 2), ("inventory-1 stale", 15)],
)
async def test_the_filter_line_reads_its_words(typed: str, shown: int) -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "slash")
        await dashboard.press(*[key if key != " " else "space" for key in typed], "enter")
        assert f"{shown} of 59 rows" in dashboard.text


async def test_a_word_that_cannot_be_read_is_told_above_the_rows() -> None:
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "slash", *"older:3")
        assert "'older:3' is no age. Write older:45m, older:3h or older:2d." in dashboard.text
        await dashboard.press("h")
        assert "is no age" not in dashboard.text


async def test_the_keys_screen_explains_marks_and_the_filter() -> None:
    async with opened(stocked()[0], profile=SHOP, size=(100, 60)) as dashboard:
        await at_pane(dashboard, "question_mark")
        assert "on a heading all rows of the cart; escape clears all" in dashboard.text
        await dashboard.press("end")
        for words in ("Words of the filter", "older:3h", "Marked; - on a heading: some of its rows are."):
            assert words in dashboard.text


async def test_export_has_folded_rows_and_no_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(stocked()[0], profile=SHOP) as dashboard:
        await at_pane(dashboard, "slash", *"cart-001", "enter", "G", "F", "space")
        await dashboard.press("c")
        assert dashboard.app.clipboard.startswith("▸ cart-001\t2.625")
        await dashboard.press("e", "ctrl+u", *"held.csv", "enter")
    with (tmp_path / "held.csv").open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["coq-002", "coq-003"]


async def test_time_makes_fresh_rows_stale_on_the_screen() -> None:
    clock = [NOW]
    async with opened(stocked()[0], profile=SHOP, now=lambda: clock[0]) as dashboard:
        await at_pane(dashboard, "p")
        before = dashboard.line_with(" held, ")
        clock[0] = NOW + timedelta(minutes=44)
        pane_of(dashboard).tick()
        await dashboard.settle()
        assert "stale since 1m" in dashboard.line_with("cart-000")
        assert dashboard.line_with(" held, ") != before
