"""A cart whose lists agree has no finding; one thing changed in it has exactly the findings of that thing."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker, selections

FEW = st.integers(min_value=0, max_value=4)
SOME = st.integers(min_value=1, max_value=4)
KEYS = st.lists(
    st.tuples(st.sampled_from(["promo1", "promo2"]), st.integers(-(2**31), 2**31 - 1)),
    unique=True,
    min_size=1,
    max_size=3,
)
ODD_ID = 23_234_234_355


@dataclass
class Case:
    """A cart in pieces. The first selection is the one that is spoilt; its first line carries it alone."""

    order: OrderMarker
    info: GiftInfo
    line: CartLine
    orders: list[OrderMarker]
    infos: list[GiftInfo]
    lines: list[CartLine]

    @property
    def marker(self) -> ItemMarker:
        return self.line.markers[0]

    def cart(self) -> Cart:
        return Cart(
            "o1",
            lines=(self.line, *self.lines),
            order_markers=(self.order, *self.orders),
            infos=(self.info, *self.infos),
        )

    def rules(self) -> list[str]:
        return sorted(f.rule for selection in selections(self.cart()) for f in selection.findings)

    def kinds(self) -> list[str]:
        """The sums that break when the first line no longer counts."""
        marker = self.marker
        told = ("automatic", marker.automatic), ("targeted", marker.targeted), ("selected", marker.selected)
        return [f"sum_{kind}" for kind, count in told if count]


@st.composite
def consistent(draw: st.DrawFn) -> Case:
    orders, infos = [], []
    lines: list[CartLine] = []
    for promotion, gift in draw(KEYS):
        carried = []
        for _ in range(draw(st.integers(min_value=1, max_value=3))):
            marker = ItemMarker(promotion, gift, draw(SOME), draw(FEW), draw(FEW), draw(SOME))
            carried.append(marker)
            quantity = marker.free + marker.remaining
            lines.append(CartLine(f"ci-{len(lines)}", "p", "s", "Mug", quantity, markers=(marker,)))
        automatic, targeted = sum(m.automatic for m in carried), sum(m.targeted for m in carried)
        selected = sum(m.selected for m in carried)
        removed, available = draw(FEW), draw(FEW)
        granted = automatic + targeted + selected + removed + available
        orders.append(OrderMarker(promotion, gift, granted, automatic, targeted, selected, removed, 0))
        infos.append(GiftInfo(promotion, gift, available))
    others = draw(st.permutations([*lines[1:], CartLine("ci-plain", "q", "t", "Bag", draw(SOME))]))
    return Case(orders[0], infos[0], lines[0], orders[1:], draw(st.permutations(infos[1:])), list(others))


@given(case=consistent())
def test_a_consistent_cart_has_no_finding(case: Case) -> None:
    assert case.rules() == []
    assert len(selections(case.cart())) == len(case.orders) + 1


def granted(case: Case, **more: int) -> None:
    """Add to numbers of the order marker, and grant as many more, so that what is open still comes out."""
    counts = {name: getattr(case.order, name) + n for name, n in more.items()}
    case.order = replace(case.order, quantity=case.order.quantity + sum(more.values()), **counts)


def carried(case: Case, quantity: int = 0, **more: int) -> None:
    """Add to numbers of the first line and of its marker."""
    counts = {name: getattr(case.marker, name) + n for name, n in more.items()}
    marker = replace(case.marker, **counts)
    case.line = replace(case.line, quantity=case.line.quantity + quantity, markers=(marker,))


def one_more_granted(case: Case) -> list[str]:
    case.order = replace(case.order, quantity=case.order.quantity + 1)
    return ["available"]


def one_more_open(case: Case) -> list[str]:
    case.info = replace(case.info, available=case.info.available + 1)
    return ["available"]


def one_more_declined(case: Case) -> list[str]:
    case.order = replace(case.order, removed=case.order.removed + 1)
    return ["available"]


def one_more_automatic_on_the_order(case: Case) -> list[str]:
    granted(case, automatic=1)
    return ["sum_automatic"]


def one_more_targeted_on_the_order(case: Case) -> list[str]:
    granted(case, targeted=1)
    return ["sum_targeted"]


def one_more_selected_on_the_order(case: Case) -> list[str]:
    granted(case, selected=1)
    return ["sum_selected"]


def one_more_automatic_on_a_line(case: Case) -> list[str]:
    carried(case, quantity=1, automatic=1)
    return ["sum_automatic"]


def one_more_selected_on_a_line(case: Case) -> list[str]:
    carried(case, quantity=1, selected=1)
    return ["sum_selected"]


def a_kind_taken_for_another(case: Case) -> list[str]:
    carried(case, automatic=-1, targeted=1)
    return ["sum_automatic", "sum_targeted"]


def one_more_untouched(case: Case) -> list[str]:
    carried(case, remaining=1)
    return ["remaining"]


def one_more_in_the_cart(case: Case) -> list[str]:
    carried(case, quantity=1)
    return ["remaining"]


def the_line_is_gone(case: Case) -> list[str]:
    expected = case.kinds()
    case.line = replace(case.line, markers=())
    return expected


def a_gift_failed(case: Case) -> list[str]:
    granted(case, failed=1)
    return ["failed"]


def a_gift_failed_unnoticed(case: Case) -> list[str]:
    case.order = replace(case.order, failed=1)
    return ["available", "failed"]


def the_order_marker_is_gone(case: Case) -> list[str]:
    case.order = replace(
        case.order, promotion_id="other", quantity=0, automatic=0, targeted=0, selected=0, removed=0
    )
    case.infos.append(GiftInfo("other", case.order.gift_id, 0))
    return ["orphan_info", "orphan_item_marker"]


def the_info_is_gone(case: Case) -> list[str]:
    case.orders.append(OrderMarker("other", 1, 0, 0, 0, 0, 0, 0))
    case.info = GiftInfo("other", 1, 0)
    return ["orphan_order_marker"]


def the_item_marker_names_another_promotion(case: Case) -> list[str]:
    expected = case.kinds()
    case.line = replace(case.line, markers=(replace(case.marker, promotion_id="other"),))
    return [*expected, "orphan_item_marker"]


def the_info_names_another_promotion(case: Case) -> list[str]:
    case.info = replace(case.info, promotion_id="other")
    return ["orphan_info", "orphan_order_marker"]


def the_order_marker_is_listed_twice(case: Case) -> list[str]:
    case.orders.append(case.order)
    return ["repeated"]


def the_info_is_listed_twice(case: Case) -> list[str]:
    case.infos.append(case.info)
    return ["repeated"]


def fewer_than_none_are_open(case: Case) -> list[str]:
    case.order = replace(case.order, quantity=case.order.quantity - case.info.available - 1)
    case.info = replace(case.info, available=-1)
    return ["negative"]


def fewer_than_none_were_declined(case: Case) -> list[str]:
    case.info = replace(case.info, available=case.info.available + 1)  # so that the grant stays above zero
    case.order = replace(case.order, quantity=case.order.quantity - case.order.removed, removed=-1)
    return ["negative"]


def fewer_than_none_are_untouched(case: Case) -> list[str]:
    carried(case, quantity=-case.marker.remaining - 1, remaining=-case.marker.remaining - 1)
    return ["negative"]


def the_identifier_is_too_long(case: Case) -> list[str]:
    case.order = replace(case.order, gift_id=ODD_ID)
    case.info = replace(case.info, gift_id=ODD_ID)
    key = case.marker.key
    case.line, *case.lines = [
        replace(line, markers=tuple(replace(m, gift_id=ODD_ID) if m.key == key else m for m in line.markers))
        for line in (case.line, *case.lines)
    ]
    return ["identifier"]


CORRUPTIONS = [
    one_more_granted,
    one_more_open,
    one_more_declined,
    one_more_automatic_on_the_order,
    one_more_targeted_on_the_order,
    one_more_selected_on_the_order,
    one_more_automatic_on_a_line,
    one_more_selected_on_a_line,
    a_kind_taken_for_another,
    one_more_untouched,
    one_more_in_the_cart,
    the_line_is_gone,
    a_gift_failed,
    a_gift_failed_unnoticed,
    the_order_marker_is_gone,
    the_info_is_gone,
    the_item_marker_names_another_promotion,
    the_info_names_another_promotion,
    the_order_marker_is_listed_twice,
    the_info_is_listed_twice,
    fewer_than_none_are_open,
    fewer_than_none_were_declined,
    fewer_than_none_are_untouched,
    the_identifier_is_too_long,
]


@pytest.mark.parametrize("spoil", CORRUPTIONS, ids=lambda spoil: spoil.__name__)
@given(case=consistent())
def test_one_corruption_has_exactly_its_findings(spoil: Callable[[Case], list[str]], case: Case) -> None:
    expected = spoil(case)

    assert case.rules() == sorted(expected)
    assert all(f.message for s in selections(case.cart()) for f in s.findings)


@given(case=consistent())
def test_every_entry_of_the_three_lists_is_in_exactly_one_selection(case: Case) -> None:
    cart = case.cart()
    found = selections(cart)

    assert sorted((s.promotion_id, s.gift_id) for s in found) == sorted(m.key for m in cart.order_markers)
    assert sum(s.available or 0 for s in found) == sum(info.available for info in cart.infos)
    assert sum(line.marker.free for s in found for line in s.lines) == sum(line.free for line in cart.lines)
