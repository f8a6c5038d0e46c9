"""The environment's say in the configuration: ``QTYDASH_`` and a key, nested by ``__``."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_origin

from qtydash.config.credentials import WRITTEN_KINDS
from qtydash.config.models import Profile, Secret
from qtydash.config.outline import Key, keys, settings
from qtydash.config.paths import CONFIG, HOME
from qtydash.domain.names import nearest

PREFIX = "QTYDASH_"
PROFILE = "QTYDASH_PROFILE"
_RESERVED = (HOME, CONFIG, PROFILE)
_OF_A_PROFILE = "PROFILES__"
_FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Override:
    """One variable that sets one value of one profile."""

    variable: str
    profile: str
    place: tuple[str, ...]
    value: object


@dataclass(frozen=True, slots=True)
class Environment:
    """What the variables say, and whole sentences about those that say nothing usable."""

    overrides: tuple[Override, ...] = ()
    problems: tuple[str, ...] = ()

    def setter(self, profile: str, place: Sequence[str | int]) -> str | None:
        """The variable that sets the value at ``place``, or a value above or below it."""
        for override in self.overrides:
            shorter = min(len(override.place), len(place))
            if override.profile == profile and override.place[:shorter] == tuple(place[:shorter]):
                return override.variable
        return None

    def tree(self) -> dict[str, object]:
        """The values as the file would nest them."""
        top: dict[str, object] = {}
        for override in self.overrides:
            table = top
            for step in ("profiles", override.profile, *override.place[:-1]):
                table = table.setdefault(step, {})  # type: ignore[assignment]
            table[override.place[-1]] = override.value
        return top


def read(variables: Mapping[str, str], profiles: Iterable[str], active: str | None) -> Environment:
    """Read every ``QTYDASH_`` variable. Without a profile in its name it speaks of the ``active`` one.

    In a variable's name a profile is written in any case, with ``_`` for ``-``.
    """
    by_spelling = {_spelling(name): name for name in profiles}
    overrides: dict[tuple[str, tuple[str, ...]], Override] = {}
    problems: list[str] = []
    for variable in sorted(variables):
        if not variable.startswith(PREFIX) or variable in _RESERVED:
            continue
        rest, profile = variable.removeprefix(PREFIX), active
        if rest.startswith(_OF_A_PROFILE):
            spelled, _, rest = rest.removeprefix(_OF_A_PROFILE).partition("__")
            profile = by_spelling.get(_spelling(spelled))
            if profile is None:
                problems.append(
                    f"{variable}: the file has no such profile. It has: {', '.join(by_spelling.values())}."
                )
                continue
        if not _is_unicode(variables[variable]):
            problems.append(f"{variable} is not UTF-8 text.")
            continue
        found = _find(rest.lower().split("__"))
        if isinstance(found, str):
            problems.append(f"{variable} {found}")
        elif profile is not None:
            place, key, kind = found
            override = Override(variable, profile, place, _value(variable, variables[variable], key, kind))
            twin = overrides.setdefault((profile, place), override)
            if twin is not override:
                problems.append(f"{twin.variable} and {variable} set the same value. Unset one of them.")
    return Environment(tuple(overrides.values()), tuple(problems))


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _spelling(profile: str) -> str:
    return profile.upper().replace("-", "_")


def _find(steps: Sequence[str]) -> tuple[tuple[str, ...], Key, str | None] | str:
    """The key that ``steps`` name and, for a secret, its kind; or what is wrong with them."""
    table: type = Profile
    for depth, step in enumerate(steps):
        key, below = keys(table).get(step), list(steps[depth + 1 :])
        if key is None:
            break
        place = tuple(steps[: depth + 1])
        if key.table and not below:
            example = next(iter(keys(key.table))).upper()
            return f"is a whole section. Set one of its keys, such as {_variable(place)}__{example}."
        if key.table:
            table = key.table
        elif not below:
            return place, key, None
        elif key.type is Secret and len(below) == 1 and below[0] in WRITTEN_KINDS:
            return place, key, below[0]
        else:
            break
    near = nearest("__".join(steps), ("__".join(place) for place, _ in settings()))
    return "is not a known setting." + (f" Did you mean {_variable([near])}?" if near else "")


def _variable(place: Sequence[str]) -> str:
    return PREFIX + "__".join(place).upper()


def _value(variable: str, text: str, key: Key, kind: str | None) -> object:
    if key.type is Secret:
        # The other kinds are unset, so that the variable replaces whatever the file says.
        unset: dict[str, object] = dict.fromkeys(WRITTEN_KINDS)
        if kind is None:
            return unset | {"env": variable}
        return unset | {kind: _decoded(text) if kind == "command" else text}
    if key.type is bool:
        return _FLAGS.get(text.lower(), text)
    return _decoded(text) if key.type in (int, float) or get_origin(key.type) in (tuple, dict) else text


def _decoded(text: str) -> object:
    """The value that the text writes; text that writes none stays text, for the rules to refuse."""
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
