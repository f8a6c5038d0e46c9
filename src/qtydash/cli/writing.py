"""What every writing command does: review, ask, apply, report, and end with a number that a script can rely on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import click

from qtydash.cli.change_output import print_changes, print_dry_run
from qtydash.cli.context import Context
from qtydash.cli.engine import Engine, ask, can_ask, in_doubt_words, undisturbed
from qtydash.cli.failure import ExitCode, Failure, Misuse, Refused, say
from qtydash.cli.outcome import End, end_of, end_of_proposal, exit_code
from qtydash.cli.write_options import LARGEST, Asked
from qtydash.domain.change_words import STATE_WORDS, edit_words, sentence, tally
from qtydash.domain.changes import ChangeRecord, Event, Intent, State, WriteRequest
from qtydash.domain.crash import crash_report
from qtydash.domain.op_id import new_op_id
from qtydash.domain.review import Proposal
from qtydash.domain.snapshot import plural
from qtydash.services.batch import BatchResult, Result
from qtydash.services.change_rows import proposal_row, record_row
from qtydash.services.changes import NotNow
from qtydash.services.clock import utc_now
from qtydash.storage.journal import JournalError


@dataclass(frozen=True, slots=True)
class Rules:
    """What a command lets pass, and how it talks where it does not talk as the others do.

    ``accept`` answers a proposal's question with yes; ``flag`` is the option that says so. With ``partial`` what
    can be done is done although something was refused; ``left_out`` are sentences about what never came as far
    as the review. ``manner`` asks and tells in place of the usual sentences.
    """

    accept: bool = False
    flag: str = ""
    partial: bool = False
    left_out: tuple[str, ...] = ()
    manner: "Manner | None" = None


class Manner(Protocol):
    """How a command asks and tells where the usual sentences would not do."""

    def agreed(self, engine: Engine, ready: Sequence[Proposal]) -> bool:
        """Show what is about to be sent, and ask whether it may be."""

    def told(self, engine: Engine, proposals: Sequence[Proposal], run: "Run") -> None:
        """Say what came of all changes together."""


def check_asked(context: Context, asked: Asked) -> None:
    """Refuse what needs nothing to be opened. Raises ``Misuse``."""
    if context.offline:
        raise Misuse("A change contacts the vendor. Nothing was done: leave --offline out.")
    if not asked.yes and not asked.dry_run and not can_ask():
        raise Misuse(
            "Nobody can be asked: this is no terminal. Nothing was done. "
            "Add --yes to make the change without a question, or --dry-run to see what would be sent."
        )


def check_count(count: int, asked: Asked) -> None:
    """Refuse more changes than were allowed, all of them. Raises ``Refused``."""
    if count > asked.most:
        raise Refused(
            f"These are {count:,} changes and --max allows {asked.most:,}. Nothing was done. "
            + (f"If all of them are meant, add --max {count}." if count <= LARGEST else "Take fewer at a time.")
        )


def reviewed(engine: Engine, intents: Sequence[Intent]) -> tuple[Proposal, ...]:
    """The review of ``intents``. Raises ``VendorError``, ``InvalidId`` when a target cannot be read."""
    proposals = engine.run(engine.changes.plan(intents))
    for proposal in proposals:
        if proposal.unread is not None:
            raise proposal.unread
    return proposals


def carry_out(engine: Engine, proposals: Sequence[Proposal], asked: Asked, rules: Rules) -> None:
    """Make the changes that were reviewed, or with ``--dry-run`` show them; say and print what came of each.

    Raises ``Exit`` unless all were made.
    """
    if asked.dry_run:
        _show(engine, [_answered(proposal, rules) for proposal in proposals], rules)
        return
    judged = [_asked_about(_answered(proposal, rules), rules, asked) for proposal in proposals]
    ready = [proposal for proposal in judged if proposal.ready]
    refused = [proposal for proposal in judged if not proposal.ready]
    for proposal in refused:
        say(f"Refused: {_sentence(proposal)}. {proposal.refusal or proposal.question}")
    if refused and not rules.partial and ready:
        why = f"Nothing was sent, because {len(refused)} of {plural(len(judged), 'change')} cannot be made."
        say(why)
        judged = [replace(proposal, refusal=why) if proposal.ready else proposal for proposal in judged]
        ready = []
    agreed = rules.manner.agreed if rules.manner is not None else _agreed
    if ready and not asked.yes and not agreed(engine, ready):
        say("Nothing was sent.")
        raise click.exceptions.Exit(ExitCode.PARTLY)
    run = _applied(engine, ready, rules) if ready else Run({})
    _end(engine, judged, run, rules)


def _show(engine: Engine, proposals: Sequence[Proposal], rules: Rules) -> None:
    for proposal in proposals:
        if proposal.question and not proposal.ready and not proposal.refusal:
            say(f"{_sentence(proposal)}: it will be asked about; {rules.flag} answers yes.")
    found = [(proposal, _request(engine, proposal), _origin(engine, proposal)) for proposal in proposals]
    print_dry_run(engine.opened.context, found, rules.left_out, complete=not rules.left_out)
    say("A dry run: nothing was sent.")
    ends = [end_of_proposal(proposal) for proposal in proposals]
    finish(exit_code([*ends, *(End.REFUSED for _ in rules.left_out)]))


def _answered(proposal: Proposal, rules: Rules) -> Proposal:
    return replace(proposal, accepted=True) if proposal.question and rules.accept else proposal


def _asked_about(proposal: Proposal, rules: Rules, asked: Asked) -> Proposal:
    """The proposal with its own question answered, where it still has one and nothing else is against it."""
    if proposal.ready or proposal.refusal:
        return proposal
    if asked.yes:
        return replace(proposal, refusal=f"{proposal.question} If that is meant, add {rules.flag}.")
    return replace(proposal, accepted=ask(f"{_sentence(proposal)}. {proposal.question} Is that meant?"))


def _agreed(engine: Engine, ready: Sequence[Proposal]) -> bool:
    profile = engine.opened.config.profile
    say(f"In profile {profile.name!r}{f', {profile.label}' if profile.label else ''}:")
    for proposal in ready:
        say(f"  {_sentence(proposal)}")
    return ask("Make this change?" if len(ready) == 1 else f"Make these {len(ready)} changes?")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of each change, by its target; why the batch ended early, if it did; whether a person ended it.

    ``lost`` says that the journal cannot be read, so that nobody knows what was sent.
    """

    records: dict[str, ChangeRecord]
    stopped: str = ""
    interrupted: bool = False
    lost: bool = False


