"""The gift list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from qtydash.domain.gifts import Gift, duplicate_skus
from qtydash.domain.snapshot import Snapshot
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.table import Order, Table, TableColumn, arranged, widest
from qtydash.tui.widgets.grid_model import Cell, Tone

_NEVER = datetime.min.replace(tzinfo=UTC)


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
class GiftMarks:
    """What is worth a word about one gift, for its flags and its colour."""

    low: bool
    below_zero: bool
    duplicate: bool
    draft: bool
    unlimited: bool

    @property
    def words(self) -> str:
        told = (
            ("unlimited", self.unlimited),
            ("below zero" if self.below_zero else "low", self.low),
            ("dup SKU", self.duplicate),
            ("draft", self.draft),
        )
        return ", ".join(word for word, holds in told if holds)


def marks(gift: Gift, low: int, duplicates: frozenset[str]) -> GiftMarks:
    """What is worth a word about ``gift``."""
    return GiftMarks(
        low=gift.is_low(low),
        below_zero=not gift.unlimited and gift.quantity < 0,
        duplicate=gift.sku in duplicates,
        draft=gift.status == "draft",
        unlimited=gift.unlimited,
    )


def gifts_table(
    snapshot: Snapshot[tuple[Gift, ...]], view: GiftsView, rules: GiftRules, glyphs: Glyphs
) -> Table[Gift]:
    """The gifts that the view lets through, under their columns."""
    duplicates = duplicate_skus(snapshot.data)
    previous = snapshot.previous

    def quantity(gift: Gift) -> Cell:
        if gift.unlimited:
            return Cell(glyphs.unlimited, "good")
        was = previous.get(gift.id)
        arrow = ""
        if isinstance(was, int) and was != gift.quantity:
            arrow = glyphs.up if gift.quantity > was else glyphs.down
        tone: Tone = "worst" if gift.quantity < 0 else "bad" if gift.quantity == 0 else ""
        return Cell(f"{arrow}{gift.quantity}", tone or ("low" if gift.is_low(rules.low) else ""))

    def flags(gift: Gift) -> Cell:
        found = marks(gift, rules.low, duplicates)
        return Cell(found.words, "bad" if found.below_zero else "low" if found.low else "note")

    def title(gift: Gift) -> str:
        return gift.title(rules.languages)

    sku_width = widest((g.sku for g in snapshot.data), 8, 18)
    columns: Sequence[TableColumn[Gift]] = (
        TableColumn("SKU", sku_width, lambda g: Cell(g.sku or "-"), lambda g: g.sku.casefold()),
        TableColumn(
            "Quantity",
            9,
            quantity,
            lambda g: (g.unlimited, g.quantity),
            align="right",
        ),
        TableColumn("Title", 16, lambda g: Cell(title(g)), lambda g: title(g).casefold(), flexible=True),
        TableColumn("Flags", 14, flags, lambda g: marks(g, rules.low, duplicates).words),
        TableColumn(
            "Updated (UTC)",
            16,
            lambda g: Cell(f"{g.updated_at:%Y-%m-%d %H:%M}" if g.updated_at else "-", "dim"),
            lambda g: g.updated_at or _NEVER,
        ),
    )
    records: Sequence[Gift] = snapshot.data
    if view.low_only:
        records = [g for g in records if g.is_low(rules.low)]
    records = arranged(
        records,
        columns,
        view.order,
        view.words,
        lambda g: f"{g.id} {g.sku} {' '.join(t for _, t in g.titles)} {marks(g, rules.low, duplicates).words}",
    )
    return Table(columns, records, lambda g: g.id, fixed=1, order=view.order, glyphs=glyphs)
