"""Three carts: a rich one, the document's sample, and one whose lists disagree (document 003)."""

from dataclasses import dataclass

from qtydash.sandbox.data.order import (
    Json,
    Line,
    Promotion,
    Used,
    info,
    item_marker,
    order,
    order_marker,
)

RICH_ORDER = "o10001"
SAMPLE_ORDER = "o690411"
ODD_ORDER = "o10003"

SAMPLE_PROMOTION = Promotion("promo40001", "gwp1")
SAMPLE_IDENTIFIER = -2112496103

CAMERA = Promotion("promo50001", "Camera kit: free strap")
FILMS = Promotion("promo50002", "Choose four films 四部電影任選")
TRIPOD = Promotion("promo50003", "Members choose two filters")
CLOTH = Promotion("promo50004", "Free cleaning cloths")
CASE = Promotion("promo50005", "Free case (declined)")
PRINTS = Promotion("promo50006", "Five free prints")
SHARED_IDENTIFIER = 1836123324
"""Two selections carry it, in ``FILMS`` and in ``TRIPOD``: the identifier alone is not unique."""
STRAP, SECOND_FILMS, CLOTHS, DECLINED_CASE, WRONG_PRINTS = 77120011, -512004881, 90210455, -33400127, 610998872

NO_INFO = Promotion("promo60001", "Granted, not listed as open")
NO_ORDER = Promotion("promo60002", "Open, never granted")
ONLY_LINE = Promotion("promo60003", "On a line only")
BIG = Promotion("promo60004", "Identifier beyond 32 bits")
LOCKED = Promotion("promo60009", "Cannot be changed now")
"""Removing from it is a business error: 28327 with status 500, nothing changed."""
BIG_IDENTIFIER = -23234234355
LOCKED_IDENTIFIER = 40090001


@dataclass(frozen=True, slots=True)
class Selection:
    """One selection with its two entries in an order; either may be missing."""

    promotion_id: str
    identifier: int
    marker: Json | None
    info: Json | None

    @property
    def available(self) -> int:
        """Pieces still open."""
        return self.info["giftWithPurchaseQuantityAvailableForSelection"] if self.info else 0

    def remove(self, quantity: int) -> Json:
        """Take ``quantity`` open pieces away and say what changed."""
        before = self.available
        if self.info is not None:
            self.info["giftWithPurchaseQuantityAvailableForSelection"] = before - quantity
        if self.marker is not None:
            self.marker["removedQuantity"] += quantity
        return {
            "promotionId": self.promotion_id,
            "giftWithPurchaseIdentifier": self.identifier,
            "removed": quantity,
            "available": {"before": before, "after": before - quantity},
        }


def selections(cart: Json) -> list[Selection]:
    """The selections of an order that could have something open."""
    markers = {(m["value"], int(m["data"])): m for m in cart["giftWithPurchaseOrderMarkers"]}
    infos = {(i["promotionId"], i["giftWithPurchaseIdentifier"]): i for i in cart["giftWithPurchaseInfo"]}
    return [Selection(*key, markers.get(key), infos.get(key)) for key in dict.fromkeys([*markers, *infos])]


def carts() -> dict[str, Json]:
    """The three orders by order id, each as GET answers it."""
    return {cart["orderId"]: cart for cart in (_rich(), _sample(), _odd())}


def _sample() -> Json:
    promotion, identifier, used = SAMPLE_PROMOTION, SAMPLE_IDENTIFIER, Used(automatic=1)
    detail = "Product_6Dxyi"
    return order(
        SAMPLE_ORDER,
        [
            Line(
                "ci101000413",
                "camcorder_1",
                "camcordersku_1_3",
                "Samsung - F90BN HD Flash Memory Camcorder",
                1,
                "597",
            ),
            Line(
                "ci101000414",
                detail,
                "Sku_6Exyi",
                "Amores Perros",
                1,
                "19.99",
                (item_marker(promotion, identifier, used, 0),),
                (promotion,),
            ),
        ],
        [order_marker(promotion, identifier, 1, used, detail=detail)],
        [info(promotion, identifier, 0, detail=detail)],
        [promotion],
        money_as_text=False,
    )


