"""The gates: the more deletions, the more must be typed."""

import pytest

from qtydash.domain.gates import Gate, deletion_gate


@pytest.mark.parametrize(
    ("count", "phrase"),
    [(0, ""), (1, ""), (2, "2"), (20, "20"), (21, "prod delete 21"), (200, "prod delete 200")],
)
def test_what_must_be_typed(count: int, phrase: str) -> None:
    gate = deletion_gate(count, "prod", 200)
    assert (gate.phrase, gate.needs_typing, gate.refusal) == (phrase, bool(phrase), "")


@pytest.mark.parametrize("most", [1, 20, 200])
def test_more_than_the_profile_allows_opens_by_nothing(most: int) -> None:
    gate = deletion_gate(most + 1, "prod", most)
    assert "Take fewer, or raise `max_bulk` in the profile." in gate.refusal
    assert not any(gate.opens(typed) for typed in ("", str(most + 1), f"prod delete {most + 1}"))


@pytest.mark.parametrize(
    ("typed", "opens"), [("21", False), (" prod delete 21 ", True), ("prod  delete 21", False)]
)
def test_nothing_but_blanks_around_it_is_forgiven(typed: str, opens: bool) -> None:
    assert deletion_gate(21, "prod", 200).opens(typed) is opens


def test_a_button_needs_no_words() -> None:
    assert Gate().opens("")
