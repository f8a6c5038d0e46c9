"""The rows that commands print and screens export: one pure function per thing, with its fixed field names.

Counts are pieces, dates have no time zone, times are aware UTC, decimals stay ``Decimal``; ``export`` writes them.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from qtydash.domain.cart_difference import CartChange
from qtydash.domain.carts import Cart, CartLine, GiftSelection, ItemMarker, selections
from qtydash.domain.gifts import Gift
from qtydash.domain.order_qty import FIELDS as ORDER_QTY_FIELDS
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.order_qty_sums import CartHolds, totals
from qtydash.domain.tickets import LowThreshold, OptionNames, TicketDay, TicketProduct, by_option
from qtydash.services.export import Row

TICKET_DAY_COLUMNS = ("option_code", "option_name", "date", "max", "left", "sold", "inventory_code", "state")
TICKET_CHANGE_COLUMNS = (*TICKET_DAY_COLUMNS, "left_before", "change")
TICKET_PRODUCT_COLUMNS = ("code", "title", "category", "detail_category", "sale_starts", "sale_ends", "city")
GIFT_COLUMNS = ("id", "sku", "title", "status", "quantity", "unlimited", "updated_at")
SELECTION_COLUMNS = (
    "promotion_id",
    "gift_id",
    "promotion_name",
    "granted",
    "automatic",
    "targeted",
    "selected",
    "removed",
    "failed",
    "available",
    "gift_type",
    "gift_detail",
    "auto_remove",
    "lines",
    "findings",
)
CART_CHANGE_COLUMNS = (
    "part",
    "presence",
    "title",
    "promotion_id",
    "gift_id",
    "line_id",
    "field",
    "before",
    "after",
)
ORDER_QTY_COLUMNS = (*ORDER_QTY_FIELDS, "age_seconds", "state")
ORDER_QTY_CART_COLUMNS = (
    "consumer_cart_id",
    "rows",
    "quantity",
    "held_quantity",
    "stale_rows",
    "stale_quantity",
    "submitted_rows",
    "oldest_touched",
    "oldest_age_seconds",
    "product_ids",
)


def ticket_days(days: Iterable[TicketDay], names: OptionNames, low: LowThreshold) -> list[Row]:
    return [
        {
            "option_code": day.option_code,
            "option_name": names(day.option_code),
            "date": day.date,
            "max": day.max,
            "left": day.left,
            "sold": day.sold,
            "inventory_code": day.inventory_code,
            "state": day.state(low).value,
        }
        for day in days
    ]


def ticket_changes(
    days: Iterable[TicketDay], before: Mapping[Hashable, int], names: OptionNames, low: LowThreshold
) -> list[Row]:
    """The days with what was left ``before``, by ``TicketDay.key``. A day that was not known then has neither
    ``left_before`` nor ``change``."""
    told = list(days)
    return [
        {**row, "left_before": was, "change": None if was is None else day.left - was}
        for day, row in zip(told, ticket_days(told, names, low), strict=True)
        for was in (before.get(day.key),)
    ]


def ticket_matrix(
    days: Iterable[TicketDay], codes: Iterable[str], dates: Sequence[date], names: OptionNames
) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows of what is left: options down, ``dates`` across; nothing where there is no record.

    Several records of one option on one day are summed.
    """
    found = by_option(days)
    rows: list[Row] = []
    for code in codes:
        known = found.get(code, {})
        row: dict[str, object] = {"option_code": code, "option_name": names(code)}
        for on in dates:
            row[on.isoformat()] = known[on].left if on in known else None
        rows.append(row)
    return ("option_code", "option_name", *(on.isoformat() for on in dates)), rows


def ticket_products(products: Iterable[TicketProduct]) -> list[Row]:
    return [{column: getattr(product, column) for column in TICKET_PRODUCT_COLUMNS} for product in products]


