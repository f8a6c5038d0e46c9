"""What can be wrong with the configuration, as sentences for the person who wrote it."""

from collections.abc import Sequence
from pathlib import Path


class ConfigError(Exception):
    """The configuration cannot be used. ``problems`` are whole sentences, one per thing to correct."""

    def __init__(self, problem: str, *more: str) -> None:
        self.problems: tuple[str, ...] = (problem, *more)
        super().__init__(_together(self.problems))


class ConfigMissing(ConfigError):
    """There is no configuration file yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"There is no configuration file at {path}. "
            "Make one with `qtydash config init`, or look around with `qtydash demo`, which needs none."
        )


class SecretError(ConfigError):
    """A credential could not be had from where the configuration says it is. Never holds the credential."""


def _together(problems: Sequence[str]) -> str:
    if len(problems) == 1:
        return problems[0]
    return "\n".join((f"The configuration has {len(problems)} problems:", *(f"  {p}" for p in problems)))
