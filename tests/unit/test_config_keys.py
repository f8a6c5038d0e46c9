"""The operator's own keys, the theme and the watch in the configuration: read, refused, recalled, shown."""

import json
import os

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.conftest import WriteConfig

from qtydash.cli.main import main
from qtydash.config import known_good, rules
from qtydash.config.errors import ConfigError
from qtydash.config.load import load
from qtydash.config.paths import locate
from qtydash.config.validation import validated

PROFILE = "[profiles.a]\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["config", *arguments])


@pytest.mark.parametrize(
    "text",
    [
        '[keys]\nrefresh = "f5"\ntickets.low = "L"\n',
        '[keys]\nrefresh = "f5"\n"tickets.low" = "L"\n',
        'keys = { refresh = "f5", "tickets.low" = "L" }\n',
        '[keys]\nrefresh = "f5"\n[keys.tickets]\nlow = "L"\n',
    ],
)
def test_keys_are_written_with_or_without_quotes(write_config: WriteConfig, text: str) -> None:
    write_config(text + PROFILE)
    assert load().keys == {"refresh": "f5", "tickets.low": "L"}


@pytest.mark.parametrize(
    "text", ["keys = 3\n", 'keys = "f5"\n', "[keys]\nrefresh = 5\n", '[keys]\nrefresh = ["f5"]\n']
)
def test_what_is_no_table_of_keys_is_refused(write_config: WriteConfig, text: str) -> None:
    path = write_config(text + PROFILE)
    with pytest.raises(ConfigError) as told:
        load()
    assert str(told.value) == f'{path}: keys must be a table of keys in quotes, such as {{ refresh = "f5" }}.'


def test_a_key_beside_the_profiles_is_told_with_the_nearest(write_config: WriteConfig) -> None:
    path = write_config('[key]\nrefresh = "f5"\n' + PROFILE)
    with pytest.raises(ConfigError) as told:
        load()
    assert str(told.value) == f"{path}: key is not a known key. Did you mean `keys`?"


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,4}(\.[a-z]{1,4})?", fullmatch=True), st.text(max_size=5), max_size=5)
)
def test_nesting_at_the_dots_makes_no_difference(flat: dict[str, str]) -> None:
    nested: dict[str, object] = {}
    for id, key in flat.items():
        head, _, tail = id.partition(".")
        if not tail or isinstance(nested.get(head, {}), str) or head in flat:
            nested[id] = key
        else:
            nested.setdefault(head, {})[tail] = key  # type: ignore[index]
    assert rules.keys(nested) == rules.keys(flat) == flat


def test_what_is_known_to_be_good_comes_out_the_same(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QTYDASH_WATCH_COMMAND", '["page", "--to", "ops"]')
    write_config('[keys]\ntickets.low = "L"\n[profiles.a]\ntheme = "nord"\nwatch_every = "10m"\n')
    checked = validated(locate(), None)
    load()
    known = known_good.recalled(locate(), os.environ, None)
    assert known == checked
    assert known is not None
    assert known.origins == checked.origins
    assert (known.profile.theme, known.profile.watch_command) == ("nord", ("page", "--to", "ops"))
    assert str(known.origins["keys.tickets.low"]) == "file: config.toml, keys.tickets.low"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('watch_every = "1s"', 'watch_every must be at least "5s".'),
        ("watch_every = 300", 'watch_every must be a duration in quotes, such as "90s"'),
        ('watch_command = "page"', "watch_command must be a list: [ … ]."),
        ('watch_command = [""]', "watch_command must begin with the name of a program."),
        ('watch_command = ["page", "a\\u0000b"]', "watch_command must not hold a NUL character."),
        ('theme = "a\\nb"', "theme must be one line of printable text."),
    ],
)
def test_what_cannot_be_used_is_refused(write_config: WriteConfig, line: str, words: str) -> None:
    write_config(PROFILE + line)
    with pytest.raises(ConfigError) as told:
        load()
    assert words in str(told.value)


def test_the_theme_may_come_from_the_environment(
    write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(PROFILE)
    monkeypatch.setenv("QTYDASH_THEME", "ansi-dark")
    assert load().profile.theme == "ansi-dark"


def test_keys_are_listed_with_what_is_the_operators(write_config: WriteConfig) -> None:
    write_config('[keys]\nrefresh = "f5"\nsort = "up"\n' + PROFILE)
    result = run("keys", "--format", "json")
    rows = {row["id"]: row for row in json.loads(result.stdout)["data"]}
    assert (rows["refresh"]["key"], rows["refresh"]["own"]) == ("f5", True)
    assert (rows["sort"]["key"], rows["sort"]["own"]) == ("s", False)
    assert result.stderr == "keys.sort: 'up' moves the cursor in every pane. It keeps 's'.\n"


def test_keys_are_listed_before_there_is_a_configuration(config_home: object) -> None:
    result = run("keys", "--format", "csv")
    assert result.exit_code == 0
    assert "refresh,r,false,Read again what is on the screen." in result.stdout


def test_a_check_tells_keys_and_a_theme_that_are_not_used(write_config: WriteConfig) -> None:
    write_config('[keys]\nrefesh = "f5"\n[profiles.a]\ntheme = "nrod"\n')
    said = run("check").stderr.splitlines()
    assert said[0] == "keys: there is no command 'refesh'. Did you mean 'refresh'?"
    assert said[1] == "theme: there is no theme 'nrod'. Did you mean 'nord'?"


def test_show_tells_the_keys_with_their_origin(write_config: WriteConfig) -> None:
    write_config('[keys]\nrefresh = "f5"\n' + PROFILE)
    rows = {row["key"]: row for row in json.loads(run("show", "--format", "json").stdout)["data"]}
    assert rows["keys.refresh"] == {
        "key": "keys.refresh",
        "value": "f5",
        "origin": "file: config.toml, keys.refresh",
    }
