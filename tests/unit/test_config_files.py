"""Where the files are, and how a new configuration is made."""

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.conftest import WriteConfig

from qtydash.config.create import AlreadyThere, create
from qtydash.config.errors import ConfigError
from qtydash.config.load import load
from qtydash.config.models import Paths, Profile
from qtydash.config.outline import keys, settings
from qtydash.config.paths import locate
from qtydash.config.schema import explanations, json_schema
from qtydash.config.starter import starter


@pytest.fixture
def platform(config_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the platform's, and no QTYDASH_HOME."""
    monkeypatch.delenv("QTYDASH_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    for kind in ("CONFIG", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    return tmp_path


def test_the_platforms_folders(platform: Path) -> None:
    paths = locate()
    assert [path.name for path in (paths.config_file, paths.cache_db, paths.journal_db)] == [
        "config.toml",
        "cache.db",
        "journal.db",
    ]
    assert all(platform in path.parents for path in (paths.config_file, paths.cache_db, paths.journal_db))
    assert {path.parent.name for path in (paths.config_file, paths.cache_db, paths.journal_db)} == {"qtydash"}
    assert len({path.parent for path in (paths.cache_db, paths.journal_db)}) == 2
    assert not any(path.parent.exists() for path in (paths.config_file, paths.cache_db, paths.journal_db))


def test_qtydash_home_moves_all_three(config_home: Path) -> None:
    assert locate() == Paths(config_home / "config.toml", config_home / "cache.db", config_home / "journal.db")


@pytest.mark.parametrize("by_option", [True, False])
@pytest.mark.parametrize("home", [True, False])
def test_naming_a_file_moves_that_file_only(
    platform: Path, monkeypatch: pytest.MonkeyPatch, by_option: bool, home: bool
) -> None:
    if home:
        monkeypatch.setenv("QTYDASH_HOME", str(platform / "home"))
    before = locate()
    named = platform / "elsewhere" / "shop.toml"
    if not by_option:
        monkeypatch.setenv("QTYDASH_CONFIG", str(named))
    assert locate(named if by_option else None) == Paths(named, before.cache_db, before.journal_db)


def test_the_option_goes_before_the_variable(config_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_CONFIG", "/variable.toml")
    assert locate(Path("/option.toml")).config_file == Path("/option.toml")


def test_empty_variables_say_nothing(platform: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = locate()
    monkeypatch.setenv("QTYDASH_CONFIG", "")
    monkeypatch.setenv("QTYDASH_HOME", "")
    assert locate() == before


def test_paths_are_made_whole(platform: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(platform)
    monkeypatch.setenv("QTYDASH_HOME", "~/shop")
    assert locate(Path("mine.toml")) == Paths(
        platform / "mine.toml", platform / "shop/cache.db", platform / "shop/journal.db"
    )


def test_the_home_of_nobody_is_told(config_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTYDASH_HOME", "~nobody-here/shop")
    with pytest.raises(ConfigError) as refusal:
        locate()
    assert str(refusal.value) == (
        "QTYDASH_HOME names ~nobody-here/shop, and there is no such user's home. Write the path in full."
    )


# making a file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_new_file_and_its_folder_are_private(tmp_path: Path) -> None:
    path = tmp_path / "qtydash" / "config.toml"
    create(path, "x = 1\n")
    assert (path.read_text(), mode(path), mode(path.parent)) == ("x = 1\n", 0o600, 0o700)


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    create(tmp_path / "config.toml", "")
    assert mode(tmp_path) == 0o755


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("mine")
    with pytest.raises(AlreadyThere) as refusal:
        create(path, "new")
    assert str(refusal.value) == f"{path} is there already and was left as it is. Use --force to replace it."
    assert path.read_text() == "mine"


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "config.toml").symlink_to(tmp_path / "victim")
    with pytest.raises(AlreadyThere):
        create(tmp_path / "config.toml", "new")
    assert not (tmp_path / "victim").exists()


@pytest.mark.usefixtures("umask")
def test_replacing_makes_it_private_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("mine")
    path.chmod(0o666)
    create(path, "new", replace=True)
    assert (path.read_text(), mode(path), list(tmp_path.iterdir())) == ("new", 0o600, [path])


def test_replacing_keeps_a_link(tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.toml"
    target.write_text("mine")
    (tmp_path / "config.toml").symlink_to(target)
    create(tmp_path / "config.toml", "new", replace=True)
    assert (tmp_path / "config.toml").is_symlink()
    assert target.read_text() == "new"


def test_replacing_what_is_not_there_makes_it(tmp_path: Path) -> None:
    create(tmp_path / "a" / "config.toml", "new", replace=True)
    assert (tmp_path / "a" / "config.toml").read_text() == "new"


@pytest.mark.parametrize("replace", [True, False])
def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, replace: bool) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"config\.toml cannot be written: ") as refusal:
        create(tmp_path / "file" / "config.toml", "new", replace=replace)
    assert not isinstance(refusal.value, AlreadyThere)


def test_replacing_a_folder_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be written: Is a directory"):
        create(tmp_path / "config.toml", "new", replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


# the starter and the schema


def test_the_starter_loads_as_it_stands(write_config: WriteConfig) -> None:
    write_config(starter())
    config = load()
    assert config.profiles == ("main",)
    assert config.profile == Profile("main")


def test_the_starter_loads_with_everything_switched_on(write_config: WriteConfig) -> None:
    write_config(re.sub(r"^#(?=[\w\[])", "", starter(), flags=re.MULTILINE))
    profile = load().profile
    assert profile.tickets is not None
    assert profile.gifts is not None
    assert profile.cart is not None
    assert profile.order_qty is not None
    assert profile.cart.sessions[0].password is not None


def test_the_starter_shows_the_defaults(write_config: WriteConfig) -> None:
    lines = starter().splitlines()
    assert '#refresh = "60s"' in lines
    assert '#reconcile_after = "90s"' in lines
    assert "#write = false" in lines
    assert "#low = { left = 5, ratio = 0.2 }" in lines
    assert '#languages = ["en", "zh-hant"]' in lines


def every_table() -> Iterator[type]:
    yield Profile
    for key in keys(Profile).values():
        if key.table:
            yield key.table
            yield from (below.items for below in keys(key.table).values() if below.items)


@pytest.mark.parametrize("table", [*every_table()])
def test_every_key_is_explained(table: type) -> None:
    explained = explanations(table)
    for name, key in keys(table).items():
        if not key.table or name == "low":
            assert explained[name].endswith((".", "`.")), name


def test_every_key_is_in_the_starter_with_its_explanation() -> None:
    text = " ".join(starter().replace("\n# ", " ").split())
    for place, key in settings():
        if key.name != "sessions" and place[-2:-1] != ("low",):
            assert re.search(rf"(^| )#?{place[-1]} = ", text), place
    for table in every_table():
        for name, words in explanations(table).items():
            if table.__name__ not in ("NamedProduct", "HeldProduct") and (table, name) != (Profile, "name"):
                assert words in text, (table, name)


def test_the_schema_knows_every_key_and_no_other() -> None:
    schema = json_schema()
    definitions = schema["$defs"]
    assert set(schema["properties"]) == {"profile", "profiles", "keys"}
    for table in every_table():
        definition = definitions[table.__name__]
        assert set(definition["properties"]) == set(keys(table))
        assert definition["additionalProperties"] is False
    assert definitions["TicketsSource"]["required"] == ["api_key", "channel_code"]
    assert definitions["TicketsSource"]["properties"]["api_key"] == {
        "$ref": "#/$defs/Secret",
        "description": "Sent as `Authorization: Token …`.",
    }
    assert definitions["OrderQtySource"]["properties"]["stale_after"]["default"] == "45m"
    assert definitions["HeldProduct"]["required"] == ["id"]
    assert definitions["Profile"]["required"] == []
    assert "null" not in json.dumps(schema)
