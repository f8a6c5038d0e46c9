"""``docs/configuration.md``, made from the models that the configuration is checked with."""

from collections.abc import Sequence
from dataclasses import MISSING

from tests.docs.keys import MADE_BY, table

from qtydash.config.models import CartSession, HeldProduct, NamedProduct, Profile, Secret
from qtydash.config.outline import Key, keys
from qtydash.config.schema import File, explanations
from qtydash.config.starter import EXAMPLES, written

_HEAD = f"""\
# Configuration

{MADE_BY}

One file, `config.toml`. `qtydash config init` writes one with every key explained, `qtydash config check` tests
it, `qtydash config show` tells what is in force and who said so, `qtydash config path` where everything is.

```toml
profile = "prod"              # the one that is used when nobody names another

[profiles.prod]
label = "Han River park"

[profiles.prod.gifts]
token = {{ command = ["pass", "show", "shopline"] }}
user_agent = "my-handle"

[keys]
refresh = "f5"
```

## Where a value comes from

The command line, else the environment, else the profile in the file, else the default.

- `--config FILE`, else `QTYDASH_CONFIG`, else `config.toml` in `QTYDASH_HOME`, else in the platform's folder.
- `--profile NAME`, else `QTYDASH_PROFILE`, else `profile` in the file, else the only one there is.
- Any value of the profile: `QTYDASH_` and its key in capitals, nested by `__`, as in `QTYDASH_WRITE=false` or
  `QTYDASH_TICKETS__BASE_URL=https://test.ax-cloud.com`; of a profile that is not the active one
  `QTYDASH_PROFILES__TEST__WRITE=true`. Lists and tables are JSON.
- `QTYDASH_HOME` keeps configuration, cache, journal and log together in one folder.

An unknown key is an error that names the file, the key and the nearest known one. A section that is missing is no
error: its pane says how to add it. Durations are text: `"90s"`, `"45m"`, `"2h"`, `"3d"`, `"1h30m"`.

## Credentials

| written | where the credential is |
| --- | --- |
| `{{ env = "NAME" }}` | in an environment variable |
| `{{ command = ["program", "argument"] }}` | on the one line that a program prints; no shell; 10 seconds |
| `{{ keyring = "service/user" }}` | in the system's keyring, with the extra `qtydash[keyring]`; 3 seconds |
| `{{ file = "path" }}` | in a file that only you can read (mode 0600), looked for beside `config.toml` |
| `"the secret itself"` | in the file, accepted only while its mode is 0600 |

A credential is fetched when its vendor is first asked, sent to that vendor's address only, and never shown, logged
or kept.
"""


def configuration_page() -> str:
    """The text of ``docs/configuration.md``."""
    parts = [_HEAD, *_section("The file", "", File, ("profile", "keys"), "")]
    plain = [name for name, key in keys(Profile).items() if not key.table]
    parts += _section("A profile", "[profiles.NAME]", Profile, plain, "")
    for key in keys(Profile).values():
        if key.table is not None:
            place = f"[profiles.NAME.{key.written}]"
            parts += _section(_title(key.table), place, key.table, tuple(keys(key.table)), f"{key.written}.")
    parts += _section("A cart session", "[[profiles.NAME.cart.sessions]]", CartSession, (), "cart.sessions.")
    parts += _section("A product of tickets", "products = [{ … }]", NamedProduct, (), "")
    parts += _section("A product of order_qty", "products = [{ … }]", HeldProduct, (), "")
    return "\n".join(parts)


def _title(section: type) -> str:
    return (section.__doc__ or "").rstrip(".")


def _section(title: str, place: str, of: type, names: Sequence[str], above: str) -> list[str]:
    told, known = explanations(of), keys(of)
    where = f"`{place}`\n" if place else ""
    rows = [
        (f"`{name}`", _default(known[name], above), " ".join(told[name].split())) for name in names or tuple(known)
    ]
    return [f"## {title}\n", *([where] if where else []), table(("key", "default", "meaning"), rows)]


def _default(key: Key, above: str) -> str:
    if key.default is MISSING:
        return "required"
    example = EXAMPLES.get(above + key.written)
    if key.type is Secret or (example and not key.default):
        return f"none; `{example}`" if example else "none"
    return f"`{written(key.default)}`"
