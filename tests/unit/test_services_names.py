"""From what was typed to a code: exact first, then the name, and the nearest one when nothing fits."""

import pytest

from qtydash.config.models import NamedProduct
from qtydash.domain.names import did_you_mean, nearest
from qtydash.services.names import UnknownName, product_code, product_names, unknown

PRODUCTS = [NamedProduct("prod-1", "Gummies"), NamedProduct("prod-2", "gummies"), NamedProduct("prod-3", "Tea")]


@pytest.mark.parametrize(
    ("typed", "code"),
    [("prod-2", "prod-2"), ("Gummies", "prod-1"), ("tea", "prod-3"), ("elsewhere", "elsewhere"), ("", "")],
)
def test_a_product_by_code_or_name(typed: str, code: str) -> None:
    assert product_code(typed, PRODUCTS) == code


def test_a_name_of_several_products_asks_for_a_code() -> None:
    with pytest.raises(UnknownName, match=r"2 products are called 'GUMMIES'; use a code: prod-1, prod-2\."):
        product_code("GUMMIES", PRODUCTS)


def test_the_nearest_known_name() -> None:
    assert did_you_mean("Gumies", product_names(PRODUCTS)) == "Did you mean 'gummies'?"
    assert did_you_mean("xyz", product_names(PRODUCTS)) == ""


def test_case_and_dashes_do_not_part_names() -> None:
    assert nearest("Option-Names", ["", "option_names", "products"]) == "option_names"
    assert nearest("", ["", "products"]) is None


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (["support", "guest"], "There is no session called 'suport'. Did you mean 'support'?"),
        (["a", "b"], "There is no session called 'suport'. Known: a, b."),
        ([], "There is no session called 'suport'. There is no session yet."),
    ],
)
def test_an_unknown_name_says_what_is_known(known: list[str], words: str) -> None:
    assert str(unknown("session", "suport", known)) == words
