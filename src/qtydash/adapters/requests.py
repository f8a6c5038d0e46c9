"""What goes into a request: ids that cannot lead to another route, and bodies with one spelling."""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import SecretStr

from qtydash.domain.errors import InvalidId

Headers = Mapping[str, SecretStr | str]
Params = Mapping[str, str | int]

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# "consumerCart" is a path segment of its own in BLAZE's routes; the dots survive quoting and climb.
_ROUTES = {".", "..", "consumercart"}


def checked_id(kind: str, value: str) -> str:
    """Return ``value`` if it can be one path segment of a URL and nothing else.

    Raises ``InvalidId``, which calls it ``kind``.
    """
    if not _ID.fullmatch(value) or value.lower() in _ROUTES:
        raise InvalidId(kind, value)
    return value


def segment(kind: str, value: str) -> str:
    """``checked_id``, quoted for a path."""
    return quote(checked_id(kind, value), safe="")


def canonical_json(value: object) -> bytes:
    """The one spelling of a body: sorted keys, no blanks, UTF-8. What is journalled is what is sent."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
