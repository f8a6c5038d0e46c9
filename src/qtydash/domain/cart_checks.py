"""The rules by which the three lists of a cart must agree, each told with its numbers and its verdict.

A rule is certain where document 003 or its sample says so, and assumed where it only follows from what the words
of the document mean. An assumed rule that fails may be the rule's fault: it is told, never acted on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qtydash.domain.cart_markers import GiftInfo, OrderMarker, SelectionKey, SelectionLine
from qtydash.domain.snapshot import plural

Rule = Literal[
    "listed",
    "repeated",
    "orphan_order_marker",
    "orphan_info",
    "orphan_item_marker",
    "available",
    "sum_automatic",
    "sum_targeted",
    "sum_selected",
    "remaining",
    "negative",
    "failed",
    "identifier",
]
"""``listed`` only ever holds; where it does not, ``repeated`` or an orphan says why."""

INT32 = range(-(2**31), 2**31)
"""What a removal's ``giftWithPurchaseIdentifier`` is in the sample; the tables show longer ones."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule applied to one selection. ``certain`` is False where the rule itself is an assumption."""

    rule: Rule
    holds: bool
    certain: bool
    message: str


def checks(
    key: SelectionKey,
    orders: Sequence[OrderMarker],
    infos: Sequence[GiftInfo],
    lines: Sequence[SelectionLine],
) -> tuple[Check, ...]:
    """Every rule that the entries of one selection allow to check. Of a repeated entry the first counts."""
    return tuple(_checks(key, orders, infos, lines))


def _checks(
    key: SelectionKey,
    orders: Sequence[OrderMarker],
    infos: Sequence[GiftInfo],
    lines: Sequence[SelectionLine],
) -> Iterator[Check]:
    if orders and infos:
        yield _available(orders[0], infos[0])
    yield from _listed(orders, infos, lines)
    if orders:
        yield from _sums(orders[0], lines)
    yield from map(_remaining, (line for line in lines if line.sole))
    yield from _negatives(orders, infos, lines)
    if orders:
        yield _failed(orders[0])
    yield _identifier(key[1])


def _listed(
    orders: Sequence[OrderMarker], infos: Sequence[GiftInfo], lines: Sequence[SelectionLine]
) -> Iterator[Check]:
    if len(orders) == len(infos) == 1:
        yield Check("listed", True, True, "listed once as granted on the order, and once as open")
    if len(orders) > 1 or len(infos) > 1:
        words = f"listed {len(orders)}× as granted and {len(infos)}× as open; the first entry counts here"
        yield Check("repeated", False, True, words)
    if orders and not infos:
        words = "granted on the order, but the cart does not say what is still open"
        yield Check("orphan_order_marker", False, True, words)
    if infos and not orders:
        words = "listed as open for choice, but the order grants nothing under this id"
        yield Check("orphan_info", False, True, words)
    if lines and not orders:
        held = ", ".join(line.line_id for line in lines)
        carry = "line {} carries" if len(lines) == 1 else "lines {} carry"
        words = f"{carry.format(held)} a gift that the order does not grant"
        yield Check("orphan_item_marker", False, True, words)


def _available(order: OrderMarker, info: GiftInfo) -> Check:
    """That declined and failed pieces are not open any more is an assumption; the rest is the document's."""
    terms = [
        ("automatic", order.automatic),
        ("targeted", order.targeted),
        ("selected", order.selected),
        ("removed", order.removed),
    ]
    if order.failed:
        terms.append(("failed", order.failed))
    expected = order.quantity - sum(count for _, count in terms)
    sum_ = " − ".join([f"{order.quantity} granted", *(f"{_signed(count)} {name}" for name, count in terms)])
    holds = info.available == expected
    verdict = "as the cart says" if holds else f"the cart says {info.available}"
    certain = not (order.removed or order.failed)
    return Check("available", holds, certain, f"{sum_} = {expected}, {verdict}")


def _signed(count: int) -> str:
    return f"({count})" if count < 0 else str(count)


def _sums(order: OrderMarker, lines: Sequence[SelectionLine]) -> Iterator[Check]:
    markers = [line.marker for line in lines]
    sums: tuple[tuple[Rule, str, int, int], ...] = (
        ("sum_automatic", "automatic", order.automatic, sum(m.automatic for m in markers)),
        ("sum_targeted", "targeted", order.targeted, sum(m.targeted for m in markers)),
        ("sum_selected", "selected", order.selected, sum(m.selected for m in markers)),
    )
    for rule, kind, granted, carried in sums:
        holds = granted == carried
        told = f"its cart lines carry {'as many' if holds else carried}"
        yield Check(rule, holds, False, f"the order counts {granted} {kind}, {told}")


def _remaining(line: SelectionLine) -> Check:
    marker = line.marker
    expected = line.quantity - marker.free
    holds = marker.remaining == expected
    told = "as the marker says" if holds else f"the marker says {marker.remaining} untouched"
    sum_ = f"line {line.line_id}: {line.quantity} in the cart − {_signed(marker.free)} free = {expected}"
    return Check("remaining", holds, False, f"{sum_}, {told}")


def _negatives(
    orders: Sequence[OrderMarker], infos: Sequence[GiftInfo], lines: Sequence[SelectionLine]
) -> Iterator[Check]:
    numbers: list[tuple[str, int]] = []
    for order in orders[:1]:
        numbers += [
            ("granted", order.quantity),
            ("automatic", order.automatic),
            ("targeted", order.targeted),
            ("selected", order.selected),
            ("removed", order.removed),
            ("failed", order.failed),
        ]
    numbers += [("available", info.available) for info in infos[:1]]
    for line in lines:
        marker = line.marker
        numbers += [
            (f"automatic on line {line.line_id}", marker.automatic),
            (f"targeted on line {line.line_id}", marker.targeted),
            (f"selected on line {line.line_id}", marker.selected),
            (f"remaining on line {line.line_id}", marker.remaining),
        ]
    below = [(name, number) for name, number in numbers if number < 0]
    for name, number in below:
        yield Check("negative", False, True, f"{name} is {number}, below zero")
    if not below:
        yield Check("negative", True, True, f"none of {plural(len(numbers), 'number')} is below zero")


def _failed(order: OrderMarker) -> Check:
    if order.failed > 0:
        words = (
            f"{plural(order.failed, 'automatic gift')} could not be added to the cart: pricing met an error, "
            "such as a product that this site does not sell"
        )
        return Check("failed", False, True, words)
    return Check("failed", True, True, "no automatic gift failed to be added")


def _identifier(gift_id: int) -> Check:
    if gift_id in INT32:
        return Check("identifier", True, True, f"identifier {gift_id} fits into 32 bits")
    words = f"identifier {gift_id} is outside 32 bits; a removal by it may be refused"
    return Check("identifier", False, True, words)
