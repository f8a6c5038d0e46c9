"""A cart and its gift-with-purchase selections (document 003, Oracle Commerce).

The vendor tells one story in three lists: order markers (what was granted and how it was used), item markers
(which cart line carries it) and infos (what is still open). ``selections`` joins them on promotion and
identifier, both, and says where the three disagree. Quantities are pieces, prices the cart's own currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

SelectionKey = tuple[str, int]
"""(promotion id, gift-with-purchase identifier). The identifier alone is not unique."""

INT32 = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class OrderMarker:
    """What one gift selection was granted in all, and the five ways it was used."""

    promotion_id: str
    gift_id: int
    quantity: int
    automatic: int
    targeted: int
    selected: int
    removed: int
    failed: int
    gift_type: str = ""
    gift_detail: str = ""
    auto_remove: bool | None = None

    @property
    def key(self) -> SelectionKey:
        return (self.promotion_id, self.gift_id)


@dataclass(frozen=True, slots=True)
class ItemMarker:
    """How much of one cart line is free, per kind; ``remaining`` is the part the promotion does not touch."""

    promotion_id: str
    gift_id: int
    automatic: int
    targeted: int
    selected: int
    remaining: int

    @property
    def key(self) -> SelectionKey:
        return (self.promotion_id, self.gift_id)

    @property
    def free(self) -> int:
        return self.automatic + self.targeted + self.selected


@dataclass(frozen=True, slots=True)
class GiftInfo:
    """What is still open for one selection: ``available`` pieces may be chosen, or removed."""

    promotion_id: str
    gift_id: int
    available: int
    gift_type: str = ""
    gift_detail: str = ""

    @property
    def key(self) -> SelectionKey:
        return (self.promotion_id, self.gift_id)


M = TypeVar("M", OrderMarker, GiftInfo)


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line of the shopping cart."""

    id: str
    product_id: str
    sku_id: str
    name: str
    quantity: int
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    markers: tuple[ItemMarker, ...] = ()

    @property
    def free(self) -> int:
        """Pieces of this line that a promotion makes free."""
        return sum(m.free for m in self.markers)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the cart that does not fit. ``certain`` is False where the rule itself is an assumption."""

    rule: str
    certain: bool
    message: str


@dataclass(frozen=True, slots=True)
class SelectionLine:
    """A cart line that carries a selection, with its marker."""

    line_id: str
    name: str
    quantity: int
    marker: ItemMarker
    sole: bool
    """Whether the line carries no other marker."""


@dataclass(frozen=True, slots=True)
class GiftSelection:
    """One promised gift: the three lists joined. A number is None where the list that tells it has no entry."""

    promotion_id: str
    gift_id: int
    promotion_name: str
    granted: int | None
    automatic: int | None
    targeted: int | None
    selected: int | None
    removed: int | None
    failed: int | None
    available: int | None
    gift_type: str
    gift_detail: str
    auto_remove: bool | None
    lines: tuple[SelectionLine, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Cart:
    """The current order as the shopper's session sees it. An empty cart has ``order_id`` "" and no lines.

    ``raw`` is the vendor's own JSON, kept in memory only: it holds addresses, so it is never cached.
    """

    order_id: str
    currency: str = ""
    total: Decimal | None = None
    site_id: str = ""
    lines: tuple[CartLine, ...] = ()
    order_markers: tuple[OrderMarker, ...] = ()
    infos: tuple[GiftInfo, ...] = ()
    promotion_names: tuple[tuple[str, str], ...] = ()
    raw: str = field(default="", repr=False, compare=False)

    @property
    def is_empty(self) -> bool:
        return not self.order_id and not self.lines


def selections(cart: Cart) -> tuple[GiftSelection, ...]:
    """Join the three lists and check them; one selection per (promotion, identifier) in any of the lists."""
    orders = _grouped(cart.order_markers)
    infos = _grouped(cart.infos)
    items: dict[SelectionKey, list[SelectionLine]] = {}
    for line in cart.lines:
        for marker in line.markers:
            items.setdefault(marker.key, []).append(
                SelectionLine(line.id, line.name, line.quantity, marker, len(line.markers) == 1)
            )
    names = dict(cart.promotion_names)
    return tuple(
        _selection(key, orders.get(key, []), infos.get(key, []), items.get(key, []), names)
        for key in dict.fromkeys([*orders, *infos, *items])
    )


def _grouped(markers: Iterable[M]) -> dict[SelectionKey, list[M]]:
    groups: dict[SelectionKey, list[M]] = {}
    for marker in markers:
        groups.setdefault(marker.key, []).append(marker)
    return groups


def _selection(
    key: SelectionKey,
    orders: Sequence[OrderMarker],
    infos: Sequence[GiftInfo],
    lines: Sequence[SelectionLine],
    names: dict[str, str],
) -> GiftSelection:
    order = orders[0] if orders else None
    info = infos[0] if infos else None
    return GiftSelection(
        promotion_id=key[0],
        gift_id=key[1],
        promotion_name=names.get(key[0], ""),
        granted=order.quantity if order else None,
        automatic=order.automatic if order else None,
        targeted=order.targeted if order else None,
        selected=order.selected if order else None,
        removed=order.removed if order else None,
        failed=order.failed if order else None,
        available=info.available if info else None,
        gift_type=(order.gift_type if order else "") or (info.gift_type if info else ""),
        gift_detail=(order.gift_detail if order else "") or (info.gift_detail if info else ""),
        auto_remove=order.auto_remove if order else None,
        lines=tuple(lines),
        findings=tuple(_findings(key, orders, infos, lines)),
    )


def _findings(
    key: SelectionKey,
    orders: Sequence[OrderMarker],
    infos: Sequence[GiftInfo],
    lines: Sequence[SelectionLine],
) -> Iterable[Finding]:
    if key[1] not in INT32:
        yield Finding(
            "identifier", True, f"identifier {key[1]} is outside 32 bits; a removal by it may be refused"
        )
    if len(orders) > 1 or len(infos) > 1:
        yield Finding("repeated", True, "the same selection is listed more than once; the first entry is shown")
    yield from _orphans(orders, infos, lines)
    yield from _negatives(orders, infos, lines)
    if not orders:
        return
    order = orders[0]
    if infos:
        yield from _open(order, infos[0])
    yield from _sums(order, lines)
    yield from _remainders(lines)
    if order.failed > 0:
        yield Finding(
            "failed",
            True,
            f"{order.failed} automatic gift(s) could not be added to the cart, because pricing failed for them",
        )


def _orphans(
    orders: Sequence[OrderMarker], infos: Sequence[GiftInfo], lines: Sequence[SelectionLine]
) -> Iterable[Finding]:
    if orders and not infos:
        yield Finding(
            "orphan_order_marker", True, "granted on the order, but the cart does not say what is still open"
        )
    if infos and not orders:
        yield Finding("orphan_info", True, "listed as open for choice, but the order grants nothing under this id")
    if lines and not orders:
        held = ", ".join(line.line_id for line in lines)
        yield Finding("orphan_item_marker", True, f"line {held} carries a gift that the order does not grant")


def _negatives(
    orders: Sequence[OrderMarker], infos: Sequence[GiftInfo], lines: Sequence[SelectionLine]
) -> Iterable[Finding]:
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
    for name, number in numbers:
        if number < 0:
            yield Finding("negative", True, f"{name} is {number}, below zero")


def _open(order: OrderMarker, info: GiftInfo) -> Iterable[Finding]:
    taken = order.automatic + order.targeted + order.selected
    unused = order.removed + order.failed
    expected = order.quantity - taken - unused
    if info.available != expected:
        yield Finding(
            "available",
            unused == 0,
            f"{order.quantity} granted − {order.automatic} automatic − {order.targeted} targeted "
            f"− {order.selected} selected − {order.removed} removed − {order.failed} failed = {expected}, "
            f"the cart says {info.available}",
        )


def _sums(order: OrderMarker, lines: Sequence[SelectionLine]) -> Iterable[Finding]:
    markers = [line.marker for line in lines]
    for kind, granted, carried in (
        ("automatic", order.automatic, sum(m.automatic for m in markers)),
        ("targeted", order.targeted, sum(m.targeted for m in markers)),
        ("selected", order.selected, sum(m.selected for m in markers)),
    ):
        if granted != carried:
            yield Finding(
                f"sum_{kind}", False, f"the order counts {granted} {kind}, its cart lines carry {carried}"
            )


def _remainders(lines: Sequence[SelectionLine]) -> Iterable[Finding]:
    for line in lines:
        expected = line.quantity - line.marker.free
        if line.sole and line.marker.remaining != expected:
            yield Finding(
                "remaining",
                False,
                f"line {line.line_id}: {line.quantity} in the cart − {line.marker.free} free = {expected}, "
                f"the marker says {line.marker.remaining} untouched",
            )
