"""Each kind of value: what may be written, what it becomes, what the refusal says."""

from datetime import timedelta

import pytest

from qtydash.adapters.requests import checked_id
from qtydash.config import rules
from qtydash.config.credentials import Secret
from qtydash.domain.errors import InvalidId
from qtydash.domain.tickets import LowThreshold


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("1s", timedelta(seconds=1)),
        ("90s", timedelta(seconds=90)),
        ("45m", timedelta(minutes=45)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("1h30m", timedelta(minutes=90)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("365d", timedelta(days=365)),
    ],
)
def test_a_duration_is_read_and_written_back(written: str, length: timedelta) -> None:
    assert rules.duration(written) == length
    assert rules.duration(rules.in_words(length)) == length


@pytest.mark.parametrize(
    "written", ["", "90", "s", "1h 30m", "30m1h", "-5s", "1.5h", "٣s", "90S", 90, None, True, ["1s"]]
)
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r'^must be a duration in quotes, such as "90s"'):
        rules.duration(written)


@pytest.mark.parametrize("written", ["0s", "0d0h", "366d", "8761h", "999999d"])
def test_a_duration_has_limits(written: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a duration from 1s to 365d"):
        rules.duration(written)


def test_refresh_is_a_duration_of_five_seconds_or_more_or_off() -> None:
    assert rules.refresh("5s") == timedelta(seconds=5)
    assert rules.refresh("off") is None
    with pytest.raises(ValueError, match=r'^must be at least "5s", or "off"\.$'):
        rules.refresh("4s")
    with pytest.raises(ValueError, match=r'or "1h30m", or "off"\.$'):
        rules.refresh(60)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com/", "https://api.example.com"),
        ("HTTPS://API.Example.com:8443/Shop/", "https://api.example.com:8443/Shop"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://localhost:1/", "http://localhost:1"),
        ("http://[::1]:8765/", "http://[::1]:8765"),
    ],
)
def test_an_address_has_one_spelling(written: str, kept: str) -> None:
    assert rules.base_url(written) == kept


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("http://api.example.com", "must begin with https:// (http:// is accepted for this machine only)."),
        ("http://127.0.0.1.example.com", "must begin with https:// (http:// is accepted for this machine only)."),
        ("http://localhost.example.com", "must begin with https:// (http:// is accepted for this machine only)."),
        ("http://0.0.0.0", "must begin with https:// (http:// is accepted for this machine only)."),
        ("ftp://api.example.com", "must begin with https://."),
        ("api.example.com", "must begin with https://."),
        ("https://", "must be an address; its host or port cannot be read."),
        ("https://a:99999", "must be an address; its host or port cannot be read."),
        ("https://a:x", "must be an address; its host or port cannot be read."),
        ("https://[::1", "must be an address; its host or port cannot be read."),
        ("https://good.example\\@evil.example", "must be an address; its host or port cannot be read."),
        ("https://user:hunter2@api.example.com", "must not hold a user name or a password."),
        ("https://user@api.example.com", "must not hold a user name or a password."),
        ("https://api.example.com?key=1", "must not hold a query (?) or a fragment (#)."),
        ("https://api.example.com/?", "must not hold a query (?) or a fragment (#)."),
        ("https://api.example.com/#top", "must not hold a query (?) or a fragment (#)."),
        ("https://api.example.com/a/../b", "must not hold . or .. as a part of its path."),
        ("https://api.example.com/ x", 'must be an address in quotes, such as "https://api.example.com"'),
        ("https://api.example.com/\n", 'must be an address in quotes, such as "https://api.example.com"'),
        ("https://приме\u0440.example", 'must be an address in quotes, such as "https://api.example.com"'),
        (8765, 'must be an address in quotes, such as "https://api.example.com"'),
    ],
)
def test_an_unsafe_address_is_refused_without_repeating_it(written: object, words: str) -> None:
    with pytest.raises(ValueError, match=r"^must") as refusal:
        rules.base_url(written)
    assert str(refusal.value).startswith(words)
    assert "hunter2" not in str(refusal.value)


def test_a_proxy_may_be_plain_http_and_may_be_missing() -> None:
    assert rules.proxy("") == ""
    assert rules.proxy("http://proxy.example:3128/") == "http://proxy.example:3128"
    with pytest.raises(ValueError, match="must not hold a user name or a password"):
        rules.proxy("http://me:hunter2@proxy.example:3128")


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31m", "a\u202eb", "a\u200bb"])
def test_text_that_would_not_show_as_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be one line of printable text"):
        rules.one_line(text)


def test_text_in_any_script_is_kept() -> None:
    assert rules.one_line("漢江公園　[Park] …") == "漢江公園　[Park] …"