def _applied(engine: Engine, ready: Sequence[Proposal], rules: Rules) -> Run:
    batch = new_op_id(utc_now())

    def told(position: int, result: Result) -> None:
        if rules.manner is not None and result.state is None:
            return  # told by their number
        if len(ready) > 1 and result.state is not State.SENT and can_ask():
            words = "not attempted" if result.state is None else STATE_WORDS[result.state]
            say(f"{position + 1} of {len(ready)}: {result.change.sentence}: {words}")

    try:
        result = engine.run(engine.changes.apply(ready, on_result=told, control=engine.control, batch=batch))
    except (NotNow, JournalError):
        raise  # nothing was sent
    except KeyboardInterrupt:
        return replace(_left_behind(engine, batch), stopped="You stopped it.", interrupted=True)
    except Exception as error:  # noqa: BLE001 - some of it may be done: that must be told before anything else
        say(crash_report(error))
        return replace(_left_behind(engine, batch), stopped="qtydash has a fault.")
    return Run(_records(engine, batch, result), result.stopped)


def _left_behind(engine: Engine, batch: str) -> Run:
    """A batch that did not come to its end, as far as it came."""
    with undisturbed():
        engine.stop()
        engine.changes.open()  # what was on its way and could not write that down itself is unknown now
        try:
            records = engine.changes.journal.batch(batch)
        except JournalError as error:
            say(f"What was sent cannot be told. {error}")
            return Run({}, lost=True)
    return Run({record.change.intent.target: record for record in records})


