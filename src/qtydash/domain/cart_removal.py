"""Removing what is still open of a cart's gift selections (document 003): what may be, and what else came of it.

A removal takes entitlement away that nobody has chosen yet. It never takes items out of the cart.
"""

from collections.abc import Iterator
from dataclasses import replace

from qtydash.domain.cart_difference import CartChange, difference
from qtydash.domain.cart_words import change_words, used_words
from qtydash.domain.carts import Cart, GiftSelection, SelectionKey, selections
from qtydash.domain.changes import Facts
from qtydash.domain.edits import whole_number

_MOVES = ("available", "removed")
"""The counts of a selection that a removal is to change."""
_TOLD = 3


def removal_facts(selection: GiftSelection) -> Facts:
    """The counts that a removal of one selection changes."""
    return {"available": selection.available or 0, "removed": selection.removed or 0}


def all_removal_facts(cart: Cart) -> Facts:
    """The same of every selection of a cart."""
    return {
        _fact_name(selection.key, count): pieces
        for selection in selections(cart)
        for count, pieces in removal_facts(selection).items()
    }


def open_before(facts: Facts, selection: SelectionKey) -> int:
    """What was open of a selection, from the counts of its whole cart."""
    return facts.get(_fact_name(selection, "available"), 0)


def _fact_name(selection: SelectionKey, count: str) -> str:
    promotion, gift = selection
    return f"{promotion}/{gift}.{count}"


def open_pieces(selection: GiftSelection) -> int:
    """Pieces that can be removed of one selection."""
    return max(0, selection.available or 0)


def all_open(cart: Cart) -> dict[SelectionKey, int]:
    """Pieces that can be removed of each selection that has any."""
    return {s.key: count for s in selections(cart) if (count := open_pieces(s))}


def closed_words(selection: GiftSelection) -> str:
    """Why nothing of a selection can be removed, "" when something can."""
    if open_pieces(selection):
        return ""
    if selection.available is None:
        return (
            f"The cart does not say that anything of {selection.label} is still open, so nothing can be removed."
        )
    if selection.granted is None:
        return f"Nothing of {selection.label} is open, so nothing can be removed."
    return f"Nothing of {selection.label} is open ({used_words(selection)}), so nothing can be removed."


def removal_quantity(written: str, still_open: int) -> int:
    """Read how many pieces are to be removed, 1 to ``still_open``. Raises ``ValueError`` with a sentence."""
    count = whole_number(written)
    if count < 1:
        raise ValueError("1 piece is the least that can be removed; nothing can be put back from here.")
    if count > still_open:
        raise ValueError(f"Only {still_open} {'is' if still_open == 1 else 'are'} open.")
    return count


def side_effects(before: Cart, after: Cart, removed_of: SelectionKey | None) -> tuple[CartChange, ...]:
    """What changed in a cart beside the counts that a removal was to change, from a read before it to its answer.

    ``removed_of`` is the selection it was of, None for all of them.
    """
    return tuple(_beside(difference(before, after), removed_of))


def left_open_words(after: Cart) -> str:
    """What a removal of everything open left open, in a sentence; "" when nothing is."""
    left = [f"{open_pieces(s)} of {s.label}" for s in selections(after) if open_pieces(s)]
    more = f" and {len(left) - _TOLD} more" if len(left) > _TOLD else ""
    return f"Still open: {', '.join(left[:_TOLD])}{more}." if left else ""


def side_effect_words(changes: tuple[CartChange, ...], currency: str) -> str:
    """The same in a sentence, "" when nothing else changed."""
    if not changes:
        return ""
    told = "; ".join(f"{change.title}: {change_words(change, currency)}" for change in changes[:_TOLD])
    more = f"; and {len(changes) - _TOLD} more" if len(changes) > _TOLD else ""
    return f"Beside that the cart changed: {told}{more}."


def _beside(changes: tuple[CartChange, ...], removed_of: SelectionKey | None) -> Iterator[CartChange]:
    for change in changes:
        meant = change.part == "selection" and (
            removed_of is None or (change.promotion_id, change.gift_id) == removed_of
        )
        if meant and change.presence == "changed":
            values = tuple(value for value in change.values if value.field not in _MOVES)
            if values:
                yield replace(change, values=values)
        else:
            yield change
