"""What is deleted of an order quantity: records frozen by id with what must not have changed of them since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from qtydash.domain.changes import Intent, Kind
from qtydash.domain.order_qty import OrderQty, amount

_HOLD, _STAMP, _PRODUCT = "hold:", "stamp:", "product:"
"""Begin the names under which a cart's records with their products, their stamps, and all products that were
looked through, stand in an intent's ids."""


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """One record of ``product``'s list that is to be deleted as long as ``stamp`` holds."""

    id: str
    product: str
    cart: str
    quantity: str
    stamp: str

    def intent(self, *, now: datetime, seen_at: datetime, reason: str = "") -> Intent:
        """Delete it, as it was seen at ``seen_at``."""
        of = f" of cart {self.cart}" if self.cart else ""
        return Intent(
            kind=Kind.HOLD_DELETE,
            target=f"{_HOLD}{self.id}",
            label=f"{self.quantity}{of} ({self.id})",
            staged_at=now,
            ids={"hold": self.id, "product": self.product, "cart": self.cart, "stamp": self.stamp},
            seen={"present": 1},
            seen_at=seen_at,
            reason=reason,
        )


def frozen(hold: OrderQty, product: str) -> FrozenRow:
    """One record as it is in ``product``'s list now."""
    return FrozenRow(hold.id, product, hold.consumer_cart_id, amount(hold.quantity), stamp(hold))


def deletion_intent(hold: OrderQty, product: str, *, now: datetime, seen_at: datetime, reason: str = "") -> Intent:
    """Delete one record of ``product``'s list, as it was seen at ``seen_at``."""
    return frozen(hold, product).intent(now=now, seen_at=seen_at, reason=reason)


def cart_deletion_intent(
    cart: str,
    holds: Iterable[tuple[str, OrderQty]],
    *,
    now: datetime,
    seen_at: datetime,
    products: Iterable[str] = (),
    reason: str = "",
) -> Intent:
    """Delete every record of ``cart``; ``holds`` are those that are known, each with its product.

    ``products`` are looked through again before it is sent: a record of the cart that was not known stops it.
    """
    known = {hold.id: (product, hold) for product, hold in holds}
    return Intent(
        kind=Kind.HOLD_DELETE_CART,
        target=f"cart-of-holds:{cart}",
        label=f"Cart {cart}",
        staged_at=now,
        ids={
            "cart": cart,
            **{f"{_HOLD}{id}": product for id, (product, _) in known.items()},
            **{f"{_STAMP}{id}": stamp(hold) for id, (_, hold) in known.items()},
            **{f"{_PRODUCT}{product}": product for product in products},
        },
        seen=dict.fromkeys(known, 1),
        seen_at=seen_at,
        reason=reason,
    )


def stamp(hold: OrderQty) -> str:
    """What of a record must not have changed between the list and its deletion."""
    touched = hold.last_touched
    when = "never" if touched is None else f"{touched:%Y-%m-%d %H:%M:%S.%fZ}"
    flags = "".join(
        letter if flag else "-"
        for letter, flag in (("a", hold.active), ("s", hold.submitted), ("d", hold.deleted))
    )
    return f"{amount(hold.quantity)} {when} {flags} {hold.consumer_cart_id}"


def held_ids(intent: Intent) -> tuple[str, ...]:
    """The records that a deletion takes, by id."""
    if intent.kind is Kind.HOLD_DELETE:
        return (str(intent.ids["hold"]),)
    return tuple(name.removeprefix(_HOLD) for name in intent.ids if name.startswith(_HOLD))


def frozen_stamp(intent: Intent, id: str) -> str:
    """What must not have changed of one of the records that a deletion takes."""
    return str(intent.ids["stamp" if intent.kind is Kind.HOLD_DELETE else f"{_STAMP}{id}"])


def products_of(intents: Iterable[Intent]) -> frozenset[str]:
    """The products whose lists the deletions change, as far as that is known."""
    return frozenset(
        str(value)
        for intent in intents
        for name, value in intent.ids.items()
        if name == "product" or name.startswith((_HOLD, _PRODUCT))
    )
