"""Which keys there are, read from the models: for the environment, for suggestions, and for listing values."""

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from qtydash.config.markers import ReadAs
from qtydash.config.models import Profile, Secret

Place = tuple[str | int, ...]
"""A value's place in a profile: keys as they are written, and positions in lists, from 0."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. ``name`` is the field's, ``written`` the key's; ``default`` is MISSING when required."""

    name: str
    written: str
    type: Any
    default: object

    @property
    def table(self) -> type | None:
        """The table that stands under this key, None when it holds a value."""
        return self.type if is_dataclass(self.type) and self.type is not Secret else None

    @property
    def items(self) -> type | None:
        """The table that each item of this key's list is, None when it is no list of tables."""
        item = get_args(self.type)[0] if get_origin(self.type) is tuple else None
        item = bare(item)
        return item if isinstance(item, type) and is_dataclass(item) else None


@cache
def keys(table: type) -> Mapping[str, Key]:
    """The keys of ``table`` as they are written, in the models' order."""
    annotations = hints(table)
    spelling = getattr(table, "__pydantic_config__", {}).get("alias_generator", str)
    found = []
    for item in fields(table):
        if table is Profile and item.name == "name":
            continue  # it is the table's own name
        default = item.default if item.default_factory is MISSING else item.default_factory()
        found.append(Key(item.name, spelling(item.name), bare(annotations[item.name]), default))
    return {key.written: key for key in found}


def known(place: Place) -> Sequence[str]:
    """The keys that may stand in the table at ``place`` of a profile; none when there is no table."""
    table: type | None = Profile
    items: type | None = None
    for step in place:
        if isinstance(step, int):
            table, items = items, None
        else:
            key = keys(table).get(step) if table else None
            table, items = (key.table, key.items) if key else (None, None)
    return list(keys(table)) if table else []


def settings(table: type = Profile, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Key]]:
    """Every key that holds a value or a list, with its place."""
    for key in keys(table).values():
        if key.table:
            yield from settings(key.table, (*above, key.written))
        else:
            yield (*above, key.written), key


def values(table: object, above: Place = ()) -> Iterator[tuple[Place, object]]:
    """Every value in ``table``, a dataclass of the models, with its place; a missing section is one None."""
    kind: type = type(table)
    for key in keys(kind).values():
        value, place = getattr(table, key.name), (*above, key.written)
        if key.table and value is not None:
            yield from values(value, place)
        elif key.items and value:
            for position, item in enumerate(value):
                yield from values(item, (*place, position))
        else:
            yield place, value


def dotted(place: Sequence[str | int]) -> str:
    """Write a place as people do.

    >>> dotted(("cart", "sessions", 0, "name"))
    'cart.sessions[0].name'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")


@cache
def hints(table: type) -> Mapping[str, Any]:
    """The annotations of a table's fields, with their markers."""
    return get_type_hints(table, include_extras=True)


def bare(annotation: Any) -> Any:
    """The type without its markers and without "or None"."""
    if get_origin(annotation) is Annotated:
        inner, *markers = get_args(annotation)
        return bare(next((m.type for m in markers if isinstance(m, ReadAs)), inner))
    if get_origin(annotation) in (Union, types.UnionType):
        return bare(next(arm for arm in get_args(annotation) if arm is not type(None)))
    return annotation
