"""The two lists of a cart: its gift selections, and its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qtydash.domain.carts import Cart, CartLine, GiftSelection, selections
from qtydash.domain.snapshot import plural
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.table import Order, Table, TableColumn, arranged
from qtydash.tui.widgets.grid_model import Cell


@dataclass(frozen=True, slots=True)
class CartView:
    """How the operator wants to see the cart."""

    words: tuple[str, ...] = ()
    order: Order = Order()  # noqa: RUF009 - frozen


def number(value: int | None) -> str:
    """A count, or ``-`` where the list that would tell it has no entry."""
    return "-" if value is None else str(value)


def money(value: Decimal | None, currency: str) -> str:
    """A price with its currency, whole where it is whole, else with two places or more; ``-`` when none was sent.

    >>> money(Decimal("479.0"), "USD"), money(Decimal("37.5"), "USD"), money(None, "USD")
    ('479 USD', '37.50 USD', '-')
    """
    if value is None:
        return "-"
    text = f"{value:f}"
    whole, _, places = text.partition(".")
    places = places.rstrip("0")
    return f"{whole}{'.' + places.ljust(2, '0') if places else ''} {currency}".rstrip()


def selections_table(cart: Cart, view: CartView, glyphs: Glyphs) -> Table[GiftSelection]:
    """One row per gift selection: what was granted, how it was used, what is open, what does not fit."""

    def verdict(s: GiftSelection) -> Cell:
        if not s.findings:
            return Cell(f"{glyphs.fine} fits", "good")
        return Cell(f"{glyphs.finding} {plural(len(s.findings), 'finding')}", "bad")

    def name(s: GiftSelection) -> str:
        return s.promotion_name or s.promotion_id

    def count(label: str, get: str) -> TableColumn[GiftSelection]:
        def value(s: GiftSelection) -> int | None:
            found: int | None = getattr(s, get)
            return found

        return TableColumn(
            label,
            len(label),
            lambda s: Cell(number(value(s)), "" if value(s) else "dim"),
            lambda s: value(s) if value(s) is not None else -1,
            align="right",
        )

    columns: Sequence[TableColumn[GiftSelection]] = (
        TableColumn("Promotion", 14, lambda s: Cell(name(s)), lambda s: name(s).casefold(), flexible=True),
        TableColumn("Check", 12, verdict, lambda s: -len(s.findings)),
        TableColumn(
            "Open", 4, lambda s: Cell(number(s.available), "note"), lambda s: s.available or 0, align="right"
        ),
        count("Granted", "granted"),
        count("Auto", "automatic"),
        count("Target", "targeted"),
        count("Chosen", "selected"),
        count("Declined", "removed"),
        count("Failed", "failed"),
        TableColumn("Gift", 14, lambda s: Cell(s.gift_detail or "-", "dim"), lambda s: s.gift_detail),
    )
    records = arranged(
        selections(cart),
        columns,
        view.order,
        view.words,
        lambda s: f"{name(s)} {s.promotion_id} {s.gift_id} {s.gift_detail}",
    )
    return Table(columns, records, lambda s: (s.promotion_id, s.gift_id), fixed=1, order=view.order, glyphs=glyphs)


def lines_table(cart: Cart, view: CartView, glyphs: Glyphs) -> Table[CartLine]:
    """One row per cart line, with how much of it is free and by which promotion."""
    names = dict(cart.promotion_names)

    def free(line: CartLine) -> Cell:
        return Cell(str(line.free) if line.markers else "-", "good" if line.free else "dim")

    def promotions(line: CartLine) -> str:
        return ", ".join(names.get(m.promotion_id) or m.promotion_id for m in line.markers)

    columns: Sequence[TableColumn[CartLine]] = (
        TableColumn("Line", 14, lambda r: Cell(r.name or r.product_id or r.id), lambda r: r.name, flexible=True),
        TableColumn("Qty", 5, lambda r: Cell(str(r.quantity)), lambda r: r.quantity, align="right"),
        TableColumn("Free", 5, free, lambda r: r.free, align="right"),
        TableColumn(
            "Amount",
            12,
            lambda r: Cell(money(r.amount, cart.currency)),
            lambda r: r.amount or Decimal(0),
            align="right",
        ),
        TableColumn("Free by", 16, lambda r: Cell(promotions(r) or "-", "dim"), promotions),
        TableColumn("SKU", 14, lambda r: Cell(r.sku_id or "-", "dim"), lambda r: r.sku_id),
    )
    records = arranged(
        cart.lines,
        columns,
        view.order,
        view.words,
        lambda r: f"{r.name} {r.id} {r.product_id} {r.sku_id} {promotions(r)}",
    )
    return Table(columns, records, lambda r: r.id, fixed=1, order=view.order, glyphs=glyphs)
