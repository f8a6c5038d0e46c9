"""One change in words: in brief beside the list, with all that is known of it on a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qtydash.domain.change_words import STATE_WORDS, edit_words, facts_words, what_to_do
from qtydash.domain.changes import ChangeRecord, Event, Intent, State, WriteRequest
from qtydash.domain.snapshot import age_in_words
from qtydash.services.change_rows import body_text
from qtydash.tui.glyphs import Glyphs
from qtydash.tui.models.change_lines import Heading, More, Section, clock_words, line_words
from qtydash.tui.models.change_lines import Line as ListLine
from qtydash.tui.models.change_states import EngineState, state_mark, state_text
from qtydash.tui.models.changes import ChangeList, section_of
from qtydash.tui.widgets.bar import Part
from qtydash.tui.widgets.words import Line

_SECTIONS: dict[Section, str] = {
    Section.DOUBT: (
        "They were sent, and nothing tells for certain whether they were done. Until one is settled nothing else "
        "can be sent to its target."
    ),
    Section.FLIGHT: "They are being sent, one after the other.",
    Section.HISTORY: "What came of everything that was ever to be sent. Nothing in it is rewritten.",
}
_LEFT_BEHIND = (
    "Nothing was written about it since: whoever sent it may have ended. When the next dashboard that may write "
    "here opens, it is settled or comes up as unknown. Do not send it again."
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a change is explained from."""

    listed: ChangeList
    engine: EngineState
    now: datetime
    glyphs: Glyphs

    @property
    def keys(self) -> Mapping[str, str]:
        return self.engine.keys


def _section_words(section: Section, keys: Mapping[str, str]) -> str:
    if section is not Section.STAGED:
        return _SECTIONS[section]
    review, last, here = keys["review"], keys["unstage"], keys["changes.drop"]
    return (
        f"Nothing of these was sent. {review} reviews and sends them, {last} unstages the last, "
        f"{here} the one here."
    )


def brief_lines(line: ListLine, told: Told) -> list[Line]:
    """What the cursor is on, what is known of it and what to do, the most needed first."""
    match line:
        case Heading():
            return [[Part(line.section, "bold")], [Part(_section_words(line.section, told.keys))]]
        case More():
            words = (
                f"The newest {line.loaded:,} changes are shown, and there are older ones. "
                f"{told.keys['changes.older']} loads more of them."
            )
            return [[Part("Older changes", "bold")], [Part(words)]]
        case Intent():
            return _brief_draft(line, told)
        case _:
            return _brief_record(line, told)


def _brief_draft(intent: Intent, told: Told) -> list[Line]:
    review, drop = told.keys["review"], told.keys["changes.drop"]
    seen = "" if intent.seen is None else f"It was {facts_words(intent.seen)} when you staged it. "
    return [
        [Part(f"{intent.label}  {line_words(intent, told.glyphs)}", "bold")],
        [Part(f"{seen}Nothing was sent: {review} reads it afresh and asks, {drop} unstages it.")],
        *_links(intent, told),
        [Part(intent.target, "$text-muted")],
    ]


def _brief_record(record: ChangeRecord, told: Told) -> list[Line]:
    change = record.change
    lines: list[Line] = [[Part(change.sentence, "bold")]]
    lines += [[Part(words, "$text-warning")] for words in next_steps(record, told)]
    lines += [[Part(record.note)]] if record.note else []
    sent = record.sent_at
    when = f"sent {clock_words(sent, told.now)}" if sent else f"planned {clock_words(change.planned_at, told.now)}"
    status = "" if record.status is None else f", HTTP {record.status}"
    last = record.events[-1]
    lines.append([Part(f"{STATE_WORDS[record.state]}; {when}{status}, by {last.operator or change.operator}")])
    if why := last.reason or change.reason:
        lines.append([Part(f"Reason: {why}")])
    return [*lines, *_links(change.intent, told, record), [Part(record.op_id, "$text-muted")]]


def next_steps(record: ChangeRecord, told: Told) -> Iterator[str]:
    """What to do about a change that waits for someone; nothing for one that does not."""
    engine = told.engine
    if section_of(record, engine, told.now) is not Section.DOUBT:
        return
    if record.state in (State.PLANNED, State.SENT):
        yield _LEFT_BEHIND
        return
    if record.op_id in engine.looked_at:
        yield "It is being read now: two reads, a few seconds apart."
        return
    yield what_to_do(record, engine.horizon, told.now)
    verdict = told.keys["changes.verdict"]
    if engine.locked:
        yield "It cannot be settled from here."
    elif record.state is State.UNDECIDED:
        yield f"{verdict} takes your verdict, enter shows every event."
    else:
        yield f"{told.keys['changes.reconcile']} reads it, {verdict} takes your verdict, enter shows every event."


