"""What every vendor's routes share: refusing in the vendor's own words, and reading what was asked."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from qtydash.domain.vendors import VendorKey

Json = dict[str, Any]

KOREAN_FORBIDDEN = "이 작업을 수행할 권한(permission)이 없습니다."
KOREAN_NOT_FOUND = "찾을 수 없습니다."

_PREFIXES: tuple[tuple[str, VendorKey], ...] = (
    ("/v1/channel/", "tickets"),
    ("/v1/gifts", "gifts"),
    ("/v1/token/", "gifts"),
    ("/ccstore/", "cart"),
    ("/ccagent/", "cart"),
    ("/api/v1/partner/", "order_qty"),
)
_OPENS_SESSION = ("/ccstore/v1/login", "/ccstore/v1/refresh")


class Declined(Exception):
    """The request is refused with this status and body."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        super().__init__(status)


def vendor_of(path: str) -> VendorKey | None:
    """The vendor whose API ``path`` belongs to, None for any other path."""
    return next((vendor for prefix, vendor in _PREFIXES if path.startswith(prefix)), None)


def is_write(method: str, path: str) -> bool:
    """Whether a request can change stock. Opening or renewing a session changes none."""
    return method not in ("GET", "HEAD") and path not in _OPENS_SESSION


def error_body(vendor: VendorKey, status: int, message: str, code: str = "") -> Json:
    """An error as that vendor words it (AX Cloud: Django REST framework's; the others: their documents)."""
    match vendor:
        case "tickets":
            # Both keys are documented: `message` with 404, `detail` with the rest.
            words = {403: KOREAN_FORBIDDEN, 404: KOREAN_NOT_FOUND}.get(status, message)
            return {"message" if status == 404 else "detail": words}
        case "gifts":
            if status in (401, 403):
                return {"message": message, "code": code or "Unauthorized", "extras": {}}
            return {"error": message, "code": code or _SHOPLINE_CODES.get(status, "UnknownError")}
        case "cart":
            return {
                "message": message,
                "errorCode": code or str(status),
                "devMessage": None,
                "moreInfo": None,
                "o:errorPath": None,
                "status": str(status),
            }
        case "order_qty":
            return {"error": code or "PartnerApiError", "message": message, "status": status}


_SHOPLINE_CODES = {404: "NotFound", 422: "UnprocessableEntity", 429: "RateLimitExceeded"}


def multi_error(status: int, message: str, *codes: tuple[str, str]) -> Json:
    """Oracle's second error shape; ``codes`` are (code, message) pairs."""
    return {
        "errors": [error_body("cart", status, words, code) for code, words in codes],
        "message": message,
        "status": str(status),
    }


def decline(vendor: VendorKey, status: int, message: str, code: str = "") -> Declined:
    """An exception that answers with the vendor's error; raise it."""
    return Declined(status, error_body(vendor, status, message, code))


def answer_declined(_request: Request, declined: Exception) -> JSONResponse:
    """Starlette's handler for ``Declined``."""
    assert isinstance(declined, Declined)
    return JSONResponse(declined.body, declined.status)


def whole_number(query: Mapping[str, str], name: str, default: int) -> int | None:
    """A query parameter of 1 or more; None when it is anything else."""
    text = query.get(name, str(default))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0 else None


async def json_object(request: Request) -> Json | None:
    """The body as a JSON object, None when it is anything else."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def is_integer(value: object) -> bool:
    """Whether a JSON value is an integer; true and 3.0 are not."""
    return isinstance(value, int) and not isinstance(value, bool)
