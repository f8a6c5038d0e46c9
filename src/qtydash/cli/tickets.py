"""``qtydash tickets``: day-ticket availability."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import click

from qtydash.cli.context import Context, global_options, global_options_with, pass_context
from qtydash.cli.failure import ExitCode, Failure, say
from qtydash.cli.groups import WordedGroup
from qtydash.cli.output import chosen_format, print_rows, say_state, write
from qtydash.cli.parameters import day, past
from qtydash.cli.reading import Opened, live_option, not_configured, open_profile
from qtydash.config.models import TicketsSource
from qtydash.domain.snapshot import Snapshot
from qtydash.domain.tickets import Availability, DayState, LowThreshold, OptionNames, TicketDay, calendar
from qtydash.services import rows
from qtydash.services.choice import DayChoice, Earlier, earlier
from qtydash.services.clock import today, utc_now
from qtydash.services.export import utc_text
from qtydash.services.heatmap import Shown, heat_map
from qtydash.services.names import unknown

_DAYS_IN_TABLE = ("option_name", "date", "max", "left", "sold", "state")
_CHANGES_IN_TABLE = ("option_name", "date", "max", "left", "left_before", "change", "state")


@click.group(cls=WordedGroup)
@global_options
def tickets() -> None:
    """Day-ticket availability (AX Cloud)."""


@tickets.command()
@live_option
@global_options
@pass_context
def products(context: Context, live: bool) -> None:
    """List the channel's products."""
    opened = open_profile(context)
    if (reads := opened.sources.ticket_products) is None:
        raise not_configured("tickets", opened.config)
    snapshot = opened.read(reads, None, live=live)
    print_rows(
        context,
        snapshot,
        rows.TICKET_PRODUCT_COLUMNS,
        rows.ticket_products(snapshot.data),
        ("code", "title", "category", "sale_starts", "sale_ends", "city"),
        utc_now(),
    )


@tickets.command()
@click.argument("product")
@click.option(
    "--from", "first", metavar="DAY", type=day, help="First day: 2026-03-01, today or +7 (days from today)."
)
@click.option("--to", "last", metavar="DAY", type=day, help="Last day, included.")
@click.option("--option", "wanted", multiple=True, help="Only this option, by code or name; may be repeated.")
@click.option("--low", is_flag=True, help="Only days that are low, sold out or oversold.")
@click.option(
    "--changes-since",
    "since",
    metavar="TIME",
    type=past,
    help="Only days with another number left than at that time: 24h or 7d (ago), 2026-03-01T12:00.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Exit 10 if there is any such day; alone, any that is low or worse or does not add up. "
    "Days before today count only with --from.",
)
@click.option(
    "--layout",
    type=click.Choice(["long", "matrix"]),
    help="Of a table or CSV. long: a line per option and day. matrix: options down, days across, each cell what "
    "is left.",
)
@live_option
@global_options_with("html")
@pass_context
def show(
    context: Context,
    product: str,
    first: date | None,
    last: date | None,
    wanted: tuple[str, ...],
    low: bool,
    since: datetime | None,
    check: bool,
    layout: str | None,
    live: bool,
) -> None:
    """Show the days of PRODUCT, a code or a configured name. A day that is not listed has no inventory.

    As HTML, one page that a browser opens without a network: options down, days across.
    """
    form = chosen_format(context)
    if layout is not None and form not in ("table", "csv"):
        raise click.UsageError(f"--layout is for --format table and csv; {form.upper()} has one layout only.")
    if check and first is None:
        first = today()
        if last is not None and last < first:
            raise click.UsageError(
                f"--to ({last}) is past, and a check counts from today on; give --from as well."
            )
    if first is not None and last is not None and first > last:
        raise click.UsageError(f"--from ({first}) is after --to ({last}).")
    opened = open_profile(context)
    section, reads = opened.config.profile.tickets, opened.sources.tickets
    if section is None or reads is None:
        raise not_configured("tickets", opened.config)
    snapshot = opened.read_product(reads, product, section.products, live=live)
    told = {option.code: option.name for option in snapshot.data.options}
    names = OptionNames(told, section.option_names)
    then, doubt = (None, "") if since is None else _earlier(opened, snapshot, since)
    choice = DayChoice(
        codes=_options(snapshot.data, names, wanted),
        first=first,
        last=last,
        low=low or (check and since is None),
        odd=check and not low and since is None,
        since=then,
    )
    covered = [day for day in snapshot.data.days if choice.covers(day.option_code, day.date)]
    found = [day for day in covered if choice.takes(day, section.low)]
    chosen = replace(
        snapshot,
        data=replace(snapshot.data, days=tuple(found)),
        warnings=(*snapshot.warnings, *filter(None, [doubt])),
    )
    if form in ("json", "html"):
        if check:  # whoever acts on the exit status alone must know it, too
            say_state(chosen, utc_now())
        elif doubt:
            say(doubt)
    _print(opened, section, chosen, names, choice, layout)
    upcoming = replace(choice, first=first or today())  # a day that is over may well be listed no more
    gone = upcoming.gone(snapshot.data) if snapshot.complete and not low else []
    if gone:
        say(f"Without inventory now, unlike then: {_listed(gone, names)}.")
    if check:
        if found or form == "table":
            say(_verdict(choice, covered, found, section.low))
        if found or gone:
            raise click.exceptions.Exit(ExitCode.FOUND)