@pytest.mark.parametrize("text", [" a", "a ", "a\r\nX: y", "é", "\x00"])
def test_what_no_header_can_carry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is sent as a header"):
        rules.header_value(text)


@pytest.mark.parametrize("name", ["", "x api", "x:api", "é", "a" * 101])
def test_a_header_has_a_proper_name(name: str) -> None:
    with pytest.raises(ValueError, match="must be a header's name"):
        rules.header_name(name)


@pytest.mark.parametrize("name", ["Authorization", "HOST", "content-length"])
def test_a_header_that_has_another_use_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be another header"):
        rules.header_name(name)


@pytest.mark.parametrize("code", ["", ".", "..", "consumerCart", "a/b", "a b", "a?b", "é", "a" * 129])
def test_an_id_that_no_request_could_carry_is_refused_in_the_same_words(code: str) -> None:
    with pytest.raises(ValueError, match=r"^must be an id: ") as written:
        rules.vendor_id(code)
    with pytest.raises(InvalidId) as sent:
        checked_id("product code", code)
    rule = str(written.value).removeprefix("must be an id: ")
    assert str(sent.value).endswith(f"is not a usable product code: use {rule} Nothing was sent.")


@pytest.mark.parametrize("code", ["prod-1", "a.b_c:d", "...", "x" * 128])
def test_an_id_that_a_request_can_carry_is_taken(code: str) -> None:
    assert rules.vendor_id(code) == checked_id("product code", code) == code


@pytest.mark.parametrize("name", ["", "bad name", "a__b", "-a", "_a", "é", "a" * 41, "a.b"])
def test_a_profile_name_can_stand_in_a_variable(name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a profile"):
        rules.profile_name(name)


@pytest.mark.parametrize("name", ["prod", "Prod-2", "han_river", "7"])
def test_usual_profile_names_are_taken(name: str) -> None:
    assert rules.profile_name(name) == name


@pytest.mark.parametrize(("left", "ratio"), [(-1, 0.2), (5, -0.1), (5, 1.1), (5, float("nan")), (5, float("inf"))])
def test_thresholds_no_stock_compares_with_are_refused(left: int, ratio: float) -> None:
    with pytest.raises(ValueError, match="needs a `left` of 0 or more and a `ratio` from 0 to 1"):
        rules.low_threshold(LowThreshold(left, ratio))


@pytest.mark.parametrize(
    ("written", "kind", "where"),
    [
        ("fake-key", "plain", ("fake-key",)),
        ({"env": "AX_API_KEY"}, "env", ("AX_API_KEY",)),
        ({"command": ["pass", "show", "x y"]}, "command", ("pass", "show", "x y")),
        ({"keyring": "https://x/y/user"}, "keyring", ("https://x/y/user",)),
        ({"file": "~/key"}, "file", ("~/key",)),
        ({"env": "A", "command": None, "file": None}, "env", ("A",)),
    ],
)
def test_a_secret_is_written_in_five_ways(written: object, kind: str, where: tuple[str, ...]) -> None:
    secret = Secret.written(written)
    assert (secret.kind, secret.where) == (kind, where)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "must not be empty."),
        (7, "must be a secret: { env"),
        ([], "must be a secret: { env"),
        ({}, "must have exactly one key: { env"),
        ({"env": "A", "file": "b"}, "must have exactly one key: { env"),
        ({"evn": "A"}, "has an unknown key `evn`. Did you mean `env`?"),
        ({"vault": "A"}, "has an unknown key `vault`. A secret is { env"),
        ({"plain": "hunter2"}, "has an unknown key `plain`. A secret is { env"),
        ({"env": "sk-hunter2"}, "needs `env` to be the name of an environment variable, not its value."),
        ({"env": 3}, "needs `env` to be a text in quotes."),
        ({"file": ""}, "needs `file` to be a text in quotes."),
        ({"keyring": "hunter2"}, 'needs `keyring` to be "service/user".'),
        ({"keyring": "service/"}, 'needs `keyring` to be "service/user".'),
        ({"command": "pass show hunter2"}, "needs `command` to be a list of texts"),
        ({"command": []}, "needs `command` to be a list of texts"),
        ({"command": ["pass", 3]}, "needs `command` to be a list of texts"),
        ({"command": ["", "x"]}, "needs `command` to begin with the name of a program."),
    ],
)
def test_a_secret_written_wrongly_is_refused_without_repeating_it(written: object, words: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|has|needs)") as refusal:
        Secret.written(written)
    assert str(refusal.value).startswith(words)
    assert "hunter2" not in str(refusal.value)


def test_a_secret_does_not_show_itself() -> None:
    assert "hunter2" not in repr(Secret.written("hunter2"))
