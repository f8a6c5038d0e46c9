"""The vocabulary of gift-with-purchase markers in plain words, the same on the screen and in the commands."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from qtydash.domain.cart_difference import CartChange, Value
from qtydash.domain.carts import Check, GiftSelection
from qtydash.domain.money import money


class Use(NamedTuple):
    """One of the ways in which granted pieces are used: its field, its letter in the bar, what it means."""

    field: str
    letter: str
    meaning: str


USES = (
    Use("automatic", "A", "added to the cart by the shop itself"),
    Use("targeted", "T", "in the cart already and made free"),
    Use("selected", "S", "chosen by the shopper"),
    Use("removed", "R", "declined by the shopper"),
    Use("failed", "F", "could not be added, since pricing met an error"),
)
OPEN_MEANING = "may still be chosen or declined"

GLOSSARY = (
    ("gift selection", "One gift that a promotion promises. A promotion may promise several."),
    ("identifier", "Tells the gifts of one promotion apart. It changes when the promotion is edited."),
    ("granted", "Pieces promised in all: those used in the five ways below, and those open."),
    *((f"{use.letter} {use.field}", f"Pieces {use.meaning}.") for use in USES),
    ("open", "Pieces not chosen yet. The shopper may still choose or decline them."),
    ("auto-remove", "Whether free pieces leave the cart by themselves when it no longer qualifies."),
    ("marker", "The shop's note that a promotion makes pieces of a cart line free."),
    ("not touched", "Pieces of a cart line that the promotion leaves at their price."),
    ("assumed", "The vendor does not state this rule: where it fails, the rule may be wrong, not the cart."),
)

_SHORT = {"available": "open", "quantity": "in the cart", "remaining": "not touched", "auto_remove": "auto-remove"}
_COUNTS = ("granted", *(use.field for use in USES), "available", "quantity", "remaining")
_PRICES = ("unit_price", "amount", "total")


def used_words(selection: GiftSelection) -> str:
    """How the granted pieces were used, in as few words as possible: ``1 selected, 1 removed``."""
    if selection.granted is None:
        return "not granted"
    used = [(getattr(selection, use.field), use.field) for use in USES]
    return ", ".join(f"{count} {field}" for count, field in used if count) or "none yet"


def gift_words(selection: GiftSelection) -> str:
    """Which gift it is: ``product strap_1``."""
    return f"{selection.gift_type} {selection.gift_detail}".strip() or "not named"


def auto_remove_words(selection: GiftSelection) -> str:
    """What becomes of the free pieces when the cart no longer qualifies, "" where the order does not say."""
    fate = {True: "leave the cart by themselves", False: "stay in the cart"}
    if selection.auto_remove is None:
        return ""
    return f"free pieces {fate[selection.auto_remove]} when it no longer qualifies"


def check_words(check: Check) -> str:
    """A check with what kind of rule it is, where that matters."""
    return check.message if check.certain else f"{check.message} (assumed rule)"


def change_words(change: CartChange, currency: str) -> str:
    """What changed of one thing: ``open 3 → 2, removed 0 → 1``; what a new one has, or what one gone had."""
    if change.presence == "changed":
        return ", ".join(
            f"{_named(value.field)} {_told(value.field, value.before, currency)} → "
            f"{_told(value.field, value.after, currency)}"
            for value in change.values
        )
    of = [(v.field, v.after if change.presence == "new" else v.before) for v in change.values]
    held = ", ".join(_held(of, currency)) or "nothing"
    return f"new: {held}" if change.presence == "new" else f"gone: had {held}"


def _held(values: Sequence[tuple[str, Value]], currency: str) -> Iterator[str]:
    for field, value in values:
        if field in _COUNTS and value:
            yield f"{value} {_named(field)}"
        elif field == "amount" and isinstance(value, Decimal):
            yield money(value, currency)


def _named(field: str) -> str:
    return _SHORT.get(field, field.replace("_", " "))


def _told(field: str, value: Value, currency: str) -> str:
    if value is None:
        return "not told"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return money(value, currency) if field in _PRICES else f"{value:f}"
    return str(value) or "nothing"
