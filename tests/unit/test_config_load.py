"""The file: what it may hold, which profile is used, and what is said when something is wrong."""

import contextlib
import json
import os
import subprocess
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.unit.conftest import WriteConfig

from qtydash.config.errors import ConfigError, ConfigMissing
from qtydash.config.load import load
from qtydash.config.models import NamedProduct, Secret
from qtydash.config.starter import written
from qtydash.domain.order_qty import DEFAULT_STALE_AFTER
from qtydash.domain.tickets import LowThreshold

FULL = """
profile = "prod"

[profiles.prod]
label = "Han River park"
write = false
max_bulk = 300
reconcile_after = "2m"
refresh = "off"

[profiles.prod.tickets]
base_url = "https://prod.ax-cloud.example/"
api_key = { env = "AX_API_KEY" }
channel_code = { env = "AX_CHANNEL" }
page_size = 50
low = { left = 3, ratio = 0.1 }
products = [{ code = "6ecf4685-ca60-4a7d-843c-479329ca8789", name = "Day ticket" }]
option_names = { "1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5" = "Adult" }

[profiles.prod.gifts]
token = { command = ["pass", "show", "shopline"] }
user_agent = "my-handle"
low = 7
languages = ["zh-hant"]

[profiles.prod.cart]
base_url = "https://shop.example.com"
[[profiles.prod.cart.sessions]]
name = "support"
username = "agent@example.com"
password = { keyring = "qtydash/oracle" }
[[profiles.prod.cart.sessions]]
name = "guest"
visitor_id = { env = "OCC_VISITOR" }
site = "siteUS"

[profiles.prod.order_qty]
partner_key = { file = "~/.secrets/blaze-partner" }
developer_key = "fake-developer-key"
partner_key_header = "partner_key"
stale_after = "1h30m"
products = [{ id = "prod-1", name = "Gummies" }, { id = "prod-2" }]

[profiles.test]
write = true
"""

ONE = "[profiles.only]\n"
TICKETS = ONE + "[profiles.only.tickets]\napi_key = 'fake'\nchannel_code = 'fake'\n"
GIFTS = ONE + "[profiles.only.gifts]\ntoken = 'fake'\nuser_agent = 'me'\n"
CART = ONE + "[profiles.only.cart]\nbase_url = 'https://shop.example.com'\n"
BLAZE = ONE + "[profiles.only.order_qty]\npartner_key = 'fake'\ndeveloper_key = 'fake'\n"


