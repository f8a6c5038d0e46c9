"""One product's availability as a page for a browser: options down, days across, each cell its number and mark.

The page stands alone: no script, nothing is loaded from anywhere, and its own policy forbids both. Outside text
goes through ``safe_text`` and ``html.escape``, whether it becomes text or an attribute.
"""

import html
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.text import safe_text
from qtydash.domain.tickets import Availability, Day, DayState, LowThreshold, OptionNames, TicketDay, by_option
from qtydash.services.export import utc_text
from qtydash.services.heatmap_style import STYLE

MOST_CELLS = 500_000
"""More than this in one page is refused: browsers would not draw it."""
_LONGEST_NAME = 120
_SPOKEN_NAME = 40
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_NO_INVENTORY = "·"
_PLENTY = ((75, "a4"), (50, "a3"), (25, "a2"))
"""Above this percentage left, this shade."""


class TooLarge(Exception):
    """More cells than a browser draws. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a product is drawn, and by which rules.

    ``codes`` and ``dates`` are the rows and columns, also those without inventory. ``only`` is a sentence when
    the days were chosen by their numbers, so that a blank cell need not mean no inventory. ``before`` is what was
    left at an earlier time, by ``TicketDay.key``; None when no comparison was asked for.
    """

    product: str
    shop: str
    codes: Sequence[str]
    dates: Sequence[date]
    names: OptionNames
    low: LowThreshold
    today: date
    only: str = ""
    before: Mapping[Hashable, int] | None = None


def heat_map(snapshot: Snapshot[Availability], shown: Shown) -> str:
    """The page, of the snapshot's days at the ``shown`` options and dates. Raises ``TooLarge``."""
    cells = len(shown.codes) * len(shown.dates)
    if cells > MOST_CELLS:
        raise TooLarge(
            f"The page would have {cells:,} cells; a browser draws {MOST_CELLS:,}. "
            "Choose fewer days with --from and --to, or fewer options with --option."
        )
    days = by_option(snapshot.data.days)
    return "".join(_page(snapshot, shown, days))


def _page(snapshot: Snapshot[Availability], shown: Shown, days: Mapping[str, Mapping[date, Day]]) -> Iterator[str]:
    product = _text(shown.product)
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{product}: availability</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1><bdi>{product}</bdi></h1>\n"
    )
    yield "<figure>\n<figcaption>\n" + _caption(snapshot, shown, days) + "</figcaption>\n"
    if not shown.dates or not shown.codes:
        yield "<p>There is no day to show.</p>\n"
    else:
        months = [list(found) for _, found in groupby(shown.dates, lambda on: (on.year, on.month))]
        yield f'<div class="{"screen" if len(months) > 1 else "both"}">\n'
        yield from _table(shown.dates, shown, days)
        yield "</div>\n"
        if len(months) > 1:  # paper does not scroll: a table for each month
            yield '<div class="paper">\n'
            for month in months:
                yield from _table(month, shown, days, spoken=False)
            yield "</div>\n"
    yield "</figure>\n" + _legend(shown) + "</body>\n</html>\n"


def _caption(snapshot: Snapshot[Availability], shown: Shown, days: Mapping[str, Mapping[date, Day]]) -> str:
    read = utc_text(snapshot.fetched_at)
    source = "live" if snapshot.source == "live" else "from what was read before, not live"
    whole = "The data are complete." if snapshot.complete else "<strong>The data are not complete.</strong>"
    lines = [
        f"<bdi>{_text(shown.shop)}</bdi> · product <code>{_text(snapshot.data.product_code)}</code>",
        f'Read <time datetime="{read}">{read}</time>, {source}. {whole}',
        html.escape(_summary(shown, days)),
    ]
    if shown.only:
        lines.append(f"<strong>{_text(shown.only, 1_000)}</strong>")
    lines += [f'<span class="warning">Warning: {_text(warning, 1_000)}</span>' for warning in snapshot.warnings]
    return "".join(f"<p>{line}</p>\n" for line in lines)


def _summary(shown: Shown, days: Mapping[str, Mapping[date, Day]]) -> str:
    states = [
        day.state(shown.low) for code in shown.codes for on, day in days.get(code, {}).items() if on >= shown.today
    ]
    span = f", {shown.dates[0]} to {shown.dates[-1]}" if shown.dates else ""
    counts = ", ".join(f"{states.count(state)} {word}" for state, word in _WORDS.items())
    return (
        f"{plural(len(shown.codes), 'option')} × {plural(len(shown.dates), 'day')}{span}. "
        f"From {shown.today} on: {counts}."
    )


def _table(
    dates: Sequence[date], shown: Shown, days: Mapping[str, Mapping[date, Day]], *, spoken: bool = True
) -> Iterator[str]:
    yield "<table>\n<thead>\n"
    yield from _head(dates, shown.today)
    yield "</thead>\n<tbody>\n"
    columns = [(on, _column_class(on, shown.today), f"{on} {_WEEKDAYS[on.weekday()]}") for on in dates]
    for code in shown.codes:
        known = days.get(code, {})
        name = shown.names(code)
        label = html.escape(safe_text(name, _SPOKEN_NAME))
        left = sum(day.left for on, day in known.items() if on >= shown.today)
        row = [
            f'<tr><th scope="row" title="{_text(name)}, option {_text(code)}"><bdi>{_text(name)}</bdi></th>'
            f'<td class="sum">{left}</td>'
        ]
        for on, column, spelt in columns:
            day = known.get(on)
            look, number = _cell(day, shown)
            # the name last: one that runs right to left would draw the numbers after it before it
            said = f' title="{spelt}: {_words(day, shown)} ({label})"' if spoken else ""
            row.append(f'<td class="{look}{column}"{said}>{number}</td>')
        row.append("</tr>\n")
        yield "".join(row)
    yield "</tbody>\n</table>\n"


