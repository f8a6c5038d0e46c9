"""Gifts: 320 of them, with everything that makes gift stock hard (document 001)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from qtydash.sandbox.data import hex_id, stream
from qtydash.sandbox.data.gift_titles import EDITIONS, THINGS

QUANTITY_LIMIT = 9_999_999


@dataclass(frozen=True, slots=True)
class Promised:
    """A gift whose numbers do not depend on the seed."""

    id: str
    sku: str
    quantity: int
    unlimited: bool = False
    status: str = "active"


DOCUMENTED = Promised("5d8b0a6552910502640e8a76", "GIFT-SKU-0002", 10)
"""The document's own sample."""
PLENTY = Promised("5a8165efe38809548f0000f8", "FRU008", 21)
TWIN = Promised("5bf68afde3880941d320ecae", "sku-123", 123)
OTHER_TWIN = Promised("5bf68afde3880941d320ecaf", "sku-123", 7)
"""Carries the SKU of ``TWIN``."""
UNLIMITED = Promised("5b3d860559d52419850001bc", "gift_a", 0, unlimited=True)
NEGATIVE = Promised("5b3d860559d52419850001bd", "gift_b", -3)
DRAFT = Promised("5b3d860559d52419850001be", "gift_c", 50, status="draft")
LOW = Promised("5b3d860559d52419850001bf", "gift_d", 2)
PROMISED = (DOCUMENTED, PLENTY, TWIN, OTHER_TWIN, UNLIMITED, NEGATIVE, DRAFT, LOW)


@dataclass(slots=True)
class Gift:
    """One gift; a write changes its quantity and time."""

    id: str
    sku: str
    titles: dict[str, str]
    status: str
    quantity: int
    unlimited: bool
    price: int
    weight: float
    created_at: datetime
    updated_at: datetime


class Gifts:
    """All gifts, in the order of the list."""

    def __init__(self, seed: int, today: date) -> None:
        rng = stream(seed, "gifts")
        self.all = list(_gifts(rng, datetime.combine(today, time(), UTC)))
        self.by_id = {gift.id: gift for gift in self.all}

    def with_sku(self, sku: str) -> list[Gift]:
        return [gift for gift in self.all if gift.sku == sku]


def _gifts(rng: Random, midnight: datetime) -> Iterator[Gift]:
    skus: list[str] = []
    for number in range(len(THINGS) * len(EDITIONS)):
        edition, thing = divmod(number, len(THINGS))
        created = midnight - timedelta(days=rng.randint(40, 900), seconds=rng.randint(0, 86_399))
        sku = "-".join(part for part in (THINGS[thing][0], f"{number:03}", EDITIONS[edition][0]) if part)
        if number % 29 == 28:
            sku = skus[-1]
        skus.append(sku)
        gift = Gift(
            id=hex_id(f"gift/{number}"),
            sku=sku,
            titles=_titles(thing, edition, number),
            status="draft" if number % 13 == 12 else "active",
            quantity=_quantity(rng),
            unlimited=number % 23 == 22,
            price=rng.randrange(10, 990, 10),
            weight=round(rng.uniform(0.01, 0.9), 2),
            created_at=created,
            updated_at=created + (midnight - created) * rng.random(),
        )
        if gift.unlimited:
            gift.quantity = 0
        if number < len(PROMISED):
            told = PROMISED[number]
            gift.id, gift.sku, gift.status = told.id, told.sku, told.status
            gift.quantity, gift.unlimited = told.quantity, told.unlimited
        yield gift


def _titles(thing: int, edition: int, number: int) -> dict[str, str]:
    en, zh, ja = (THINGS[thing][1][i] + EDITIONS[edition][1][i] for i in range(3))
    if number % 17 == 16:
        return {"zh-hant": zh}
    titles = {"en": en, "zh-hant": zh}
    if number % 3 == 0:
        titles["ja"] = ja
    return titles


def _quantity(rng: Random) -> int:
    chance = rng.random()
    if chance < 0.012:
        return -rng.randint(1, 9)
    if chance < 0.14:
        return rng.randint(0, 5)
    if chance < 0.97:
        return rng.randint(6, 400)
    return rng.randint(1_000, 250_000)
