"""The filter's words, the fate of marks, and the lines that add everything up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rich.cells import cell_len

from qtydash.domain.order_qty import HOLDING, HoldState, OrderQty
from qtydash.domain.order_qty_filter import HoldFilter
from qtydash.domain.order_qty_sums import Totals, totals
from qtydash.tui.commands import Scope
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models.marks import Marks
from qtydash.tui.models.order_qty_filter import GRAMMAR, FilterWords, filter_of
from qtydash.tui.models.order_qty_marks import markable, marks_after, marks_keys, marks_parts, refusal
from qtydash.tui.models.order_qty_totals import totals_parts
from qtydash.tui.screens.help import help_lines
from qtydash.tui.widgets.bar import Part

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
LIMIT = timedelta(minutes=45)
STALE = frozenset({HoldState.STALE})


def hold(id: str, minutes: float = 90, quantity: str | None = "1.5", **flags: bool) -> OrderQty:
    touched = NOW - timedelta(minutes=minutes)
    amount = None if quantity is None else Decimal(quantity)
    deleted, active = flags.get("deleted", False), flags.get("active", True)
    submitted = flags.get("submitted", False)
    return OrderQty(
        id, "", "", touched, None, deleted, False, "", "", "prod-1", "cart", amount, None, active, submitted
    )


def is_stale(record: OrderQty) -> bool:
    return record.state(NOW, LIMIT) is HoldState.STALE


def text(parts: list[Part]) -> str:
    return "".join(part.text for part in parts)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", FilterWords()),
        ("stale", FilterWords(HoldFilter(STALE))),
        ("Stale SUBMITTED", FilterWords(HoldFilter(STALE | {HoldState.SUBMITTED}))),
        ("active", FilterWords(HoldFilter(HOLDING))),
        ("inactive", FilterWords(HoldFilter(frozenset({HoldState.INACTIVE})))),
        ("future unknown", FilterWords(HoldFilter(frozenset({HoldState.FUTURE, HoldState.UNKNOWN_AGE})))),
        ("older:3h", FilterWords(HoldFilter(older=timedelta(hours=3)))),
        ("OLDER:1H30M", FilterWords(HoldFilter(older=timedelta(minutes=90)))),
        ("older:3h older:2d", FilterWords(HoldFilter(older=timedelta(days=2)))),
        ("Gummies cart-7", FilterWords(words=("gummies", "cart-7"))),
        ("stale older:2d Gum", FilterWords(HoldFilter(STALE, timedelta(days=2)), ("gum",))),
    ],
)
def test_the_words_of_the_filter(typed: str, asked: FilterWords) -> None:
    assert filter_of(typed.split()) == asked


@pytest.mark.parametrize("typed", ["older:", "older:3", "older:soon", "older:-3h", "older:9999d", "older:\x1b[2J"])
def test_an_age_that_cannot_be_read_is_told_and_hides_nothing(typed: str) -> None:
    asked = filter_of([typed])

    assert asked.holds == HoldFilter()
    assert asked.fault.endswith("is no age. Write older:45m, older:3h or older:2d.")
    assert asked.fault.isprintable()


def test_the_stale_key_and_the_filter_together() -> None:
    assert filter_of([], stale_only=True) == FilterWords(HoldFilter(STALE))
    assert filter_of(["active"], stale_only=True) == FilterWords(HoldFilter(STALE))
    against = filter_of(["submitted"], stale_only=True)
    assert against == FilterWords(
        HoldFilter(STALE), fault="Only stale rows are shown. Press l to show the others."
    )


def test_the_keys_screen_tells_every_word() -> None:
    here: Scope = "order_qty"
    told = [text(list(line)) for line in help_lines(here, UNICODE, width=200)]

    for word, words in GRAMMAR:
        assert any(word in line and words in line for line in told)
    assert not any("older:3h" in text(list(line)) for line in help_lines("gifts", UNICODE))
    for word in GRAMMAR[0][0].split(", "):
        assert filter_of([word]).holds.states


def test_why_a_row_cannot_be_marked() -> None:
    sold, gone, free = hold("a", submitted=True), hold("b", deleted=True), hold("c")

    assert markable([sold, gone, free, hold("d", active=False)]) == (free, hold("d", active=False))
    assert refusal([free]) == ""
    assert refusal([gone]) == "This row cannot be marked: it is deleted already."
    assert refusal([sold]) == (
        "This row cannot be marked: its order was placed, and deleting it would not cancel that order."
    )
    assert refusal([sold, sold, gone, free]) == (
        "Not marked - 2 rows: its order was placed, and deleting it would not cancel that order; "
        "1 row: it is deleted already."
    )
    assert refusal([gone, gone]) == "Nothing was marked - 2 rows: it is deleted already."


@pytest.mark.parametrize(
    ("now", "kept", "told"),
    [
        ({"a": hold("a"), "b": hold("b", 5)}, "ab", ""),
        ({"a": hold("a", 900, "9"), "b": hold("b", 50)}, "ab", ""),
        ({"a": hold("a")}, "a", "1 mark dropped: 1 not listed any more."),
        ({}, "", "2 marks dropped: 2 not listed any more."),
        ({"a": hold("a", submitted=True), "b": hold("b", 5)}, "b", "1 mark dropped: 1 submitted since."),
        ({"a": hold("a"), "b": hold("b", deleted=True)}, "a", "1 mark dropped: 1 deleted since."),
        ({"a": hold("a", 1), "b": hold("b", 1)}, "b", "1 mark dropped: 1 not stale any more."),
        ({"a": hold("a", active=False), "b": hold("b")}, "b", "1 mark dropped: 1 not stale any more."),
        ({"a": hold("a", 1)}, "", "2 marks dropped: 1 not listed any more, 1 not stale any more."),
    ],
)
def test_what_becomes_of_marks(now: Mapping[str, OrderQty], kept: str, told: str) -> None:
    """``a`` was marked while stale, ``b`` while fresh."""
    before = {"a": hold("a"), "b": hold("b", 5)}

    assert marks_after(Marks(frozenset("ab")), before, now, is_stale, is_stale) == (Marks(frozenset(kept)), told)


def test_a_longer_threshold_takes_marks_from_what_is_stale_no_more() -> None:
    rows = {"a": hold("a"), "h": hold("h", 600)}

    def later(record: OrderQty) -> bool:
        return record.state(NOW, timedelta(hours=3)) is HoldState.STALE

    marks, told = marks_after(Marks(frozenset("ah")), rows, rows, is_stale, later)

    assert (marks, told) == (Marks(frozenset("h")), "1 mark dropped: 1 not stale any more.")


def test_what_deleting_the_marked_would_free() -> None:
    assert (
        text(marks_parts([hold("a"), hold("b", quantity="2.25")], NOW, LIMIT)) == " 2 marked: 3.75 would be freed"
    )
    odd = [hold("a"), hold("b", 5), hold("c", active=False), hold("d", quantity=None)]
    assert text(marks_parts(odd, NOW, LIMIT)) == " 4 marked: 3 would be freed, 2 not stale, 1 of unknown quantity"
    assert text(marks_parts(odd, NOW, LIMIT, hidden=3)).endswith(", 1 of unknown quantity, 3 not shown")


@pytest.mark.parametrize(
    ("width", "keys"),
    [(69, "d deletes, escape clears "), (68, "escape clears "), (58, "escape clears "), (57, ""), (20, "")],
)
def test_the_keys_for_marks_give_way_to_what_is_marked(width: int, keys: str) -> None:
    left = [Part(" 2 marked: 3.75 would be freed"), Part(", 1 not stale")]
    assert text(marks_keys(left, width, "d")) == keys


HELD = (hold("a"), hold("b", 5, "2"), hold("c", submitted=True), replace(hold("d"), consumer_cart_id="other"))


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (160, " 4 rows: 5 held, 3 of it by 2 stale carts (2 rows), 1.5 submitted"),
        (60, " 4 rows: 5 held, 3 of it by 2 stale carts, 1.5 submitted"),
        (45, " 4 rows: 5 held, 3 stale, 1.5 submitted"),
        (10, " 4 rows: 5 held, 3 stale, 1.5 submitted"),
    ],
)
def test_the_totals_in_the_fullest_words_that_fit(width: int, words: str) -> None:
    told = totals_parts(totals(HELD, NOW, LIMIT), width)

    assert text(told) == words
    assert width < 45 or cell_len(text(told)) <= width


def test_a_sum_with_rows_that_tell_no_quantity_says_so() -> None:
    told = totals_parts(totals([*HELD, hold("e", quantity=None)], NOW, LIMIT), 200)

    assert text(told) == " 5 rows: 5+? held, 3+? of it by 2 stale carts (3 rows), 1.5 submitted"
    assert text(totals_parts(Totals(), 200)) == " 0 rows: 0 held, 0 of it by 0 stale carts (0 rows), 0 submitted"
