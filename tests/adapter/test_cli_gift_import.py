"""``gifts import`` over a real socket: the report, what is sent of a file, and what is not."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.adapter.gift_shop import GiftShop, open_shop, someone_is_there

from qtydash.domain.changes import Intent
from qtydash.sandbox.data.gifts import DOCUMENTED, DRAFT, LOW, PLENTY, TWIN, UNLIMITED
from qtydash.services.gifts import GiftChanges

SOME_ERRORS = f"""\
sku,count
{PLENTY.sku},20
{TWIN.sku},4
nope,1
{UNLIMITED.sku},5
{LOW.sku},"1,000"
{DOCUMENTED.sku},12
{DOCUMENTED.sku},12
{DRAFT.sku},50
"""
"""One row that can be used, and one that changes nothing."""


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GiftShop]:
    with open_shop(home, monkeypatch) as shop:
        yield shop


def test_counts_and_deltas_are_applied_in_the_order_of_the_file(shop: GiftShop) -> None:
    (shop.home / "counts.csv").write_text(
        f"sku;quantity;delta\n{PLENTY.sku};20;\n{LOW.sku};;+4\n{DRAFT.sku};50;\n", encoding="utf-16"
    )

    result = shop.run("gifts", "import", str(shop.home / "counts.csv"), "--yes", "--reason", "March count")

    assert result.exit_code == 0
    assert result.stderr == ("3 rows: 2 matched, 1 unchanged (UTF-16, semicolon).\n2 changes: 2 done.\n")
    answer = json.loads(result.stdout)
    rows = answer["data"]
    assert [(row["target"], row["before"], row["after"]) for row in rows] == [
        (f"gift:{PLENTY.id}", 21, 20),
        (f"gift:{LOW.id}", 2, 6),
    ]
    assert {row["reason"] for row in rows} == {"March count"}
    assert len({row["batch"] for row in rows}) == 1
    assert (answer["complete"], answer["warnings"]) == (True, [])
    assert [write.body for write in shop.writes] == [
        '{"quantity":20,"replace":true}',
        '{"quantity":4,"replace":false}',
    ]


def test_nothing_is_done_with_a_file_that_has_errors(shop: GiftShop) -> None:
    result = shop.run("gifts", "import", "-", "--yes", stdin=SOME_ERRORS)

    assert (result.exit_code, result.stdout, shop.writes) == (1, "", [])
    report, *problems, verdict = result.stderr.splitlines()
    assert report == (
        "8 rows: 1 matched, 1 unchanged, 1 ambiguous, 1 unknown, 1 unlimited, 2 repeated, 1 not understood "
        "(UTF-8, comma)."
    )
    assert [problem.partition(":")[0] for problem in problems] == [f"Line {n}" for n in (3, 4, 5, 6, 7, 8)]
    assert TWIN.id in problems[0]
    assert verdict.startswith("Nothing was done, because 6 rows cannot be used.")


def test_with_partial_the_rest_is_done_and_it_is_told_what_was_not(shop: GiftShop) -> None:
    result = shop.run("gifts", "import", "-", "--yes", "--partial", stdin=SOME_ERRORS)

    assert (result.exit_code, shop.stock(PLENTY.id), len(shop.writes)) == (3, 20, 1)
    answer = json.loads(result.stdout)
    assert [row["state"] for row in answer["data"]] == ["confirmed"]
    assert answer["complete"] is False
    assert len(answer["warnings"]) == 6


def test_a_dry_run_of_a_file(shop: GiftShop) -> None:
    whole = shop.run("gifts", "import", "-", "--dry-run", stdin=f"id,delta\n{PLENTY.id},-1\n")
    partly = shop.run("gifts", "import", "-", "--dry-run", "--partial", stdin=SOME_ERRORS)

    assert (whole.exit_code, partly.exit_code) == (0, 3)
    assert json.loads(whole.stdout)["data"][0]["request"]["body"] == {"quantity": -1, "replace": False}
    assert (shop.writes, shop.has_journal) == ([], False)


def test_the_export_of_the_gifts_can_be_edited_and_read_back(shop: GiftShop) -> None:
    export = shop.run("gifts", "list", "--format", "csv").stdout
    nothing = shop.run("gifts", "import", "-", "--yes", stdin=export)
    row = next(line for line in export.splitlines() if line.startswith(PLENTY.id))
    edited = export.replace(row, row.replace(",21,", ",17,"))

    assert shop.states("gifts", "import", "-", "--yes", stdin=edited) == ["confirmed"]
    assert (nothing.exit_code, json.loads(nothing.stdout)["data"]) == (0, [])
    assert "320 rows: 320 unchanged" in nothing.stderr
    assert "There is nothing to change." in nothing.stderr
    assert (shop.stock(PLENTY.id), len(shop.writes)) == (17, 1)


def test_more_changes_than_allowed_are_refused_whole(shop: GiftShop) -> None:
    gifts = [gift for gift in shop.state.gifts.all if not gift.unlimited][:21]
    file = "id,delta\n" + "".join(f"{gift.id},1\n" for gift in gifts)

    result = shop.run("gifts", "import", "-", "--yes", stdin=file)

    assert (result.exit_code, result.stdout, shop.writes) == (3, "", [])
    assert "These are 21 changes and --max allows 20. Nothing was done." in result.stderr
    assert "add --max 21" in result.stderr


def test_one_that_cannot_be_made_holds_up_all_unless_partial(shop: GiftShop) -> None:
    file = f"id,delta\n{PLENTY.id},-1\n{LOW.id},-3\n"

    whole = shop.run("gifts", "import", "-", "--yes", stdin=file)
    assert (whole.exit_code, shop.writes) == (3, [])
    assert "Nothing was sent, because 1 of 2 changes cannot be made." in whole.stderr
    assert all(row["refusal"] for row in json.loads(whole.stdout)["data"])

    assert shop.states("gifts", "import", "-", "--yes", "--partial", stdin=file, status=3) == [
        "confirmed",
        "draft",
    ]
    assert shop.states("gifts", "import", "-", "--yes", "--allow-negative", stdin=file) == ["confirmed"] * 2


@pytest.mark.parametrize(
    ("fault", "states", "status"),
    [
        ("status=422,times=1", ["rejected", "confirmed", "confirmed"], 3),
        ("status=429,times=1", ["rejected", "confirmed", "confirmed"], 3),
        ("status=401,times=1", ["rejected", "abandoned", "abandoned"], 3),
        ("close=after-apply,after=1,times=1", ["confirmed", "unknown", "abandoned"], 4),
    ],
)
def test_how_a_batch_ends(shop: GiftShop, fault: str, states: list[str], status: int) -> None:
    shop.faults(f"gifts.write:{fault}")
    file = f"id,delta\n{PLENTY.id},-1\n{LOW.id},1\n{DOCUMENTED.id},1\n"

    result = shop.run("gifts", "import", "-", "--yes", stdin=file)

    answer = json.loads(result.stdout)
    assert ([row["state"] for row in answer["data"]], result.exit_code) == (states, status)
    assert "3 changes: " in result.stderr
    if "abandoned" in states:
        (stopped,) = answer["warnings"]
        assert f"It ended early: {stopped}" in result.stderr


def test_a_person_is_shown_the_whole_batch_once(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    someone_is_there(monkeypatch)
    counts = shop.home / "counts.csv"
    counts.write_text(f"id,delta\n{PLENTY.id},-1\n{LOW.id},1\n")

    result = shop.run("gifts", "import", str(counts), stdin="y\n")

    assert result.exit_code == 0
    assert "  Enamel mug (FRU008): 21 - 1 = 20 pieces\n" in result.stderr
    assert "Make these 2 changes? [y/N] " in result.stderr
    assert "2 of 2: " in result.stderr


def test_a_count_holds_although_the_stock_moved_since_the_list_was_read(
    shop: GiftShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody saw the list, so it is no drift: what is asked about is what the review shows."""
    observe = GiftChanges.observe

    async def sold_meanwhile(self: GiftChanges, intents: Sequence[Intent], *, max_age: timedelta) -> Any:
        if not any(entry.query.startswith("id=") for entry in shop.state.ledger.entries):
            shop.state.gifts.by_id[PLENTY.id].quantity = 19
        return await observe(self, intents, max_age=max_age)

    monkeypatch.setattr(GiftChanges, "observe", sold_meanwhile)

    (row,) = shop.records("gifts", "import", "-", "--yes", stdin=f"id,count\n{PLENTY.id},30\n")

    assert (row["before"], row["after"], row["state"]) == (19, 30, "confirmed")


