"""Tolerant in: the scalar types of the four wires, JSON without surprises, and rows set aside.

Each type takes what the vendors are known to send for one meaning (a whole number as 3, "3" or 3.0) and refuses
what only looks like it (true, "1_000", inf, beyond ±2^53). A row that cannot be read is set aside and counted;
what is wrong with it is told without repeating what it holds.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, NoReturn, TypeVar

from pydantic import Field, PlainValidator, Strict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from qtydash.domain.errors import UnexpectedAnswer
from qtydash.domain.text import MAX_TEXT, safe_text
from qtydash.domain.vendors import Vendor

W = TypeVar("W")

MAX_WHOLE = 2**53
MAX_ASIDE = 100_000
"""Rows of one read that are set aside, before all of it is given up."""
MAX_CODE = 128
"""Characters kept of an identity."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)?", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAGES_TOLD = 3


def _fail(reason: str) -> NoReturn:
    raise PydanticCustomError("wire", reason)


def _is_empty(value: object) -> bool:
    """Nothing, in JSON or in AX Cloud's word for it."""
    return value is None or (isinstance(value, str) and value in ("", "Void"))


def _number(value: object) -> Decimal:
    if _is_empty(value):
        _fail("is missing")
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = Decimal(value.strip())
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    else:
        _fail("is not a number")
    if not number.is_finite() or not -MAX_WHOLE <= number <= MAX_WHOLE:
        _fail("is out of range")
    return number


def _whole(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        _fail("is not a whole number")
    return int(number)


def _day(value: object) -> date:
    if _is_empty(value):
        _fail("is missing")
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        _fail("is not a date")


def _instant(value: object) -> datetime | None:
    """An ISO 8601 time as UTC; without an offset it is UTC already. None when unreadable: it decides nothing."""
    try:
        moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _epoch_ms(value: object) -> datetime | None:
    if type(value) is int and -MAX_WHOLE <= value <= MAX_WHOLE:  # as nearly all are sent
        try:
            return _EPOCH + timedelta(milliseconds=value) if value else None
        except OverflowError:
            _fail("is not a time")
    if _is_empty(value) or (number := _number(value)) == 0:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=int(number))
    except OverflowError:
        _fail("is not a time")


def _flag(value: object) -> bool:
    if _is_empty(value):
        return False
    known = {"true": True, "false": False, "1": True, "0": False}
    if isinstance(value, bool | int | str) and (text := str(value).strip().lower()) in known:
        return known[text]
    _fail("is neither true nor false")


def _label(value: object) -> str:
    if isinstance(value, str):
        return "" if value == "Void" else safe_text(value)
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def _raw_code(value: object) -> str:
    if _is_empty(value):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    _fail("is not a code")


def _code(value: object) -> str:
    return safe_text(_raw_code(value), MAX_CODE)


def _required_code(value: object) -> str:
    return _code(value) or _fail("is missing")


_BOUNDED = Annotated[int, Strict(), Field(ge=-MAX_WHOLE, le=MAX_WHOLE)]
_UNION = Field(union_mode="left_to_right")

Whole = Annotated[_BOUNDED | Annotated[int, PlainValidator(_whole)], _UNION]
"""A whole number within ±2^53, also as "3" or 3.0. Plain ones never leave the parser."""
Day = Annotated[Annotated[date, Strict()] | Annotated[date, PlainValidator(_day)], _UNION]
"""A date without a time zone; the time of day, if one follows, is dropped."""
RawCode = Annotated[
    Annotated[str, Strict(), StringConstraints(min_length=5, max_length=MAX_CODE)]
    | Annotated[str, PlainValidator(_raw_code)],
    _UNION,
]
"""An identity as it came, a number as its digits, "" for nothing or ``Void``: not yet safe to draw."""
_PLAIN_AMOUNT = Annotated[Decimal, Strict(), Field(ge=-MAX_WHOLE, le=MAX_WHOLE)]
Amount = Annotated[_PLAIN_AMOUNT | Annotated[Decimal, PlainValidator(_number)], _UNION]
OptionalAmount = Annotated[
    _PLAIN_AMOUNT | Annotated[Decimal | None, PlainValidator(lambda v: None if _is_empty(v) else _number(v))],
    _UNION,
]
OptionalWhole = Annotated[
    _BOUNDED | Annotated[int | None, PlainValidator(lambda v: None if _is_empty(v) else _whole(v))], _UNION
]
Count = Annotated[int, PlainValidator(lambda v: 0 if _is_empty(v) else _whole(v))]
"""A whole number that is 0 when it is not sent."""
OptionalDay = Annotated[date | None, PlainValidator(lambda v: None if _is_empty(v) else _day(v))]
Instant = Annotated[datetime | None, PlainValidator(_instant)]
EpochMs = Annotated[datetime | None, PlainValidator(_epoch_ms)]
"""Epoch milliseconds as aware UTC; 0 and nothing are None."""
Flag = Annotated[Annotated[bool, Strict()] | Annotated[bool, PlainValidator(_flag)], _UNION]
OptionalFlag = Annotated[bool | None, PlainValidator(lambda v: None if _is_empty(v) else _flag(v))]
_PLAIN_LABEL = Annotated[
    str, Strict(), StringConstraints(max_length=MAX_TEXT, pattern=r"^(?:[ -~]{1,3}|[ -~]{5,})$")
]
"""As long as ``Void`` it may be that."""
Label = Annotated[_PLAIN_LABEL | Annotated[str, PlainValidator(_label)], _UNION]
"""Text that is only shown: safe to draw, "" when it is no text."""
_NOT_VOID = r"[!-UW-~][!-~]{3}"
_PLAIN_CODE = Annotated[
    str, Strict(), StringConstraints(pattern=rf"^(?:[!-~]{{1,3}}|{_NOT_VOID}|[!-~]{{5,{MAX_CODE}}})$")
]
"""Safe to draw as it came, and no word for nothing."""
Code = Annotated[_PLAIN_CODE | Annotated[str, PlainValidator(_code)], _UNION]
"""An identity that is safe to draw, "" for nothing or ``Void``. Plain ones never leave the parser."""
RequiredCode = Annotated[_PLAIN_CODE | Annotated[str, PlainValidator(_required_code)], _UNION]


