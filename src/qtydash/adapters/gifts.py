"""SHOPLINE's Open API: gifts and their stock (document 001 and the vendor's pages beside it)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError

from qtydash.adapters.answers import Answer
from qtydash.adapters.paging import MAX_PAGES, PageTaken, read_pages
from qtydash.adapters.requests import Params, checked_id, segment
from qtydash.adapters.wire import (
    Flag,
    Instant,
    Label,
    OptionalWhole,
    RequiredCode,
    SetAside,
    Whole,
    read_json,
    unknown_answer,
)
from qtydash.domain.changes import WriteRequest
from qtydash.domain.errors import NotFound, UnexpectedAnswer
from qtydash.domain.gifts import MAX_QUANTITY, Gift, GiftStock
from qtydash.domain.snapshot import OnProgress, Reading
from qtydash.domain.text import safe_text
from qtydash.domain.vendors import GIFTS

if TYPE_CHECKING:
    from qtydash.adapters.http import VendorClient

PER_PAGE = 50
SEARCH_LIMIT = 10_000
"""A search fails when page × per_page is larger."""

_ID = Field(validation_alias=AliasChoices("id", "_id"))


@dataclass(slots=True)
class _Gift:
    """A gift of a list (``id``, ``medias``) or of a create or update answer (``_id``, ``media``).

    Cost, weight and pictures are not read.
    """

    id: Annotated[RequiredCode, _ID]
    sku: Label = ""
    status: Label = ""
    quantity: OptionalWhole = None
    unlimited_quantity: Flag = False
    title_translations: object = None
    updated_at: Instant = None


@dataclass(slots=True)
class _Stock:
    """The answer to a change: here id and quantity are required."""

    id: Annotated[RequiredCode, _ID]
    quantity: Whole
    sku: Label = ""
    updated_at: Instant = None


_GIFT = TypeAdapter(_Gift)
_STOCK = TypeAdapter(_Stock)
_TOTAL: TypeAdapter[int | None] = TypeAdapter(OptionalWhole)


def quantity_request(gift_id: str, quantity: int, *, replace: bool) -> WriteRequest:
    """The request that sets or changes one gift's quantity. Raises ``ValueError``, ``InvalidId``."""
    if isinstance(quantity, bool) or not -MAX_QUANTITY <= quantity <= MAX_QUANTITY:
        raise ValueError(f"{quantity} is beyond ±{MAX_QUANTITY:,}. Nothing was sent.")
    path = f"/v1/gifts/{segment('gift id', gift_id)}/update_quantity"
    return WriteRequest("PUT", path, {"quantity": quantity, "replace": replace})


