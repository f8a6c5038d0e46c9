"""What stands in a field's annotation to say how the field is read.

Nothing here loads a validation library: pydantic finds these behind ``Annotated`` and calls their hooks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class Parsed:
    """Marks a field whose value is made from what is written by ``parse``; ``schema`` says what may be written."""

    parse: Callable[[object], object]
    schema: Mapping[str, object] = field(hash=False)

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        return dict(self.schema)


@dataclass(frozen=True, slots=True)
class Checked:
    """Marks a field whose value, once of the right type, must pass ``rule``."""

    rule: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self.rule, handler(source))


@dataclass(frozen=True, slots=True)
class Between:
    """Marks a whole number from ``low`` to ``high``, both included."""

    low: int
    high: int

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        return core_schema.int_schema(ge=self.low, le=self.high)


@dataclass(frozen=True, slots=True)
class ReadAs:
    """Marks a field that is validated as another type than the one its readers see."""

    type: Any

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        return handler.generate_schema(self.type)
