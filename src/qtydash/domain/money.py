"""Prices for people."""

from decimal import Decimal


def money(value: Decimal | None, currency: str) -> str:
    """A price with its currency, whole where it is whole, else with two places or more; ``-`` when none was sent.

    >>> money(Decimal("479.0"), "USD"), money(Decimal("37.5"), "USD"), money(None, "USD")
    ('479 USD', '37.50 USD', '-')
    """
    if value is None:
        return "-"
    text = f"{value:f}"
    whole, _, places = text.partition(".")
    places = places.rstrip("0")
    return f"{whole}{'.' + places.ljust(2, '0') if places else ''} {currency}".rstrip()
