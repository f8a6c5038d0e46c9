"""Ages and counts as people read them."""

from datetime import UTC, datetime

import pytest

from qtydash.domain.snapshot import Snapshot, age_in_words, plural


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0s"),
        (0, "0s"),
        (0.9, "0s"),
        (1, "1s"),
        (59.9, "59s"),
        (60, "1m"),
        (3_599, "59m"),
        (3_600, "1h"),
        (86_399, "23h"),
        (86_400, "1d"),
        (400 * 86_400, "400d"),
    ],
)
def test_an_age_in_its_largest_unit(seconds: float, words: str) -> None:
    assert age_in_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "units", "words"),
    [
        (59, 2, "59s"),
        (61, 2, "1m 1s"),
        (3_600, 2, "1h 0m"),
        (86_400 + 7_200, 2, "1d 2h"),
        (86_400 + 5, 2, "1d 0h"),
        (86_400 + 5, 4, "1d 0h 0m 5s"),
    ],
)
def test_an_age_in_several_units(seconds: float, units: int, words: str) -> None:
    assert age_in_words(seconds, units) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 gifts"), (1, "1 gift"), (2, "2 gifts"), (-1, "-1 gifts")])
def test_a_count_with_its_noun(count: int, words: str) -> None:
    assert plural(count, "gift") == words


def test_a_snapshot_is_complete_and_unmoved_unless_it_says_so() -> None:
    snapshot = Snapshot("data", datetime(2026, 3, 1, tzinfo=UTC), "live")

    assert (snapshot.complete, snapshot.warnings, dict(snapshot.previous)) == (True, (), {})
