"""The environment and the order: command line, environment, file, default."""

from datetime import timedelta

import pytest
from tests.unit.conftest import WriteConfig

from qtydash.config.errors import ConfigError
from qtydash.config.load import load
from qtydash.config.models import NamedProduct, Secret

TWO = """
profile = "prod"
[profiles.prod]
label = "in the file"
[profiles.prod.tickets]
api_key = { command = ["pass", "show", "ax"] }
channel_code = "fake"
low = { left = 3, ratio = 0.1 }
option_names = { a = "Adult" }
[profiles.test-2]
"""


@pytest.fixture(autouse=True)
def _two_profiles(write_config: WriteConfig) -> None:
    write_config(TWO)


def problem() -> str:
    with pytest.raises(ConfigError) as refusal:
        load()
    (only,) = refusal.value.problems
    return only


@pytest.mark.parametrize(
    ("option", "variable", "chosen", "origin"),
    [
        (None, None, "prod", "file: config.toml, profile"),
        (None, "test-2", "test-2", "environment: QTYDASH_PROFILE"),
        (None, "", "prod", "file: config.toml, profile"),
        ("prod", "test-2", "prod", "command line: --profile"),
        ("test-2", None, "test-2", "command line: --profile"),
    ],
)
def test_who_chooses_the_profile(
    monkeypatch: pytest.MonkeyPatch, option: str | None, variable: str | None, chosen: str, origin: str
) -> None:
    if variable is not None:
        monkeypatch.setenv("QTYDASH_PROFILE", variable)
    config = load(profile=option)
    assert (config.profile.name, str(config.origins["profile"])) == (chosen, origin)


@pytest.mark.parametrize(
    ("variable", "label", "origin"),
    [
        (None, "in the file", "file: config.toml, profiles.prod.label"),
        ("QTYDASH_LABEL", "in the environment", "environment: QTYDASH_LABEL"),
        ("QTYDASH_PROFILES__PROD__LABEL", "in the environment", "environment: QTYDASH_PROFILES__PROD__LABEL"),
        ("QTYDASH_PROFILES__prod__label", "in the environment", "environment: QTYDASH_PROFILES__prod__label"),
        ("QTYDASH_PROFILES__TEST_2__LABEL", "in the file", "file: config.toml, profiles.prod.label"),
    ],
)
def test_the_environment_goes_before_the_file(
    monkeypatch: pytest.MonkeyPatch, variable: str | None, label: str, origin: str
) -> None:
    if variable:
        monkeypatch.setenv(variable, "in the environment")
    config = load()
    assert (config.profile.label, str(config.origins["label"])) == (label, origin)


def test_a_variable_without_a_profile_speaks_of_the_active_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_LABEL", "either")
    assert load().profile.label == load(profile="test-2").profile.label == "either"


def test_a_variable_with_a_profile_speaks_of_that_one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_PROFILES__TEST_2__WRITE", "true")
    assert not load().profile.write
    assert load(profile="test-2").profile.write


