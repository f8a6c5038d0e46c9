"""``docs/keys.md`` and the tables of keys and marks on the panes' pages, made from the registry of commands."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast, get_args

from qtydash.tui.bindings import KEYS as OWN_KEYS
from qtydash.tui.bindings import of_scope
from qtydash.tui.commands import SCOPE_TITLES, Command, Scope
from qtydash.tui.glyphs import ASCII, UNICODE
from qtydash.tui.help_words import WORDS, filled
from qtydash.tui.models.order_qty_filter import GRAMMAR
from qtydash.tui.screens.help import GRID_KEYS, _signs
from qtydash.tui.screens.review_keys import CLEAN_UP_KEYS, KEYS, Phase

SCOPES: tuple[Scope, ...] = get_args(Scope)
MADE_BY = "<!-- Made by `make docs` from the program. Change the program, not this. -->"

_HEAD = f"""\
# Keys

{MADE_BY}

Every command has a plain key and stands in the palette (`ctrl+p`) under its name. `?` shows the keys of the pane
you are in; the bottom line shows the ones used most.
"""

_OWN = """\
## Your own keys

In `config.toml`, by the command's id:

```toml
[keys]
refresh = "f5"
tickets.low = "L, f3"     # several, with commas between
filter = "ctrl+f"
```

They hold in every profile. A key is a character (`b`, `B`, `%`), `space`, `insert`, `delete`, `f1` to `f12`,
`ctrl+` and a letter, or `ctrl+`/`shift+` and an arrow, home, end, page up or page down. `qtydash config keys`
lists what is in force, `qtydash config check` and the dashboard say which entries cannot be used and why; a
command then keeps its own key. These cannot be given away:

- what moves, opens and leaves everywhere: arrows, page up and down, home, end, `enter`, `escape`, `tab`, `ctrl+p`,
  `ctrl+q`, `ctrl+c`;
- what terminals send for another key: `ctrl+i` (tab), `ctrl+m` (enter), `ctrl+h` (backspace), `ctrl+j` (a line
  break), `ctrl+[` (escape), and `ctrl+shift+` with a letter (the same as without shift);
- a key that another command has where both work, until that one is given another.

Keys within dialogs are fixed.
"""


def keys_page() -> str:
    """The text of ``docs/keys.md``."""
    grid = table(("key", "what it does"), ((_code(key), words) for key, words in GRID_KEYS))
    parts = [_HEAD, "## In every list\n", grid]
    for scope in SCOPES:
        parts += [f"## {SCOPE_TITLES[scope]}\n", key_table(scope, ids=True)]
    parts += ["## In the review of staged changes\n", _dialog(KEYS)]
    parts += ["## In a clean-up\n", _dialog(CLEAN_UP_KEYS)]
    return "\n".join([*parts, _OWN])


def key_table(scope: Scope, *, ids: bool = False) -> str:
    """The keys of one scope as a table of Markdown."""
    if ids:
        rows = ((_code(c.shown), f"`{c.id}`", c.help) for c in of_scope(scope))
        return table(("key", "id", "what it does"), rows)
    return table(("key", "what it does"), ((_code(c.shown), c.help) for c in of_scope(scope)))


def mark_table(scope: Scope) -> str:
    """What the marks of a pane mean, with their plain twins."""
    told = zip(_signs(scope, UNICODE), _signs(scope, ASCII), strict=True)
    rows = ((_code(mark), "" if mark == plain else _code(plain), words) for (mark, words), (plain, _) in told)
    return table(("mark", "as ASCII", "meaning"), rows)


def with_tables(page: str) -> str:
    """A page with its generated parts renewed: from ``<!-- keys: gifts -->`` to ``<!-- end -->``."""

    def renewed(found: re.Match[str]) -> str:
        kind, scope = found["kind"], cast("Scope", found["scope"])
        return f"<!-- {kind}: {scope} -->\n\n{_TABLES[kind](scope)}\n<!-- end -->"

    kinds = "|".join(_TABLES)
    return re.sub(rf"<!-- (?P<kind>{kinds}): (?P<scope>\w+) -->.*?<!-- end -->", renewed, page, flags=re.DOTALL)


_TABLES: Mapping[str, Callable[[Scope], str]] = {
    "keys": key_table,
    "marks": mark_table,
    "words": lambda scope: table(
        ("word", "meaning"), ((term, filled(words, scope, OWN_KEYS)) for term, words in WORDS[scope])
    ),
    "filter": lambda _: table(("filter", "what it shows"), ((_code(word), shown) for word, shown in GRAMMAR)),
}


def _dialog(phases: Mapping[Phase, Sequence[Command]]) -> str:
    commands = dict.fromkeys(command for shown in phases.values() for command in shown)
    return table(("key", "what it does"), ((_code(c.shown), c.help) for c in commands))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [heads, ["---"] * len(heads), *([_cell(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"
