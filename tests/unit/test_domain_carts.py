"""The three lists of a cart joined, and every rule by which they may disagree, with its numbers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qtydash.adapters.carts import parse_order
from qtydash.domain.cart_checks import Rule
from qtydash.domain.carts import Cart, CartLine, Check, GiftInfo, ItemMarker, OrderMarker, selections

DOCUMENT_SAMPLE = Path(__file__).parents[1] / "adapter" / "sample_003_removal.json"

ORDER = OrderMarker("promo1", 77, quantity=6, automatic=1, targeted=1, selected=1, removed=0, failed=0)
MARKER = ItemMarker("promo1", 77, automatic=1, targeted=1, selected=1, remaining=2)
INFO = GiftInfo("promo1", 77, available=3)
LINE = CartLine("ci-1", "mug", "mug_1", "Mug", 5, markers=(MARKER,))


def cart(
    orders: Sequence[OrderMarker] = (ORDER,),
    infos: Sequence[GiftInfo] = (INFO,),
    lines: Sequence[CartLine] = (LINE,),
) -> Cart:
    names = (("promo1", "Free mugs"),)
    return Cart("o1", lines=tuple(lines), order_markers=tuple(orders), infos=tuple(infos), promotion_names=names)


def line(marker: ItemMarker, **changes: object) -> CartLine:
    return replace(LINE, markers=(marker,), **changes)  # type: ignore[arg-type]


def found(rule: Rule, certain: bool, message: str) -> Check:
    return Check(rule, False, certain, message)


def findings(of: Cart) -> tuple[Check, ...]:
    (selection,) = selections(of)
    return selection.findings


def test_the_sample_of_the_document_is_one_selection_given_wholly_by_pricing() -> None:
    (selection,) = selections(parse_order(DOCUMENT_SAMPLE.read_bytes()).data)

    assert (selection.granted, selection.automatic, selection.available) == (1, 1, 0)
    assert (selection.targeted, selection.selected, selection.removed, selection.failed) == (0, 0, 0, 0)
    assert [(carried.name, carried.marker.free) for carried in selection.lines] == [("Amores Perros", 1)]
    assert selection.findings == ()


def test_the_three_lists_are_one_selection() -> None:
    order = replace(ORDER, gift_type="product", auto_remove=True)
    (selection,) = selections(cart([order], [replace(INFO, gift_type="sku", gift_detail="mug")]))

    assert (selection.promotion_id, selection.gift_id, selection.promotion_name) == ("promo1", 77, "Free mugs")
    assert (selection.granted, selection.automatic, selection.targeted, selection.selected) == (6, 1, 1, 1)
    assert (selection.removed, selection.failed, selection.available) == (0, 0, 3)
    assert (selection.gift_type, selection.gift_detail, selection.auto_remove) == ("product", "mug", True)
    assert [(c.line_id, c.name, c.quantity, c.marker) for c in selection.lines] == [("ci-1", "Mug", 5, MARKER)]
    assert selection.findings == ()


def test_an_empty_cart_has_no_selection() -> None:
    assert selections(Cart("")) == ()
    assert Cart("").is_empty
    assert not Cart("o1").is_empty


def test_lists_join_on_promotion_and_identifier_both() -> None:
    other = (replace(ORDER, promotion_id="promo2"), replace(INFO, promotion_id="promo2"))
    lines = (LINE, line(replace(MARKER, promotion_id="promo2"), id="ci-2"))
    both = cart([ORDER, other[0]], [other[1], INFO], lines)

    assert [(s.promotion_id, s.gift_id, s.findings) for s in selections(both)] == [
        ("promo1", 77, ()),
        ("promo2", 77, ()),
    ]


def test_what_no_list_tells_is_none() -> None:
    (only_info,) = selections(cart([], [INFO], []))
    (only_order,) = selections(cart([ORDER], [], [LINE]))

    assert (only_info.granted, only_info.failed, only_info.auto_remove, only_info.available) == (
        None,
        None,
        None,
        3,
    )
    assert (only_order.granted, only_order.available) == (6, None)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            cart(infos=[replace(INFO, available=4)]),
            found(
                "available",
                True,
                "6 granted − 1 automatic − 1 targeted − 1 selected − 0 removed = 3, the cart says 4",
            ),
            id="available",
        ),
        pytest.param(
            cart([replace(ORDER, removed=2)]),
            found(
                "available",
                False,
                "6 granted − 1 automatic − 1 targeted − 1 selected − 2 removed = 1, the cart says 3",
            ),
            id="available after a removal is an assumption",
        ),
        pytest.param(
            cart([replace(ORDER, quantity=7, automatic=2)]),
            found("sum_automatic", False, "the order counts 2 automatic, its cart lines carry 1"),
            id="sum of automatic",
        ),
        pytest.param(
            cart([replace(ORDER, quantity=7, targeted=2)]),
            found("sum_targeted", False, "the order counts 2 targeted, its cart lines carry 1"),
            id="sum of targeted",
        ),
        pytest.param(
            cart([replace(ORDER, quantity=7, selected=2)]),
            found("sum_selected", False, "the order counts 2 selected, its cart lines carry 1"),
            id="sum of selected",
        ),
        pytest.param(
            cart(lines=[line(replace(MARKER, remaining=4))]),
            found(
                "remaining",
                False,
                "line ci-1: 5 in the cart − 3 free = 2, the marker says 4 untouched",
            ),
            id="remaining",
        ),
        pytest.param(
            cart(infos=[]),
            found(
                "orphan_order_marker", True, "granted on the order, but the cart does not say what is still open"
            ),
            id="no info",
        ),
        pytest.param(
            cart(orders=[], lines=[]),
            found("orphan_info", True, "listed as open for choice, but the order grants nothing under this id"),
            id="only an info",
        ),
        pytest.param(
            cart(orders=[], infos=[], lines=[LINE, replace(LINE, id="ci-2")]),
            found("orphan_item_marker", True, "lines ci-1, ci-2 carry a gift that the order does not grant"),
            id="only item markers",
        ),
        pytest.param(
            cart([replace(ORDER, quantity=8, failed=2)]),
            found(
                "failed",
                True,
                "2 automatic gifts could not be added to the cart: pricing met an error, such as a product that "
                "this site does not sell",
            ),
            id="failed",
        ),
        pytest.param(
            cart([ORDER, replace(ORDER, quantity=9)]),
            found("repeated", True, "listed 2× as granted and 1× as open; the first entry counts here"),
            id="two order markers",
        ),
        pytest.param(
            cart(infos=[INFO, replace(INFO, available=0)]),
            found("repeated", True, "listed 1× as granted and 2× as open; the first entry counts here"),
            id="two infos",
        ),
        pytest.param(
            cart([replace(ORDER, quantity=2)], [replace(INFO, available=-1)]),
            found("negative", True, "available is -1, below zero"),
            id="negative available",
        ),
        pytest.param(
            cart([replace(ORDER, quantity=4, removed=-2)]),
            found("negative", True, "removed is -2, below zero"),
            id="negative removed",
        ),
        pytest.param(
            cart([replace(ORDER, quantity=4, failed=-2)]),
            found("negative", True, "failed is -2, below zero"),
            id="negative failed",
        ),
        pytest.param(
            cart(lines=[line(replace(MARKER, remaining=-1), quantity=2)]),
            found("negative", True, "remaining on line ci-1 is -1, below zero"),
            id="negative remaining",
        ),
    ],
)
def test_each_rule_with_its_numbers(of: Cart, expected: Check) -> None:
    assert findings(of) == (expected,)


@pytest.mark.parametrize("kind", ["automatic", "targeted", "selected"])
def test_a_negative_kind_is_told_where_it_stands(kind: str) -> None:
    order = replace(ORDER, quantity=4, **{kind: -1})  # type: ignore[arg-type]
    marker = replace(MARKER, remaining=4, **{kind: -1})  # type: ignore[arg-type]

    assert [f.message for f in findings(cart([order], lines=[line(marker)]))] == [
        f"{kind} is -1, below zero",
        f"{kind} on line ci-1 is -1, below zero",
    ]


def test_a_negative_grant_is_told() -> None:
    order = OrderMarker("promo1", 77, -1, 0, 0, 0, 0, 0)
    told = findings(cart([order], [replace(INFO, available=-1)], []))
    assert [f.message for f in told] == ["granted is -1, below zero", "available is -1, below zero"]


@pytest.mark.parametrize(
    ("gift_id", "rules"),
    [
        (-(2**31), []),
        (2**31 - 1, []),
        (2**31, ["identifier"]),
        (-(2**31) - 1, ["identifier"]),
        (-23234234355, ["identifier"]),
    ],
)
def test_an_identifier_outside_32_bits_is_warned_of(gift_id: int, rules: list[str]) -> None:
    renamed = cart(
        [replace(ORDER, gift_id=gift_id)],
        [replace(INFO, gift_id=gift_id)],
        [line(replace(MARKER, gift_id=gift_id))],
    )
    assert [f.rule for f in findings(renamed)] == rules


def test_kinds_are_summed_over_all_lines_that_carry_the_selection() -> None:
    order = replace(ORDER, quantity=9, automatic=2, targeted=2, selected=2)
    assert findings(cart([order], lines=[LINE, replace(LINE, id="ci-2")])) == ()


def test_the_rest_of_a_line_with_several_markers_is_nobodys_to_judge() -> None:
    """The remainder of one marker then depends on the other promotion."""
    other = replace(MARKER, promotion_id="promo2", remaining=9)
    shared = replace(LINE, markers=(replace(MARKER, remaining=0), other))
    orders = (ORDER, replace(ORDER, promotion_id="promo2"))
    infos = (INFO, replace(INFO, promotion_id="promo2"))

    assert [s.findings for s in selections(cart(orders, infos, [shared]))] == [(), ()]


def test_only_an_assumed_rule_is_uncertain() -> None:
    wrong = cart(
        [replace(ORDER, automatic=2, failed=1)], [replace(INFO, available=9)], [replace(LINE, quantity=9)]
    )
    assert {f.rule: f.certain for f in findings(wrong)} == {
        "available": False,
        "sum_automatic": False,
        "remaining": False,
        "failed": True,
    }


def test_the_free_pieces_of_a_line() -> None:
    assert (MARKER.free, LINE.free, replace(LINE, markers=()).free) == (3, 3, 0)
    assert replace(LINE, markers=(MARKER, MARKER)).free == 6


def test_every_rule_that_holds_is_told_with_its_numbers() -> None:
    (selection,) = selections(cart())

    assert selection.findings == ()
    assert [(check.rule, check.certain, check.message) for check in selection.checks if check.holds] == [
        (
            "available",
            True,
            "6 granted − 1 automatic − 1 targeted − 1 selected − 0 removed = 3, as the cart says",
        ),
        ("listed", True, "listed once as granted on the order, and once as open"),
        ("sum_automatic", False, "the order counts 1 automatic, its cart lines carry as many"),
        ("sum_targeted", False, "the order counts 1 targeted, its cart lines carry as many"),
        ("sum_selected", False, "the order counts 1 selected, its cart lines carry as many"),
        ("remaining", False, "line ci-1: 5 in the cart − 3 free = 2, as the marker says"),
        ("negative", True, "none of 11 numbers is below zero"),
        ("failed", True, "no automatic gift failed to be added"),
        ("identifier", True, "identifier 77 fits into 32 bits"),
    ]


def test_the_arithmetic_reads_as_in_the_sentence_for_support() -> None:
    order = OrderMarker("promo1", 77, 4, 0, 0, 1, 1, 0)
    marker = ItemMarker("promo1", 77, 0, 0, 1, 0)
    of = cart([order], [replace(INFO, available=3)], [line(marker, quantity=1)])
    assert [check.message for check in findings(of)] == [
        "4 granted − 0 automatic − 0 targeted − 1 selected − 1 removed = 2, the cart says 3"
    ]


def test_failed_pieces_stand_in_the_sum_only_where_there_are_some() -> None:
    told = findings(cart([replace(ORDER, failed=1)]))
    assert told[0].message == (
        "6 granted − 1 automatic − 1 targeted − 1 selected − 0 removed − 1 failed = 2, the cart says 3"
    )


def test_a_negative_number_is_bracketed_where_it_is_subtracted() -> None:
    told = findings(cart([replace(ORDER, removed=-2)]))
    assert told[0].message.startswith("6 granted − 1 automatic − 1 targeted − 1 selected − (-2) removed = 5,")


def test_what_one_entry_does_not_tell_is_not_checked() -> None:
    (only_info,) = selections(cart([], [INFO], []))
    assert [check.rule for check in only_info.checks] == ["orphan_info", "negative", "identifier"]


def test_names_to_call_things_by() -> None:
    (selection,) = selections(cart())
    assert (selection.title, selection.key) == ("Free mugs", ("promo1", 77))
    (unnamed,) = selections(replace(cart(), promotion_names=()))
    assert unnamed.title == "promo1"
    assert [replace(LINE, name=n, product_id=p).title for n, p in (("Mug", "m"), ("", "m"), ("", ""))] == [
        "Mug",
        "m",
        "ci-1",
    ]
