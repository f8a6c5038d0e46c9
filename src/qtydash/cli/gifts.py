"""``qtydash gifts``: gift stock."""

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.groups import WordedGroup
from qtydash.cli.output import print_rows
from qtydash.cli.reading import live_option, not_configured, open_profile
from qtydash.cli.write_options import Asked, SignedNumbers, pieces, writing_options
from qtydash.domain.changes import Kind
from qtydash.services import rows
from qtydash.services.clock import utc_now

_BELOW_ZERO = "--allow-negative"
_allow_negative = click.option(_BELOW_ZERO, is_flag=True, help="Let the stock fall below zero.")


@click.group(cls=WordedGroup)
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


@gifts.command("set", cls=SignedNumbers)
@click.argument("gift_id", metavar="ID")
@click.argument("quantity", metavar="QTY", type=pieces)
@_allow_negative
@writing_options
@global_options
@pass_context
def set_stock(context: Context, gift_id: str, quantity: int, allow_negative: bool, asked: Asked) -> None:
    """Set the stock of the gift ID to QTY pieces, whatever it is now."""
    _edit(context, Kind.GIFT_SET, gift_id, quantity, allow_negative, asked)


@gifts.command(cls=SignedNumbers)
@click.argument("gift_id", metavar="ID")
@click.argument("amount", metavar="±N", type=pieces)
@_allow_negative
@writing_options
@global_options
@pass_context
def adjust(context: Context, gift_id: str, amount: int, allow_negative: bool, asked: Asked) -> None:
    """Change the stock of the gift ID by N pieces: 3 or +3 adds, -3 takes away."""
    _edit(context, Kind.GIFT_ADJUST, gift_id, amount, allow_negative, asked)


@gifts.command("import")
@click.argument("file", metavar="FILE.csv")
@click.option("--partial", is_flag=True, help="Make the changes that can be made although some rows are errors.")
@click.option("--stage", is_flag=True, help="Stage them for the dashboard's review; send nothing.")
@_allow_negative
@writing_options
@global_options
@pass_context
def import_counts(
    context: Context, file: str, partial: bool, stage: bool, allow_negative: bool, asked: Asked
) -> None:
    """Bring the stock to what was counted, from FILE.csv or - for standard input.

    Columns, in any order: id (or gift_id) or sku; and quantity (or qty, count), the number counted, or delta (or
    change, adjust), how many more or fewer. Other columns are left alone, so what `gifts list --format csv` wrote
    can be edited and read back. Commas, semicolons or tabs; UTF-8, UTF-16, Big5 or Windows-1252.

    Nothing is done when a row is an error, unless --partial.
    """
    from qtydash.cli.gift_edits import import_file
    from qtydash.cli.writing import Rules

    rules = Rules(accept=allow_negative, flag=_BELOW_ZERO, partial=partial)
    import_file(context, file, asked, rules, stage=stage)


def _edit(context: Context, kind: Kind, gift_id: str, amount: int, allow_negative: bool, asked: Asked) -> None:
    # Loaded here: listing gifts needs none of it.
    from qtydash.cli.gift_edits import edit_one
    from qtydash.cli.writing import Rules

    edit_one(context, kind, gift_id, amount, asked, Rules(accept=allow_negative, flag=_BELOW_ZERO))
