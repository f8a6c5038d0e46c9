"""``qtydash gifts``: gift stock."""

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.output import print_rows
from qtydash.cli.reading import live_option, not_configured, open_profile
from qtydash.services import rows
from qtydash.services.clock import utc_now


@click.group()
@global_options
def gifts() -> None:
    """Gift stock (SHOPLINE)."""


@gifts.command("list")
@click.option("--sku", help="Only gifts with this SKU; several may share one.")
@click.option("--status", help="Only gifts with this status: active or draft.")
@click.option("--low", is_flag=True, help="Only gifts at or below the configured number of pieces.")
@live_option
@global_options
@pass_context
def list_gifts(context: Context, sku: str | None, status: str | None, low: bool, live: bool) -> None:
    """List the gifts."""
    opened = open_profile(context)
    section, reads = opened.config.profile.gifts, opened.sources.gifts
    if section is None or reads is None:
        raise not_configured("gifts", opened.config)
    snapshot = opened.read(reads, None, live=live)
    found = [
        gift
        for gift in snapshot.data
        if (sku is None or gift.sku == sku)
        and (status is None or gift.status.casefold() == status.casefold())
        and (not low or gift.is_low(section.low))
    ]
    print_rows(
        context,
        snapshot,
        rows.GIFT_COLUMNS,
        rows.gifts(found, section.languages),
        ("id", "sku", "title", "status", "quantity", "unlimited", "updated_at"),
        utc_now(),
    )
