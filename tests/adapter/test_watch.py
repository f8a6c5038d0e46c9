"""``qtydash watch`` over a real socket: what it prints, how it ends, what it hands to a program."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qtydash.cli import watch
from qtydash.cli.main import main
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.gifts import LOW, PLENTY
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState
from qtydash.services import connect

GIFTS_ONLY = """
[profiles.sandbox]
label = "Sandbox"
[profiles.sandbox.gifts]
base_url = "{url}"
token = {token}
user_agent = {handle}
low = {low}
"""


class Shop:
    """A sandbox, its configuration, and the command over both."""

    def __init__(self, server: SandboxServer, state: SandboxState, home: Path) -> None:
        self.server = server
        self.state = state
        self.config = home / "config.toml"
        self.configure(config_toml(server.url))

    def configure(self, text: str) -> None:
        self.config.touch(0o600)
        self.config.write_text(text, encoding="utf-8")

    def only_gifts(self, low: int, more: str = "") -> None:
        lines = config_toml(self.server.url).splitlines()
        token, handle = (next(ln for ln in lines if ln.startswith(k)).split(" = ")[1] for k in ("token", "user_a"))
        text = GIFTS_ONLY.format(url=self.server.url, token=token, handle=handle, low=low)
        self.configure(text.replace("[profiles.sandbox.gifts]", f"{more}\n[profiles.sandbox.gifts]"))

    def faults(self, *specs: str) -> None:
        self.state.faults.clear()
        self.state.faults.add(specs)

    def watch(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["watch", *arguments])

    def look(self, *arguments: str, status: int) -> dict[str, Any]:
        result = self.watch("--once", *arguments)
        assert result.exit_code == status, result.output
        answer: dict[str, Any] = json.loads(result.stdout)
        assert result.stdout.count("\n") == 1
        return answer


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    for vendor in connect.REQUESTS_PER_SECOND:
        monkeypatch.setitem(connect.REQUESTS_PER_SECOND, vendor, 10_000)
    monkeypatch.setattr(watch, "today", lambda: date(2026, 3, 6))
    app = create_app(seed=1, today=date(2026, 3, 6))
    with SandboxServer(app) as server:
        yield Shop(server, app.state.sandbox, home)


def test_once_looks_at_everything_and_ends_with_10(shop: Shop) -> None:
    answer = shop.look(status=10)
    assert (answer["source"], answer["complete"], answer["warnings"]) == ("live", True, [])
    parts = [(part["vendor"], part["subject"]) for part in answer["looked_at"]]
    assert parts[:6] == [
        ("tickets", "Han River day ticket"), ("gifts", ""),
        ("cart", "support"), ("cart", "guest"), ("cart", "empty"), ("cart", "odd"),
    ]  # fmt: skip
    assert {vendor for vendor, _ in parts[6:]} == {"order_qty"}
    found = {(one["vendor"], one["subject"], one["id"]) for one in answer["data"]}
    assert ("gifts", "", LOW.id) in found
    assert len(found) == len(answer["data"])
    assert {vendor for vendor, _, _ in found} == {"tickets", "gifts", "cart", "order_qty"}
    assert sum(part["findings"] for part in answer["looked_at"]) == len(answer["data"])
    assert answer["new"] == answer["data"]


def test_words_name_each_part_with_its_age_and_the_worst(shop: Shop) -> None:
    result = shop.watch("--once", "--format", "table")
    assert result.exit_code == 10
    lines = result.stdout.splitlines()
    assert lines[0].endswith(" findings.")
    assert any(line.startswith("Gifts (live): 44 of 320 gifts are low.") for line in lines)
    assert "    Dot grid notebook (gift_b): -3 left, below zero" in lines
    assert "Cart, guest (live): 0 findings in 1 gift selection." in lines
    assert sum(line.strip().startswith("and ") for line in lines) >= 2


def test_nothing_found_ends_with_0(shop: Shop) -> None:
    shop.only_gifts(low=0)
    for gift in shop.state.gifts.by_id.values():
        gift.quantity = 9
    answer = shop.look(status=0)
    assert (answer["data"], answer["complete"]) == ([], True)


def test_an_outage_is_told_with_the_age_of_what_is_known(shop: Shop) -> None:
    shop.only_gifts(low=0)
    for gift in shop.state.gifts.by_id.values():
        gift.quantity = 9
    shop.look(status=0)
    shop.server.stop()
    answer = shop.look(status=1)
    assert (answer["source"], answer["complete"]) == ("cache", False)
    assert answer["looked_at"][0]["trouble"].startswith("SHOPLINE")
    words = shop.watch("--once", "--format", "table")
    assert words.exit_code == 1
    assert words.stdout.splitlines()[1].startswith("Gifts (cached ")
    assert "0 of 320 gifts are low. SHOPLINE" in words.stdout


def test_what_was_never_read_is_no_all_clear(shop: Shop) -> None:
    shop.only_gifts(low=0)
    shop.faults("gifts:status=500")
    answer = shop.look(status=1)
    assert (answer["data"], answer["fetched_at"], answer["complete"]) == ([], None, False)
    words = shop.watch("--once", "--format", "table")
    assert "Gifts: could not be read. SHOPLINE" in words.stdout


def test_a_finding_counts_although_another_part_could_not_be_read(shop: Shop) -> None:
    shop.faults("tickets:status=500", "cart:status=500", "order_qty:status=500")
    result = shop.watch("--once", "--format", "json")
    assert result.exit_code == 10
    assert "Tickets, Han River day ticket: could not be read." in result.stderr


def test_offline_tells_what_was_read_and_asks_nobody(shop: Shop) -> None:
    shop.only_gifts(low=5)
    shop.look(status=10)
    asked = len(shop.state.ledger.entries)
    answer = shop.look("--offline", status=10)
    assert (answer["source"], answer["complete"]) == ("cache", True)
    assert len(shop.state.ledger.entries) == asked
    words = shop.watch("--once", "--offline", "--format", "table")
    assert "Gifts (cached " in words.stdout


def test_offline_without_anything_read_is_no_all_clear(shop: Shop) -> None:
    shop.only_gifts(low=5)
    result = shop.watch("--once", "--offline", "--format", "table")
    assert result.exit_code == 1
    assert "Gifts: could not be read. Nothing was read from SHOPLINE yet" in result.stdout


class Stopped(Exception):
    """The test has seen enough rounds."""


def rounds(monkeypatch: pytest.MonkeyPatch, *between: Any) -> list[float]:
    """Let the loop run; before each further look one of ``between`` is called, then it is stopped."""
    slept: list[float] = []
    todo = list(between)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if not todo:
            raise Stopped
        todo.pop(0)()

    monkeypatch.setattr(watch, "sleep", sleep)
    return slept


def looks(shop: Shop, *arguments: str) -> list[dict[str, Any]]:
    """What several looks printed."""
    result = shop.watch(*arguments, "--format", "json")
    assert isinstance(result.exception, Stopped), result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_later_looks_tell_what_is_new_and_what_is_gone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.only_gifts(low=5)
    by_id = shop.state.gifts.by_id

    def move() -> None:
        by_id[LOW.id].quantity, by_id[PLENTY.id].quantity = 50, 1

    slept = rounds(monkeypatch, move, lambda: None)
    _, second, third = looks(shop, "--every", "30s")
    assert [one["id"] for one in second["new"]] == [PLENTY.id]
    assert [one["id"] for one in second["gone"]] == [LOW.id]
    assert third["new"] == third["gone"] == []
    assert all(0 <= seconds <= 30 for seconds in slept)


def test_words_mark_what_is_new_and_put_it_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.only_gifts(low=5)
    rounds(monkeypatch, lambda: setattr(shop.state.gifts.by_id[PLENTY.id], "quantity", 4))
    result = shop.watch("--every", "1h", "--format", "table")
    later = result.stdout.splitlines()[-13:]
    assert later[0].endswith("45 findings, 1 new, 0 gone.")
    assert later[2].startswith("  + ")
    assert later[2].endswith(": 4 left, low")


def taker(tmp_path: Path, status: str = "0") -> tuple[list[str], Path]:
    """A program that keeps what it is handed, a line each time, and ends as it is told."""
    kept = tmp_path / "kept.jsonl"
    script = tmp_path / "take.py"
    script.write_text(
        "import pathlib, sys\n"
        f"open({str(kept)!r}, 'a').write(sys.stdin.read() + repr(sys.argv[1:]) + '\\n')\n"
        f"sys.exit(int(pathlib.Path({str(tmp_path / 'status')!r}).read_text()))\n"
    )
    (tmp_path / "status").write_text(status)
    return [sys.executable, str(script)], kept


def test_a_program_is_told_of_changes_only(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shop.only_gifts(low=5)
    program, kept = taker(tmp_path)
    rounds(monkeypatch, lambda: None, lambda: setattr(shop.state.gifts.by_id[LOW.id], "quantity", 50))
    result = shop.watch("--every", "5s", "--format", "json", "--exec", *program, "--to", "ops", "--once", "$HOME")
    assert isinstance(result.exception, Stopped), result.output
    first, first_arguments, second, _ = kept.read_text().splitlines()
    assert first_arguments == "['--to', 'ops', '--once', '$HOME']"
    assert LOW.id in [one["id"] for one in json.loads(first)["new"]]
    assert [one["id"] for one in json.loads(second)["gone"]] == [LOW.id]


def test_a_program_that_fails_is_told_again(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shop.only_gifts(low=5)
    program, kept = taker(tmp_path, status="3")
    rounds(monkeypatch, lambda: (tmp_path / "status").write_text("0"), lambda: None)
    result = shop.watch("--every", "5s", "--format", "json", "--exec", *program)
    assert isinstance(result.exception, Stopped), result.output
    first, _, second, _ = kept.read_text().splitlines()
    assert json.loads(first)["new"] == json.loads(second)["new"]
    assert "ended with exit status 3. It is tried again after the next look." in result.stderr


def test_the_configured_program_and_interval_are_used(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, kept = taker(tmp_path)
    shop.only_gifts(low=5, more=f'watch_command = {json.dumps(program)}\nwatch_every = "10m"')
    slept = rounds(monkeypatch)
    looks(shop)
    assert kept.exists()
    assert 590 < slept[0] <= 600


def test_a_program_that_is_not_there_is_told(shop: Shop, tmp_path: Path) -> None:
    shop.only_gifts(low=5)
    result = shop.watch("--once", "--exec", str(tmp_path / "nothing-here"))
    assert result.exit_code == 10
    assert "was not found." in result.stderr


def test_nothing_found_is_no_reason_to_run_a_program(shop: Shop, tmp_path: Path) -> None:
    shop.only_gifts(low=0)
    for gift in shop.state.gifts.by_id.values():
        gift.quantity = 9
    program, kept = taker(tmp_path)
    assert shop.watch("--once", "--exec", *program).exit_code == 0
    assert not kept.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--every", "1s"), "is no time of 5s or more"),
        (("--every", "soon"), "is no time of 5s or more"),
        (("--exec",), "--exec needs a program"),
        (("--format", "csv"), "A look has no columns"),
    ],
)
def test_misuse_is_told(shop: Shop, arguments: tuple[str, ...], words: str) -> None:
    result = shop.watch(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_profile_that_names_nothing_is_told(shop: Shop) -> None:
    shop.configure("[profiles.a]\n")
    result = shop.watch("--once")
    assert result.exit_code == 2
    assert "Profile 'a' names nothing to look at" in result.stderr


def test_a_section_without_products_is_told_and_the_rest_looked_at(shop: Shop) -> None:
    text = config_toml(shop.server.url)
    first, _, rest = text.partition("products = [{ code")
    shop.configure(first + rest.partition("\n")[2])
    result = shop.watch("--once", "--format", "json")
    assert result.exit_code == 10
    assert "Tickets: not looked at, since no products are configured." in result.stderr


def test_ctrl_c_ends_it_with_130(shop: Shop) -> None:
    shop.only_gifts(low=5)
    command = [sys.executable, "-m", "qtydash", "watch", "--every", "1h", "--format", "json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert json.loads(first)["data"]
    assert process.returncode == 130
    assert "Traceback" not in said
