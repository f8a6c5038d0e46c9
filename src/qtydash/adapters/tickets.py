"""AX Cloud's channel API: products, options and day-ticket inventory (document 002; read only).

The document is a comparison of two versions printed into each other. Both answers are accepted, and the two
that lay between them: ``option_codes`` (current), ``data`` as a list (old) or keyed by option code, ``options``.
"""

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, NotRequired

from pydantic import ConfigDict, FailFast, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from qtydash.adapters.answers import Answer, failure, told_status
from qtydash.adapters.paging import Ending, PageTaken, read_pages
from qtydash.adapters.requests import segment
from qtydash.adapters.wire import (
    MAX_CODE,
    Day,
    Label,
    OptionalDay,
    RawCode,
    RequiredCode,
    SetAside,
    Whole,
    is_plain,
    read_json,
    unknown_answer,
)
from qtydash.domain.errors import VendorError
from qtydash.domain.snapshot import OnProgress, Reading
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import Availability, Extra, TicketDay, TicketOption, TicketProduct
from qtydash.domain.vendors import TICKETS

if TYPE_CHECKING:
    from qtydash.adapters.http import VendorClient

_PRODUCTS = "/v1/channel/products/day-ticket"
_INVENTORY = "/v1/channel/inventory/day-ticket"
_CONTAINERS = ("option_codes", "data", "options")
MAX_EXTRAS = 20
"""Undocumented fields kept of one record."""
MAX_EXTRA = 200
"""Characters kept of the value of one."""

_Key = tuple[str, date, str]


@with_config(ConfigDict(extra="allow"))
class _Day(TypedDict):
    """One inventory record of either version. ``depth_combination_id`` is the old one's option."""

    date: Day
    max_quantity: Whole
    remain_quantity: Whole
    ordered_quantity: Whole
    inventory_code: NotRequired[RawCode]
    id: NotRequired[RawCode]
    depth_combination_id: NotRequired[RawCode]
    option_code: NotRequired[RawCode]


class _DocumentedPage(TypedDict):
    """A page exactly as the current document has it: read in one go. Whatever is not goes the careful way, once
    something is wrong: the list of all that is would take a thousand times the memory of the page."""

    status_code: Literal[200]
    option_codes: Annotated[dict[str, Annotated[list[_Day], FailFast()]], FailFast()]


@dataclass(slots=True)
class _Product:
    product_code: RequiredCode
    title: Label = ""
    category: Label = ""
    detail_category: Label = ""
    start_date_of_the_sale: OptionalDay = None
    end_date_of_the_sale: OptionalDay = None
    main_country_and_city: Label = ""


@dataclass(slots=True)
class _Option:
    """The fields of ``options[]`` are not documented; these names are assumed."""

    option_code: RequiredCode
    option_name: Label = ""
    name: Label = ""
    title: Label = ""


_KNOWN = frozenset(_Day.__annotations__)
_DOCUMENTED = 5
"""Fields of a record of the current version: a longer one may hold others."""

_PAGE = TypeAdapter(_DocumentedPage)
_DAY = TypeAdapter(_Day)
_PRODUCT = TypeAdapter(_Product)
_OPTION = TypeAdapter(_Option)


