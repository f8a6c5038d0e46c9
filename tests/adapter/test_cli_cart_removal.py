"""``cart remove-gift`` over a real socket: what is sent, what is told, every exit status."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from tests.adapter.answer_table import EXITS, check_exit, stops_when_sent
from tests.adapter.gift_shop import READ_ONLY, GiftShop, open_shop, someone_is_there

from qtydash.cli import writing
from qtydash.domain.changes import Intent
from qtydash.sandbox.data.carts import (
    FILMS,
    RICH_ORDER,
    SAMPLE_IDENTIFIER,
    SAMPLE_PROMOTION,
    SHARED_IDENTIFIER,
    TRIPOD,
    selections,
)
from qtydash.services.carts import CartChanges
from qtydash.services.change_rows import CHANGE_COLUMNS
from qtydash.services.port import Told

REMOVE = ("cart", "remove-gift", "--session", "support")
FILM = ("--promotion", FILMS.id, "--gift", str(SHARED_IDENTIFIER))
ALL_OPEN = 10


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GiftShop]:
    with open_shop(home, monkeypatch) as shop:
        yield shop


def still_open(shop: GiftShop) -> dict[tuple[str, int], int]:
    """What is open in the rich cart, by promotion and identifier."""
    return {(s.promotion_id, s.identifier): s.available for s in selections(shop.state.carts[RICH_ORDER])}


def films(shop: GiftShop) -> int:
    return still_open(shop)[FILMS.id, SHARED_IDENTIFIER]


def test_a_removal_is_sent_once_journaled_and_told(shop: GiftShop) -> None:
    (row,) = shop.records(*REMOVE, *FILM, "--quantity", "2", "--yes", "--reason", "declined by phone")

    assert tuple(row) == CHANGE_COLUMNS
    assert {name: row[name] for name in ("kind", "target", "before", "requested", "after", "state", "reason")} == {
        "kind": "cart.remove_selectable",
        "target": f"cart:{RICH_ORDER}",
        "before": {"available": 2, "removed": 1},
        "requested": 2,
        "after": {"available": 0, "removed": 3},
        "state": "confirmed",
        "reason": "declined by phone",
    }
    assert [event["state"] for event in row["events"]] == ["planned", "sent", "confirmed"]
    (post,) = shop.arrived
    assert json.loads(post.body or "") == row["request"]["body"]
    assert row["request"]["body"] == {
        "promotionId": FILMS.id,
        "giftWithPurchaseIdentifier": SHARED_IDENTIFIER,
        "quantity": 2,
    }
    assert post.request_id == row["op_id"]
    assert films(shop) == 0


def test_only_the_selection_of_that_promotion_is_touched_though_another_has_its_identifier(shop: GiftShop) -> None:
    before = still_open(shop)
    shop.records(*REMOVE, "--promotion", TRIPOD.id, "--gift", str(SHARED_IDENTIFIER), "--quantity", "1", "--yes")
    assert still_open(shop) == {**before, (TRIPOD.id, SHARED_IDENTIFIER): 1}


def test_an_identifier_may_be_negative(shop: GiftShop) -> None:
    result = shop.run(
        *("cart", "remove-gift", "--session", "guest", "--promotion", SAMPLE_PROMOTION.id),
        *("--gift", str(SAMPLE_IDENTIFIER), "--quantity", "1", "--yes"),
    )
    assert result.exit_code == 3
    assert "Nothing of it is open." in result.stderr


def test_a_dry_run_shows_what_would_be_sent_and_does_nothing(shop: GiftShop) -> None:
    shop.configure("write = true", READ_ONLY)

    page = shop.run(*REMOVE, *FILM, "--quantity", "1", "--dry-run", "--format", "table")
    (row,) = shop.records(*REMOVE, *FILM, "--quantity", "1", "--dry-run")

    assert page.exit_code == 0
    assert "remove 1 open (2 open, 1 removed -> 1 open, 2 removed)" in page.stdout
    assert "/ccstore/v1/orders/current/items/removeSelectableQuantity" in page.stdout
    assert f'"giftWithPurchaseIdentifier":{SHARED_IDENTIFIER}' in page.stdout
    assert "A dry run: nothing was sent." in page.stderr
    assert (row["state"], row["op_id"]) == ("draft", None)
    assert (shop.arrived, films(shop), shop.has_journal) == ([], 2, False)


# Everything.


def test_everything_goes_only_when_its_count_is_given(shop: GiftShop) -> None:
    refused = shop.run(*REMOVE, "--all", "--quantity", str(ALL_OPEN - 1), "--yes")
    assert refused.exit_code == 3
    assert "--quantity says 9, and 10 are open in the cart." in refused.stderr
    assert shop.arrived == []

    (row,) = shop.records(*REMOVE, "--all", "--quantity", str(ALL_OPEN), "--yes")
    assert (row["kind"], row["state"], row["requested"]) == ("cart.remove_all_selectable", "confirmed", None)
    assert [(post.path.rpartition("/")[2], post.body) for post in shop.arrived] == [
        ("removeAllSelectableQuantity", None)
    ]
    assert not any(still_open(shop).values())
    again = shop.run(*REMOVE, "--all", "--quantity", "1", "--yes")
    assert (again.exit_code, len(shop.arrived)) == (3, 1)


def test_what_stayed_open_is_told(shop: GiftShop) -> None:
    result = shop.run("cart", "remove-gift", "--session", "odd", "--all", "--quantity", "4", "--yes")
    assert result.exit_code == 0
    assert "it is 1 open, 2 removed now, not 0 open, 4 removed" in result.stderr
    assert "Still open: 1 of Cannot be changed now (bulb_3)." in result.stderr


# Not done.


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((*REMOVE, *FILM, "--quantity", "3", "--yes"), 3, "Only 2 of it can still be removed."),
        ((*REMOVE, *FILM, "--quantity", "0", "--yes"), 2, "0 is not in the range"),
        ((*REMOVE, *FILM, "--quantity", "1.5", "--yes"), 2, "not a valid integer"),
        ((*REMOVE, *FILM, "--yes"), 2, "Missing option '--quantity'"),
        (("cart", "remove-gift", *FILM, "--quantity", "1", "--yes"), 2, "Missing option '--session'"),
        ((*REMOVE, "--promotion", "p", "--quantity", "1", "--yes"), 2, "Name the gift selection with"),
        ((*REMOVE, "--gift", "7", "--quantity", "1", "--yes"), 2, "Name the gift selection with"),
        ((*REMOVE, "--quantity", "10", "--yes"), 2, "Name the gift selection with"),
        ((*REMOVE, "--all", "--gift", "7", "--quantity", "10", "--yes"), 2, "--all is for the whole cart"),
        ((*REMOVE, "--all", "--promotion", "", "--quantity", "10", "--yes"), 2, "--all is for the whole cart"),
        ((*REMOVE, "--promotion", "", "--gift", "7", "--quantity", "10", "--yes"), 1, "knows no gift selection 7"),
        (
            (*REMOVE, "--promotion", FILMS.id, "--gift", "7", "--quantity", "1", "--yes"),
            1,
            "`qtydash cart show --session support` shows the selections.",
        ),
        (
            ("cart", "remove-gift", "--session", "suport", *FILM, "--quantity", "1", "--yes"),
            2,
            "Did you mean 'support'?",
        ),
        (
            ("cart", "remove-gift", "--session", "empty", *FILM, "--quantity", "1", "--yes"),
            1,
            "The cart of session 'empty' is empty. Nothing was sent.",
        ),
        (("--offline", *REMOVE, *FILM, "--quantity", "1", "--yes"), 2, "Nothing was done: leave --offline out."),
        ((*REMOVE, *FILM, "--quantity", "1"), 2, "Nobody can be asked: this is no terminal."),
    ],
)
def test_what_is_not_done_says_why_and_sends_nothing(
    shop: GiftShop, arguments: tuple[str, ...], status: int, words: str
) -> None:
    before = still_open(shop)
    result = shop.run(*arguments)
    assert (result.exit_code, words in " ".join(result.stderr.split())) == (status, True), result.stderr
    assert shop.arrived == []
    assert still_open(shop) == before


def test_a_read_only_profile_is_a_matter_of_configuration(shop: GiftShop) -> None:
    shop.configure("write = true", READ_ONLY)
    result = shop.run(*REMOVE, *FILM, "--quantity", "1", "--yes")
    assert result.exit_code == 2
    assert "Profile 'sandbox' is read-only. Nothing was done." in result.stderr
    assert (shop.arrived, shop.has_journal) == ([], False)


@pytest.mark.parametrize(("answer", "status", "left"), [("y\n", 0, 1), ("n\n", 3, 2), ("\n", 3, 2), ("", 3, 2)])
def test_a_person_is_asked(
    shop: GiftShop, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, left: int
) -> None:
    someone_is_there(monkeypatch)
    result = shop.run(*REMOVE, *FILM, "--quantity", "1", stdin=answer)
    assert (result.exit_code, films(shop)) == (status, left)
    assert "Make this change? [y/N]" in result.stderr
    assert (
        "(film_collection) in cart o10001: remove 1 open (2 open, 1 removed -> 1 open, 2 removed)" in result.stderr
    )


# What the vendor answers.


@pytest.mark.parametrize(("fault", "state", "status", "applied"), EXITS)
def test_every_answer_has_its_state_and_exit_status(
    shop: GiftShop, fault: str, state: str, status: int, applied: bool
) -> None:
    check_exit(shop, fault, state, status, applied, *REMOVE, *FILM, "--quantity", "1", "--yes")
    assert films(shop) == (1 if applied else 2)


def test_a_connection_that_is_refused_when_it_is_sent(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    stops_when_sent(shop, CartChanges, monkeypatch)
    (row,) = shop.records(*REMOVE, *FILM, "--quantity", "1", "--yes", status=1)
    assert row["state"] == "not_sent"
    assert films(shop) == 2


def test_where_it_cannot_log_in_nothing_is_sent(shop: GiftShop) -> None:
    shop.faults("cart:status=401,path=login")
    result = shop.run(*REMOVE, *FILM, "--quantity", "1", "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did not accept the login of session 'support'" in result.stderr


def test_nothing_listens(shop: GiftShop) -> None:
    shop.server.stop()
    with stamina.set_testing(True, attempts=1):
        result = shop.run(*REMOVE, *FILM, "--quantity", "1", "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing listens" in result.stderr


def test_what_moved_since_the_review_is_not_sent(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    someone_is_there(monkeypatch)

    def chosen_meanwhile(question: str) -> bool:
        next(s for s in selections(shop.state.carts[RICH_ORDER]) if s.promotion_id == FILMS.id).remove(1)
        return True

    monkeypatch.setattr(writing, "ask", chosen_meanwhile)
    (row,) = shop.records(*REMOVE, *FILM, "--quantity", "1", status=3)
    assert row["state"] == "abandoned"
    assert "it was 2 open, 1 removed in the review and is 1 open, 2 removed now" in row["note"]
    assert shop.arrived == []


def test_what_else_changed_with_it_is_told(shop: GiftShop, monkeypatch: pytest.MonkeyPatch) -> None:
    send = CartChanges.send

    async def dearer(self: CartChanges, intent: Intent, op_id: str) -> Told:
        lines: list[dict[str, Any]] = shop.state.carts[RICH_ORDER]["shoppingCart"]["items"]
        lines[0]["quantity"] = 2
        return await send(self, intent, op_id)

    monkeypatch.setattr(CartChanges, "send", dearer)
    (row,) = shop.records(*REMOVE, *FILM, "--quantity", "1", "--yes")
    assert row["state"] == "confirmed"
    assert row["note"] == "Beside that the cart changed: Compact camera 24 mm 輕便相機: in the cart 1 → 2."
