"""BLAZE's partner API: consumer order quantity, stock held by online carts (document 000)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from sys import intern
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from qtydash.adapters.answers import Answer, body_object, failure, told_status, vendor_words
from qtydash.adapters.requests import segment
from qtydash.adapters.wire import (
    Code,
    EpochMs,
    Flag,
    OptionalAmount,
    RequiredCode,
    SetAside,
    read_json,
    unknown_answer,
)
from qtydash.domain.changes import WriteRequest
from qtydash.domain.errors import NotFound, UnexpectedAnswer
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.snapshot import Reading, plural
from qtydash.domain.text import safe_text
from qtydash.domain.vendors import ORDER_QTY

if TYPE_CHECKING:
    from qtydash.adapters.http import VendorClient

_STORE = "/api/v1/partner/store"
_HOLDS = f"{_STORE}/consumer-order-qty"
_WRAPPERS = ("values", "searchResult", "results")


@dataclass(slots=True)
class _Hold:
    """The fifteen fields. The document requires none; without its id a record cannot be told from another."""

    id: RequiredCode
    companyId: Code = ""  # noqa: N815 - the vendor's spelling
    shopId: Code = ""  # noqa: N815
    created: EpochMs = None
    modified: EpochMs = None
    deleted: Flag = False
    updated: Flag = False
    inventoryId: Code = ""  # noqa: N815
    regionId: Code = ""  # noqa: N815
    productId: Code = ""  # noqa: N815
    consumerCartId: Code = ""  # noqa: N815
    quantity: OptionalAmount = None
    processedTime: EpochMs = None  # noqa: N815
    active: Flag = False
    submitted: Flag = False


_HOLD = TypeAdapter(_Hold)
_ID: TypeAdapter[str] = TypeAdapter(RequiredCode)
_FIELDS = frozenset(_Hold.__annotations__)


@dataclass(frozen=True, slots=True)
class DeleteOutcome:
    """What the vendor said to a deletion: ``status`` as it came; ``absent`` when there was nothing to delete."""

    status: int
    absent: bool


def delete_request(order_qty_id: str) -> WriteRequest:
    """The request that deletes one record. Raises ``InvalidId``."""
    return WriteRequest("DELETE", f"{_HOLDS}/{segment('order quantity id', order_qty_id)}")


def delete_cart_request(cart_id: str) -> WriteRequest:
    """The request that deletes every record of one cart. Raises ``InvalidId``."""
    return WriteRequest("DELETE", f"{_HOLDS}/consumerCart/{segment('cart id', cart_id)}")


class OrderQtyApi:
    """Consumer order quantity of BLAZE (document 000).

    Every call carries the partner key (``x-api-key``, or another name) and the developer key, raw, as
    ``Authorization``.
    Certain: the trailing slash of the list, fifteen optional fields, epoch milliseconds, a list whose sample is
    one object, no paging and no list of all. Assumed: 0 means never; a missing flag is false, so that a record
    without ``active`` is never taken for a live hold. A deletion documents no answer: any 2xx is taken as done,
    unless it is 202, 206, 207, HTML or an error inside; 404 means it is gone already. Deleting by cart takes that
    cart's rows of other products too, and nothing brings a deleted row back.
    """

    def __init__(self, http: "VendorClient") -> None:
        self._http = http

    async def of_product(self, product_id: str) -> Reading[tuple[OrderQty, ...]]:
        """The records of one product, in the vendor's order. Raises ``VendorError``, ``InvalidId``.

        A record that names no product is of the one that was asked for.
        """
        path = f"{_HOLDS}/{segment('product id', product_id)}/"
        answer = await self._http.get(path, what=f"product {product_id}")
        reading = parse_holds(answer)
        found = tuple(r if r.product_id else replace(r, product_id=product_id) for r in reading.data)
        if others := sum(record.product_id != product_id for record in found):
            told = f"Listed under {product_id} but naming another product: {plural(others, 'row')}."
            return replace(reading, data=found, warnings=(*reading.warnings, told))
        return replace(reading, data=found)

    async def delete(self, order_qty_id: str, op_id: str) -> DeleteOutcome:
        """Delete one record. One attempt. Raises ``VendorError``, ``InvalidId``, ``ReadOnlyProfile``."""
        return await self._delete(delete_request(order_qty_id), op_id)

    async def delete_cart(self, cart_id: str, op_id: str) -> DeleteOutcome:
        """Delete every record of one cart, other products included. One attempt. Raises as ``delete``."""
        return await self._delete(delete_cart_request(cart_id), op_id)

    async def store(self) -> str:
        """The shop's name, "" when the answer has none. Raises ``VendorError``."""
        document = read_json(ORDER_QTY, (await self._http.get(_STORE)).body)
        parts = [document, *(document.get(key) for key in ("shop", "store"))] if isinstance(document, dict) else []
        if not parts:
            raise unknown_answer(ORDER_QTY)
        names = (part.get("name") for part in parts if isinstance(part, dict))
        return next((safe_text(name) for name in names if isinstance(name, str)), "")

    async def probe(self) -> str:
        """The cheapest read: the shop. Raises ``VendorError``."""
        return await self.store() or "keys accepted"

    async def _delete(self, request: WriteRequest, op_id: str) -> DeleteOutcome:
        try:
            answer = await self._http.send(request.method, request.path, op_id=op_id, any_body=True)
        except NotFound as error:
            return DeleteOutcome(error.status or 404, absent=True)
        failed = _inner_status(answer) is not None or body_object(answer).get("error")
        if failed or answer.status in (202, 206, 207):
            raise UnexpectedAnswer(
                f"{ORDER_QTY.name}'s answer to the deletion does not say that it was done ({answer.status}).",
                words=vendor_words(answer)[0],
                hint="The deletion may have been made: read the list again before trying anything.",
                status=answer.status,
            )
        return DeleteOutcome(answer.status, absent=False)


