"""``qtydash cart``: a cart's gift selections."""

from dataclasses import dataclass

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.failure import ExitCode, Misuse, say
from qtydash.cli.groups import WordedGroup
from qtydash.cli.output import chosen_format, say_state, write
from qtydash.cli.reading import Opened, live_option, not_configured, open_profile
from qtydash.cli.write_options import Asked, writing_options
from qtydash.domain.cart_difference import CartChange, difference
from qtydash.domain.carts import Cart, GiftSelection, selections
from qtydash.domain.snapshot import Snapshot, plural
from qtydash.services import rows
from qtydash.services.clock import utc_now
from qtydash.services.export import csv_text, envelope, json_text, utc_text
from qtydash.services.read import Reads


@click.group(cls=WordedGroup)
@global_options
def cart() -> None:
    """A cart and its gift selections (Oracle Commerce)."""


@cart.command()
@click.option("--session", "name", metavar="NAME", help="The configured session; default: the first.")
@click.option("--file", metavar="ORDER.json", help="A saved order instead of a session; - for standard input.")
@click.option(
    "--against",
    metavar="EARLIER.json",
    help="Show what changed since this saved order, in the gift selections and the lines; - for standard input.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Exit 10 if a gift selection does not fit or cannot be read, or, with --against, if anything changed.",
)
@live_option
@global_options
@pass_context
def show(
    context: Context, name: str | None, file: str | None, against: str | None, check: bool, live: bool
) -> None:
    """Show one cart: its lines, its gift selections, and what does not fit.

    As a table with --check, every rule with its numbers. As CSV, the gift selections; with --against, the changes.
    """
    if file is not None and (name is not None or live):
        raise click.UsageError("--file shows a saved order; leave --session and --live away.")
    if file == against == "-":
        raise click.UsageError("Only one of --file and --against can be standard input.")
    shown = _saved(file) if file is not None else _Shown(_read(context, name, live))
    if check and chosen_format(context) == "json":  # whoever acts on the exit status alone must know it, too
        shown.say_state()
    if against is not None:
        _show_changes(context, shown, _saved(against), check)
    else:
        _show_cart(context, shown, check)


