"""The two lists of a cart: its gift selections, and its lines."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qtydash.domain.cart_difference import CartChange
from qtydash.domain.cart_words import gift_words, used_words
from qtydash.domain.carts import Cart, CartLine, GiftSelection, selections
from qtydash.domain.money import money
from qtydash.domain.snapshot import plural
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.carts_bar import bar_text
from qtydash.tui.models.carts_removal import Removal, open_cell
from qtydash.tui.models.table import Order, Table, TableColumn, arranged, fitting, widest
from qtydash.tui.widgets.grid_model import Cell


@dataclass(frozen=True, slots=True)
class CartView:
    """How the operator wants to see the cart, and what changed in it since it was read before."""

    words: tuple[str, ...] = ()
    order: Order = Order()  # noqa: RUF009 - frozen
    changes: tuple[CartChange, ...] = ()
    width: int = 200
    """Cells there are; columns beyond them are left out."""
    removal: Removal = Removal()  # noqa: RUF009 - frozen


def number(value: int | None) -> str:
    """A count, or ``-`` where the list that would tell it has no entry."""
    return "-" if value is None else str(value)


def verdict(selection: GiftSelection, glyphs: Glyphs) -> Cell:
    """Whether a selection fits, and if not, whether only by rules that are assumed."""
    findings = selection.findings
    if not findings:
        return Cell(f"{glyphs.fine} fits", "good")
    if any(check.certain for check in findings):
        return Cell(f"{glyphs.finding} {plural(len(findings), 'finding')}", "bad")
    return Cell(f"{glyphs.mismatch} {len(findings)} assumed", "low")


def selections_table(cart: Cart, view: CartView, glyphs: Glyphs) -> Table[GiftSelection]:
    """One row per gift selection: what was granted and how it was used, what is open, what does not fit."""
    changed: Mapping[Hashable, CartChange] = {
        (c.promotion_id, c.gift_id): c for c in view.changes if c.part == "selection"
    }

    def granted(s: GiftSelection) -> Cell:
        return Cell(f"{number(s.granted):>2} {bar_text(s, glyphs)}")

    def still_open(s: GiftSelection) -> Cell:
        return open_cell(s, view.removal, _moved(changed.get(s.key), "available", glyphs), glyphs)

    def searched(s: GiftSelection) -> str:
        staged = "staged" if view.removal.taken(s) else ""
        return f"{s.title} {s.promotion_id} {s.gift_id} {gift_words(s)} {staged}"

    def promotion(s: GiftSelection) -> Cell:
        """Where the gift has no column, of a promotion with several it comes first: their rows look alike else."""
        alike = titles[s.title] > 1 and len(columns) < len(all_columns)
        return Cell(f"{s.gift_detail}: {s.title}" if alike and s.gift_detail else s.title)

    found = selections(cart)
    titles = Counter(s.title for s in found)
    granted_width = widest((granted(s).text for s in found), 11, 15)
    open_width = widest((still_open(s).text for s in found), 5, 16)
    all_columns: Sequence[TableColumn[GiftSelection]] = (
        TableColumn("Promotion", 18, promotion, lambda s: s.title.casefold(), flexible=True),
        TableColumn("Check", 12, lambda s: verdict(s, glyphs), _severity),
        TableColumn("Granted", granted_width, granted, lambda s: -1 if s.granted is None else s.granted),
        TableColumn(
            "Open", open_width, still_open, lambda s: -1 if s.available is None else s.available, align="right"
        ),
        TableColumn("Used", 24, lambda s: Cell(used_words(s)), used_words),
        TableColumn("Gift", 22, lambda s: Cell(gift_words(s), "dim"), gift_words),
    )
    columns = fitting(all_columns, view.width)
    records = arranged(found, columns, view.order, view.words, searched)
    return Table(columns, records, lambda s: s.key, fixed=1, order=view.order, glyphs=glyphs)


def _severity(selection: GiftSelection) -> tuple[int, int]:
    """What is certain to be wrong comes first."""
    findings = selection.findings
    return -sum(check.certain for check in findings), -len(findings)


def _moved(change: CartChange | None, field: str, glyphs: Glyphs) -> str:
    """Which way a number went since the read before, "" when it stayed."""
    value = change.value(field) if change is not None else None
    if value is None or not isinstance(value.before, int) or not isinstance(value.after, int):
        return ""
    return glyphs.up if value.after > value.before else glyphs.down


def lines_table(cart: Cart, view: CartView, glyphs: Glyphs) -> Table[CartLine]:
    """One row per cart line, with how much of it is free and by which promotion, and what is paid for it."""
    names = dict(cart.promotion_names)
    changed = {c.line_id: c for c in view.changes if c.part == "line"}

    def quantity(line: CartLine) -> Cell:
        return Cell(f"{_moved(changed.get(line.id), 'quantity', glyphs)}{line.quantity}")

    def free(line: CartLine) -> Cell:
        return Cell(str(line.free) if line.markers else "-", "good" if line.free else "dim")

    def promotions(line: CartLine) -> str:
        return ", ".join(dict.fromkeys(names.get(m.promotion_id) or m.promotion_id for m in line.markers))

    def price(value: Decimal | None) -> Cell:
        return Cell(money(value, cart.currency), "" if value is not None else "dim")

    columns: Sequence[TableColumn[CartLine]] = (
        TableColumn("Line", 18, lambda r: Cell(r.title), lambda r: r.title.casefold(), flexible=True),
        TableColumn("Qty", 5, quantity, lambda r: r.quantity, align="right"),
        TableColumn("Free", 5, free, lambda r: r.free, align="right"),
        TableColumn("Amount", 12, lambda r: price(r.amount), lambda r: r.amount or Decimal(0), align="right"),
        TableColumn("Free by", 20, lambda r: Cell(promotions(r) or "-", "dim"), promotions),
        TableColumn(
            "Unit price", 12, lambda r: price(r.unit_price), lambda r: r.unit_price or Decimal(0), align="right"
        ),
        TableColumn("SKU", 14, lambda r: Cell(r.sku_id or "-", "dim"), lambda r: r.sku_id),
    )
    columns = fitting(columns, view.width)
    records = arranged(
        cart.lines,
        columns,
        view.order,
        view.words,
        lambda r: f"{r.name} {r.id} {r.product_id} {r.sku_id} {promotions(r)}",
    )
    return Table(columns, records, lambda r: r.id, fixed=1, order=view.order, glyphs=glyphs)
