"""The four vendors, named once."""

from dataclasses import dataclass
from typing import Literal, get_args

VendorKey = Literal["tickets", "gifts", "cart", "order_qty"]
"""Names a vendor's section in the configuration, its pane and its part of the cache."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor as people know it: ``key`` in the configuration, ``name`` in sentences, ``title`` on its pane."""

    key: VendorKey
    name: str
    title: str


TICKETS = Vendor("tickets", "AX Cloud", "Tickets")
GIFTS = Vendor("gifts", "SHOPLINE", "Gifts")
CART = Vendor("cart", "Oracle Commerce", "Cart")
ORDER_QTY = Vendor("order_qty", "BLAZE", "Order qty")

VENDORS: dict[VendorKey, Vendor] = {v.key: v for v in (TICKETS, GIFTS, CART, ORDER_QTY)}
VENDOR_KEYS: tuple[VendorKey, ...] = get_args(VendorKey)
