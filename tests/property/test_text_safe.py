"""Any text at all is safe to draw and fits the cells it is given."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from qtydash.domain.text import safe_text
from qtydash.tui.widgets.bar import Part, joined
from qtydash.tui.widgets.fit import Align, fit

CLUSTERS = (
    "\U0001f468\u200d\U0001f469 \U0001f1f0\U0001f1f7 \U0001f44d\U0001f3fd \u2764\ufe0f 각 각 क्षि 1\ufe0f\u20e3"
)
HOSTILE = (
    "\x00\x07\x1b\x7f\x9b\x9d\u200b\u200d\u202e\u2066\u2028\ufeff\U000e0041\ud800\udfff\ue000\u0301\u3164\u00ad"
)
CHARACTERS = st.characters() | st.sampled_from(HOSTILE) | st.sampled_from(CLUSTERS) | st.sampled_from("a[/]@=; ")
TEXT = st.text(CHARACTERS, max_size=60)
WIDTHS = st.integers(min_value=0, max_value=40)
ALIGN: st.SearchStrategy[Align] = st.sampled_from(["left", "right", "center"])
PARTS = st.lists(TEXT.map(Part), max_size=5)

ZALGO = "z" + "\u0335\u0489" * 5_000


def harmless(text: str) -> bool:
    """Whether every character is printable: the ideographic space is the one blank besides the space."""
    return text.replace("\u3000", " ").isprintable()


@given(text=TEXT, limit=st.integers(min_value=1, max_value=80))
@example(text="\x1b]0;" * 2_500, limit=80)
@example(text=ZALGO, limit=2_000)
def test_the_result_is_printable_and_within_the_limit(text: str, limit: int) -> None:
    drawn = safe_text(text, limit)

    assert harmless(drawn)
    assert len(drawn) <= limit


@given(text=TEXT)
@example(text=ZALGO[:1_000])
def test_making_safe_twice_changes_nothing(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)


@given(text=st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x10FF)))
def test_letters_and_signs_stay_as_they_are(text: str) -> None:
    drawn = [c for c in text if c not in "\u115f\u1160" and unicodedata.east_asian_width(c) == "N"]
    assert safe_text("".join(drawn)) == "".join(drawn)


@given(text=TEXT)
def test_at_most_four_marks_follow_one_another(text: str) -> None:
    run = 0
    for char in safe_text(text):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        assert run <= 4


@given(text=TEXT, width=WIDTHS, align=ALIGN)
@example(text="馬克杯", width=1, align="left")
@example(text="馬克杯", width=4, align="right")
@example(text="x" * 10_000, width=3_000, align="center")
@example(text=ZALGO, width=7, align="left")
def test_fitted_text_has_exactly_its_cells(text: str, width: int, align: Align) -> None:
    fitted = fit(text, width, align)

    assert cell_len(fitted) == width
    assert harmless(fitted)


@given(text=TEXT, width=WIDTHS)
def test_text_that_has_room_is_whole(text: str, width: int) -> None:
    whole = safe_text(text)
    if cell_len(whole) <= width:
        assert fit(text, width) == whole.ljust(len(whole) + width - cell_len(whole))


@given(left=PARTS, right=PARTS, width=WIDTHS)
def test_a_line_has_exactly_its_cells(left: list[Part], right: list[Part], width: int) -> None:
    line = joined(left, right, width)

    assert line.cell_length == width
    assert harmless(line.plain)


@given(left=PARTS, right=PARTS, width=WIDTHS)
def test_what_is_on_the_right_of_a_line_is_whole_while_it_fits(
    left: list[Part], right: list[Part], width: int
) -> None:
    words = "".join(safe_text(part.text) for part in right)
    if cell_len(words) <= width:
        assert joined(left, right, width).plain.endswith(words)
