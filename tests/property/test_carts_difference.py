"""What changed between two carts: nothing between equals, exactly what was changed, and the other way round."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.cart_difference import LINE_FIELDS, MARKER_FIELDS, CartChange, ValueChange, difference
from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker

COUNT = st.integers(min_value=0, max_value=4)
PROMOTIONS = st.sampled_from(["promo1", "promo2"])
GIFTS = st.integers(1, 3)
ITEM_MARKERS = st.builds(ItemMarker, PROMOTIONS, GIFTS, COUNT, COUNT, COUNT, COUNT)
LINES = st.builds(
    CartLine,
    st.sampled_from(["ci-1", "ci-2", ""]),
    st.just("product"),
    st.just("sku"),
    st.sampled_from(["Mug", "Bag"]),
    COUNT,
    st.none() | st.just(Decimal("2.50")),
    st.none() | st.just(Decimal(5)),
    st.lists(ITEM_MARKERS, max_size=3).map(tuple),
)
ORDER_MARKERS = st.builds(OrderMarker, PROMOTIONS, GIFTS, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT)
INFOS = st.builds(GiftInfo, PROMOTIONS, GIFTS, COUNT)
CARTS = st.builds(
    Cart,
    st.sampled_from(["o1", "o2"]),
    st.just("USD"),
    st.none() | st.just(Decimal(9)),
    st.just("siteUS"),
    st.lists(LINES, max_size=4).map(tuple),
    st.lists(ORDER_MARKERS, max_size=4).map(tuple),
    st.lists(INFOS, max_size=4).map(tuple),
)


@given(cart=CARTS)
def test_a_cart_does_not_differ_from_itself(cart: Cart) -> None:
    assert difference(cart, cart) == ()


@given(before=CARTS, after=CARTS)
def test_the_difference_the_other_way_round_is_the_same_one_turned(before: Cart, after: Cart) -> None:
    there, back = difference(before, after), difference(after, before)
    assert sorted(map(turned, there), key=repr) == sorted(map(untitled, back), key=repr)


def turned(change: CartChange) -> CartChange:
    presence = {"new": "gone", "gone": "new", "changed": "changed"}[change.presence]
    values = tuple(ValueChange(v.field, v.after, v.before) for v in change.values)
    return untitled(replace(change, presence=presence, values=values))  # type: ignore[arg-type]


def untitled(change: CartChange) -> CartChange:
    """A thing that was renamed is called by its new name, which is another one looking back."""
    return replace(change, title="")


@given(before=CARTS, after=CARTS)
def test_a_changed_thing_names_no_field_that_stayed(before: Cart, after: Cart) -> None:
    for change in difference(before, after):
        assert change.presence != "changed" or change.values
        assert all(value.before != value.after for value in change.values)
        assert len({value.field for value in change.values}) == len(change.values)


@given(cart=CARTS.filter(lambda cart: cart.lines), data=st.data(), field=st.sampled_from(LINE_FIELDS))
def test_one_field_of_one_line_is_one_change(cart: Cart, data: st.DataObject, field: str) -> None:
    index = data.draw(st.integers(0, len(cart.lines) - 1))
    line = cart.lines[index]
    new: Any = 99 if field in ("quantity", "unit_price", "amount") else "another"
    now = replace(cart, lines=(*cart.lines[:index], replace(line, **{field: new}), *cart.lines[index + 1 :]))

    (change,) = difference(cart, now)

    assert (change.part, change.presence, change.line_id) == ("line", "changed", line.id)
    assert change.values == (ValueChange(field, getattr(line, field), new),)


@given(
    cart=CARTS.filter(lambda cart: any(line.markers for line in cart.lines)),
    data=st.data(),
    field=st.sampled_from(MARKER_FIELDS),
)
def test_one_number_of_one_item_marker_is_one_change(cart: Cart, data: st.DataObject, field: str) -> None:
    index = data.draw(st.sampled_from([i for i, line in enumerate(cart.lines) if line.markers]))
    line = cart.lines[index]
    marker, *others = line.markers
    changed = replace(line, markers=(replace(marker, **{field: 99}), *others))  # type: ignore[arg-type]
    now = replace(cart, lines=(*cart.lines[:index], changed, *cart.lines[index + 1 :]))

    (change,) = difference(cart, now)

    assert (change.part, change.line_id, change.promotion_id, change.gift_id) == ("marker", line.id, *marker.key)
    assert change.values == (ValueChange(field, getattr(marker, field), 99),)


@given(cart=CARTS, available=COUNT)
def test_one_number_of_what_is_open_is_one_change(cart: Cart, available: int) -> None:
    before = replace(cart, infos=(GiftInfo("promo3", 7, 9),))
    (change,) = difference(before, replace(cart, infos=(GiftInfo("promo3", 7, available),)))

    assert (change.part, change.promotion_id, change.gift_id) == ("selection", "promo3", 7)
    assert change.values == (ValueChange("available", 9, available),)


@given(cart=CARTS)
def test_everything_of_a_cart_is_new_against_none_and_its_order_named(cart: Cart) -> None:
    changes = difference(Cart(""), cart)

    order, *rest = changes
    assert order.part == "order"
    assert order.value("order_id") == ValueChange("order_id", "", cart.order_id)
    assert {change.presence for change in rest} <= {"new"}
    assert sum(change.part == "line" for change in rest) == len(cart.lines)
    assert sum(change.part == "marker" for change in rest) == sum(len(line.markers) for line in cart.lines)
