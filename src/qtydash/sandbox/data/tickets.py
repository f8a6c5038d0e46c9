"""Day tickets: five products with their options and rows (document 002)."""

import math
import random
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from qtydash.sandbox.data import stream

Shape = Literal["option_codes", "data_list", "data_by_option"]
PastEnd = Literal["empty", "not_found", "last_page"]

PARK = "6ecf4685-ca60-4a7d-843c-479329ca8789"
"""14 options, 400 days, the current answer; an empty page past the end."""
AQUARIUM = "b4a1c7de-20f3-4c55-9a7e-1f0b6d2c8e31"
"""4 options, 120 days, the older answer (one list with ids); 404 past the end."""
TEMPLE = "0d5a2f6c-7b1e-4e0f-8c39-52a4d9e7b610"
"""2 options, 9 rows, options without names; the last page again past the end."""
TOWER = "93e8b0a5-4c2d-4f6e-b7a1-08d5c3f2e964"
"""2 options, 60 days, rows under `data` by option; an empty page past the end."""
CRUISE = "f27c9d14-6e85-4b3a-a0d2-7c1b9e4f5a08"
"""Two options and no inventory at all."""
ADULT = "1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5"
"""The park's first option; its first six days do not depend on the seed, see ``_PROMISED``."""

_FIRST_DAY, _DAYS = -30, 400
_CLOSED = range(200, 203)
_MONTH = (0.55, 0.55, 0.75, 1.0, 1.05, 0.9, 1.0, 1.05, 0.95, 1.1, 0.8, 0.65)
_WEEKDAY = (0.55, 0.5, 0.55, 0.6, 0.8, 1.15, 1.05)

# Days from today: (max, left, sold) of the park's adult ticket; None is no inventory.
_PROMISED: dict[int, tuple[int, int, int] | None] = {
    0: (40, 28, 12),
    1: (40, 0, 40),
    2: (40, 3, 37),
    3: (40, -2, 42),
    4: (40, 10, 25),
    5: None,
}


@dataclass(frozen=True, slots=True)
class Option:
    """A bookable option. ``demand`` scales how full its days are; 1 is usual."""

    code: str
    name: str
    capacity: int
    demand: float = 1.0


@dataclass(frozen=True, slots=True)
class Product:
    """A day-ticket product, the shape of its inventory answer and what it says past the last page."""

    code: str
    title: str
    category: str
    detail_category: str
    city: str
    shape: Shape
    past_end: PastEnd
    options: tuple[Option, ...]
    days: int
    first_day: int = 0


@dataclass(slots=True)
class Row:
    """The stock of one option on one day; orders change it."""

    option_code: str
    date: date
    max: int
    left: int
    sold: int
    number: int
    inventory_code: str


def _option(name: str, capacity: int, demand: float = 1.0, code: str = "") -> Option:
    return Option(code or str(uuid.uuid5(uuid.NAMESPACE_OID, name)), name, capacity, demand)


