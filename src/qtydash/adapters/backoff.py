"""When a read is tried again, and how long is waited before."""

import random
from dataclasses import dataclass

from qtydash.domain.errors import RateLimited, Unreachable, VendorError

_STATUS = {502, 503, 504}
_FAULTS = {"ConnectError", "ConnectTimeout", "ReadError", "RemoteProtocolError"}
"""No connection, or one that closed before the first byte of an answer."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How reads are tried again. Waits are in seconds; a jitter of up to ``jitter`` is added to each."""

    attempts: int = 3
    initial: float = 0.5
    longest: float = 5.0
    jitter: float = 0.5
    rate_limited: float = 1.0
    """Wait after a 429 that names no time."""
    longest_retry_after: float = 30.0
    """A vendor that asks for more is not waited for: the error names the wait."""

    def wait(self, error: Exception) -> bool | float:
        """Whether to try again after ``error``; a number is the wait that the vendor asked for."""
        if not isinstance(error, VendorError):
            return False
        limited = isinstance(error, RateLimited)
        if limited or error.status in _STATUS:
            asked = error.retry_after
            if asked is not None:
                return asked + self._jitter() if asked <= self.longest_retry_after else False
            return self.rate_limited + self._jitter() if limited else True
        return isinstance(error, Unreachable) and error.status is None and error.fault in _FAULTS

    def _jitter(self) -> float:
        return random.uniform(0.0, self.jitter)  # noqa: S311 - spreads load, guards nothing