def _rich() -> Json:
    strap, print_ = Used(automatic=1), Used(automatic=1, selected=1)
    film, targeted, cloth = Used(selected=1), Used(targeted=1), Used(automatic=1)
    lines = [
        Line("ci20001", "camera_7", "camerasku_7_1", "Compact camera 24 mm 輕便相機", 1, "479.00"),
        Line(
            "ci20002",
            "strap_1",
            "strapsku_1",
            "Leather strap",
            2,
            "39.00",
            (item_marker(CAMERA, STRAP, strap, 1),),
            (CAMERA,),
        ),
        Line(
            "ci20003",
            "film_amores",
            "filmsku_11",
            "Amores Perros",
            1,
            "19.99",
            (item_marker(FILMS, SHARED_IDENTIFIER, film, 0),),
            (FILMS,),
        ),
        Line(
            "ci20004",
            "film_yiyi",
            "filmsku_12",
            "Yi Yi 一一",
            3,
            "24.50",
            (item_marker(FILMS, SECOND_FILMS, targeted, 2),),
            (FILMS,),
        ),
        Line(
            "ci20005",
            "cloth_2",
            "clothsku_2",
            "Microfibre cloth",
            3,
            "4.00",
            (item_marker(CLOTH, CLOTHS, cloth, 0), item_marker(PRINTS, WRONG_PRINTS, print_, 0)),
            (CLOTH, PRINTS),
        ),
        Line("ci20006", "tripod_1", "tripodsku_1", "Travel tripod 旅行三腳架", 1, "129.00"),
    ]
    markers = [
        order_marker(CAMERA, STRAP, 1, strap, detail="strap_1"),
        order_marker(FILMS, SHARED_IDENTIFIER, 4, film, removed=1, detail="film_collection"),
        order_marker(FILMS, SECOND_FILMS, 3, targeted, detail="film_yiyi"),
        order_marker(TRIPOD, SHARED_IDENTIFIER, 2, Used(), gift_type="sku", detail="filtersku_58mm"),
        order_marker(CLOTH, CLOTHS, 2, cloth, failed=1, gift_type="sku", detail="clothsku_2"),
        order_marker(CASE, DECLINED_CASE, 1, Used(), removed=1, detail="case_4", auto_remove=False),
        order_marker(PRINTS, WRONG_PRINTS, 5, print_, detail="prints_10x15"),
    ]
    infos = [
        info(CAMERA, STRAP, 0, detail="strap_1"),
        info(FILMS, SHARED_IDENTIFIER, 2, detail="film_collection"),
        info(FILMS, SECOND_FILMS, 2, detail="film_yiyi"),
        info(TRIPOD, SHARED_IDENTIFIER, 2, gift_type="sku", detail="filtersku_58mm"),
        info(CLOTH, CLOTHS, 0, gift_type="sku", detail="clothsku_2"),
        info(CASE, DECLINED_CASE, 0, detail="case_4"),
        # 5 − 1 − 1 = 3: this one does not add up, on purpose.
        info(PRINTS, WRONG_PRINTS, 4, detail="prints_10x15"),
    ]
    address = {"firstName": "Sandy", "lastName": "Box", "city": "Springfield", "email": "sandy@sandbox.example"}
    promotions = [CAMERA, FILMS, TRIPOD, CLOTH, CASE, PRINTS]
    return order(RICH_ORDER, lines, markers, infos, promotions, money_as_text=True, address=address)


def _odd() -> Json:
    on_line = Used(selected=1)
    lines = [
        Line("ci30001", "lamp_1", "lampsku_1", "Desk lamp", 1, "59.90"),
        Line(
            "ci30002",
            "bulb_1",
            "bulbsku_1",
            "LED bulb",
            2,
            "8.50",
            (item_marker(ONLY_LINE, 60030001, on_line, -1),),
            (ONLY_LINE,),
        ),
    ]
    markers = [
        order_marker(NO_INFO, 60010001, 1, Used(), detail="bulb_1"),
        order_marker(BIG, BIG_IDENTIFIER, 2, Used(), detail="bulb_2"),
        order_marker(LOCKED, LOCKED_IDENTIFIER, 1, Used(), detail="bulb_3"),
    ]
    infos = [
        info(NO_ORDER, 60020001, 1, detail="lamp_2"),
        info(BIG, BIG_IDENTIFIER, 2, detail="bulb_2"),
        info(LOCKED, LOCKED_IDENTIFIER, 1, detail="bulb_3"),
    ]
    promotions = [NO_INFO, NO_ORDER, ONLY_LINE, BIG, LOCKED]
    return order(ODD_ORDER, lines, markers, infos, promotions, money_as_text=False)
