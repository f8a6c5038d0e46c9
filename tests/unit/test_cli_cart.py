"""``qtydash cart show``: checks with an exit status, and what changed between two saved orders."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qtydash.cli.main import main

SAMPLE = (Path(__file__).parents[1] / "adapter" / "sample_003_removal.json").read_text(encoding="utf-8")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The document's sample, the same after a removal it did not allow, an order without gifts, an empty cart."""
    (tmp_path / "good.json").write_text(SAMPLE)
    (tmp_path / "odd.json").write_text(SAMPLE.replace('"removedQuantity":0', '"removedQuantity":1'))
    (tmp_path / "plain.json").write_text(
        '{"orderId": "o7", "shoppingCart": {"items": [{"id": "l", "quantity": 1}]}}'
    )
    (tmp_path / "empty.txt").write_text("HTTP/1.1 204 No Content\n\n")
    return tmp_path


def run(folder: Path, *arguments: str, stdin: str | None = None) -> Result:
    told: Sequence[str] = [str(folder / a) if "." in a and not a.startswith("-") else a for a in arguments]
    return CliRunner().invoke(main, ["cart", "show", *told], input=stdin)


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize(
    ("file", "code", "verdict"),
    [
        ("good.json", 0, "No finding in 1 gift selection."),
        ("odd.json", 10, "1 finding in 1 gift selection."),
        ("plain.json", 0, "Nothing was checked: the cart has no gift selection."),
        ("empty.txt", 0, "Nothing was checked: the cart is empty."),
    ],
)
def test_a_check_has_an_exit_status_and_a_verdict(
    files: Path, file: str, code: int, verdict: str, form: str
) -> None:
    result = run(files, "--file", file, "--check", "--format", form)
    assert result.exit_code == code
    assert verdict in result.stderr.splitlines()


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            SAMPLE.replace('"giftWithPurchaseQuantityAvailableForSelection":0', '"x":0')
            .replace('"value":"promo40001"', '"value":""'),
            "Nothing was checked: the cart has no gift selection.",
        ),
        ('{"orderId": "o7"}', "Nothing was checked: what is in the cart is not known."),
    ],
    ids=["rows", "all of it"],
)  # fmt: skip
def test_a_check_that_could_not_read_something_is_not_passed(
    tmp_path: Path, body: str, words: str, form: str
) -> None:
    (tmp_path / "order.json").write_text(body)
    result = run(tmp_path, "--file", "order.json", "--check", "--format", form)
    assert result.exit_code == 10
    assert result.stderr.splitlines()[-2:] == [words, "What could not be read could not be checked."]
    against = run(tmp_path, "--file", "order.json", "--against", "order.json", "--check", "--format", form)
    assert (against.exit_code, against.stderr.splitlines()[-2]) == (10, "0 changes, 0 findings.")


def test_an_order_from_a_file_was_saved_then_one_from_standard_input_is_read_now(files: Path) -> None:
    told = run(files, "--file", "good.json", "--against", "-", "--format", "table", stdin=SAMPLE).stderr
    assert told.startswith("Saved ")
    assert "Compared with order o690411, read at " in told
    told = run(files, "--file", "-", "--against", "good.json", "--format", "table", stdin=SAMPLE).stderr
    assert told.startswith("Read ")
    assert "Compared with order o690411, saved at " in told


def test_without_a_check_a_finding_is_no_failure(files: Path) -> None:
    assert run(files, "--file", "odd.json").exit_code == 0


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_the_findings_are_printed_in_every_form(files: Path, form: str) -> None:
    sum_ = "1 granted − 1 automatic − 0 targeted − 0 selected − 1 removed = -1, the cart says 0"
    result = run(files, "--file", "odd.json", "--check", "--format", form)
    assert sum_ in result.stdout
    told = f"gwp1 (promo40001, -2112496103), finding, by an assumed rule: {sum_}"
    assert (told in result.stderr.splitlines()) == (form != "table")


def test_a_table_with_a_check_tells_every_rule_with_its_numbers(files: Path) -> None:
    page = run(files, "--file", "good.json", "--check", "--format", "table").stdout
    assert page.splitlines()[0] == "Order o690411, total 597 USD, site siteUS"
    assert page.split("\n\n")[-1].splitlines() == [
        "gwp1 (promotion promo40001, identifier -2112496103)",
        "  gift: product Product_6Dxyi; free pieces leave the cart by themselves when it no longer qualifies",
        "  on Amores Perros (ci101000414): 1 in the cart, 1 free (1 automatic, 0 targeted, 0 selected), "
        "0 not touched",
        "  holds: 1 granted − 1 automatic − 0 targeted − 0 selected − 0 removed = 0, as the cart says",
        "  holds: listed once as granted on the order, and once as open",
        "  holds: the order counts 1 automatic, its cart lines carry as many (assumed rule)",
        "  holds: the order counts 0 targeted, its cart lines carry as many (assumed rule)",
        "  holds: the order counts 0 selected, its cart lines carry as many (assumed rule)",
        "  holds: line ci101000414: 1 in the cart − 1 free = 0, as the marker says (assumed rule)",
        "  holds: none of 11 numbers is below zero",
        "  holds: no automatic gift failed to be added",
        "  holds: identifier -2112496103 fits into 32 bits",
    ]


