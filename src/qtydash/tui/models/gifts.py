"""The gift list, with what is staged for each gift and what is being changed."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from operator import and_, attrgetter
from typing import Protocol

from qtydash.domain.change_words import edit_words
from qtydash.domain.changes import IN_DOUBT, Intent, State
from qtydash.domain.gifts import Gift, GiftStock, change_target, duplicate_skus
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.change_states import under_way_words
from qtydash.tui.models.marks import MarkSign, mark_column
from qtydash.tui.models.table import Arranged, Order, Table, TableColumn, holding, widest
from qtydash.tui.widgets.grid_model import GAP, Cell, Tone

_NEVER = datetime.min.replace(tzinfo=UTC)
_SCROLLBAR = 1
_ROOMY = 100
"""From so many cells on, SKUs and flags are whole."""


@dataclass(frozen=True, slots=True)
class GiftsView:
    """How the operator wants to see the gifts."""

    low_only: bool = False
    words: tuple[str, ...] = ()
    order: Order = Order()  # noqa: RUF009 - frozen


class GiftRules(Protocol):
    """What of the profile decides how gifts look."""

    @property
    def low(self) -> int: ...

    @property
    def languages(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What is being changed, by target: what is staged, and the state of changes without a known outcome."""

    staged: Mapping[str, Intent] = field(default_factory=dict)
    unsettled: Mapping[str, State] = field(default_factory=dict)

    def edit(self, gift: Gift) -> Intent | None:
        """What is staged for ``gift``."""
        return self.staged.get(change_target(gift.id))

    def state(self, gift: Gift) -> State | None:
        """How far the change of ``gift`` is whose outcome is not known yet."""
        return self.unsettled.get(change_target(gift.id))

    @property
    def in_doubt(self) -> AbstractSet[str]:
        """The targets whose change may or may not have been made."""
        return {target for target, state in self.unsettled.items() if state in IN_DOUBT}


NOTHING = UnderWay()


@dataclass(frozen=True, slots=True)
class GiftMarks:
    """What is worth a word about one gift, for its flags and its colour."""

    low: bool
    below_zero: bool
    duplicate: bool
    draft: bool
    unlimited: bool
    change: str = ""
    """How far a change of it is that has no known outcome yet."""
    in_doubt: bool = False
    drifted: bool = False

    @property
    def words(self) -> str:
        return _words(self)

    @property
    def tone(self) -> Tone:
        if self.in_doubt or self.below_zero:
            return "bad"
        return "low" if self.low or self.drifted else "note"


@lru_cache(maxsize=256)
def _words(found: GiftMarks) -> str:
    told = (
        (found.change, bool(found.change)),
        ("drifted", found.drifted),
        ("unlimited", found.unlimited),
        ("below zero" if found.below_zero else "low", found.low),
        ("dup SKU", found.duplicate),
        ("draft", found.draft),
    )
    return ", ".join(word for word, holds in told if holds)


def marks(gift: Gift, low: int, duplicates: frozenset[str], under_way: UnderWay = NOTHING) -> GiftMarks:
    """What is worth a word about ``gift``. It drifted when it is not what it was when its edit was staged."""
    state, edit = under_way.state(gift), under_way.edit(gift)
    still = _still(gift, low, duplicates)
    if state is None and edit is None:
        return still
    return replace(
        still,
        change="" if state is None else under_way_words(state),
        in_doubt=state in IN_DOUBT,
        drifted=edit is not None and edit.seen is not None and edit.seen.get("quantity") != gift.quantity,
    )


