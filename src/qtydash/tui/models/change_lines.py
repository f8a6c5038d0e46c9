"""The lines of the list of changes, and what each of them is called."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qtydash.domain.change_words import edit_words, facts_words
from qtydash.domain.changes import ChangeRecord, Facts, Intent, Kind
from qtydash.tui.glyphs import Glyphs


class Section(StrEnum):
    """A part of the list, by its heading. They stand in this order."""

    DOUBT = "Unknown"
    FLIGHT = "In flight"
    STAGED = "Staged"
    HISTORY = "History"


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line of a section of ``count`` changes."""

    section: Section
    count: int


@dataclass(frozen=True, slots=True)
class More:
    """The last line of a list that does not hold every change; ``loaded`` are those it was made of."""

    loaded: int


Entry = ChangeRecord | Intent
"""A change that was sent or was to be; or what is staged."""
Line = Heading | Entry | More
"""What one line of the list shows."""


def line_key(line: Line) -> tuple[str, str]:
    """A line's identity; a change keeps its own from section to section."""
    match line:
        case Heading():
            return "section", line.section
        case ChangeRecord():
            return "change", line.op_id
        case Intent():
            return "draft", line.target
        case More():
            return "more", ""


def change_words(intent: Intent, before: Facts | None, expected: Facts | None, glyphs: Glyphs) -> str:
    """What was, what it becomes and how: ``21 ➔ 18 (-3)``; without facts, how alone."""
    if before is None or expected is None:
        return edit_words(intent)
    match intent.kind:
        case Kind.GIFT_ADJUST | Kind.GIFT_SET:
            return f"{facts_words(before)} {glyphs.becomes} {facts_words(expected)} ({edit_words(intent)})"
        case Kind.CART_REMOVE if "available" in before and "available" in expected:
            return f"{before['available']} {glyphs.becomes} {expected['available']} open (-{intent.amount})"
        case _:
            return edit_words(intent)


def line_words(line: Entry, glyphs: Glyphs) -> str:
    """``change_words`` of a line: of a staged edit on what the screen showed then."""
    if isinstance(line, ChangeRecord):
        return change_words(line.change.intent, line.change.before, line.change.expected, glyphs)
    return change_words(line, line.seen, None if line.seen is None else line.expected(line.seen), glyphs)


def intent_of(line: Entry) -> Intent:
    return line.change.intent if isinstance(line, ChangeRecord) else line


def time_of(line: Entry) -> datetime:
    """When it was sent; when it was planned or staged where it was not."""
    if isinstance(line, ChangeRecord):
        return line.sent_at or line.change.planned_at
    return line.staged_at


def clock_words(at: datetime, now: datetime, *, short: bool = False) -> str:
    """A time on the local clock, with its date where that is not today: ``12:00:07``, ``06 Mar 12:00``."""
    at, now = at.astimezone(), now.astimezone()
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    if at.year != now.year:
        return f"{at:%b %Y}" if short else f"{at:%Y-%m-%d}"
    return f"{at:%d %b}" if short else f"{at:%d %b %H:%M}"
