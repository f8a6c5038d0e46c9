"""How each kind of value is written in the configuration, and what it may not be.

Every refusal is a ``ValueError`` whose words follow the key's name ("must be …") and never repeat what was
written, which may be a credential in the wrong place.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from qtydash.config.markers import Checked, Parsed
from qtydash.domain import ids
from qtydash.domain.addresses import is_loopback
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import LowThreshold

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=365)
REFRESH_FLOOR = timedelta(seconds=5)

_DURATION = re.compile(r"(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s)?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_PROFILE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]|_(?!_)){0,39}")
_TAKEN_HEADERS = {"authorization", "host", "content-length", "content-type", "transfer-encoding", "connection"}


def duration(written: object) -> timedelta:
    """Read ``90s``, ``45m``, ``2h``, ``3d`` or ``1h30m``: one second to a year.

    >>> duration("1h30m")
    datetime.timedelta(seconds=5400)
    """
    match = _DURATION.fullmatch(written) if isinstance(written, str) and written else None
    if match is None:
        raise ValueError('must be a duration in quotes, such as "90s", "45m", "2h", "3d" or "1h30m".')
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not SHORTEST <= length <= LONGEST:
        raise ValueError("must be a duration from 1s to 365d.")
    return length


def refresh(written: object) -> timedelta | None:
    """Read a duration of at least five seconds, or ``off`` (None)."""
    if written == "off":
        return None
    try:
        return interval(written)
    except ValueError as error:
        raise ValueError(f'{str(error)[:-1]}, or "off".') from None


def interval(written: object) -> timedelta:
    """Read a duration of at least five seconds: vendors are not asked more often."""
    length = duration(written)
    if length < REFRESH_FLOOR:
        raise ValueError('must be at least "5s".')
    return length


def in_words(length: timedelta) -> str:
    """Write a duration as ``duration`` reads it, in whole seconds.

    >>> in_words(timedelta(minutes=90)), in_words(timedelta(seconds=90))
    ('1h30m', '90s')
    """
    rest = int(length.total_seconds())
    if 60 <= rest < 120:
        return f"{rest}s"
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def base_url(written: object) -> str:
    """Read a vendor's address: https (http on this machine only), no credentials, query or fragment.

    Scheme and host come out in lower case and a trailing slash goes, so that one address has one spelling.
    """
    address = _address(written)
    host = urlsplit(address).hostname or ""
    if address.startswith("http://") and not is_loopback(host):
        raise ValueError("must begin with https:// (http:// is accepted for this machine only).")
    return address


def proxy(written: object) -> str:
    """Read a proxy's address, http or https; "" means none."""
    return "" if written == "" else _address(written)


def _address(written: object) -> str:
    if not isinstance(written, str) or not written.isascii() or not written.isprintable() or " " in written:
        raise ValueError('must be an address in quotes, such as "https://api.example.com", in plain letters.')
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("must be an address; its host or port cannot be read.") from None
    if parts.scheme not in ("https", "http"):
        raise ValueError("must begin with https://.")
    if not host or port == 0 or "\\" in written:
        raise ValueError("must be an address; its host or port cannot be read.")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name or a password.")
    if "?" in written or "#" in written:
        raise ValueError("must not hold a query (?) or a fragment (#).")
    if {".", ".."} & set(parts.path.split("/")):
        raise ValueError("must not hold . or .. as a part of its path.")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def one_line(text: str) -> str:
    """Refuse what would not show as it is written."""
    if safe_text(text) != text:
        raise ValueError("must be one line of printable text.")
    return text


def session_name(text: str) -> str:
    """Refuse an empty name, and what would not show as it is written."""
    if not text.strip():
        raise ValueError("must not be empty.")
    return one_line(text)


def header_value(text: str) -> str:
    """Refuse what cannot be sent as an HTTP header."""
    if not (text.isascii() and text.isprintable()) or text.strip() != text:
        raise ValueError("is sent as a header, so it must be plain ASCII text without spaces around it.")
    return text