def _head(dates: Sequence[date], today: date) -> Iterator[str]:
    yield '<tr><th rowspan="3" scope="col">Option</th>'
    yield '<th rowspan="3" scope="col" class="sum">Left from<br>today</th>'
    for (year, month), found in groupby(dates, lambda on: (on.year, on.month)):
        count = len(list(found))
        yield f'<th colspan="{count}" scope="colgroup" class="month"><span>{_MONTHS[month - 1]} {year}</span></th>'
    for weekday in (True, False):
        yield "</tr>\n<tr>"
        for on in dates:
            hint = ' title="today"' if on == today else ""
            label = _WEEKDAYS[on.weekday()] if weekday else on.day
            yield f'<th scope="col" class="day{_column_class(on, today)}"{hint}>{label}</th>'
    yield "</tr>\n"


def _column_class(on: date, today: date) -> str:
    when = " today" if on == today else " past" if on < today else ""
    return when + (" weekend" if on.weekday() >= 5 else "")


def _cell(day: Day | None, shown: Shown) -> tuple[str, str]:
    """The class that colours a cell, and its number with the mark that tells its state without colour."""
    if day is None:
        return "none", "" if shown.only else _NO_INVENTORY
    state = day.state(shown.low)
    look, mark = _MARKS[state]
    if state is DayState.AVAILABLE:
        percent = day.percent_left or 0
        look = next((shade for above, shade in _PLENTY if percent > above), "a1")
    return look, f"{_movement(day, shown.before)}{day.left}{mark}"


_MARKS: Mapping[DayState, tuple[str, str]] = {
    DayState.AVAILABLE: ("a1", ""),
    DayState.LOW: ("low", "!"),
    DayState.SOLD_OUT: ("out", "✗"),
    DayState.OVERSOLD: ("over", "✘"),
    DayState.MISMATCH: ("odd", "?"),
}
_WORDS: Mapping[DayState, str] = {
    DayState.AVAILABLE: "available",
    DayState.LOW: "low",
    DayState.SOLD_OUT: "sold out",
    DayState.OVERSOLD: "oversold",
    DayState.MISMATCH: "not adding up",
}


def _left_before(day: Day, before: Mapping[Hashable, int]) -> int | None:
    """What the day's records together had left, None when one of them was not known."""
    found = [before.get(record.key) for record in day.records]
    known = [was for was in found if was is not None]
    return sum(known) if len(known) == len(found) else None


def _movement(day: Day, before: Mapping[Hashable, int] | None) -> str:
    was = None if before is None else _left_before(day, before)
    if was is None or was == day.left:
        return ""
    return "▴" if day.left > was else "▾"


def _words(day: Day | None, shown: Shown) -> str:
    """A cell in words, for a pointer and for a screen reader."""
    if day is None:
        return "no inventory, or not among the days shown" if shown.only else "no inventory"
    percent = "" if day.percent_left is None else f" ({day.percent_left}%)"
    words = [f"{day.left} left of {day.max}{percent}, {day.sold} sold"]
    state = day.state(shown.low)
    if state is not DayState.AVAILABLE:
        words.append(_WORDS[state])
    words += [_mismatch(record) for record in day.records if not record.adds_up]
    if len(day.records) > 1:
        words.append(f"sum of {len(day.records)} records")
    if shown.before is not None:
        was = _left_before(day, shown.before)
        words.append("not known before" if was is None else f"was {was}")
    return "; ".join(words)


def _mismatch(record: TicketDay) -> str:
    return f"{record.left} left + {record.sold} sold ≠ {record.max} max"


def _legend(shown: Shown) -> str:
    low = shown.low
    entries: Iterable[tuple[str, str, str]] = (
        ("a4", "38", "available, more than 75% of the maximum left"),
        ("a3", "28", "more than 50%"),
        ("a2", "15", "more than 25%"),
        ("a1", "9", "25% or less"),
        ("low", "3!", f"low: {low.left} left or fewer, or {low.ratio * 100:g}% of the maximum or less"),
        ("out", "0✗", "sold out"),
        ("over", "-2✘", "oversold: more sold than there were"),
        ("odd", "10?", "does not add up: left + sold is not the maximum"),
        (
            ("none", "", "no inventory on that day, or not among the days shown")
            if shown.only
            else ("none", _NO_INVENTORY, "no inventory on that day, which is not 0 left")
        ),
        ("key weekend", "Sa", "weekend"),
        ("key today", "1", "today"),
        ("key past", "28", "past"),
    )
    items = [
        f'<li><span class="{look}">{sample}</span> {html.escape(words)}</li>\n' for look, sample, words in entries
    ]
    if shown.before is not None:
        items.append('<li><span class="key">▴ ▾</span> more or less left than at the time compared with</li>\n')
    return f'<h2>Legend</h2>\n<ul class="legend">\n{"".join(items)}</ul>\n'


def _text(outside: str, limit: int = _LONGEST_NAME) -> str:
    return html.escape(safe_text(outside, limit))
