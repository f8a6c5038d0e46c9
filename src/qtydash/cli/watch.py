"""``qtydash watch``: the checks of everything configured, again and again, for a wall screen or a pager."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.failure import ExitCode, Misuse, say
from qtydash.cli.output import chosen_format, write
from qtydash.cli.reading import Opened, open_profile
from qtydash.config import rules
from qtydash.domain.snapshot import age_in_words, plural
from qtydash.domain.text import safe_text
from qtydash.domain.vendors import VENDORS
from qtydash.services.clock import today, utc_now
from qtydash.services.export import json_line, utc_text
from qtydash.services.findings import Finding
from qtydash.services.hand_over import hand_over
from qtydash.services.watch import Known, Moved, Part, Round, Watch

MOST = 10
"""Findings of one part that are told in words; JSON tells all."""
_EXEC = "--exec"


class _TakesTheRest(click.Command):
    """A command whose ``--exec`` takes every argument behind it, also those that look like options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if _EXEC in args:
            at = args.index(_EXEC)
            if not args[at + 1 :]:
                raise click.UsageError(f"{_EXEC} needs a program: {_EXEC} ./page-me --to ops")
            args = [*args[:at], *(f"{_EXEC}={argument}" for argument in args[at + 1 :])]
        return super().parse_args(ctx, args)


def _interval(written: str) -> timedelta:
    try:
        return rules.interval(written)
    except ValueError:
        raise click.BadParameter(f"{written!r} is no time of 5s or more. Write 30s, 5m or 1h.") from None


@click.command(cls=_TakesTheRest)
@click.option(
    "--every", metavar="TIME", type=_interval, help="Time from look to look: 30s, 5m, 1h. Default: the profile's."
)
@click.option("--once", is_flag=True, help="Look once; exit 10 if anything was found, else 1 if a read failed.")
@click.option(
    _EXEC,
    "program",
    multiple=True,
    metavar="PROGRAM [ARGUMENT]...",
    help="Run this when the findings change, with them as JSON on its standard input. Takes the rest of the line; "
    "no shell reads it.",
)
@global_options
@pass_context
def watch(context: Context, every: timedelta | None, once: bool, program: tuple[str, ...]) -> None:
    """Look for what needs a person, again and again, until ctrl-c.

    Looked at are the configured ticket products (days from today on that are low, sold out, oversold or do not add
    up), the gifts that are low, every cart session's findings, and the stale holds of the configured products.

    JSON is one line for each look. What cannot be read live is told from the cache, with its age and the reason.
    """
    if chosen_format(context) == "csv":
        raise click.UsageError("A look has no columns: use --format table or json.")
    opened = open_profile(context)
    profile = opened.config.profile
    _see_that_there_is_something(opened)
    looking = Watch(profile, opened.sources, utc_now, today, offline=context.offline)
    code = asyncio.run(
        _looks(opened, looking, None if once else every or profile.watch_every, program or profile.watch_command)
    )
    raise click.exceptions.Exit(code)


async def _looks(opened: Opened, looking: Watch, every: timedelta | None, program: Sequence[str]) -> ExitCode:
    """Look ``every`` so long, or once. ``program`` is told what changed until it says that it took it."""
    shown, told, first = Known(), Known(), True
    try:
        while True:
            begun = asyncio.get_running_loop().time()
            found = await looking.look()
            for notice in opened.sources.notices:
                say(notice)
            _print(opened.context, found, shown.moved(found), first=first)
            shown.tell(found)
            first = False
            moved = told.moved(found)
            failure = await hand_over(program, json_line(_json(found, moved))) if program and moved else ""
            if failure:
                say(f"{failure} It is tried again after the next look." if every else failure)
            else:
                told.tell(found)
            if every is None:
                return _code(found, failed=bool(failure))
            took = asyncio.get_running_loop().time() - begun
            await sleep(max(0.0, every.total_seconds() - took))
    finally:
        await opened.sources.aclose()


async def sleep(seconds: float) -> None:
    """The one place where this waits."""
    await asyncio.sleep(seconds)


def _code(found: Round, *, failed: bool) -> ExitCode:
    if found.found:
        return ExitCode.FOUND
    return ExitCode.FAILED if found.unread or failed else ExitCode.DONE


