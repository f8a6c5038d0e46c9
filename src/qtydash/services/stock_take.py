"""A stock take: counts from a file, each matched with the one gift it is of.

Matching reads nothing and changes nothing: what fits comes out as intents, what does not as a row with its line
number and the reason.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from qtydash.domain.changes import Intent, Kind
from qtydash.domain.edits import whole_number
from qtydash.domain.gifts import UNLIMITED, Gift, objection, stock_intent
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.services.counts_file import Column, CountsFileError, CountsRow, counts_table, file_bytes
from qtydash.services.export import Row

__all__ = ["CountedRow", "CountsFileError", "Outcome", "StockTake", "file_bytes", "stock_take", "stock_take_rows"]

REPORT_COLUMNS = ("line", "outcome", "given", "gift_id", "sku", "title", "requested", "words")
_MOST_IDS = 5


class Outcome(StrEnum):
    """What became of a row."""

    MATCHED = "matched"
    """It is one gift, and its stock is to change."""
    UNCHANGED = "unchanged"
    """The gift has that quantity already."""
    AMBIGUOUS = "ambiguous"
    """Several gifts carry the SKU."""
    UNKNOWN = "unknown"
    """No gift has the id or the SKU."""
    UNLIMITED = "unlimited"
    """The gift has no quantity to change."""
    REPEATED = "repeated"
    """Another row is of the same gift, so none of them counts."""
    BAD = "bad"
    """It cannot be understood."""

    @property
    def is_error(self) -> bool:
        return self not in (Outcome.MATCHED, Outcome.UNCHANGED)


_IN_TALLY = {
    Outcome.MATCHED: "matched",
    Outcome.UNCHANGED: "unchanged",
    Outcome.AMBIGUOUS: "ambiguous",
    Outcome.UNKNOWN: "unknown",
    Outcome.UNLIMITED: "unlimited",
    Outcome.REPEATED: "repeated",
    Outcome.BAD: "not understood",
}


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One row of the file. ``given`` is the id or SKU as written, ``words`` why it is an error, "" if it is none.

    ``gift`` is the gift it is of, where that is certain; ``intent`` what it asks for, where it is matched.
    """

    line: int
    given: str
    outcome: Outcome
    words: str = ""
    gift: Gift | None = None
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class StockTake:
    """The report on a file of counts. ``encoding``, ``delimiter`` and ``ignored`` columns say how it was read."""

    rows: tuple[CountedRow, ...]
    encoding: str
    delimiter: str
    ignored: tuple[str, ...] = ()

    @property
    def intents(self) -> tuple[Intent, ...]:
        """What the matched rows ask for, in the order of the file. With errors they are only a part of it."""
        return tuple(row.intent for row in self.rows if row.intent is not None)

    @property
    def errors(self) -> tuple[CountedRow, ...]:
        return tuple(row for row in self.rows if row.outcome.is_error)

    @property
    def tally(self) -> str:
        """``12 rows: 9 matched, 2 unchanged, 1 ambiguous``."""
        counts = Counter(row.outcome for row in self.rows)
        told = ", ".join(f"{counts[outcome]:,} {_IN_TALLY[outcome]}" for outcome in Outcome if counts[outcome])
        return f"{plural(len(self.rows), 'row')}: {told}"

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence per row that is an error, with its line number."""
        return tuple(f"Line {row.line}: {row.words}" for row in self.errors)


def stock_take(
    data: bytes,
    gifts: Sequence[Gift],
    *,
    now: datetime,
    seen_at: datetime,
    languages: Sequence[str] = (),
    reason: str = "",
) -> StockTake:
    """Match the counts in ``data`` with ``gifts``, which were read at ``seen_at``.

    Every intent carries ``now`` as the time at which it was staged, so that they can be unstaged together. Raises
    ``CountsFileError`` when the file cannot be read as counts at all.
    """
    table = counts_table(data, _texts(gifts))
    shop = _Shop.of(gifts)
    found = [(row, _gift(row, shop)) for row in table.rows]
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for row, gift in found:
        if isinstance(gift, Gift):
            lines[gift.id].append(row.line)

    def stage(gift: Gift, kind: Kind, amount: int) -> Intent:
        label = gift.label(languages)
        return replace(stock_intent(gift, kind, amount, label, now=now, seen_at=seen_at), reason=reason)

    rows = (_judged(row, gift, lines[gift.id], stage) if isinstance(gift, Gift) else gift for row, gift in found)
    return StockTake(tuple(rows), table.encoding, table.delimiter, table.ignored)


def stock_take_rows(take: StockTake, languages: Sequence[str] = ()) -> list[Row]:
    """The report as rows of ``REPORT_COLUMNS``. ``requested`` is what would be sent: a quantity or a change."""
    return [
        {
            "line": row.line,
            "outcome": row.outcome.value,
            "given": row.given,
            "gift_id": None if row.gift is None else row.gift.id,
            "sku": "" if row.gift is None else row.gift.sku,
            "title": "" if row.gift is None else row.gift.title(languages),
            "requested": None if row.intent is None else row.intent.amount,
            "words": row.words,
        }
        for row in take.rows
    ]


@dataclass(frozen=True, slots=True)
class _Shop:
    by_id: Mapping[str, Gift]
    by_sku: Mapping[str, Sequence[Gift]]

    @classmethod
    def of(cls, gifts: Iterable[Gift]) -> "_Shop":
        by_sku: defaultdict[str, list[Gift]] = defaultdict(list)
        by_id = {gift.id: gift for gift in gifts}
        for gift in by_id.values():
            if sku := _plain(gift.sku):
                by_sku[sku].append(gift)
        return cls(by_id, by_sku)


def _texts(gifts: Iterable[Gift]) -> set[str]:
    return {text for gift in gifts for text in (gift.sku, *(title for _, title in gift.titles))}


def _plain(text: str) -> str:
    """A text of the file as the gift would carry it: what the vendor sends is made safe where it enters."""
    return safe_text(text).strip()


def _spellings(cell: str) -> tuple[str, ...]:
    """What a cell may stand for: our own export puts ' before a text that a spreadsheet would calculate."""
    text = _plain(cell)
    return (text, text[1:].strip()) if text.startswith("'") else (text,)


