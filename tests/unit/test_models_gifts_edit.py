"""What typing an edit on gifts offers: how it is read, what it would do, why not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qtydash.domain.changes import Intent, Kind, State
from qtydash.domain.gifts import MAX_QUANTITY, Gift, change_target, stock_intent
from qtydash.tui.bindings import KEYS
from qtydash.tui.glyphs import UNICODE
from qtydash.tui.models.change_states import offline_words
from qtydash.tui.models.gifts import UnderWay
from qtydash.tui.models.gifts_edit import (
    HOW,
    Desk,
    NothingTyped,
    Offer,
    StockEdit,
    gone,
    offer,
    stock_edit,
)

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
SEEN = NOW - timedelta(seconds=12)
BAG = Gift("a", "BAG", (("en", "Canvas bag"),), "active", 21, False, NOW)
CUP = Gift("b", "CUP", (("en", "Cup"),), "active", 3, False, NOW)
ENDLESS = Gift("c", "PIN", (("en", "Pin"),), "active", 0, True, NOW)
FULL = Gift("d", "BOX", (("en", "Box"),), "active", MAX_QUANTITY, False, NOW)

DESK = Desk(UnderWay(), ("en",), UNICODE, NOW, SEEN)


def words(told: Offer) -> str:
    return "\n".join("".join(part.text for part in line) for line in told.notes)


def staged(gift: Gift, kind: Kind, amount: int) -> Intent:
    return stock_intent(gift, kind, amount, gift.label(), now=NOW, seen_at=SEEN)


@pytest.mark.parametrize(
    ("typed", "edit"),
    [
        ("+3", StockEdit(Kind.GIFT_ADJUST, 3)),
        ("-4", StockEdit(Kind.GIFT_ADJUST, -4)),
        ("=10", StockEdit(Kind.GIFT_SET, 10)),
        ("=-2", StockEdit(Kind.GIFT_SET, -2)),
        ("=0", StockEdit(Kind.GIFT_SET, 0)),
        (" + 3 ", StockEdit(Kind.GIFT_ADJUST, 3)),
        ("+9999999", StockEdit(Kind.GIFT_ADJUST, 9_999_999)),
    ],
)
def test_an_edit_is_read(typed: str, edit: StockEdit) -> None:
    assert stock_edit(typed) == edit


@pytest.mark.parametrize("typed", ["", " ", "+", "-", "="])
def test_a_lone_sign_is_nothing_yet(typed: str) -> None:
    with pytest.raises(NothingTyped):
        stock_edit(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("10", "Begin with what to do"),
        ("x", "Begin with what to do"),
        ("+1.5", "no whole number"),
        ("=1,000", "separator"),
        ("+1e3", "no whole number"),
        ("+-3", "One sign is enough"),
        ("=+3", "One sign is enough"),
        ("+10000000", "beyond"),
        ("=-10000000", "beyond"),
        ("+３", "digits"),
    ],
)
def test_what_is_no_edit_is_refused_in_words(typed: str, why: str) -> None:
    told = offer(typed, [BAG], DESK)
    assert why in words(told)
    assert not told.intents


def test_the_preview_tells_both_quantities_and_the_difference() -> None:
    assert offer("-3", [BAG], DESK).change.text == "21 ➔ 18 (-3)"
    assert offer("=30", [BAG], DESK).change.text == "21 ➔ 30 (+9)"


def test_what_is_staged_is_what_was_seen_and_typed() -> None:
    (intent,) = offer("-3", [BAG], DESK).intents

    assert (intent.kind, intent.amount, intent.target) == (Kind.GIFT_ADJUST, -3, change_target("a"))
    assert (intent.seen, intent.seen_at, intent.staged_at) == ({"quantity": 21}, SEEN, NOW)
    assert intent.label == "Canvas bag (BAG)"


@pytest.mark.parametrize(
    ("typed", "why"), [("+0", "change nothing"), ("-0", "change nothing"), ("=21", "21 already")]
)
def test_an_edit_that_changes_nothing_is_refused(typed: str, why: str) -> None:
    told = offer(typed, [BAG], DESK)
    assert (told.intents, why in words(told)) == ((), True)


def test_a_result_out_of_range_is_refused() -> None:
    told = offer("+1", [FULL], DESK)
    assert not told.intents
    assert "10,000,000 is beyond ±9,999,999" in words(told)


def test_a_result_below_zero_is_told_and_can_be_staged() -> None:
    told = offer("-4", [CUP], DESK)
    assert told.change.text == "3 ➔ -1 (-4)"
    assert "Below zero: the review will ask" in words(told)
    assert len(told.intents) == 1


@pytest.mark.parametrize("typed", ["+", "+3", "=5"])
def test_an_unlimited_gift_is_refused_with_the_reason(typed: str) -> None:
    told = offer(typed, [ENDLESS], DESK)
    assert "stock is unlimited" in words(told)
    assert not told.intents


@pytest.mark.parametrize("state", [State.PLANNED, State.SENT, State.UNKNOWN, State.UNDECIDED])
def test_a_target_without_a_known_outcome_takes_no_new_edit(state: State) -> None:
    told = offer("+3", [BAG], replace(DESK, under_way=UnderWay({}, {change_target("a"): state})))
    assert "no known outcome yet" in words(told)
    assert not told.intents


def test_a_locked_profile_says_why_whatever_is_typed() -> None:
    locked = replace(DESK, locked="Profile 'prod' is read-only.")
    for typed in ("+", "+3", "nonsense"):
        told = offer(typed, [BAG], locked)
        assert "Profile 'prod' is read-only." in words(told)
        assert not told.intents


def test_an_edit_in_place_of_another_says_so() -> None:
    under_way = UnderWay({change_target("a"): staged(BAG, Kind.GIFT_ADJUST, 3)})
    told = offer("-1", [BAG], replace(DESK, under_way=under_way))
    assert "+3 is staged. This takes its place." in words(told)


def test_enter_on_nothing_takes_a_staged_edit_back_and_no_other() -> None:
    under_way = UnderWay({change_target("a"): staged(BAG, Kind.GIFT_ADJUST, 3)})
    desk = replace(DESK, under_way=under_way)

    assert offer("+", [BAG], desk).unstages == change_target("a")
    assert "+3 is staged. Enter without a number takes it back." in words(offer("+", [BAG], desk))
    assert offer("+", [CUP], desk).unstages == ""
    assert offer("+1", [BAG], desk).unstages == ""
    assert HOW in words(offer("+", [CUP], desk))


def test_offline_it_says_that_nothing_is_sent() -> None:
    told = offer("+1", [BAG], replace(DESK, offline=True))
    assert offline_words(KEYS) in words(told)
    assert told.intents


def many(count: int) -> Sequence[Gift]:
    return [replace(BAG, id=f"g{n}", sku=f"S{n}", quantity=n) for n in range(count)]


def test_one_edit_goes_to_every_marked_gift_at_one_time() -> None:
    told = offer("+3", many(5), DESK)

    assert (told.what, told.change.text) == ("5 marked gifts", "+3 each")
    assert "0 ➔ 3, 1 ➔ 4, 2 ➔ 5 and 2 more" in words(told)
    assert [intent.amount for intent in told.intents] == [3] * 5
    assert {intent.staged_at for intent in told.intents} == {NOW}
    assert told.told == "Staged +3 for 5 gifts."


def test_marked_gifts_that_cannot_be_changed_are_skipped_and_named() -> None:
    under_way = UnderWay({}, {change_target("b"): State.UNKNOWN})
    told = offer("=21", [BAG, CUP, ENDLESS, FULL], replace(DESK, under_way=under_way))

    assert [intent.target for intent in told.intents] == [change_target("d")]
    for text in (words(told), told.told):
        assert "Pin (PIN): its stock is unlimited" in text
        assert "Cup (CUP): a change of it has no known outcome yet" in text
        assert "Canvas bag (BAG): it is 21 already" in text


def test_many_that_are_skipped_for_one_reason_are_named_in_part() -> None:
    endless = [replace(ENDLESS, id=f"e{n}", sku=f"E{n}") for n in range(5)]
    told = offer("+1", [BAG, *endless], DESK)
    assert "Skipped: Pin (E0), Pin (E1), Pin (E2) and 2 more: its stock is unlimited" in words(told)


def test_when_none_of_the_marked_can_be_changed_nothing_is_staged() -> None:
    told = offer("+1", [ENDLESS, replace(ENDLESS, id="c2")], DESK)
    assert not told.intents
    assert "None of them can be changed" in words(told)


def test_marked_gifts_tell_what_is_special_about_some_of_them() -> None:
    under_way = UnderWay({change_target("g1"): staged(many(2)[1], Kind.GIFT_SET, 9)})
    told = words(offer("-2", many(4), replace(DESK, under_way=under_way, hidden=2)))

    assert "2 would be below zero: the review will ask." in told
    assert "In place of 1 edit staged before." in told
    assert "2 of them are not shown: the filter hides them." in told


def test_gifts_that_left_the_list_are_not_edited() -> None:
    assert not gone(1).intents
    assert "Not in the list any more" in words(gone(1))