class GiftList:
    """The gifts of one snapshot, and what is found out about all of them: once each, however often it is asked."""

    def __init__(self, snapshot: Snapshot[tuple[Gift, ...]], rules: GiftRules) -> None:
        self.snapshot = snapshot
        self.rules = rules
        self._rows = Arranged(snapshot.data)

    @property
    def gifts(self) -> tuple[Gift, ...]:
        return self.snapshot.data

    @cached_property
    def by_id(self) -> Mapping[str, Gift]:
        return {gift.id: gift for gift in self.gifts}

    @cached_property
    def duplicates(self) -> frozenset[str]:
        """SKUs that several gifts have."""
        return duplicate_skus(self.gifts)

    @cached_property
    def low(self) -> Sequence[bool]:
        """Whether each gift is low."""
        least = self.rules.low
        return [gift.is_low(least) for gift in self.gifts]

    @cached_property
    def low_count(self) -> int:
        """How many are low."""
        return sum(self.low)

    @cached_property
    def _texts(self) -> Sequence[str]:
        """What is looked through for each gift, as long as it is not being changed."""
        low, duplicates = self.rules.low, self.duplicates
        return [_searched(gift, _still(gift, low, duplicates).words) for gift in self.gifts]

    @cached_property
    def _place(self) -> Mapping[str, int]:
        """Where the gift of a change's target stands."""
        return {change_target(gift.id): place for place, gift in enumerate(self.gifts)}

    def prepare(self) -> None:
        """Find out all of it now."""
        _ = self.by_id, self.duplicates, self.low_count, self._texts, self._place

    def marks(self, gift: Gift, under_way: UnderWay) -> GiftMarks:
        """What is worth a word about ``gift``."""
        return marks(gift, self.rules.low, self.duplicates, under_way)

    def edits(self, under_way: UnderWay) -> Sequence[tuple[Gift, Intent]]:
        """The gifts that have an edit staged, each with it."""
        staged, place = under_way.staged, self._place
        return [(self.gifts[place[target]], edit) for target, edit in staged.items() if target in place]

    def chosen(self, view: GiftsView, under_way: UnderWay, columns: Sequence[TableColumn[Gift]]) -> Sequence[Gift]:
        """Those that the view lets through, in its order."""
        passes: Sequence[bool] | None = None
        if view.words:
            passes = holding(self._texts_now(under_way), [word.casefold() for word in view.words])
        if view.low_only:
            passes = self.low if passes is None else list(map(and_, passes, self.low))
        return self._rows.chosen(columns, view.order, passes, under_way)

    def _texts_now(self, under_way: UnderWay) -> Sequence[str]:
        if under_way == NOTHING:
            return self._texts
        texts = list(self._texts)
        for target in under_way.staged.keys() | under_way.unsettled.keys():
            if (place := self._place.get(target)) is not None:
                texts[place] = self._text(self.gifts[place], under_way)
        return texts

    def _text(self, gift: Gift, under_way: UnderWay) -> str:
        staged = " staged" if under_way.edit(gift) is not None else ""
        return _searched(gift, self.marks(gift, under_way).words + staged)


def _searched(gift: Gift, words: str) -> str:
    """What the words of the filter are looked for in; ``words`` are what is told of the gift."""
    titles = " ".join([title for _, title in gift.titles])
    return f"{gift.id} {gift.sku} {titles} {words}".casefold()


def _still(gift: Gift, low: int, duplicates: frozenset[str]) -> GiftMarks:
    """The same of a gift that nobody is changing."""
    unlimited = gift.unlimited
    below_zero = not unlimited and gift.quantity < 0
    return _told(gift.is_low(low), below_zero, gift.sku in duplicates, gift.status == "draft", unlimited)


@lru_cache(maxsize=32)
def _told(low: bool, below_zero: bool, duplicate: bool, draft: bool, unlimited: bool) -> GiftMarks:
    return GiftMarks(low, below_zero, duplicate, draft, unlimited)


def after(gift: Gift, edit: Intent) -> int | None:
    """What a staged edit would bring ``gift`` to, as it is now; None where there is no quantity to change."""
    return None if gift.unlimited else edit.expected({"quantity": gift.quantity})["quantity"]


def with_stock(snapshot: Snapshot[tuple[Gift, ...]], told: Mapping[str, GiftStock]) -> Snapshot[tuple[Gift, ...]]:
    """The list with the quantities that the vendor answered to changes since it was read, by id."""
    moved: dict[Hashable, object] = {gift.id: gift.quantity for gift in snapshot.data if gift.id in told}
    data = tuple(
        replace(gift, quantity=stock.quantity, updated_at=stock.updated_at or gift.updated_at)
        if (stock := told.get(gift.id)) is not None
        else gift
        for gift in snapshot.data
    )
    return replace(snapshot, data=data, previous={**snapshot.previous, **moved})


def gifts_table(
    listed: GiftList,
    view: GiftsView,
    glyphs: Glyphs,
    *,
    under_way: UnderWay = NOTHING,
    sign: Callable[[Gift], MarkSign] | None = None,
    width: int = 120,
) -> Table[Gift]:
    """The gifts that the view lets through, under their columns.

    ``sign`` says how a row is marked; without it nothing can be edited here, and the columns for that are not
    there. The title gives way within ``width`` cells, so that quantity, edit and result stay on the screen.
    """
    told = _Columns(listed, glyphs, under_way)
    columns = told.read_only(width) if sign is None else told.editable(sign, width)
    records = listed.chosen(view, under_way, columns)
    fixed = 1 if sign is None else 2
    return Table(columns, records, attrgetter("id"), fixed=fixed, order=view.order, glyphs=glyphs)


