"""The marks of both sets: one cell each, on every terminal, or a word."""

import unicodedata
from dataclasses import asdict

import pytest
from rich.cells import cell_len

from qtydash.tui.glyphs import ASCII, UNICODE, Glyphs
from qtydash.tui.widgets.fit import CUT

AMBIGUOUS = {"∞"}
"""Two cells on some East Asian terminals; it stands at the end of its column, where nothing can shear."""

SPELLED = {"unlimited", "fine", "levels", "becomes"}
"""Marks that the plain set writes in several characters, and the row of marks of a sparkline."""

MARKS = [mark for name, mark in asdict(UNICODE).items() if name != "levels"]


@pytest.mark.parametrize("mark", [*MARKS, *UNICODE.levels, *ASCII.levels, CUT])
def test_a_mark_is_one_character_of_one_cell(mark: str) -> None:
    assert (len(mark), cell_len(mark)) == (1, 1)
    assert mark.isprintable()


@pytest.mark.parametrize("mark", sorted({*asdict(UNICODE).values(), *asdict(ASCII).values(), CUT} - AMBIGUOUS))
def test_no_terminal_draws_a_mark_wide(mark: str) -> None:
    assert {unicodedata.east_asian_width(char) for char in mark} <= {"N", "Na"}


@pytest.mark.parametrize(("name", "mark"), asdict(ASCII).items())
def test_the_plain_set_is_ascii_and_one_cell_but_for_its_words(name: str, mark: str) -> None:
    assert mark.isascii()
    assert mark.isprintable()
    assert (len(mark) > 1) == (name in SPELLED)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_states_and_directions_are_told_apart_by_their_mark_alone(glyphs: Glyphs) -> None:
    states = [glyphs.low, glyphs.sold_out, glyphs.oversold, glyphs.mismatch, glyphs.no_inventory, glyphs.unlimited]
    marks = [*states, glyphs.up, glyphs.down, glyphs.fine]
    assert len(set(marks)) == len(marks)
