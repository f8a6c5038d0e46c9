"""Programs that are started from here: the credentials in our environment are not theirs."""

import json
import os
import sys
from pathlib import Path

import pytest

from qtydash.config import children
from qtydash.config.load import load
from qtydash.config.models import Secret
from qtydash.config.secrets import resolve
from qtydash.services.hand_over import hand_over

FAKE = "fake-hunter2"
CONFIG = """\
[profiles.p.gifts]
token = { env = "FAKE_GIFTS_TOKEN" }
user_agent = "handle"

[profiles.p.order_qty]
partner_key = "replaced"
developer_key = { command = ["unused"] }

[profiles.p.cart]
base_url = "https://shop.example"
[[profiles.p.cart.sessions]]
name = "s"
visitor_id = { env = "FAKE_VISITOR" }
"""
SHOW = "import json, os; json.dump(dict(os.environ), open({!r}, 'w')); print('x')"


@pytest.fixture
def _told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_withheld", set())
    (home / "config.toml").write_text(CONFIG)
    (home / "config.toml").chmod(0o600)
    monkeypatch.setenv("FAKE_GIFTS_TOKEN", FAKE)
    monkeypatch.setenv("FAKE_VISITOR", FAKE)
    monkeypatch.setenv("QTYDASH_ORDER_QTY__PARTNER_KEY", FAKE)
    monkeypatch.setenv("SOMETHING_ELSE", "kept")


@pytest.mark.usefixtures("_told")
async def test_no_program_gets_the_credentials_of_our_environment(home: Path, tmp_path: Path) -> None:
    for _ in ("checked", "known to be good"):
        children._withheld.clear()
        load()
        seen = tmp_path / "seen.json"
        for program in ("a credential's", "the watcher's"):
            arguments = (sys.executable, "-c", SHOW.format(str(seen)))
            if program == "a credential's":
                resolve(Secret("command", arguments), home / "config.toml")
            else:
                assert await hand_over(arguments, "{}") == ""
            variables = json.loads(seen.read_text())
            assert FAKE not in variables.values(), program
            assert variables["SOMETHING_ELSE"] == "kept"
            assert variables["PATH"] == os.environ["PATH"]
