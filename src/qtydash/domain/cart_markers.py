"""The gift-with-purchase entries of an order, as its three lists tell them (document 003). Counts are pieces."""

from dataclasses import dataclass

SelectionKey = tuple[str, int]
"""(promotion id, gift-with-purchase identifier). The identifier alone is not unique."""


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


@dataclass(frozen=True, slots=True)
class SelectionLine:
    """A cart line that carries a selection, with its marker."""

    line_id: str
    name: str
    quantity: int
    marker: ItemMarker
    sole: bool
    """Whether the line carries no other marker."""
