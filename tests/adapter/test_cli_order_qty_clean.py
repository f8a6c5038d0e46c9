"""``order-qty clean`` over a real socket: what is chosen, what is refused, what goes, every exit status."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
from tests.adapter.gift_shop import READ_ONLY, GiftShop, open_shop, someone_is_there

from qtydash.cli import order_qty_clean, order_qty_gates
from qtydash.sandbox.data.order_qty import (
    DELETED_ROW,
    FRESH_ROW,
    FUTURE_ROW,
    INACTIVE_ROW,
    ONLY_ROW,
    STALE_CART,
    STALE_ROW,
    SUBMITTED_CART,
    SUBMITTED_ROW,
    Row,
)
from qtydash.sandbox.ledger import Entry
from qtydash.services import connect
from qtydash.services.change_rows import CHANGE_COLUMNS
from qtydash.services.order_qty import HoldChanges
from qtydash.services.port import BatchRules

COMPANIONS = [STALE_ROW, "65aa00000000000000000002", "65aa00000000000000000003"]
"""The three stale rows of one cart, of three products."""
CLEAN = ("order-qty", "clean")


class HoldShop(GiftShop):
    """The same shop, as one looks at its held stock."""

    @property
    def rows(self) -> dict[str, Row]:
        return self.state.order_qty.rows

    @property
    def deletions(self) -> list[Entry]:
        return [entry for entry in self.state.ledger.entries if entry.method == "DELETE"]

    @property
    def deleted(self) -> list[str]:
        return [entry.path.rpartition("/")[2] for entry in self.deletions]

    @property
    def backups(self) -> list[Path]:
        return sorted((self.home / "backups").glob("*.json"))

    def keep_only(self, *row_ids: str) -> None:
        for row_id in set(self.rows) - set(row_ids):
            del self.rows[row_id]

    def submit(self, row_id: str) -> None:
        row = self.rows[row_id]
        row.submitted, row.modified = True, row.modified + 1

    def plan(self, *arguments: str) -> dict[str, Any]:
        """Write a plan, and read it."""
        result = self.run(*CLEAN, *arguments, "--plan-out", str(self.plan_file))
        assert result.exit_code == 0, result.output
        plan: dict[str, Any] = json.loads(self.plan_file.read_text())
        return plan

    @property
    def plan_file(self) -> Path:
        return self.home / "plan.json"

    def edit_plan(self, old: str, new: str) -> None:
        text = self.plan_file.read_text()
        assert old in text
        self.plan_file.write_text(text.replace(old, new, 1))


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HoldShop]:
    monkeypatch.setitem(connect.REQUESTS_PER_SECOND, "order_qty", 10_000)
    with open_shop(home, monkeypatch) as opened:
        yield HoldShop(opened.server, opened.state, opened.home)


# What is chosen and deleted.


def test_stale_rows_go_and_no_other(shop: HoldShop) -> None:
    kinds = (SUBMITTED_ROW, FRESH_ROW, FUTURE_ROW, INACTIVE_ROW, DELETED_ROW)
    shop.keep_only(*COMPANIONS, ONLY_ROW, *kinds)

    result = shop.run(*CLEAN, "--all", "--yes", "--reason", "nightly", "--format", "json")

    told = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert (told["source"], told["complete"], told["warnings"]) == ("live", True, [])
    assert sorted(shop.deleted) == sorted([*COMPANIONS, ONLY_ROW])
    assert set(shop.rows) == set(kinds)
    (row, *_) = told["data"]
    assert tuple(row) == CHANGE_COLUMNS
    assert (row["kind"], row["before"], row["after"], row["state"], row["reason"]) == (
        "order_qty.delete",
        {"present": 1},
        {"present": 0},
        "confirmed",
        "nightly",
    )
    assert "4 of 8 rows chosen: active, not submitted, older than 45m; 7.875 held." in result.stderr
    assert "4 rows: 4 deleted = 4." in result.stderr
    assert "4 deleted; the list is 4 rows and 7.875 pieces smaller." in result.stderr
    assert f"Backed up in {shop.backups[0]}." in result.stderr


def test_named_products_and_another_threshold(shop: HoldShop) -> None:
    shop.keep_only(*COMPANIONS, ONLY_ROW)
    assert shop.records(*CLEAN, "Gummies", "prod-2", "--stale-after", "4h", "--yes") == []
    assert shop.states(*CLEAN, "Gummies", "prod-2", "--stale-after", "2h", "--yes") == ["confirmed"] * 2
    assert sorted(shop.deleted) == COMPANIONS[:2]


def test_rows_by_id_need_not_be_stale(shop: HoldShop) -> None:
    assert shop.states(*CLEAN, "Gummies", "--id", FRESH_ROW, "--id", STALE_ROW, "--yes") == ["confirmed"] * 2
    assert shop.deleted == [FRESH_ROW, STALE_ROW]


@pytest.mark.parametrize("then", [("--dry-run",), ("--yes",), ("--plan-out", "-")], ids=" ".join)
def test_rows_that_are_not_stale_are_told(shop: HoldShop, then: tuple[str, ...]) -> None:
    chosen = (f"--id={id}" for id in (STALE_ROW, FRESH_ROW, FUTURE_ROW))
    result = shop.run(*CLEAN, "Gummies", *chosen, *then)
    assert result.exit_code == 0, result.output
    assert result.stderr.count("2 of them are not stale: 1 fresh, 1 future.") == 1


def test_stale_rows_are_not_told_to_be_otherwise(shop: HoldShop) -> None:
    shop.keep_only(*COMPANIONS)
    result = shop.run(*CLEAN, "--all", "--stale-after", "10m", "--dry-run")
    assert "not stale" not in result.stderr


def test_a_submitted_row_is_refused_and_the_others_go(shop: HoldShop) -> None:
    arguments = ("Gummies", "--id", SUBMITTED_ROW, "--id", STALE_ROW, "--yes")
    rows = shop.records(*CLEAN, *arguments, status=3)
    assert [row["state"] for row in rows] == ["draft", "confirmed"]
    assert "deleting it would not cancel that order" in rows[0]["refusal"]
    assert shop.deleted == [STALE_ROW]


def test_an_id_that_is_listed_nowhere_is_told(shop: HoldShop) -> None:
    result = shop.run(*CLEAN, "Gummies", "--id", ONLY_ROW, "--id", STALE_ROW, "--yes")
    assert result.exit_code == 3
    assert f"Row {ONLY_ROW} is listed under none of prod-1: it is gone already" in result.stderr
    assert json.loads(result.stdout)["complete"] is False
    assert shop.deleted == [STALE_ROW]


def test_an_id_that_is_listed_and_cannot_be_read_is_not_told_as_gone(shop: HoldShop) -> None:
    shop.rows[STALE_ROW].quantity = "many"  # type: ignore[assignment]
    result = shop.run(*CLEAN, "Gummies", "--id", STALE_ROW, "--id", FRESH_ROW, "--yes")
    assert result.exit_code == 3
    assert f"Row {STALE_ROW} is listed and cannot be read: it is left alone." in result.stderr
    assert "gone already" not in result.stderr
    assert shop.deleted == [FRESH_ROW]


def test_a_dry_run_of_which_nothing_goes_speaks_of_no_file(shop: HoldShop) -> None:
    result = shop.run(*CLEAN, "Gummies", "--id", SUBMITTED_ROW, "--dry-run")
    assert result.exit_code == 3
    assert "No row would be deleted." in result.stderr
    assert "written to a file" not in result.stderr


def test_nothing_stale_is_nothing_to_do(shop: HoldShop) -> None:
    shop.keep_only(FRESH_ROW)
    result = shop.run(*CLEAN, "--all", "--yes")
    assert (result.exit_code, json.loads(result.stdout)["data"], shop.backups) == (0, [], [])
    assert "There is nothing to delete." in result.stderr


def test_a_product_that_cannot_be_read_stops_it(shop: HoldShop) -> None:
    shop.faults("order_qty.read:status=500,path=prod-2")
    result = shop.run(*CLEAN, "--all", "--yes")
    assert (result.exit_code, result.stdout, shop.deletions) == (1, "", [])


# Gates.


def test_more_than_max_are_refused_whole(shop: HoldShop) -> None:
    result = shop.run(*CLEAN, "Gummies", "--yes")
    assert (result.exit_code, result.stdout, shop.deletions, shop.backups) == (3, "", [], [])
    assert re.search(r"These are \d+ changes and --max allows 20. Nothing was done.", result.stderr)


def test_max_bulk_holds_whatever_max_says(shop: HoldShop) -> None:
    shop.configure("write = true", "write = true\nmax_bulk = 3")
    shop.keep_only(*COMPANIONS, ONLY_ROW)
    result = shop.run(*CLEAN, "--all", "--yes", "--max", "100")
    assert (result.exit_code, shop.deletions) == (3, [])
    assert "4 deletions are more than the 3 that profile 'sandbox' allows at once." in result.stderr


def test_a_dry_run_sends_and_writes_nothing(shop: HoldShop) -> None:
    shop.configure("write = true", READ_ONLY)
    result = shop.run(*CLEAN, "prod-5", "--dry-run", "--format", "json")
    (row,) = json.loads(result.stdout)["data"]
    assert (result.exit_code, row["op_id"], row["state"]) == (0, None, "draft")
    assert row["request"]["url"].endswith(f"/consumer-order-qty/{ONLY_ROW}")
    assert "1 row, 4.25 would be freed." in result.stderr
    assert (shop.deletions, shop.backups, shop.has_journal) == ([], [], False)


def test_nobody_there_and_no_yes_is_a_usage_error(shop: HoldShop) -> None:
    result = shop.run(*CLEAN, "prod-5")
    assert (result.exit_code, shop.deletions) == (2, [])


@pytest.mark.parametrize(
    ("rows", "typed", "passes"),
    [
        ((ONLY_ROW,), "y\n", True),
        ((ONLY_ROW,), "1\n", False),
        ((ONLY_ROW,), "\n", False),
        ((*COMPANIONS, ONLY_ROW), "4\n", True),
        ((*COMPANIONS, ONLY_ROW), "y\n", False),
        ((*COMPANIONS, ONLY_ROW), "\n", False),
        ((*COMPANIONS, ONLY_ROW), "", False),
        ((*COMPANIONS, ONLY_ROW), "44\n", False),
    ],
)
def test_on_a_terminal_the_gates_are_those_of_the_dashboard(
    shop: HoldShop, monkeypatch: pytest.MonkeyPatch, rows: tuple[str, ...], typed: str, passes: bool
) -> None:
    someone_is_there(monkeypatch)
    shop.keep_only(*rows)
    result = shop.run(*CLEAN, "--all", stdin=typed)
    assert result.exit_code == (0 if passes else 3), result.stderr
    assert len(shop.deletions) == (len(rows) if passes else 0)
    assert "Nothing brings a deleted row back." in result.stderr
    assert ("Nothing was sent." in result.stderr) is not passes


@pytest.mark.parametrize(("typed", "passes"), [("21\n", False), ("y\n", False), ("sandbox delete 21\n", True)])
def test_many_ask_for_the_profile_and_the_count(
    shop: HoldShop, monkeypatch: pytest.MonkeyPatch, typed: str, passes: bool
) -> None:
    someone_is_there(monkeypatch)
    stale = [row.id for row in shop.rows.values() if row.active and not row.submitted and row.created][5:200]
    shop.keep_only(*stale)
    monkeypatch.setattr(order_qty_clean, "all_stale", lambda rows, *_: tuple(rows)[:21])
    result = shop.run(*CLEAN, "prod-1", "--max", "30", stdin=typed)
    assert "Type 'sandbox delete 21' to delete 21 rows" in result.stderr
    assert len(shop.deletions) == (21 if passes else 0), result.stderr


def test_what_was_typed_before_the_question_does_not_answer_it(shop: HoldShop) -> None:
    """A pasted command line with its answer behind it, as keys: the question throws them away."""
    shop.keep_only(*COMPANIONS, ONLY_ROW)
    ours, theirs = pty.openpty()
    os.write(ours, b"4\n4\n")
    command = [sys.executable, "-m", "qtydash", *CLEAN, "--all"]
    with subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE) as process:
        os.close(theirs)
        said = b""
        for attempt in stamina.retry_context(on=AssertionError, attempts=200, timeout=20, wait_initial=0.02):
            with attempt:
                said += os.read(ours, 4_096)
                assert b"Type '4' to delete 4 rows" in said
        assert process.poll() is None
        os.write(ours, b"no\n")
        assert process.wait(20) == 3
    os.close(ours)
    assert shop.deletions == []


# What goes wrong on the way.


def test_a_row_that_is_submitted_between_plan_and_deletion_is_skipped_and_told(
    shop: HoldShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone_is_there(monkeypatch)
    shop.keep_only(*COMPANIONS, ONLY_ROW)

    def bought_meanwhile(question: str) -> str:
        shop.submit(COMPANIONS[1])
        time_passes(monkeypatch)
        return "4\n"

    monkeypatch.setattr(order_qty_gates, "typed_now", bought_meanwhile)
    result = shop.run(*CLEAN, "--all", "--format", "json")
    assert result.exit_code == 3
    states = {row["target"].removeprefix("hold:"): row["state"] for row in json.loads(result.stdout)["data"]}
    assert states.pop(COMPANIONS[1]) == "abandoned"
    assert set(states.values()) == {"confirmed"}
    assert COMPANIONS[1] not in shop.deleted
    assert "its order was placed" in result.stderr
    assert "4 rows: 3 deleted, 1 changed-skipped = 4." in result.stderr


def time_passes(patch: pytest.MonkeyPatch) -> None:
    """The lists that were read are too old to serve for the deletions."""
    patch.setattr(HoldChanges, "rules", BatchRules(fresh=timedelta()))


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("close=after-apply,after=2,times=1", 4, "4 rows: 2 deleted, 1 unknown, 1 not attempted = 4."),
        ("status=401", 3, "4 rows: 1 rejected, 3 not attempted = 4."),
        ("status=404", 0, "4 rows: 4 already gone = 4."),
        ("status=422", 3, "4 rows: 2 rejected, 2 not attempted = 4."),
    ],
)
def test_the_ends_add_up_and_give_the_status(shop: HoldShop, fault: str, status: int, words: str) -> None:
    shop.keep_only(*COMPANIONS, ONLY_ROW)
    shop.faults(f"order_qty.write:{fault}")
    result = shop.run(*CLEAN, "--all", "--yes")
    assert result.exit_code == status, result.stderr
    assert words in result.stderr


def test_without_a_backup_nothing_is_sent(shop: HoldShop) -> None:
    (shop.home / "backups").write_text("in the way")
    result = shop.run(*CLEAN, "prod-5", "--yes")
    assert (result.exit_code, result.stdout, shop.deletions) == (1, "", [])
    assert "so nothing was sent" in result.stderr


# A whole cart.


def test_a_whole_cart_goes_by_one_request_and_lists_what_it_takes(shop: HoldShop) -> None:
    (row,) = shop.records(*CLEAN, "--cart", STALE_CART, "--yes")
    result_rows = json.loads(shop.backups[0].read_text())["rows"]
    assert (row["kind"], row["state"], row["before"]) == (
        "order_qty.delete_cart",
        "confirmed",
        dict.fromkeys(COMPANIONS, 1),
    )
    assert [entry.path.rpartition("/")[0].rpartition("/")[2] for entry in shop.deletions] == ["consumerCart"]
    assert sorted(told["id"] for told in result_rows) == COMPANIONS


def test_a_cart_says_in_words_what_it_takes(shop: HoldShop, monkeypatch: pytest.MonkeyPatch) -> None:
    someone_is_there(monkeypatch)
    result = shop.run(*CLEAN, "--cart", STALE_CART, stdin="1\n")
    assert result.exit_code == 3, "three rows are a gate of three, though they are one request"
    for quantity, product in (("2", "prod-1"), ("1.5", "prod-2"), ("0.125", "prod-3")):
        assert f"  {quantity} of {product}: stale since 2h 15m" in result.stderr
    assert "Rows of products that are not listed here go too" in result.stderr
    assert "Type '3' to delete 3 rows" in result.stderr
    assert shop.deletions == []


def test_a_cart_with_a_submitted_row_is_refused(shop: HoldShop) -> None:
    (row,) = shop.records(*CLEAN, "--cart", SUBMITTED_CART, "--yes", status=3)
    assert f"Its record {SUBMITTED_ROW} is kept" in row["refusal"]
    assert shop.deletions == []


def test_a_cart_counts_by_its_rows(shop: HoldShop) -> None:
    assert shop.run(*CLEAN, "--cart", STALE_CART, "--yes", "--max", "2").exit_code == 3
    assert shop.deletions == []


def test_a_cart_that_nobody_lists(shop: HoldShop) -> None:
    result = shop.run(*CLEAN, "--cart", "nobody", "--yes")
    assert (result.exit_code, shop.deletions) == (1, [])


def test_a_cart_that_the_vendor_does_not_know_after_all_is_unknown(shop: HoldShop) -> None:
    shop.faults("order_qty.write:status=404")
    (row,) = shop.records(*CLEAN, "--cart", STALE_CART, "--yes", status=4)
    assert row["state"] == "unknown"


# Plan files.


def test_a_plan_is_frozen_edited_and_applied(shop: HoldShop) -> None:
    shop.keep_only(*COMPANIONS, ONLY_ROW, SUBMITTED_ROW)
    plan = shop.plan("--all")
    assert (plan["format"], plan["version"], plan["profile"], plan["base_url"]) == (
        "qtydash order-qty plan",
        1,
        "sandbox",
        shop.server.url,
    )
    assert [row["id"] for row in plan["rows"]] == [*COMPANIONS, ONLY_ROW]
    assert (shop.deletions, shop.has_journal) == ([], False)

    lines = [line for line in shop.plan_file.read_text().splitlines(keepends=True) if ONLY_ROW not in line]
    shop.plan_file.write_text("".join(lines))
    assert shop.states(*CLEAN, "--plan", str(shop.plan_file), "--yes") == ["confirmed"] * 3
    assert shop.deleted == COMPANIONS


def test_a_planned_row_that_was_submitted_since_is_skipped_and_told(shop: HoldShop) -> None:
    shop.keep_only(*COMPANIONS)
    shop.plan("--all")
    shop.submit(COMPANIONS[0])
    rows = shop.records(*CLEAN, "--plan", str(shop.plan_file), "--yes", status=3)
    assert [row["state"] for row in rows] == ["draft", "confirmed", "confirmed"]
    assert "its order was placed" in rows[0]["refusal"]
    assert shop.deleted == COMPANIONS[1:]


def test_a_planned_row_that_changed_is_skipped_and_one_that_went_is_gone(shop: HoldShop) -> None:
    shop.keep_only(*COMPANIONS)
    shop.plan("--all")
    shop.rows[COMPANIONS[0]].quantity = 9
    del shop.rows[COMPANIONS[1]]
    result = shop.run(*CLEAN, "--plan", str(shop.plan_file), "--yes")
    assert result.exit_code == 3
    assert "3 rows: 1 deleted, 1 already gone, 1 changed-skipped = 3." in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "status", "words"),
    [
        (f'"{STALE_ROW}"', f'"{SUBMITTED_ROW}"', 3, "is not as it was written"),
        (f'"{STALE_ROW}"', '"65aa0000000000000000dead"', 3, "is not as it was written"),
        ('"product": "prod-1"', '"product": "prod-4"', 3, "is not as it was written"),
        (" a-- ", " as- ", 3, "is not as it was written"),
        ('"profile": "sandbox"', '"profile": "prod"', 3, "The plan is of profile 'prod', and this is 'sandbox'."),
        ('"base_url": "http://127', '"base_url": "http://128', 3, "and this profile points to"),
        ('"made_at": "20', '"made_at": "19', 3, "old and lasts for 24 hours. Make a new one."),
        ('"made_at": "20', '"made_at": "29', 3, "tells no time in the past"),
        ('"version": 1', '"version": 2', 1, "another version"),
        ("qtydash order-qty plan", "shopping list", 1, "The file is no plan"),
        ('"rows": [', '"rows": {', 1, "The file is no JSON"),
        ('"seal"', '"zeal"', 1, "The plan is damaged at rows.0"),
        ('"version": 1', '"version": 1, "extra": 1', 1, "The plan is damaged at extra"),
    ],
)
def test_a_plan_that_must_not_be_applied_is_refused_whole(
    shop: HoldShop, old: str, new: str, status: int, words: str
) -> None:
    shop.keep_only(*COMPANIONS, SUBMITTED_ROW)
    shop.plan("--all")
    shop.edit_plan(old, new)
    result = shop.run(*CLEAN, "--plan", str(shop.plan_file), "--yes")
    assert (result.exit_code, result.stdout, shop.deletions) == (status, "", [])
    assert words in result.stderr


def test_a_row_that_is_there_twice_is_refused(shop: HoldShop) -> None:
    shop.keep_only(ONLY_ROW)
    (row,) = shop.plan("--all")["rows"]
    shop.edit_plan('"rows": [', f'"rows": [{json.dumps(row)},')
    result = shop.run(*CLEAN, "--plan", str(shop.plan_file), "--yes")
    assert (result.exit_code, shop.deletions) == (3, [])
    assert "is there twice" in result.stderr


def test_a_plan_with_no_rows_left_is_refused(shop: HoldShop) -> None:
    shop.keep_only(ONLY_ROW)
    shop.plan("--all")
    lines = [line for line in shop.plan_file.read_text().splitlines(keepends=True) if ONLY_ROW not in line]
    shop.plan_file.write_text("".join(lines))
    assert shop.run(*CLEAN, "--plan", str(shop.plan_file), "--yes").exit_code == 3


def test_a_plan_leaves_out_what_is_kept(shop: HoldShop) -> None:
    arguments = ("Gummies", "--id", SUBMITTED_ROW, "--id", STALE_ROW, "--plan-out", str(shop.plan_file))
    result = shop.run(*CLEAN, *arguments)
    assert result.exit_code == 3
    assert f"Row {SUBMITTED_ROW} is not planned" in result.stderr
    assert [row["id"] for row in json.loads(shop.plan_file.read_text())["rows"]] == [STALE_ROW]


def test_a_plan_can_go_through_a_pipe(shop: HoldShop) -> None:
    result = shop.run(*CLEAN, "prod-5", "--plan-out", "-")
    assert shop.states(*CLEAN, "--plan", "-", "--yes", stdin=result.stdout) == ["confirmed"]


def test_a_plan_file_that_is_missing_or_cannot_be_written(shop: HoldShop) -> None:
    assert shop.run(*CLEAN, "--plan", "nowhere.json", "--yes").exit_code == 1
    result = shop.run(*CLEAN, "prod-5", "--plan-out", str(shop.home / "no" / "plan.json"))
    assert result.exit_code == 1
    assert "The plan could not be written to" in result.stderr


# Taking up.


def test_a_clean_up_that_stopped_is_offered_and_taken_up(shop: HoldShop) -> None:
    shop.configure("write = true", 'write = true\nreconcile_after = "1s"')
    shop.keep_only(*COMPANIONS, ONLY_ROW)
    shop.faults("order_qty.write:close=after-apply,after=1,times=1")
    assert shop.run(*CLEAN, "--all", "--yes").exit_code == 4
    assert len(shop.deletions) == 2

    offered = shop.run(*CLEAN, "prod-6", "--yes")
    words = "A clean-up of 4 rows stopped after 1: 1 unknown, 2 not sent."
    assert f"{words} `qtydash order-qty clean --resume` takes it up." in offered.stderr

    result = shop.run(*CLEAN, "--resume", "--yes")
    assert result.exit_code == 0, result.stderr
    assert words in result.stderr
    assert "Consistent with applied." in result.stderr
    assert [row["follows"] != "" for row in json.loads(result.stdout)["data"]] == [True, True]
    assert sorted(shop.deleted) == sorted([*COMPANIONS, ONLY_ROW])
    again = shop.run(*CLEAN, "--resume", "--yes")
    assert (again.exit_code, len(shop.deletions)) == (1, 4)
    assert "There is no clean-up of the last 24 hours to take up." in again.stderr


# Usage.


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("Gummies", "--all"),
        ("--plan", "p.json", "--resume"),
        ("--plan", "p.json", "Gummies"),
        ("--resume", "--all"),
        ("Gummies", "--id", "a", "--stale-after", "2h"),
        ("--cart", "c", "--id", "a"),
        ("--cart", "c", "--stale-after", "2h"),
        ("--cart", "c", "--plan-out", "p.json"),
        ("Gummies", "--plan-out", "p.json", "--yes"),
        ("Gummies", "--plan-out", "p.json", "--dry-run"),
        ("--plan", "p.json", "--plan-out", "q.json"),
        ("--offline", "Gummies", "--plan-out", "p.json"),
        ("--offline", "Gummies", "--yes"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(shop: HoldShop, arguments: tuple[str, ...]) -> None:
    yes = () if {"--yes", "--dry-run", "--plan-out"} & set(arguments) else ("--yes",)
    result = shop.run(*CLEAN, *arguments, *yes)
    assert (result.exit_code, shop.deletions) == (2, []), result.output


def test_a_profile_without_the_section_says_how_to_add_it(shop: HoldShop) -> None:
    file = shop.home / "config.toml"
    text = file.read_text()
    file.write_text(text[: text.index("[profiles.sandbox.order_qty]")])
    assert shop.run(*CLEAN, "--all", "--yes").exit_code == 2
