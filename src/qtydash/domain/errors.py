"""One family of errors for everything a vendor can do to a request.

Each is a sentence for the person who must act: what happened, in English; the vendor's own words, made safe;
and what to do next.
"""

from typing import ClassVar

from qtydash.domain import ids
from qtydash.domain.text import safe_text

MAX_SENTENCE = 1_000
"""Our own sentences may name a file, whose path may be long; what to do stands at their end."""
MAX_WORDS = 300
"""Characters kept of what a vendor says."""


class VendorError(Exception):
    """A request to a vendor that did not end as asked.

    ``sentence`` says what happened, ``words`` are the vendor's own (safe to draw, "" when there were none),
    ``hint`` says what to do. ``status`` is the HTTP status where one arrived. ``request_started`` is False only
    when it is certain that no byte of the request left: then, and only then, nothing can have been applied.
    """

    default_hint: ClassVar[str] = "Try again; if it stays, run `qtydash config check`."

    fault: str = ""
    """Name of the transport exception behind it, "" when an answer came."""
    body: bytes = b""
    """The answer's body as it arrived, for whoever must judge a write. Never shown."""
    retry_after: float | None = None
    """Seconds the vendor asks to wait, where it named them."""

    def __init__(
        self,
        sentence: str,
        *,
        words: str = "",
        hint: str | None = None,
        status: int | None = None,
        request_started: bool = True,
    ) -> None:
        self.sentence = safe_text(sentence, MAX_SENTENCE)
        self.words = safe_text(words, MAX_WORDS)
        self.hint = self.default_hint if hint is None else hint
        self.status = status
        self.request_started = request_started
        super().__init__(sentence)

    def __str__(self) -> str:
        return self.full

    @property
    def reason(self) -> str:
        """The sentence with the vendor's own words, without the hint."""
        if not self.words:
            return self.sentence
        return f'{self.sentence} They say: "{self.words}"{"" if self.words[-1] in ".!?…。！？" else "."}'

    @property
    def full(self) -> str:
        """Everything: what happened, the vendor's own words, what to do."""
        return f"{self.reason} {self.hint}".strip()


class Unreachable(VendorError):
    """No answer: name resolution, connection, TLS, or the deadline."""

    default_hint = "Check the network and `base_url`; cached data stays readable."


class Unauthorized(VendorError):
    """The vendor does not accept the credentials (401, 403)."""

    default_hint = "Check the key in the configuration: `qtydash config check` tests each one."


class NotFound(VendorError):
    """The vendor does not know what was asked for (404, 410)."""

    default_hint = "Check the id."


class Refused(VendorError):
    """The vendor understood and refused (other 4xx, or a business error). ``code`` is its error code or ""."""

    default_hint = "Nothing was changed. Correct what the vendor names, then try again."

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "",
        words: str = "",
        hint: str | None = None,
        status: int | None = None,
        request_started: bool = True,
    ) -> None:
        self.code = safe_text(code, 60)
        super().__init__(sentence, words=words, hint=hint, status=status, request_started=request_started)


class RateLimited(VendorError):
    """Too many requests (429). ``retry_after`` is in seconds where the vendor named one."""

    default_hint = "Wait a little; a longer `refresh` in the profile asks less often."

    def __init__(
        self,
        sentence: str,
        *,
        retry_after: float | None = None,
        words: str = "",
        hint: str | None = None,
        status: int | None = 429,
        request_started: bool = True,
    ) -> None:
        self.retry_after = retry_after
        super().__init__(sentence, words=words, hint=hint, status=status, request_started=request_started)


class UnexpectedAnswer(VendorError):
    """An answer that is not what the vendor documents: HTML, a cut body, an unknown shape, a redirect, a 5xx."""

    default_hint = "Check `base_url`; if it is right, the vendor has trouble or has changed its answer."


class ReadOnlyProfile(Exception):
    """A write was asked for in a profile that is read-only. Nothing was sent."""

    def __init__(self, profile: str) -> None:
        super().__init__(
            f"Profile {profile!r} is read-only, so nothing was sent. Set `write = true` in it to allow changes."
        )


class InvalidId(ValueError):
    """An id that could lead a request to another route. Nothing was sent."""

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(f"{safe_text(value, 60)!r} is not a usable {kind}: use {ids.ALLOWED}. Nothing was sent.")
