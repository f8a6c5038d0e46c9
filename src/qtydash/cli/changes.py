"""``qtydash changes``: what was staged and sent, what came of it, and how doubt is settled."""

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.groups import WordedGroup
from qtydash.cli.write_options import reason_text
from qtydash.domain.changes import State

LISTED = 1_000


@click.group(cls=WordedGroup)
@global_options
def changes() -> None:
    """What was staged and sent, and what came of it."""


@changes.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in State], case_sensitive=False),
    help="Only changes in this state; may be repeated.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=LISTED,
    show_default=True,
    metavar="N",
    help="The newest N; those without a known outcome are always listed.",
)
@global_options
@pass_context
def list_changes(context: Context, states: tuple[str, ...], limit: int) -> None:
    """List the changes: those without a known outcome first, then what is staged, then the newest."""
    from qtydash.cli.change_history import print_list

    print_list(context, [State(state) for state in states], limit)


@changes.command()
@click.argument("op", metavar="OP")
@global_options
@pass_context
def show(context: Context, op: str) -> None:
    """Show the change OP with everything that happened to it. The beginning of its id is enough."""
    from qtydash.cli.change_history import print_one

    print_one(context, op)


@changes.command()
@click.argument("op", metavar="[OP]", required=False)
@global_options
@pass_context
def reconcile(context: Context, op: str | None) -> None:
    """Find out by reading whether a change was made; without OP, all whose outcome is unknown.

    It waits until a late answer cannot matter any more (reconcile_after in the profile), then reads twice. It
    writes nothing to the shop. Exit 4 while an outcome is still not known.
    """
    from qtydash.cli.change_history import settle

    settle(context, op)


@changes.command()
@click.argument("op", metavar="OP")
@click.option("--applied/--not-applied", default=None, help="Your verdict: it was made, or it was not.")
@click.option("--reason", metavar="TEXT", required=True, callback=reason_text, help="What you looked at.")
@global_options
@pass_context
def resolve(context: Context, op: str, applied: bool | None, reason: str) -> None:
    """Write down your own verdict on the change OP. The beginning of its id is enough."""
    if applied is None:
        raise click.UsageError("Give your verdict: --applied or --not-applied.")
    if not reason:
        raise click.UsageError("--reason is empty: say what you looked at, and what it showed.")
    from qtydash.cli.change_history import judge

    judge(context, op, applied=applied, reason=reason)
