"""Reading an Oracle Commerce order: three lists that tell one story (document 003).

Takes a cart as read, the answer to a change (the order is then in ``embedded.order``), or an agent's view of an
order. The cart stands up to three times in one answer and the copies differ: ``shoppingCart.items`` counts.
Types on the wire disagree with the schema (``data`` is a string in the sample and an integer in the schema,
money mixes strings and numbers, ``shippingGroups`` and ``discountInfo`` are an object or a list).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError

from qtydash.adapters.answers import Answer, business_code, failure
from qtydash.adapters.wire import (
    Code,
    Count,
    Label,
    OptionalAmount,
    OptionalFlag,
    RequiredCode,
    SetAside,
    Whole,
    read_json,
    unknown_answer,
)
from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.domain.snapshot import Reading
from qtydash.domain.text import safe_text
from qtydash.domain.vendors import CART

_PARTS = {"shoppingCart", "giftWithPurchaseInfo", "giftWithPurchaseOrderMarkers"}
_ORDER_FIELDS = {"orderId", *_PARTS}
_NO_PART = (
    "The answer tells neither the lines nor the gift selections of the order, as an agent's order call does "
    "without includeResult=full: what is in it is not known."
)
_STATUS_LINE = re.compile(rb"HTTP/[0-9.]{1,3} ([1-5][0-9]{2})[^\r\n]*\r?\n")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_FAILING = re.compile(r"[45][0-9]{2}")
Document = Mapping[str, object]


@dataclass(slots=True)
class _OrderMarker:
    value: RequiredCode
    data: Whole
    quantity: Whole
    automaticQuantity: Count = 0  # noqa: N815 - the vendor's spelling, here and below
    targetedQuantity: Count = 0  # noqa: N815
    selectedQuantity: Count = 0  # noqa: N815
    removedQuantity: Count = 0  # noqa: N815
    failedQuantity: Count = 0  # noqa: N815
    giftType: Label = ""  # noqa: N815
    giftDetail: Label = ""  # noqa: N815
    autoRemove: OptionalFlag = None  # noqa: N815


@dataclass(slots=True)
class _ItemMarker:
    value: RequiredCode
    data: Whole
    automaticQuantity: Count = 0  # noqa: N815
    targetedQuantity: Count = 0  # noqa: N815
    selectedQuantity: Count = 0  # noqa: N815
    remainingQuantity: Count = 0  # noqa: N815


@dataclass(slots=True)
class _Info:
    promotionId: RequiredCode  # noqa: N815
    giftWithPurchaseIdentifier: Whole  # noqa: N815
    giftWithPurchaseQuantityAvailableForSelection: Whole  # noqa: N815
    giftWithPurchaseType: Label = ""  # noqa: N815
    giftWithPurchaseDetail: Label = ""  # noqa: N815


@dataclass(slots=True)
class _Line:
    quantity: Whole
    id: Annotated[Code, Field(validation_alias=AliasChoices("id", "commerceItemId"))] = ""
    productId: Code = ""  # noqa: N815
    catRefId: Code = ""  # noqa: N815
    displayName: Label = ""  # noqa: N815
    unitPrice: OptionalAmount = None  # noqa: N815
    amount: Annotated[OptionalAmount, Field(validation_alias=AliasChoices("amount", "price"))] = None
    giftWithPurchaseCommerceItemMarkers: object = None  # noqa: N815


_ORDER_MARKER = TypeAdapter(_OrderMarker)
_ITEM_MARKER = TypeAdapter(_ItemMarker)
_INFO = TypeAdapter(_Info)
_LINE = TypeAdapter(_Line)
_AMOUNT: TypeAdapter[Decimal | None] = TypeAdapter(OptionalAmount)


def parse_order(body: bytes) -> Reading[Cart]:
    """The cart in a saved answer's bytes, also with the headers before it as ``curl -i`` writes them.

    A saved 204 is an empty cart. Raises as ``read_order``, and the error that a saved refusal is.
    """
    answer = _saved(body)
    if answer.status == 204 and not answer.body.strip():
        return Reading(Cart(order_id=""))
    if not answer.is_success:
        raise failure(CART, answer)
    return read_order(answer)


def _saved(body: bytes) -> Answer:
    """The answer that was saved, under the status that its headers or its error body tell, else 200."""
    status = 200
    while match := _STATUS_LINE.match(body):
        status = int(match[1])
        body = _END_OF_HEADERS.split(body, maxsplit=1)[-1] if _END_OF_HEADERS.search(body) else b""
    return Answer(status if status != 200 else _told_status(body), body, redact=str)


def _told_status(body: bytes) -> int:
    """The status that an error body names; 200 when it names none, or is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return 200
    if not isinstance(document, dict) or _order(document) is not None:
        return 200
    told = str(document.get("status", ""))
    return int(told) if _FAILING.fullmatch(told) else 200