def _gift(row: CountsRow, shop: _Shop) -> Gift | CountedRow:
    """The one gift that a row is of, else the row with the reason."""
    by_id, by_sku = row.cells.get("id", ""), row.cells.get("sku", "")
    given = safe_text(by_id or by_sku, 100)
    if row.extra:
        words = "It has more cells than the header, so it is not certain which is which. Is there a comma in one?"
        return CountedRow(row.line, given, Outcome.BAD, words)
    if not given:
        return CountedRow(row.line, given, Outcome.BAD, "It names no gift: its id and its SKU are empty.")
    if by_id:
        gift = next((shop.by_id[text] for text in _spellings(by_id) if text in shop.by_id), None)
        if gift is None:
            return CountedRow(row.line, given, Outcome.UNKNOWN, f"No gift has the id {given!r}.")
        if by_sku and _plain(gift.sku) not in _spellings(by_sku):
            words = (
                f"The gift {gift.id} has the SKU {gift.sku!r}, not {safe_text(by_sku, 60)!r}: one of the two is "
                "of another gift. Correct it, or leave the SKU empty."
            )
            return CountedRow(row.line, given, Outcome.BAD, words)
        return gift
    gifts = {gift.id: gift for text in _spellings(by_sku) for gift in shop.by_sku.get(text, ())}
    if not gifts:
        return CountedRow(row.line, given, Outcome.UNKNOWN, f"No gift has the SKU {given!r}.")
    if len(gifts) > 1:
        more = f" and {len(gifts) - _MOST_IDS} more" if len(gifts) > _MOST_IDS else ""
        words = (
            f"{len(gifts)} gifts carry the SKU {given!r}: {', '.join(list(gifts)[:_MOST_IDS])}{more}. "
            "Name the one you mean by its id."
        )
        return CountedRow(row.line, given, Outcome.AMBIGUOUS, words)
    return next(iter(gifts.values()))


def _judged(
    row: CountsRow, gift: Gift, lines: Sequence[int], stage: Callable[[Gift, Kind, int], Intent]
) -> CountedRow:
    """A row whose gift is certain, with what it asks for or why not. ``lines`` are all rows of that gift."""
    told = CountedRow(
        row.line, safe_text(row.cells.get("id") or row.cells.get("sku", ""), 100), Outcome.BAD, "", gift
    )
    if len(lines) > 1:
        others = " and ".join(f"{line}" for line in lines[:_MOST_IDS] if line != row.line)
        words = f"It is the gift {gift.id} again, as in line {others}. Keep one row of it."
        return replace(told, outcome=Outcome.REPEATED, words=words)
    try:
        kind, amount = _edit(row.cells)
    except ValueError as error:
        return replace(told, words=str(error))
    if amount == (gift.quantity if kind is Kind.GIFT_SET else 0):
        return replace(told, outcome=Outcome.UNCHANGED)
    if gift.unlimited:
        return replace(told, outcome=Outcome.UNLIMITED, words=UNLIMITED)
    intent = stage(gift, kind, amount)
    if refusal := objection(intent, intent.expected({"quantity": gift.quantity})).refusal:
        return replace(told, words=refusal)
    return replace(told, outcome=Outcome.MATCHED, intent=intent)


def _edit(cells: Mapping[Column, str]) -> tuple[Kind, int]:
    """What a row asks for. Raises ``ValueError`` with a sentence."""
    counted, delta = (cells.get(name, "").removeprefix("'").strip() for name in ("quantity", "delta"))
    if counted and delta:
        raise ValueError("It has both a quantity and a delta: keep the one that is meant.")
    if delta:
        return Kind.GIFT_ADJUST, whole_number(delta)
    if not counted:
        raise ValueError("It has no number. Write one, or leave the row out.")
    if counted.startswith("+"):
        raise ValueError(f"{safe_text(counted, 40)!r} is a change, not a quantity: write it in a column delta.")
    return Kind.GIFT_SET, whole_number(counted)
