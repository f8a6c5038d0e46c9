"""Whatever the rows are: sums add up, no row is lost in a group, and nothing unsafe is marked."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.order_qty import HOLDING, HoldState, OrderQty
from qtydash.domain.order_qty_filter import HoldFilter, all_stale
from qtydash.domain.order_qty_sums import CartHolds, Tally, by_cart, freed, tally, totals
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models.marks import Marks
from qtydash.tui.models.order_qty import Folding, HoldList, HoldsView, holds_table, records_of
from qtydash.tui.models.order_qty_filter import FilterWords
from qtydash.tui.models.order_qty_marks import markable, marks_after, marks_parts, refusal

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
IDS = st.integers(0, 30).map("row-{}".format)
CARTS = st.sampled_from(["", "cart-1", "cart-2", "cart-3"])
TIMES = st.none() | st.timedeltas(timedelta(days=-3), timedelta(days=3)).map(lambda ago: NOW - ago)
AMOUNTS = st.none() | st.decimals(-(2**53), 2**53, allow_nan=False, places=30)
THRESHOLDS = st.timedeltas(timedelta(seconds=1), timedelta(days=4))
FLAG = st.booleans()


ROWS = st.builds(
    OrderQty,
    id=IDS,
    company_id=st.just(""),
    shop_id=st.just(""),
    created=TIMES,
    modified=TIMES,
    deleted=FLAG,
    updated=FLAG,
    inventory_id=st.just(""),
    region_id=st.just(""),
    product_id=st.sampled_from(["p1", "p2"]),
    consumer_cart_id=CARTS,
    quantity=AMOUNTS,
    processed_time=TIMES,
    active=FLAG,
    submitted=FLAG,
)
LISTS = st.lists(ROWS, max_size=12, unique_by=lambda row: row.id).map(tuple)


def exact(records: tuple[OrderQty, ...]) -> Fraction:
    return sum((Fraction(record.quantity) for record in records if record.quantity is not None), Fraction(0))


@given(records=LISTS, stale_after=THRESHOLDS)
def test_totals_add_up(records: tuple[OrderQty, ...], stale_after: timedelta) -> None:
    told = totals(records, NOW, stale_after)
    everything = told.of(*HoldState)

    assert told.rows == everything.rows == len(records)
    assert Fraction(everything.quantity) == Fraction(tally(records).quantity) == exact(records)
    assert everything.unknown == sum(record.quantity is None for record in records)
    assert told.active.rows == sum(record.holds_stock for record in records)
    assert told.active == freed(records)
    assert told.active.rows >= told.stale.rows >= told.stale_carts >= (told.stale.rows > 0)
    for state in HoldState:
        of_state = tuple(record for record in records if record.state(NOW, stale_after) is state)
        assert (told.of(state).rows, Fraction(told.of(state).quantity)) == (len(of_state), exact(of_state))


@given(records=LISTS)
def test_carts_share_the_rows_out(records: tuple[OrderQty, ...]) -> None:
    carts = by_cart(records)

    assert sorted(record.id for cart in carts for record in cart.records) == sorted(r.id for r in records)
    assert all(record.consumer_cart_id == cart.cart_id for cart in carts for record in cart.records)
    assert len({cart.cart_id for cart in carts}) == len(carts)
    assert sum((cart.total for cart in carts), Tally()) == tally(records)


@given(record=ROWS, stale_after=THRESHOLDS)
def test_all_stale_never_takes_an_unsafe_row(record: OrderQty, stale_after: timedelta) -> None:
    times = [time for time in (record.created, record.modified) if time is not None]
    safe = (
        record.active
        and not record.submitted
        and not record.deleted
        and bool(times)
        and max(times) <= NOW
        and NOW - max(times) > stale_after
    )

    assert all_stale([record], NOW, stale_after) == ((record,) if safe else ())
    assert not safe or markable([record])


@given(record=ROWS, stale_after=THRESHOLDS)
def test_what_a_row_is_told_to_be_is_what_it_is(record: OrderQty, stale_after: timedelta) -> None:
    state, why = record.state(NOW, stale_after), record.why(NOW, stale_after)

    assert why.state.startswith(state.words)
    assert record.holds_stock == (state in HOLDING)
    assert bool(record.kept_because) == (record.submitted or record.deleted) == bool(refusal([record]))


@given(before=LISTS, after=LISTS, marked=st.sets(IDS), stale_after=THRESHOLDS)
def test_marks_stay_on_safe_rows_only(
    before: tuple[OrderQty, ...], after: tuple[OrderQty, ...], marked: set[str], stale_after: timedelta
) -> None:
    def stale(record: OrderQty) -> bool:
        return record.state(NOW, stale_after) is HoldState.STALE

    was, now = ({row.id: row for row in rows} for rows in (before, after))
    marks = Marks(frozenset(row.id for row in markable(before) if row.id in marked))
    kept, told = marks_after(marks, was, now, stale, stale)

    assert kept.keys <= marks.keys
    assert {row.id for row in kept.of(after, lambda row: row.id)} == kept.keys
    assert all(row.id not in kept or not row.kept_because for row in after)
    assert all(not stale(was[key]) or stale(now[key]) for key in kept)
    assert bool(told) == (kept != marks)
    assert not told or told.startswith(f"{len(marks) - len(kept)} mark")
    assert all(part.text for part in marks_parts(kept.of(after, lambda row: row.id), NOW, stale_after))


@given(
    records=LISTS,
    states=st.sets(st.sampled_from(HoldState)),
    older=st.none() | THRESHOLDS,
    stale_after=THRESHOLDS,
    folded=st.booleans(),
    but=st.sets(CARTS),
)
def test_groups_show_each_row_once_under_its_cart(
    records: tuple[OrderQty, ...],
    states: set[HoldState],
    older: timedelta | None,
    stale_after: timedelta,
    folded: bool,
    but: set[str],
) -> None:
    asked = HoldFilter(frozenset(states), older)
    folding = Folding(folded, frozenset(but))
    model = holds_table(
        HoldList(Snapshot(records, NOW, "live"), {}),
        HoldsView(FilterWords(asked), grouped=True, folding=folding),
        clock=lambda: NOW,
        stale_after=stale_after,
        glyphs=UNICODE,
    )
    taken = asked.chosen(records, NOW, stale_after)

    assert sorted(row.id for row in model.shown) == sorted(row.id for row in taken)
    headings = [line for line in model.records if isinstance(line, CartHolds)]
    assert sorted(row.id for line in headings for row in records_of(line)) == sorted(row.id for row in taken)
    listed = [line for line in model.records if isinstance(line, OrderQty)]
    assert sorted(row.id for row in listed) == sorted(
        row.id for row in taken if row.consumer_cart_id not in folding
    )
