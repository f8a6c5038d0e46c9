"""How ``qtydash order-qty clean`` chooses rows, freezes them, and deletes them one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from qtydash.cli.context import Context
from qtydash.cli.engine import Engine, engine
from qtydash.cli.failure import Failure, Misuse, Refused, on_error_terminal, say
from qtydash.cli.order_qty_gates import Deletions, say_rows
from qtydash.cli.output import write
from qtydash.cli.reading import not_configured
from qtydash.cli.write_options import Asked
from qtydash.cli.writing import Rules, carry_out, check_asked, check_count
from qtydash.config.models import OrderQtySource
from qtydash.domain.changes import Intent
from qtydash.domain.gates import deletion_gate
from qtydash.domain.order_qty import OrderQty, amount, in_words
from qtydash.domain.order_qty_filter import all_stale
from qtydash.domain.order_qty_sums import freed, not_stale_words
from qtydash.domain.review import Proposal
from qtydash.domain.snapshot import plural
from qtydash.domain.text import safe_text
from qtydash.services.clean_plan import check_plan, plan_of, plan_text, read_plan
from qtydash.services.clean_up import CART_WARNING, CleanUp, cart_intent, hold_port, rows_read
from qtydash.services.clock import utc_now
from qtydash.services.counts_file import file_bytes
from qtydash.services.names import product_code
from qtydash.services.order_qty import UNREADABLE, HoldLists
from qtydash.services.order_qty_intents import FrozenRow, frozen, held_ids
from qtydash.services.stopped import left_intents, settle_unknown, stopped_clean_ups
from qtydash.storage.durable import write_durably


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be cleaned up, as the command line says."""

    products: tuple[str, ...] = ()
    every: bool = False
    stale_after: timedelta | None = None
    ids: tuple[str, ...] = ()
    cart: str = ""
    plan: str = ""
    plan_out: str = ""
    resume: bool = False


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The deletions, and sentences about what was asked for and is not among them."""

    intents: tuple[Intent, ...]
    left_out: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(len(held_ids(intent)) for intent in self.intents)


def check_wanted(wanted: Wanted, asked: Asked) -> None:
    """Refuse options that do not go together. Raises ``UsageError``."""
    given = wanted.products or wanted.every
    sources = [name for name, on in (("--plan", wanted.plan), ("--resume", wanted.resume)) if on]
    sources += ["--cart"] if wanted.cart else []
    if len(sources) > 1:
        raise click.UsageError(f"{' and '.join(sources)} exclude each other.")
    if wanted.products and wanted.every:
        raise click.UsageError("--all takes every configured product: leave PRODUCT away.")
    if not given and not sources:
        raise click.UsageError("Missing argument 'PRODUCT': name one or more products, or give --all.")
    if wanted.ids and wanted.stale_after is not None:
        raise click.UsageError("--id takes a row whatever its age: leave --stale-after out.")
    if sources and (wanted.ids or wanted.stale_after is not None):
        raise click.UsageError(f"{sources[0]} says which rows: leave --id and --stale-after out.")
    if given and sources in (["--plan"], ["--resume"]):
        raise click.UsageError(f"{sources[0]} says which rows: leave PRODUCT and --all out.")
    if wanted.plan_out and (sources or asked.yes or asked.dry_run):
        raise click.UsageError("--plan-out writes what is listed now and sends nothing: give only rows with it.")


def clean(context: Context, wanted: Wanted, asked: Asked) -> None:
    """Choose, freeze, read again, ask, back up, delete, tell. Raises ``Exit`` unless all was done."""
    check_wanted(wanted, asked)
    if wanted.plan_out:
        if context.offline:
            raise Misuse("A plan is made of what is listed now: leave --offline out.")
        with engine(context, writes=False, tell_doubt=False) as running:
            _write_plan(running, wanted)
        return
    check_asked(context, asked)
    data = file_bytes(wanted.plan) if wanted.plan else b""
    with engine(context, writes=not asked.dry_run) as running:
        if not wanted.resume and not asked.dry_run:
            _offer(running)
        chosen = _chosen(running, wanted, asked, data)
        check_count(chosen.rows, asked)
        profile = running.opened.config.profile
        if refusal := deletion_gate(chosen.rows, profile.name, profile.max_bulk).refusal:
            raise Refused(refusal)
        clean_up = CleanUp(running.changes, chosen.intents)
        proposals = _planned(running, clean_up)
        for sentence in chosen.left_out:
            say(sentence)
        ready = (row for proposal in proposals if proposal.ready for row in rows_read(proposal))
        _say_not_stale(running, wanted, ready)
        if asked.dry_run and proposals:
            say_rows(running, proposals)
        if not proposals:
            say("There is nothing to delete.")
        rules = Rules(partial=True, left_out=chosen.left_out, manner=Deletions(clean_up))
        carry_out(running, proposals, asked, rules)


def _say_not_stale(running: Engine, wanted: Wanted, rows: Iterable[OrderQty]) -> None:
    if told := not_stale_words(rows, utc_now(), _stale_after(running, wanted)):
        say(told)


def _planned(running: Engine, clean_up: CleanUp) -> tuple[Proposal, ...]:
    """The rows read afresh. Raises ``VendorError``, ``InvalidId`` when a list cannot be read."""
    proposals = running.run(clean_up.plan()) if clean_up.intents else ()
    for proposal in proposals:
        if proposal.unread is not None:
            raise proposal.unread
    return proposals


# Choosing.


def _chosen(running: Engine, wanted: Wanted, asked: Asked, plan: bytes) -> _Chosen:
    if wanted.plan:
        return _planned_before(running, plan, asked)
    if wanted.resume:
        return _taken_up(running, asked)
    if wanted.cart:
        return _cart(running, wanted, asked)
    lists = _listed(running, _codes(running, wanted))
    rows, left_out = _rows(running, wanted, lists)
    now = utc_now()
    intents = tuple(row.intent(now=now, seen_at=lists.read_at, reason=asked.reason) for row in rows)
    return _Chosen(intents, left_out)


def _rows(running: Engine, wanted: Wanted, lists: HoldLists) -> tuple[tuple[FrozenRow, ...], tuple[str, ...]]:
    """The rows that are asked for, and sentences about ids that are listed nowhere."""
    now = utc_now()
    if wanted.ids:
        rows = tuple(
            frozen(holds[id], product)
            for id in dict.fromkeys(wanted.ids)
            for product, holds in lists.of.items()
            if id in holds
        )
        known = lists.by_id
        left_out = tuple(
            f"Row {safe_text(id, 60)} {_not_there(id, lists)}"
            for id in dict.fromkeys(wanted.ids)
            if id not in known
        )
        held = freed(known[row.id] for row in rows)
        say(f"{plural(len(rows), 'row')} chosen by id; {amount(held.quantity)} held.")
        return rows, left_out
    after = _stale_after(running, wanted)
    stale = {product: all_stale(holds.values(), now, after) for product, holds in lists.of.items()}
    found = [hold for holds in stale.values() for hold in holds]
    of = plural(sum(map(len, lists.of.values())), "row")
    say(
        f"{len(found):,} of {of} chosen: active, not submitted, older than {in_words(after)}; "
        f"{amount(freed(found).quantity)} held."
    )
    return tuple(frozen(hold, product) for product, holds in stale.items() for hold in holds), ()


def _not_there(id: str, lists: HoldLists) -> str:
    if id in lists.unreadable:
        return UNREADABLE
    return f"is listed under none of {', '.join(lists.of)}: it is gone already, or of another product."


def _listed(running: Engine, codes: Iterable[str]) -> HoldLists:
    codes = tuple(codes)
    if on_error_terminal():
        say(f"Reading {plural(len(codes), 'product')}.")
    lists = running.run(hold_port(running.changes).listed(codes))
    for warning in lists.warnings:
        say(warning)
    return lists


def _codes(running: Engine, wanted: Wanted) -> tuple[str, ...]:
    """The products to read: those named, else all that are configured; for a cart both."""
    section = _section(running)
    named = [product_code(name, section.products) for name in wanted.products]
    if not named or wanted.cart:
        named += [product.code for product in section.products]
    if not named:
        raise Misuse(
            f"No product is configured in profile {running.changes.profile.name!r}: add products to its order_qty "
            "section, or name one."
        )
    return tuple(dict.fromkeys(named))


def _section(running: Engine) -> OrderQtySource:
    section = running.opened.config.profile.order_qty
    if section is None:
        raise not_configured("order_qty", running.opened.config)
    return section


def _stale_after(running: Engine, wanted: Wanted) -> timedelta:
    return _section(running).stale_after if wanted.stale_after is None else wanted.stale_after


def _cart(running: Engine, wanted: Wanted, asked: Asked) -> _Chosen:
    lists = _listed(running, _codes(running, wanted))
    intent = cart_intent(wanted.cart, lists, asked.reason)
    say(f"Cart {safe_text(wanted.cart, 60)}, in {plural(len(lists.of), 'product')} that were read:")
    held = lists.by_id
    for id in held_ids(intent):
        row = held[id]
        why = row.why(utc_now(), _section(running).stale_after)
        say(f"  {amount(row.quantity)} of {row.product_id}: {why} ({id})")
    say(CART_WARNING)
    return _Chosen((intent,))


def _planned_before(running: Engine, data: bytes, asked: Asked) -> _Chosen:
    plan, now = read_plan(data), utc_now()
    section = _section(running)
    made = check_plan(plan, running.changes.profile.name, section.base_url, now)
    say(f"A plan of {plural(len(plan.rows), 'row')}, made {in_words(now - made)} ago.")
    return _Chosen(tuple(row.intent(now=now, seen_at=made, reason=asked.reason) for row in plan.rows))


# Taking up what was stopped.


def _offer(running: Engine) -> None:
    for stopped in stopped_clean_ups(running.changes, utc_now())[:1]:
        say(f"{stopped.words} `qtydash order-qty clean --resume` takes it up.")


def _taken_up(running: Engine, asked: Asked) -> _Chosen:
    stopped = next(iter(stopped_clean_ups(running.changes, utc_now())), None)
    if stopped is None:
        raise Failure("There is no clean-up of the last 24 hours to take up.")
    say(stopped.words)
    if not asked.dry_run:
        for record in running.run(settle_unknown(running.changes, stopped)):
            say(f"{record.change.sentence}: {record.note}")
    return _Chosen(left_intents(running.changes, stopped, utc_now(), asked.reason))


# Plan files.


def _write_plan(running: Engine, wanted: Wanted) -> None:
    lists = _listed(running, _codes(running, wanted))
    rows, left_out = _rows(running, wanted, lists)
    held = lists.by_id
    kept = [row for row in rows if held[row.id].kept_because]
    for row in kept:
        say(f"Row {row.id} is not planned: {held[row.id].kept_because}.")
    for sentence in left_out:
        say(sentence)
    planned = [row for row in rows if row not in kept]
    _say_not_stale(running, wanted, (held[row.id] for row in planned))
    profile = running.changes.profile
    plan = plan_of(planned, profile.name, _section(running).base_url, utc_now())
    if wanted.plan_out == "-":
        write(plan_text(plan))
    else:
        try:
            write_durably(Path(wanted.plan_out).expanduser(), plan_text(plan).encode())
        except (OSError, RuntimeError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise Failure(f"The plan could not be written to {wanted.plan_out}: {reason.lower()}.") from None
    say(f"Planned {plural(len(plan.rows), 'row')}; nothing was sent. The plan lasts for 24 hours.")
    if kept or left_out:
        raise click.exceptions.Exit(3)