@dataclass(frozen=True, slots=True)
class _Columns:
    """What each column shows of a gift."""

    listed: GiftList
    glyphs: Glyphs
    under_way: UnderWay

    @property
    def snapshot(self) -> Snapshot[tuple[Gift, ...]]:
        return self.listed.snapshot

    @property
    def rules(self) -> GiftRules:
        return self.listed.rules

    def read_only(self, width: int) -> Sequence[TableColumn[Gift]]:
        return (self._sku(18), self._titles(16), self._quantities(), *self._rest(width))

    def editable(self, sign: Callable[[Gift], MarkSign], width: int) -> Sequence[TableColumn[Gift]]:
        edits = self.listed.edits(self.under_way)
        staged: TableColumn[Gift] = TableColumn(
            "Staged", widest((edit_words(e) for _, e in edits), 7, 9), self._staged, self._by_edit, align="right"
        )
        becomes: TableColumn[Gift] = TableColumn(
            "After",
            widest((self._change(g, e) for g, e in edits), 9, 20),
            self._after,
            self._by_after,
            align="right",
        )
        quantities, mark = self._quantities(), mark_column(sign)
        sku = self._sku(9 if width < 80 else 13 if width < _ROOMY else 18)
        kept = (mark, sku, quantities, staged, becomes)
        room = width - _SCROLLBAR - sum(column.width + GAP for column in kept) - GAP
        title = self._titles(max(6, min(room, 16)))
        return (mark, sku, title, quantities, staged, becomes, *self._rest(width))

    def _sku(self, most: int) -> TableColumn[Gift]:
        width = widest((gift.sku for gift in self.snapshot.data), min(8, most), most)
        return TableColumn("SKU", width, lambda g: Cell(g.sku or "-"), lambda g: g.sku.casefold())

    def _titles(self, width: int) -> TableColumn[Gift]:
        def title(gift: Gift) -> str:
            return gift.title(self.rules.languages)

        return TableColumn("Title", width, lambda g: Cell(title(g)), lambda g: title(g).casefold(), flexible=True)

    def _quantities(self) -> TableColumn[Gift]:
        return TableColumn("Quantity", 9, self._quantity, lambda g: (g.unlimited, g.quantity), align="right")

    def _rest(self, width: int) -> Sequence[TableColumn[Gift]]:
        flags = 14 if width < _ROOMY else widest((self._marks(g).words for g in self.snapshot.data), 14, 26)
        return (
            TableColumn("Flags", flags, self._flags, lambda g: self._marks(g).words),
            TableColumn("Status", 7, lambda g: Cell(g.status or "-", "dim"), lambda g: g.status),
            TableColumn(
                "Updated (UTC)",
                16,
                lambda g: Cell(f"{g.updated_at:%Y-%m-%d %H:%M}" if g.updated_at else "-", "dim"),
                lambda g: g.updated_at or _NEVER,
            ),
        )

    def _quantity(self, gift: Gift) -> Cell:
        if gift.unlimited:
            return Cell(self.glyphs.unlimited, "good")
        was, arrow = self.snapshot.previous.get(gift.id), ""
        if isinstance(was, int) and was != gift.quantity:
            arrow = self.glyphs.up if gift.quantity > was else self.glyphs.down
        tone: Tone = "worst" if gift.quantity < 0 else "bad" if gift.quantity == 0 else ""
        return Cell(f"{arrow}{gift.quantity}", tone or ("low" if gift.is_low(self.rules.low) else ""))

    def _staged(self, gift: Gift) -> Cell:
        edit = self.under_way.edit(gift)
        return Cell("" if edit is None else edit_words(edit), "note")

    def _by_edit(self, gift: Gift) -> tuple[bool, str, int]:
        edit = self.under_way.edit(gift)
        return (True, "", 0) if edit is None else (False, edit.kind.value, edit.amount or 0)

    def _after(self, gift: Gift) -> Cell:
        edit = self.under_way.edit(gift)
        if edit is None:
            return Cell("")
        end = after(gift, edit)
        return Cell(self._change(gift, edit), "note" if end is not None and end >= 0 else "bad")

    def _by_after(self, gift: Gift) -> tuple[bool, int]:
        edit = self.under_way.edit(gift)
        return edit is None, 0 if edit is None else after(gift, edit) or 0

    def _change(self, gift: Gift, edit: Intent) -> str:
        end = after(gift, edit)
        return "refused" if end is None else f"{gift.quantity} {self.glyphs.becomes} {end}"

    def _flags(self, gift: Gift) -> Cell:
        found = self._marks(gift)
        return Cell(found.words, found.tone)

    def _marks(self, gift: Gift) -> GiftMarks:
        return self.listed.marks(gift, self.under_way)
