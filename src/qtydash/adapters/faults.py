"""Why no whole answer came, in words: name resolution, connection, TLS, proxy, deadline, a broken answer.

Transport exceptions are told apart by name and by the operating system's errors beneath them; their own texts
are never shown, because they may repeat addresses and headers.
"""

import errno
import socket
import ssl
from collections.abc import Iterator

from qtydash.domain.errors import UnexpectedAnswer, Unreachable, VendorError
from qtydash.domain.vendors import Vendor

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
# The transport's words for a connection that closed before the first byte of an answer.
_SILENT_CLOSE = "Server disconnected without sending a response."


def fault(
    vendor: Vendor,
    error: Exception,
    *,
    host: str,
    deadline: float,
    status: int | None,
    request_started: bool,
) -> VendorError:
    """The vendor error for a transport exception; ``status`` is the HTTP status if one had arrived."""
    name = type(error).__name__
    sentence, hint = _words(vendor.name, host, error, deadline, status)
    broken = status is not None and not isinstance(error, TimeoutError) and not name.endswith("Timeout")
    malformed = name in ("RemoteProtocolError", "DecodingError") and str(error) != _SILENT_CLOSE
    kind = UnexpectedAnswer if broken or malformed else Unreachable
    told = kind(sentence, hint=hint, status=status, request_started=request_started)
    told.fault = name
    return told


def _words(
    vendor: str, host: str, error: Exception, deadline: float, status: int | None
) -> tuple[str, str | None]:
    name = type(error).__name__
    causes = list(_chain(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"The name {host} of {vendor} could not be resolved.", None
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message or "it could not be verified"
            return (
                f"The certificate of {host} is not trusted: {why}.",
                "Nothing was sent. Check `base_url`, the clock, and whether a proxy stands in between.",
            )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"No secure connection to {host} ({vendor}) could be made: TLS failed.", None
    if name == "ConnectTimeout":
        return f"{vendor} did not accept a connection to {host} in time.", None
    if name == "ProxyError":
        return f"The proxy did not let the request through to {vendor}.", "Check `proxy` in the profile."
    if isinstance(error, TimeoutError) or name.endswith("Timeout"):
        done = "answer" if status is None else "finish its answer"
        return f"{vendor} did not {done} within {deadline:g} s.", None
    if name == "ConnectError":
        if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
            return f"{vendor} refused the connection: nothing listens at {host}.", None
        if any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in causes):
            return f"There is no network path to {host} ({vendor}).", None
        return f"No connection to {vendor} at {host} could be made.", None
    if status is not None:
        return f"{vendor}'s answer was cut short: the connection broke while it was read.", None
    if name == "RemoteProtocolError" and str(error) != _SILENT_CLOSE:
        return f"{vendor} sent something that is not an HTTP answer.", None
    if name in ("ReadError", "WriteError", "RemoteProtocolError", "CloseError"):
        return f"{vendor} closed the connection before it answered.", None
    return f"The request to {vendor} failed ({name}).", None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything beneath it, groups opened."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
