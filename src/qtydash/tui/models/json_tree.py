"""A JSON document as lines that fold, and what is found in it."""

import json
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Literal, NoReturn

from qtydash.domain.snapshot import plural
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.table import Table, TableColumn
from qtydash.tui.widgets.grid_model import Cell

Path = tuple[str | int, ...]
"""Where a value stands: keys and positions from the top down."""
Json = dict[str, "Json"] | list["Json"] | str | bool | None
"""A document whose numbers are ``Number``, spelled as they came."""

MASK = "•••"
_SECRET_KEY = re.compile(r"token|password|secret|authorization|visitor_?-?id", re.IGNORECASE)
_NAMING = ("displayName", "promotionName", "name", "label", "promotionId", "value", "id")
"""Fields that tell what an object in a list is, the best first."""
_OPENED = {"embedded", "order", "shoppingCart", "giftWithPurchaseInfo", "giftWithPurchaseOrderMarkers"}
"""What is open at first: the way to the lists that a cart's gifts are read from."""


class Number(str):
    """A number as it is spelled in the document: 19.90 stays 19.90."""

    __slots__ = ()


class NoJson(ValueError):
    """The text is no JSON."""


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One line: a value under its key. ``folded`` is None for a value that holds no others."""

    path: Path
    text: str
    folded: bool | None


@dataclass(frozen=True, slots=True)
class Match:
    """Where something was found: the how many-th of how many."""

    path: Path
    place: int
    total: int


def load(text: str) -> Json:
    """The document, with the values of keys that name a credential masked. Raises ``NoJson``."""
    try:
        document: Json = json.loads(
            text, parse_float=Number, parse_int=Number, parse_constant=_no_constant, object_pairs_hook=_masked
        )
    except (ValueError, RecursionError) as error:
        raise NoJson("The answer is no JSON that can be shown.") from error
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _masked(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    return {
        key: MASK if isinstance(value, str) and value and _SECRET_KEY.search(key) else value
        for key, value in pairs
    }


def children(value: Json) -> Iterator[tuple[str | int, Json]]:
    """What a value holds, by key or position."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def at(document: Json, path: Path) -> Json:
    """The value at ``path``, which must be there."""
    for step in path:
        document = document[step]  # type: ignore[index]
    return document


def walk(document: Json, opened: Set[Path] | None = None) -> Iterator[tuple[Path, Json]]:
    """Every value with its path in document order, those within folded ones left out; all without ``opened``."""
    waiting: list[tuple[Path, Json]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if opened is None or path in opened:
            waiting += [((*path, step), child) for step, child in children(value)][::-1]


def first_opened(document: Json) -> frozenset[Path]:
    """What to unfold at first."""
    opened: set[Path] = set()
    waiting: list[tuple[Path, Json]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        opened.add(path)
        ways = _OPENED | {"items"} if path[-1:] == ("shoppingCart",) else _OPENED
        waiting += [((*path, step), child) for step, child in children(value) if step in ways]
    return frozenset(opened)


def all_below(document: Json, path: Path) -> frozenset[Path]:
    """Every path at and below ``path`` that can be unfolded."""
    below = walk(at(document, path))
    return frozenset((*path, *rest) for rest, value in below if isinstance(value, dict | list))


def find(document: Json, words: str, start: Path, step: Literal[-1, 1]) -> Match | None:
    """The match after (or before) ``start``, round the end; case aside, in keys and in values."""
    wanted = words.casefold()
    before: list[Path] = []
    after: list[Path] = []
    passed = False
    for path, value in walk(document):
        if path == start:
            passed = True
            if step < 0 and _holds(path, value, wanted):
                after.append(path)  # so that it counts, and is not found from itself
            elif _holds(path, value, wanted):
                before.append(path)
        elif _holds(path, value, wanted):
            (after if passed else before).append(path)
    matches = [*before, *after]
    if not matches:
        return None
    index = len(before) if step > 0 else len(before) - 1
    index %= len(matches)
    return Match(matches[index], index + 1, len(matches))


def _holds(path: Path, value: Json, wanted: str) -> bool:
    key = path[-1] if path else ""
    if isinstance(key, str) and wanted in key.casefold():
        return True
    return not isinstance(value, dict | list) and wanted in scalar(value).casefold()


def scalar(value: Json) -> str:
    """A value that holds no others, as JSON spells it; what cannot be printed is escaped."""
    if isinstance(value, Number):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def tree(document: Json, opened: Set[Path], glyphs: Glyphs, found: str = "") -> Table[JsonRow]:
    """The lines to draw. What holds ``found`` is marked."""
    wanted = found.casefold()
    marked: set[Path] = set()
    rows: list[JsonRow] = []
    for path, value in walk(document, opened):
        if wanted and _holds(path, value, wanted):
            marked.add(path)
        rows.append(_row(path, value, opened, glyphs))

    def show(row: JsonRow) -> Cell:
        return Cell(row.text, "low" if row.path in marked else "strong" if row.folded is not None else "")

    column = TableColumn("", 20, show, flexible=True)
    return Table((column,), rows, lambda row: row.path, header_lines=0, glyphs=glyphs)


def _row(path: Path, value: Json, opened: Set[Path], glyphs: Glyphs) -> JsonRow:
    key = f"{path[-1]}: " if path and isinstance(path[-1], str) else f"[{path[-1]}] " if path else ""
    indent = "  " * len(path)
    if not isinstance(value, dict | list):
        return JsonRow(path, f"{indent}  {key}{scalar(value)}", None)
    folded = path not in opened
    sign = glyphs.folded if folded else glyphs.unfolded
    return JsonRow(path, f"{indent}{sign} {key}{_summary(value)}", folded)


def _summary(value: dict[str, Json] | list[Json]) -> str:
    if isinstance(value, list):
        return f"[{len(value)}]"
    named = next((text for key in _NAMING if isinstance(text := value.get(key), str) and text), "")
    return f"{{{plural(len(value), 'field')}}}{f'  {named}' if named else ''}"


def path_words(path: Path) -> str:
    """A path for people: ``shoppingCart.items[1].quantity``."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".") or "whole answer"


def pretty(document: Json) -> str:
    """JSON text with two spaces of indentation, numbers as they came, what cannot be printed escaped."""
    lines: list[str] = []
    waiting: list[tuple[int, str, Json, str] | str] = [(0, "", document, "")]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            lines.append(entry)
            continue
        depth, key, value, comma = entry
        indent = "  " * depth
        if isinstance(value, dict | list) and value:
            opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
            lines.append(f"{indent}{key}{opening}")
            waiting.append(f"{indent}{closing}{comma}")
            inner: list[tuple[int, str, Json, str] | str] = []
            last = len(value) - 1
            for place, (step, child) in enumerate(children(value)):
                name = f"{scalar(step)}: " if isinstance(step, str) else ""
                inner.append((depth + 1, name, child, "," if place < last else ""))
            waiting += inner[::-1]
        else:
            lines.append(f"{indent}{key}{scalar(value)}{comma}")
    return "\n".join(lines)
