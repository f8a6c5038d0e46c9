"""Made-up records in any number: each tells its own, and they come in an order that sorting has to change."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from benchmarks.shop import HELD_PRODUCT, PRODUCT
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.tickets import Availability, TicketDay, TicketOption

STEP = 7_919
"""A prime: its multiples visit every number below any count that it does not divide."""


def number(position: int, count: int) -> int:
    """The number that the record at a position tells."""
    return position * STEP % count


def name(told: int) -> str:
    return f"{told:07}"


def gifts(count: int) -> tuple[Gift, ...]:
    updated = datetime(2026, 3, 1, tzinfo=UTC)
    return tuple(
        Gift(
            id=f"gift-{name(n)}",
            sku=f"SKU-{name(n)}",
            titles=(("en", f"Gift {name(n)}"),),
            status="active",
            quantity=n % 97,
            unlimited=False,
            updated_at=updated + timedelta(minutes=n % 10_000),
        )
        for n in (number(position, count) for position in range(count))
    )


def holds(count: int, now: datetime) -> tuple[OrderQty, ...]:
    """Each of a cart of its own, half of them stale."""
    return tuple(
        OrderQty(
            id=f"hold-{name(n)}",
            company_id="company",
            shop_id="shop",
            created=(touched := now - timedelta(minutes=n % 90)),
            modified=touched,
            deleted=False,
            updated=False,
            inventory_id="inventory",
            region_id="region",
            product_id=HELD_PRODUCT,
            consumer_cart_id=f"cart-{name(n)}",
            quantity=Decimal(1 + n % 9) / 2,
            processed_time=None,
            active=True,
            submitted=False,
        )
        for n in (number(position, count) for position in range(count))
    )


def availability(options: int, days: int, first: date) -> Availability:
    """Every day of every option: 300 to 399 left, 500 to 599 sold."""
    codes = [f"option-{n:05}" for n in range(options)]
    return Availability(
        PRODUCT,
        tuple(
            TicketDay(
                code,
                first + timedelta(days=day),
                800 + 2 * ((row + day) % 100),
                300 + (row + day) % 100,
                500 + (row + day) % 100,
                f"{code}-{day:05}",
            )
            for row, code in enumerate(codes)
            for day in range(days)
        ),
        tuple(TicketOption(code, f"Option {row:05}") for row, code in enumerate(codes)),
    )
