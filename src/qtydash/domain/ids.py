"""The one rule for a vendor's ids: each is one path segment of a URL and leads nowhere else."""

import re

ALLOWED = "1 to 128 letters, digits, '.', '_', ':' or '-', but not '.', '..' or 'consumerCart'"
"""What an id may be, for the sentence of a refusal."""

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# "consumerCart" is a path segment of its own in BLAZE's routes; the dots survive quoting and climb.
_ROUTES = {".", "..", "consumercart"}


def is_usable_id(text: str) -> bool:
    """Whether ``text`` is what ``ALLOWED`` says."""
    return bool(_ID.fullmatch(text)) and text.lower() not in _ROUTES
