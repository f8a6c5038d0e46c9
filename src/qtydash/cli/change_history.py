"""How ``qtydash changes`` looks into the journal, and how it settles what is in doubt."""

from collections.abc import Sequence

from qtydash.cli.change_output import print_change, print_changes
from qtydash.cli.context import Context
from qtydash.cli.engine import Engine, engine, in_doubt_words
from qtydash.cli.failure import ExitCode, Misuse, say
from qtydash.cli.outcome import End, end_of
from qtydash.cli.writing import finish
from qtydash.domain.change_words import STATE_WORDS, what_to_do
from qtydash.domain.changes import IN_DOUBT, ChangeRecord, State
from qtydash.domain.errors import VendorError
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.services.change_rows import draft_row, record_row
from qtydash.services.changes import NotNow
from qtydash.services.clock import utc_now
from qtydash.services.export import Row

_ALL = 1_000_000
_IDS_TOLD = 5


_URGENCY = (State.UNKNOWN, State.UNDECIDED, State.SENT, State.PLANNED)
"""What is listed first: doubt, then what is under way."""


def print_list(context: Context, states: Sequence[State], limit: int) -> None:
    """Print changes in ``states``, in all when there are none: doubt, under way, staged, then the newest first."""
    with engine(context, writes=False, tell_doubt=False) as looking:
        _recover(looking)
        wanted = frozenset(states or State)
        urgent = _records(looking, wanted & frozenset(_URGENCY), _ALL)
        history = _records(looking, wanted - frozenset(_URGENCY) - {State.DRAFT}, limit + 1)
        rows = [record_row(record) for record in sorted(urgent, key=lambda one: _URGENCY.index(one.state))]
        rows += _staged(looking) if State.DRAFT in wanted else []
        rows += [record_row(record) for record in history[:limit]]
    cut = [f"Only the newest {limit:,} are listed; --limit lists more."] if len(history) > limit else []
    if doubt := sum(record.state in IN_DOUBT for record in urgent):
        say(f"{plural(doubt, 'outcome')} not known: `qtydash changes reconcile` finds out by reading.")
    if not rows:
        say("There is no such change." if states else "Nothing was staged or sent yet.")
    for words in cut:
        say(words)
    print_changes(context, rows, cut, complete=not cut)


def print_one(context: Context, given: str) -> None:
    """Print the change that ``given`` names, with every event and the next step."""
    with engine(context, writes=False, tell_doubt=False) as looking:
        _recover(looking)
        record = _found(looking, given)
        todo = what_to_do(record, looking.changes.profile.reconcile_after, utc_now())
    print_change(context, record, todo)


def settle(context: Context, given: str | None) -> None:
    """Reconcile one change, or every one whose outcome is unknown, and print them.

    Raises ``Exit`` while any of them, or without one any of the profile, is in doubt.
    """
    if context.offline:
        raise Misuse("Reconciling reads from the vendor: leave --offline out.")
    with engine(context, tell_doubt=False) as running:
        chosen = [_found(running, given)] if given is not None else list(reversed(running.changes.in_doubt()))
        if not chosen:
            say("No outcome is unknown.")
        records = _reconciled(running, chosen)
        print_changes(context, [record_row(record) for record in records])
        doubt = sum(record.state in IN_DOUBT for record in records)
    if doubt:
        say(f"{plural(doubt, 'outcome')} not known yet.")
    finish(ExitCode.UNKNOWN if doubt else ExitCode.DONE)


def judge(context: Context, given: str, *, applied: bool, reason: str) -> None:
    """Write the operator's verdict down and print the change."""
    with engine(context, tell_doubt=False) as running:
        record = running.changes.resolve(_found(running, given).op_id, applied=applied, reason=reason)
    say(f"Written down as {STATE_WORDS[record.state]}: {record.change.sentence}.")
    print_changes(context, [record_row(record)])


def _reconciled(running: Engine, chosen: Sequence[ChangeRecord]) -> list[ChangeRecord]:
    """The changes as they are after each was judged by reading, where that could be done."""
    records = {record.op_id: record for record in chosen}
    for record in chosen:
        if record.state is State.UNKNOWN:
            say(f"Reconciling {record.change.sentence} ({record.op_id}).")
            try:
                records[record.op_id] = running.run(running.changes.reconcile(record.op_id))
            except KeyboardInterrupt:
                say("You stopped it: the outcome stays unknown.")
                break
            except (VendorError, NotNow) as error:
                say(f"The outcome stays unknown. {error}")
        say(_stands(records[record.op_id], running))
    return list(records.values())


def _stands(record: ChangeRecord, running: Engine) -> str:
    if end_of(record) is End.UNKNOWN:
        return f"{record.note} {in_doubt_words(record, running)}".strip()
    return f"{record.change.sentence}: {record.note or STATE_WORDS[record.state]}"


def _recover(looking: Engine) -> None:
    """Where an earlier run left a change on its way, say what is known of it, unless that run still writes."""
    changes = looking.changes
    if changes.profile.write and changes.records(states=(State.SENT, State.PLANNED), limit=1):
        changes.open()


def _records(looking: Engine, states: frozenset[State], limit: int) -> tuple[ChangeRecord, ...]:
    return looking.changes.records(states=states, limit=limit) if states else ()


def _staged(looking: Engine) -> list[Row]:
    changes = looking.changes
    return [draft_row(intent, origin) for origin, intent in changes.journal.drafts(changes.profile.name)]


def _found(looking: Engine, given: str) -> ChangeRecord:
    """The one change whose id begins as ``given`` does. Raises ``Misuse``."""
    changes, beginning = looking.changes, given.strip().lower()
    ids = changes.journal.starting_with(changes.profile.name, beginning) if beginning else ()
    if len(ids) == 1:
        return changes.found(ids[0])
    shown = repr(safe_text(given, 60))
    if not ids:
        profile = changes.profile.name
        raise Misuse(f"No change of profile {profile!r} begins with {shown}. `qtydash changes list` shows them.")
    more = " and more" if len(ids) > _IDS_TOLD else ""
    raise Misuse(f"Several changes begin with {shown}: {', '.join(ids[:_IDS_TOLD])}{more}. Write more of its id.")
