"""One day explained in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from qtydash.domain.pace import Observation, pace, pace_words
from qtydash.domain.tickets import Day, LowThreshold
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.calendar import SUM_TITLE
from qtydash.tui.models.spark import sparkline
from qtydash.tui.models.tickets import WEEKDAYS, Matrix
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

SPARK_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Explained:
    """A day to explain: of what, when, what there is, and how it came to be."""

    title: str
    on: date
    day: Day | None
    history: Sequence[Observation] = ()


def day_lines(what: Explained, matrix: Matrix, low: LowThreshold, now: datetime, glyphs: Glyphs) -> list[Line]:
    """The day's numbers, what moved, where it is heading, what does not add up, and the vendor's codes."""
    heading = Part(f"{what.title}  {WEEKDAYS[what.on.weekday()]} {what.on.isoformat()}", "bold")
    if what.day is None:
        return [[heading], [Part("No inventory on this day, which is not the same as none left.")]]
    day = what.day
    state = day.state(low)
    tone = "$text-success" if state == "available" else "$text-warning"
    percent = day.percent_left
    share = "" if percent is None else f", {percent} % left"
    lines: list[Line] = [
        [heading, Part(f"  {state.value.replace('_', ' ')}", tone)],
        [Part(f"{day.left} left of {day.max}, {day.sold} sold{share}"), *_moves(day, matrix, what.history)],
    ]
    for record in day.records:
        if not record.adds_up:
            words = f"{record.left} left + {record.sold} sold ≠ {record.max} max"
            lines.append([Part(f"Does not add up: {words}", "$text-warning")])
    if what.title.startswith(SUM_TITLE):
        lines.append([Part("Options may share one pool of stock: a sum may count a piece twice.", "$text-muted")])
        return lines
    lines.append(_heading(what, day, now, glyphs))
    for record in day.records:
        lines.append([Part(f"option {record.option_code}  inventory {record.inventory_code}", "$text-muted")])
        raw = f"max_quantity {record.max}, remain_quantity {record.left}, ordered_quantity {record.sold}"
        lines.append([Part(f"as sent: {raw}", "$text-muted")])
    return lines


def _moves(day: Day, matrix: Matrix, history: Sequence[Observation]) -> list[Part]:
    parts = []
    was = matrix.previous_left(day)
    if was is not None and was != day.left:
        parts.append(Part(f"  {matrix.moved(day)} was {was} at the read before", "$text-accent"))
    else:
        for before, changed in reversed(list(pairwise(history))):
            if before.left != day.left:
                parts.append(Part(f"  was {before.left} until {changed.at:%Y-%m-%d %H:%M} UTC", "$text-accent"))
                break
    yesterday = matrix.left_yesterday(day)
    if yesterday is not None and yesterday != day.left:
        parts.append(Part(f"  {day.left - yesterday:+d} since yesterday", "$text-accent"))
    return parts


def _heading(what: Explained, day: Day, now: datetime, glyphs: Glyphs) -> Line:
    words = pace_words(pace(what.history, now, what.on), now, what.on, day.left)
    drawn = sparkline(what.history, now, SPARK_WIDTH, glyphs.levels) if len(what.history) > 1 else ""
    return [Part(f"{drawn}  " if drawn.strip() else "", "$text-accent"), Part(words)]