def _records(engine: Engine, batch: str, result: BatchResult) -> dict[str, ChangeRecord]:
    """The batch as the journal has it; what the journal could not take, as it came out."""
    try:
        records = {record.op_id: record for record in engine.changes.journal.batch(batch)}
    except JournalError as error:
        say(str(error))
        records = {}
    if result.journal_fault or not records:
        for told in result.results:
            state, phase = told.state or State.ABANDONED, told.phase or "batch"
            event = Event(state, utc_now(), told.status, phase=phase, note=told.words)
            records[told.change.op_id] = ChangeRecord(told.change, (event,))
    return {record.change.intent.target: record for record in records.values()}


def _end(engine: Engine, proposals: Sequence[Proposal], run: Run, rules: Rules) -> None:
    """Say and print what came of every change. Raises ``Exit`` unless all were made."""
    rows, ends = [], [End.REFUSED for _ in rules.left_out] + [End.UNKNOWN] * run.lost
    for proposal in proposals:
        if (record := run.records.get(proposal.intent.target)) is not None:
            rows.append(record_row(record))
            ends.append(end_of(record))
        else:
            rows.append(proposal_row(proposal, _request(engine, proposal), _origin(engine, proposal)))
            ends.append(End.NOT_ATTEMPTED if proposal.ready else end_of_proposal(proposal))
    _say_ends(engine, proposals, run, rules)
    stopped = [run.stopped] if run.stopped else []
    code = exit_code(ends)
    if run.interrupted and code is ExitCode.FAILED:
        code = ExitCode.INTERRUPTED
    try:
        print_changes(engine.opened.context, rows, [*rules.left_out, *stopped], complete=not rules.left_out)
    except (Failure, OSError) as error:
        if not any(row["op_id"] for row in rows):
            raise
        say(f"{error} What was done is in the journal: `qtydash changes list` shows it.")
        code = code or ExitCode.PARTLY
    finish(code)


def _say_ends(engine: Engine, proposals: Sequence[Proposal], run: Run, rules: Rules) -> None:
    """In words: each change that needs some, then all of them together."""
    records = list(run.records.values())
    for record in records:
        if end_of(record) is End.UNKNOWN:
            say(f"{record.note} {in_doubt_words(record, engine)}".strip())
        elif rules.manner is not None and end_of(record) is End.NOT_ATTEMPTED:
            continue  # told by their number
        elif record.note or len(records) == 1:
            words = STATE_WORDS[record.state].capitalize()
            say(f"{words}: {record.change.sentence}. {record.note}".strip())
    if rules.manner is not None:
        rules.manner.told(engine, proposals, run)
    elif len(records) > 1:
        say(f"{plural(len(records), 'change')}: {tally([record.state for record in records])}.")
    if run.stopped and len(records) > 1:
        say(f"It ended early: {run.stopped}")


def _sentence(proposal: Proposal) -> str:
    observed, intent = proposal.observed, proposal.intent
    if observed is None or observed.facts is None or proposal.expected is None:
        return f"{intent.label}: {edit_words(intent)}"
    return sentence(intent, observed.facts, proposal.expected)


def _request(engine: Engine, proposal: Proposal) -> WriteRequest | None:
    return None if proposal.refusal else engine.changes.port(proposal.intent).request(proposal.intent)


def _origin(engine: Engine, proposal: Proposal) -> str:
    return engine.changes.port(proposal.intent).origin


def finish(code: ExitCode) -> None:
    """End the command with ``code``, by ``Exit``, unless all was done."""
    if code is not ExitCode.DONE:
        raise click.exceptions.Exit(code)
