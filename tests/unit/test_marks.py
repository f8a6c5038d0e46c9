"""Marks on rows: what is marked, unmarked and kept, and the sign that shows it."""

import pytest

from qtydash.tui.models.marks import Marks, MarkSign, mark_column
from qtydash.tui.models.table import Table
from qtydash.tui.widgets.grid_model import Cell


def marks(keys: str = "") -> Marks[str]:
    return Marks(frozenset(keys))


@pytest.mark.parametrize(
    ("before", "toggled", "after"),
    [("", "a", "a"), ("a", "a", ""), ("ab", "b", "a"), ("a", "abc", "abc"), ("abc", "ab", "c"), ("ab", "", "ab")],
)
def test_a_key_marks_and_unmarks_and_some_together_do_so_as_one(before: str, toggled: str, after: str) -> None:
    assert marks(before).toggle(*toggled) == marks(after)


def test_marks_are_added_removed_and_kept() -> None:
    assert marks("a").add("bc") == marks("abc")
    assert marks("abc").remove("bx") == marks("ac")
    assert marks("abc").keep_only({"b", "x"}) == marks("b")


def test_marks_are_a_collection() -> None:
    assert "a" in marks("ab")
    assert "x" not in marks("ab")
    assert (len(marks("ab")), sorted(marks("ab"))) == (2, ["a", "b"])
    assert not marks()


def test_the_marked_records_keep_their_order() -> None:
    assert marks("ac").of(["c", "b", "a"], str) == ("c", "a")
    assert marks().of(["c"], str) == ()


@pytest.mark.parametrize(
    ("marked", "line", "sign"),
    [("", "a", ""), ("a", "a", "*"), ("a", "ab", "-"), ("ab", "ab", "*"), ("a", "", "")],
)
def test_a_line_shows_whether_all_or_some_of_it_is_marked(marked: str, line: str, sign: MarkSign) -> None:
    assert marks(marked).sign(line) == sign


def test_the_column_asks_when_it_is_drawn() -> None:
    held = [marks("a")]
    model = Table((mark_column(lambda row: held[0].sign([row])),), ["a", "b"], str)

    assert [model.cell(row, 0) for row in (0, 1)] == [Cell("*", "note"), Cell("", "note")]
    held[0] = held[0].toggle("a", "b")
    assert [model.cell(row, 0).text for row in (0, 1)] == ["*", "*"]
