"""``gifts set`` and ``gifts adjust`` over a real socket: what is sent, what is told, every exit status."""

import csv
import io
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
from tests.adapter.answer_table import EXITS, check_exit, stops_when_sent
from tests.adapter.gift_shop import READ_ONLY, GiftShop, open_shop, someone_is_there

from qtydash.domain.changes import Intent
from qtydash.sandbox import gifts as sandbox_gifts
from qtydash.sandbox.data.gifts import LOW, PLENTY, UNLIMITED
from qtydash.services.change_rows import CHANGE_COLUMNS
from qtydash.services.gifts import GiftChanges
from qtydash.services.port import Told
from qtydash.storage.lock import WriterLock

MUG = PLENTY.id
"""21 pieces."""
PIN = LOW.id
"""2 pieces."""


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GiftShop]:
    with open_shop(home, monkeypatch) as shop:
        yield shop


def test_an_adjustment_is_sent_once_journaled_and_told(shop: GiftShop) -> None:
    (row,) = shop.records("gifts", "adjust", MUG, "-3", "--yes", "--reason", "two broken, one lost")

    assert tuple(row) == CHANGE_COLUMNS
    assert {name: row[name] for name in ("kind", "target", "before", "requested", "after", "state")} == {
        "kind": "gift.adjust",
        "target": f"gift:{MUG}",
        "before": 21,
        "requested": -3,
        "after": 18,
        "state": "confirmed",
    }
    assert (row["http_status"], row["reason"]) == (200, "two broken, one lost")
    assert [event["state"] for event in row["events"]] == ["planned", "sent", "confirmed"]
    assert row["sent_at"] == row["events"][1]["at"]
    (write,) = shop.writes
    assert (write.path, write.body) == (f"/v1/gifts/{MUG}/update_quantity", '{"quantity":-3,"replace":false}')
    assert write.request_id == row["op_id"]
    assert shop.stock(MUG) == 18


def test_a_quantity_replaces(shop: GiftShop) -> None:
    (row,) = shop.records("gifts", "set", MUG, "5", "--yes")

    assert (row["kind"], row["before"], row["requested"], row["after"]) == ("gift.set", 21, 5, 5)
    assert shop.writes[0].body == '{"quantity":5,"replace":true}'
    assert shop.stock(MUG) == 5


@pytest.mark.parametrize("amount", ["3", "+3"])
def test_an_addition_with_or_without_its_sign(shop: GiftShop, amount: str) -> None:
    assert shop.states("gifts", "adjust", MUG, amount, "--yes") == ["confirmed"]
    assert shop.stock(MUG) == 24


@pytest.mark.parametrize(
    "arguments",
    [
        ["gifts", "adjust", MUG, "-3", "--yes"],
        ["gifts", "adjust", "--yes", MUG, "-3"],
        ["gifts", "adjust", "--yes", "--", MUG, "-3"],
        ["gifts", "adjust", MUG, "--reason", "-7", "-3", "--yes"],
        ["--format", "json", "gifts", "adjust", MUG, "--max", "2", "-3", "--yes"],
    ],
)
def test_a_negative_number_is_no_option(shop: GiftShop, arguments: list[str]) -> None:
    assert shop.run(*arguments).exit_code == 0
    assert shop.stock(MUG) == 18


def test_a_dry_run_shows_what_would_be_sent_and_does_nothing(shop: GiftShop) -> None:
    shop.configure("write = true", READ_ONLY)

    page = shop.run("gifts", "adjust", MUG, "-3", "--dry-run", "--format", "table")
    (row,) = shop.records("gifts", "adjust", MUG, "-3", "--dry-run")
    table = list(
        csv.DictReader(io.StringIO(shop.run("gifts", "set", MUG, "4", "--dry-run", "--format", "csv").stdout))
    )

    url = f"{shop.server.url}/v1/gifts/{MUG}/update_quantity"
    assert (page.exit_code, page.stderr) == (0, "A dry run: nothing was sent.\n")
    assert page.stdout == (
        "Enamel mug (FRU008): 21 - 3 = 18 pieces\n"
        f"  PUT {url}\n"
        "  X-Request-Id: the operation id that it gets\n"
        '  {"quantity":-3,"replace":false}\n'
    )
    assert (row["op_id"], row["state"], row["before"], row["after"]) == (None, "draft", 21, 18)
    assert row["request"] == {"method": "PUT", "url": url, "body": {"quantity": -3, "replace": False}}
    assert json.loads(table[0]["request"])["body"] == {"quantity": 4, "replace": True}
    assert (shop.writes, shop.has_journal) == ([], False)