def _earlier(opened: Opened, snapshot: Snapshot[Availability], when: datetime) -> tuple[Earlier, str]:
    """What was left at ``when``, else at the oldest time that is known with the sentence that says so.

    Raises ``Failure`` when nothing can be compared.
    """
    if snapshot.fetched_at < when:
        raise Failure(
            f"The rows at hand were read at {utc_text(snapshot.fetched_at)}, before {utc_text(when)}: "
            "whether anything changed since then cannot be told from them."
        )
    history = opened.sources.ticket_history
    found = None if history is None else earlier(history, snapshot.data.product_code, when)
    if found is None:
        raise Failure("No history of this product is kept, so what changed cannot be told. Each read adds to it.")
    if found.at == when:
        return found, ""
    new = " That is this very read: no change can be seen yet." if found.at >= snapshot.fetched_at else ""
    return found, (
        f"What was left at {utc_text(when.replace(microsecond=0))} is not known. "
        f"Compared with the oldest known, of {utc_text(found.at)}.{new}"
    )


def _print(
    opened: Opened,
    section: TicketsSource,
    chosen: Snapshot[Availability],
    names: OptionNames,
    choice: DayChoice,
    layout: str | None,
) -> None:
    days, context = chosen.data.days, opened.context
    if chosen_format(context) == "html":
        codes, dates = _axes(chosen.data, choice)
        write(
            heat_map(
                chosen,
                Shown(
                    product=_title(opened, section, chosen.data.product_code),
                    shop=opened.config.profile.title,
                    codes=codes,
                    dates=dates,
                    names=names,
                    low=section.low,
                    today=today(),
                    only=f"Only days that {choice.words} are shown." if choice.words else "",
                    before=None if choice.since is None else choice.since.left,
                ),
            )
        )
    elif layout == "matrix":
        codes, dates = _axes(chosen.data, choice)
        if not dates:
            say("There is no day to lay out: no inventory fits what was asked for.")
        columns, matrix = rows.ticket_matrix(days, codes, dates, names)
        print_rows(context, chosen, columns, matrix, columns[1:], utc_now())
    elif choice.since is not None:
        changes = rows.ticket_changes(days, choice.since.left, names, section.low)
        print_rows(context, chosen, rows.TICKET_CHANGE_COLUMNS, changes, _CHANGES_IN_TABLE, utc_now())
    else:
        told = rows.ticket_days(days, names, section.low)
        print_rows(context, chosen, rows.TICKET_DAY_COLUMNS, told, _DAYS_IN_TABLE, utc_now())


def _axes(chosen: Availability, choice: DayChoice) -> tuple[Sequence[str], Sequence[date]]:
    """The options and dates of a grid: an unbroken calendar of all options asked for; where the days were chosen
    by their numbers, only options and dates that have one."""
    dates = {day.date for day in chosen.days}
    ordered = dict.fromkeys(
        [*(option.code for option in chosen.options), *(day.option_code for day in chosen.days)]
    )
    if choice.words:
        having = {day.option_code for day in chosen.days}
        return [code for code in ordered if code in having], sorted(dates)
    return [code for code in ordered if code in choice.codes], calendar(dates)


def _title(opened: Opened, section: TicketsSource, code: str) -> str:
    """What a product is called: the configured name, else the title last read, else its code."""
    named = next((product.name for product in section.products if product.code == code and product.name), "")
    products = opened.sources.ticket_products
    if named or products is None or (known := products.cached(None)) is None:
        return named or code
    return next((product.title for product in known.data if product.code == code and product.title), code)


def _verdict(
    choice: DayChoice, covered: Sequence[TicketDay], found: Sequence[TicketDay], low: LowThreshold
) -> str:
    if not covered:
        return "Nothing was checked: there is no inventory in the days asked for."
    if not found:
        return f"Days that {choice.words}: none of {len(covered):,}."
    return f"Days that {choice.words}: {len(found):,} of {len(covered):,} ({_counted(found, low)})."


def _counted(days: Sequence[TicketDay], low: LowThreshold) -> str:
    """How many are what by what is left, then how many do not add up: which those that are low may do as well."""
    stock = Counter(day.stock(low) for day in days)
    counts = [f"{stock[state]:,} {state.value.replace('_', ' ')}" for state in DayState if stock[state]]
    odd = sum(not day.adds_up for day in days)
    return ", ".join(counts) + (f"; {odd:,} of them not adding up" if odd else "")


def _listed(gone: Sequence[tuple[str, date]], names: OptionNames) -> str:
    some = ", ".join(f"{names(code)} {on}" for code, on in gone[:5])
    return some if len(gone) <= 5 else f"{some} and {len(gone) - 5:,} more"


def _options(data: Availability, names: OptionNames, wanted: Sequence[str]) -> set[str]:
    """The codes that ``wanted`` names by code or name; all when it names none. Raises ``UnknownName``."""
    codes = dict.fromkeys([*(option.code for option in data.options), *(day.option_code for day in data.days)])
    if not wanted:
        return set(codes)
    by_name: dict[str, set[str]] = {}
    for code in codes:
        for name in (code, names(code)):
            by_name.setdefault(name.casefold(), set()).add(code)
    chosen: set[str] = set()
    for given in wanted:
        if (found := by_name.get(given.casefold())) is None:
            raise unknown("option", given, map(names, codes))
        chosen |= found
    return chosen