def problems(**arguments: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refusal:
        load(**arguments)  # type: ignore[arg-type]
    return refusal.value.problems


def problem(**arguments: str) -> str:
    (only,) = problems(**arguments)
    return only


def test_the_whole_file_is_read(write_config: WriteConfig) -> None:
    path = write_config(FULL)
    config = load()
    profile = config.profile
    assert config.profiles == ("prod", "test")
    assert config.paths.config_file == path
    assert (profile.name, profile.title, profile.write, profile.max_bulk) == ("prod", "Han River park", False, 300)
    assert (profile.reconcile_after, profile.refresh) == (timedelta(minutes=2), None)
    assert profile.tickets is not None
    assert profile.tickets.base_url == "https://prod.ax-cloud.example"
    assert profile.tickets.api_key == Secret("env", ("AX_API_KEY",))
    assert profile.tickets.low == LowThreshold(3, 0.1)
    assert profile.tickets.products == (NamedProduct("6ecf4685-ca60-4a7d-843c-479329ca8789", "Day ticket"),)
    assert profile.tickets.option_names == {"1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5": "Adult"}
    assert profile.gifts is not None
    assert profile.gifts.token == Secret("command", ("pass", "show", "shopline"))
    assert (profile.gifts.low, profile.gifts.languages) == (7, ("zh-hant",))
    assert profile.cart is not None
    support, guest = profile.cart.sessions
    assert (support.username, support.password) == ("agent@example.com", Secret("keyring", ("qtydash/oracle",)))
    assert (guest.visitor_id, guest.site) == (Secret("env", ("OCC_VISITOR",)), "siteUS")
    assert profile.order_qty is not None
    assert profile.order_qty.developer_key == Secret("plain", ("fake-developer-key",))
    assert profile.order_qty.stale_after == timedelta(minutes=90)
    assert [(p.code, p.name) for p in profile.order_qty.products] == [("prod-1", "Gummies"), ("prod-2", "")]


def test_what_the_file_leaves_out_has_its_default(write_config: WriteConfig) -> None:
    write_config(
        ONE + '[profiles.only.order_qty]\npartner_key = "fake"\ndeveloper_key = "fake"\n'
        '[profiles.only.gifts]\ntoken = "fake"\nuser_agent = "me"'
    )
    profile = load().profile
    assert (profile.title, profile.write, profile.max_bulk, profile.proxy) == ("only", False, 200, "")
    assert (profile.reconcile_after, profile.refresh) == (timedelta(seconds=90), timedelta(seconds=60))
    assert profile.tickets is None
    assert profile.cart is None
    assert profile.base_url("tickets") is None
    assert profile.base_url("gifts") == "https://open.shopline.io"
    assert profile.order_qty is not None
    assert profile.order_qty.stale_after == DEFAULT_STALE_AFTER


def test_the_only_profile_needs_no_choice(write_config: WriteConfig) -> None:
    write_config(ONE)
    assert load().profile.name == "only"


def test_loading_runs_no_command_and_asks_for_no_secret(write_config: WriteConfig, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    write_config(f'{ONE}[profiles.only.gifts]\ntoken = {{ command = ["touch", "{trace}"] }}\nuser_agent = "me"')
    load()
    assert not trace.exists()


def test_no_file_says_how_to_make_one(config_home: Path) -> None:
    with pytest.raises(ConfigMissing) as refusal:
        load()
    assert refusal.value.path == config_home / "config.toml"
    assert str(refusal.value) == (
        f"There is no configuration file at {config_home}/config.toml. Make one with `qtydash config init`, "
        "or look around with `qtydash demo`, which needs none."
    )


def test_a_folder_that_is_a_file_is_a_missing_file(config_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (config_home / "file").touch()
    monkeypatch.setenv("QTYDASH_HOME", str(config_home / "file"))
    with pytest.raises(ConfigMissing):
        load()


def test_a_folder_is_no_file(config_home: Path) -> None:
    (config_home / "config.toml").mkdir()
    assert "is a folder. Name the file in it" in problem()


def test_a_pipe_is_no_file_and_is_not_waited_for(config_home: Path) -> None:
    os.mkfifo(config_home / "config.toml")
    assert "is not a regular file" in problem()


def test_a_link_that_leads_round_is_told(config_home: Path) -> None:
    (config_home / "config.toml").symlink_to("config.toml")
    assert "config.toml cannot be read: " in problem()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xef\xbb\xbf[profiles.a]\n", "begins with a byte order mark. Save it as UTF-8 without one (BOM)."),
        ("[profiles.a]".encode("utf-16"), "is UTF-16 text. Save it as UTF-8."),
        (
            b'[profiles.a]\n\nlabel = "\xff"',
            ", line 3: there are bytes that are not UTF-8. Save the file as UTF-8.",
        ),
        (b"[profiles.a]\nwrite true", ", line 2, column 7: this is not TOML: expected '='"),
        (b'[profiles.a]\nlabel = "x', ", end of document: this is not TOML: "),
        (b"[profiles.a]\n[profiles.a]\n", "this is not TOML: cannot declare"),
        (b"x = " + b"[" * 100_000, "holds a number or a nesting that is too large to read."),
        (b"x = " + b"1" * 5_000, "holds a number or a nesting that is too large to read."),
        (b"", "has no profile. Add one: a table such as [profiles.main]."),
        (b"[profiles]\n", "has no profile. Add one: a table such as [profiles.main]."),
    ],
)
def test_a_file_that_cannot_be_read_is_told(write_config: WriteConfig, content: bytes, words: str) -> None:
    path = write_config(content)
    told = problem()
    assert told.startswith(str(path))
    assert words in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profil = 1\n" + ONE, "profil is not a known key. Did you mean `profile`?"),
        (ONE + "lable = 'x'", "profiles.only.lable is not a known key. Did you mean `label`?"),
        (ONE + "name = 'x'", "profiles.only.name is not a known key. Known here: label, write, max_bulk, "),
        (ONE + "[profiles.only.ticket]", "profiles.only.ticket is not a known key. Did you mean `tickets`?"),
        (
            ONE + "[profiles.only.cart]\nbase_url = 'https://a'\nbase-ulr = 1",
            "profiles.only.cart.base-ulr is not a known key. Did you mean `base_url`?",
        ),
        (
            ONE + "[profiles.only.cart]\nbase_url = 'https://a'\nzzz = 1",
            "profiles.only.cart.zzz is not a known key. Known here: base_url, sessions, token_lifetime.",
        ),
        (
            CART + "sessions = [{ name = 'a', token = 'fake', pasword = '' }]",
            "profiles.only.cart.sessions[0].pasword is not a known key. Did you mean `password`?",
        ),
        (
            ONE + "[profiles.only.tickets]\napi_key = 'fake'\nchannel_code = 'fake'\nlow = { lft = 3 }",
            "profiles.only.tickets.low.lft is not a known key. Did you mean `left`?",
        ),
        (
            ONE + "[profiles.only.tickets]\napi_key = { fil = 'x' }\nchannel_code = 'fake'",
            "profiles.only.tickets.api_key has an unknown key `fil`. Did you mean `file`?",
        ),
        (ONE + '"\\u001b[31m" = 1', "profiles.only.^[[31m is not a known key."),
    ],
)
def test_an_unknown_key_is_told_with_its_file_its_place_and_the_nearest(
    write_config: WriteConfig, text: str, words: str
) -> None:
    path = write_config(text)
    assert problem().startswith(f"{path}: {words}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profile = 3\n" + ONE, "profile must be text in quotes."),
        ("profiles = 3", "profiles must be a table."),
        ("[profiles]\nonly = 3", "profiles.only must be a table."),
        ('[profiles."a b"]', "profiles.a b is no name for a profile"),
        (ONE + "write = 'yes'", "profiles.only.write must be true or false."),
        (ONE + "write = 1", "profiles.only.write must be true or false."),
        (ONE + "label = 3", "profiles.only.label must be text in quotes."),
        (ONE + 'label = "a\\nb"', "profiles.only.label must be one line of printable text."),
        (ONE + "max_bulk = '9'", "profiles.only.max_bulk must be a whole number."),
        (ONE + "max_bulk = 9.0", "profiles.only.max_bulk must be a whole number."),
        (ONE + "max_bulk = 0", "profiles.only.max_bulk must be at least 1."),
        (ONE + "max_bulk = 0x" + "f" * 9_000, "holds a number that is too large to read."),
        (ONE + "reconcile_after = 90", "profiles.only.reconcile_after must be a duration in quotes"),
        (ONE + "refresh = '2s'", 'profiles.only.refresh must be at least "5s", or "off".'),
        (ONE + "proxy = 'socks5://a'", "profiles.only.proxy must begin with https://."),
        (ONE + "tickets = 3", "profiles.only.tickets must be a table."),
        (ONE + "[profiles.only.cart]", "profiles.only.cart.base_url is missing."),
        (TICKETS + "page_size = 501", "profiles.only.tickets.page_size must be at most 500."),
        (TICKETS + "base_url = 'http://a.example'", "profiles.only.tickets.base_url must begin with https://"),
        (TICKETS + "low = { ratio = 'x' }", "profiles.only.tickets.low.ratio must be a number."),
        (TICKETS + "low = { ratio = nan }", "profiles.only.tickets.low needs a `left` of 0 or more"),
        (TICKETS + "products = 'x'", "profiles.only.tickets.products must be a list: [ … ]."),
        (TICKETS + "products = ['x']", "profiles.only.tickets.products[0] must be a table."),
        (TICKETS + "products = [{ code = '..' }]", "profiles.only.tickets.products[0].code must be an id"),
        (
            TICKETS + "products = [{ code = 'a' }, { code = 'a' }]",
            "profiles.only.tickets.products must not hold 'a' twice.",
        ),
        (TICKETS + "option_names = 3", "profiles.only.tickets.option_names must be a table."),
        (TICKETS + "option_names = { a = 3 }", "profiles.only.tickets.option_names.a must be text in quotes."),
        (GIFTS + "languages = []", "profiles.only.gifts.languages must name at least one language"),
        (
            ONE + "[profiles.only.gifts]\ntoken = 'fake'\nuser_agent = ''",
            "profiles.only.gifts.user_agent must not be empty.",
        ),
        (
            BLAZE + "partner_key_header = 'Host'",
            "profiles.only.order_qty.partner_key_header must be another header",
        ),
        (
            BLAZE + "products = [{ id = 'a' }, { id = 'a' }]",
            "profiles.only.order_qty.products must not hold 'a' twice.",
        ),
        (CART + "sessions = [{ name = 'a' }]", "profiles.only.cart.sessions[0] needs a way in: `username` and"),
        (
            CART + "sessions = [{ name = 'a', username = 'u' }]",
            "profiles.only.cart.sessions[0] needs `username` and `password` together.",
        ),
        (
            CART + "sessions = [{ name = 'a', token = 'fake', password = 'fake' }]",
            "profiles.only.cart.sessions[0] needs `username` and `password` together.",
        ),
        (
            CART + "sessions = [{ name = 'a', token = 'fake' }, { name = 'a', visitor_id = 'fake' }]",
            "profiles.only.cart.sessions must not hold 'a' twice.",
        ),
        (
            CART + "sessions = [{ name = ' ', token = 'fake' }]",
            "profiles.only.cart.sessions[0].name must not be empty.",
        ),
    ],
)
def test_a_wrong_value_is_told_in_words(write_config: WriteConfig, text: str, words: str) -> None:
    path = write_config(text)
    assert problem().startswith((f"{path}: {words}", f"{path} {words}"))


