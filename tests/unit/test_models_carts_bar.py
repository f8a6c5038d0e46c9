"""The bar of a gift selection."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.domain.carts import Cart, GiftInfo, GiftSelection, OrderMarker, selections
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models.carts_bar import BAR_WIDTH, Run, bar, bar_text, shared


def selection(marker: OrderMarker | None, available: int | None) -> GiftSelection:
    orders = () if marker is None else (marker,)
    infos = () if available is None else (GiftInfo("p", 1, available),)
    (found,) = selections(Cart("o1", order_markers=orders, infos=infos))
    return found


@pytest.mark.parametrize(
    ("marker", "available", "drawn"),
    [
        (OrderMarker("p", 1, 6, 1, 1, 1, 1, 1), 1, "ATSRF▱"),
        (OrderMarker("p", 1, 4, 0, 0, 1, 1, 0), 2, "SR▱▱"),
        (OrderMarker("p", 1, 0, 0, 0, 0, 0, 0), 0, ""),
        (OrderMarker("p", 1, 4, 1, 0, 0, 0, 0), 1, "A▱??"),
        (OrderMarker("p", 1, 1, 1, 0, 0, 0, 0), 2, "A▱▱"),
        (OrderMarker("p", 1, 2, 1, 0, 0, -3, 0), 1, "A▱"),
        (OrderMarker("p", 1, 3, 1, 0, 0, 0, 0), None, "A??"),
        (None, 3, "▱▱▱"),
        (OrderMarker("p", 1, 40, 20, 0, 1, 0, 0), 19, "AAAAS▱▱▱"),
    ],
)
def test_a_letter_for_each_piece(marker: OrderMarker | None, available: int | None, drawn: str) -> None:
    assert bar_text(selection(marker, available), UNICODE) == drawn


def test_plain_terminals_get_plain_marks() -> None:
    assert bar_text(selection(OrderMarker("p", 1, 3, 1, 0, 0, 0, 0), 1), ASCII) == "A-?"


def test_the_runs_name_what_they_stand_for() -> None:
    found = selection(OrderMarker("p", 1, 4, 2, 0, 0, 0, 1), 1)
    assert bar(found, UNICODE) == [Run("automatic", "A", 2), Run("failed", "F", 1), Run("open", "▱", 1)]
    assert bar(replace(found, automatic=None, failed=None), UNICODE) == [
        Run("open", "▱", 1),
        Run("untold", "?", 3),
    ]


@given(counts=st.lists(st.integers(1, 10_000), max_size=7), width=st.integers(BAR_WIDTH, 40))
def test_cells_are_shared_so_that_all_are_used_and_nobody_goes_without(counts: list[int], width: int) -> None:
    cells = shared(counts, width)
    assert len(cells) == len(counts)
    assert sum(cells) == min(sum(counts), width)
    assert all(cells)
    by_count = sorted(zip(counts, cells, strict=True))
    assert all(less <= more + 1 for (_, less), (_, more) in pairwise(by_count))
