"""How a clean-up asks on a terminal, and how it tells what its rows came to."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import click

from qtydash.cli.engine import Engine, ask
from qtydash.cli.failure import say
from qtydash.cli.writing import Run
from qtydash.domain.changes import Kind
from qtydash.domain.gates import deletion_gate
from qtydash.domain.order_qty import amount
from qtydash.domain.review import Proposal, deletion_count
from qtydash.domain.row_ends import RowEnd, end_in_review, end_of_record, ends_words
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.services.backup import backup_file, backup_folder
from qtydash.services.clean_up import CleanUp, rows_read, would_free
from qtydash.services.order_qty_intents import held_ids

_ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Deletions:
    """The gates of a clean-up, and what its rows came to."""

    clean_up: CleanUp

    def agreed(self, running: Engine, ready: Sequence[Proposal]) -> bool:
        profile, count = running.changes.profile, deletion_count(ready)
        say(f"In profile {profile.name!r}{f', {profile.label}' if profile.label else ''}:")
        say_rows(running, ready)
        say("Nothing brings a deleted row back.")
        gate = deletion_gate(count, profile.name, profile.max_bulk)
        if not gate.needs_typing:
            return ask("Delete this row?")
        return gate.opens(typed_now(f"Type {gate.phrase!r} to delete {plural(count, 'row')}: "))

    def told(self, running: Engine, proposals: Sequence[Proposal], run: Run) -> None:
        ends: list[RowEnd] = []
        for proposal in proposals:
            record = run.records.get(proposal.intent.target)
            end = end_in_review(proposal) if record is None else end_of_record(record)
            there = {} if record is None else record.change.before
            ends += (RowEnd.GONE if there.get(id) == 0 else end for id in held_ids(proposal.intent))
        if ends:
            say(f"{plural(len(ends), 'row')}: {ends_words(ends)}.")
        first = next(iter(run.records.values()), None)
        if first is None:
            return
        change = first.change
        say(f"Backed up in {backup_file(running.changes.journal.path, change.profile, change.batch)}.")
        left = any(end_of_record(record) is RowEnd.NOT_ATTEMPTED for record in run.records.values())
        if left and change.intent.kind is Kind.HOLD_DELETE:
            say("`qtydash order-qty clean --resume` takes up what was not sent.")
        if not run.interrupted:
            outcomes = [(record.change.intent, record.state) for record in run.records.values()]
            say(running.run(self.clean_up.lists_since(outcomes)))


def say_rows(running: Engine, proposals: Sequence[Proposal]) -> None:
    """What would be deleted, freed, and kept in a file."""
    rows = [row for proposal in proposals if proposal.ready for row in rows_read(proposal)]
    if not rows:
        say("No row would be deleted.")
        return
    for row in rows[:_ROWS_SHOWN]:
        say(f"  {amount(row.quantity)} of {row.product_id}, cart {row.consumer_cart_id or '-'} ({row.id})")
    if len(rows) > _ROWS_SHOWN:
        say(f"  and {len(rows) - _ROWS_SHOWN:,} more")
    gain = would_free(proposal for proposal in proposals if proposal.ready)
    say(f"{plural(len(rows), 'row')}, {amount(gain.quantity)} would be freed.")
    say(f"They are written to a file in {backup_folder(running.changes.journal.path)} first.")


def typed_now(question: str) -> str:
    """What a person types now: what was typed or pasted before the question is thrown away."""
    with suppress(Exception):  # where the input is no terminal after all
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    click.echo(safe_text(question, 300), nl=False, err=True)
    return sys.stdin.readline()
