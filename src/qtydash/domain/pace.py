"""Where a ticket day is heading: what was left over time, and how fast it goes. All counts are pieces.

Reads are instants, a ticket day is a calendar date without a zone (document 002 tells none). Both meet on UTC
dates here: "today" and the day of selling out are UTC's, up to a day off the park's own calendar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

WINDOW = timedelta(days=7)
"""How far back the pace looks."""
ENOUGH = timedelta(hours=24)
"""A shorter history says nothing about days."""
WHOLE = timedelta(days=7)
"""History is kept read by read for this long; before that the last of each UTC day."""
KEPT = timedelta(days=90)
"""History older than this is forgotten, but for what was left when it ends."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Observation:
    """What was left (negative when oversold) at an aware UTC time."""

    at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How many pieces go in a day, negative when they come back; ``sold_out_on`` is the UTC date none are left.

    ``sold_out_on`` is None where nothing goes, or where the ticket day itself comes first.
    """

    per_day: float
    sold_out_on: date | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What history holds at a time: every read since ``whole``, one a day since ``oldest``. Both at 0:00 UTC."""

    oldest: datetime
    whole: datetime


def bounds(now: datetime) -> Bounds:
    """The bounds of a history kept at ``now`` (aware)."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    return Bounds(oldest=midnight - KEPT, whole=midnight - WHOLE)


def pace(observations: Sequence[Observation], now: datetime, day: date) -> Pace | None:
    """The straight line from what was left 7 days before ``now`` to what was left last; None if that is not known.

    ``observations`` are of one ticket day ``day``, oldest first. Between two of them stock is taken to have gone
    evenly; a history that is younger than the window starts the line at its first observation. The line must
    span 24 hours. Stock put back within the window counts against what was sold: the pace is what left the shelf
    net, which errs towards selling out late.
    """
    now = now.astimezone(UTC)  # in a zone with summer time, seven days are not always 168 hours
    known = [seen for seen in observations if seen.at <= now]
    if not known:
        return None
    last = known[-1]
    since, left_then = _start(known, now - WINDOW)
    if last.at - since < ENOUGH:
        return None
    per_day = (left_then - last.left) / ((last.at - since) / _DAY)
    return Pace(per_day, _sold_out_on(per_day, last, now.date(), day))


def pace_words(pace: Pace | None, now: datetime, day: date, left: int) -> str:
    """The pace for people. ``left`` is what the latest read said, which may be news to the history."""
    if left <= 0:
        return "already sold out"
    if day < now.astimezone(UTC).date():
        return "its day is over"
    if pace is None:
        return "not enough history"
    if pace.per_day <= 0:
        return "not selling"
    if pace.sold_out_on is None:
        return "at this pace not sold out by its day"
    return f"at this pace sold out on {pace.sold_out_on.isoformat()}"


def _start(known: Sequence[Observation], opening: datetime) -> tuple[datetime, float]:
    """When the line starts and what was left then."""
    before = next((seen for seen in reversed(known) if seen.at <= opening), None)
    after = next((seen for seen in known if seen.at > opening), None)
    if after is None:
        return known[-1].at, known[-1].left
    if before is None:
        return after.at, after.left
    passed = (opening - before.at) / (after.at - before.at)
    return opening, before.left + (after.left - before.left) * passed


def _sold_out_on(per_day: float, last: Observation, today: date, day: date) -> date | None:
    if last.left <= 0:
        return today
    if per_day <= 0:
        return None
    days = last.left / per_day
    if days > (datetime.combine(day, time.max, UTC) - last.at) / _DAY:  # also keeps within what a date can be
        return None
    # A line from an old read may end in the past; the day is not over, so it would be today.
    gone = max((last.at + days * _DAY).date(), today)
    return gone if gone <= day else None
