"""The environment of programs that are started from here: ours, without the credentials that are in it."""

import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from qtydash.config.credentials import Secret
from qtydash.config.environment import PREFIX
from qtydash.config.models import Profile

_withheld: set[str] = set()


def withhold(profile: Profile) -> None:
    """From now on no program that is started gets the variables that credentials of ``profile`` are read from."""
    for secret in _secrets(profile):
        if secret.kind == "env":
            _withheld.add(secret.where[0])
        elif secret.kind == "plain":
            said = (name for name, value in os.environ.items() if value == secret.where[0])
            _withheld.update(name for name in said if name.startswith(PREFIX))


def environment() -> dict[str, str]:
    """What a program that is started gets."""
    return {name: value for name, value in os.environ.items() if name not in _withheld}


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _secrets(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _secrets(getattr(value, each.name))