def parse_holds(answer: Answer) -> Reading[tuple[OrderQty, ...]]:
    """The records of a list answer: a list, one object, one of three wrappers, or nothing.

    Raises ``UnexpectedAnswer`` for any other shape and when there are rows and none can be read.
    """
    aside, records = SetAside(), _records(answer)
    holds = {row.id: _hold(row) for row in aside.rows(_HOLD, records)}
    aside.require_some(ORDER_QTY, len(holds))
    unreadable = frozenset(_ids(records) if len(aside) else ()) - holds.keys()
    return Reading(tuple(holds.values()), warnings=aside.warnings(), unreadable=unreadable)


def _ids(records: Iterable[object]) -> Iterator[str]:
    """The ids of ``records``, whatever else of them can be read."""
    for record in records:
        with suppress(ValidationError):
            yield _ID.validate_python(record.get("id") if isinstance(record, dict) else None)


def _records(answer: Answer) -> list[object]:
    if not answer.body.strip():
        return []
    document = read_json(ORDER_QTY, answer.body, status=answer.status)
    if isinstance(document, dict):
        for name in _WRAPPERS:
            if name in document:
                return _listed(document[name], answer)
        if document and not _FIELDS & document.keys():
            if (inner := _inner_status(answer)) is not None:
                raise failure(ORDER_QTY, answer.told_inside(inner))
            raise unknown_answer(ORDER_QTY, status=answer.status)
    return _listed(document, answer)


def _inner_status(answer: Answer) -> int | None:
    """The failing status that an error in the body tells, whatever the status outside is."""
    inner = told_status(body_object(answer).get("status"))
    return inner if isinstance(inner, int) and 400 <= inner < 600 else None


def _listed(value: object, answer: Answer) -> list[object]:
    if value is None or value == {}:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value]
    raise unknown_answer(ORDER_QTY, status=answer.status)


def _hold(row: _Hold) -> OrderQty:
    # Interned: of tens of thousands of rows most say the same shop, product, inventory and cart.
    return OrderQty(
        id=row.id,
        company_id=intern(row.companyId),
        shop_id=intern(row.shopId),
        created=row.created,
        modified=row.modified,
        deleted=row.deleted,
        updated=row.updated,
        inventory_id=intern(row.inventoryId),
        region_id=intern(row.regionId),
        product_id=intern(row.productId),
        consumer_cart_id=intern(row.consumerCartId),
        quantity=row.quantity,
        processed_time=row.processedTime,
        active=row.active,
        submitted=row.submitted,
    )
