"""``tickets show``: the matrix layout and the HTML page, and where neither is to be had."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.unit.temple import EVENING, MORNING, Temple, open_temple, table_of

from qtydash.cli.main import main


@pytest.fixture
def temple(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Temple]:
    with open_temple(home, monkeypatch) as opened:
        yield opened


def test_a_matrix_has_options_down_and_days_across(temple: Temple) -> None:
    result = temple.show("--layout", "matrix", "--format", "csv")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "option_code,option_name,2026-03-01,2026-03-02,2026-03-03,2026-03-04,2026-03-05",
        f"{MORNING},Temple morning,2,7,7,7,7",
        f"{EVENING},42fbf455,0,6,6,7,",
    ]


def test_a_matrix_of_chosen_days(temple: Temple) -> None:
    temple.rows[2].left -= 9

    narrow = table_of(temple.show("--layout", "matrix", "--format", "csv", "--low", "--from", "+2").stdout)
    low = table_of(temple.show("--layout", "matrix", "--format", "csv", "--low").stdout)
    some = table_of(temple.show("--layout", "matrix", "--format", "csv", "--from", "+4").stdout)

    days = ["2026-03-01", "2026-03-03"]
    assert {row["option_code"]: [row[day] for day in days] for row in low} == {
        EVENING: ["0", "-3"],
        MORNING: ["2", ""],
    }
    assert list(low[0]) == ["option_code", "option_name", *days]
    assert narrow == [{"option_code": EVENING, "option_name": "42fbf455", "2026-03-03": "-3"}]
    assert {row["option_code"]: row["2026-03-05"] for row in some} == {EVENING: "", MORNING: "7"}


@pytest.mark.parametrize("form", ["csv", "table"])
def test_a_matrix_without_a_day_says_so(temple: Temple, form: str) -> None:
    for chosen in (["--from", "2027-01-01"], ["--low", "--from", "2026-03-02"]):
        result = temple.show("--layout", "matrix", "--format", form, *chosen)
        assert result.exit_code == 0
        assert "There is no day to lay out: no inventory fits what was asked for.\n" in result.stderr
    assert "no day to lay out" not in temple.show("--layout", "matrix", "--format", form).stderr


def test_a_matrix_as_a_table(temple: Temple) -> None:
    result = temple.show("--layout", "matrix", "--format", "table", "--to", "+1")

    head, *lines = result.stdout.splitlines()
    assert head.split() == ["OPTION", "NAME", "2026-03-01", "2026-03-02"]
    assert sorted(line.split()[-2:] for line in lines) == [["0", "6"], ["2", "7"]]


def test_the_long_layout_is_the_usual_one(temple: Temple) -> None:
    for form in ("csv", "table"):
        assert temple.show("--layout", "long", "--format", form).stdout == temple.show("--format", form).stdout


@pytest.mark.parametrize("form", ["json", "html"])
@pytest.mark.parametrize("layout", ["long", "matrix"])
def test_only_tables_and_csv_have_layouts(temple: Temple, form: str, layout: str) -> None:
    result = temple.show("--layout", layout, "--format", form)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--layout is for --format table and csv; {form.upper()} has one layout only." in result.stderr
    assert not temple.state.ledger.entries


def test_a_page_for_a_browser(temple: Temple) -> None:
    result = temple.show("--format", "html")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("<!DOCTYPE html>\n<html lang=")
    assert "Read <time" in result.stdout
    assert ", live. The data are complete." in result.stdout
    assert "<bdi>Temple morning</bdi>" in result.stdout
    assert ">0✗</td>" in result.stdout


def test_the_page_is_called_what_the_product_is_called(temple: Temple) -> None:
    assert f"<h1><bdi>{temple.code}</bdi></h1>" in temple.show("--format", "html").stdout

    CliRunner().invoke(main, ["tickets", "products"])

    assert "<h1><bdi>경주 템플스테이 Gyeongju temple day</bdi></h1>" in temple.show("--format", "html").stdout


def test_a_page_of_chosen_days_says_so(temple: Temple) -> None:
    page = temple.show("--format", "html", "--low").stdout

    assert "Only days that are low, sold out or oversold are shown." in page
    assert "2026-03-02" not in page


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "noun", [["tickets", "products"], ["gifts", "list"], ["cart", "show"], ["order-qty", "list", "prod-1"]]
)
def test_elsewhere_there_is_no_html(temple: Temple, noun: list[str], before: bool) -> None:
    html = ["--format", "html"]

    result = CliRunner().invoke(main, html + noun if before else noun + html)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "'html' is not one of 'table', 'json', 'csv'." in result.stderr
    assert not temple.state.ledger.entries


def test_the_format_nearest_to_the_verb_wins(temple: Temple) -> None:
    run = CliRunner().invoke
    product = temple.code

    page = run(main, ["--format", "html", "tickets", "show", product])
    rows = run(main, ["--format", "html", "tickets", "--format", "csv", "show", product])

    assert page.stdout.startswith("<!DOCTYPE html>")
    assert rows.stdout.startswith("option_code,")


def test_the_help_names_the_formats() -> None:
    assert "[table|json|csv|html]" in CliRunner().invoke(main, ["tickets", "show", "--help"]).stdout
    assert "[table|json|csv]" in CliRunner().invoke(main, ["gifts", "list", "--help"]).stdout
