"""The commented config.toml that ``config init`` writes: every key, with the explanation its model gives."""

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from textwrap import wrap

from qtydash.config.models import CartSession, Profile, Secret
from qtydash.config.outline import Key, keys
from qtydash.config.rules import in_words
from qtydash.config.schema import File, explanations

NAME = "main"
WIDTH = 100

_HEAD = """\
qtydash configuration. Every key is here. A line such as `#key = value` is off, and shows the default or, where \
there is none, an example: take its # away and change it.

A secret is one of
  { env = "NAME" }                          an environment variable
  { command = ["program", "argument"] }     the first line a program prints; no shell reads it
  { keyring = "service/user" }              the system's keyring (needs the extra qtydash[keyring])
  { file = "path" }                         a file that only you can read (chmod 600), beside this one
  "the secret itself"                       only while this file stays chmod 600

After a change: `qtydash config check` tests the credentials, `qtydash config show` tells what is in force."""

EXAMPLES = {
    "watch_command": '["notify-send", "qtydash"]',
    "tickets.api_key": '{ env = "AX_API_KEY" }',
    "tickets.channel_code": '{ env = "AX_CHANNEL" }',
    "tickets.products": '[{ code = "6ecf4685-ca60-4a7d-843c-479329ca8789", name = "Day ticket" }]',
    "tickets.option_names": '{ "1e0bd91f-989a-45e7-8e1c-4fe2d4231ae5" = "Adult" }',
    "gifts.token": '{ command = ["pass", "show", "shopline"] }',
    "gifts.user_agent": '"my-handle"',
    "cart.base_url": '"https://shop.example.com"',
    "cart.sessions.name": '"support"',
    "cart.sessions.username": '"agent@example.com"',
    "cart.sessions.password": '{ keyring = "qtydash/oracle" }',
    "cart.sessions.token": '{ env = "OCC_TOKEN" }',
    "cart.sessions.visitor_id": '{ env = "OCC_VISITOR" }',
    "order_qty.partner_key": '{ file = "blaze-partner" }',
    "order_qty.developer_key": '{ env = "BLAZE_DEV" }',
    "order_qty.products": '[{ id = "prod-1", name = "Gummies" }]',
}
"""Values of keys that have no default worth showing."""
_OWN_KEYS = ('#refresh = "f5"', '#tickets.low = "L, f3"')


def starter() -> str:
    """The text of a new config.toml: valid as it stands, and with any of its sections switched on."""
    lines = [*_comment(_HEAD), "", *_comment(explanations(File)["profile"]), f'profile = "{NAME}"', ""]
    lines += [*_comment(Profile.__doc__ or ""), f"[profiles.{NAME}]"]
    sections: list[Key] = []
    for key in keys(Profile).values():
        if key.table:
            sections.append(key)
        else:
            lines += _key(Profile, key, "")
    for section in sections:
        lines += ["", "", *_section(section)]
    lines += ["", "", *_comment(explanations(File)["keys"]), "#[keys]", *_OWN_KEYS]
    return "\n".join(lines) + "\n"


def written(value: object) -> str:
    """A value as TOML writes it."""
    if value is None:
        return '"off"'
    if isinstance(value, timedelta):
        return f'"{in_words(value)}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + " }" if value else "{}"
        )
    if is_dataclass(value):
        return "{ " + ", ".join(f"{f.name} = {written(getattr(value, f.name))}" for f in fields(value)) + " }"
    return json.dumps(value, ensure_ascii=False)


def _section(section: Key) -> Iterator[str]:
    assert section.table is not None
    yield from _comment(f"{(section.table.__doc__ or '').rstrip('.')}. Without this section its pane stays empty.")
    yield f"#[profiles.{NAME}.{section.written}]"
    for key in keys(section.table).values():
        if key.items is not CartSession:
            yield from _key(section.table, key, f"{section.written}.")
    if section.written == "cart":  # an array of tables takes every key after it, so it comes last
        yield ""
        yield from _comment(f"{CartSession.__doc__} {explanations(section.table)['sessions']} One table each.")
        yield f"#[[profiles.{NAME}.cart.sessions]]"
        for key in keys(CartSession).values():
            yield from _key(CartSession, key, "cart.sessions.")


def _key(table: type, key: Key, above: str) -> Iterator[str]:
    required = " Required." if key.default is MISSING else ""
    yield from _comment(explanations(table)[key.written] + required)
    example = EXAMPLES.get(above + key.written)
    if example is None:
        assert key.default is not MISSING, f"{above}{key.written} is required and has no example"
        assert key.type is not Secret, f"{above}{key.written} is a secret and has no example"
        example = written(key.default)
    yield f"#{key.written} = {example}"


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        kept = [line] if line.startswith(" ") else wrap(line, WIDTH)
        yield from (f"# {part}".rstrip() for part in kept or [""])
