"""Targets of every kind of change, what an operator may want of them, and what other writers do to them."""

from dataclasses import replace
from random import Random

from tests.changes_kit import intent
from tests.hold_model import hold
from tests.vendor_model import ModelShop

from qtydash.domain.changes import Intent, Kind

GIFTS = tuple(f"gift:{n}" for n in range(3))
CARTS = ("cart:1", "cart:2")
SELECTIONS = ("promo/mug", "promo/cup")
HOLDS = tuple(f"hold:row{n}" for n in range(6))
HELD_CARTS = ("cart-of-holds:1", "cart-of-holds:2")
TARGETS = GIFTS + CARTS + HOLDS + HELD_CARTS


def furnish(shop: ModelShop, rng: Random) -> None:
    """Add the carts and the records to a shop of ``GIFTS``."""
    for target in CARTS:
        shop.facts[target] = {
            f"{selection}.{count}": pieces
            for selection in SELECTIONS
            for count, pieces in (("available", rng.randint(0, 9)), ("removed", rng.randint(0, 2)))
        }
    for target in HOLDS:
        _list(shop, target, ("present",))
    for target in HELD_CARTS:
        _list(shop, target, tuple(f"row{n}" for n in range(rng.randint(1, 3))))


def _list(shop: ModelShop, target: str, names: tuple[str, ...]) -> None:
    """Records that a deletion of ``target`` takes, all of them there."""
    shop.facts[target] = dict.fromkeys(names, 1)
    shop.records[target] = {name: hold(f"{target}/{name}") for name in names}


def wish(shop: ModelShop, rng: Random, target: str) -> Intent:
    """What an operator wants now of a target as it is."""
    facts, at = shop.facts[target] or {}, shop.clock()
    if target in CARTS:
        selection = rng.choice(SELECTIONS)
        if rng.random() < 0.2:
            wanted = intent(None, target, Kind.CART_REMOVE_ALL, at=at)
        else:
            wanted = intent(rng.randint(1, 4), target, Kind.CART_REMOVE, at=at)
            facts = {count: facts[f"{selection}.{count}"] for count in ("available", "removed")}
        wanted = replace(wanted, ids={"selection": selection})
    elif target in HOLDS:
        wanted = intent(None, target, Kind.HOLD_DELETE, at=at)
    elif target in HELD_CARTS:
        wanted = intent(None, target, Kind.HOLD_DELETE_CART, at=at)
    elif rng.random() < 0.7:
        wanted = intent(rng.choice([n for n in range(-6, 7) if n]), target, at=at)
    else:
        wanted = intent(rng.randint(0, 30), target, Kind.GIFT_SET, at=at)
    return replace(wanted, seen=facts, seen_at=at)


def meddle(shop: ModelShop, rng: Random, target: str) -> None:
    """Another writer: stock moves, a shopper chooses a gift or earns some, a record goes."""
    shop.settle()
    facts = dict(shop.facts[target] or {})
    if target in GIFTS:
        shop.elsewhere(target, rng.choice((-2, -1, 1, 2)))
    elif target in CARTS:
        name = f"{rng.choice(SELECTIONS)}.available"
        shop.meddle(target, {**facts, name: max(0, facts[name] + rng.choice((-1, 1, 3)))})
    elif any(facts.values()):
        shop.meddle(target, {**facts, rng.choice(sorted(facts)): 0})
