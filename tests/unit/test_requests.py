"""What goes into a request: an id is one segment, a body has one spelling."""

from collections.abc import Callable

import pytest

from qtydash.adapters.requests import canonical_json, checked_id, segment
from qtydash.domain.errors import InvalidId


@pytest.mark.parametrize("made", [checked_id, segment])
def test_an_id_that_leads_elsewhere_is_refused_by_its_name(made: Callable[[str, str], str]) -> None:
    for value in ("", ".", "..", "a/b", "a%2fb", "consumerCart"):
        with pytest.raises(InvalidId, match="is not a usable gift id"):
            made("gift id", value)


def test_an_id_is_taken_as_it_is_and_quoted_for_a_path() -> None:
    assert checked_id("gift id", "a.b_c:d") == "a.b_c:d"
    assert segment("gift id", "a.b_c:d") == "a.b_c%3Ad"


def test_a_body_is_sorted_without_blanks_and_utf8() -> None:
    assert canonical_json({"b": [1, "é"], "a": None}) == b'{"a":null,"b":[1,"\xc3\xa9"]}'


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_that_json_has_not_is_none_of_a_body(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": number})
