"""Configurations that were checked and found good, known by a hash of all that they were made from.

A known one is read without the library that checks: its values need only be made what the models say. Only
hashes are kept, beside the cache; no value of the configuration is.
"""

import hashlib
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from typing import Annotated, Any, get_args, get_origin

from qtydash import __version__
from qtydash.config import environment
from qtydash.config.choice import chosen_profile, origins_of
from qtydash.config.markers import Checked, Parsed, ReadAs
from qtydash.config.models import Config, Paths, Profile
from qtydash.config.outline import bare, hints, keys
from qtydash.config.rules import keys as own_keys

KEPT = 8
"""Hashes kept; the oldest go first."""
LARGEST = 2**20
"""Bytes of a configuration that is worth remembering."""

_NAME = "config.good"


def mark_of(paths: Paths, variables: Mapping[str, str], profile: str | None) -> str | None:
    """The hash of everything the configuration is made from; None when its file cannot be read or is huge."""
    body = _body(paths)
    if body is None:
        return None
    said = sorted((name, value) for name, value in variables.items() if name.startswith(environment.PREFIX))
    told = repr((__version__, str(paths.config_file), said, profile)).encode("utf-8", "backslashreplace")
    return hashlib.sha256(hashlib.sha256(told).digest() + body).hexdigest()


def recalled(paths: Paths, variables: Mapping[str, str], profile: str | None) -> Config | None:
    """The configuration, if it is known to be good; else None."""
    mark = mark_of(paths, variables, profile)
    if mark is None or mark not in _marks(paths):
        return None
    try:
        return _read(paths, variables, profile)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # checking it again says what is wrong


def remember(paths: Paths, mark: str) -> None:
    """Keep a mark for the next start. Nothing is said when that fails: the next start is then a slower one."""
    marks = [*(known for known in _marks(paths) if known != mark), mark][-KEPT:]
    path = paths.cache_db.with_name(_NAME)
    draft = path.with_name(f"{_NAME}.new-{os.getpid()}-{os.urandom(4).hex()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(file, "".join(f"{known}\n" for known in marks).encode())
        finally:
            os.close(file)
        draft.replace(path)


def _marks(paths: Paths) -> list[str]:
    try:
        return paths.cache_db.with_name(_NAME).read_text("ascii").split()
    except (OSError, ValueError):
        return []


def _body(paths: Paths) -> bytes | None:
    try:
        if not paths.config_file.is_file():  # a pipe would be waited for
            return None
        with paths.config_file.open("rb") as file:
            body = file.read(LARGEST + 1)
    except (OSError, ValueError):
        return None
    return body if len(body) <= LARGEST else None


def _read(paths: Paths, variables: Mapping[str, str], profile: str | None) -> Config:
    file = tomllib.loads((_body(paths) or b"").decode())
    names = tuple(file["profiles"])
    active, origin, _ = chosen_profile(profile, variables.get(environment.PROFILE), file, names, paths.config_file)
    if active is None:
        raise ValueError("no profile is chosen")
    said = environment.read(variables, names, active)
    tree = _over(file["profiles"][active], said.tree().get("profiles", {}).get(active, {}))  # type: ignore[attr-defined]
    made: Profile = _table(Profile, {**tree, "name": active})
    origins = {"profile": origin, **origins_of(made, said, file, paths.config_file)}
    return Config(paths, made, names, own_keys(file.get("keys", {})), origins)


def _over(below: Any, above: Any) -> Any:
    """``above`` laid over ``below``: tables key by key, everything else whole."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _over(below.get(key), value) for key, value in above.items()}}


def _table(kind: type, written: Mapping[str, Any]) -> Any:
    """The dataclass ``kind`` of a checked table."""
    annotations = hints(kind)
    named = {key.written: key.name for key in keys(kind).values()} | ({"name": "name"} if kind is Profile else {})
    return kind(**{named[key]: _value(annotations[named[key]], value) for key, value in written.items()})


def _value(annotation: Any, written: Any) -> Any:
    """A checked value as the model has it."""
    if get_origin(annotation) is Annotated:
        inner, *markers = get_args(annotation)
        value = written
        if not any(isinstance(marker, Parsed) for marker in markers):
            told = next((marker.type for marker in markers if isinstance(marker, ReadAs)), inner)
            value = _value(told, written)
        for marker in markers:
            if isinstance(marker, Parsed):
                value = marker.parse(value)
            elif isinstance(marker, Checked):
                value = marker.rule(value)
        return value
    if get_origin(annotation) is tuple:
        return tuple(_value(get_args(annotation)[0], item) for item in written)
    arms = (
        [arm for arm in get_args(annotation) if arm is not type(None)]
        if bare(annotation) is not annotation
        else []
    )
    if arms:
        return None if written is None else _value(arms[0], written)
    if get_origin(annotation) is dict:
        return {key: _value(get_args(annotation)[1], item) for key, item in written.items()}
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _table(annotation, written)
    return float(written) if annotation is float else written
