"""Which ids may be a path segment of a request."""

import pytest

from qtydash.domain.ids import is_usable_id


@pytest.mark.parametrize("text", ["a", "Z9", "0", "a.b", "a..", "...", "a_b:c-d", "x" * 128, "consumerCarts"])
def test_an_id_is_letters_digits_and_a_few_signs(text: str) -> None:
    assert is_usable_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 129,
        ".",
        "..",
        "consumerCart",
        "CONSUMERCART",
        "a/b",
        "a b",
        "a\n",
        "é",
        "a%2e",
        "a?b",
        "a#b",
        "@",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_usable_id(text)
