"""An order that someone pasted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from qtydash.services.carts import MAX_ORDER, OrderFileError, from_file, from_text

SAMPLE = Path(__file__).parents[1] / "adapter" / "sample_003_removal.json"
NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


def test_a_pasted_order_is_the_one_in_the_file_read_now() -> None:
    pasted = from_text(SAMPLE.read_text(encoding="utf-8"), lambda: NOW)
    assert pasted.data == from_file(SAMPLE, lambda: NOW).data
    assert (pasted.fetched_at, pasted.source) == (NOW, "cache")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n", "The pasted text is no saved order: it is empty."),
        ("{\ud800}", "The pasted text is no saved order"),
        (" " * (MAX_ORDER + 1), "The pasted text is larger than 8 MiB"),
        ('{"message": "x", "status": "403"}', "The pasted text holds a refusal, no order"),
    ],
)
def test_what_is_no_order_is_told(text: str, words: str) -> None:
    with pytest.raises(OrderFileError, match=words.replace(".", r"\.")):
        from_text(text, lambda: NOW)
