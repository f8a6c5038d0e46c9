"""One day explained in words: in brief below the rows, with its codes beside them, and in full on a screen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

from qtydash.domain.pace import Observation, pace, pace_words
from qtydash.domain.snapshot import plural
from qtydash.domain.tickets import Day, TicketDay
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.spark import sparkline
from qtydash.tui.models.tickets import WEEKDAYS, Matrix
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

MUTED = "dim"  # $text-muted is drawn brighter than plain text here: its opacity is lost in content
SPARK_WIDTH = 20
MOST_CHANGES = 100
"""Changes of the past that are listed."""
HINT = "enter: codes, the vendor's row, and its history"
SUM_HINT = "enter: each option of the sum"


@dataclass(frozen=True, slots=True)
class Explained:
    """A day to explain: of what, when, what there is, how it came to be, and of how many options it is the sum."""

    title: str
    on: date
    day: Day | None
    history: Sequence[Observation] = ()
    options: int = 1

    @property
    def heading(self) -> str:
        return f"{self.title}  {WEEKDAYS[self.on.weekday()]} {self.on.isoformat()}"


def brief_lines(what: Explained, matrix: Matrix, now: datetime) -> list[Line]:
    """The day's numbers, what moved, what does not add up, where it is heading, and how to learn more."""
    lines = _numbers(what, matrix, now)
    if what.day is not None:
        lines.append([Part(HINT if what.options == 1 else SUM_HINT, MUTED)])
    return lines


def day_lines(what: Explained, matrix: Matrix, now: datetime) -> list[Line]:
    """The same with the codes and the vendor's row."""
    lines = _numbers(what, matrix, now)
    if what.day is None:
        return lines
    if what.options > 1:
        return [*lines, [Part(SUM_HINT, MUTED)]]
    for record in what.day.records:
        lines.append([Part(f"option {record.option_code}", MUTED)])
        lines.append([Part(f"inventory {record.inventory_code}", MUTED)])
        sent = ", ".join(f"{name} {value}" for name, value in _row(record, matrix)[2:])
        lines.append([Part(f"as sent: {sent}", MUTED)])
    return lines


def full_lines(what: Explained, matrix: Matrix, now: datetime) -> list[Line]:
    """Everything that is known of the day, below its heading; of a sum, each of its options."""
    heading, *rest = _numbers(what, matrix, now)
    if what.day is None:
        return rest
    lines: list[Line] = [[Part(part.text.strip(), part.style) for part in heading[1:]], *rest]
    if what.options > 1:
        lines += [(), [Part("Each option", "bold underline")]]
        lines += _each_option(what.day, matrix)
        return lines
    for number, record in enumerate(what.day.records, 1):
        of = f" {number} of {len(what.day.records)}" if len(what.day.records) > 1 else ""
        lines += [(), [Part(f"The vendor's row{of}", "bold underline")]]
        row = _row(record, matrix)
        width = max(len(name) for name, _ in row)
        lines += [[Part(f"{name:<{width}}  ", MUTED), Part(value)] for name, value in row]
    if what.history:
        lines += [(), [Part("What was left, newest first", "bold underline")], *_past(what.history)]
    return lines


def _numbers(what: Explained, matrix: Matrix, now: datetime) -> list[Line]:
    if what.day is None:
        return [
            [Part(what.heading, "bold")],
            [Part("No inventory on this day, which is not the same as none left.")],
        ]
    day = what.day
    state = day.state(matrix.low)
    tone = "$text-success" if state == "available" else "$text-warning"
    percent = day.percent_left
    share = "" if percent is None else f", {percent} % left"
    lines: list[Line] = [
        [Part(what.heading, "bold"), Part(f"  {state.value.replace('_', ' ')}", tone)],
        [Part(f"{day.left} left of {day.max}, {day.sold} sold{share}"), *_moves(day, matrix, what.history, now)],
    ]
    odd = [record for record in day.records if not record.adds_up]
    if what.options > 1:
        if odd:
            lines.append([Part(f"{plural(len(odd), 'option')} of the sum not adding up", "$text-warning")])
        return [
            *lines,
            [Part("Options may share one pool of stock: a sum may count a piece twice.", MUTED)],
        ]
    for record in odd:
        words = f"{record.left} left + {record.sold} sold ≠ {record.max} max"
        lines.append([Part(f"Does not add up: {words}", "$text-warning")])
    return [*lines, _ahead(what, day, now, matrix.glyphs)]


def _moves(day: Day, matrix: Matrix, history: Sequence[Observation], now: datetime) -> list[Part]:
    parts = []
    moves, was = matrix.moves, matrix.moves.at_look(day)
    if was is not None and moves.looked_at is not None:
        arrow = moves.arrow(day, matrix.glyphs)
        parts.append(Part(f"  {arrow} was {was} when you looked, {_time(moves.looked_at, now)}", "$text-accent"))
    else:
        for before, changed in reversed(list(pairwise(history))):
            if before.left != day.left:
                parts.append(Part(f"  was {before.left} until {_time(changed.at, now)}", "$text-accent"))
                break
    yesterday = moves.at_yesterday(day)
    if yesterday is not None:
        parts.append(Part(f"  {day.left - yesterday:+d} since yesterday", "$text-accent"))
    return parts


def _time(at: datetime, now: datetime) -> str:
    """A time in UTC; its date only when it is another day's."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M} UTC"


def _ahead(what: Explained, day: Day, now: datetime, glyphs: Glyphs) -> Line:
    going = pace(what.history, now, what.on)
    words = pace_words(going, now, what.on, day.left)
    drawn = sparkline(what.history, now, SPARK_WIDTH, glyphs.levels) if going is not None else ""
    return [Part(f"{drawn}  " if drawn.strip() else "", "$text-accent"), Part(words)]


def _row(record: TicketDay, matrix: Matrix) -> list[tuple[str, str]]:
    """The fields of a record under the vendor's names, those that no document names last."""
    return [
        ("option_code", record.option_code),
        ("inventory_code", record.inventory_code),
        ("date", record.date.isoformat()),
        ("max_quantity", str(record.max)),
        ("remain_quantity", str(record.left)),
        ("ordered_quantity", str(record.sold)),
        *matrix.snapshot.data.extras.get(record.key, ()),
    ]


def _each_option(day: Day, matrix: Matrix) -> Iterator[Line]:
    names: Mapping[str, str] = {row.code: row.name for row in matrix.options}
    for record in day.records:
        state = record.state(matrix.low)
        told = "" if state == "available" else f"  {state.value.replace('_', ' ')}"
        yield [
            Part(f"{record.left:>6} left of {record.max}, {record.sold} sold  "),
            Part(names.get(record.option_code, record.option_code), "bold"),
            Part(told, "$text-warning"),
        ]


def _past(history: Sequence[Observation]) -> Iterator[Line]:
    """What was left since when; the first may have been so before anyone looked."""
    changes = [seen for before, seen in pairwise(history) if seen.left != before.left]
    told = [(seen, "since") for seen in reversed(changes)] + [(history[0], "first seen")]
    for seen, word in told[:MOST_CHANGES]:
        yield [
            Part(f"{seen.left:>6}  "),
            Part(f"{word} {seen.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", MUTED),
        ]
    if len(told) > MOST_CHANGES:
        yield [Part(f"and {plural(len(told) - MOST_CHANGES, 'earlier change')}", MUTED)]