def gifts(found: Iterable[Gift], languages: Sequence[str]) -> list[Row]:
    """``quantity`` is as the vendor sent it, also for an unlimited gift, where it says nothing."""
    return [
        {
            "id": gift.id,
            "sku": gift.sku,
            "title": gift.title(languages),
            "status": gift.status,
            "quantity": gift.quantity,
            "unlimited": gift.unlimited,
            "updated_at": gift.updated_at,
        }
        for gift in found
    ]


def cart(found: Cart) -> Row:
    """One object: the order, its lines and its gift selections with what does not fit."""
    return {
        "order_id": found.order_id,
        "currency": found.currency,
        "total": found.total,
        "lines": cart_lines(found.lines),
        "selections": cart_selections(selections(found)),
    }


def cart_lines(lines: Iterable[CartLine]) -> list[Row]:
    return [_cart_line(line) for line in lines]


def cart_selections(found: Iterable[GiftSelection]) -> list[Row]:
    return [_selection(selection) for selection in found]


def cart_changes(found: Iterable[CartChange]) -> list[Row]:
    """A row for every field that holds another value than before; of a new or gone thing, every field it has."""
    told = CART_CHANGE_COLUMNS[:-3]
    return [
        {
            **{column: getattr(change, column) for column in told},
            "field": value.field,
            "before": value.before,
            "after": value.after,
        }
        for change in found
        for value in change.values
    ]


def _cart_line(line: CartLine) -> Row:
    return {
        "id": line.id,
        "product_id": line.product_id,
        "sku_id": line.sku_id,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount": line.amount,
        "free": line.free,
        "markers": [
            {"promotion_id": marker.promotion_id, "gift_id": marker.gift_id, **_shares(marker)}
            for marker in line.markers
        ],
    }


def _shares(marker: ItemMarker) -> dict[str, object]:
    return {
        "automatic": marker.automatic,
        "targeted": marker.targeted,
        "selected": marker.selected,
        "remaining": marker.remaining,
    }


def _selection(selection: GiftSelection) -> Row:
    told: dict[str, object] = {
        column: getattr(selection, column) for column in SELECTION_COLUMNS if column not in ("lines", "findings")
    }
    told["lines"] = [
        {"line_id": line.line_id, "name": line.name, "quantity": line.quantity, **_shares(line.marker)}
        for line in selection.lines
    ]
    told["findings"] = [
        {"rule": finding.rule, "certain": finding.certain, "message": finding.message}
        for finding in selection.findings
    ]
    return told


def order_qty(records: Iterable[OrderQty], now: datetime, stale_after: timedelta) -> list[Row]:
    """``age_seconds`` is whole seconds since the record was last touched, negative when dated in the future."""
    return [_order_qty_row(record, now, stale_after) for record in records]


def _order_qty_row(record: OrderQty, now: datetime, stale_after: timedelta) -> Row:
    age = record.age(now)
    return {
        **{column: getattr(record, column) for column in ORDER_QTY_FIELDS},
        "age_seconds": None if age is None else int(age.total_seconds()),
        "state": record.state(now, stale_after).value,
    }


def order_qty_carts(carts: Iterable[CartHolds], now: datetime, stale_after: timedelta) -> list[Row]:
    """``quantity`` is of all rows of the cart that are listed, ``held_quantity`` of those that hold stock;
    ``oldest_age_seconds`` is of the row that was left alone the longest."""
    return [_order_qty_cart(cart, now, stale_after) for cart in carts]


def _order_qty_cart(cart: CartHolds, now: datetime, stale_after: timedelta) -> Row:
    sums, oldest = totals(cart.records, now, stale_after), cart.oldest
    return {
        "consumer_cart_id": cart.cart_id,
        "rows": sums.rows,
        "quantity": cart.total.quantity,
        "held_quantity": sums.active.quantity,
        "stale_rows": sums.stale.rows,
        "stale_quantity": sums.stale.quantity,
        "submitted_rows": sums.submitted.rows,
        "oldest_touched": oldest,
        "oldest_age_seconds": None if oldest is None else int((now - oldest).total_seconds()),
        "product_ids": list(dict.fromkeys(record.product_id for record in cart.records)),
    }
