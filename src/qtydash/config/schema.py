"""The whole file as one type, and its JSON schema."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import TypeAdapter

from qtydash.config.credentials import WRITTEN_SECRET
from qtydash.config.markers import Checked
from qtydash.config.models import STRICT, Profile, Secret
from qtydash.config.outline import keys
from qtydash.config.rules import Keys, in_words, profile_name


@dataclass(frozen=True, slots=True)
class File:
    """The outermost table of config.toml."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    profiles: dict[Annotated[str, Checked(profile_name)], Profile]
    """One table per shop."""
    profile: str = ""
    """The profile used when neither --profile nor QTYDASH_PROFILE names one."""
    keys: Keys = field(default_factory=dict)
    """Your own keys, by the id of their command, in every profile; `qtydash config keys` lists the ids."""


@cache
def file_adapter() -> TypeAdapter[File]:
    return TypeAdapter(File)


def json_schema() -> dict[str, Any]:
    """The JSON schema of config.toml, with every key's explanation. For editors and for ``config schema``."""
    schema = file_adapter().json_schema()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "qtydash configuration",
        "description": "What may stand in config.toml.",
        **{key: value for key, value in schema.items() if key not in ("title", "description")},
    }
    definitions = schema["$defs"]
    profile = definitions["Profile"]
    del profile["properties"]["name"]  # it is the table's own name
    profile["required"].remove("name")
    definitions["Secret"] = dict(WRITTEN_SECRET)
    _as_written(Profile, definitions)
    for table in (schema, *definitions.values()):
        for told in table.get("properties", {}).values():
            told.pop("title", None)
    return schema


def explanations(table: type) -> dict[str, str]:
    """What the models say about each key of ``table``, one of theirs."""
    schema = file_adapter().json_schema()
    definition = schema if table is File else schema["$defs"][table.__name__]
    return {key: str(told.get("description", "")) for key, told in definition["properties"].items()}


def _as_written(table: type, definitions: dict[str, Any]) -> None:
    """Say each key as the file has it: durations as text, one word for secrets, and no null."""
    properties = definitions[table.__name__]["properties"]
    for written, key in keys(table).items():
        told = properties[written]
        if key.type is Secret:
            properties[written] = {"$ref": "#/$defs/Secret", "description": told["description"]}
        elif isinstance(key.default, timedelta):
            told["default"] = in_words(key.default)
        elif key.table and key.default is None:
            properties[written] = {"$ref": f"#/$defs/{key.table.__name__}"}
        if below := key.table or key.items:
            _as_written(below, definitions)