def read_order(answer: Answer) -> Reading[Cart]:
    """The cart in an answer; incomplete when it tells which order it is and nothing of what is in it.

    Raises ``UnexpectedAnswer`` when there is no order in it or nothing of it can be read, and ``Refused`` for
    one of the vendor's two error shapes, which may come with any status.
    """
    document = read_json(CART, answer.body, status=answer.status)
    order = _order(document)
    if order is None:
        raise failure(CART, answer) if business_code(answer) else unknown_answer(CART, status=answer.status)
    aside = SetAside()
    lines = tuple(
        _line(row, aside) for row in aside.rows(_LINE, _list(_object(order.get("shoppingCart")).get("items")))
    )
    markers = aside.rows(_ORDER_MARKER, _list(order.get("giftWithPurchaseOrderMarkers")))
    infos = aside.rows(_INFO, _list(order.get("giftWithPurchaseInfo")))
    aside.require_some(CART, len(lines) + len(markers) + len(infos))
    price = _object(order.get("priceInfo"))
    currency = _object(_object(order.get("priceListGroup")).get("currency"))
    cart = Cart(
        order_id=_text(order, "orderId") or _text(order, "id"),
        currency=_text(price, "currencyCode") or _text(currency, "currencyCode"),
        total=_amount(price.get("total")),
        site_id=_text(order, "siteId"),
        lines=lines,
        order_markers=tuple(map(_order_marker, markers)),
        infos=tuple(map(_info, infos)),
        promotion_names=tuple(_promotion_names(order).items()),
        raw=_raw(answer),
    )
    told = bool(_PARTS & order.keys())
    return Reading(cart, complete=told, warnings=aside.warnings() if told else (_NO_PART,))


def _order(document: object) -> Document | None:
    if not isinstance(document, dict):
        return None
    embedded = document.get("embedded")
    inner = embedded.get("order") if isinstance(embedded, dict) else None
    order = inner if isinstance(inner, dict) else document
    return order if _ORDER_FIELDS & order.keys() else None


def _line(row: _Line, aside: SetAside) -> CartLine:
    markers = aside.rows(_ITEM_MARKER, _list(row.giftWithPurchaseCommerceItemMarkers))
    return CartLine(
        id=row.id,
        product_id=row.productId,
        sku_id=row.catRefId,
        name=row.displayName,
        quantity=row.quantity,
        unit_price=row.unitPrice,
        amount=row.amount,
        markers=tuple(
            ItemMarker(
                promotion_id=marker.value,
                gift_id=marker.data,
                automatic=marker.automaticQuantity,
                targeted=marker.targetedQuantity,
                selected=marker.selectedQuantity,
                remaining=marker.remainingQuantity,
            )
            for marker in markers
        ),
    )


def _order_marker(row: _OrderMarker) -> OrderMarker:
    return OrderMarker(
        promotion_id=row.value,
        gift_id=row.data,
        quantity=row.quantity,
        automatic=row.automaticQuantity,
        targeted=row.targetedQuantity,
        selected=row.selectedQuantity,
        removed=row.removedQuantity,
        failed=row.failedQuantity,
        gift_type=row.giftType,
        gift_detail=row.giftDetail,
        auto_remove=row.autoRemove,
    )


def _info(row: _Info) -> GiftInfo:
    return GiftInfo(
        promotion_id=row.promotionId,
        gift_id=row.giftWithPurchaseIdentifier,
        available=row.giftWithPurchaseQuantityAvailableForSelection,
        gift_type=row.giftWithPurchaseType,
        gift_detail=row.giftWithPurchaseDetail,
    )


def _promotion_names(order: Document) -> dict[str, str]:
    """Promotion id to name, from wherever the order tells it; a name is better than a description."""
    names: dict[str, str] = {}
    described: dict[str, str] = {}
    for entry in _entries(list(_discounts(order))):
        promotion = _text(entry, "promotionId")
        if promotion:
            names.setdefault(promotion, _text(entry, "promotionName"))
            described.setdefault(promotion, _text(entry, "promotionDesc"))
            names[promotion] = names[promotion] or _text(entry, "promotionName")
            described[promotion] = described[promotion] or _text(entry, "promotionDesc")
    told = {promotion: name or described[promotion] for promotion, name in names.items()}
    return {promotion: name for promotion, name in told.items() if name}


def _discounts(order: Document) -> Iterator[object]:
    """The places that name promotions: the order, its shipping groups, the cart's lines, the infos."""
    yield order.get("discountInfo")
    for group in _list(order.get("shippingGroups")):
        yield _object(group).get("discountInfo")
    for line in _list(_object(order.get("shoppingCart")).get("items")):
        yield _object(line).get("discountInfo")
    yield order.get("giftWithPurchaseInfo")


def _entries(roots: list[object]) -> Iterator[Document]:
    """Every object in ``roots``, at any depth, in document order."""
    waiting = roots[::-1]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += list(part.values())[::-1]
        elif isinstance(part, list):
            waiting += part[::-1]


def _object(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    """A list as it is, one object as a list of one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _text(part: Document, key: str) -> str:
    value = part.get(key)
    return safe_text(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _amount(value: object) -> Decimal | None:
    try:
        return _AMOUNT.validate_python(value)
    except ValidationError:
        return None


def _raw(answer: Answer) -> str:
    """The vendor's own text, each line safe to draw, without a credential that it echoes; else the same JSON."""
    body = answer.body
    text = body.decode(json.detect_encoding(body), "replace").removeprefix("\ufeff")
    lines = answer.redact(text).replace("\t", "  ").replace("\r\n", "\n").split("\n")
    return "\n".join(safe_text(line, len(body) * 8) for line in lines)
