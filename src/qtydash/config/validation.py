"""Checks the configuration as it is loaded, and tells everything that is wrong at once.

pydantic-settings lays the environment over the file; pydantic checks the result against the models.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
)

from qtydash.config import environment
from qtydash.config.choice import chosen_profile, origins_of
from qtydash.config.environment import Environment
from qtydash.config.errors import ConfigError
from qtydash.config.file import Settings, read
from qtydash.config.models import Config, Paths, Profile, Provenance
from qtydash.config.outline import dotted, keys
from qtydash.config.problems import place_of, shown, unknown_key, words
from qtydash.config.schema import file_adapter


def validated(paths: Paths, profile: str | None) -> Config:
    """The active profile, once nothing in the file or in the environment is wrong.

    Raises ``ConfigMissing`` and ``ConfigError``.
    """
    path = paths.config_file
    file = read(path)
    profiles = file.get("profiles")
    names = tuple(profiles) if isinstance(profiles, dict) else ()
    problems: list[str] = []
    active, origin = None, Provenance("default")
    if names:
        active, origin, problem = chosen_profile(profile, os.environ.get(environment.PROFILE), file, names, path)
        problems += [problem] if problem else []
    elif profiles is None or profiles == {}:
        problems.append(f"{path} has no profile. Add one: a table such as [profiles.main].")
    said = environment.read(os.environ, names, active) if names else Environment()
    problems += said.problems
    tree = _laid_over(said, file)
    problems += _problems_with(tree, path, said, file, active)
    if problems or active is None:
        raise ConfigError(*problems)
    good = file_adapter().validate_json(
        to_json({"profiles": {active: tree["profiles"][active]}, "keys": tree.get("keys", {})}), strict=True
    )
    return Config(
        paths,
        good.profiles[active],
        names,
        good.keys,
        {"profile": origin, **origins_of(good.profiles[active], said, file, path)},
    )


def _laid_over(said: Environment, file: dict[str, Any]) -> dict[str, Any]:
    """The file's values with the environment's over them, and every profile told its own name."""

    class Layers(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return InitSettingsSource(settings_cls, said.tree()), InitSettingsSource(settings_cls, file)

    tree = {key: value for key, value in Layers().model_dump().items() if value is not None}
    if isinstance(tree.get("profiles"), dict):
        tree["profiles"] = {
            name: {**table, "name": name} if isinstance(table, dict) else table
            for name, table in tree["profiles"].items()
        }
    return tree


def _problems_with(
    tree: Mapping[str, Any], path: Path, said: Environment, file: Mapping[str, Any], active: str | None
) -> list[str]:
    """Sentences about everything in ``tree`` that the models refuse."""
    problems = [
        f"{path}: {dotted(shown(('profiles', name, 'name')))} {unknown_key('name', list(keys(Profile)))}"
        for name, table in _tables(file).items()
        if "name" in table
    ]
    errors: list[ErrorDetails] = []
    try:
        file_adapter().validate_json(to_json(tree, inf_nan_mode="constants"), strict=True)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    except ValueError:
        problems.append("A QTYDASH_ variable holds JSON with half a character: a lone surrogate.")
    for found in errors:
        place = place_of(found)
        if found["type"] == "json_invalid":  # the one thing TOML can write and the reader cannot take
            problems.append(f"{path} holds a number that is too large to read.")
            continue
        if found["type"] == "missing" and (len(place) < 2 or place[1] != active):
            continue  # what another profile lacks is told when it is chosen: the environment may give it
        variable = said.setter(str(place[1]), place[2:]) if len(place) > 2 else None
        if variable:
            problems.append(f"{variable} {words(found)}")
            continue
        asked = said.setter(str(place[1]), place[2:3]) if found["type"] == "missing" else None
        why = ""
        if asked and place[2] not in _tables(file)[str(place[1])]:
            why = f" {asked} asks for this section."
        problems.append(f"{path}: {dotted(shown(place))} {words(found)}{why}")
    return problems


def _tables(file: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The file's profiles that are tables."""
    profiles = file.get("profiles")
    found = profiles.items() if isinstance(profiles, dict) else ()
    return {name: table for name, table in found if isinstance(table, dict)}
