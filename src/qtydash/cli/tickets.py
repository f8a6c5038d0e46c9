"""``qtydash tickets``: day-ticket availability."""

from collections.abc import Iterable
from datetime import date

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.output import print_rows
from qtydash.cli.parameters import day
from qtydash.cli.reading import live_option, not_configured, open_profile
from qtydash.domain.tickets import Availability, OptionNames
from qtydash.services import rows
from qtydash.services.clock import utc_now
from qtydash.services.names import unknown


@click.group()
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
@live_option
@global_options
@pass_context
def show(
    context: Context,
    product: str,
    first: date | None,
    last: date | None,
    wanted: tuple[str, ...],
    low: bool,
    live: bool,
) -> None:
    """Show the days of PRODUCT, a code or a configured name. A day that is not listed has no inventory."""
    if first is not None and last is not None and first > last:
        raise click.UsageError(f"--from ({first}) is after --to ({last}).")
    opened = open_profile(context)
    section, reads = opened.config.profile.tickets, opened.sources.tickets
    if section is None or reads is None:
        raise not_configured("tickets", opened.config)
    snapshot = opened.read_product(reads, product, section.products, live=live)
    told = {option.code: option.name for option in snapshot.data.options}
    names = OptionNames(told, section.option_names)
    options = _options(snapshot.data, names, wanted)
    days = [
        day
        for day in snapshot.data.days
        if (first is None or day.date >= first)
        and (last is None or day.date <= last)
        and (not wanted or day.option_code in options)
        and (not low or day.is_low(section.low))
    ]
    print_rows(
        context,
        snapshot,
        rows.TICKET_DAY_COLUMNS,
        rows.ticket_days(days, names, section.low),
        ("option_name", "date", "max", "left", "sold", "state"),
        utc_now(),
    )


def _options(data: Availability, names: OptionNames, wanted: Iterable[str]) -> set[str]:
    """The codes that ``wanted`` names by code or name. Raises ``UnknownName``."""
    codes = dict.fromkeys([*(option.code for option in data.options), *(day.option_code for day in data.days)])
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
