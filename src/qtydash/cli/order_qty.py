"""``qtydash order-qty``: stock held by online carts."""

from datetime import timedelta

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.output import print_rows
from qtydash.cli.parameters import duration
from qtydash.cli.reading import live_option, not_configured, open_profile
from qtydash.services import rows
from qtydash.services.clock import utc_now


@click.group("order-qty")
@global_options
def order_qty() -> None:
    """Stock held by online carts (BLAZE)."""


@order_qty.command("list")
@click.argument("product")
@click.option(
    "--stale-after",
    metavar="TIME",
    type=duration,
    help="Call a hold stale after this long: 90s, 45m, 2h. Default: the profile's.",
)
@live_option
@global_options
@pass_context
def list_order_qty(context: Context, product: str, stale_after: timedelta | None, live: bool) -> None:
    """List the order-quantity records of PRODUCT, an id or a configured name."""
    opened = open_profile(context)
    section, reads = opened.config.profile.order_qty, opened.sources.order_qty
    if section is None or reads is None:
        raise not_configured("order_qty", opened.config)
    snapshot = opened.read_product(reads, product, section.products, live=live)
    now = utc_now()
    print_rows(
        context,
        snapshot,
        rows.ORDER_QTY_COLUMNS,
        rows.order_qty(snapshot.data, now, section.stale_after if stale_after is None else stale_after),
        ("id", "consumer_cart_id", "quantity", "state", "age_seconds", "created", "modified"),
        now,
    )
