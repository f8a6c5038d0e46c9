"""Prices for people."""

from decimal import Decimal

import pytest

from qtydash.domain.money import money


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        ("479.0", "USD", "479 USD"),
        ("37.5", "USD", "37.50 USD"),
        ("19.99", "USD", "19.99 USD"),
        ("0", "USD", "0 USD"),
        ("0.00", "", "0"),
        ("1E+3", "KRW", "1000 KRW"),
        ("1.2345", "USD", "1.2345 USD"),
        ("-5.5", "USD", "-5.50 USD"),
    ],
)
def test_money(value: str, currency: str, words: str) -> None:
    assert money(Decimal(value), currency) == words


def test_a_price_that_was_not_sent_is_a_dash() -> None:
    assert money(None, "USD") == "-"
