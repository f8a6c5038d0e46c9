"""A client's secrets: fit for a header, and masked wherever a vendor repeats them."""

from pydantic import SecretStr

from qtydash.adapters.requests import Headers
from qtydash.domain.errors import Unauthorized
from qtydash.domain.vendors import Vendor

_MASK = "•••"
_SHORTEST = 4
"""Shorter values are left alone: masking every "1" would make words unreadable and hide nothing."""


def reveal(value: SecretStr | str) -> str:
    """The text itself. Call it where the text is used, and keep the result nowhere."""
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def check_headers(vendor: Vendor, headers: Headers) -> None:
    """Raise ``Unauthorized`` for a value that no header can carry; the transport's own error would print it."""
    for name, value in headers.items():
        text = reveal(value)
        if not (text.isascii() and text.isprintable() and text == text.strip()):
            raise Unauthorized(
                f"The credential sent to {vendor.name} as {name!r} holds a line break, a blank at an end or a "
                "letter that a header cannot carry; nothing was sent.",
                request_started=False,
            )


class Mask:
    """Hides secrets, by value, in outside text."""

    def __init__(self, headers: Headers) -> None:
        self._secrets = [value for value in headers.values() if isinstance(value, SecretStr)]

    def add(self, secret: SecretStr) -> None:
        self._secrets.append(secret)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            value = secret.get_secret_value()
            # "Token abc": the vendor may repeat the part behind the scheme alone.
            for part in (value, value.rpartition(" ")[2]):
                if len(part) >= _SHORTEST:
                    text = text.replace(part, _MASK)
        return text