class GiftsApi:
    """Gift stock of SHOPLINE (document 001).

    Every call carries ``Authorization: Bearer {token}`` and the merchant handle as ``User-Agent``.
    Certain: an update overwrites unless ``replace`` is false, so it is always sent; a SKU is not unique, so
    gifts are addressed by id; there is no get-one, so one gift is read by a search for its id; an unlimited
    gift carries quantity 0; no ETag, no idempotency key, no version. 20 requests a second are allowed, an older
    text says 1,000 in five minutes; no Retry-After is documented.
    """

    def __init__(self, http: "VendorClient", *, per_page: int = PER_PAGE) -> None:
        self._http = http
        self._per_page = per_page

    async def all(self, on_progress: OnProgress | None = None) -> Reading[tuple[Gift, ...]]:
        """Every gift of the shop, in the vendor's order. Raises ``VendorError``."""
        return await self._list("/v1/gifts", {}, MAX_PAGES, on_progress)

    async def search(
        self,
        *,
        gift_id: str = "",
        sku: str = "",
        status: str = "",
        quantity: str = "",
        updated_at: str = "",
        on_progress: OnProgress | None = None,
    ) -> Reading[tuple[Gift, ...]]:
        """The gifts that fit. ``quantity`` and ``updated_at`` may begin with ``not:``, ``lt:``, ``lte:``,
        ``gt:`` or ``gte:``. Incomplete beyond 10,000 gifts, which is as far as the vendor searches.

        Raises ``VendorError``, ``InvalidId``.
        """
        if gift_id:
            checked_id("gift id", gift_id)
        asked = {"id": gift_id, "sku": sku, "status": status, "quantity": quantity, "updated_at": updated_at}
        params = {name: value for name, value in asked.items() if value}
        return await self._list("/v1/gifts/search", params, SEARCH_LIMIT // self._per_page, on_progress)

    async def get(self, gift_id: str) -> Gift:
        """One gift as it is now. Raises ``NotFound`` when the search for its id does not find it."""
        found = await self.search(gift_id=checked_id("gift id", gift_id))
        for gift in found.data:
            if gift.id == gift_id:
                return gift
        raise NotFound(f"{GIFTS.name} does not know a gift {gift_id}.")

    async def update_quantity(self, gift_id: str, quantity: int, *, replace: bool, op_id: str) -> GiftStock:
        """Set the quantity (``replace``) or change it by ``quantity``, which may then be negative. One attempt.

        Raises ``ValueError`` beyond ±9,999,999, ``InvalidId``, ``ReadOnlyProfile``, ``VendorError``; an
        ``UnexpectedAnswer`` with a status of 2xx says nothing about whether the change was made.
        """
        request = quantity_request(gift_id, quantity, replace=replace)
        answer = await self._http.send(
            request.method, request.path, json=request.body, op_id=op_id, what=f"gift {gift_id}"
        )
        return _stock(answer, gift_id)

    async def token_info(self) -> tuple[str, str]:
        """The merchant's handle and name, "" where the answer has none. Raises ``VendorError``."""
        document = read_json(GIFTS, (await self._http.get("/v1/token/info")).body)
        if not isinstance(document, dict):
            raise unknown_answer(GIFTS)
        merchant = document.get("merchant")
        parts = [part for part in (merchant, document) if isinstance(part, dict)]
        return _first_text(parts, "handle"), _first_text(parts, "name")

    async def probe(self) -> str:
        """The cheapest read: whose token it is. Raises ``VendorError``."""
        handle, name = await self.token_info()
        return name or handle or "token accepted"

    async def _list(
        self, path: str, params: Params, max_pages: int, on_progress: OnProgress | None
    ) -> Reading[tuple[Gift, ...]]:
        async def fetch(page: int) -> Answer:
            return await self._http.get(path, {**params, "page": page, "per_page": self._per_page})

        found = _Gifts()
        ending = await read_pages(
            fetch,
            found.take,
            page_size=self._per_page,
            on_progress=on_progress,
            max_pages=max_pages,
        )
        found.aside.require_some(GIFTS, len(found.rows))
        warnings = ending.warnings + found.aside.warnings()
        complete = ending.complete
        if complete and (drift := found.drift()):
            warnings += (drift,)
            complete = found.missing <= 0
        return Reading(tuple(found.rows.values()), complete, warnings)


@dataclass(slots=True)
class _Gifts:
    """The gifts of all pages, each id once, and the vendor's own count of them."""

    rows: dict[str, Gift] = field(default_factory=dict)
    aside: SetAside = field(default_factory=SetAside)
    total: int | None = None

    def take(self, page: int, answer: Answer) -> PageTaken:
        document = read_json(GIFTS, answer.body, status=answer.status)
        items = document.get("items") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(items, list):
            raise unknown_answer(GIFTS, status=answer.status)
        pagination = document.get("pagination")
        told = pagination if isinstance(pagination, dict) else {}
        before = len(self.rows) + len(self.aside)
        for row in self.aside.rows(_GIFT, items, page):
            if row.quantity is None and not row.unlimited_quantity:
                self.aside.add("quantity is missing", row, page)
                continue
            self.rows[row.id] = _gift(row)
        fresh = len(self.rows) + len(self.aside) > before
        self.total = _total(told.get("total_count"))
        last = _total(told.get("total_pages"))
        if last is not None and not items:
            last = page  # the list has shrunk since its pages were counted
        return PageTaken(len(self.rows), len(items), fresh, last)

    @property
    def missing(self) -> int:
        """How many gifts the vendor counts beyond those that came."""
        return 0 if self.total is None else self.total - len(self.rows) - len(self.aside)

    def drift(self) -> str:
        """A sentence when count and rows differ, as when the list changes while its pages are read; else ""."""
        if not self.missing:
            return ""
        came = len(self.rows) + len(self.aside)
        return (
            f"{GIFTS.name} counts {self.total} gifts, {came} came: the list changed while it was read. "
            "Refresh to read it again."
        )


def _gift(row: _Gift) -> Gift:
    titles = row.title_translations if isinstance(row.title_translations, dict) else {}
    return Gift(
        id=row.id,
        sku=row.sku,
        titles=tuple(
            (safe_text(language, 20), safe_text(text))
            for language, text in titles.items()
            if isinstance(text, str)
        ),
        status=row.status,
        quantity=row.quantity or 0,
        unlimited=row.unlimited_quantity,
        updated_at=row.updated_at,
    )


def _stock(answer: Answer, gift_id: str) -> GiftStock:
    """The new total, once it is certain that the answer is about this gift and final."""
    status = answer.status
    document = read_json(GIFTS, answer.body, status=status)
    try:
        row = _STOCK.validate_python(document)
    except ValidationError:
        row = None
    if row is None or status == 202:
        problem = "does not say what the quantity is now"
    elif row.id != gift_id:
        problem = f"is about gift {row.id}, not {gift_id}"
    else:
        return GiftStock(row.id, row.sku, row.quantity, row.updated_at)
    error = UnexpectedAnswer(
        f"{GIFTS.name}'s answer to the change {problem}.",
        hint="The change may have been made: read the gift again before trying anything.",
        status=status,
    )
    error.body = answer.body
    raise error


def _total(value: object) -> int | None:
    try:
        number = _TOTAL.validate_python(value)
    except ValidationError:
        return None
    return number if number is not None and number >= 0 else None


def _first_text(parts: list[dict[str, object]], key: str) -> str:
    for part in parts:
        value = part.get(key)
        if isinstance(value, dict):
            value = next((text for text in value.values() if isinstance(text, str) and text), None)
        if isinstance(value, str) and value:
            return safe_text(value)
    return ""
