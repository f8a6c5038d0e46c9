"""Folders that the program runs in: configuration with hostile words where an operator may write any."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from qtydash.domain.text import safe_text
from qtydash.sandbox import credentials
from qtydash.sandbox.data.tickets import PARK
from tests.proof.outside.texts import Hostile

LABEL, SESSION, HELD = "LA", "LS", "LP"
"""The letters in the marks of a profile's label, of its cart sessions and of the products whose holds are
listed."""


def private(file: Path, text: str) -> Path:
    """A file that only its owner can read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    return file


def hostile_home(folder: Path, url: str, texts: Sequence[Hostile]) -> Path:
    """A home whose profile reads the shop at ``url``. Its words are as hostile as a configuration may have
    them."""
    names = [[_line(text.marked(f, n)) for n, text in enumerate(texts)] for f in (LABEL, SESSION, HELD)]
    sessions = "".join(
        f'\n[[profiles.sandbox.cart.sessions]]\nname = {_toml(name)}\ntoken = "{credentials.CART_TOKEN}"\n'
        for name in names[1]
    )
    held = "".join(f'\n  {{ id = "prod-{n + 1}", name = {_toml(name)} }},' for n, name in enumerate(names[2]))
    config = f"""\
profile = "sandbox"

[profiles.sandbox]
label = {_toml(names[0][0])}
write = true
reconcile_after = "1s"

[profiles.sandbox.tickets]
base_url = "{url}"
api_key = "{credentials.AX_API_KEY}"
channel_code = "{credentials.AX_CHANNEL_CODE}"
products = [{{ code = "{PARK}", name = "Park" }}]

[profiles.sandbox.gifts]
base_url = "{url}"
token = "{credentials.SHOPLINE_TOKEN}"
user_agent = "{credentials.SHOPLINE_HANDLE}"

[profiles.sandbox.cart]
base_url = "{url}"

[[profiles.sandbox.cart.sessions]]
name = "support"
username = "{credentials.CART_AGENT}"
password = "{credentials.CART_PASSWORD}"
{sessions}
[profiles.sandbox.order_qty]
base_url = "{url}"
partner_key = "{credentials.BLAZE_PARTNER_KEY}"
developer_key = "{credentials.BLAZE_DEVELOPER_KEY}"
products = [{held}
]
"""
    private(folder / "config.toml", config)
    return folder


def _line(text: str) -> str:
    """As much of a text as a configuration takes: one line of characters that show as they are written."""
    kept = (c for c in text[:150] if not "\u0300" <= c <= "\u1fff" and c < "\ud800" and safe_text(c) == c)
    return safe_text("".join(kept)).strip()


def _toml(text: str) -> str:
    # A JSON string is a TOML basic string.
    return json.dumps(text, ensure_ascii=False)