def _links(intent: Intent, told: Told, record: ChangeRecord | None = None) -> Iterator[Line]:
    """The change that this one undoes or takes up again, and the one that undid this one."""
    listed = told.listed
    if of := intent.follows:
        earlier = listed.by_id.get(of)
        what = of if earlier is None else f"{line_words(earlier, told.glyphs)} of {_when(earlier, told)}"
        yield [Part(f"It follows {what}.", "$text-accent")]
    if record is not None and (by := listed.taken_back_by(record)) is not None:
        yield [Part(f"Taken back at {_when(by, told)}: {STATE_WORDS[by.state]}.", "$text-accent")]
    if record is not None and any(staged.follows == record.op_id for staged in listed.staged):
        yield [Part(f"What follows it is staged: {told.keys['review']} reviews it.", "$text-accent")]


def _when(record: ChangeRecord, told: Told) -> str:
    return clock_words(record.sent_at or record.change.planned_at, told.now)


# Every event of one.


def full_lines(record: ChangeRecord, told: Told) -> list[Line]:
    """All that the journal has of a change."""
    change = record.change
    intent = change.intent
    state = state_text(record, told.engine, told.now, taken_back=told.listed.is_taken_back(record))
    lines: list[Line] = [
        [Part(change.sentence, "bold")],
        [Part(f"{state_mark(record.state, told.glyphs)} {state}", "bold $text-accent")],
        *([Part(words, "$text-warning")] for words in next_steps(record, told)),
        *_links(intent, told, record),
        [],
        _field("op id", record.op_id),
        _field("batch", change.batch),
        _field("kind", f"{intent.kind.value} {edit_words(intent)}"),
        _field("target", intent.target),
        *([_field("follows", intent.follows)] if intent.follows else []),
        _field("profile", change.profile),
        _field("operator", change.operator),
        *([_field("reason", change.reason)] if change.reason else []),
        [],
        [Part("What was seen", "bold underline")],
        *_seen(intent),
        _field("planned", _at(change.planned_at)),
        _field("before", f"{facts_words(change.before)}, read {_at(change.observed_at)}"),
        _field("expected", f"{facts_words(change.expected)}, once applied"),
        [],
        *_request(change.request, change.origin, record.op_id),
        [],
        [Part("Events", "bold underline")],
    ]
    started = record.events[0].at
    for number, event in enumerate(record.events, 1):
        lines += _event(number, event, started)
    return lines


def draft_lines(intent: Intent, told: Told, request: WriteRequest | None, origin: str) -> list[Line]:
    """All that there is of a staged edit. ``request`` is what it would send, as far as that is known."""
    age = age_in_words((told.now - intent.staged_at).total_seconds(), units=2)
    return [
        [Part(f"{intent.label}  {line_words(intent, told.glyphs)}", "bold")],
        [Part(f"staged {age} ago; nothing was sent", "bold $text-accent")],
        *_links(intent, told),
        [],
        _field("kind", f"{intent.kind.value} {edit_words(intent)}"),
        _field("target", intent.target),
        *([_field("follows", intent.follows)] if intent.follows else []),
        *([_field("reason", intent.reason)] if intent.reason else []),
        *_seen(intent),
        *([[], *_request(request, origin, "", title="What the review would send")] if request is not None else []),
    ]


def _seen(intent: Intent) -> Iterator[Line]:
    yield _field("staged", _at(intent.staged_at))
    if intent.seen is not None:
        read = f", read {_at(intent.seen_at)}" if intent.seen_at else ""
        yield _field("it was then", f"{facts_words(intent.seen)}{read}")


def _request(
    request: WriteRequest, origin: str, op_id: str, *, title: str = "The request, letter for letter"
) -> Iterator[Line]:
    yield [Part(title, "bold underline")]
    yield [Part(f"  {request.method} {request.path}")]
    yield _field("to", origin)
    if op_id:
        yield _field("X-Request-Id", op_id)
    yield _field("body", body_text(request) or "none")


def _event(number: int, event: Event, started: datetime) -> Iterator[Line]:
    later = event.at - started
    since = f"  +{later / timedelta(seconds=1):.1f} s" if later else ""
    yield [
        Part(f"{number:>3}  ", "$text-muted"),
        Part(_at(event.at)),
        Part(f"  {event.state.value}", "bold"),
        Part(since, "$text-muted"),
    ]
    told = (
        ("HTTP status", "" if event.status is None else str(event.status)),
        ("fault", event.fault),
        ("phase", event.phase),
        ("note", event.note),
        *(("read", f"{facts_words(look.facts)} at {_at(look.at)}") for look in event.looks),
        ("by", event.operator),
        ("reason", event.reason),
    )
    yield from ([Part(f"       {name:<12} ", "$text-muted"), Part(words)] for name, words in told if words)


def _field(name: str, words: str) -> Sequence[Part]:
    return [Part(f"  {name:<13} ", "$text-muted"), Part(words)]


def _at(at: datetime) -> str:
    """A time on the local clock, to the millisecond, with how far that clock is from UTC."""
    return at.astimezone().isoformat(" ", "milliseconds")
