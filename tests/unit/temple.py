"""A small product on a real sandbox, with a clock that the test moves: what ``tickets show`` is tried on."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qtydash.cli import parameters, reading, tickets
from qtydash.cli.main import main
from qtydash.sandbox.app import create_app
from qtydash.sandbox.data.tickets import TEMPLE
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState

TODAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENING, MORNING = "42fbf455-9df3-5e63-89f2-21a7579d7e9e", "58f150a3-7a71-50fd-891f-2d2c57776295"
"""The options: the evening from March 1 to 4, without a name; the morning to March 5. On March 1 the evening is
sold out and the morning is low; every other day has 6 or 7 of 12 left."""


class Temple:
    """The sandbox's state, the time, and the command."""

    code = TEMPLE

    def __init__(self, server: SandboxServer, state: SandboxState) -> None:
        self.server = server
        self.state = state
        self.now = NOON

    @property
    def rows(self) -> list[Any]:
        return self.state.tickets.rows[TEMPLE]

    def order(self, option: str, day: int, quantity: int) -> None:
        assert self.state.tickets.order(TEMPLE, option, date(2026, 3, day), quantity)

    def forget(self, day: int) -> None:
        """The vendor lists a day no more."""
        self.rows[:] = [row for row in self.rows if row.date.day != day]

    def wait(self, length: timedelta) -> None:
        self.now += length

    def show(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["tickets", "show", TEMPLE, *arguments])

    def rows_of(self, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
        result = self.show(*arguments, "--format", "json")
        assert result.exit_code == status, result.stderr
        data: list[dict[str, Any]] = json.loads(result.stdout)["data"]
        return data

    def days_of(self, *arguments: str, status: int = 0) -> list[tuple[str, int]]:
        """Option and day of the month of each row."""
        return [(row["option_code"], int(row["date"][-2:])) for row in self.rows_of(*arguments, status=status)]


@contextmanager
def open_temple(home: Path, patch: pytest.MonkeyPatch) -> Iterator[Temple]:
    """The temple on March 1 at noon, configured in ``home``."""
    app = create_app(seed=1, today=TODAY)
    with SandboxServer(app) as server:
        file = home / "config.toml"
        file.touch(0o600)
        file.write_text(config_toml(server.url), encoding="utf-8")
        temple = Temple(server, app.state.sandbox)
        for module in (parameters, reading, tickets):
            patch.setattr(module, "utc_now", lambda: temple.now)
        for module in (parameters, tickets):
            patch.setattr(module, "today", lambda: temple.now.date())
        yield temple


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