PRODUCTS: tuple[Product, ...] = (
    Product(
        PARK,
        "한강공원 종일권 Han River Park day ticket",
        "Attraction",
        "Theme park",
        "Korea, Seoul",
        "option_codes",
        "empty",
        (
            _option("Adult 성인", 40, 1.05, ADULT),
            _option("Teen 청소년", 30),
            _option("Child 어린이", 35, 0.95),
            _option("Senior 경로", 20, 0.6),
            _option("Toddler 유아", 15, 0.5),
            _option("Family of four 가족권", 25, 1.2),
            _option("Group of 20 단체", 6, 0.8),
            _option("After 4 pm 오후권", 60, 0.7),
            _option("Adult + bicycle 자전거", 24, 1.1),
            _option("Adult + river boat 유람선", 18, 1.3),
            _option("Foreign guest 외국인", 50, 0.9),
            _option("Student 학생", 30, 0.85),
            _option("Member's guest 회원 동반", 10, 0.7),
            _option("Accessible 장애인", 8, 0.4),
        ),
        _DAYS,
        _FIRST_DAY,
    ),
    Product(
        AQUARIUM,
        "부산 아쿠아리움 Busan aquarium",
        "Attraction",
        "Aquarium",
        "Korea, Busan",
        "data_list",
        "not_found",
        (
            Option("15", "Adult 성인", 80),
            Option("16", "Child 어린이", 60),
            Option("17", "Feeding tour 먹이 체험", 12, 1.4),
            Option("18", "Night entry 야간", 30, 0.8),
        ),
        120,
        -5,
    ),
    Product(
        TEMPLE,
        "경주 템플스테이 Gyeongju temple day",
        "Experience",
        "Void",
        "Korea, Gyeongju",
        "option_codes",
        "last_page",
        (_option("Temple morning", 12), _option("Temple evening", 12, 1.3)),
        5,
    ),
    Product(
        TOWER,
        "남산타워 전망대 Namsan tower deck",
        "Attraction",
        "Observatory",
        "Korea, Seoul",
        "data_by_option",
        "empty",
        (_option("Day deck 주간", 120), _option("Night deck 야간", 90, 1.3)),
        60,
    ),
    Product(
        CRUISE,
        "여수 야간 크루즈 Yeosu night cruise",
        "Cruise",
        "Night cruise",
        "Korea, Yeosu",
        "option_codes",
        "empty",
        (_option("Upper deck", 40), _option("Lower deck", 60)),
        0,
    ),
)

NAMELESS = frozenset({TEMPLE})
"""Products whose option list carries codes only."""


class DayTickets:
    """The rows of every product, ordered by option and date, as the vendor pages them."""

    def __init__(self, seed: int, today: date) -> None:
        self.today = today
        self.products = {product.code: product for product in PRODUCTS}
        rng = stream(seed, "tickets")
        self.rows = {product.code: _rows(product, today, rng) for product in PRODUCTS}

    def order(self, product_code: str, option_code: str, day: date, quantity: int) -> Row | None:
        """Sell ``quantity`` more (negative: cancel) of one option on one day; None where there is no inventory."""
        for row in self.rows.get(product_code, ()):
            if row.option_code == option_code and row.date == day:
                row.left -= quantity
                row.sold += quantity
                return row
        return None


def _rows(product: Product, today: date, rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for option in sorted(product.options, key=lambda option: option.code):
        for offset in range(product.first_day, product.first_day + product.days):
            day = today + timedelta(days=offset)
            numbers = _numbers(option, day, offset, rng)
            if product.code == PARK:
                if option.code == ADULT and offset in _PROMISED:
                    numbers = _PROMISED[offset]
                elif offset in _CLOSED:
                    numbers = None
            elif product.code == TEMPLE and option == product.options[1] and offset == product.days - 1:
                numbers = None
            elif numbers is None:
                numbers = (option.capacity, option.capacity, 0)
            if numbers is not None:
                code = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{product.code}/{option.code}/{day}"))
                rows.append(Row(option.code, day, *numbers, number=len(rows) + 1, inventory_code=code))
    return rows


def _numbers(option: Option, day: date, offset: int, rng: random.Random) -> tuple[int, int, int] | None:
    """(max, left, sold): fuller at weekends, in season and close to the day; rarely broken or missing."""
    nearness = 1.0 if offset <= 0 else max(0.04, math.exp(-offset / 55))
    filled = option.demand * _WEEKDAY[day.weekday()] * _MONTH[day.month - 1] * nearness * rng.uniform(0.8, 1.25)
    capacity = option.capacity if day.weekday() < 5 else round(option.capacity * 1.25)
    sold = min(capacity, round(capacity * filled))
    chance = rng.random()
    if chance < 0.004:
        return None
    if chance < 0.007:
        over = rng.randint(1, 4)
        return capacity, -over, capacity + over
    if chance < 0.010:
        return capacity, max(0, capacity - sold - rng.randint(1, 3)), sold
    return capacity, capacity - sold, sold