@pytest.mark.parametrize(
    ("arguments", "words", "status"),
    [
        (["set", MUG, "21", "--yes"], "from 21 to 21 pieces. It would change nothing.", 3),
        (["adjust", PIN, "-3", "--yes"], "below zero. The vendor does not forbid it. If that is meant, add", 3),
        (["set", PIN, "-1", "--yes"], "It would be -1 pieces, below zero.", 3),
        (["adjust", MUG, "9999999", "--yes"], "10,000,020 is beyond ±9,999,999", 3),
        (["set", UNLIMITED.id, "5", "--yes"], "Its stock is unlimited", 3),
        (["set", "nobody", "5", "--yes"], "SHOPLINE does not know a gift nobody. Nothing was sent.", 1),
        (["set", "../../x", "5", "--yes"], "'../../x' is not a usable gift id", 2),
        (["set", MUG, "1,000", "--yes"], "'1,000' has a separator", 2),
        (["set", MUG, "3.0", "--yes"], "'3.0' is no whole number", 2),
        (["set", MUG, "5"], "Nobody can be asked: this is no terminal.", 2),
        (["set", MUG, "5", "--yes", "--offline"], "leave --offline out", 2),
        (["set", MUG, "5", "--dry-run", "--offline"], "leave --offline out", 2),
        (["set", MUG, "5", "--yess"], "No such option", 2),
        (["set", MUG, "5", "--yes", "--reason", "x" * 501], "Say it in 500 characters or fewer.", 2),
    ],
)
def test_what_is_refused_before_anything_is_sent(
    shop: GiftShop, arguments: list[str], words: str, status: int
) -> None:
    result = shop.run("gifts", *arguments)

    assert result.exit_code == status
    assert words in result.stderr
    assert shop.writes == []


def test_a_refused_change_is_printed_with_its_reason(shop: GiftShop) -> None:
    (row,) = shop.records("gifts", "set", MUG, "21", "--yes", status=3)

    assert (row["state"], row["op_id"], row["refusal"]) == ("draft", None, "It would change nothing.")


def test_a_dry_run_of_what_is_refused_ends_as_the_change_would(shop: GiftShop) -> None:
    assert shop.run("gifts", "set", MUG, "21", "--dry-run").exit_code == 3
    assert shop.run("gifts", "set", "nobody", "1", "--dry-run").exit_code == 1
    asked = shop.run("gifts", "set", PIN, "-1", "--dry-run", "--format", "table")
    assert asked.exit_code == 3
    assert "--allow-negative answers yes" in asked.stderr
    assert '{"quantity":-1,"replace":true}' in asked.stdout
    assert shop.run("gifts", "set", PIN, "-1", "--dry-run", "--allow-negative").exit_code == 0


def test_below_zero_with_the_flag(shop: GiftShop) -> None:
    assert shop.states("gifts", "adjust", PIN, "-3", "--yes", "--allow-negative") == ["confirmed"]
    assert shop.stock(PIN) == -1


def test_a_read_only_profile_is_a_matter_of_configuration(shop: GiftShop) -> None:
    shop.configure("write = true", READ_ONLY)

    result = shop.run("gifts", "set", MUG, "5", "--yes")

    assert result.exit_code == 2
    assert "Profile 'sandbox' is read-only. Nothing was done." in result.stderr
    assert (shop.writes, shop.has_journal) == ([], False)


def test_a_missing_section_says_how_to_add_it(shop: GiftShop) -> None:
    shop.configure("[profiles.sandbox.gifts]", "[profiles.other.gifts]")

    result = shop.run("gifts", "set", MUG, "5", "--yes")

    assert result.exit_code == 2
    assert "Add [profiles.sandbox.gifts] to" in result.stderr


@pytest.mark.parametrize(("fault", "state", "status", "applied"), EXITS)
def test_every_answer_has_its_state_and_exit_status(
    shop: GiftShop, fault: str, state: str, status: int, applied: bool
) -> None:
    result, _ = check_exit(shop, fault, state, status, applied, "gifts", "adjust", MUG, "-3", "--yes")
    assert shop.stock(MUG) == (18 if applied else 21)
    if state == "rejected":
        assert "Rejected by the vendor: Enamel mug (FRU008): 21 - 3 = 18 pieces. SHOPLINE" in result.stderr


