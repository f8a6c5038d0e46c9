"""``qtydash config``: what is printed, what is written, how it ends."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.unit.conftest import WriteConfig

from qtydash.cli.main import main
from qtydash.config.load import load
from qtydash.sandbox.app import create_app
from qtydash.sandbox.server import SandboxServer

FAKE = "fake-hunter2"
PROFILE = f"""
[profiles.shop]
label = "漢江 park"
refresh = "off"
[profiles.shop.tickets]
api_key = {{ env = "FAKE_AX_KEY" }}
channel_code = {{ env = "FAKE_AX_CHANNEL" }}
[profiles.shop.gifts]
token = "{FAKE}"
user_agent = "me"
[profiles.shop.cart]
base_url = "https://shop.example.com"
[[profiles.shop.cart.sessions]]
name = "guest"
token = {{ command = ["pass", "{FAKE}"] }}
visitor_id = {{ file = "visitor" }}
[profiles.shop.order_qty]
partner_key = {{ keyring = "qtydash/blaze" }}
developer_key = "{FAKE}"
"""

Run = Callable[..., Result]


@pytest.fixture
def run(config_home: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["config", *arguments])

    return invoke


def rows(result: Result) -> list[dict[str, object]]:
    answer = json.loads(result.stdout)
    assert set(answer) == {"data", "fetched_at", "source", "complete", "warnings"}
    assert (answer["source"], answer["complete"], answer["warnings"]) == ("live", True, [])
    assert answer["fetched_at"].endswith("Z")
    data: list[dict[str, object]] = answer["data"]
    return data


# init


def test_init_writes_a_private_starter_that_loads(run: Run, config_home: Path) -> None:
    result = run("init")
    path = config_home / "config.toml"
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        f"Wrote {path}; only you can read it.\n"
        "Switch on the vendors you use in it, then run `qtydash config check`.\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load().profile.name == "main"


def test_init_writes_where_it_is_told(run: Run, tmp_path: Path, config_home: Path) -> None:
    assert run("init", "--config", str(tmp_path / "other" / "shop.toml")).exit_code == 0
    assert (tmp_path / "other" / "shop.toml").exists()
    assert not (config_home / "config.toml").exists()


def test_init_keeps_a_file_unless_forced(run: Run, write_config: WriteConfig) -> None:
    path = write_config("mine")
    result = run("init")
    assert (result.exit_code, path.read_text()) == (1, "mine")
    assert result.stderr == f"{path} is there already and was left as it is. Use --force to replace it.\n"
    assert run("init", "--force").exit_code == 0
    assert path.read_text().startswith("# qtydash configuration.")


def test_init_for_a_sandbox_loads_and_points_at_it(run: Run, config_home: Path) -> None:
    result = run("init", "--sandbox", "http://127.0.0.1:8765/")
    assert result.exit_code == 0
    assert result.stderr == f"Wrote {config_home / 'config.toml'}; only you can read it.\n"
    profile = load().profile
    assert {profile.base_url("tickets"), profile.base_url("order_qty")} == {"http://127.0.0.1:8765"}


def test_init_for_a_sandbox_needs_a_safe_address(run: Run, config_home: Path) -> None:
    result = run("init", "--sandbox", "http://api.example.com")
    assert result.exit_code == 2
    assert "--sandbox must begin with https:// (http:// is accepted for this machine only)." in result.stderr
    assert not (config_home / "config.toml").exists()


# check


@pytest.fixture
def sandbox() -> Iterator[str]:
    with SandboxServer(create_app()) as server:
        yield server.url


def test_check_asks_every_vendor(run: Run, sandbox: str) -> None:
    run("init", "--sandbox", sandbox)
    result = run("check")
    found = rows(result)
    assert result.exit_code == 0, result.output
    assert list(dict.fromkeys(row["vendor"] for row in found)) == ["tickets", "gifts", "cart", "order_qty"]
    assert [set(row) for row in found] == [{"vendor", "name", "ok", "seconds", "words"}] * len(found)
    assert all(row["ok"] is True for row in found)
    assert found[0]["name"] == "AX Cloud"


def test_check_ends_with_1_when_a_vendor_refuses(run: Run, sandbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "--sandbox", sandbox)
    monkeypatch.setenv("QTYDASH_GIFTS__TOKEN", FAKE)
    result = run("check", "--format", "table")
    assert result.exit_code == 1
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["VENDOR", "NAME", "OK", "SECONDS", "WORDS"]
    assert [line.split()[:3] for line in lines if " false " in line] == [["gifts", "SHOPLINE", "false"]]
    assert FAKE not in result.output


def test_check_tells_a_secret_that_cannot_be_had(run: Run, sandbox: str, write_config: WriteConfig) -> None:
    path = write_config(f'{PROFILE}\nbase_url = "{sandbox}"', mode=0o644)
    result = run("check", "--format", "csv")
    assert result.exit_code == 1
    assert f"chmod 600 {path}" in result.stdout
    assert FAKE not in result.output


def test_check_needs_something_to_check(run: Run, config_home: Path) -> None:
    run("init")
    result = run("check")
    assert result.exit_code == 2
    assert result.stderr == (
        "Profile 'main' has no vendor, so there is nothing to check. "
        f"Add a section such as [profiles.main.tickets] to {config_home / 'config.toml'}.\n"
    )


def test_check_asks_nobody_offline(run: Run, write_config: WriteConfig) -> None:
    write_config(PROFILE)
    result = run("check", "--offline")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "A check asks the vendors: leave out --offline.\n"


# show


def test_show_tells_each_value_and_where_it_comes_from(
    run: Run, write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(PROFILE)
    monkeypatch.setenv("FAKE_AX_KEY", FAKE)
    monkeypatch.delenv("FAKE_AX_CHANNEL", raising=False)
    monkeypatch.setenv("QTYDASH_WRITE", "true")
    monkeypatch.setenv("QTYDASH_ORDER_QTY__DEVELOPER_KEY", FAKE)
    result = run("show", "--profile", "shop")
    assert result.exit_code == 0
    told = {row["key"]: (row["value"], row["origin"]) for row in rows(result)}
    assert told["profile"] == ("shop", "command line: --profile")
    assert told["label"] == ("漢江 park", "file: config.toml, profiles.shop.label")
    assert told["write"] == (True, "environment: QTYDASH_WRITE")
    assert told["max_bulk"] == (200, "default")
    assert told["refresh"] == ("off", "file: config.toml, profiles.shop.refresh")
    assert told["reconcile_after"] == ("90s", "default")
    assert told["tickets.api_key"] == ("env FAKE_AX_KEY (set)", "file: config.toml, profiles.shop.tickets.api_key")
    assert told["tickets.channel_code"][0] == "env FAKE_AX_CHANNEL (missing)"
    assert told["tickets.products"] == ([], "default")
    assert told["tickets.option_names"] == ({}, "default")
    assert told["tickets.low.ratio"] == (0.2, "default")
    assert told["gifts.token"][0] == "plain text (file is private)"
    assert told["gifts.languages"] == (["en", "zh-hant"], "default")
    assert told["cart.sessions[0].token"][0] == "command pass (not run)"
    assert told["cart.sessions[0].visitor_id"][0] == "file visitor (is missing)"
    assert told["cart.sessions[0].password"] == (None, "default")
    assert told["order_qty.partner_key"][0] == "keyring qtydash/blaze (not asked)"
    assert told["order_qty.developer_key"] == (
        "env QTYDASH_ORDER_QTY__DEVELOPER_KEY (set)",
        "environment: QTYDASH_ORDER_QTY__DEVELOPER_KEY",
    )
    assert FAKE not in result.output


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_show_never_shows_a_secret(run: Run, write_config: WriteConfig, form: str) -> None:
    write_config(PROFILE, mode=0o644)
    result = run("show", "--format", form)
    assert result.exit_code == 0
    assert "plain text (refused: can be used by others (mode 0644))" in result.stdout
    assert FAKE not in result.output


def test_show_as_a_table_keeps_its_columns_straight(run: Run, write_config: WriteConfig) -> None:
    from rich.cells import cell_len

    write_config(PROFILE)
    head, *lines = run("show", "--format", "table").stdout.splitlines()
    column = head.index("ORIGIN")
    for line in lines:
        at = max(line.rfind("  default"), line.rfind("  file: ")) + 2
        assert cell_len(line[:at]) == column, line
    assert any(line.split() == ["proxy", "-", "default"] for line in lines)


def test_show_tells_what_is_wrong_and_ends_with_2(run: Run, write_config: WriteConfig) -> None:
    path = write_config("[profiles.shop]\nwirte = true\n")
    result = run("show")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"{path}: profiles.shop.wirte is not a known key. Did you mean `write`?\n"


def test_without_a_file_every_reader_says_how_to_make_one(run: Run) -> None:
    for command in ("show", "check"):
        result = run(command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Make one with `qtydash config init`, or look around with `qtydash demo`" in result.stderr


# path and schema


def test_path_tells_the_three_files_and_needs_no_configuration(run: Run, config_home: Path) -> None:
    (config_home / "cache.db").touch()
    assert rows(run("path")) == [
        {"file": "config", "exists": False, "path": str(config_home / "config.toml")},
        {"file": "cache", "exists": True, "path": str(config_home / "cache.db")},
        {"file": "journal", "exists": False, "path": str(config_home / "journal.db")},
        {"file": "log", "exists": False, "path": str(config_home / "qtydash.log")},
    ]


def test_path_as_a_table_cuts_nothing(run: Run, tmp_path: Path) -> None:
    long = tmp_path / ("a" * 100) / "config.toml"
    result = run("path", "--config", str(long), "--format", "table")
    assert result.stdout.splitlines()[1] == f"config   false   {long}"


def test_schema_is_a_json_schema(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["$schema"].startswith("https://json-schema.org/")
