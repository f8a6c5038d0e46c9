"""Text from outside: what a person sees of it, and what no terminal ever gets."""

import pytest

from qtydash.domain.text import MAX_TEXT, safe_text


@pytest.mark.parametrize(
    ("outside", "drawn"),
    [
        ("", ""),
        ("Canvas bag", "Canvas bag"),
        ("帆布袋 夏季限定", "帆布袋 夏季限定"),
        ("[/x][@click=app.quit]", "[/x][@click=app.quit]"),
        ("\x1b[2J", "^[[2J"),
        ("\x1b]0;title\x07", "^[]0;title^G"),
        ("\x1b]52;c;aGk=\x1b\\", "^[]52;c;aGk=^[\\"),
        ("a\x00b", "a^@b"),
        ("a\tb\r\nc", "a^Ib^M^Jc"),
        ("\x7f", "^?"),
        ("\x9b31m\x85", "<U+009B>31m<U+0085>"),
        ("abc\u202edef", "abc<U+202E>def"),
        ("\u2066x\u2069\u200e\u061c", "<U+2066>x<U+2069><U+200E><U+061C>"),
        ("a\u200bb\u200d\u2060\ufeff", "a<U+200B>b<U+200D><U+2060><U+FEFF>"),
        ("\u00ad", "<U+00AD>"),
        ("\U000e0041\U000e007f", "<U+E0041><U+E007F>"),
        ("\U000e0100", "<U+E0100>"),
        ("\ud800x\udfff", "<U+D800>x<U+DFFF>"),
        ("\ue000\U000f0000", "<U+E000><U+F0000>"),
        ("\U0003fffe\u0378", "<U+3FFFE><U+0378>"),
        ("\u3164\u115f\u2800\uffa0", "<U+3164><U+115F><U+2800><U+FFA0>"),
        ("\u034f\u1160\u17b4\u17b5", "<U+034F><U+1160><U+17B4><U+17B5>"),
        ("\ufe00\ufe0f\ufe10", "\ufe10"),
        ("\U000e01ef", "<U+E01EF>"),
        ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),
        ("a\u00a0b", "a b"),
        ("小\u3000人", "小\u3000人"),
        ("\u2764\ufe0f", "\u2764"),
    ],
)
def test_what_is_drawn(outside: str, drawn: str) -> None:
    assert safe_text(outside) == drawn


def test_piled_up_marks_are_thinned_to_four() -> None:
    assert safe_text("a" + "\u0301" * 5_000 + "b") == "a" + "\u0301" * 4 + "…"
    assert safe_text("a" + "\u0301" * 500 + "b") == "a" + "\u0301" * 4 + "b"
    assert safe_text("\u0301" * 500 + "b") == "\u0301" * 4 + "b"


def test_marks_of_real_words_are_kept() -> None:
    for word in ("tiế\u0323ng", "ก็\u0e48", "שָׁלוֹם"):
        assert safe_text(word) == word


@pytest.mark.parametrize(
    ("outside", "limit", "drawn"),
    [
        ("abcd", 4, "abcd"),
        ("小小小小", 4, "小小小小"),
        ("a" + "\u0301" * 7 + "bcd", 8, "a" + "\u0301" * 4 + "b…"),
        ("abcde", 4, "abc…"),
        ("ab cde", 4, "ab…"),
        ("abcde", 1, "…"),
        ("a\x1bc", 3, "a^…"),
        ("\x1b\x1b", 4, "^[^["),
    ],
)
def test_the_cut_is_shown(outside: str, limit: int, drawn: str) -> None:
    assert safe_text(outside, limit) == drawn


@pytest.mark.parametrize("char", ["a", "馬", "\x1b", "\u202e", "\ud800"])
def test_ten_thousand_characters_are_cut_to_the_limit(char: str) -> None:
    drawn = safe_text(char * 10_000)

    assert len(drawn) == MAX_TEXT
    assert drawn.endswith("…")
