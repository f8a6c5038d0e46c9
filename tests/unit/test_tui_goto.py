"""Dates as people type them."""

from datetime import date

import pytest

from qtydash.tui.goto import NOTE, BadDate, between, beyond, find_date

SATURDAY = date(2026, 11, 21)
TODAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        ("  2026-12-24 ", date(2026, 12, 24)),
        ("2020-02-29", date(2020, 2, 29)),
        ("2026-1-5", date(2026, 1, 5)),
        ("12-24", date(2026, 12, 24)),
        ("11-21", SATURDAY),
        ("11-20", date(2027, 11, 20)),
        ("1-1", date(2027, 1, 1)),
        ("2-29", date(2028, 2, 29)),
        ("24", date(2026, 11, 24)),
        ("21", date(2026, 12, 21)),
        ("20", date(2026, 12, 20)),
        ("01", date(2026, 12, 1)),
        ("31", date(2026, 12, 31)),
        ("+7", date(2026, 11, 28)),
        ("-21", date(2026, 10, 31)),
        ("+0", SATURDAY),
        ("fri", date(2026, 11, 27)),
        ("sat", date(2026, 11, 28)),
        ("SUNDAY", date(2026, 11, 22)),
        ("wednes", date(2026, 11, 25)),
        ("today", TODAY),
        (" Today", TODAY),
    ],
)
def test_a_date_seen_from_a_saturday_in_november(text: str, found: date) -> None:
    assert find_date(text, SATURDAY, TODAY) == found


@pytest.mark.parametrize(
    ("start", "text", "found"),
    [
        (date(2026, 1, 31), "31", date(2026, 3, 31)),
        (date(2026, 1, 30), "30", date(2026, 3, 30)),
        (date(2027, 12, 31), "29", date(2028, 1, 29)),
        (date(2028, 1, 29), "29", date(2028, 2, 29)),
        (date(2027, 1, 29), "29", date(2027, 3, 29)),
        (date(2026, 12, 31), "31", date(2027, 1, 31)),
        (date(2026, 12, 31), "+1", date(2027, 1, 1)),
        (date(2028, 2, 28), "+1", date(2028, 2, 29)),
        (date(2096, 3, 1), "2-29", date(2104, 2, 29)),
        (date(2028, 2, 29), "2-29", date(2028, 2, 29)),
    ],
)
def test_leap_days_and_the_ends_of_months_and_years(start: date, text: str, found: date) -> None:
    assert find_date(text, start, TODAY) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "+", "-", "--", "0", "00", "32", "99", "2-30", "13-1", "0-1", "2026-13-01", "2026-02-29"),
        *(
            "12-24-",
            "24.12.",
            "2026/12/24",
            "tomorrow",
            "mo",
            "friyay",
            "fri 24",
            "+7d",
            "²",
            "+²",
            "\x1b",
            "\ud800",
        ),
        *("+99999999999", "-99999999", "9" * 5_000, "+" + "9" * 5_000),
    ],
)
def test_what_is_no_date_is_told_the_forms_there_are(text: str) -> None:
    with pytest.raises(BadDate, match=r"^That is no date\. Write 2026-12-24, 12-24, 24, \+7, -7, today or fri\.$"):
        find_date(text, SATURDAY, TODAY)


@pytest.mark.parametrize("form", ["2026-12-24", "12-24", "24", "+7", "-7", "today", "fri"])
def test_each_form_that_the_message_offers_is_understood(form: str) -> None:
    assert isinstance(find_date(form, SATURDAY, TODAY), date)


def test_the_prompt_offers_what_is_understood() -> None:
    forms = NOTE.replace(";", ",").replace("counted from the cursor:", "").split(",")
    assert [form.strip() for form in forms] == ["2026-12-24", "today", "12-24", "24", "+7", "-7", "fri"]
    for form in forms:
        find_date(form, SATURDAY, TODAY)


@pytest.mark.parametrize("form", ["12-24", "24", "+7", "-7", "fri"])
def test_what_the_prompt_says_is_counted_from_the_cursor_is(form: str) -> None:
    other = date(2027, 1, 20)
    assert find_date(form, SATURDAY, TODAY) != find_date(form, other, TODAY)
    assert find_date(form, SATURDAY, TODAY) == find_date(form, SATURDAY, other)


DATES = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 9)]


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 3, 10), "10 Mar 2026 is beyond the last day on sale, 9 Mar 2026: went there."),
        (date(2026, 2, 28), "28 Feb 2026 is before the first day on sale, 1 Mar 2026: went there."),
        (date(2026, 3, 1), ""),
        (date(2026, 3, 5), ""),
        (date(2026, 3, 9), ""),
    ],
)
def test_a_date_beyond_the_ends_is_told(on: date, words: str) -> None:
    assert beyond(on, DATES, low_only=False, went=True) == words
    assert beyond(on, [], low_only=False, went=True) == ""
    low = words.replace("day on sale", "low day").replace(": went there", "")
    assert beyond(on, DATES, low_only=True, went=False) == low


@pytest.mark.parametrize("on", [date(2026, 3, n) for n in (1, 2, 9, 10)] + [date(2026, 2, 1)])
def test_a_date_that_is_there_or_beyond_lies_not_between(on: date) -> None:
    assert between(on, DATES, low_only=False) == between(on, [], low_only=False) == ""


def test_a_date_between_is_told_with_the_next() -> None:
    assert between(date(2026, 3, 3), DATES, low_only=False) == (
        "3 Mar 2026 is no day on sale: went to the next, 9 Mar 2026."
    )
    assert between(date(2026, 3, 8), DATES, low_only=True) == (
        "8 Mar 2026 is no low day: went to the next, 9 Mar 2026."
    )