def test_order_qty_products_are_written_with_id(write_config: WriteConfig) -> None:
    write_config(BLAZE + "products = [{ code = 'a' }]")
    missing, unknown = problems()
    assert missing.endswith("profiles.only.order_qty.products[0].id is missing.")
    assert unknown.endswith("products[0].code is not a known key. Known here: id, name.")


def test_everything_wrong_is_told_at_once(write_config: WriteConfig) -> None:
    path = write_config(ONE + "wirte = true\nmax_bulk = 'x'\n[profiles.only.cart]\n")
    with pytest.raises(ConfigError) as refusal:
        load()
    first, *rest = str(refusal.value).splitlines()
    assert first == "The configuration has 3 problems:"
    assert sorted(rest) == [
        f"  {path}: profiles.only.cart.base_url is missing.",
        f"  {path}: profiles.only.max_bulk must be a whole number.",
        f"  {path}: profiles.only.wirte is not a known key. Did you mean `write`?",
    ]


def test_a_profile_that_does_not_exist_is_told_with_the_nearest(write_config: WriteConfig) -> None:
    path = write_config(FULL)
    assert problem(profile="porod") == (
        f"There is no profile 'porod' (from --profile) in {path}. Did you mean `prod`? It has: prod, test."
    )
    assert problem(profile="zzz") == f"There is no profile 'zzz' (from --profile) in {path}. It has: prod, test."


