"""Any list can be sorted by any of its columns and filtered by any words, whatever its records lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models.carts import CartView, lines_table, selections_table
from qtydash.tui.models.gifts import GiftList, GiftsView, gifts_table
from qtydash.tui.models.order_qty import HoldList, HoldsView, holds_table
from qtydash.tui.models.order_qty_filter import filter_of
from qtydash.tui.models.table import Order, Table, next_order
from qtydash.tui.widgets.fit import fit

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
STALE_AFTER = timedelta(minutes=45)
WORDS = st.lists(st.sampled_from(["a", "B", "low", "stale", "馬", ""]), max_size=2).map(tuple)
ORDERS = st.builds(Order, st.integers(-1, 12), st.booleans())
TEXT = st.text("aB馬\x1b -", max_size=4)
COUNT = st.integers(-9, 99)
TIMES = st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DECIMALS = st.none() | st.decimals(-(10**6), 10**6, allow_nan=False, places=3)

GIFTS = st.lists(
    st.builds(
        Gift,
        id=st.uuids().map(str),
        sku=TEXT,
        titles=st.lists(st.tuples(st.sampled_from(["en", "ko"]), TEXT), max_size=2).map(tuple),
        status=st.sampled_from(["active", "draft", ""]),
        quantity=COUNT,
        unlimited=st.booleans(),
        updated_at=TIMES,
    ),
    max_size=8,
).map(tuple)
HOLDS = st.lists(
    st.builds(
        OrderQty,
        *(st.uuids().map(str), TEXT, TEXT, TIMES, TIMES, st.booleans(), st.booleans(), TEXT, TEXT, TEXT, TEXT),
        *(DECIMALS, TIMES, st.booleans(), st.booleans()),
    ),
    max_size=8,
).map(tuple)
KEYS = {"promotion_id": st.sampled_from(["p1", "p2"]), "gift_id": st.integers(1, 2)}
ITEM_MARKERS = st.builds(ItemMarker, **KEYS, automatic=COUNT, targeted=COUNT, selected=COUNT, remaining=COUNT)
ORDER_MARKERS = st.builds(
    OrderMarker,
    **KEYS,
    quantity=COUNT,
    automatic=COUNT,
    targeted=COUNT,
    selected=COUNT,
    removed=COUNT,
    failed=COUNT,
    gift_detail=TEXT,
)
LINES = st.builds(
    CartLine,
    id=st.uuids().map(str),
    product_id=TEXT,
    sku_id=TEXT,
    name=TEXT,
    quantity=COUNT,
    unit_price=DECIMALS,
    amount=DECIMALS,
    markers=st.lists(ITEM_MARKERS, max_size=2).map(tuple),
)
CARTS = st.builds(
    Cart,
    order_id=TEXT,
    currency=st.sampled_from(["", "USD"]),
    total=DECIMALS,
    lines=st.lists(LINES, max_size=4).map(tuple),
    order_markers=st.lists(ORDER_MARKERS, max_size=3).map(tuple),
    infos=st.lists(st.builds(GiftInfo, **KEYS, available=COUNT), max_size=3).map(tuple),
)


@dataclass(frozen=True)
class Rules:
    low: int = 5
    languages: tuple[str, ...] = ("en",)


def drawn(model: Table[object]) -> None:
    """Every cell of the list can be drawn in its column, and every row be found again."""
    for row in range(model.row_count):
        assert model.find_row(model.row_key(row)) == row
        for at, column in enumerate(model.columns):
            text, _ = model.cell(row, at)
            assert fit(text, column.width, column.align)
    for at in range(len(model.columns)):
        assert len(model.header(0, at).text) <= model.columns[at].width


def arranged_from(model: Table[object], records: Sequence[object], whole: bool) -> None:
    """The rows shown are records of the list, each once; all of them when nothing is hidden."""
    assert all(model.records.count(record) <= records.count(record) for record in model.records)
    assert not whole or len(model.records) == len(records)


@given(gifts=GIFTS, low_only=st.booleans(), words=WORDS, order=ORDERS)
def test_gifts(gifts: tuple[Gift, ...], low_only: bool, words: tuple[str, ...], order: Order) -> None:
    model = gifts_table(
        GiftList(Snapshot(gifts, NOW, "live"), Rules()), GiftsView(low_only, words, order), UNICODE
    )

    arranged_from(model, gifts, not low_only and not words)  # type: ignore[arg-type]
    drawn(model)  # type: ignore[arg-type]


@given(gifts=GIFTS, views=st.lists(st.builds(GiftsView, st.booleans(), WORDS, ORDERS), min_size=2, max_size=5))
def test_what_is_kept_of_gifts_between_two_views_changes_nothing(
    gifts: tuple[Gift, ...], views: list[GiftsView]
) -> None:
    def rows(listed: GiftList, view: GiftsView) -> Sequence[Gift]:
        return gifts_table(listed, view, UNICODE).records

    kept, snapshot = GiftList(Snapshot(gifts, NOW, "live"), Rules()), Snapshot(gifts, NOW, "live")
    for view in views:
        assert rows(kept, view) == rows(GiftList(snapshot, Rules()), view)


@given(holds=HOLDS, asked=st.lists(st.tuples(WORDS, ORDERS, st.booleans()), min_size=2, max_size=5))
def test_what_is_kept_of_holds_between_two_views_changes_nothing(
    holds: tuple[OrderQty, ...], asked: list[tuple[tuple[str, ...], Order, bool]]
) -> None:
    def rows(listed: HoldList, view: HoldsView) -> Sequence[object]:
        table = holds_table(listed, view, clock=lambda: NOW, stale_after=STALE_AFTER, glyphs=UNICODE)
        return table.records

    kept, snapshot = HoldList(Snapshot(holds, NOW, "live"), {}), Snapshot(holds, NOW, "live")
    for words, order, grouped in asked:
        view = HoldsView(filter_of(words), order, grouped)
        assert rows(kept, view) == rows(HoldList(snapshot, {}), view)


@given(holds=HOLDS, stale_only=st.booleans(), words=WORDS, order=ORDERS, grouped=st.booleans())
def test_holds(
    holds: tuple[OrderQty, ...], stale_only: bool, words: tuple[str, ...], order: Order, grouped: bool
) -> None:
    view = HoldsView(filter_of(words, stale_only=stale_only), order, grouped)
    model = holds_table(
        HoldList(Snapshot(holds, NOW, "live"), {}),
        view,
        clock=lambda: NOW,
        stale_after=STALE_AFTER,
        glyphs=UNICODE,
        several=True,
    )

    drawn(model)  # type: ignore[arg-type]
    assert all(holds.count(record) == model.shown.count(record) for record in model.shown)
    assert stale_only or words or len(model.shown) == len(holds)
    assert grouped or model.records == model.shown


@given(cart=CARTS, words=WORDS, order=ORDERS)
def test_both_lists_of_a_cart(cart: Cart, words: tuple[str, ...], order: Order) -> None:
    view = CartView(words, order)
    lines, selections = lines_table(cart, view, UNICODE), selections_table(cart, view, UNICODE)

    arranged_from(lines, cart.lines, not words)  # type: ignore[arg-type]
    drawn(lines)  # type: ignore[arg-type]
    drawn(selections)  # type: ignore[arg-type]


@given(sortable=st.sets(st.integers(0, 9)).map(sorted))
def test_the_cycle_of_orders_visits_each_once_and_comes_back(sortable: list[int]) -> None:
    order, seen = Order(), []
    for _ in range(2 * len(sortable) + 1):
        seen.append(order)
        order = next_order(order, sortable)

    assert order == Order()
    assert seen == [Order(), *(Order(column, descending) for column in sortable for descending in (False, True))]
