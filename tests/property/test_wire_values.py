"""A plain value never leaves the parser: what that gives is what the tolerant functions would have given."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from qtydash.adapters import wire
from qtydash.domain.text import MAX_TEXT

WORDS = "Void void Vold Void. Vo Voi Voids abcd abc a V"
TEXTS = st.sampled_from(
    [
        *WORDS.split(),
        *("", " ", "    ", "Void ", " Void", "Void\n", "abcd\n", "abcde\n", "ab\x7fde", "a\x1b[31m", "\ud800abc"),
        *("größe", "a b c", "12", "12.0", "1_000", "1e400", "x" * 128, "x" * 129, "x" * MAX_TEXT, "x" * 2_001),
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**53, 2**53 + 1, -(2**53), -(2**53) - 1]),
    st.floats(),
    st.decimals(),
    st.sampled_from(["1.0", "-0", "NaN", "sNaN", "Infinity", "1E+2", "1E+999999", "1E-999999"]).map(Decimal),
    TEXTS,
    st.text(alphabet=" !VWoid~\x7f\n", max_size=6),
    st.text(),
    st.just([]),
    st.just({}),
)


def or_none(read: Callable[[object], object]) -> Callable[[object], object]:
    return lambda value: None if wire._is_empty(value) else read(value)


TYPES: dict[str, tuple[Any, Callable[[object], object]]] = {
    "Whole": (wire.Whole, wire._whole),
    "OptionalWhole": (wire.OptionalWhole, or_none(wire._whole)),
    "Amount": (wire.Amount, wire._number),
    "OptionalAmount": (wire.OptionalAmount, or_none(wire._number)),
    "Flag": (wire.Flag, wire._flag),
    "RawCode": (wire.RawCode, wire._raw_code),
    "Code": (wire.Code, wire._code),
    "RequiredCode": (wire.RequiredCode, wire._required_code),
    "Label": (wire.Label, wire._label),
}
ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, (kind, _) in TYPES.items()}


@pytest.mark.parametrize("name", TYPES)
@given(value=VALUES)
@example(value="Void")
@example(value="abcd\n")
def test_a_plain_value_is_read_as_any_other(name: str, value: object) -> None:
    assert _told(ADAPTERS[name].validate_python, value) == _told(TYPES[name][1], value)


def _told(read: Callable[[object], object], value: object) -> tuple[object, ...]:
    try:
        found = read(value)
    except PydanticCustomError as refused:
        return "refused", refused.message()
    except ValidationError as refused:
        return "refused", refused.errors()[-1]["msg"]
    return type(found), str(found)