def test_an_empty_profile_on_the_command_line_is_no_profile(write_config: WriteConfig) -> None:
    write_config(FULL)
    assert problem(profile="").startswith("There is no profile '' (from --profile)")


def test_the_file_may_name_a_profile_it_lacks(write_config: WriteConfig) -> None:
    write_config('profile = "pord"\n[profiles.prod]\n')
    assert problem().startswith("There is no profile 'pord' (from config.toml, profile)")


def test_several_profiles_and_no_choice_lists_them(write_config: WriteConfig) -> None:
    path = write_config("[profiles.a]\n[profiles.b]\n")
    assert problem() == (
        f"{path} has several profiles and names none: a, b. Choose one with --profile, QTYDASH_PROFILE "
        'or a first line such as profile = "a".'
    )


def test_another_profile_may_lack_a_key_but_may_not_hold_a_wrong_one(write_config: WriteConfig) -> None:
    text = ONE + "[profiles.other.cart]\n"
    write_config(text)
    assert load(profile="only").profile.name == "only"
    assert problem(profile="other").endswith("profiles.other.cart.base_url is missing.")
    write_config(text + "bse_url = 'https://a'")
    assert "profiles.other.cart.bse_url is not a known key" in problem(profile="only")


@pytest.mark.parametrize(
    "text",
    [
        GIFTS.replace("'fake'", "{ fake-hunter2 = 'fake-hunter2' }"),
        GIFTS.replace("'fake'", "['fake-hunter2']"),
        GIFTS + "base_url = 'https://me:fake-hunter2@a.example'",
        GIFTS + "low = 'fake-hunter2'",
        GIFTS.replace("'me'", "'fake-hunter2 '"),
        CART + "sessions = [{ name = 'a', password = 'fake-hunter2' }]",
        CART + "sessions = [{ name = 'a', token = { keyring = 'fake-hunter2' } }]",
    ],
)
def test_no_error_repeats_a_value(write_config: WriteConfig, text: str) -> None:
    write_config(text)
    with pytest.raises(ConfigError) as refusal:
        load()
    error = refusal.value
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error)).replace("`fake-hunter2`", "")  # a key is no secret
    assert "fake-hunter2" not in shown


