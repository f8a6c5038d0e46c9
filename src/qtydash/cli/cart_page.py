"""A cart as a page of text: for a terminal, and for whoever has it read aloud."""

from collections.abc import Iterable, Iterator, Sequence

from qtydash.cli.table import table_text
from qtydash.domain.cart_difference import CartChange
from qtydash.domain.cart_words import auto_remove_words, change_words, check_words, gift_words
from qtydash.domain.carts import Cart, CartLine, Check, GiftSelection, SelectionLine, selections
from qtydash.domain.money import money
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.services.export import Row

_COUNTS = ("granted", "automatic", "targeted", "selected", "removed", "failed")
_MAX_LINE = 1_000


def page(cart: Cart, *, every_check: bool) -> str:
    """The order, its lines, its gift selections, then every selection that does not fit, and why.

    With ``every_check``, every selection with all its checks.
    """
    if cart.is_empty:
        return "The cart is empty.\n"
    found = selections(cart)
    parts = [_text([_order(cart)]), table_text(_LINE_COLUMNS, [_line(line, cart) for line in cart.lines])]
    if found:
        parts.append(table_text(_SELECTION_COLUMNS, [_selection(selection) for selection in found]))
    told = [selection for selection in found if every_check or selection.findings]
    parts += [_text(_block(selection, every_check)) for selection in told]
    return "\n".join(parts)


def _order(cart: Cart) -> str:
    site = f"site {cart.site_id}" if cart.site_id else ""
    total = f"total {money(cart.total, cart.currency)}" if cart.total is not None else ""
    return ", ".join(filter(None, (f"Order {cart.order_id}".strip(), total, site)))


_LINE_COLUMNS = ("id", "name", "quantity", "free", "unit_price", "amount", "free_by", "sku")


def _line(line: CartLine, cart: Cart) -> Row:
    names = dict(cart.promotion_names)
    return {
        "id": line.id,
        "name": line.title,
        "quantity": line.quantity,
        "free": line.free,
        "unit_price": money(line.unit_price, cart.currency),
        "amount": money(line.amount, cart.currency),
        "free_by": ", ".join(dict.fromkeys(names.get(m.promotion_id) or m.promotion_id for m in line.markers)),
        "sku": line.sku_id,
    }


_SELECTION_COLUMNS = ("promotion", "promotion_id", "gift_id", *_COUNTS, "open", "check", "gift")


def _selection(selection: GiftSelection) -> Row:
    return {
        "promotion": selection.title,
        "promotion_id": selection.promotion_id,
        "gift_id": selection.gift_id,
        **{count: getattr(selection, count) for count in _COUNTS},
        "open": selection.available,
        "check": plural(len(selection.findings), "finding") if selection.findings else "fits",
        "gift": gift_words(selection),
    }


def _block(selection: GiftSelection, every_check: bool) -> Iterator[str]:
    yield f"{selection.title} (promotion {selection.promotion_id}, identifier {selection.gift_id})"
    yield f"  gift: {'; '.join(filter(None, (gift_words(selection), auto_remove_words(selection))))}"
    for line in selection.lines:
        yield f"  on {_carried(line)}"
    if not selection.lines:
        yield "  on no cart line"
    for check in selection.findings:
        yield f"  {_verdict(check)}: {check.message}"
    for check in selection.checks:
        if every_check and check.holds:
            yield f"  holds: {check_words(check)}"


def _verdict(check: Check) -> str:
    return "finding" if check.certain else "finding, by an assumed rule"


def _carried(line: SelectionLine) -> str:
    marker = line.marker
    kinds = f"{marker.automatic} automatic, {marker.targeted} targeted, {marker.selected} selected"
    return (
        f"{line.name or line.line_id} ({line.line_id}): {line.quantity} in the cart, {marker.free} free "
        f"({kinds}), {marker.remaining} not touched"
    )


def finding_lines(found: Iterable[GiftSelection]) -> list[str]:
    """A line per finding, with the selection it is of."""
    return [
        f"{selection.title} ({selection.promotion_id}, {selection.gift_id}), {_verdict(check)}: {check.message}"
        for selection in found
        for check in selection.findings
    ]


def changes_table(changes: Sequence[CartChange], currency: str) -> str:
    """A line per thing that changed, the change in words and never cut."""
    told: list[Row] = [
        {"what": change.part, "name": change.title, "id": _id(change), "change": change_words(change, currency)}
        for change in changes
    ]
    return table_text(("what", "name", "id", "change"), told, widest=None)


def _id(change: CartChange) -> str:
    gift = f"{change.promotion_id} {change.gift_id}" if change.gift_id is not None else ""
    return f"{change.line_id} {gift}".strip()


def _text(lines: Iterable[str]) -> str:
    return "".join(safe_text(line, _MAX_LINE) + "\n" for line in lines)
