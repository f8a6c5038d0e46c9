"""A gift selection and a cart line explained: numbers with their labels, the rules with their verdicts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from qtydash.domain.cart_difference import CartChange
from qtydash.domain.cart_words import (
    OPEN_MEANING,
    USES,
    auto_remove_words,
    change_words,
    check_words,
    gift_words,
)
from qtydash.domain.carts import Cart, CartLine, Check, GiftSelection, ItemMarker, SelectionLine
from qtydash.domain.money import money
from qtydash.domain.snapshot import plural
from qtydash.tui.bindings import KEYS
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.carts import number
from qtydash.tui.models.carts_bar import bar, untold
from qtydash.tui.models.carts_removal import Removal, removal_lines
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

_STYLES = {
    "automatic": "bold reverse $text-success",
    "targeted": "bold reverse $text-success",
    "selected": "bold reverse $text-success",
    "removed": "bold reverse $text-muted",
    "failed": "bold reverse $text-error",
    "open": "bold $text-accent",
    "untold": "bold reverse $text-warning",
}
WIDE_BAR = 24


def selection_lines(
    selection: GiftSelection,
    changes: Iterable[CartChange],
    cart: Cart,
    glyphs: Glyphs,
    *,
    removal: Removal,
    whole: bool = False,
    keys: Mapping[str, str] = KEYS,
) -> list[Line]:
    """One selection, what matters most first: its bar, what does not fit, how it was used, who carries it, what
    fits, its ids. ``whole`` has headings and tells each number that is 0, too."""
    s = selection
    lines: list[Line] = [
        [Part(s.title, "bold"), Part(f"  gift: {gift_words(s)}", "$text-muted")],
        [Part(f"{number(s.granted)} granted  "), *_bar(s, glyphs), Part(f"  {number(s.available)} open")],
        *removal_lines(s, removal, glyphs, keys),
        *(_check(check, glyphs) for check in s.findings),
        *_changed([c for c in changes if c.part != "line" and (c.promotion_id, c.gift_id) == s.key], cart),
    ]
    carried: list[Line] = [[Part(f"on {_carried(line)}")] for line in s.lines]
    ids: list[Line] = [[Part(f"promotion {s.promotion_id}  identifier {s.gift_id}", "$text-muted")]]
    if words := auto_remove_words(s):
        ids.insert(0, [Part(f"auto-remove: {words}", "$text-muted")])
    for heading, part in (
        ("How it was used", list(_uses(s, glyphs, zeros=whole))),
        ("Cart lines that carry it", carried or [[Part("on no cart line", "$text-muted")]]),
        ("What fits", [_check(check, glyphs) for check in s.checks if check.holds]),
        ("Also told", ids),
    ):
        lines += [[], [Part(heading, "bold underline")], *part] if whole and part else part
    return lines


def _bar(s: GiftSelection, glyphs: Glyphs) -> Iterator[Part]:
    for run in bar(s, glyphs, WIDE_BAR):
        yield Part(run.mark * run.cells, _STYLES[run.field])


def _uses(s: GiftSelection, glyphs: Glyphs, *, zeros: bool) -> Iterator[Line]:
    """Every number with its meaning; the zeros in a row unless ``zeros`` is set."""
    numbers = [(use.field, use.letter, getattr(s, use.field), use.meaning) for use in USES]
    numbers.append(("open", glyphs.bar_empty, s.available, OPEN_MEANING))
    for field, mark, count, meaning in numbers:
        if count or zeros:
            style, tone = (_STYLES[field], "") if count else ("$text-muted", "$text-muted")
            told = meaning if count is not None else "not told"
            yield [Part(mark, style), Part(f" {number(count)} {field}: {told}", tone)]
    if missing := untold(s):
        words = f" {missing} not accounted for: granted, but neither used nor said to be open"
        yield [Part(glyphs.mismatch, _STYLES["untold"]), Part(words)]
    none = [field for field, _, count, _ in numbers if count == 0]
    if none and not zeros:
        yield [Part(f"none {' or '.join(filter(None, (', '.join(none[:-1]), none[-1])))}", "$text-muted")]


def _check(check: Check, glyphs: Glyphs) -> Line:
    if check.holds:
        return [Part(f"{glyphs.fine} ", "$text-success"), Part(check_words(check), "$text-muted")]
    if check.certain:
        return [Part(f"{glyphs.finding} {check_words(check)}", "$text-error")]
    return [Part(f"{glyphs.mismatch} {check_words(check)}", "$text-warning")]


def _changed(changes: Sequence[CartChange], cart: Cart) -> Iterator[Line]:
    for change in changes:
        told = change_words(change, cart.currency)
        of = f"{change.title}: " if change.part == "marker" else ""
        yield [Part(f"since the read before: {of}{told}", "$text-accent")]


def _carried(line: SelectionLine) -> str:
    words = f"{line.name or line.line_id}: {line.quantity} in the cart, {_shares(line.marker)}"
    return words if line.sole else f"{words}; the line carries other gifts too"


def _shares(marker: ItemMarker) -> str:
    shares = (("automatic", marker.automatic), ("targeted", marker.targeted), ("selected", marker.selected))
    kinds = ", ".join(f"{count} {name}" for name, count in shares if count)
    return f"{marker.free} free{f' ({kinds})' if kinds else ''}, {marker.remaining} not touched"


def between_line(cart: Cart, selections: int, roomy: bool, *, lines_shown: bool, switch: str) -> Line:
    """The heading of the lines; where only one list is shown, what the other holds and the key that shows it."""
    if lines_shown and not roomy:
        return [Part(plural(selections, "gift selection"), "bold"), Part(f"  {switch} shows them", "$text-muted")]
    free = sum(line.free for line in cart.lines)
    words = f"{plural(len(cart.lines), 'cart line')}, {plural(free, 'piece')} free"
    total = f", total {money(cart.total, cart.currency)}" if cart.total is not None else ""
    return [Part(words + total, "bold"), Part("" if roomy else f"  {switch} shows them", "$text-muted")]


def line_lines(line: CartLine, changes: Iterable[CartChange], cart: Cart) -> list[Line]:
    """One cart line: how much of it is free and why, what it costs, its ids."""
    names = dict(cart.promotion_names)
    prices = f"unit price {money(line.unit_price, cart.currency)}, amount {money(line.amount, cart.currency)}"
    lines: list[Line] = [
        [Part(line.title, "bold")],
        [Part(f"{line.quantity} in the cart, {line.free} free; {prices}")],
        *_changed([c for c in changes if c.part in ("line", "marker") and c.line_id == line.id], cart),
    ]
    for marker in line.markers:
        name = names.get(marker.promotion_id) or marker.promotion_id
        told = f"{name} makes {_shares(marker)}"
        lines.append([Part(told), Part(f"  identifier {marker.gift_id}", "$text-muted")])
    if not line.markers:
        lines.append([Part("No promotion makes any of it free.", "$text-muted")])
    ids = (("line", line.id), ("product", line.product_id), ("SKU", line.sku_id))
    lines.append([Part("  ".join(f"{name} {value or '-'}" for name, value in ids), "$text-muted")])
    return lines