def test_the_loaded_configuration_does_not_show_a_secret(write_config: WriteConfig) -> None:
    write_config(FULL)
    assert "fake-developer-key" not in repr(load())


def test_where_values_come_from(write_config: WriteConfig) -> None:
    write_config(FULL)
    origins = {key: str(origin) for key, origin in load().origins.items()}
    assert origins["profile"] == "file: config.toml, profile"
    assert origins["max_bulk"] == "file: config.toml, profiles.prod.max_bulk"
    assert origins["proxy"] == "default"
    assert origins["cart.sessions[1].visitor_id"] == "file: config.toml, profiles.prod.cart.sessions[1].visitor_id"
    assert origins["cart.sessions[1].password"] == "default"
    assert origins["order_qty.products[0].id"] == "file: config.toml, profiles.prod.order_qty.products[0].id"
    assert origins["order_qty.products[1].name"] == "default"
    assert str(load(profile="test").origins["profile"]) == "command line: --profile"
    assert str(load(profile="test").origins["tickets"]) == "default"


def test_the_only_profile_says_why_it_was_chosen(write_config: WriteConfig) -> None:
    write_config(ONE)
    assert str(load().origins["profile"]) == "default: the only one"


KEYS = st.sampled_from(
    ["profile", "profiles", "prod", "tickets", "api_key", "env", "low", "products", "cart", "x"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2).map(tuple) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(profiles=VALUES, profile=VALUES, beside=st.dictionaries(st.text(max_size=12), VALUES, max_size=2))
@example(profiles=None, profile=None, beside={"[key]": None})
@example(profiles={"p": {"gifts": {"[key]": 1}}}, profile="p", beside={})
def test_no_file_is_too_odd_for_a_sentence(
    write_config: WriteConfig, profiles: object, profile: object, beside: dict[str, object]
) -> None:
    file = beside | {"profile": profile, "profiles": profiles}
    write_config("\n".join(f"{json.dumps(key)} = {written(value)}" for key, value in file.items()))
    with contextlib.suppress(ConfigError):
        load()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.binary(max_size=60))
def test_no_bytes_are_too_odd_for_a_sentence(write_config: WriteConfig, content: bytes) -> None:
    write_config(content)
    with contextlib.suppress(ConfigError):
        load()


@pytest.mark.parametrize(
    "key", ["model_config", "model_fields", "self", "_private", "__pydantic_self__", "", "cls"]
)
def test_no_key_is_special(write_config: WriteConfig, key: str) -> None:
    path = write_config(f'"{key}" = 1\n{ONE}')
    assert problem().startswith(f"{path}: {key} is not a known key.")


@pytest.mark.parametrize("module", ["models", "paths", "create", "errors"])
def test_what_only_reads_the_models_loads_no_validation_library(module: str) -> None:
    heavy = {"pydantic", "pydantic_core", "pydantic_settings", "keyring", "platformdirs"}
    script = f"import sys, qtydash.config.{module}\nprint(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
