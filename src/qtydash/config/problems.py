"""What pydantic found wrong, in the words of the configuration. Never repeats a value."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qtydash.config.outline import known
from qtydash.domain.names import nearest
from qtydash.domain.text import safe_text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "is missing.",
    "bool_type": "must be true or false.",
    "int_type": "must be a whole number.",
    "float_type": "must be a number.",
    "string_type": "must be text in quotes.",
    "tuple_type": "must be a list: [ … ].",
    "dict_type": "must be a table.",
    "dataclass_type": "must be a table.",
    "greater_than_equal": "must be at least {ge}.",
    "less_than_equal": "must be at most {le}.",
}


def words(error: "ErrorDetails") -> str:
    """What to say after the key's name."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "unexpected_keyword_argument":
        return unknown_key(str(error["loc"][-1]), keys_beside(error["loc"]))
    if kind == "value_error":
        return str(context["error"])
    if kind in _WORDS:
        return _WORDS[kind].format(**_numbers(context))
    return "cannot be used."


def unknown_key(key: str, keys: Sequence[str]) -> str:
    """Say that a key is unknown, and which it may have meant."""
    near = nearest(key, keys)
    if near:
        return f"is not a known key. Did you mean `{near}`?"
    return f"is not a known key. Known here: {', '.join(keys)}." if keys else "is not a known key."


def keys_beside(place: Sequence[str | int]) -> Sequence[str]:
    """The keys that may stand in the table that holds the last step of ``place``, counted from the file's top."""
    if len(place) == 1:
        return ("profile", "profiles", "keys")
    return known(tuple(place[2:-1]))


def place_of(error: "ErrorDetails") -> tuple[str | int, ...]:
    """Where the error is. Pydantic marks an error in a key itself with a last step of its own: left out."""
    place = error["loc"]
    marked = place[-1:] == ("[key]",) and error["type"] != "unexpected_keyword_argument"
    return place[:-1] if marked else place


def shown(place: Sequence[str | int]) -> tuple[str | int, ...]:
    """``place`` with every key made safe to draw."""
    return tuple(step if isinstance(step, int) else safe_text(step, 60) for step in place)


def _numbers(context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in context.items() if isinstance(value, int | float)}