def test_a_target_in_doubt_takes_no_other_change_and_is_told_first(shop: GiftShop) -> None:
    shop.faults("gifts.write:close=after-apply,times=1")
    (row,) = shop.records("gifts", "adjust", MUG, "-3", "--yes", status=4)

    again = shop.run("gifts", "adjust", MUG, "-3", "--yes")
    other = shop.run("gifts", "adjust", PIN, "1", "--yes")

    assert (again.exit_code, other.exit_code) == (3, 0)
    first, second = again.stderr.splitlines()
    assert first.startswith("Outcome unknown: Enamel mug (FRU008): 21 - 3 = 18 pieces, sent at ")
    assert first.endswith(f"Do not send it again. Run `qtydash changes reconcile {row['op_id']}`.")
    assert second.startswith("Refused: ")
    assert row["op_id"] in second
    assert other.stderr.splitlines()[0] == first
    assert len(shop.writes) == 2


def test_when_the_vendor_cannot_be_read_nothing_is_sent(shop: GiftShop) -> None:
    shop.faults("gifts.read:status=500")

    result = shop.run("gifts", "adjust", MUG, "-3", "--yes")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "SHOPLINE did not answer as asked (500)." in result.stderr
    assert shop.writes == []


def test_a_vendor_that_is_lost_just_before_sending(shop: GiftShop) -> None:
    shop.faults("gifts.read:status=500,after=1")

    (row,) = shop.records("gifts", "adjust", MUG, "-3", "--yes", status=1)

    assert row["state"] == "abandoned"
    assert "could not be read just before" in row["note"]
    assert shop.writes == []


def test_nothing_listens(shop: GiftShop) -> None:
    shop.server.stop()

    with stamina.set_testing(True, attempts=1):
        result = shop.run("gifts", "adjust", MUG, "-3", "--yes")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing listens" in result.stderr