@cart.command("remove-gift")
@click.option("--session", "name", metavar="NAME", required=True, help="The configured session whose cart it is.")
@click.option("--promotion", metavar="P", help="The promotion's id, as `cart show` tells it.")
@click.option(
    "--gift", metavar="ID", type=int, help="The identifier of the gift selection, which may be negative."
)
@click.option(
    "--quantity",
    metavar="N",
    required=True,
    type=click.IntRange(min=1),
    help="How many open pieces to take away; with --all, how many are open in the whole cart.",
)
@click.option("--all", "everything", is_flag=True, help="Take everything away that is open in the cart.")
@writing_options
@global_options
@pass_context
def remove_gift(
    context: Context,
    name: str,
    promotion: str | None,
    gift: int | None,
    quantity: int,
    everything: bool,
    asked: Asked,
) -> None:
    """Take away N pieces of a gift selection that are promised and not chosen yet.

    What is in the cart stays in the cart. Nothing puts an entitlement back. With --all, N must be what is open in
    all selections together, else nothing is done.
    """
    # Loaded here: showing carts needs none of it.
    from qtydash.cli.cart_removal import remove_all, remove_some

    if everything:
        if promotion is not None or gift is not None:
            raise click.UsageError("--all is for the whole cart; leave --promotion and --gift away.")
        remove_all(context, name, quantity, asked)
    elif promotion is None or gift is None:
        raise click.UsageError("Name the gift selection with --promotion and --gift, or all of them with --all.")
    else:
        remove_some(context, name, (promotion, gift), quantity, asked)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cart, and what the time of its snapshot is the time of."""

    snapshot: Snapshot[Cart]
    come_by: str = "read"

    def say_state(self) -> None:
        say_state(self.snapshot, utc_now(), self.come_by)


def _saved(file: str) -> _Shown:
    from qtydash.services.carts import from_file

    # When it was saved is known of a file. What comes on standard input was read now, whenever it was saved.
    return _Shown(from_file(file, utc_now), "read" if file == "-" else "saved")


def _read(context: Context, name: str | None, live: bool) -> Snapshot[Cart]:
    opened = open_profile(context)
    reads, session = session_reads(opened, name)
    return opened.read(reads, session, live=live)


def session_reads(opened: Opened, name: str | None) -> tuple[Reads[str, Cart], str]:
    """How carts are read, and the session called ``name``, or the first. Raises ``Misuse``, ``UnknownName``."""
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
    return reads, name or sessions[0]


def _show_cart(context: Context, shown: _Shown, check: bool) -> None:
    snapshot = shown.snapshot
    found, form = selections(snapshot.data), chosen_format(context)
    match form:
        case "json":
            write(json_text(envelope(snapshot, rows.cart(snapshot.data))))
        case "csv":
            shown.say_state()
            order = {"order_id": snapshot.data.order_id}
            picked = [{**order, **row} for row in rows.cart_selections(found)]
            write(csv_text(("order_id", *rows.SELECTION_COLUMNS), picked))
        case "table":
            from qtydash.cli.cart_page import page

            shown.say_state()
            write(page(snapshot.data, every_check=check), terminal=True)
    if check:
        _tell(snapshot, found, form != "table")


def _tell(snapshot: Snapshot[Cart], found: tuple[GiftSelection, ...], findings_too: bool) -> None:
    """The verdict, and the findings where the page does not hold them. Raises ``Exit`` when there are any."""
    from qtydash.cli.cart_page import finding_lines

    lines = finding_lines(found)
    if found:
        of = plural(len(found), "gift selection")
        say(f"{plural(len(lines), 'finding')} in {of}." if lines else f"No finding in {of}.")
    elif snapshot.complete:
        say(f"Nothing was checked: the cart {'is empty' if snapshot.data.is_empty else 'has no gift selection'}.")
    else:
        say("Nothing was checked: what is in the cart is not known.")
    if findings_too:
        for line in lines:
            say(line)
    _end_check(bool(lines), snapshot)


def _end_check(found: bool, *snapshots: Snapshot[Cart]) -> None:
    """Raises ``Exit`` when a check found something, or could not read something."""
    if unread := any(snapshot.warnings for snapshot in snapshots):
        say("What could not be read could not be checked.")
    if found or unread:
        raise click.exceptions.Exit(ExitCode.FOUND)


def _show_changes(context: Context, shown: _Shown, against: _Shown, check: bool) -> None:
    snapshot, earlier = shown.snapshot, against.snapshot
    changes = difference(earlier.data, snapshot.data)
    match chosen_format(context):
        case "json":
            told = {
                **rows.cart(snapshot.data),
                "against": {"order_id": earlier.data.order_id, "fetched_at": utc_text(earlier.fetched_at)},
                "changes": rows.cart_changes(changes),
            }
            write(json_text(envelope(snapshot, told)))
        case "csv":
            shown.say_state()
            write(csv_text(rows.CART_CHANGE_COLUMNS, rows.cart_changes(changes)))
        case "table":
            shown.say_state()
            _say_against(against)
            write(_changes_page(changes, snapshot.data.currency), terminal=True)
    if check:
        findings = sum(len(selection.findings) for selection in selections(snapshot.data))
        say(f"{plural(len(changes), 'change')}, {plural(findings, 'finding')}.")
        _end_check(bool(changes or findings), snapshot, earlier)


def _say_against(against: _Shown) -> None:
    earlier = against.snapshot
    order = f"order {earlier.data.order_id}" if earlier.data.order_id else "an empty cart"
    say(f"Compared with {order}, {against.come_by} at {utc_text(earlier.fetched_at)}.")
    for warning in earlier.warnings:
        say(f"Of that one: {warning}")


def _changes_page(changes: tuple[CartChange, ...], currency: str) -> str:
    from qtydash.cli.cart_page import changes_table

    return changes_table(changes, currency) if changes else "Nothing changed in the gift selections and lines.\n"
