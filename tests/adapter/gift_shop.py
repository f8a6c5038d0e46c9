"""A shop with gifts on a real sandbox, and the command that changes them: nothing waits."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qtydash.cli import engine, writing
from qtydash.cli.main import main
from qtydash.sandbox.app import create_app
from qtydash.sandbox.ledger import Entry
from qtydash.sandbox.profile import config_toml
from qtydash.sandbox.server import SandboxServer
from qtydash.sandbox.state import SandboxState
from qtydash.services import connect

READ_ONLY = "write = false"


class GiftShop:
    """The sandbox's state, and the command over a profile of it that may write."""

    def __init__(self, server: SandboxServer, state: SandboxState, home: Path) -> None:
        self.server = server
        self.state = state
        self.home = home

    def run(self, *arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    def records(self, *arguments: str, status: int = 0, stdin: str | bytes | None = None) -> list[dict[str, Any]]:
        """What a command prints as JSON, once it ended with ``status``."""
        result = self.run(*arguments, "--format", "json", stdin=stdin)
        assert result.exit_code == status, result.output
        data: list[dict[str, Any]] = json.loads(result.stdout)["data"]
        return data

    def states(self, *arguments: str, status: int = 0, stdin: str | bytes | None = None) -> list[str]:
        return [row["state"] for row in self.records(*arguments, status=status, stdin=stdin)]

    def stock(self, gift_id: str) -> int:
        return self.state.gifts.by_id[gift_id].quantity

    def faults(self, *specs: str) -> None:
        self.state.faults.clear()
        self.state.faults.add(specs)

    @property
    def writes(self) -> list[Entry]:
        return [entry for entry in self.state.ledger.entries if entry.method == "PUT"]

    @property
    def arrived(self) -> list[Entry]:
        """Every write that arrived, of whatever vendor, done or not; a login is none."""
        entries = self.state.ledger.entries
        return [entry for entry in entries if entry.method == "PUT" or "/remove" in entry.path]

    def configure(self, old: str, new: str) -> None:
        file = self.home / "config.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    @property
    def has_journal(self) -> bool:
        return any(self.home.glob("journal*"))


@contextmanager
def open_shop(home: Path, patch: pytest.MonkeyPatch, *faults: str) -> Iterator[GiftShop]:
    """The shop, configured in ``home``. Whoever would be asked is not there; waits are skipped."""

    async def at_once(seconds: float) -> None:
        pass

    patch.setattr(engine, "sleep", at_once)
    for vendor in ("gifts", "cart"):
        patch.setitem(connect.REQUESTS_PER_SECOND, vendor, 10_000)
    app = create_app(seed=1, faults=faults)
    with SandboxServer(app) as server:
        file = home / "config.toml"
        file.touch(0o600)
        file.write_text(config_toml(server.url), encoding="utf-8")
        yield GiftShop(server, app.state.sandbox, home)


def someone_is_there(patch: pytest.MonkeyPatch) -> None:
    """Standard input is a person's, as far as the command knows."""
    patch.setattr(writing, "can_ask", lambda: True)
