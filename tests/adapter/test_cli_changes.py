"""``changes list``, ``show``, ``reconcile`` and ``resolve`` over a real socket and a real journal."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapter.gift_shop import READ_ONLY, GiftShop, open_shop

from qtydash.cli import engine
from qtydash.sandbox.data.gifts import DOCUMENTED, LOW, PLENTY
from qtydash.services.change_rows import CHANGE_COLUMNS, EVENT_COLUMNS

MUG, PIN, BAG = PLENTY.id, LOW.id, DOCUMENTED.id


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GiftShop]:
    with open_shop(home, monkeypatch) as shop:
        yield shop


def unknown(shop: GiftShop, gift: str = MUG, *, applied: bool = True) -> str:
    """Make a change whose outcome is not known; returns its id."""
    shop.faults(f"gifts.write:close={'after' if applied else 'before'}-apply,times=1")
    (row,) = shop.records("gifts", "adjust", gift, "-1", "--yes", status=4)
    return str(row["op_id"])


def test_nothing_was_ever_sent(shop: GiftShop) -> None:
    result = shop.run("changes", "list")

    assert (result.exit_code, json.loads(result.stdout)["data"]) == (0, [])
    assert result.stderr == "Nothing was staged or sent yet.\n"
    assert shop.run("changes", "reconcile").exit_code == 0
    assert not (shop.home / "cache.db").exists()


def test_listing_makes_no_journal(shop: GiftShop) -> None:
    shop.run("changes", "list")
    assert not shop.has_journal


def test_doubt_stands_on_top_then_what_is_staged_then_the_newest(shop: GiftShop) -> None:
    shop.run("gifts", "adjust", BAG, "1", "--yes")
    op_id = unknown(shop)
    shop.run("gifts", "adjust", BAG, "2", "--yes")
    shop.run("gifts", "import", "-", "--stage", stdin=f"id,count\n{PIN},7\n")

    rows = shop.records("changes", "list")
    table = shop.run("changes", "list", "--format", "table")

    assert [(row["state"], row["requested"]) for row in rows] == [
        ("unknown", -1), ("draft", 7), ("confirmed", 2), ("confirmed", 1),
    ]  # fmt: skip
    assert {tuple(row) for row in rows} == {CHANGE_COLUMNS}
    head, first, *_ = table.stdout.splitlines()
    assert head.split() == ["STATE", "AT", "CHANGE", "HTTP", "STATUS", "OP", "ID"]
    assert first.startswith("outcome unknown  ")
    assert first.endswith(op_id)
    assert table.stderr == "1 outcome not known: `qtydash changes reconcile` finds out by reading.\n"


def test_states_and_a_limit(shop: GiftShop) -> None:
    for amount in ("1", "2", "3"):
        shop.run("gifts", "adjust", BAG, amount, "--yes")
    op_id = unknown(shop)

    cut = shop.run("changes", "list", "--limit", "2")

    answer = json.loads(cut.stdout)
    assert [row["state"] for row in answer["data"]] == ["unknown", "confirmed", "confirmed"]
    assert (answer["complete"], answer["warnings"]) == (
        False,
        ["Only the newest 2 are listed; --limit lists more."],
    )
    assert [row["op_id"] for row in shop.records("changes", "list", "--state", "UNKNOWN")] == [op_id]
    assert shop.states("changes", "list", "--state", "unknown", "--state", "confirmed") == [
        "unknown", *["confirmed"] * 3,
    ]  # fmt: skip
    assert shop.run("changes", "list", "--state", "rejected").stderr == "There is no such change.\n"
    assert shop.run("changes", "list", "--state", "gone").exit_code == 2


def test_a_profile_that_may_not_write_may_look(shop: GiftShop) -> None:
    op_id = unknown(shop)
    shop.configure("write = true", READ_ONLY)

    assert shop.states("changes", "list") == ["unknown"]
    assert shop.run("changes", "show", op_id).exit_code == 0
    for verb in (["reconcile"], ["resolve", op_id, "--applied", "--reason", "x"]):
        result = shop.run("changes", *verb)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "is read-only" in result.stderr


def test_one_change_with_every_event(shop: GiftShop) -> None:
    op_id = unknown(shop)

    page = shop.run("changes", "show", op_id[:20].upper(), "--format", "table")
    events = list(csv.DictReader(io.StringIO(shop.run("changes", "show", op_id, "--format", "csv").stdout)))
    (row,) = shop.records("changes", "show", op_id)

    assert page.exit_code == 0
    assert page.stdout.startswith("Enamel mug (FRU008): 21 - 1 = 20 pieces\n  outcome unknown: Reconcile it by ")
    assert f"PUT {shop.server.url}/v1/gifts/{MUG}/update_quantity\n" in page.stdout
    assert f"X-Request-Id: {op_id}\n" in page.stdout
    assert '{"quantity":-1,"replace":false}\n' in page.stdout
    assert "outcome unknown (RemoteProtocolError, answer)\n  SHOPLINE closed the connection" in page.stdout
    assert list(events[0]) == list(EVENT_COLUMNS)
    assert [event["state"] for event in events] == ["planned", "sent", "unknown"]
    assert row["op_id"] == op_id


def test_a_beginning_that_names_none_or_several(shop: GiftShop) -> None:
    shop.run("gifts", "adjust", BAG, "1", "--yes")
    shop.run("gifts", "adjust", BAG, "1", "--yes")

    several, none = shop.run("changes", "show", "0"), shop.run("changes", "show", "zz\x1b")

    assert (several.exit_code, none.exit_code) == (2, 2)
    assert "Several changes begin with '0': " in several.stderr
    assert "No change of profile 'sandbox' begins with 'zz^['." in none.stderr
    assert shop.run("changes", "show", "").exit_code == 2


@pytest.mark.parametrize(
    ("applied", "state", "after"), [(True, "applied_inferred", 20), (False, "not_applied_inferred", 21)]
)
def test_reading_settles_it(shop: GiftShop, applied: bool, state: str, after: int) -> None:
    op_id = unknown(shop, applied=applied)

    result = shop.run("changes", "reconcile", op_id)

    (row,) = json.loads(result.stdout)["data"]
    assert (result.exit_code, row["state"]) == (0, state)
    assert [reading["value"] for reading in row["events"][-1]["readings"]] == [after, after]
    assert result.stderr.startswith("Reconciling Enamel mug (FRU008): 21 - 1 = 20 pieces")
    assert "It was 21; applied, it would be 20." in result.stderr
    assert (shop.stock(MUG), len(shop.writes)) == (after, 1)
    assert shop.run("changes", "reconcile", op_id).exit_code == 0
    assert shop.states("gifts", "adjust", MUG, "-1", "--yes") == ["confirmed"]


def test_it_waits_until_a_late_answer_cannot_matter_and_says_so(
    shop: GiftShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    op_id = unknown(shop)
    waits: list[float] = []

    async def remember(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(engine, "sleep", remember)

    result = shop.run("changes", "reconcile", op_id)

    assert result.exit_code == 0
    assert 80 < sum(waits) <= 90 + 3
    assert max(waits) <= 15
    assert " s, until a late answer cannot matter any more.\n" in result.stderr
    assert result.stderr.count(" s to go.\n") == 5


def test_without_an_id_all_are_settled(shop: GiftShop) -> None:
    ids = [unknown(shop, MUG), unknown(shop, BAG, applied=False)]

    rows = shop.records("changes", "reconcile")

    assert [(row["op_id"], row["state"]) for row in rows] == [
        (ids[0], "applied_inferred"),
        (ids[1], "not_applied_inferred"),
    ]
    assert shop.records("changes", "reconcile") == []


def test_what_fits_neither_is_the_operators_to_judge(shop: GiftShop) -> None:
    op_id = unknown(shop)
    shop.state.gifts.by_id[MUG].quantity = 5

    first, again = shop.run("changes", "reconcile"), shop.run("changes", "reconcile", op_id)

    assert (first.exit_code, again.exit_code) == (4, 4)
    assert json.loads(first.stdout)["data"][0]["state"] == "undecided"
    assert f"Run `qtydash changes resolve {op_id} --applied --reason TEXT`" in first.stderr
    assert first.stderr.endswith("1 outcome not known yet.\n")

    verdict = shop.run("changes", "resolve", op_id, "--not-applied", "--reason", "the console shows no entry")
    (row,) = json.loads(verdict.stdout)["data"]
    assert (verdict.exit_code, row["state"]) == (0, "not_applied_by_verdict")
    assert row["events"][-1]["reason"] == "the console shows no entry"
    assert row["events"][-1]["operator"]
    assert shop.run("changes", "reconcile").exit_code == 0
    page = shop.run("changes", "show", op_id, "--format", "table").stdout
    assert ", because: the console shows no entry\n" in page
    assert "5 at " in page


def test_what_cannot_be_read_stays_unknown(shop: GiftShop) -> None:
    op_id = unknown(shop)
    shop.faults("gifts.read:status=500")

    result = shop.run("changes", "reconcile", op_id)

    assert result.exit_code == 4
    assert "The outcome stays unknown. SHOPLINE did not answer as asked (500)." in result.stderr
    assert json.loads(result.stdout)["data"][0]["state"] == "unknown"


def test_ctrl_c_while_it_waits(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    op_id = unknown(shop)

    async def interrupted(seconds: float) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(engine, "sleep", interrupted)

    result = shop.run("changes", "reconcile", op_id)

    assert result.exit_code == 4
    assert "You stopped it: the outcome stays unknown." in result.stderr
    assert shop.states("changes", "list") == ["unknown"]


def test_reconciling_contacts_the_vendor_and_a_verdict_does_not(shop: GiftShop) -> None:
    op_id = unknown(shop)

    offline = shop.run("changes", "reconcile", "--offline")
    verdict = shop.run("changes", "resolve", op_id, "--applied", "--reason", "seen", "--offline")

    assert (offline.exit_code, verdict.exit_code) == (2, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--reason", "x"], "--applied or --not-applied"),
        (["--applied"], "Missing option '--reason'"),
        (["--applied", "--reason", " "], "--reason is empty"),
    ],
)
def test_a_verdict_is_whole(shop: GiftShop, arguments: list[str], words: str) -> None:
    result = shop.run("changes", "resolve", unknown(shop), *arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_what_is_certain_takes_no_verdict(shop: GiftShop) -> None:
    (row,) = shop.records("gifts", "adjust", BAG, "1", "--yes")

    result = shop.run("changes", "resolve", row["op_id"], "--not-applied", "--reason", "x")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is nothing to judge: this change is confirmed." in result.stderr


def test_a_damaged_journal_is_an_alarm_also_for_who_looks(shop: GiftShop) -> None:
    shop.run("gifts", "adjust", BAG, "1", "--yes")
    (shop.home / "journal.db").unlink()

    result = shop.run("changes", "list")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "journal.db is missing" in result.stderr