def test_a_table_tells_what_is_free_by_which_promotion_and_prices_with_their_currency(files: Path) -> None:
    _, lines, selections, *findings = run(files, "--file", "good.json", "--format", "table").stdout.split("\n\n")
    gift = lines.splitlines()[2].split("  ")
    assert [cell.strip() for cell in gift if cell.strip()] == [
        "ci101000414", "Amores Perros", "1", "1", "19.99 USD", "0 USD", "gwp1", "Sku_6Exyi",
    ]  # fmt: skip
    assert selections.splitlines()[1].split() == [
        "gwp1", "promo40001", "-2112496103", "1", "1", "0", "0", "0", "0", "0", "fits", "product", "Product_6Dxyi",
    ]  # fmt: skip
    assert findings == []


def test_a_selection_on_no_line_is_said_to_be_on_none(tmp_path: Path) -> None:
    info = {
        "promotionId": "p1",
        "giftWithPurchaseIdentifier": 7,
        "giftWithPurchaseQuantityAvailableForSelection": 2,
    }
    (tmp_path / "order.json").write_text(json.dumps({"orderId": "o7", "giftWithPurchaseInfo": [info]}))
    block = run(tmp_path, "--file", "order.json", "--format", "table").stdout.split("\n\n")[-1].splitlines()
    assert block[0] == "p1 (promotion p1, identifier 7)"
    assert block[2] == "  on no cart line"
    assert block[3] == "  finding: listed as open for choice, but the order grants nothing under this id"


CHANGE = {
    "part": "selection",
    "presence": "changed",
    "title": "gwp1 (Product_6Dxyi)",
    "promotion_id": "promo40001",
    "gift_id": -2112496103,
    "line_id": "",
    "field": "removed",
    "before": 0,
    "after": 1,
}


def test_what_changed_between_two_files_as_json(files: Path) -> None:
    answer: dict[str, Any] = json.loads(run(files, "--file", "odd.json", "--against", "good.json").stdout)
    assert answer["data"]["order_id"] == "o690411"
    assert answer["data"]["changes"] == [CHANGE]
    assert answer["data"]["against"]["order_id"] == "o690411"
    assert answer["data"]["against"]["fetched_at"].endswith("Z")


def test_what_changed_between_two_files_as_csv(files: Path) -> None:
    text = run(files, "--file", "odd.json", "--against", "good.json", "--format", "csv").stdout
    assert list(csv.DictReader(io.StringIO(text))) == [{key: str(value) for key, value in CHANGE.items()}]


def test_what_changed_between_two_files_as_a_table(files: Path) -> None:
    result = run(files, "--file", "odd.json", "--against", "good.json", "--format", "table")
    assert result.stdout.splitlines() == [
        "WHAT       NAME                  ID                      CHANGE",
        "selection  gwp1 (Product_6Dxyi)  promo40001 -2112496103  removed 0 → 1",
    ]
    assert "Compared with order o690411, saved at " in result.stderr
    assert run(files, "--file", "good.json", "--against", "good.json", "--format", "table").stdout == (
        "Nothing changed in the gift selections and lines.\n"
    )


@pytest.mark.parametrize(
    ("file", "against", "code", "verdict"),
    [
        ("good.json", "good.json", 0, "0 changes, 0 findings."),
        ("odd.json", "good.json", 10, "1 change, 1 finding."),
        ("good.json", "odd.json", 10, "1 change, 0 findings."),
        ("odd.json", "odd.json", 10, "0 changes, 1 finding."),
        ("plain.json", "empty.txt", 10, "2 changes, 0 findings."),
    ],
)
def test_a_check_against_an_earlier_order_finds_changes_too(
    files: Path, file: str, against: str, code: int, verdict: str
) -> None:
    result = run(files, "--file", file, "--against", against, "--check")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (code, verdict)


def test_one_of_the_two_may_come_from_standard_input(files: Path) -> None:
    result = run(files, "--file", "-", "--against", "good.json", stdin=SAMPLE)
    assert json.loads(result.stdout)["data"]["changes"] == []
    both = run(files, "--file", "-", "--against", "-", stdin=SAMPLE)
    assert both.exit_code == 2
    assert "Only one of --file and --against can be standard input." in both.stderr


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "is no saved order: it is empty. The answer 204 of an empty cart has no body;"),
        (
            'HTTP/1.1 401 Unauthorized\n\n{"message": "Expired"}',
            "holds a refusal, no order: Oracle Commerce does not accept the credentials (401). "
            'They say: "Expired". '
            "Whoever asked was not logged in, or no longer: log in and save the answer again.",
        ),
        (
            '{"message": "No", "errorCode": "28313", "status": "400"}',
            "holds a refusal, no order: Oracle Commerce refused the request (400, code 28313).",
        ),
    ],
)
def test_a_saved_answer_without_an_order_says_what_it_is(tmp_path: Path, body: str, words: str) -> None:
    (tmp_path / "order.json").write_text(body)
    result = run(tmp_path, "--file", "order.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


def test_a_saved_204_is_an_empty_cart(files: Path) -> None:
    assert run(files, "--file", "empty.txt", "--format", "table").stdout == "The cart is empty.\n"
