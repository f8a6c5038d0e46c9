"""``tickets show --changes-since``: compared with what the cache's history knows of an earlier time."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.temple import EVENING, MORNING, Temple, open_temple, table_of

from qtydash.adapters import paging

DAY = timedelta(days=1)


@pytest.fixture
def temple(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Temple]:
    with open_temple(home, monkeypatch) as opened:
        yield opened


@pytest.fixture
def later(temple: Temple) -> Temple:
    """Read once at noon; a day later four more mornings of March 3 are sold and one of March 4 came back."""
    temple.rows_of()
    temple.wait(DAY)
    temple.order(MORNING, 3, 4)
    temple.order(MORNING, 4, -1)
    return temple


@pytest.mark.parametrize("since", ["24h", "1d", "90s", "2026-03-01T12:00:00Z", "2026-03-01T21:00+09:00"])
def test_only_what_another_number_was_left_of(later: Temple, since: str) -> None:
    rows = later.rows_of("--changes-since", since)

    assert [(row["option_code"], row["date"], row["left_before"], row["change"]) for row in rows] == [
        (MORNING, "2026-03-03", 7, -4),
        (MORNING, "2026-03-04", 7, 1),
    ]
    assert list(rows[0])[-3:] == ["state", "left_before", "change"]


def test_since_the_latest_change_nothing_changed(later: Temple) -> None:
    later.rows_of()
    later.wait(timedelta(minutes=5))

    assert later.rows_of("--changes-since", "1m") == []


def test_changes_are_combined_with_the_other_choices(later: Temple) -> None:
    since = ("--changes-since", "24h")

    assert later.days_of(*since, "--low") == [(MORNING, 3)]
    assert later.days_of(*since, "--from", "2026-03-04") == [(MORNING, 4)]
    assert later.days_of(*since, "--option", EVENING) == []
    assert later.days_of(*since, "--check", status=10) == [(MORNING, 3), (MORNING, 4)]
    assert later.days_of(*since, "--check", "--low", status=10) == [(MORNING, 3)]
    assert later.days_of(*since, "--check", "--low", "--from", "2026-03-04") == []


def test_the_words_of_a_check(later: Temple) -> None:
    result = later.show("--changes-since", "24h", "--check", "--format", "csv")

    assert result.stderr == (
        "Days that have another number left than at 2026-03-01 12:00 UTC: 2 of 7 (1 available, 1 low).\n"
    )
    assert [(row["left_before"], row["change"]) for row in table_of(result.stdout)] == [("7", "-4"), ("7", "1")]


def test_the_table_shows_the_two_numbers(later: Temple) -> None:
    head, first, second = later.show("--changes-since", "24h", "--format", "table").stdout.splitlines()

    assert head.split()[-5:] == ["LEFT", "LEFT", "BEFORE", "CHANGE", "STATE"]
    assert first.split()[-4:] == ["3", "7", "-4", "low"]
    assert second.split()[-4:] == ["8", "7", "1", "available"]


def test_a_record_that_was_not_known_is_new(temple: Temple) -> None:
    all_rows = list(temple.rows)
    temple.forget(5)
    temple.rows_of()
    temple.wait(DAY)
    temple.rows[:] = all_rows

    (row,) = temple.rows_of("--changes-since", "24h", "--check", status=10)

    assert (row["date"], row["left"], row["left_before"], row["change"]) == ("2026-03-05", 7, None, None)


def test_a_day_that_is_listed_no_more_is_said_and_found(later: Temple) -> None:
    later.order(MORNING, 3, -4)
    later.order(MORNING, 4, 1)
    later.forget(4)

    result = later.show("--changes-since", "24h", "--check")

    assert (result.exit_code, json.loads(result.stdout)["data"]) == (10, [])
    # an option that the vendor does not name and the profile does not is its short code
    assert result.stderr == "Without inventory now, unlike then: 42fbf455 2026-03-04, Temple morning 2026-03-04.\n"
    for others in (["--option", EVENING, "--to", "+1"], ["--low"]):
        quiet = later.show("--changes-since", "24h", "--check", *others)
        assert (quiet.exit_code, quiet.stderr) == (0, "")


def test_a_day_that_is_over_may_be_listed_no_more(temple: Temple) -> None:
    temple.rows_of()
    temple.wait(DAY)
    temple.forget(1)

    assert temple.show("--changes-since", "24h").stderr == ""
    named = temple.show("--changes-since", "24h", "--from", "2026-03-01").stderr
    assert named == "Without inventory now, unlike then: 42fbf455 2026-03-01, Temple morning 2026-03-01.\n"


def test_many_days_listed_no_more_are_counted(temple: Temple) -> None:
    temple.rows_of()
    temple.wait(timedelta(hours=1))
    temple.rows[:] = temple.rows[:1]

    said = temple.show("--changes-since", "1h").stderr

    assert said.startswith("Without inventory now, unlike then: 42fbf455 2026-03-02, 42fbf455 2026-03-03, ")
    assert said.endswith(" and 3 more.\n")


def test_of_an_incomplete_read_nothing_is_called_gone(later: Temple, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_ROWS", 1)
    later.forget(5)

    result = later.show("--changes-since", "24h", "--check")

    assert result.exit_code == 10
    assert json.loads(result.stdout)["complete"] is False
    assert "The data are not complete." in result.stderr
    assert "Without inventory" not in result.stderr


def test_history_that_does_not_reach_back_so_far(later: Temple) -> None:
    result = later.show("--changes-since", "7d")

    assert result.exit_code == 0
    assert [row["left_before"] for row in json.loads(result.stdout)["data"]] == [7, 7]
    said = (
        "What was left at 2026-02-23T12:00:00Z is not known. "
        "Compared with the oldest known, of 2026-03-01T12:00:00Z."
    )
    assert result.stderr == f"{said}\n"
    assert json.loads(result.stdout)["warnings"] == [said]


@pytest.mark.parametrize("form", ["table", "csv", "json", "html"])
@pytest.mark.parametrize("check", [[], ["--check"]])
def test_that_it_does_not_reach_back_is_said_once_in_every_format(
    later: Temple, form: str, check: list[str]
) -> None:
    said = later.show("--changes-since", "7d", "--format", form, *check).stderr

    assert said.count("Compared with the oldest known") == 1


def test_the_first_read_has_nothing_to_compare_with(temple: Temple) -> None:
    result = temple.show("--changes-since", "24h", "--check")

    assert (result.exit_code, json.loads(result.stdout)["data"]) == (0, [])
    assert result.stderr == (
        "What was left at 2026-02-28T12:00:00Z is not known. Compared with the oldest known, of "
        "2026-03-01T12:00:00Z. That is this very read: no change can be seen yet.\n"
    )


def test_rows_read_before_that_time_cannot_tell(later: Temple) -> None:
    later.server.stop()
    for how in ((), ("--offline",)):
        result = later.show("--changes-since", "1h", "--check", *how)

        assert (result.exit_code, result.stdout) == (1, "")
        assert (
            "The rows at hand were read at 2026-03-01T12:00:00Z, before 2026-03-02T11:00:00Z: "
            "whether anything changed since then cannot be told from them."
        ) in result.stderr


def test_offline_compares_the_cached_rows(later: Temple) -> None:
    live = later.rows_of("--changes-since", "24h")

    assert later.rows_of("--changes-since", "24h", "--offline") == live != []


def test_without_a_cache_there_is_no_history(temple: Temple, home: Path) -> None:
    (home / "cache.db").mkdir()

    result = temple.show("--changes-since", "24h")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "No history of this product is kept, so what changed cannot be told." in result.stderr


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("soon", "'soon' is no time. Write how long ago, as 90s, 45m, 24h or 7d, or a time, as 2026-03-01T12:00."),
        ("24", "'24' is no time."),
        ("0s", "'0s' is no time."),
        ("0001-01-01T00:00+14:00", "is no time."),
        ("2026-03-01T12:00:01", "'2026-03-01T12:00:01' has not come yet."),
    ],
)
def test_a_time_that_cannot_be_meant(temple: Temple, written: str, words: str) -> None:
    result = temple.show("--changes-since", written)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
