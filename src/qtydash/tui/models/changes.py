"""The list of changes: what is in doubt on top, then what is on its way, what is staged, and what is done with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from qtydash.domain.change_words import edit_words
from qtydash.domain.changes import DONE, UNRESOLVED, ChangeRecord, Intent, State
from qtydash.domain.snapshot import plural
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.change_lines import (
    Entry,
    Heading,
    Line,
    More,
    Section,
    clock_words,
    intent_of,
    line_key,
    line_words,
    time_of,
)
from qtydash.tui.models.change_states import EngineState, state_cell, state_text
from qtydash.tui.models.table import Order, Table, TableColumn, arranged, widest
from qtydash.tui.widgets.grid_model import Cell

ROOMY, WITH_WHY = 76, 112
"""Cells of the list: below the first everything is short, from the second on there is room to say who and why."""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """How the operator wants to see the changes."""

    words: tuple[str, ...] = ()
    order: Order = field(default_factory=Order)


class ChangeList:
    """The changes of one look at the journal and what is staged, and what is found out about all of them.

    ``more`` says that the journal holds older ones.
    """

    def __init__(self, records: Sequence[ChangeRecord], staged: Sequence[Intent], *, more: bool = False) -> None:
        self.records = records
        self.staged = staged
        self.more = more

    @cached_property
    def by_id(self) -> Mapping[str, ChangeRecord]:
        return {record.op_id: record for record in self.records}

    @cached_property
    def followers(self) -> Mapping[str, Sequence[ChangeRecord]]:
        """The changes that undo another one or take it up again, by the id of that one, the newest first."""
        found: dict[str, list[ChangeRecord]] = {}
        for record in self.records:
            if of := record.change.intent.follows:
                found.setdefault(of, []).append(record)
        return found

    @cached_property
    def waiting(self) -> Sequence[Intent]:
        """What is staged and not on its way: a batch unstages each edit when it is done."""
        sent = [r.change.intent for r in self.records if r.state in (State.PLANNED, State.SENT)]
        return [intent for intent in self.staged if not any(map(intent.is_same_edit, sent))]

    def taken_back_by(self, record: ChangeRecord) -> ChangeRecord | None:
        """The change that undid an applied one, or may have."""
        if record.state not in DONE:
            return None
        return next((r for r in self.followers.get(record.op_id, ()) if r.state in DONE | UNRESOLVED), None)

    def is_taken_back(self, line: Entry) -> bool:
        if not isinstance(line, ChangeRecord):
            return False
        by = self.taken_back_by(line)
        return by is not None and by.state in DONE

    def sections(self, engine: EngineState, now: datetime) -> Mapping[Section, Sequence[Entry]]:
        """All that there is, by section; the newest first, of what is staged the oldest."""
        found: dict[Section, list[Entry]] = {section: [] for section in Section}
        for record in sorted(self.records, key=_newest, reverse=True):
            found[section_of(record, engine, now)].append(record)
        found[Section.STAGED] += self.waiting
        return found


def section_of(record: ChangeRecord, engine: EngineState, now: datetime) -> Section:
    """Where a change stands. One that is not sent from here and has no outcome for long is not known either."""
    if record.is_in_doubt:
        return Section.DOUBT
    if record.state not in (State.PLANNED, State.SENT):
        return Section.HISTORY
    return Section.DOUBT if engine.left_behind(record, now) else Section.FLIGHT


@dataclass(frozen=True)
class ChangesTable(Table[Line]):
    """The list as a grid draws it; ``shown`` are the changes in it, without headings."""

    shown: Sequence[Entry] = ()


def changes_table(
    listed: ChangeList,
    view: ChangesView,
    engine: EngineState,
    *,
    clock: Callable[[], datetime],
    glyphs: Glyphs,
    width: int = 80,
) -> ChangesTable:
    """The changes that the view lets through, under their headings, in ``width`` cells.

    Which lines are shown is as of now; what counts seconds is told as of when it is drawn.
    """
    now = clock()
    columns = _Columns(listed, engine, clock, glyphs, width)
    all_columns = columns.all()
    lines: list[Line] = []
    shown: list[Entry] = []
    for section, members in listed.sections(engine, now).items():
        text = _Text(section, listed, engine, now)
        kept = arranged(members, all_columns, view.order, view.words, text)
        if kept:
            lines += (Heading(section, len(kept)), *kept)
            shown += kept
    if listed.more:
        lines.append(More(len(listed.records)))
    return ChangesTable(all_columns, lines, line_key, fixed=2, order=view.order, glyphs=glyphs, shown=shown)


def _newest(record: ChangeRecord) -> tuple[datetime, str]:
    return time_of(record), record.op_id


@dataclass(frozen=True, slots=True)
class _Text:
    """What the filter looks into: everything that a line shows or that is known of it by name."""

    section: Section
    listed: ChangeList
    engine: EngineState
    now: datetime

    def __call__(self, line: Entry) -> str:
        intent = intent_of(line)
        told = (self.section, intent.label, intent.target, intent.kind, intent.reason, edit_words(intent))
        if isinstance(line, Intent):
            return " ".join((*told, State.DRAFT))
        words = state_text(line, self.engine, self.now, taken_back=self.listed.is_taken_back(line))
        last = line.events[-1]
        known = (line.op_id, line.state, words, line.change.sentence, line.note, str(line.status or ""))
        return " ".join((*told, *known, line.change.operator, last.operator, last.reason, last.fault))


@dataclass(frozen=True, slots=True)
class _Columns:
    """What each column shows of a line."""

    listed: ChangeList
    engine: EngineState
    clock: Callable[[], datetime]
    glyphs: Glyphs
    width: int

    def all(self) -> Sequence[TableColumn[Any]]:
        short = self.width < ROOMY
        lines: list[Entry] = [*self.listed.staged, *self.listed.records]
        change = widest((line_words(line, self.glyphs) for line in lines), 8, 13 if short else 18)
        state = widest((self._state(line).text for line in lines), 20 if short else 26, 22 if short else 32)
        columns: list[TableColumn[Any]] = [
            TableColumn("Time", 9 if short else 12, self._time, time_of),
            TableColumn("What", 10, self._what, lambda line: intent_of(line).label.casefold(), flexible=True),
            TableColumn("Change", change, self._change),
            TableColumn("State", state, self._state, self._state_order),
        ]
        if not short:
            columns.append(TableColumn("HTTP", 4, self._status, self._status_order, align="right"))
        if self.width >= WITH_WHY:
            columns.append(TableColumn("Who and why", 28, self._why, self._who))
        return columns

    def _time(self, line: Line) -> Cell:
        match line:
            case Heading():
                return Cell(line.section, "strong")
            case More():
                return Cell("Older", "strong")
            case _:
                return Cell(clock_words(time_of(line), self.clock(), short=self.width < ROOMY), "dim")

    def _what(self, line: Line) -> Cell:
        match line:
            case Heading():
                return Cell(plural(line.count, "change"), "strong")
            case More():
                return Cell("ones exist", "note")
            case _:
                return Cell(intent_of(line).label)

    def _change(self, line: Line) -> Cell:
        if isinstance(line, Heading | More):
            return Cell("")
        return Cell(line_words(line, self.glyphs), "note" if isinstance(line, Intent) else "")

    def _state(self, line: Line) -> Cell:
        if isinstance(line, Heading):
            return Cell(_advice(line.section, self.engine.keys), "dim")
        if isinstance(line, More):
            return Cell(f"{self.engine.keys['changes.older']} loads more", "note")
        return state_cell(
            line,
            self.engine,
            self.clock(),
            self.glyphs,
            taken_back=self.listed.is_taken_back(line),
            short=self.width < ROOMY,
        )

    def _state_order(self, line: Entry) -> str:
        return line.state if isinstance(line, ChangeRecord) else State.DRAFT

    def _status(self, line: Line) -> Cell:
        return Cell(str(line.status or "-") if isinstance(line, ChangeRecord) else "", "dim")

    def _status_order(self, line: Entry) -> int:
        return (line.status or 0) if isinstance(line, ChangeRecord) else 0

    def _who(self, line: Entry) -> str:
        last = line.events[-1] if isinstance(line, ChangeRecord) else None
        who = (last.operator if last else "") or (line.change.operator if isinstance(line, ChangeRecord) else "")
        why = (last.reason if last else "") or intent_of(line).reason
        return f"{who}: {why}" if why and who else who or why

    def _why(self, line: Line) -> Cell:
        return Cell("" if isinstance(line, Heading | More) else self._who(line), "dim")


def _advice(section: Section, keys: Mapping[str, str]) -> str:
    if section is Section.DOUBT:
        return "settle these first"
    return f"{keys['review']} reviews them" if section is Section.STAGED else ""
