"""What changed between two readings of a cart: in its gift selections, in its lines, and in the order itself.

Selections are told apart by promotion and identifier, lines by their id. Counts are pieces, prices the cart's own
currency.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeVar

from qtydash.domain.carts import Cart, CartLine, GiftSelection, ItemMarker, SelectionKey, selections

Value = str | int | bool | Decimal | None
"""What a field held; None where there was nothing to hold it."""
Part = Literal["order", "selection", "line", "marker"]
"""What a change is of. A marker is a selection's share of one cart line."""
Presence = Literal["changed", "new", "gone"]

ORDER_FIELDS = ("order_id", "site_id", "currency", "total")
SELECTION_FIELDS = (
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
)
LINE_FIELDS = ("name", "product_id", "sku_id", "quantity", "unit_price", "amount")
MARKER_FIELDS = ("automatic", "targeted", "selected", "remaining")

E = TypeVar("E")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One field that holds another value than before."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class CartChange:
    """What changed of one thing. ``title`` is what to call it; ids that say nothing of it are "" and None.

    A new thing tells every field it has with ``before`` None, one that is gone with ``after`` None.
    """

    part: Part
    presence: Presence
    title: str
    values: tuple[ValueChange, ...]
    promotion_id: str = ""
    gift_id: int | None = None
    line_id: str = ""

    def value(self, field: str) -> ValueChange | None:
        """The change of one field, None if it did not change."""
        return next((value for value in self.values if value.field == field), None)


def difference(before: Cart, after: Cart) -> tuple[CartChange, ...]:
    """Everything of ``after`` that is not as it was in ``before``: the order, its selections, then its lines."""
    return (*_order(before, after), *_selections(before, after), *_lines(before, after))


def _order(before: Cart, after: Cart) -> Iterator[CartChange]:
    values = _values(before, after, ORDER_FIELDS)
    if values:
        yield CartChange("order", "changed", f"order {after.order_id or before.order_id}".rstrip(), values)


def _selections(before: Cart, after: Cart) -> Iterator[CartChange]:
    for key, was, now in _paired(_by_key(selections(before)), _by_key(selections(after))):
        if change := _changed(was, now, SELECTION_FIELDS):
            presence, values = change
            title = next(s.label for s in (now, was) if s is not None)
            yield CartChange("selection", presence, title, values, *key)


def _by_key(found: Iterable[GiftSelection]) -> dict[SelectionKey, GiftSelection]:
    return {selection.key: selection for selection in found}


def _lines(before: Cart, after: Cart) -> Iterator[CartChange]:
    names = dict(before.promotion_names) | dict(after.promotion_names)
    for (line_id, _), was, now in _paired(
        _counted(before.lines, lambda line: line.id), _counted(after.lines, lambda line: line.id)
    ):
        line = now or was
        assert line is not None
        if change := _changed(was, now, LINE_FIELDS):
            presence, values = change
            yield CartChange("line", presence, line.title, values, line_id=line_id)
        yield from _markers(line, was.markers if was else (), now.markers if now else (), names)


def _markers(
    line: CartLine, before: Iterable[ItemMarker], after: Iterable[ItemMarker], names: Mapping[str, str]
) -> Iterator[CartChange]:
    for (key, _), was, now in _paired(
        _counted(before, lambda marker: marker.key), _counted(after, lambda marker: marker.key)
    ):
        if change := _changed(was, now, MARKER_FIELDS):
            presence, values = change
            title = f"{line.title}, free by {names.get(key[0]) or key[0]}"
            yield CartChange("marker", presence, title, values, *key, line.id)


def _counted(found: Iterable[E], key: Callable[[E], K]) -> dict[tuple[K, int], E]:
    """By key, and for a key that comes again by its turn."""
    turns: Counter[K] = Counter()
    counted: dict[tuple[K, int], E] = {}
    for entry in found:
        counted[key(entry), turns[key(entry)]] = entry
        turns[key(entry)] += 1
    return counted


def _paired(before: Mapping[K, E], after: Mapping[K, E]) -> Iterator[tuple[K, E | None, E | None]]:
    """Every key in the order of ``after``, then those that are gone."""
    for key in dict.fromkeys([*after, *before]):
        yield key, before.get(key), after.get(key)


def _changed(was: object, now: object, fields: Iterable[str]) -> tuple[Presence, tuple[ValueChange, ...]] | None:
    values = _values(was, now, fields)
    if was is None or now is None:
        told = tuple(value for value in values if "" not in (value.before, value.after))
        return ("new" if was is None else "gone"), told
    return ("changed", values) if values else None


def _values(was: object, now: object, fields: Iterable[str]) -> tuple[ValueChange, ...]:
    """The fields that differ; of something that is not there, each field is None."""
    told = ((field, getattr(was, field, None), getattr(now, field, None)) for field in fields)
    return tuple(ValueChange(field, b, a) for field, b, a in told if b != a)
