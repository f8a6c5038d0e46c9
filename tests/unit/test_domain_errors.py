"""The one family of errors: sentences that are safe to draw and say what to do."""

import pytest

from qtydash.domain.errors import (
    InvalidId,
    NotFound,
    RateLimited,
    ReadOnlyProfile,
    Refused,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
    VendorError,
)

FAMILY = (Unreachable, Unauthorized, NotFound, Refused, RateLimited, UnexpectedAnswer)


@pytest.mark.parametrize("kind", FAMILY)
def test_each_says_what_happened_and_what_to_do(kind: type[VendorError]) -> None:
    error = kind("It did not work.", words="nope")

    assert isinstance(error, VendorError)
    assert error.reason == 'It did not work. They say: "nope".'
    assert error.full == str(error) == f"{error.reason} {kind.default_hint}"
    assert kind.default_hint.endswith(".")


def test_each_of_the_family_has_a_hint_of_its_own() -> None:
    assert len({kind.default_hint for kind in (*FAMILY, VendorError)}) == len(FAMILY) + 1


def test_without_words_or_hint_only_the_sentence_is_left() -> None:
    assert NotFound("The vendor knows no such gift.", hint="").full == "The vendor knows no such gift."


def test_the_hint_of_one_case_stands_in_for_the_general_one() -> None:
    assert NotFound("Gone.", hint="Read the list again.").full == "Gone. Read the list again."


def test_what_the_vendor_said_is_safe_and_short() -> None:
    error = Refused("\x1b[2JNo.", words="\u202e" + "x" * 10_000, code="\x9b" + "1" * 100)

    assert error.full.isprintable()
    assert error.sentence == "^[[2JNo."
    assert error.words.startswith("<U+202E>xxx")
    assert (len(error.words), len(error.code)) == (300, 60)


@pytest.mark.parametrize("kind", [*FAMILY, VendorError])
def test_only_the_certain_case_says_that_nothing_left(kind: type[VendorError]) -> None:
    assert kind("Words.").request_started is True
    assert kind("Words.", request_started=False).request_started is False


def test_too_many_requests_carry_the_seconds_to_wait() -> None:
    error = RateLimited("Too many requests.", retry_after=1.5)

    assert (error.status, error.retry_after) == (429, 1.5)
    assert NotFound("Gone.", status=404).retry_after is None


def test_a_read_only_profile_names_itself_and_the_setting() -> None:
    assert str(ReadOnlyProfile("prod")) == (
        "Profile 'prod' is read-only, so nothing was sent. Set `write = true` in it to allow changes."
    )


@pytest.mark.parametrize("value", ["../x", "", "\x1b]0;", "a" * 1_000, "\ud800"])
def test_an_unusable_id_is_named_safely(value: str) -> None:
    words = str(InvalidId("gift id", value))

    assert words.isprintable()
    assert "is not a usable gift id" in words
    assert words.endswith("Nothing was sent.")
    assert len(words) < 200