class TicketsApi:
    """Day-ticket inventory of AX Cloud (document 002).

    Every call carries ``Authorization: Token {api_key}`` and ``Channel: Code {channel_code}``.
    Certain: an answer carries no count, no next and no date range; ``max = remain + ordered`` in every sample,
    which is shown and never enforced. Assumed: what a page past the end returns. So reading ends at an empty
    page, at one with nothing new, or at 404 from page 2 on, never because a page is short. A date without a
    record is a day without inventory, not a day with 0 left.
    """

    def __init__(self, http: "VendorClient", *, page_size: int = 100) -> None:
        self._http = http
        self._page_size = page_size

    async def products(self, on_progress: OnProgress | None = None) -> Reading[tuple[TicketProduct, ...]]:
        """All products of the channel, in the vendor's order. Raises ``VendorError``."""
        found = _Products()
        ending = await self._read(_PRODUCTS, found.take, on_progress)
        found.aside.require_some(TICKETS, len(found.rows))
        return Reading(tuple(found.rows.values()), ending.complete, ending.warnings + found.aside.warnings())

    async def options(self, product_code: str) -> tuple[TicketOption, ...]:
        """The options the vendor names for a product. Raises ``VendorError``, ``InvalidId``."""
        path = f"{_PRODUCTS}/{segment('product code', product_code)}"
        answer = await self._http.get(path, what=f"product {product_code}")
        document = _checked(answer)
        listed = document.get("options")
        if not isinstance(listed, list):
            return ()
        rows = SetAside().rows(_OPTION, listed)
        return tuple(TicketOption(r.option_code, r.option_name or r.name or r.title) for r in rows)

    async def availability(
        self, product_code: str, on_progress: OnProgress | None = None
    ) -> Reading[Availability]:
        """All days of all options of a product. Options that cannot be asked for are a warning, and none.

        Raises ``VendorError``, ``InvalidId``.
        """
        path = f"{_INVENTORY}/{segment('product code', product_code)}"
        found = _Days()
        ending = await self._read(path, found.take, on_progress, f"product {product_code}")
        found.aside.require_some(TICKETS, len(found.rows))
        days = found.in_order()
        warnings = ending.warnings + found.warnings()
        options: tuple[TicketOption, ...] = ()
        try:
            told = await self.options(product_code)
        except VendorError as error:
            warnings += (f"The names of the options could not be read: {error.reason}",)
        else:
            known = {option.code for option in told}
            others = dict.fromkeys(day.option_code for day in days if day.option_code not in known)
            options = told + tuple(TicketOption(code) for code in others)
        return Reading(Availability(product_code, days, options, found.extras), ending.complete, warnings)

    async def probe(self) -> str:
        """The cheapest read: one product. Raises ``VendorError``."""
        found = _Products()
        found.take(1, await self._http.get(_PRODUCTS, {"page": 1, "page_size": 1}))
        return next((product.title or product.code for product in found.rows.values()), "no products")

    async def _read(
        self,
        path: str,
        take: Callable[[int, Answer], PageTaken],
        on_progress: OnProgress | None,
        what: str = "",
    ) -> Ending:
        async def fetch(page: int) -> Answer:
            return await self._http.get(path, {"page": page, "page_size": self._page_size}, what=what)

        return await read_pages(fetch, take, page_size=self._page_size, on_progress=on_progress)


@dataclass(slots=True)
class _Products:
    rows: dict[str, TicketProduct] = field(default_factory=dict)
    aside: SetAside = field(default_factory=SetAside)

    def take(self, page: int, answer: Answer) -> PageTaken:
        listed = _checked(answer).get("products")
        if listed == "Void":
            listed = []
        if not isinstance(listed, list):
            raise unknown_answer(TICKETS, status=answer.status)
        before = len(self.rows) + len(self.aside)
        for row in self.aside.rows(_PRODUCT, listed, page):
            self.rows[row.product_code] = TicketProduct(
                code=row.product_code,
                title=row.title,
                category=row.category,
                detail_category=row.detail_category,
                sale_starts=row.start_date_of_the_sale,
                sale_ends=row.end_date_of_the_sale,
                city=row.main_country_and_city,
            )
        fresh = len(self.rows) + len(self.aside) > before
        return PageTaken(len(self.rows), len(listed), fresh)


