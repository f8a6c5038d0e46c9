"""What a row of the journal may hold: anything else is no row of it."""

import json

import pytest
from tests.changes_kit import intent

from qtydash.storage.journal_rows import canonical, intent_of, intent_text


def test_a_number_that_is_none_has_no_spelling() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"quantity": float("nan")})


@pytest.mark.parametrize("time", ["2026-05-04T10:00:00", "soon", ""])
def test_a_time_has_a_zone(time: str) -> None:
    text = json.dumps(json.loads(intent_text(intent(3))) | {"staged_at": time})
    with pytest.raises(ValueError, match=r"zone|time|iso"):
        intent_of(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [("target", 1), ("label", None), ("amount", "3"), ("ids", []), ("seen", []), ("seen", {"quantity": "21"})],
)
def test_a_value_of_another_kind_is_refused(field: str, value: object) -> None:
    text = json.dumps(json.loads(intent_text(intent(3))) | {field: value})
    with pytest.raises(TypeError, match="is due here"):
        intent_of(text)
