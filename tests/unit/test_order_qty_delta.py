"""What a list is after a clean-up, against what it was before."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.hold_model import hold

from qtydash.domain.order_qty import OrderQty
from qtydash.domain.order_qty_delta import delta, delta_words

ROWS = {row.id: row for row in (hold("a", quantity="1.5"), hold("b", quantity="16"), hold("c", quantity="2"))}


def without(*ids: str) -> dict[str, OrderQty]:
    return {id: row for id, row in ROWS.items() if id not in ids}


def test_what_was_deleted_is_gone_and_nothing_else_moved() -> None:
    found = delta(ROWS, without("a", "b"), ["a", "b"])
    assert found.as_expected
    assert delta_words(found, 2) == "2 deleted; the list is 2 rows and 17.5 pieces smaller."


def test_one_row_and_one_piece_are_told_in_the_singular() -> None:
    rows = {"a": hold("a", quantity="1")}
    assert delta_words(delta(rows, {}, ["a"]), 1) == "1 deleted; the list is 1 row and 1 piece smaller."


def test_what_is_listed_still_is_an_alarm() -> None:
    found = delta(ROWS, ROWS, ["a", "b"])
    assert not found.as_expected
    assert delta_words(found, 2) == (
        "2 deleted; the list is as long as before. 2 answered as deleted are still listed (a, b): look at the "
        "vendor's console."
    )


def test_what_others_did_meanwhile_is_told_apart() -> None:
    after = {**without("a", "b"), "d": hold("d", quantity="4"), "c": replace(ROWS["c"], quantity=Decimal(3))}
    assert delta_words(delta(ROWS, after, ["a"]), 1) == (
        "1 deleted; the list is 1 row and 12.5 pieces smaller. Not by this, meanwhile: 1 row came (4), 1 row went "
        "(16), 1 row changed in quantity."
    )


def test_what_is_unknown_is_not_said_to_have_gone() -> None:
    found = delta(ROWS, without("a", "b"), ["a"], ["b"])
    assert found.went.rows == 0
    assert "1 of unknown outcome is not listed any more." in delta_words(found, 1)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({**ROWS, "d": hold("d", quantity="4")}, "1 row and 4 pieces larger"),
        ({**without("a"), "d": hold("d", quantity="4")}, "0 rows and 2.5 pieces larger"),
        ({**without("a", "c"), "d": hold("d", quantity="4")}, "1 row shorter and holds 0.5 pieces more"),
    ],
)
def test_a_list_that_grew(after: dict[str, OrderQty], words: str) -> None:
    assert f"the list is {words}." in delta_words(delta(ROWS, after, []), 0)
