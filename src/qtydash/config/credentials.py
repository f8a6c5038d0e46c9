"""How a credential is written: where it is found, or the credential itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from qtydash.config.markers import Parsed
from qtydash.domain.names import nearest
from qtydash.domain.text import safe_text

SecretKind = Literal["plain", "env", "command", "keyring", "file"]
WRITTEN_KINDS: tuple[SecretKind, ...] = tuple(kind for kind in get_args(SecretKind) if kind != "plain")
"""The kinds that are written as a table with this one key."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WAYS = (
    '{ env = "NAME" }, { command = ["program", "argument"] }, { keyring = "service/user" }, '
    '{ file = "path" } or the secret itself in quotes'
)


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a credential is found, or, for ``plain``, the credential itself. Never shown."""

    kind: SecretKind
    where: tuple[str, ...] = field(repr=False)
    """One element, but for ``command``: its argument list."""

    @classmethod
    def written(cls, value: object) -> "Secret":
        """Read a secret as the configuration writes it. Raises ``ValueError``, never with the value in it."""
        if isinstance(value, str):
            if not value:
                raise ValueError("must not be empty.")
            return cls("plain", (value,))
        if not isinstance(value, Mapping):
            raise ValueError(f"must be a secret: {_WAYS}.")
        told = {str(key): item for key, item in value.items() if item is not None}
        for key in told:
            if key not in WRITTEN_KINDS:
                near = nearest(key, WRITTEN_KINDS)
                hint = f"Did you mean `{near}`?" if near else f"A secret is {_WAYS}."
                raise ValueError(f"has an unknown key `{safe_text(key, 60)}`. {hint}")
        if len(told) != 1:
            raise ValueError(f"must have exactly one key: {_WAYS}.")
        kind = next(kind for kind in WRITTEN_KINDS if kind in told)
        return cls(kind, _where(kind, told[kind]))


def _where(kind: SecretKind, value: object) -> tuple[str, ...]:
    if kind == "command":
        if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
            raise ValueError(
                'needs `command` to be a list of texts, such as ["pass", "show", "name"]: no shell reads it.'
            )
        if not value[0] or any("\0" in part for part in value):
            raise ValueError("needs `command` to begin with the name of a program.")
        return tuple(value)
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"needs `{kind}` to be a text in quotes.")
    if kind == "env" and not _VARIABLE.fullmatch(value):
        raise ValueError("needs `env` to be the name of an environment variable, not its value.")
    if kind == "keyring" and not all(value.rpartition("/")):
        raise ValueError('needs `keyring` to be "service/user".')
    return (value,)


_NOT_EMPTY: dict[str, object] = {"type": "string", "minLength": 1}
WRITTEN_SECRET: Mapping[str, object] = {
    "description": "Where the credential is found, or the credential itself.",
    "anyOf": [
        _NOT_EMPTY,
        *(
            {
                "type": "object",
                "properties": {
                    kind: {"type": "array", "items": {"type": "string"}, "minItems": 1}
                    if kind == "command"
                    else _NOT_EMPTY
                },
                "required": [kind],
                "additionalProperties": False,
            }
            for kind in WRITTEN_KINDS
        ),
    ],
}

Credential = Annotated[Secret, Parsed(Secret.written, WRITTEN_SECRET)]
