"""``tickets show --check``: what it lists, what it says, and the exit status that a cron job acts on."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.temple import EVENING, MORNING, Temple, open_temple


@pytest.fixture
def temple(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Temple]:
    with open_temple(home, monkeypatch) as opened:
        yield opened


def test_low_or_worse_is_found_and_listed(temple: Temple) -> None:
    result = temple.show("--low", "--check", "--format", "csv")

    assert result.exit_code == 10
    assert [line.split(",")[-1] for line in result.stdout.splitlines()] == ["state", "sold_out", "low"]
    assert result.stderr == "Days that are low, sold out or oversold: 2 of 9 (1 low, 1 sold out).\n"


def test_what_is_low_and_does_not_add_up_is_counted_as_low(temple: Temple) -> None:
    temple.rows[0].sold += 1

    result = temple.show("--low", "--check", "--format", "csv")

    assert result.exit_code == 10
    assert "mismatch" in result.stdout
    assert result.stderr == (
        "Days that are low, sold out or oversold: 2 of 9 (1 low, 1 sold out; 1 of them not adding up).\n"
    )


def test_what_only_does_not_add_up_is_counted_as_such(temple: Temple) -> None:
    temple.rows[3].sold -= 1

    result = temple.show("--check", "--from", "2026-03-02", "--format", "csv")

    assert result.stderr == (
        "Days that are low, sold out or oversold, or do not add up: 1 of 7 "
        "(1 available; 1 of them not adding up).\n"
    )


def test_nothing_found_is_quiet_and_done(temple: Temple) -> None:
    result = temple.show("--low", "--check", "--from", "2026-03-02")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["data"] == []


def test_nothing_found_is_said_beside_an_empty_table(temple: Temple) -> None:
    result = temple.show("--check", "--from", "2026-03-02", "--format", "table")

    assert result.exit_code == 0
    assert result.stderr == "Days that are low, sold out or oversold, or do not add up: none of 7.\n"


def test_a_check_alone_finds_what_does_not_add_up(temple: Temple) -> None:
    temple.rows[3].sold -= 1

    assert temple.days_of("--check", "--from", "2026-03-02", status=10) == [(EVENING, 4)]
    assert temple.days_of("--check", "--low", "--from", "2026-03-02") == []


def test_without_check_what_is_found_is_no_matter(temple: Temple) -> None:
    assert temple.days_of("--low") == [(EVENING, 1), (MORNING, 1)]


def test_days_gone_by_count_only_when_asked_for(temple: Temple) -> None:
    temple.wait(timedelta(days=1))

    assert temple.days_of("--check") == []
    assert temple.days_of("--check", "--from", "2026-03-01", status=10) == [(EVENING, 1), (MORNING, 1)]
    assert temple.days_of("--low") == [(EVENING, 1), (MORNING, 1)]


def test_a_check_of_the_past_needs_its_first_day(temple: Temple) -> None:
    result = temple.show("--check", "--to", "-1")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "--to (2026-02-28) is past, and a check counts from today on; give --from as well." in result.stderr


def test_only_the_options_asked_for_are_checked(temple: Temple) -> None:
    temple.order(EVENING, 2, 4)

    assert temple.days_of("--check", "--option", "temple MORNING", "--from", "+1") == []
    assert temple.days_of("--check", "--option", EVENING, "--from", "+1", status=10) == [(EVENING, 2)]


def test_no_inventory_is_not_nothing_found(temple: Temple) -> None:
    result = temple.show("--check", "--from", "2027-01-01", "--format", "table")

    assert result.exit_code == 0
    assert result.stderr == "Nothing was checked: there is no inventory in the days asked for.\n"


def test_when_the_vendor_is_gone_the_cached_rows_are_checked_and_it_is_said(temple: Temple) -> None:
    temple.rows_of()
    temple.server.stop()
    temple.wait(timedelta(hours=3))

    result = temple.show("--check")

    assert result.exit_code == 10
    assert json.loads(result.stdout)["source"] == "cache"
    reason, age, verdict = result.stderr.splitlines()
    assert "nothing listens" in reason
    assert reason.endswith("Showing what was read 3h ago.")
    assert age == "Read 3h ago, at 2026-03-01T12:00:00Z."
    assert verdict.startswith("Days that are low")


def test_a_check_of_cached_rows_says_so_when_it_finds_nothing_too(temple: Temple) -> None:
    temple.rows_of()

    result = temple.show("--check", "--from", "+1", "--offline")

    assert (result.exit_code, result.stderr) == (0, "Read 0s ago, at 2026-03-01T12:00:00Z.\n")


def test_a_check_that_must_be_live_fails_without_the_vendor(temple: Temple) -> None:
    temple.rows_of()
    temple.server.stop()

    result = temple.show("--check", "--live")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing listens" in result.stderr


def test_a_check_works_in_every_format(temple: Temple) -> None:
    for form in (["--format", "html"], ["--format", "table"], ["--format", "csv", "--layout", "matrix"]):
        result = temple.show("--check", *form)
        assert result.exit_code == 10, form
        assert "2 of 9 (1 low, 1 sold out)" in result.stderr
        assert result.stdout


def test_the_process_ends_with_that_status(
    temple: Temple, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    from qtydash import __main__
    from qtydash.sandbox.data.tickets import TEMPLE

    monkeypatch.setattr("sys.argv", ["qtydash", "tickets", "show", TEMPLE, "--check", "--low"])

    assert __main__.main() == 10
    assert json.loads(capsysbinary.readouterr().out)["source"] == "live"
