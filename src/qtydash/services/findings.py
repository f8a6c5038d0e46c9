"""What needs a person: days and gifts that run out, carts that contradict themselves, holds of nobody. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from qtydash.config.models import GiftsSource, TicketsSource
from qtydash.domain.carts import Cart, selections
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import HoldState, OrderQty, age_words, amount
from qtydash.domain.order_qty_sums import by_cart
from qtydash.domain.snapshot import plural
from qtydash.domain.tickets import Availability, OptionNames
from qtydash.services import rows
from qtydash.services.export import Row


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that needs a person.

    ``id`` tells it from the others of its part, ``state`` says how bad it is; neither changes while it stays so.
    ``row`` holds its numbers, under the names that the commands print.
    """

    id: str
    state: str
    words: str
    row: Row = field(compare=False)


def ticket_findings(data: Availability, section: TicketsSource, today: date) -> list[Finding]:
    """The days from ``today`` on that are low, sold out or oversold, or that do not add up; the nearest first."""
    names = OptionNames({option.code: option.name for option in data.options}, section.option_names)
    found = sorted(
        (day for day in data.days if day.date >= today and (day.is_low(section.low) or not day.adds_up)),
        key=lambda day: day.date,
    )
    told = rows.ticket_days(found, names, section.low)
    return [
        Finding(
            f"{day.option_code} {day.date} {day.inventory_code}".strip(),
            str(row["state"]),
            f"{names(day.option_code)} {day.date}: {day.left} left of {day.max}, {day.sold} sold, {_words(row)}",
            row,
        )
        for day, row in zip(found, told, strict=True)
    ]


def gift_findings(gifts: Iterable[Gift], section: GiftsSource) -> list[Finding]:
    """The gifts that are low, or below zero; those with the fewest first."""
    found = sorted((gift for gift in gifts if gift.is_low(section.low)), key=lambda gift: gift.quantity)
    return [
        Finding(
            gift.id,
            state,
            f"{gift.label(section.languages)}: {gift.quantity} left, {state.replace('_', ' ')}",
            row,
        )
        for gift, row in zip(found, rows.gifts(found, section.languages), strict=True)
        for state in (_gift_state(gift),)
    ]


def cart_findings(cart: Cart) -> list[Finding]:
    """The rules that the cart's gift selections break. A rule may be broken several times in one selection."""
    return [
        Finding(
            f"{cart.order_id} {selection.promotion_id} {selection.gift_id} {check.rule} {nth}",
            "certain" if check.certain else "assumed",
            f"{selection.label}: {check.message}{'' if check.certain else ' (assumed rule)'}",
            {
                "order_id": cart.order_id,
                "promotion_id": selection.promotion_id,
                "gift_id": selection.gift_id,
                "rule": check.rule,
                "certain": check.certain,
                "message": check.message,
            },
        )
        for selection in selections(cart)
        for rule in dict.fromkeys(check.rule for check in selection.findings)
        for nth, check in enumerate((c for c in selection.findings if c.rule == rule), 1)
    ]


def hold_findings(records: Iterable[OrderQty], now: datetime, stale_after: timedelta) -> list[Finding]:
    """The carts with stale records of one product, each once; those that hold the most first."""
    stale = [record for record in records if record.state(now, stale_after) is HoldState.STALE]
    carts = sorted(by_cart(stale), key=lambda cart: -cart.total.quantity)
    return [
        Finding(
            cart.cart_id or " ".join(record.id for record in cart.records),
            HoldState.STALE.value,
            f"cart {cart.cart_id or 'without an id'}: {amount(cart.total.quantity)} held by "
            f"{plural(len(cart.records), 'stale row')}, not touched for {age_words(cart.oldest, now)}",
            row,
        )
        for cart, row in zip(carts, rows.order_qty_carts(carts, now, stale_after), strict=True)
    ]


def _words(row: Row) -> str:
    return {"mismatch": "does not add up"}.get(str(row["state"]), str(row["state"]).replace("_", " "))


def _gift_state(gift: Gift) -> str:
    if gift.quantity < 0:
        return "below_zero"
    return "low" if gift.quantity else "sold_out"
