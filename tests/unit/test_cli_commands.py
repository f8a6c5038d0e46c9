"""The reading commands against the sandbox over a real socket: what is printed where, and the exit status."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qtydash.cli.main import main
from qtydash.sandbox.app import create_app
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer

TODAY = date(2026, 3, 1)
PARK = "Han River day ticket"
READS = {
    "products": ["tickets", "products"],
    "days": ["tickets", "show", PARK],
    "gifts": ["gifts", "list"],
    "cart": ["cart", "show"],
    "holds": ["order-qty", "list", "prod-1"],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(create_app(seed=1, today=TODAY)) as server:
        yield server


@pytest.fixture
def config(sandbox: SandboxServer, home: Path) -> Path:
    return configure(home, settings(sandbox))


@pytest.fixture(scope="module")
def read_before(sandbox: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What every command printed once, and under ``""`` the cache that it left."""
    home = tmp_path_factory.mktemp("read-before")
    configure(home, settings(sandbox))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTYDASH_HOME", str(home))
        return {"": (home / "cache.db"), **{noun: told(*arguments) for noun, arguments in READS.items()}}


@pytest.fixture
def cached(config: Path, home: Path, read_before: dict[str, Any]) -> dict[str, Any]:
    """A home in which every command was run before, and what they printed then."""
    shutil.copy(read_before[""], home)
    return read_before


def settings(server: SandboxServer) -> str:
    """The sandbox's configuration; large pages, because a client asks five times a second at most."""
    text = config_toml(server.url)
    return text.replace("[profiles.sandbox.tickets]", "[profiles.sandbox.tickets]\npage_size = 500", 1)


