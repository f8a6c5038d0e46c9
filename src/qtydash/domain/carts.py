"""A cart and its gift-with-purchase selections (document 003, Oracle Commerce).

The vendor tells one story in three lists: order markers (what was granted and how it was used), item markers
(which cart line carries it) and infos (what is still open). ``selections`` joins them on promotion and
identifier, both, and says where the three disagree. Quantities are pieces, prices the cart's own currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from qtydash.domain.cart_checks import Check, checks
from qtydash.domain.cart_markers import GiftInfo, ItemMarker, OrderMarker, SelectionKey, SelectionLine

__all__ = [
    "Cart",
    "CartLine",
    "Check",
    "GiftInfo",
    "GiftSelection",
    "ItemMarker",
    "OrderMarker",
    "SelectionKey",
    "SelectionLine",
    "selections",
]

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

    @property
    def title(self) -> str:
        """What to call it: its name, else its product, else its id."""
        return self.name or self.product_id or self.id


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
    checks: tuple[Check, ...]

    @property
    def key(self) -> SelectionKey:
        return (self.promotion_id, self.gift_id)

    @property
    def title(self) -> str:
        """What to call it: the promotion's name, else its id."""
        return self.promotion_name or self.promotion_id

    @property
    def label(self) -> str:
        """What to call it among others of its promotion: its title and its gift, as far as that is named."""
        return f"{self.title} ({self.gift_detail})" if self.gift_detail else self.title

    @property
    def findings(self) -> tuple[Check, ...]:
        """The checks that fail."""
        return tuple(check for check in self.checks if not check.holds)


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
        checks=checks(key, orders, infos, lines),
    )
