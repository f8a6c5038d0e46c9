"""Builds an order as Oracle Commerce writes one: types on the wire as in the document's sample (document 003)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Json = dict[str, Any]
GiftType = Literal["product", "sku"]


@dataclass(frozen=True, slots=True)
class Promotion:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Used:
    """How gift pieces are used, per kind."""

    automatic: int = 0
    targeted: int = 0
    selected: int = 0

    @property
    def free(self) -> int:
        return self.automatic + self.targeted + self.selected


def order_marker(
    promotion: Promotion,
    identifier: int,
    quantity: int,
    used: Used,
    *,
    removed: int = 0,
    failed: int = 0,
    gift_type: GiftType = "product",
    detail: str = "",
    auto_remove: bool = True,
) -> Json:
    """One entry of ``giftWithPurchaseOrderMarkers``: what a selection was granted and how it was used."""
    return {
        "quantity": quantity,
        "selectedQuantity": used.selected,
        "removedQuantity": removed,
        "data": str(identifier),
        "automaticQuantity": used.automatic,
        "giftType": gift_type,
        "autoRemove": auto_remove,
        "giftDetail": detail,
        "repositoryId": _repository_id(promotion),
        "failedQuantity": failed,
        "value": promotion.id,
        "targetedQuantity": used.targeted,
        "key": "atg.gwp",
    }


def item_marker(promotion: Promotion, identifier: int, used: Used, remaining: int) -> Json:
    """One entry of a line's ``giftWithPurchaseCommerceItemMarkers``."""
    return {
        "remainingQuantity": remaining,
        "selectedQuantity": used.selected,
        "data": str(identifier),
        "automaticQuantity": used.automatic,
        "repositoryId": _repository_id(promotion),
        "value": promotion.id,
        "targetedQuantity": used.targeted,
        "key": "atg.gwp",
    }


def info(
    promotion: Promotion, identifier: int, available: int, *, gift_type: GiftType = "product", detail: str = ""
) -> Json:
    """One entry of ``giftWithPurchaseInfo``: what is still open."""
    return {
        "giftWithPurchaseQuantityAvailableForSelection": available,
        "giftWithPurchaseType": gift_type,
        "giftWithPurchaseDetail": detail,
        "promotionDesc": None,
        "promotionId": promotion.id,
        "giftWithPurchaseIdentifier": identifier,
    }


def _repository_id(promotion: Promotion) -> str:
    # Order and item markers share it, as in the sample: whoever joins on it joins wrongly.
    return f"35{promotion.id.removeprefix('promo')}"


@dataclass(frozen=True, slots=True)
class Line:
    """A cart line. ``price`` is for one piece; free pieces cost nothing."""

    id: str
    product: str
    sku: str
    name: str
    quantity: int
    price: str
    markers: tuple[Json, ...] = ()
    promotions: tuple[Promotion, ...] = ()

    @property
    def free(self) -> int:
        return sum(
            marker[f"{kind}Quantity"] for marker in self.markers for kind in ("automatic", "targeted", "selected")
        )

    @property
    def amount(self) -> Decimal:
        return Decimal(self.price) * max(0, self.quantity - self.free)


def order(
    order_id: str,
    lines: Sequence[Line],
    order_markers: Sequence[Json],
    infos: Sequence[Json],
    promotions: Sequence[Promotion],
    *,
    money_as_text: bool,
    address: Json | None = None,
) -> Json:
    """A whole order, as GET answers it. The shipping group's items carry no markers."""
    items = [_item(line, money_as_text) for line in lines]
    total = float(sum(line.amount for line in lines))
    prices = {
        "amount": total,
        "total": total,
        "shipping": 0,
        "shippingSurchargeValue": 0,
        "tax": 0,
        "subTotal": total,
        "currencyCode": "USD",
        "totalWithoutTax": str(total) if money_as_text else total,
    }
    return {
        "shippingGroups": [
            {
                "priceInfo": prices,
                "discountInfo": {"orderDiscount": 0, "shippingDiscount": 0, "discountDescList": []},
                "shippingMethod": {"cost": 0, "shippingTax": 0, "value": "hardgoodShippingGroup"},
                "shippingGroupId": f"sg7{order_id[2:]}",
                "shippingAddress": address or dict.fromkeys(("lastName", "country", "city", "email")),
                "type": "hardgoodShippingGroup",
                "items": [
                    {k: v for k, v in item.items() if k != "giftWithPurchaseCommerceItemMarkers"} for item in items
                ],
            }
        ],
        "orderId": order_id,
        "creationSiteId": "siteUS",
        "dynamicProperties": [],
        "payments": [],
        "shippingMethod": {"shippingTax": 0, "cost": 0, "value": "hardgoodShippingGroup"},
        "priceListGroup": {
            "id": "defaultPriceGroup",
            "displayName": "Default Price Group",
            "locale": "en_US",
            "currency": {"symbol": "$", "currencyCode": "USD", "fractionalDigits": 2, "numericCode": "840"},
        },
        "orderAction": "order",
        "priceInfo": prices,
        "discountInfo": {
            "orderDiscount": 0,
            "shippingDiscount": 0,
            "orderImplicitDiscountList": [_discount(promotion) for promotion in promotions],
            "orderCouponsMap": {},
        },
        "shoppingCart": {"numberOfItems": sum(line.quantity for line in lines), "items": items},
        "giftWithPurchaseInfo": list(infos),
        "siteId": "siteUS",
        "giftWithPurchaseOrderMarkers": list(order_markers),
    }


def _discount(promotion: Promotion) -> Json:
    return {
        "promotionLongDesc": None,
        "promotionName": promotion.name,
        "promotionLevel": "item",
        "promotionDesc": promotion.name,
        "promotionId": promotion.id,
    }


def _item(line: Line, money_as_text: bool) -> Json:
    raw = Decimal(line.price) * line.quantity
    discount = line.amount - raw
    return {
        "rawTotalPrice": str(raw) if money_as_text else float(raw),
        "displayName": line.name,
        "dynamicProperties": [],
        "discountAmount": str(discount) if money_as_text else float(discount),
        "externalData": [],
        "isItemValid": True,
        "commerceItemId": line.id,
        "price": float(line.amount),
        "variant": [],
        "onSale": False,
        "id": line.id,
        "state": "Added to order",
        "stateKey": "INITIAL",
        "unitPrice": line.price if money_as_text else float(line.price),
        "childSKUs": [{"primaryThumbImageURL": None}],
        "amount": float(line.amount),
        "quantity": line.quantity,
        "productId": line.product,
        "pointOfNoRevision": False,
        "salePrice": "0" if money_as_text else 0,
        "giftWithPurchaseCommerceItemMarkers": list(line.markers),
        "originalCommerceItemId": None,
        "taxCode": None,
        "catRefId": line.sku,
        "skuProperties": [],
        "route": f"/product/{line.product}",
        "discountInfo": [_discount(promotion) for promotion in line.promotions],
        "siteId": "siteUS",
        "shopperInput": {},
        "asset": False,
        "listPrice": float(line.price),
    }
