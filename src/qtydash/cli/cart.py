"""``qtydash cart``: a cart's gift selections."""

from pathlib import Path

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.failure import Misuse
from qtydash.cli.output import chosen_format, say_state, write
from qtydash.cli.reading import live_option, not_configured, open_profile
from qtydash.domain.carts import Cart, selections
from qtydash.domain.snapshot import Snapshot
from qtydash.domain.text import safe_text
from qtydash.services import rows
from qtydash.services.clock import utc_now
from qtydash.services.export import Row, csv_text, envelope, json_text, plain_cell


@click.group()
@global_options
def cart() -> None:
    """A cart and its gift selections (Oracle Commerce)."""


@cart.command()
@click.option("--session", "name", metavar="NAME", help="The configured session; default: the first.")
@click.option("--file", metavar="ORDER.json", help="A saved order instead of a session; - for standard input.")
@live_option
@global_options
@pass_context
def show(context: Context, name: str | None, file: str | None, live: bool) -> None:
    """Show one cart: its lines, its gift selections, and what does not fit.

    As CSV, the gift selections.
    """
    if file is not None:
        if name is not None or live:
            raise click.UsageError("--file shows a saved order; leave --session and --live away.")
        from qtydash.services.carts import from_file

        _print(context, from_file(file if file == "-" else Path(file), utc_now))
    else:
        _print(context, _read(context, name, live))


def _read(context: Context, name: str | None, live: bool) -> Snapshot[Cart]:
    opened = open_profile(context)
    section, reads = opened.config.profile.cart, opened.sources.cart
    if section is None or reads is None:
        raise not_configured("cart", opened.config)
    sessions = [session.name for session in section.sessions]
    if not sessions:
        raise Misuse(
            f"Profile {opened.config.profile.name!r} has no cart session. "
            f"Add [[profiles.{opened.config.profile.name}.cart.sessions]] to {opened.config.paths.config_file}."
        )
    if name is not None and name not in sessions:
        from qtydash.services.names import unknown

        raise unknown("session", name, sessions)
    return opened.read(reads, name or sessions[0], live=live)


def _print(context: Context, snapshot: Snapshot[Cart]) -> None:
    found = rows.cart(snapshot.data)
    match chosen_format(context):
        case "json":
            write(json_text(envelope(snapshot, found)))
        case "csv":
            say_state(snapshot, utc_now())
            order = {"order_id": snapshot.data.order_id}
            picked = [{**order, **row} for row in rows.cart_selections(selections(snapshot.data))]
            write(csv_text(("order_id", *rows.SELECTION_COLUMNS), picked))
        case "table":
            say_state(snapshot, utc_now())
            write(_page(snapshot.data), terminal=True)


def _page(found: Cart) -> str:
    from qtydash.cli.table import table_text

    if found.is_empty:
        return "The cart is empty.\n"
    names = [selection.promotion_name for selection in selections(found)]
    picked: list[Row] = [
        {**row, "promotion": name or row["promotion_id"], "open": row["available"]}
        for row, name in zip(rows.cart_selections(selections(found)), names, strict=True)
    ]
    parts = [
        safe_text(" ".join(filter(None, ("Order", found.order_id, plain_cell(found.total), found.currency))))
        + "\n",
        table_text(("id", "name", "quantity", "free", "unit_price", "amount"), rows.cart_lines(found.lines)),
    ]
    if picked:
        columns = ("granted", "automatic", "targeted", "selected", "removed", "failed", "open")
        parts.append(table_text(("promotion", "gift_id", *columns), picked))
    findings = [
        safe_text(f"{selection.promotion_name or selection.promotion_id}: {finding.message}") + "\n"
        for selection in selections(found)
        for finding in selection.findings
    ]
    return "\n".join([*parts, "".join(findings)]) if findings else "\n".join(parts)