def configure(home: Path, text: str) -> Path:
    file = home / "config.toml"
    file.touch(0o600)
    file.write_text(text, encoding="utf-8")
    return file


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def told(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize("noun", READS)
def test_offline_gives_the_rows_that_were_read_online(cached: dict[str, Any], noun: str) -> None:
    live, offline = cached[noun], told(*READS[noun], "--offline")

    assert (live["source"], offline["source"]) == ("live", "cache")
    assert live["data"]
    assert without_age(offline) == without_age(live)


def without_age(answer: dict[str, Any]) -> dict[str, Any]:
    """Everything but what depends on when it was printed."""
    data = answer["data"]
    if isinstance(data, list):
        data = [{key: value for key, value in row.items() if key != "age_seconds"} for row in data]
    return {**answer, "data": data, "source": ""}


def test_the_field_names_are_the_documented_ones(cached: dict[str, Any]) -> None:
    names = {noun: cached[noun]["data"] for noun in READS}

    assert list(names["days"][0]) == [
        "option_code", "option_name", "date", "max", "left", "sold", "inventory_code", "state",
    ]  # fmt: skip
    assert list(names["gifts"][0]) == ["id", "sku", "title", "status", "quantity", "unlimited", "updated_at"]
    assert list(names["cart"]["selections"][0]) == [
        "promotion_id", "gift_id", "promotion_name", "granted", "automatic", "targeted", "selected", "removed",
        "failed", "available", "gift_type", "gift_detail", "auto_remove", "lines", "findings",
    ]  # fmt: skip
    assert list(names["holds"][0]) == [
        "id", "company_id", "shop_id", "created", "modified", "deleted", "updated", "inventory_id", "region_id",
        "product_id", "consumer_cart_id", "quantity", "processed_time", "active", "submitted",
        "age_seconds", "state",
    ]  # fmt: skip


def test_days_are_chosen_by_date_option_and_stock(cached: dict[str, Any]) -> None:
    all_days = cached["days"]["data"]
    option = all_days[0]["option_name"]

    some = told(
        "tickets", "show", PARK, "--from", "2026-03-05", "--to", "2026-03-09", "--option", option, "--offline"
    )
    low = told("tickets", "show", PARK, "--low", "--offline")["data"]

    assert {row["option_name"] for row in some["data"]} == {option}
    assert {row["date"] for row in some["data"]} <= {f"2026-03-0{day}" for day in range(5, 10)}
    assert 1 <= len(some["data"]) <= 5
    assert 0 < len(low) < len(all_days)
    assert {"low", "sold_out", "oversold"} <= {row["state"] for row in low}
    assert all(row["left"] <= 5 or row["left"] <= row["max"] * 0.2 for row in low)


def test_gifts_are_chosen_by_sku_status_and_stock(cached: dict[str, Any]) -> None:
    gifts = cached["gifts"]["data"]
    skus = [gift["sku"] for gift in gifts if gift["sku"]]
    twice = next(sku for sku in skus if skus.count(sku) > 1)

    assert {row["sku"] for row in told("gifts", "list", "--sku", twice, "--offline")["data"]} == {twice}
    assert {row["status"] for row in told("gifts", "list", "--status", "DRAFT", "--offline")["data"]} == {"draft"}
    low = told("gifts", "list", "--low", "--offline")["data"]
    assert low
    assert all(row["quantity"] <= 5 and not row["unlimited"] for row in low)


def test_the_threshold_of_stale_holds_can_be_given(cached: dict[str, Any]) -> None:
    every = told("order-qty", "list", "prod-1", "--stale-after", "1s", "--offline")["data"]
    none = told("order-qty", "list", "prod-1", "--stale-after", "365d", "--offline")["data"]

    assert "stale" in {row["state"] for row in every}
    assert "stale" not in {row["state"] for row in none}


def test_options_may_stand_before_or_after_the_noun(cached: dict[str, Any]) -> None:
    before = run("--offline", "--format", "csv", "gifts", "list")
    after = run("gifts", "list", "--offline", "--format", "csv")

    assert before.exit_code == after.exit_code == 0
    assert before.stdout == after.stdout
    rows = list(csv.DictReader(io.StringIO(after.stdout)))
    assert len(rows) >= 300
    assert after.stderr.startswith("Read ")


@pytest.mark.parametrize("noun", READS)
def test_a_table_has_a_line_per_row(cached: dict[str, Any], noun: str) -> None:
    result = run(*READS[noun], "--format", "table", "--offline")

    assert result.exit_code == 0
    assert result.stderr.startswith("Read ")
    head, *lines = result.stdout.split("\n\n")[1 if noun == "cart" else 0].splitlines()
    rows = cached[noun]["data"]["lines"] if noun == "cart" else cached[noun]["data"]
    assert head == head.upper()
    assert len(lines) == len(rows)


def test_an_empty_cart_and_other_sessions(config: Path) -> None:
    assert told("cart", "show", "--session", "empty")["data"]["lines"] == []
    assert run("cart", "show", "--session", "empty", "--format", "table").stdout == "The cart is empty.\n"
    odd = run("cart", "show", "--session", "odd", "--format", "table").stdout
    assert "listed as open for choice, but the order grants nothing under this id" in odd
    selections = list(
        csv.DictReader(io.StringIO(run("cart", "show", "--session", "odd", "--format", "csv").stdout))
    )
    assert json.loads(selections[0]["findings"])[0]["rule"] == "orphan_order_marker"


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_a_saved_order_needs_no_configuration(
    sandbox: SandboxServer, home: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = home / "order.json"
    body = b'{"orderId": "o7", "shoppingCart": {"items": []}, "priceInfo": {"total": 4.5, "currencyCode": "EUR"}}'
    saved.write_bytes(body)
    os.utime(saved, (1_767_225_600, 1_767_225_600))

    if source == "file":
        result = run("cart", "show", "--file", str(saved))
        assert json.loads(result.stdout)["fetched_at"] == "2026-01-01T00:00:00Z"
    else:
        result = run("cart", "show", "--file", "-", stdin=body)

    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["source"] == "cache"
    assert answer["data"]["order_id"] == "o7"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>", "is no saved order"),
        (b"[1, 2]", "is no saved order"),
        (b"", "is no saved order"),
        (b"{" + b" " * 9_000_000 + b"}", "is larger than 8 MiB"),
        (None, "cannot be read: no such file or directory"),
    ],
)
def test_a_file_that_is_no_order(home: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (home / "order.json").write_bytes(content)

    result = run("cart", "show", "--file", str(home / "order.json"))

    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tickets", "show", PARK, "--from", "2026-03-09", "--to", "2026-03-05"], "is after --to (2026-03-05)"),
        (["tickets", "show", PARK, "--from", "soon"], "'soon' is no day. Write 2026-03-01, today, or +7"),
        (["tickets", "show", PARK, "--from", "+99999999"], "is no day"),
        (["tickets", "show", "Han River"], "Did you mean 'Han River day ticket'?"),
        (["tickets", "show", "../../v1/gifts"], "is not a usable product code"),
        (["tickets", "show", PARK, "--option", "nobody", "--offline"], "There is no option called 'nobody'."),
        (["cart", "show", "--session", "suport"], "There is no session called 'suport'. Did you mean 'support'?"),
        (["cart", "show", "--file", "x", "--live"], "leave --session and --live away"),
        (["gifts", "list", "--live", "--offline"], "--live and --offline exclude each other"),
        (["gifts", "list", "--profile", "sandbx"], "sandbox"),
        (["order-qty", "list", "prod-1", "--stale-after", "45"], "'45' is no duration. Write 90s, 45m"),
        (["order-qty", "list"], "Missing argument 'PRODUCT'"),
        (["gift", "list"], "There is no command 'gift'. Did you mean 'gifts'?"),
        (["xyzzy"], "There is no command 'xyzzy'. There are: tickets, gifts, "),
        (["gifts", "lst"], "There is no command 'lst'. Did you mean 'list'?"),
        (["changes", "xyzzy"], "There is no command 'xyzzy'. There are: list, "),
        (["gifts", "list", "--format", "xml"], "'xml' is not one of"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_said(
    cached: dict[str, Any], arguments: list[str], words: str
) -> None:
    result = run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_an_unknown_product_is_the_vendors_answer(config: Path) -> None:
    result = run("tickets", "show", "nope")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "AX Cloud does not know" in result.stderr
    assert "찾을 수 없습니다." in result.stderr


def test_nothing_to_show_offline(config: Path) -> None:
    result = run("gifts", "list", "--offline")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Nothing was read from SHOPLINE yet, so there is nothing to show offline. "
        "Run the same command once without --offline.\n"
    )


def test_without_a_configuration_it_is_said_how_to_make_one(home: Path) -> None:
    for arguments in (["gifts", "list"], []):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "`qtydash config init`" in result.stderr
        assert "`qtydash demo`" in result.stderr


def test_the_dashboard_needs_a_terminal(config: Path) -> None:
    result = run()

    assert (result.exit_code, result.stdout) == (2, "")
    assert "The dashboard needs a terminal." in result.stderr


def test_a_missing_section_says_how_to_add_it(home: Path) -> None:
    configure(home, '[profiles.shop]\nlabel = "Shop"\n')

    for noun, section in (("days", "tickets"), ("gifts", "gifts"), ("cart", "cart"), ("holds", "order_qty")):
        result = run(*READS[noun], "--profile", "shop")
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"Add [profiles.shop.{section}] to {home / 'config.toml'}." in result.stderr


def test_a_wrong_key_is_said_and_the_cached_rows_stay(cached: dict[str, Any], config: Path, home: Path) -> None:
    good = config.read_text()
    token = next(line for line in good.splitlines() if line.startswith("token = "))
    configure(home, good.replace(token, 'token = "wrong-test-token"'))

    shown = run(*READS["gifts"])
    strict = run(*READS["gifts"], "--live")

    assert shown.exit_code == 0
    assert json.loads(shown.stdout)["source"] == "cache"
    assert "SHOPLINE" in shown.stderr
    assert "Showing what was read" in shown.stderr
    assert (strict.exit_code, strict.stdout) == (1, "")
    assert "wrong-test-token" not in shown.stderr + strict.stderr


def test_a_credential_that_cannot_be_had_is_a_matter_of_configuration(config: Path, home: Path) -> None:
    good = config.read_text()
    token = next(line for line in good.splitlines() if line.startswith("token = "))
    configure(home, good.replace(token, 'token = { env = "NO_SUCH_VARIABLE" }'))

    result = run(*READS["gifts"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "NO_SUCH_VARIABLE" in result.stderr


@pytest.mark.parametrize("fault", ["gifts:html", "gifts:cut", "gifts:status=500"])
def test_a_bad_answer_is_a_sentence_and_the_cached_rows(home: Path, fault: str) -> None:
    app = create_app(seed=1, today=TODAY, faults=[f"{fault},after=7"])
    with SandboxServer(app) as server:
        configure(home, config_toml(server.url))
        rows = told(*READS["gifts"])["data"]
        result = run(*READS["gifts"])
        strict = run(*READS["gifts"], "--live")

    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["source"], answer["data"]) == ("cache", rows)
    assert "SHOPLINE" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert (strict.exit_code, strict.stdout) == (1, "")


def test_when_the_vendor_is_gone_the_cached_rows_are_printed(home: Path) -> None:
    with SandboxServer(create_app(seed=1, today=TODAY)) as server:
        configure(home, config_toml(server.url))
        rows = told(*READS["gifts"])["data"]

    shown, strict = run(*READS["gifts"]), run(*READS["gifts"], "--live")

    assert shown.exit_code == 0
    assert json.loads(shown.stdout)["data"] == rows
    assert "nothing listens" in shown.stderr
    assert (strict.exit_code, strict.stdout) == (1, "")


def test_a_corrupt_cache_is_told_and_made_anew(config: Path, home: Path) -> None:
    (home / "cache.db").write_bytes(b"junk" * 1_000)

    result = run(*READS["gifts"])

    assert result.exit_code == 0
    assert json.loads(result.stdout)["source"] == "live"
    assert "is damaged or no SQLite file. It was set aside as cache.db.broken-" in result.stderr
    assert told(*READS["gifts"], "--offline")["source"] == "cache"


def test_a_read_that_cannot_be_kept_is_printed(config: Path, home: Path) -> None:
    (home / "cache.db").mkdir()

    result = run(*READS["gifts"])

    assert result.exit_code == 0
    (warning,) = json.loads(result.stdout)["warnings"]
    assert warning.startswith("This read could not be kept for offline viewing:")


def test_a_fault_of_the_program_is_a_sentence_without_values(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from qtydash import __main__
    from qtydash.storage.cache import Cache

    def broken(*_: object) -> None:
        raise RuntimeError("secret-value")

    monkeypatch.setattr(Cache, "load", broken)
    monkeypatch.setattr(sys, "argv", ["qtydash", "gifts", "list", "--offline"])

    assert __main__.main() == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("qtydash has a fault and stopped: RuntimeError at qtydash/services/read.py:")
    assert "secret-value" not in said.err


def test_ctrl_c_is_quiet(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from qtydash import __main__
    from qtydash.storage.cache import Cache

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Cache, "load", interrupted)
    monkeypatch.setattr(sys, "argv", ["qtydash", "gifts", "list", "--offline"])

    assert __main__.main() == 130
    assert capsys.readouterr().err.strip() == ""


def test_days_count_from_the_operators_today(monkeypatch: pytest.MonkeyPatch) -> None:
    from qtydash.cli import parameters

    monkeypatch.setattr(parameters, "today", lambda: TODAY)

    assert parameters.day("today") == TODAY
    assert parameters.day("+7") == date(2026, 3, 8)
    assert parameters.day("-1") == date(2026, 2, 28)
    assert parameters.day(" 2026-03-05 ") == date(2026, 3, 5)


IMPORTS = """
import json, sys
from qtydash.__main__ import main
sys.argv = ["qtydash", *sys.argv[1:]]
code = main()
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""
HEAVY = {
    "textual", "httpx", "httpcore", "asyncio", "sqlite_utils", "starlette", "uvicorn", "pydantic", "rich.console"
}  # fmt: skip


def loaded_by(home: Path, *arguments: str) -> tuple[int, set[str]]:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTS, *arguments],
        capture_output=True,
        check=True,
        env={**os.environ, "QTYDASH_HOME": str(home)},
    )
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    return code, HEAVY & set(modules)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["tickets", "show", "--help"]])
def test_help_loads_nothing_it_does_not_need(home: Path, arguments: list[str]) -> None:
    assert loaded_by(home, *arguments) == (0, set())


def test_offline_reads_load_neither_network_nor_screen(cached: dict[str, Any], home: Path) -> None:
    for noun in READS.values():
        for form in ("json", "table"):
            code, modules = loaded_by(home, *noun, "--offline", "--format", form)
            assert code == 0
            assert modules <= {"pydantic", "asyncio"}  # both for the configuration


def test_a_saved_order_loads_no_network(home: Path) -> None:
    (home / "order.json").write_text('{"orderId": "o7", "shoppingCart": {"items": []}}')

    code, modules = loaded_by(home, "cart", "show", "--file", str(home / "order.json"))

    assert code == 0
    assert modules.isdisjoint({"textual", "httpx", "asyncio"})


def test_live_reads_load_no_screen(config: Path, home: Path) -> None:
    code, modules = loaded_by(home, *READS["gifts"])

    assert code == 0
    assert "httpx" in modules
    assert "textual" not in modules


def test_a_reader_that_leaves_early_is_no_fault(cached: dict[str, Any], home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "qtydash", *READS["days"], "--offline"],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "QTYDASH_HOME": str(home)},
        )
    finally:
        os.close(writing)

    assert ran.stderr == b""
    assert ran.returncode == 141


def test_output_that_cannot_be_written_is_a_failure(cached: dict[str, Any], home: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "qtydash", *READS["gifts"], "--offline"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "QTYDASH_HOME": str(home)},
        )

    assert ran.stderr == b"The output could not be written: No space left on device.\n"
    assert ran.returncode == 1


def test_the_clock_is_aware() -> None:
    from qtydash.services.clock import utc_now

    assert abs((utc_now() - datetime.now(UTC)).total_seconds()) < 5


@pytest.mark.parametrize("noun", ["tickets", "gifts", "cart", "order-qty", "changes", "config"])
def test_the_help_of_a_noun_cuts_no_sentence(noun: str) -> None:
    result = run(noun, "--help")

    assert result.exit_code == 0
    assert "..." not in result.stdout.partition("Commands:")[2]