def test_staging_leaves_the_review_to_the_dashboard(shop: GiftShop) -> None:
    (row,) = shop.records("gifts", "import", "-", "--stage", stdin=f"sku,count\n{PLENTY.sku},20\n")

    assert (row["state"], row["before"], row["after"], row["op_id"]) == ("draft", 21, 20, None)
    assert shop.writes == []
    (listed,) = shop.records("changes", "list", "--state", "draft")
    assert listed == row
    both = shop.run("gifts", "import", "-", "--stage", "--dry-run", stdin="")
    assert both.exit_code == 2
    assert "give one of them" in both.stderr
    partly = shop.run("gifts", "import", "-", "--stage", "--partial", stdin=SOME_ERRORS)
    assert partly.exit_code == 3


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04", "The file is an Excel workbook"),
        (b"a,b\n1,2\n", "Line 1 must name the columns"),
        (b"\0" * 5_000_000, "The file is larger than 4 MiB"),
    ],
)
def test_a_file_that_is_no_list_of_counts(shop: GiftShop, stdin: bytes, words: str) -> None:
    result = shop.run("gifts", "import", "-", "--yes", stdin=stdin)

    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


def test_a_file_that_is_not_there_is_said_before_the_vendor_is_asked(shop: GiftShop) -> None:
    result = shop.run("gifts", "import", str(shop.home / "nope.csv"), "--yes")

    assert (result.exit_code, list(shop.state.ledger.entries)) == (1, [])
    assert "nope.csv cannot be read: no such file or directory." in result.stderr


def test_a_list_with_holes_is_not_matched_with(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qtydash.adapters.gifts.MAX_PAGES", 2)

    result = shop.run("gifts", "import", "-", "--yes", stdin=f"sku,count\n{PLENTY.sku},20\n")

    assert (result.exit_code, result.stdout, shop.writes) == (1, "", [])
    assert "SHOPLINE did not give the whole list of gifts" in result.stderr


def test_a_list_that_cannot_be_read(shop: GiftShop) -> None:
    shop.faults("gifts.read:status=500,after=2")

    result = shop.run("gifts", "import", "-", "--yes", stdin=f"sku,count\n{PLENTY.sku},20\n")

    assert (result.exit_code, result.stdout, shop.writes) == (1, "", [])
    assert "SHOPLINE did not answer as asked (500)." in result.stderr
