"""``order-qty list`` on a real sandbox: which rows of which products, carts, and the exit status of a check."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qtydash.cli import order_qty, reading
from qtydash.cli.main import main
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.order_qty import ONLY_ROW, PRODUCTS, STALE_CART, Row
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState

NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


class Store:
    """The sandbox's state and the command."""

    def __init__(self, server: SandboxServer, state: SandboxState, config: Path) -> None:
        self.server = server
        self.state = state
        self.config = config

    @property
    def held(self) -> dict[str, Row]:
        return self.state.order_qty.rows

    def keep_only(self, *row_ids: str) -> None:
        for row_id in set(self.held) - set(row_ids):
            del self.held[row_id]

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["order-qty", "list", *arguments])

    def told(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        result = self.run(*arguments, "--format", "json")
        assert result.exit_code == status, result.stderr
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    def ids(self, *arguments: str, status: int = 0) -> list[str]:
        return [row["id"] for row in self.told(*arguments, status=status)["data"]]


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    app = create_app(seed=1, today=NOON.date())
    with SandboxServer(app) as server:
        file = home / "config.toml"
        file.touch(0o600)
        file.write_text(config_toml(server.url), encoding="utf-8")
        for module in (order_qty, reading):
            monkeypatch.setattr(module, "utc_now", lambda: NOON)
        yield Store(server, app.state.sandbox, file)


COMPANIONS = ["65aa00000000000000000001", "65aa00000000000000000002", "65aa00000000000000000003"]
"""The three stale rows of one cart, one of each of the first three products."""


def test_several_products_are_one_list_each_row_once(store: Store) -> None:
    answer = store.told("Gummies", "prod-5", "cold brew", "prod-1")
    data = answer["data"]

    assert (answer["source"], answer["complete"], answer["warnings"]) == ("live", True, [])
    assert len(data) == 1_100 + 1 + 500
    assert list(dict.fromkeys(row["product_id"] for row in data)) == ["prod-1", "prod-5", "prod-2"]
    assert len({row["id"] for row in data}) == len(data)


def test_all_is_every_configured_product(store: Store) -> None:
    assert len(store.ids("--all")) == sum(product.rows for product in PRODUCTS)


def test_stale_rows_and_rows_left_alone_for_longer(store: Store) -> None:
    store.keep_only(*COMPANIONS, ONLY_ROW, "65aa00000000000000000005", "65aa00000000000000000006")
    young = store.held[COMPANIONS[1]]
    young.created = young.modified = int((NOON - timedelta(hours=1)).timestamp() * 1_000)

    assert store.ids("--all", "--stale") == [*COMPANIONS, ONLY_ROW]
    assert store.ids("--all", "--stale", "--older-than", "2h") == [COMPANIONS[0], COMPANIONS[2], ONLY_ROW]
    assert store.ids("--all", "--stale", "--stale-after", "1h") == [COMPANIONS[0], COMPANIONS[2], ONLY_ROW]
    assert set(store.ids("Gummies", "--older-than", "2h")) == {COMPANIONS[0], "65aa00000000000000000005"}
    assert store.ids("--all", "--stale", "--stale-after", "1d") == []


def test_a_line_per_cart_adds_its_rows_up(store: Store) -> None:
    store.keep_only(*COMPANIONS, ONLY_ROW)
    store.held[COMPANIONS[1]].submitted = True

    first, second = store.told("--all", "--group")["data"]

    assert first == {
        "consumer_cart_id": STALE_CART,
        "rows": 3,
        "quantity": 3.625,
        "held_quantity": 2.125,
        "stale_rows": 2,
        "stale_quantity": 2.125,
        "submitted_rows": 1,
        "oldest_touched": "2026-03-06T09:00:00Z",
        "oldest_age_seconds": 10_800,
        "product_ids": ["prod-1", "prod-2", "prod-3"],
    }
    assert second["rows"] == 1
    found = store.run("--all", "--group", "--stale", "--format", "csv")
    assert [row["rows"] for row in csv.DictReader(io.StringIO(found.stdout))] == ["2", "1"]
    assert found.stderr == ""


def test_a_table_says_why_and_what_it_adds_up_to(store: Store) -> None:
    store.keep_only(*COMPANIONS, "65aa00000000000000000005")

    rows, carts = store.run("Gummies", "--format", "table"), store.run("--all", "--group", "--format", "table")

    assert rows.stdout.splitlines()[1].endswith(
        "  2.0  3h   stale since 2h 15m: active, not submitted, older than 45m"
    )
    assert "submitted: the order was placed" in rows.stdout.splitlines()[2]
    assert rows.stderr == "2 rows: 2 held, 2 of it by 1 stale cart, 3 submitted.\n"
    assert carts.stdout.splitlines()[1].split() == [
        STALE_CART, "3", "3.625", "3.625", "3", "3h", "prod-1,", "prod-2,", "prod-3",
    ]  # fmt: skip
    assert carts.stderr == "4 rows: 3.625 held, 3.625 of it by 1 stale cart, 3 submitted.\n"


def test_quantities_keep_every_digit(store: Store) -> None:
    store.keep_only(COMPANIONS[2])

    assert store.run("prod-3", "--format", "csv").stdout.splitlines()[1].split(",")[11] == "0.125"


def test_a_check_finds_stale_rows_and_says_where(store: Store) -> None:
    store.keep_only(*COMPANIONS, "65aa00000000000000000004", "65aa00000000000000000005")

    result = store.run("--all", "--check", "--format", "json")

    assert result.exit_code == 10
    assert [row["id"] for row in json.loads(result.stdout)["data"]] == COMPANIONS
    assert result.stderr == (
        "Stale rows (active, not submitted, older than 45m): 3 of 5; 3.625 held by 1 cart, the oldest not touched "
        "for 3h.\nGummies: 1, Cold brew: 1, Flower, by weight: 1.\n"
    )


def test_a_check_that_finds_nothing_is_quiet_in_a_pipe(store: Store) -> None:
    store.keep_only("65aa00000000000000000004", "65aa00000000000000000005")

    quiet = store.run("--all", "--check")
    told = store.run("--all", "--check", "--format", "table")

    assert (quiet.exit_code, quiet.stderr, json.loads(quiet.stdout)["data"]) == (0, "", [])
    assert (told.exit_code, told.stderr) == (0, "Stale rows (active, not submitted, older than 45m): none of 2.\n")


def test_a_check_takes_the_threshold_and_the_age_asked_for(store: Store) -> None:
    store.keep_only(*COMPANIONS)

    assert store.run("--all", "--check", "--stale-after", "4h").exit_code == 0
    assert store.run("--all", "--check", "--older-than", "4h").exit_code == 0
    found = store.run("prod-1", "--check", "--older-than", "2h")
    assert found.exit_code == 10
    assert "older than 2h): 1 of 1; 2 held by 1 cart, the oldest not touched for 3h." in found.stderr


def test_nothing_to_check_is_said(store: Store) -> None:
    told = store.run("Rolling tray", "--check", "--format", "table")

    assert (told.exit_code, told.stderr) == (0, "Nothing was checked: no cart holds stock of this.\n")


def test_a_product_that_fails_hides_no_other_and_is_told(store: Store) -> None:
    result = store.run("nope", "prod-5", "--format", "json")
    answer = json.loads(result.stdout)

    assert result.exit_code == 3
    assert [row["id"] for row in answer["data"]] == [ONLY_ROW]
    assert (answer["complete"], answer["source"]) == (False, "live")
    assert "nope: BLAZE does not know product nope" in answer["warnings"][0]
    assert "The data are not complete." in result.stderr
    assert "Its rows are missing." in result.stderr


def test_a_check_of_a_part_never_passes_for_a_check_of_all(store: Store) -> None:
    assert store.run("prod-6", "nope", "--check").exit_code == 3
    assert store.run("prod-5", "nope", "--check").exit_code == 10


def test_the_rows_read_before_stand_in_for_a_product_that_fails(store: Store) -> None:
    before = store.ids("prod-5", "prod-4")
    del store.state.order_qty.products["prod-4"]

    stand_in = store.run("prod-5", "prod-4", "--format", "json")
    strict = store.run("prod-5", "prod-4", "--live", "--format", "json")

    assert [row["id"] for row in json.loads(stand_in.stdout)["data"]] == before
    assert "Tincture: BLAZE does not know product prod-4" in stand_in.stderr
    assert "Its rows are those read at " in stand_in.stderr
    assert [row["id"] for row in json.loads(strict.stdout)["data"]] == [ONLY_ROW]
    assert (stand_in.exit_code, strict.exit_code) == (3, 3)


def test_offline_shows_what_was_read_and_says_what_was_not(store: Store) -> None:
    store.ids("prod-5", "prod-4")
    store.server.stop()

    whole = store.told("prod-5", "prod-4", "--offline")
    part = store.run("prod-5", "prod-3", "--offline", "--format", "json")
    nothing = store.run("prod-1", "prod-2", "--offline")
    down = store.run("prod-5", "prod-4", "--format", "json")

    assert (whole["source"], whole["complete"], len(whole["data"])) == ("cache", True, 100)
    assert (part.exit_code, json.loads(part.stdout)["complete"]) == (3, False)
    assert "Flower, by weight was not read yet: its rows are missing." in part.stderr
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "Nothing was read from BLAZE for prod-1, prod-2 yet" in nothing.stderr
    assert (down.exit_code, json.loads(down.stdout)["source"]) == (0, "cache")
    assert "Showing what was read 0s ago." in down.stderr


def test_progress_is_told_to_a_person_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.run("prod-5", "prod-6").stderr == ""
    monkeypatch.setattr(order_qty, "on_error_terminal", lambda: True)

    result = store.run("prod-5", "prod-6", "--format", "json")

    assert sorted(result.stderr.splitlines()) == ["Read Gift card: 1 row.", "Read Rolling tray: 0 rows."]
    assert [row["id"] for row in json.loads(result.stdout)["data"]] == [ONLY_ROW]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument 'PRODUCT': name one or more products, or give --all."),
        (["prod-1", "--all"], "--all lists every configured product: leave PRODUCT away."),
        (["prod-1", "--older-than", "3"], "'3' is no duration. Write 90s, 45m, 2h or 1h30m."),
        (["prod-1", "../x"], "'../x' is not a usable product id"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_said(store: Store, arguments: list[str], words: str) -> None:
    result = store.run(*arguments)

    assert result.exit_code == (3 if "../x" in arguments else 2)
    assert words in result.stderr


def test_all_of_nothing_is_a_matter_of_configuration(store: Store) -> None:
    text = store.config.read_text()
    section = text.index("products = [", text.index("order_qty"))
    store.config.write_text(text[:section])

    result = store.run("--all")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "No product is configured in profile 'sandbox': add products to its order_qty section" in result.stderr
