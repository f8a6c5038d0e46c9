"""How ``qtydash gifts`` changes stock: one gift, or a file of counts."""

from collections.abc import Sequence
from dataclasses import replace

from qtydash.cli.change_output import print_changes
from qtydash.cli.context import Context
from qtydash.cli.engine import Engine, engine
from qtydash.cli.failure import ExitCode, Failure, Misuse, say
from qtydash.cli.reading import not_configured
from qtydash.cli.write_options import Asked
from qtydash.cli.writing import Rules, carry_out, check_asked, check_count, finish, reviewed
from qtydash.config.models import GiftsSource
from qtydash.domain.changes import Intent, Kind
from qtydash.domain.errors import InvalidId, NotFound
from qtydash.domain.gifts import Gift, change_target
from qtydash.domain.ids import is_usable_id
from qtydash.domain.review import Proposal
from qtydash.domain.snapshot import Snapshot, plural
from qtydash.domain.vendors import GIFTS
from qtydash.services.change_rows import draft_row
from qtydash.services.clock import utc_now
from qtydash.services.stock_take import StockTake, file_bytes, stock_take


def edit_one(context: Context, kind: Kind, gift_id: str, amount: int, asked: Asked, rules: Rules) -> None:
    """Set or adjust one gift's stock. Raises ``Exit`` unless it was done."""
    check_asked(context, asked)
    if not is_usable_id(gift_id):
        raise InvalidId("gift id", gift_id)
    with engine(context, writes=not asked.dry_run) as running:
        section = _section(running)
        ids = {"gift": gift_id}
        intent = Intent(kind, change_target(gift_id), gift_id, utc_now(), amount, ids, reason=asked.reason)
        (proposal,) = reviewed(running, [intent])
        if proposal.observed is not None and proposal.observed.facts is None:
            hint = "Nothing was sent. `qtydash gifts list` shows the ids."
            raise NotFound(f"{GIFTS.name} does not know a gift {gift_id}.", hint=hint)
        carry_out(running, [_labelled(proposal, section.languages)], asked, rules)


def import_file(context: Context, file: str, asked: Asked, rules: Rules, *, stage: bool) -> None:
    """Bring stock to the counts in a file, or stage that. Raises ``Exit`` unless all of it was done."""
    if stage and asked.dry_run:
        raise Misuse("--stage keeps the changes for the dashboard and --dry-run keeps nothing: give one of them.")
    check_asked(context, replace(asked, yes=asked.yes or stage))
    data = file_bytes(file)
    with engine(context, writes=not asked.dry_run) as running:
        section = _section(running)
        snapshot = _gifts(running)
        take = stock_take(
            data,
            snapshot.data,
            now=utc_now(),
            seen_at=snapshot.fetched_at,
            languages=section.languages,
            reason=asked.reason,
        )
        _say_report(take)
        if take.errors and not rules.partial:
            raise Failure(
                f"Nothing was done, because {plural(len(take.errors), 'row')} cannot be used. Correct the file, "
                "or add --partial to do the rest."
            )
        rules = replace(rules, left_out=take.problems)
        if stage:
            _stage(running, take.intents, rules)
            return
        if not take.intents:
            say("There is nothing to change.")
        check_count(len(take.intents), asked)
        # What the list said a moment ago is nothing that a person has seen.
        intents = [replace(intent, seen=None, seen_at=None) for intent in take.intents]
        carry_out(running, reviewed(running, intents), asked, rules)


def _section(running: Engine) -> GiftsSource:
    section = running.opened.config.profile.gifts
    if section is None:
        raise not_configured("gifts", running.opened.config)
    return section


def _labelled(proposal: Proposal, languages: Sequence[str]) -> Proposal:
    """The proposal under the gift's name, which is known once it was read."""
    gift = proposal.observed.record if proposal.observed is not None else None
    if not isinstance(gift, Gift):
        return proposal
    return replace(proposal, intent=replace(proposal.intent, label=gift.label(languages)))


def _gifts(running: Engine) -> Snapshot[tuple[Gift, ...]]:
    """All gifts as they are now. A list with holes does not tell whether a SKU is one gift's alone."""
    reads = running.opened.sources.gifts
    if reads is None:
        raise not_configured("gifts", running.opened.config)
    snapshot = running.run(reads.live(None))
    for notice in (*running.opened.sources.notices, *snapshot.warnings):
        say(notice)
    if not snapshot.complete:
        raise Failure(
            f"{GIFTS.name} did not give the whole list of gifts, so rows cannot be matched with certainty. "
            "Nothing was done. Try again."
        )
    return snapshot


def _say_report(take: StockTake) -> None:
    say(f"{take.tally} ({take.encoding}, {take.delimiter}).")
    if take.ignored:
        say(f"Columns left alone: {', '.join(take.ignored)}.")
    for problem in take.problems:
        say(problem)


def _stage(running: Engine, intents: Sequence[Intent], rules: Rules) -> None:
    running.changes.stage(*intents)
    if running.changes.locked:
        raise Failure(running.changes.locked)
    say(f"Staged {plural(len(intents), 'change')}; nothing was sent. Review them in the dashboard with w.")
    origin = running.opened.config.profile.base_url("gifts") or ""
    rows = [draft_row(intent, origin) for intent in intents]
    print_changes(running.opened.context, rows, rules.left_out, complete=not rules.left_out)
    finish(ExitCode.PARTLY if rules.left_out else ExitCode.DONE)