def test_a_connection_that_is_refused_when_it_is_sent(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    stops_when_sent(shop, GiftChanges, monkeypatch)

    (row,) = shop.records("gifts", "adjust", MUG, "-3", "--yes", status=1)

    assert row["state"] == "not_sent"
    assert [event["state"] for event in row["events"]] == ["planned", *["sent", "not_sent"] * 3]
    assert shop.stock(MUG) == 21


def test_a_wrong_token_is_a_failure_and_a_missing_one_a_matter_of_configuration(shop: GiftShop) -> None:
    token = next(line for line in (shop.home / "config.toml").read_text().splitlines() if line.startswith("token"))
    shop.configure(token, 'token = "wrong-test-token"')
    wrong = shop.run("gifts", "adjust", MUG, "-3", "--yes")
    shop.configure('token = "wrong-test-token"', 'token = { env = "NO_SUCH_VARIABLE" }')
    missing = shop.run("gifts", "adjust", MUG, "-3", "--yes")

    assert (wrong.exit_code, missing.exit_code) == (1, 2)
    assert "does not accept the credentials (401)" in wrong.stderr
    assert "NO_SUCH_VARIABLE" in missing.stderr
    assert "wrong-test-token" not in wrong.output


def test_what_moved_since_the_review_is_not_sent(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    someone_is_there(monkeypatch)

    def sold_meanwhile(question: str) -> bool:
        shop.state.gifts.by_id[MUG].quantity -= 1
        return True

    monkeypatch.setattr("qtydash.cli.writing.ask", sold_meanwhile)

    (row,) = shop.records("gifts", "adjust", MUG, "-3", status=3)

    assert row["state"] == "abandoned"
    assert "it was 21 in the review and is 20 now" in row["note"]
    assert shop.writes == []


def test_the_vendors_own_total_is_told(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    write: Callable[[Any, Any, Any], Any] = vars(sandbox_gifts)["_write"]

    def sold_meanwhile(request: Any, gifts: Any, body: Any) -> Any:
        shop.state.gifts.by_id[MUG].quantity -= 5
        return write(request, gifts, body)

    monkeypatch.setattr(sandbox_gifts, "_write", sold_meanwhile)

    result = shop.run("gifts", "adjust", MUG, "-3", "--yes")

    (row,) = json.loads(result.stdout)["data"]
    assert (result.exit_code, row["state"], row["after"]) == (0, "confirmed", 13)
    assert "the vendor says it is 13 now, not 18: something else changed it too" in result.stderr


def test_a_change_that_was_made_is_no_failure_when_it_cannot_be_printed(shop: GiftShop) -> None:
    with Path("/dev/full").open("wb") as full:
        streams = {"stdin": subprocess.DEVNULL, "stdout": full, "stderr": subprocess.PIPE}
        with command(shop, "gifts", "adjust", MUG, "-3", "--yes", **streams) as process:
            _, said = process.communicate(timeout=30)

    assert (process.returncode, shop.stock(MUG)) == (3, 18)
    assert b"Done: Enamel mug (FRU008): 21 - 3 = 18 pieces." in said
    assert b"The output could not be written: No space left on device. What was done is in the journal" in said


@pytest.mark.parametrize("streams", ["> out.json 2>&-", "> out.json 2>/dev/full", "2>&1 > out.json | true"])
def test_words_that_nobody_hears_change_nothing(shop: GiftShop, streams: str) -> None:
    line = f"{sys.executable} -m qtydash gifts adjust {MUG} -3 --yes {streams}"

    told = {**os.environ, "QTYDASH_HOME": str(shop.home)}
    subprocess.run(["sh", "-c", line], env=told, cwd=shop.home, check=True)

    assert shop.states("changes", "list") == ["confirmed"]
    assert json.loads((shop.home / "out.json").read_text())["data"][0]["state"] == "confirmed"


def test_a_fault_of_the_program_does_not_hide_what_was_done(
    shop: GiftShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe = GiftChanges.observe
    reads: list[str] = []

    async def broken(self: GiftChanges, intents: Sequence[Intent], *, max_age: timedelta) -> Any:
        reads.append(intents[0].target)
        if len(reads) == 3:
            raise RuntimeError("secret-value")
        return await observe(self, intents, max_age=max_age)

    monkeypatch.setattr(GiftChanges, "observe", broken)

    result = shop.run("gifts", "import", "-", "--yes", stdin=f"id,delta\n{MUG},-1\n{PIN},1\n")

    states = [row["state"] for row in json.loads(result.stdout)["data"]]
    assert (result.exit_code, states) == (3, ["confirmed", "abandoned"])
    assert "qtydash has a fault and stopped: RuntimeError" in result.stderr
    assert "secret-value" not in result.output


def test_another_writer_is_named(shop: GiftShop) -> None:
    lock = WriterLock(shop.home / "journal.db", "sandbox", "the dashboard")
    lock.take(datetime(2026, 3, 1, 12, tzinfo=UTC))
    try:
        result = shop.run("gifts", "adjust", MUG, "-3", "--yes")
        dry = shop.run("gifts", "adjust", MUG, "-3", "--dry-run")
    finally:
        lock.release()

    assert (result.exit_code, result.stdout, dry.exit_code) == (1, "", 0)
    assert result.stderr.startswith("the dashboard (process ")
    assert shop.writes == []
    assert shop.run("gifts", "adjust", MUG, "-3", "--yes").exit_code == 0


@pytest.mark.parametrize("damage", ["removed", "overwritten", "edited"])
def test_a_journal_that_is_not_what_it_was_locks_everything(shop: GiftShop, damage: str) -> None:
    shop.records("gifts", "adjust", MUG, "-3", "--yes")
    journal = shop.home / "journal.db"
    if damage == "removed":
        journal.unlink()
    elif damage == "overwritten":
        journal.write_bytes(b"junk" * 1_000)
    else:
        with sqlite3.connect(journal) as db:
            db.execute("DROP TRIGGER changes_stay")
            db.execute("UPDATE changes SET amount = -1")
        db.close()

    result = shop.run("gifts", "adjust", MUG, "-3", "--yes")

    assert (result.exit_code, result.stdout) == (1, "")
    assert str(journal) in result.stderr
    assert "Changes are locked" in result.stderr
    assert len(shop.writes) == 1


def test_a_person_sees_before_and_after_and_says_yes(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    someone_is_there(monkeypatch)

    result = shop.run("gifts", "adjust", MUG, "-3", stdin="y\n")

    assert result.exit_code == 0
    assert result.stderr == (
        "In profile 'sandbox', Sandbox:\n"
        "  Enamel mug (FRU008): 21 - 3 = 18 pieces\n"
        "Make this change? [y/N] Done: Enamel mug (FRU008): 21 - 3 = 18 pieces.\n"
    )
    assert json.loads(result.stdout)["data"][0]["state"] == "confirmed"


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yess\n"])
def test_anything_but_a_yes_is_a_no(shop: GiftShop, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    someone_is_there(monkeypatch)

    result = shop.run("gifts", "adjust", MUG, "-3", stdin=answer)

    assert (result.exit_code, result.stdout, shop.writes) == (3, "", [])
    assert result.stderr.endswith("Nothing was sent.\n")
    assert shop.run("changes", "list", "--format", "csv").stdout.count("\n") == 1


@pytest.mark.parametrize(("answers", "status", "stock"), [("y\ny\n", 0, -1), ("n\n", 3, 2), ("y\nn\n", 3, 2)])
def test_below_zero_needs_a_yes_of_its_own(
    shop: GiftShop, monkeypatch: pytest.MonkeyPatch, answers: str, status: int, stock: int
) -> None:
    someone_is_there(monkeypatch)

    result = shop.run("gifts", "adjust", PIN, "-3", stdin=answers)

    assert (result.exit_code, shop.stock(PIN)) == (status, stock)
    assert "below zero. The vendor does not forbid it. Is that meant? [y/N] " in result.stderr


def command(shop: GiftShop, *arguments: str, **streams: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "qtydash", *arguments],
        env={**os.environ, "QTYDASH_HOME": str(shop.home)},
        **streams,
    )


def test_on_a_real_terminal_it_asks_there_and_prints_data_elsewhere(shop: GiftShop) -> None:
    person, terminal = pty.openpty()
    with command(
        shop, "gifts", "adjust", MUG, "-3", stdin=terminal, stderr=terminal, stdout=subprocess.PIPE
    ) as process:
        os.close(terminal)
        seen = b""
        while b"[y/N] " not in seen:
            seen += os.read(person, 1_000)
        os.write(person, b"y\n")
        printed, _ = process.communicate(timeout=30)
    os.close(person)

    assert process.returncode == 0
    assert json.loads(printed)["data"][0]["state"] == "confirmed"
    assert shop.stock(MUG) == 18


@pytest.fixture
def applied(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once the shop has made a change, which it answers much later."""
    made = threading.Event()
    record: Callable[[Any, Any], None] = vars(sandbox_gifts)["record_change"]

    def told(request: Any, change: Any) -> None:
        record(request, change)
        made.set()

    monkeypatch.setattr(sandbox_gifts, "record_change", told)
    shop.faults("gifts.write:answer_delay=30s,times=1")
    return made


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_during_a_send_leaves_it_unknown(shop: GiftShop, applied: threading.Event, presses: int) -> None:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with command(shop, "gifts", "adjust", MUG, "-3", "--yes", **streams) as process:
        assert applied.wait(30)
        for _ in range(presses):
            process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=30)

    (row,) = json.loads(printed)["data"]
    assert (process.returncode, row["state"]) == (4, "unknown")
    assert f"Run `qtydash changes reconcile {row['op_id']}`" in said.decode()
    assert shop.states("changes", "list") == ["unknown"]
    assert len(shop.writes) == 1


@pytest.mark.parametrize("when", ["sent", "answered"])
def test_a_journal_that_goes_away_while_it_is_needed(
    shop: GiftShop, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    send = GiftChanges.send

    async def robbed(self: GiftChanges, intent: Intent, op_id: str) -> Told:
        (shop.home / "journal.db").unlink()
        if when == "sent":
            signal.raise_signal(signal.SIGINT)
        return await send(self, intent, op_id)

    monkeypatch.setattr(GiftChanges, "send", robbed)

    result = shop.run("gifts", "adjust", MUG, "-3", "--yes", "--format", "json")

    assert result.exit_code == 4
    assert "journal.db is missing" in result.stderr
    assert shop.run("gifts", "adjust", PIN, "1", "--yes").exit_code == 1


@pytest.mark.parametrize("looked", [True, False])
def test_a_killed_command_is_told_at_the_next_before_anything_else(
    shop: GiftShop, applied: threading.Event, looked: bool
) -> None:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with command(shop, "gifts", "adjust", MUG, "-3", "--yes", **streams) as process:
        assert applied.wait(30)
        process.kill()

    if looked:
        assert shop.states("changes", "list") == ["unknown"]
    result = shop.run("gifts", "adjust", PIN, "1", "--yes")

    assert result.exit_code == 0
    assert result.stderr.splitlines()[0].startswith("Outcome unknown: Enamel mug (FRU008): 21 - 3 = 18 pieces")
    assert len(shop.writes) == 2


def test_ctrl_c_before_anything_was_sent(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    observe = GiftChanges.observe
    reads: list[int] = []

    async def interrupted(self: GiftChanges, intents: Sequence[Intent], *, max_age: timedelta) -> Any:
        reads.append(len(intents))
        if len(reads) == 2:
            signal.raise_signal(signal.SIGINT)
        return await observe(self, intents, max_age=max_age)

    monkeypatch.setattr(GiftChanges, "observe", interrupted)

    (row,) = shop.records("gifts", "adjust", MUG, "-3", "--yes", status=130)

    assert row["state"] == "abandoned"
    assert shop.writes == []
