"""The report on a file of counts as a table and in words."""

from collections.abc import Collection, Sequence

from qtydash.domain.change_words import edit_words
from qtydash.domain.changes import Intent
from qtydash.domain.snapshot import plural
from qtydash.services.stock_take import CountedRow, Outcome, StockTake
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.table import Table, TableColumn, widest
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.grid_model import GAP, Cell, Tone
from qtydash.tui.widgets.words import Line

_TONES: dict[Outcome, Tone] = {Outcome.MATCHED: "good", Outcome.UNCHANGED: "dim"}
_SCROLLBAR = 1
_WHY = 40


def stageable(take: StockTake, unsettled: Collection[str]) -> tuple[Intent, ...]:
    """What of the file can be staged: all that is matched, but for targets in doubt."""
    return tuple(intent for intent in take.intents if intent.target not in unsettled)


def faults(take: StockTake, unsettled: Collection[str]) -> int:
    """How many rows cannot be staged though they ask for something."""
    return len(take.errors) + len(take.intents) - len(stageable(take, unsettled))


def report_table(
    take: StockTake, languages: Sequence[str], glyphs: Glyphs, width: int, unsettled: Collection[str]
) -> Table[CountedRow]:
    """The rows with what became of each, those that cannot be staged first, in the order of the file."""

    def is_unsettled(row: CountedRow) -> bool:
        return row.intent is not None and row.intent.target in unsettled

    def outcome(row: CountedRow) -> Cell:
        if is_unsettled(row):
            return Cell("in doubt", "bad")
        return Cell(row.outcome.value, _TONES.get(row.outcome, "bad"))

    def gift(row: CountedRow) -> str:
        return row.gift.label(languages) if row.gift is not None else row.given or "-"

    records = sorted(take.rows, key=lambda row: not (row.outcome.is_error or is_unsettled(row)))
    line: TableColumn[CountedRow] = TableColumn("Line", 6, lambda row: Cell(f"{row.line}"), align="right")
    what: TableColumn[CountedRow] = TableColumn("Outcome", 10, outcome)
    change: TableColumn[CountedRow] = TableColumn(
        "Change",
        widest((change_words(row, glyphs) for row in records), 7, 20),
        lambda row: Cell(change_words(row, glyphs), "note"),
        align="right",
    )
    room = width - _SCROLLBAR - sum(column.width + GAP for column in (line, what, change)) - GAP
    labels = widest(map(gift, records), 8, 40)
    roomy = room >= 18 + GAP + _WHY
    named: TableColumn[CountedRow] = TableColumn(
        "Gift",
        min(labels, room - GAP - _WHY) if roomy else max(8, min(room, labels)),
        lambda row: Cell(gift(row)),
        flexible=not roomy,
    )
    why: TableColumn[CountedRow] = TableColumn("Why", _WHY, lambda row: Cell(row.words, "dim"), flexible=True)
    columns = (line, what, named, change, *((why,) if roomy else ()))
    return Table(columns, records, lambda row: row.line, fixed=1, glyphs=glyphs)


def change_words(row: CountedRow, glyphs: Glyphs) -> str:
    """What a row would do to its gift, "" where it does nothing."""
    if row.intent is None or row.gift is None:
        return ""
    end = row.intent.expected({"quantity": row.gift.quantity})["quantity"]
    return f"{row.gift.quantity} {glyphs.becomes} {end}"


def report_lines(
    take: StockTake, unsettled: Collection[str], staged: Collection[str], *, complete: bool
) -> Sequence[Line]:
    """How the file was read, what fits, what it would take the place of, and which key does what."""
    ready, wrong = stageable(take, unsettled), faults(take, unsettled)
    ignored = f"; not understood: {', '.join(take.ignored)}" if take.ignored else ""
    lines: list[Line] = [
        [Part(f"{take.tally}.", "bold")],
        [Part(f"Read as {take.encoding} with {take.delimiter}{ignored}.", "$text-muted")],
    ]
    if not complete:
        lines.append([Part("The list of gifts is incomplete, so a gift may look unknown.", "$text-warning")])
    if replaced := sum(intent.target in staged for intent in ready):
        lines.append([Part(f"In place of {plural(replaced, 'edit')} staged before.", "$text-warning")])
    if not ready:
        lines.append([Part("There is nothing to stage.", "$text-warning")])
    elif wrong:
        lines.append(
            [
                Part(
                    f"{plural(wrong, 'row')} must be corrected first; P stages what fits ({len(ready)}).",
                    "$text-error",
                )
            ]
        )
    else:
        lines.append(
            [
                Part(
                    f"Enter stages {plural(len(ready), 'edit')}; nothing is sent before the review.",
                    "$text-success",
                )
            ]
        )
    return lines


def counted_lines(row: CountedRow, languages: Sequence[str], glyphs: Glyphs) -> Sequence[Line]:
    """One row, whole."""
    named = row.gift.label(languages) if row.gift is not None else row.given or "no gift"
    asked = f"  {edit_words(row.intent)}: {change_words(row, glyphs)}" if row.intent is not None else ""
    lines: list[Line] = [[Part(f"Line {row.line}: {named}", "bold"), Part(asked)]]
    if row.words:
        lines.append([Part(row.words, "$text-warning")])
    return lines
