"""``qtydash``: the dashboard when called alone, else one noun per command, loaded when it is run."""

import click

from qtydash import __version__
from qtydash.cli.context import Context, global_options
from qtydash.cli.dashboard import open_dashboard
from qtydash.cli.failure import Misuse, on_terminal
from qtydash.cli.groups import LazyGroup

_COMMANDS = {
    "tickets": ("qtydash.cli.tickets:tickets", "Day-ticket availability (AX Cloud)."),
    "gifts": ("qtydash.cli.gifts:gifts", "Gift stock (SHOPLINE)."),
    "cart": ("qtydash.cli.cart:cart", "A cart and its gift selections (Oracle Commerce)."),
    "order-qty": ("qtydash.cli.order_qty:order_qty", "Stock held by online carts (BLAZE)."),
    "changes": ("qtydash.cli.changes:changes", "What was staged and sent, and what came of it."),
    "watch": ("qtydash.cli.watch:watch", "Look for what needs a person, again and again."),
    "config": ("qtydash.cli.config:config", "Make, check and show the configuration."),
    "demo": ("qtydash.cli.demo:demo", "Look around: the dashboard on a sandbox of its own."),
    "sandbox": ("qtydash.cli.sandbox:sandbox", "Serve the four APIs with made-up data."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS, invoke_without_command=True)
@global_options
@click.version_option(__version__, prog_name="qtydash", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Quantities kept in four commerce APIs, in one terminal dashboard.

    Without a command the dashboard opens. With one, data go to standard output and words to standard error.
    """
    if ctx.invoked_subcommand is None:
        ctx.exit(_dashboard(ctx.obj))


def _dashboard(context: Context) -> int:
    if not on_terminal():
        from qtydash.config.load import load

        load(context.config_file, context.profile)
        raise Misuse("The dashboard needs a terminal. In scripts use a command: `qtydash --help` lists them.")
    return open_dashboard(context.config_file, context.profile, context.offline)