def test_an_empty_text_is_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_LABEL", "")
    assert load().profile.label == ""


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "yes", "on"])
def test_a_flag_has_several_spellings(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("QTYDASH_WRITE", text)
    assert load().profile.write is True


@pytest.mark.parametrize("text", ["false", "0", "no", "Off"])
def test_a_flag_can_be_unset(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("QTYDASH_WRITE", text)
    assert load().profile.write is False


def test_values_of_every_type_and_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, text in {
        "QTYDASH_MAX_BULK": "7",
        "QTYDASH_REFRESH": "off",
        "QTYDASH_TICKETS__BASE_URL": "http://127.0.0.1:8765/",
        "QTYDASH_TICKETS__LOW__LEFT": "9",
        "QTYDASH_TICKETS__PRODUCTS": '[{"code": "p-1", "name": "Day"}]',
        "QTYDASH_TICKETS__OPTION_NAMES": '{"b": "Child"}',
        "QTYDASH_GIFTS__TOKEN": "1e5",
        "QTYDASH_GIFTS__USER_AGENT": "123",
        "QTYDASH_GIFTS__LANGUAGES": '["en"]',
        "QTYDASH_CART__BASE_URL": "https://shop.example.com",
        "QTYDASH_CART__SESSIONS": '[{"name": "guest", "visitor_id": {"env": "V"}}]',
        "QTYDASH_CART__TOKEN_LIFETIME": "2m",
    }.items():
        monkeypatch.setenv(variable, text)
    config = load()
    profile = config.profile
    assert (profile.max_bulk, profile.refresh) == (7, None)
    assert profile.tickets is not None
    assert profile.tickets.base_url == "http://127.0.0.1:8765"
    assert (profile.tickets.low.left, profile.tickets.low.ratio) == (9, 0.1)
    assert profile.tickets.products == (NamedProduct("p-1", "Day"),)
    assert profile.tickets.option_names == {"a": "Adult", "b": "Child"}
    assert profile.gifts is not None
    assert (profile.gifts.user_agent, profile.gifts.languages) == ("123", ("en",))
    assert profile.cart is not None
    assert profile.cart.sessions[0].visitor_id == Secret("env", ("V",))
    assert profile.cart.token_lifetime == timedelta(minutes=2)
    assert str(config.origins["tickets.low.left"]) == "environment: QTYDASH_TICKETS__LOW__LEFT"
    assert str(config.origins["tickets.low.ratio"]) == "file: config.toml, profiles.prod.tickets.low.ratio"
    assert str(config.origins["cart.sessions[0].name"]) == "environment: QTYDASH_CART__SESSIONS"


@pytest.mark.parametrize(
    ("variable", "text", "secret"),
    [
        ("QTYDASH_TICKETS__API_KEY", "fake-key", Secret("env", ("QTYDASH_TICKETS__API_KEY",))),
        ("QTYDASH_TICKETS__API_KEY", '{"env": "A"}', Secret("env", ("QTYDASH_TICKETS__API_KEY",))),
        ("QTYDASH_TICKETS__API_KEY__ENV", "AX", Secret("env", ("AX",))),
        ("QTYDASH_TICKETS__API_KEY__FILE", "key", Secret("file", ("key",))),
        ("QTYDASH_TICKETS__API_KEY__COMMAND", '["get", "1"]', Secret("command", ("get", "1"))),
        ("QTYDASH_TICKETS__CHANNEL_CODE__KEYRING", "a/b", Secret("keyring", ("a/b",))),
    ],
)
def test_a_secret_in_the_environment_replaces_the_files(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, secret: Secret
) -> None:
    monkeypatch.setenv(variable, text)
    tickets = load().profile.tickets
    assert tickets is not None
    assert secret in (tickets.api_key, tickets.channel_code)


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("QTYDASH_WRITE", "maybe", "QTYDASH_WRITE must be true or false."),
        ("QTYDASH_MAX_BULK", "x", "QTYDASH_MAX_BULK must be a whole number."),
        ("QTYDASH_MAX_BULK", "1" * 5_000, "QTYDASH_MAX_BULK must be"),
        ("QTYDASH_MAX_BULK", "NaN", "QTYDASH_MAX_BULK must be a whole number."),
        ("QTYDASH_TICKETS__BASE_URL", "http://a.example", "QTYDASH_TICKETS__BASE_URL must begin with https://"),
        ("QTYDASH_TICKETS__LOW__RATIO", "2", "QTYDASH_TICKETS__LOW__RATIO needs a `left` of 0 or more"),
        ("QTYDASH_TICKETS__PRODUCTS", "p-1", "QTYDASH_TICKETS__PRODUCTS must be a list: [ … ]."),
        (
            "QTYDASH_TICKETS__API_KEY__COMMAND",
            "get 1",
            "QTYDASH_TICKETS__API_KEY__COMMAND needs `command` to be a list",
        ),
        ("QTYDASH_WIRTE", "1", "QTYDASH_WIRTE is not a known setting. Did you mean QTYDASH_WRITE?"),
        ("QTYDASH_NAME", "x", "QTYDASH_NAME is not a known setting."),
        ("QTYDASH_", "x", "QTYDASH_ is not a known setting."),
        (
            "QTYDASH_TICKETS__BASEURL",
            "x",
            "QTYDASH_TICKETS__BASEURL is not a known setting. Did you mean QTYDASH_TICKETS__BASE_URL?",
        ),
        ("QTYDASH_TICKETS__API_KEY__ENVV", "x", "QTYDASH_TICKETS__API_KEY__ENVV is not a known setting."),
        ("QTYDASH_LABEL__X", "x", "QTYDASH_LABEL__X is not a known setting. Did you mean QTYDASH_LABEL?"),
        (
            "QTYDASH_TICKETS",
            "{}",
            "QTYDASH_TICKETS is a whole section. Set one of its keys, such as QTYDASH_TICKETS__API_KEY.",
        ),
        (
            "QTYDASH_PROFILES__STAGE__WRITE",
            "true",
            "QTYDASH_PROFILES__STAGE__WRITE: the file has no such profile. It has: prod, test-2.",
        ),
        ("QTYDASH_LABEL", "\udcff", "QTYDASH_LABEL is not UTF-8 text."),
    ],
)
def test_a_variable_that_says_nothing_usable_is_told(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, words: str
) -> None:
    monkeypatch.setenv(variable, text)
    assert problem().startswith(words)


def test_a_section_that_only_the_environment_asks_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_CART__TOKEN_LIFETIME", "5m")
    assert problem().endswith(
        "config.toml: profiles.prod.cart.base_url is missing. QTYDASH_CART__TOKEN_LIFETIME asks for this section."
    )


def test_two_variables_may_not_set_the_same_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_WRITE", "true")
    monkeypatch.setenv("QTYDASH_PROFILES__PROD__WRITE", "false")
    assert problem() == "QTYDASH_PROFILES__PROD__WRITE and QTYDASH_WRITE set the same value. Unset one of them."


def test_an_unknown_profile_names_the_variable_that_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_PROFILE", "pord")
    assert problem().startswith("There is no profile 'pord' (from QTYDASH_PROFILE) in ")
    assert "Did you mean `prod`?" in problem()


def test_the_environments_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_TICKETS__API_KEY", "fake-hunter2")
    monkeypatch.setenv("QTYDASH_TICKETS__CHANNEL_CODE__ENV", "fake-hunter2")
    assert "hunter2" not in problem()


def test_half_a_character_in_json_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_TICKETS__OPTION_NAMES", '{"a": "\\ud800"}')
    assert problem() == "A QTYDASH_ variable holds JSON with half a character: a lone surrogate."
