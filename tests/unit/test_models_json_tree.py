"""A JSON document as lines that fold: what is shown, found, masked and copied."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.models import json_tree
from qtydash.tui.models.json_tree import MASK, Match, NoJson, load

SAMPLE = (Path(__file__).parents[1] / "adapter" / "sample_003_removal.json").read_text(encoding="utf-8")
TEXT = """{"orderId": "o1", "total": 19.90, "embedded": {"items": [{"displayName": "Mug", "quantity": 2}, {}],
 "empty": [], "ok": true, "none": null}}"""
DOCUMENT = load(TEXT)
EVERYTHING = json_tree.all_below(DOCUMENT, ())
ITEMS = ("embedded", "items")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcde", max_size=3), inner, max_size=4),
    max_leaves=20,
)


def lines(opened: frozenset[json_tree.Path], text: str = TEXT) -> list[str]:
    table = json_tree.tree(load(text), opened, UNICODE)
    return [table.cell(row, 0).text for row in range(table.row_count)]


def test_a_folded_document_is_one_line() -> None:
    assert lines(frozenset()) == ["▸ {3 fields}"]


def test_every_value_under_its_key() -> None:
    assert lines(EVERYTHING) == [
        "▾ {3 fields}",
        '    orderId: "o1"',
        "    total: 19.90",
        "  ▾ embedded: {4 fields}",
        "    ▾ items: [2]",
        "      ▾ [0] {2 fields}  Mug",
        '          displayName: "Mug"',
        "          quantity: 2",
        "      ▾ [1] {0 fields}",
        "    ▾ empty: [0]",
        "      ok: true",
        "      none: null",
    ]


def test_plain_terminals_get_plain_marks() -> None:
    table = json_tree.tree(DOCUMENT, frozenset({()}), ASCII)
    assert [table.cell(row, 0).text[:3] for row in (0, 3)] == ["v {", "  >"]


def test_the_lists_of_gifts_are_open_at_first_and_the_copies_of_the_cart_are_not() -> None:
    document = load(SAMPLE)
    opened = json_tree.first_opened(document)
    order = ("embedded", "order")
    assert {(*order, "giftWithPurchaseInfo"), (*order, "shoppingCart", "items")} <= opened
    assert not {("items",), (*order, "shippingGroups"), (*order, "shoppingCart", "items", 0)} & opened


@pytest.mark.parametrize("key", ["access_token", "Authorization", "visitorId", "X-CCVisitor-Id", "userPassword"])
def test_what_a_key_calls_a_credential_is_masked(key: str) -> None:
    document = load(json.dumps({key: "s3cr3t", "tokens": ["kept"], "empty": {"token": ""}, "n": {key: 77}}))
    assert "s3cr3t" not in json_tree.pretty(document)
    assert json_tree.at(document, (key,)) == json_tree.at(document, ("n", key)) == MASK
    assert json_tree.at(document, ("tokens", 0)) == "kept"
    assert json_tree.at(document, ("empty", "token")) == ""


@pytest.mark.parametrize("text", ["", "{", "NaN", "[1,]", "[" * 100_000])
def test_what_is_no_json_is_told(text: str) -> None:
    with pytest.raises(NoJson, match="no JSON that can be shown"):
        load(text)


def test_words_are_found_in_keys_and_values_and_round_the_end() -> None:
    first = json_tree.find(DOCUMENT, "MUG", (), 1)
    assert first == Match((*ITEMS, 0, "displayName"), 1, 1)
    assert json_tree.find(DOCUMENT, "mug", first.path, 1) == first
    assert json_tree.find(DOCUMENT, "mug", first.path, -1) == first
    assert json_tree.find(DOCUMENT, "xyzzy", (), 1) is None


def test_forward_and_back_visit_every_match_in_document_order() -> None:
    at: json_tree.Path = ()
    seen = []
    for _ in range(4):
        match = json_tree.find(DOCUMENT, "m", at, 1)
        assert match is not None
        at = match.path
        seen.append((match.place, match.total, json_tree.path_words(at)))
    assert seen == [
        (1, 4, "embedded"),
        (2, 4, "embedded.items"),
        (3, 4, "embedded.items[0].displayName"),
        (4, 4, "embedded.empty"),
    ]
    for place in (3, 2, 1, 4):
        match = json_tree.find(DOCUMENT, "m", at, -1)
        assert match is not None
        assert match.place == place
        at = match.path


def test_a_match_is_marked() -> None:
    table = json_tree.tree(DOCUMENT, EVERYTHING, UNICODE, found="mug")
    assert [table.cell(row, 0).tone for row in (0, 1, 6)] == ["strong", "", "low"]


def test_what_is_above_everything_has_a_name() -> None:
    assert json_tree.path_words(()) == "whole answer"


def test_numbers_are_copied_as_they_came_and_what_cannot_be_printed_is_escaped() -> None:
    text = '{"a": 1.50, "b": 1E5, "c": "四", "d": "\\u202e\\ud800\\u001b", "e": 12345678901234567890}'
    assert json_tree.pretty(load(text)).split("\n") == [
        "{",
        '  "a": 1.50,',
        '  "b": 1E5,',
        '  "c": "四",',
        '  "d": "\\u202e\\ud800\\u001b",',
        '  "e": 12345678901234567890',
        "}",
    ]


@given(document=JSON)
def test_what_is_copied_is_the_same_document(document: Any) -> None:
    assert json.loads(json_tree.pretty(load(json.dumps(document)))) == document


@given(document=JSON)
def test_no_line_can_steer_the_terminal(document: Any) -> None:
    text = json.dumps(document)
    loaded = load(text)
    table = json_tree.tree(loaded, json_tree.all_below(loaded, ()), UNICODE)
    scalars = [table.cell(row, 0).text for row in range(table.row_count)]
    assert len(scalars) == len(list(json_tree.walk(loaded)))
    assert json_tree.pretty(loaded).replace("\n", "").isprintable()


@given(document=JSON, words=st.text("abcde01", min_size=1, max_size=2), step=st.sampled_from([-1, 1]))
def test_a_search_comes_by_every_match_once(document: Any, words: str, step: Any) -> None:
    loaded = load(json.dumps(document))
    match = json_tree.find(loaded, words, (), step)
    if match is None:
        return
    seen = [match]
    while len(seen) < match.total:
        following = json_tree.find(loaded, words, seen[-1].path, step)
        assert following is not None
        seen.append(following)
    assert len({m.path for m in seen}) == match.total
    assert sorted(m.place for m in seen) == list(range(1, match.total + 1))