def required_header_value(text: str) -> str:
    """As ``header_value``, and not empty."""
    if not text:
        raise ValueError("must not be empty.")
    return header_value(text)


def header_name(text: str) -> str:
    """Refuse what is no header's name, and the names that are used for something else."""
    if not _HEADER_NAME.fullmatch(text):
        raise ValueError("must be a header's name: letters, digits, - and _.")
    if text.lower() in _TAKEN_HEADERS:
        raise ValueError("must be another header: this one is used for something else.")
    return text


def vendor_id(text: str) -> str:
    """Refuse an id that could lead a request to another route."""
    if not ids.is_usable_id(text):
        raise ValueError(f"must be an id: {ids.ALLOWED}.")
    return text


def profile_name(text: str) -> str:
    """Refuse a profile's name that could not be written in a variable's name."""
    if not _PROFILE_NAME.fullmatch(text):
        raise ValueError("is no name for a profile: use up to 40 letters, digits, - and single _.")
    return text


def command(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a program that could not be started. None at all means that nothing is."""
    if arguments and not arguments[0]:
        raise ValueError("must begin with the name of a program.")
    if any("\0" in argument for argument in arguments):
        raise ValueError("must not hold a NUL character.")
    return arguments


def languages(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an empty list of languages."""
    if not codes or not all(codes):
        raise ValueError('must name at least one language, such as ["en"].')
    return codes


def low_threshold(low: LowThreshold) -> LowThreshold:
    """Refuse thresholds that no stock could be compared with."""
    if not (0 <= low.left <= 1_000_000_000 and 0 <= low.ratio <= 1):
        raise ValueError("needs a `left` of 0 or more and a `ratio` from 0 to 1.")
    return low


def keys(written: object) -> dict[str, str]:
    """Read commands' own keys: an id to a key, in a table that may be nested at the dots of the ids.

    >>> keys({"refresh": "f5", "tickets": {"low": "L"}})
    {'refresh': 'f5', 'tickets.low': 'L'}
    """
    found: dict[str, str] = {}
    tables: list[tuple[str, object]] = [("", written)]
    while tables:
        above, table = tables.pop(0)
        if not isinstance(table, Mapping):
            raise ValueError('must be a table of keys in quotes, such as { refresh = "f5" }.')
        for name, key in table.items():
            if isinstance(key, str):
                found[f"{above}{name}"] = key
            else:
                tables.append((f"{above}{name}.", key))
    return found


def unique(attribute: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Make a rule that refuses two items of a list with the same ``attribute``."""

    def rule(items: tuple[Any, ...]) -> tuple[Any, ...]:
        seen: set[object] = set()
        for item in items:
            value = getattr(item, attribute)
            if value in seen:
                raise ValueError(f"must not hold {safe_text(str(value), 60)!r} twice.")
            seen.add(value)
        return items

    return rule


_WRITTEN_DURATION: dict[str, object] = {
    "type": "string",
    "pattern": "^(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
}
_WRITTEN_ADDRESS: dict[str, object] = {"type": "string", "format": "uri"}

_WRITTEN_KEYS: dict[str, object] = {
    "type": "object",
    "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "object"}]},
}

Duration = Annotated[timedelta, Parsed(duration, _WRITTEN_DURATION)]
Interval = Annotated[timedelta, Parsed(interval, _WRITTEN_DURATION)]
Refresh = Annotated[
    timedelta | None, Parsed(refresh, {"anyOf": [_WRITTEN_DURATION, {"const": "off", "type": "string"}]})
]
BaseUrl = Annotated[str, Parsed(base_url, _WRITTEN_ADDRESS)]
Proxy = Annotated[str, Parsed(proxy, {"type": "string"})]
Keys = Annotated[dict[str, str], Parsed(keys, _WRITTEN_KEYS)]
Line = Annotated[str, Checked(one_line)]
VendorId = Annotated[str, Checked(vendor_id)]
HeaderValue = Annotated[str, Checked(header_value)]
