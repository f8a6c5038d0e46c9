"""What goes into a request: ids that cannot lead to another route, and bodies with one spelling."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import SecretStr

from qtydash.domain.errors import InvalidId
from qtydash.domain.ids import is_usable_id

Headers = Mapping[str, SecretStr | str]
Params = Mapping[str, str | int]


def checked_id(kind: str, value: str) -> str:
    """Return ``value`` if it can be one path segment of a URL and nothing else.

    Raises ``InvalidId``, which calls it ``kind``.
    """
    if not is_usable_id(value):
        raise InvalidId(kind, value)
    return value


def segment(kind: str, value: str) -> str:
    """``checked_id``, quoted for a path."""
    return quote(checked_id(kind, value), safe="")


def canonical_json(value: object) -> bytes:
    """The one spelling of a body: sorted keys, no blanks, UTF-8. What is journalled is what is sent."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
