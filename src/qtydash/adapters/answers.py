"""What comes back: an answer's bytes, and the one error family an answer that says no becomes.

Error bodies, as documented: AX Cloud ``{message}`` or ``{detail}``; SHOPLINE ``{error, code, caused_by}`` or
``{message, code, extras}``; Oracle ``{message, errorCode, …}`` or ``{errors: […], message}``, at any status;
BLAZE ``{error, message, status}``; a login ``{error, error_description}``.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from qtydash.domain.errors import (
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    UnexpectedAnswer,
    VendorError,
)
from qtydash.domain.vendors import Vendor

_ORACLE_HINTS = {
    "28313": "The shopper has no cart at the moment; nothing was changed.",
    "82001": "The shop asks for a header: set `visitor_id` or `organization` for this session.",
    "100095": "The order belongs to another organization: set `organization` for this session.",
}
_MAX_ERRORS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end. ``reason`` and ``location`` are outside text as it came.

    ``redact`` hides the secrets of the client that asked, in any words of the answer that are shown or kept.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    reason: str = field(default="", repr=False)
    location: str = field(default="", repr=False)
    retry_after: str = field(default="", repr=False)
    redact: Callable[[str], str] = field(kw_only=True, repr=False, compare=False)

    def told_inside(self, status: int) -> "Answer":
        """The same answer under the status that its body tells, where that is another than the one outside."""
        return replace(self, status=status)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_json(self) -> bool:
        """Whether it says it is JSON; an answer without a content type is given the benefit of the doubt."""
        return not self.content_type or self.content_type == "text/json" or self.content_type.endswith("json")


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """A Retry-After header (RFC 9110 §10.2.3: seconds or a date) as seconds from ``now``; None if unreadable."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return max(0.0, (aware - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def failure(
    vendor: Vendor,
    answer: Answer,
    *,
    now: datetime | None = None,
    what: str = "",
) -> VendorError:
    """The error that an answer outside 2xx is, without a secret in it.

    ``now`` dates a Retry-After, ``what`` names what was asked for.
    """
    words, code = vendor_words(answer)
    redact = answer.redact
    wait = retry_after_seconds(answer.retry_after, now or datetime.now(UTC))
    error = _failure(vendor, answer, redact(words), redact(code), redact(_target(answer.location)), what, wait)
    error.body, error.retry_after = answer.body, wait
    return error


def _failure(
    vendor: Vendor, answer: Answer, words: str, code: str, target: str, what: str, wait: float | None
) -> VendorError:
    status, name = answer.status, vendor.name
    if status == 401:
        return Unauthorized(f"{name} does not accept the credentials (401).", words=words, status=status)
    if status == 403:
        sentence = f"{name} does not allow this with the configured credentials (403)."
        return Unauthorized(sentence, words=words, status=status)
    if status == 429:
        asked = "" if wait is None else f" and to wait {wait:.0f} s"
        sentence = f"{name} asks to slow down{asked} (429)."
        return RateLimited(sentence, retry_after=wait, words=words, status=status)
    if business_code(answer) and status not in (404, 410):
        hint = _ORACLE_HINTS.get(code)
        if hint is None and status >= 500:
            hint = "Read the cart again to see what holds: the vendor sends such refusals as server errors."
        sentence = f"{name} refused the request ({status}, code {code})."
        return Refused(sentence, code=code, words=words, hint=hint, status=status)
    if status in (404, 410):
        sentence = f"{name} does not know {what or 'what was asked for'} ({status})."
        return NotFound(sentence, words=words, hint=_ORACLE_HINTS.get(code), status=status)
    if 300 <= status < 400:
        sentence = f"{name} redirected {target}instead of answering ({status})."
        return UnexpectedAnswer(sentence, words=words, status=status)
    if 400 <= status < 500 and status != 408:
        return Refused(f"{name} refused the request ({status}).", code=code, words=words, status=status)
    hint = f"Nothing to correct here: {name} has trouble. Try again later." if status >= 500 else None
    return UnexpectedAnswer(f"{name} did not answer as asked ({status}).", words=words, hint=hint, status=status)


def business_code(answer: Answer) -> bool:
    """Whether the body carries an ``errorCode`` of Oracle's own: a business error, whatever the status says.

    A code that only repeats the HTTP status is none.
    """
    document = body_object(answer)
    codes = [_plain(part["errorCode"]) for part in (document, *_errors(document)) if "errorCode" in part]
    return any(code != str(answer.status) for code in codes)


def vendor_words(answer: Answer) -> tuple[str, str]:
    """The vendor's own message and code, "" where it gave none."""
    document = body_object(answer)
    parts = [*_errors(document), document]
    told = [text for part in parts[:-1][:_MAX_ERRORS_TOLD] if (text := _message(part))]
    words = "; ".join(dict.fromkeys(told)) or _message(document)
    code = next((text for part in parts for key in ("errorCode", "code") if (text := _plain(part.get(key)))), "")
    return words or _unusual_reason(answer), code


def told_status(value: object) -> object:
    """A status in a body; where it is a number written as text, as the number."""
    is_number = isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit()
    return int(str(value)) if is_number else value


def body_object(answer: Answer) -> dict[str, object]:
    """The object of a body that is one, else nothing."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _errors(document: dict[str, object]) -> list[dict[str, object]]:
    listed = document.get("errors")
    entries = listed if isinstance(listed, list) else [document.get("error")]
    return [entry for entry in entries if isinstance(entry, dict)]


def _message(part: dict[str, object]) -> str:
    for key in ("message", "detail", "error_description", "error", "devMessage"):
        value = part.get(key)
        if isinstance(value, list):
            value = "; ".join(text for text in value[:_MAX_ERRORS_TOLD] if isinstance(text, str))
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _plain(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _unusual_reason(answer: Answer) -> str:
    try:
        usual = HTTPStatus(answer.status).phrase
    except ValueError:
        usual = ""
    return "" if answer.reason.strip().lower() == usual.lower() else answer.reason.strip()


def _target(location: str) -> str:
    """Where a redirect points, without the query: it may carry a token."""
    try:
        parts = urlsplit(location)
        host = parts.hostname or ""
    except ValueError:
        return ""
    place = (f"{parts.scheme}://{host}" if host else "") + parts.path
    return f"to {place} " if place else ""
