"""``qtydash order-qty``: stock held by online carts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.failure import ExitCode, Misuse, on_error_terminal, say
from qtydash.cli.groups import WordedGroup
from qtydash.cli.output import chosen_format, print_rows, say_state
from qtydash.cli.parameters import duration
from qtydash.cli.reading import Opened, live_option, not_configured, open_profile
from qtydash.cli.write_options import Asked, writing_options
from qtydash.config.models import NamedProduct, OrderQtySource
from qtydash.domain.order_qty import HoldState, OrderQty, age_words, amount, in_words
from qtydash.domain.order_qty_filter import HoldFilter
from qtydash.domain.order_qty_sums import Totals, by_cart, totals
from qtydash.domain.snapshot import OnProgress, Snapshot, plural
from qtydash.services import rows
from qtydash.services.clock import utc_now
from qtydash.services.names import product_code
from qtydash.services.order_qty_products import ProductReads, Products, Records
from qtydash.services.read import Reads

_IN_TABLE = ("id", "product_id", "consumer_cart_id", "quantity", "age", "why")
_CARTS_IN_TABLE = (
    "consumer_cart_id",
    "rows",
    "quantity",
    "held_quantity",
    "stale_rows",
    "oldest_age",
    "product_ids",
)


@click.group("order-qty", cls=WordedGroup)
@global_options
def order_qty() -> None:
    """Stock held by online carts (BLAZE)."""


@order_qty.command("list")
@click.argument("products", metavar="PRODUCT...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All configured products.")
@click.option(
    "--stale", is_flag=True, help="Only stale rows: active, not submitted, and older than --stale-after."
)
@click.option(
    "--older-than",
    "older",
    metavar="TIME",
    type=duration,
    help="Only rows not touched for longer than this: 45m, 3h, 2d. A row of unknown age never is.",
)
@click.option(
    "--stale-after",
    metavar="TIME",
    type=duration,
    help="Call a hold stale after this long: 90s, 45m, 2h. Default: the profile's.",
)
@click.option("--group", is_flag=True, help="A line per cart instead of one per row.")
@click.option("--check", is_flag=True, help="Only stale rows, and exit 10 if there is any.")
@live_option
@global_options
@pass_context
def list_order_qty(
    context: Context,
    products: tuple[str, ...],
    every: bool,
    stale: bool,
    older: timedelta | None,
    stale_after: timedelta | None,
    group: bool,
    check: bool,
    live: bool,
) -> None:
    """List the order-quantity records of each PRODUCT, an id or a configured name.

    A product that cannot be read does not hide the others: the reason is said, and the exit status is 3.
    """
    if not products and not every:
        raise click.UsageError("Missing argument 'PRODUCT': name one or more products, or give --all.")
    if products and every:
        raise click.UsageError("--all lists every configured product: leave PRODUCT away.")
    opened = open_profile(context)
    section, reads = opened.config.profile.order_qty, opened.sources.order_qty
    if section is None or reads is None:
        raise not_configured("order_qty", opened.config)
    names = {product.code: product.name or product.code for product in section.products}
    snapshot = _read(opened, reads, section, products, names, live=live)
    now, threshold = utc_now(), section.stale_after if stale_after is None else stale_after
    asked = HoldFilter(frozenset({HoldState.STALE}) if stale or check else frozenset(), older)
    shown = replace(snapshot, data=asked.chosen(snapshot.data, now, threshold))
    if chosen_format(context) == "json" and (check or not snapshot.complete):
        say_state(snapshot, now)  # whoever acts on the exit status alone must know it, too
    if group:
        _print_carts(context, shown, now, threshold)
    else:
        _print_rows(context, shown, now, threshold)
    sums = totals(shown.data, now, threshold)
    if check and (sums.rows or chosen_format(context) == "table"):
        say(_verdict(sums, len(snapshot.data), now, threshold, older))
        _say_products(shown.data, names)
    elif chosen_format(context) == "table":
        say(_sums_words(totals(snapshot.data, now, threshold)))
    if check and sums.rows:
        raise click.exceptions.Exit(ExitCode.FOUND)
    if not snapshot.complete:
        raise click.exceptions.Exit(ExitCode.PARTLY)


@order_qty.command()
@click.argument("products", metavar="[PRODUCT]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All configured products.")
@click.option(
    "--stale-after",
    metavar="TIME",
    type=duration,
    help="Take holds not touched for longer than this: 90s, 45m, 2h. Default: the profile's.",
)
@click.option("--id", "ids", metavar="ID", multiple=True, help="This row and no other; may be repeated.")
@click.option(
    "--cart",
    metavar="ID",
    default="",
    help="Delete the whole cart, by one request: rows of products that are not listed go too.",
)
@click.option("--plan-out", metavar="FILE", default="", help="Write the rows to a plan file and send nothing.")
@click.option("--plan", metavar="FILE", default="", help="Delete the rows of a plan file, at most a day old.")
@click.option("--resume", is_flag=True, help="Take up the newest clean-up that stopped before its end.")
@writing_options
@global_options
@pass_context
def clean(
    context: Context,
    products: tuple[str, ...],
    every: bool,
    stale_after: timedelta | None,
    ids: tuple[str, ...],
    cart: str,
    plan_out: str,
    plan: str,
    resume: bool,
    asked: Asked,
) -> None:
    """Delete the stale rows of each PRODUCT, an id or a configured name: what holds stock for nobody.

    Each row is read again just before it is deleted, and skipped when it changed. All of them are first written to
    a file beside the journal. Nothing brings a deleted row back.
    """
    from qtydash.cli.order_qty_clean import Wanted
    from qtydash.cli.order_qty_clean import clean as clean_up

    wanted = Wanted(products, every, stale_after, ids, cart, plan, plan_out, resume)
    clean_up(context, wanted, asked)


def _read(
    opened: Opened,
    reads: Reads[str, Records],
    section: OrderQtySource,
    given: Sequence[str],
    names: Mapping[str, str],
    *,
    live: bool,
) -> Snapshot[Records]:
    if len(given) == 1:
        return opened.read_product(reads, given[0], section.products, live=live)
    codes = _codes(given, section.products)
    if not codes:
        raise Misuse(
            f"No product is configured in profile {opened.config.profile.name!r}: add products to its order_qty "
            "section, or name one."
        )
    if len(codes) > 1 and on_error_terminal():
        reads = _Announced(reads, names)
    several = ProductReads(reads, names, fall_back=not live)
    return opened.read(several, Products(codes), live=live)


def _codes(given: Sequence[str], configured: Sequence[NamedProduct]) -> tuple[str, ...]:
    """The ids of the products named, each once; all configured ones when none is named."""
    if not given:
        return tuple(product.code for product in configured)
    return tuple(dict.fromkeys(product_code(name, configured) for name in given))


class _Announced:
    """Reads that say on standard error which product was read."""

    def __init__(self, reads: Reads[str, Records], names: Mapping[str, str]) -> None:
        self.vendor = reads.vendor
        self._reads = reads
        self._names = names

    def cached(self, query: str) -> Snapshot[Records] | None:
        return self._reads.cached(query)

    async def live(self, query: str, on_progress: OnProgress | None = None) -> Snapshot[Records]:
        found = await self._reads.live(query, on_progress)
        say(f"Read {self._names.get(query, query)}: {plural(len(found.data), 'row')}.")
        return found


def _print_rows(context: Context, shown: Snapshot[Records], now: datetime, stale_after: timedelta) -> None:
    told = rows.order_qty(shown.data, now, stale_after)
    if chosen_format(context) == "table":
        told = [
            {**row, "age": age_words(record.last_touched, now), "why": str(record.why(now, stale_after))}
            for record, row in zip(shown.data, told, strict=True)
        ]
    print_rows(context, shown, rows.ORDER_QTY_COLUMNS, told, _IN_TABLE, now)


def _print_carts(context: Context, shown: Snapshot[Records], now: datetime, stale_after: timedelta) -> None:
    carts = by_cart(shown.data)
    told = rows.order_qty_carts(carts, now, stale_after)
    if chosen_format(context) == "table":
        told = [
            {**row, "oldest_age": age_words(cart.oldest, now), "product_ids": ", ".join(_products(cart.records))}
            for cart, row in zip(carts, told, strict=True)
        ]
    print_rows(context, shown, rows.ORDER_QTY_CART_COLUMNS, told, _CARTS_IN_TABLE, now)


def _products(records: Sequence[OrderQty]) -> list[str]:
    return list(dict.fromkeys(record.product_id for record in records))


def _sums_words(sums: Totals) -> str:
    stale = f"{amount(sums.stale.quantity)} of it by {plural(sums.stale_carts, 'stale cart')}"
    held, submitted = amount(sums.active.quantity), amount(sums.submitted.quantity)
    return f"{plural(sums.rows, 'row')}: {held} held, {stale}, {submitted} submitted."


def _verdict(sums: Totals, listed: int, now: datetime, stale_after: timedelta, older: timedelta | None) -> str:
    """What a check found."""
    than = in_words(max(stale_after, older or stale_after))
    what = f"Stale rows (active, not submitted, older than {than})"
    if not listed:
        return "Nothing was checked: no cart holds stock of this."
    if not sums.rows:
        return f"{what}: none of {listed:,}."
    oldest = f", the oldest not touched for {in_words(now - sums.oldest_stale)}" if sums.oldest_stale else ""
    held = f"{amount(sums.stale.quantity)} held by {plural(sums.stale_carts, 'cart')}"
    return f"{what}: {sums.rows:,} of {listed:,}; {held}{oldest}."


def _say_products(found: Sequence[OrderQty], names: Mapping[str, str]) -> None:
    """How the rows found are shared out among several products."""
    counts: dict[str, int] = {}
    for record in found:
        counts[record.product_id] = counts.get(record.product_id, 0) + 1
    if len(counts) > 1:
        say(", ".join(f"{names.get(code, code)}: {count:,}" for code, count in counts.items()) + ".")