def read_json(vendor: Vendor, body: bytes, *, status: int | None = None) -> object:
    """The JSON in ``body``, fractions as ``Decimal``. Raises ``UnexpectedAnswer`` when it holds none."""
    try:
        document: object = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, InvalidOperation):
        pass
    else:
        return document
    what = "an empty answer" if not body.strip() else "an answer that is not JSON, or is cut short"
    error = UnexpectedAnswer(f"{vendor.name} sent {what}.", status=status)
    error.body = body
    raise error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def is_plain(body: bytes) -> bool:
    """Whether no string in this JSON can hold anything but printable ASCII, so that all of it is safe to draw."""
    return body.isascii() and b"\\" not in body and b"\x7f" not in body


def unknown_answer(vendor: Vendor, *, status: int | None = None) -> UnexpectedAnswer:
    """The error for JSON of a shape that no document of the vendor describes."""
    return UnexpectedAnswer(
        f"{vendor.name} sent an answer of an unknown shape, so nothing of it is shown.", status=status
    )


@dataclass(slots=True)
class SetAside:
    """The rows of one read that could not be read: counted by reason, each once however often it comes.

    Of the rows themselves only hashes are kept.
    """

    _pages: dict[str, dict[int | None, int]] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)
    _alike: Counter[int] = field(default_factory=Counter)
    _page: int | None = None

    def __len__(self) -> int:
        return sum(sum(pages.values()) for pages in self._pages.values())

    def rows(self, adapter: TypeAdapter[W], values: Iterable[object], page: int | None = None) -> list[W]:
        """The values that are rows; the others are set aside."""
        accepted: list[W] = []
        validate = adapter.validator.validate_python
        for value in values:
            try:
                accepted.append(validate(value))
            except ValidationError as error:
                self.add(_reason(error), value, page)
        return accepted

    def add(self, reason: str, value: object, page: int | None = None) -> None:
        """Set one row aside. The nth of several equal ones on a page is that of a page that repeats it.

        Raises ``UnexpectedAnswer`` beyond ``MAX_ASIDE`` of them.
        """
        if page != self._page:
            self._page = page
            self._alike.clear()
        text = hash(repr(value))
        self._alike[text] += 1
        identity = hash((text, self._alike[text]))
        if identity in self._seen:
            return
        if len(self._seen) >= MAX_ASIDE:
            raise UnexpectedAnswer(f"More than {MAX_ASIDE:,} rows came that cannot be read; reading was given up.")
        self._seen.add(identity)
        pages = self._pages.setdefault(reason, {})
        pages[page] = pages.get(page, 0) + 1

    def warnings(self) -> tuple[str, ...]:
        """One sentence per reason."""
        return tuple(
            f"{_counted(sum(pages.values()))} set aside: {reason}{_places(pages)}."
            for reason, pages in self._pages.items()
        )

    def require_some(self, vendor: Vendor, kept: int) -> None:
        """Raise ``UnexpectedAnswer`` when there were rows and not one could be read."""
        if len(self) and not kept:
            raise UnexpectedAnswer(
                f"None of the {len(self)} rows {vendor.name} sent can be read: {next(iter(self._pages))}."
            )


def _counted(number: int) -> str:
    return "1 row was" if number == 1 else f"{number} rows were"


def _places(pages: dict[int | None, int]) -> str:
    numbers = [str(page) for page in pages if page is not None]
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f" (page {numbers[0]})"
    told = numbers[:_PAGES_TOLD]
    rest = len(numbers) - len(told)
    tail = f" and {rest} more" if rest else ""
    return f" (pages {', '.join(told)}{tail})"


def _reason(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    first = problems[0]["loc"]
    if not first or not isinstance(first[0], str):
        return "it is not an object"
    # A tolerant type reports each of its alternatives; the last speaks for the field.
    name = first[0]
    last = [problem for problem in problems if problem["loc"][:1] == (name,)][-1]
    if last["type"] == "missing":
        return f"{name} is missing"
    return f"{name} {last['msg']}" if last["type"] == "wire" else f"{name} cannot be understood"
