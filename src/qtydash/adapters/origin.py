"""Where requests may go: one scheme, host and port, and the path that all of them begin with."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from qtydash.domain.addresses import is_loopback
from qtydash.domain.errors import Unreachable
from qtydash.domain.vendors import Vendor

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """A vendor's address. ``prefix`` is the base URL's own path without a slash at its end, usually ""."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    def __str__(self) -> str:
        """Scheme, host and port, as in the journal."""
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def place(self) -> str:
        """The host as people write it, with the port where it is not the scheme's own."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    def is_at(self, scheme: str, host: str, port: int | None) -> bool:
        """Whether these three are this origin; a missing port is the scheme's own."""
        return (scheme, host, port or _PORTS.get(scheme)) == (self.scheme, self.host, self.port)

    @classmethod
    def of(cls, vendor: Vendor, base_url: str) -> "Origin":
        """The origin of a configured ``base_url``. Raises ``Unreachable`` when it cannot be used."""
        try:
            parts = urlsplit(base_url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            why = "is not an address"
        else:
            why = _objection(parts.scheme, host, base_url)
            if not why:
                return cls(parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))
        raise Unreachable(
            f"The `base_url` of {vendor.name} {why}; nothing was sent.",
            hint="Write it as https://host, without user name, query or fragment.",
            request_started=False,
        )


def _objection(scheme: str, host: str, base_url: str) -> str:
    if scheme not in _PORTS or not host:
        return "is not a web address"
    if not (base_url.isascii() and base_url.isprintable()) or " " in base_url:
        return "holds a letter that addresses cannot carry (write such a host in its xn-- form)"
    if any(mark in base_url for mark in "@?#\\%"):
        return "holds more than a host and a plain path"
    if scheme == "http" and not is_loopback(host):
        return "is plain http, which sends credentials in the clear"
    return ""