@dataclass(slots=True)
class _Days:
    """The records of all pages, each once: by option, date and inventory code, whichever of them it has."""

    rows: dict[_Key, TicketDay] = field(default_factory=dict)
    extras: dict[Hashable, Extra] = field(default_factory=dict)
    aside: SetAside = field(default_factory=SetAside)
    contradictions: int = 0

    def take(self, page: int, answer: Answer) -> PageTaken:
        before = len(self.rows) + len(self.aside)
        number = 0
        for day in self._days(page, answer):
            number += 1
            key = (day.option_code, day.date, day.inventory_code)
            if self.rows.setdefault(key, day) is not day:
                self.contradictions += self.rows[key] != day
                self.rows[key] = day
        fresh = len(self.rows) + len(self.aside) > before
        return PageTaken(len(self.rows), number, fresh)

    def in_order(self) -> tuple[TicketDay, ...]:
        return tuple(self.rows[key] for key in sorted(self.rows))

    def warnings(self) -> tuple[str, ...]:
        if not self.contradictions:
            return self.aside.warnings()
        told = f"{self.contradictions} record(s) came twice with different numbers; the later ones are shown."
        return (*self.aside.warnings(), told)

    def _days(self, page: int, answer: Answer) -> Iterator[TicketDay]:
        try:
            documented = _PAGE.validate_json(answer.body)
        except ValidationError:
            yield from self._undocumented(page, answer)
            return
        plain = is_plain(answer.body)
        for option, rows in documented["option_codes"].items():
            yield from self._of_option(option, rows, plain)

    def _undocumented(self, page: int, answer: Answer) -> Iterator[TicketDay]:
        document = _checked(answer)
        present = [document[name] for name in _CONTAINERS if document.get(name) is not None]
        if not present or not all(isinstance(part, dict | list) or part == "Void" for part in present):
            raise unknown_answer(TICKETS, status=answer.status)
        for part in present:
            if isinstance(part, list):
                yield from self._of_option("", self.aside.rows(_DAY, part, page), False)
            elif isinstance(part, dict):
                for option, listed in part.items():
                    if not isinstance(listed, list):
                        listed = [] if listed in (None, "Void") else [listed]
                    yield from self._of_option(option, self.aside.rows(_DAY, listed, page), False)

    def _of_option(self, option: str, rows: list[_Day], plain: bool) -> Iterator[TicketDay]:
        """The records of one option; ``plain`` says that their text is safe to draw already."""
        shown = safe_text(option, MAX_CODE)
        for row in rows:
            code = row.get("inventory_code") or row.get("id") or ""
            own = shown or row.get("option_code") or row.get("depth_combination_id") or ""
            if not plain:
                code, own = safe_text(code, MAX_CODE), safe_text(own, MAX_CODE)
            day = TicketDay(
                own, row["date"], row["max_quantity"], row["remain_quantity"], row["ordered_quantity"], code
            )
            if len(row) > _DOCUMENTED and (extra := _extra(row)):
                self.extras[day.key] = extra
            elif self.extras:
                self.extras.pop(day.key, None)
            yield day


def _extra(row: Mapping[str, object]) -> Extra:
    """The fields of a record that no document names, in the vendor's order."""
    unknown = [(name, value) for name, value in row.items() if name not in _KNOWN]
    told = [(safe_text(name, MAX_CODE), _as_json(value)) for name, value in unknown[:MAX_EXTRAS]]
    if len(unknown) > MAX_EXTRAS:
        told.append(("...", f"and {len(unknown) - MAX_EXTRAS} more fields"))
    return tuple(told)


def _as_json(value: object) -> str:
    try:  # ``default`` meets only the decimals that ``read_json`` makes
        return safe_text(json.dumps(value, ensure_ascii=False, default=float), MAX_EXTRA)
    except (RecursionError, ValueError):
        return "(nested too deep, or too long a number)"


def _checked(answer: Answer) -> Mapping[str, object]:
    """The answer's object, once the status inside it agrees with the one outside."""
    document = read_json(TICKETS, answer.body, status=answer.status)
    if not isinstance(document, dict):
        raise unknown_answer(TICKETS, status=answer.status)
    status = told_status(document.get("status_code"))
    if status is None or (isinstance(status, int) and 200 <= status < 300):
        return document
    if isinstance(status, int) and 400 <= status < 600:
        raise failure(TICKETS, answer.told_inside(status))
    raise unknown_answer(TICKETS, status=answer.status)
