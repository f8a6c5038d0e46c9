"""The document's own sample, spoilt in one way at a time: each way has exactly the finding it should."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from qtydash.adapters.carts import parse_order
from qtydash.domain.carts import selections

SAMPLE = json.loads(Path(__file__).with_name("sample_003_removal.json").read_bytes())
Spoil = Callable[[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]], object]
"""Gets the order, its order marker, its info, and the marker of its second line."""


def findings(spoil: Spoil) -> list[tuple[str, bool, str]]:
    document = deepcopy(SAMPLE)
    order = document["embedded"]["order"]
    item = order["shoppingCart"]["items"][1]["giftWithPurchaseCommerceItemMarkers"]
    spoil(order, order["giftWithPurchaseOrderMarkers"][0], order["giftWithPurchaseInfo"][0], item[0])
    cart = parse_order(json.dumps(document).encode()).data
    return [(check.rule, check.certain, check.message) for s in selections(cart) for check in s.findings]


def test_the_sample_itself_has_no_finding() -> None:
    assert findings(lambda order, marker, info, item: None) == []


VARIANTS: dict[str, tuple[Spoil, list[tuple[str, bool, str]]]] = {
    "one more open than was granted": (
        lambda order, marker, info, item: info.update(giftWithPurchaseQuantityAvailableForSelection=1),
        [
            (
                "available",
                True,
                "1 granted − 1 automatic − 0 targeted − 0 selected − 0 removed = 0, the cart says 1",
            )
        ],
    ),
    "one declined that was not granted": (
        lambda order, marker, info, item: marker.update(removedQuantity=1),
        [
            (
                "available",
                False,
                "1 granted − 1 automatic − 0 targeted − 0 selected − 1 removed = -1, the cart says 0",
            )
        ],
    ),
    "an automatic gift that failed": (
        lambda order, marker, info, item: marker.update(quantity=2, failedQuantity=1),
        [
            (
                "failed",
                True,
                "1 automatic gift could not be added to the cart: pricing met an error, such as a product that "
                "this site does not sell",
            )
        ],
    ),
    "automatic on the order, on no line": (
        lambda order, marker, info, item: order["shoppingCart"]["items"].pop(),
        [("sum_automatic", False, "the order counts 1 automatic, its cart lines carry 0")],
    ),
    "a line that was chosen, says the line": (
        lambda order, marker, info, item: item.update(automaticQuantity=0, selectedQuantity=1),
        [
            ("sum_automatic", False, "the order counts 1 automatic, its cart lines carry 0"),
            ("sum_selected", False, "the order counts 0 selected, its cart lines carry 1"),
        ],
    ),
    "a line that is free and at its price": (
        lambda order, marker, info, item: item.update(remainingQuantity=1),
        [
            (
                "remaining",
                False,
                "line ci101000414: 1 in the cart − 1 free = 0, the marker says 1 untouched",
            )
        ],
    ),
    "no word of what is open": (
        lambda order, marker, info, item: order.update(giftWithPurchaseInfo=[]),
        [
            (
                "orphan_order_marker",
                True,
                "granted on the order, but the cart does not say what is still open",
            )
        ],
    ),
    "no grant": (
        lambda order, marker, info, item: order.update(giftWithPurchaseOrderMarkers=[]),
        [
            ("orphan_info", True, "listed as open for choice, but the order grants nothing under this id"),
            ("orphan_item_marker", True, "line ci101000414 carries a gift that the order does not grant"),
        ],
    ),
    "a line of another promotion": (
        lambda order, marker, info, item: item.update(value="promo40002"),
        [
            ("sum_automatic", False, "the order counts 1 automatic, its cart lines carry 0"),
            ("orphan_item_marker", True, "line ci101000414 carries a gift that the order does not grant"),
        ],
    ),
    "the right promotion under another identifier": (
        lambda order, marker, info, item: info.update(giftWithPurchaseIdentifier=-2112496104),
        [
            (
                "orphan_order_marker",
                True,
                "granted on the order, but the cart does not say what is still open",
            ),
            ("orphan_info", True, "listed as open for choice, but the order grants nothing under this id"),
        ],
    ),
    "an identifier as long as the tables show": (
        lambda order, marker, info, item: (
            marker.update(data="-2.3234234355E10"),
            item.update(data=-23234234355),
            info.update(giftWithPurchaseIdentifier=-2.3234234355e10),
        ),
        [
            (
                "identifier",
                True,
                "identifier -23234234355 is outside 32 bits; a removal by it may be refused",
            )
        ],
    ),
    "a grant that is listed twice": (
        lambda order, marker, info, item: order["giftWithPurchaseOrderMarkers"].append(dict(marker)),
        [("repeated", True, "listed 2× as granted and 1× as open; the first entry counts here")],
    ),
    "fewer than none open": (
        lambda order, marker, info, item: (
            marker.update(quantity=0),
            info.update(giftWithPurchaseQuantityAvailableForSelection=-1),
        ),
        [("negative", True, "available is -1, below zero")],
    ),
    "fewer than none free on the line": (
        lambda order, marker, info, item: (
            marker.update(quantity=0, targetedQuantity=-1),
            item.update(targetedQuantity=-1, remainingQuantity=1),
        ),
        [
            ("negative", True, "targeted is -1, below zero"),
            ("negative", True, "targeted on line ci101000414 is -1, below zero"),
        ],
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_spoilt_sample_has_its_finding(variant: str) -> None:
    spoil, expected = VARIANTS[variant]
    assert findings(spoil) == expected