def _see_that_there_is_something(opened: Opened) -> None:
    """Raise ``Misuse`` where nothing can be looked at; say which section names nothing to look at."""
    profile = opened.config.profile
    named = {
        "tickets": profile.tickets and profile.tickets.products,
        "gifts": profile.gifts,
        "cart": profile.cart and profile.cart.sessions,
        "order_qty": profile.order_qty and profile.order_qty.products,
    }
    if not any(named.values()):
        raise Misuse(
            f"Profile {profile.name!r} names nothing to look at: add a vendor's section, with the products or "
            f"sessions in it, to {opened.config.paths.config_file}."
        )
    for key, vendor in VENDORS.items():
        if profile.base_url(key) is not None and not named[key]:
            what = "sessions" if key == "cart" else "products"
            say(f"{vendor.title}: not looked at, since no {what} are configured.")


def _print(context: Context, found: Round, moved: Moved, *, first: bool) -> None:
    if chosen_format(context) == "json":
        write(json_line(_json(found, moved)))
        for part in found.parts:
            if part.unread:
                say(_title(part, found.at))
    else:
        lines = _lines(found, Moved() if first else moved)
        since = "" if first else f", {len(moved.new):,} new, {len(moved.gone):,} gone"
        head = f"{utc_text(found.at.replace(microsecond=0))}  {plural(found.found, 'finding')}{since}."
        write("".join(f"{safe_text(line, 1_000)}\n" for line in (head, *lines)), terminal=True)


def _lines(found: Round, moved: Moved) -> Iterator[str]:
    """What was found, what is new of it first and marked."""
    new = {(part.key, finding.id) for part, finding in moved.new}
    for part in found.parts:
        yield _title(part, found.at)
        told = sorted(part.findings, key=lambda finding: (part.key, finding.id) not in new)
        for finding in told[:MOST]:
            yield f"  {'+' if (part.key, finding.id) in new else ' '} {finding.words}"
        if len(told) > MOST:
            yield f"    and {len(told) - MOST:,} more"
        for warning in part.warnings:
            yield f"    {warning}"


def _title(part: Part, at: datetime) -> str:
    """What was looked at, how old it is, what came of it."""
    name = f"{part.vendor.title}, {part.subject}" if part.subject else part.vendor.title
    if part.fetched_at is None:
        return f"{name}: could not be read. {part.trouble}"
    age = age_in_words((at - part.fetched_at).total_seconds())
    source = "live" if part.source == "live" else f"cached {age}"
    gap = "" if part.complete else ", not complete"
    return f"{name} ({source}{gap}): {_outcome(part)}. {part.trouble}".strip()


def _outcome(part: Part) -> str:
    found, of = len(part.findings), part.looked_at
    match part.vendor.key:
        case "tickets":
            return f"{found:,} of {of:,} days are low, sold out, oversold or do not add up"
        case "gifts":
            return f"{found:,} of {of:,} gifts are low"
        case "cart":
            return f"{plural(found, 'finding')} in {plural(of, 'gift selection')}"
        case "order_qty":
            return f"{plural(found, 'stale cart')} in {plural(of, 'row')}"


def _json(found: Round, moved: Moved) -> dict[str, object]:
    """The object around all JSON data, with what was looked at and what changed."""
    known = [part.fetched_at for part in found.parts if part.fetched_at is not None]
    return {
        "data": [_finding(part, finding) for part in found.parts for finding in part.findings],
        "fetched_at": utc_text(min(known)) if known else None,
        "source": "cache" if any(part.source == "cache" for part in found.parts) else "live",
        "complete": not found.unread,
        "warnings": [warning for part in found.parts for warning in (part.trouble, *part.warnings) if warning],
        "at": utc_text(found.at),
        "looked_at": [_part(part) for part in found.parts],
        "new": [_finding(part, finding) for part, finding in moved.new],
        "gone": [_finding(part, finding) for part, finding in moved.gone],
    }


def _finding(part: Part, finding: Finding) -> dict[str, object]:
    return {
        "vendor": part.vendor.key,
        "subject": part.subject,
        "id": finding.id,
        "state": finding.state,
        "words": finding.words,
        "row": finding.row,
    }


def _part(part: Part) -> dict[str, object]:
    return {
        "vendor": part.vendor.key,
        "subject": part.subject,
        "looked_at": part.looked_at,
        "findings": len(part.findings),
        "fetched_at": None if part.fetched_at is None else utc_text(part.fetched_at),
        "source": part.source,
        "complete": part.complete,
        "trouble": part.trouble,
    }
