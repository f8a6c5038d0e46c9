"""Titles, low stock and SKUs that more than one gift carries."""

import pytest

from qtydash.domain.gifts import Gift, duplicate_skus


def gift(**values: object) -> Gift:
    told = {"id": "a1", "sku": "MUG", "titles": (), "status": "active", "quantity": 9, "unlimited": False}
    return Gift(**{**told, "updated_at": None, **values})  # type: ignore[arg-type]


TITLES = (("zh-hant", "馬克杯"), ("en", "Mug"), ("ko", ""))


@pytest.mark.parametrize(
    ("languages", "title"),
    [
        (("en", "zh-hant"), "Mug"),
        (("zh-hant", "en"), "馬克杯"),
        (("ko", "en"), "Mug"),
        (("fr",), "馬克杯"),
        ((), "馬克杯"),
    ],
)
def test_the_title_in_the_first_language_that_has_one(languages: tuple[str, ...], title: str) -> None:
    assert gift(titles=TITLES).title(languages) == title


def test_a_gift_without_any_title() -> None:
    assert gift().title(("en",)) == gift(titles=(("en", ""),)).title() == ""


def test_the_first_title_that_is_not_empty() -> None:
    assert gift(titles=(("en", ""), ("ko", "컵"))).title() == "컵"


@pytest.mark.parametrize(("quantity", "low"), [(6, False), (5, True), (0, True), (-3, True)])
def test_low_at_the_threshold_and_below(quantity: int, low: bool) -> None:
    assert gift(quantity=quantity).is_low(5) is low


def test_an_unlimited_gift_is_never_low() -> None:
    assert not gift(quantity=0, unlimited=True).is_low(5)


def test_only_skus_that_say_something_are_duplicates() -> None:
    skus = ("MUG", "MUG", "PEN", "", "", "mug")
    assert duplicate_skus(gift(id=str(n), sku=sku) for n, sku in enumerate(skus)) == {"MUG"}
