"""``qtydash sandbox``: the four APIs on this machine, until ctrl-c."""

import sys
from collections.abc import Sequence

import click

from qtydash.sandbox.faults import GRAMMAR, FaultSpecError, parse_fault


def _checked(_ctx: click.Context, _param: click.Parameter, specs: tuple[str, ...]) -> Sequence[str]:
    for spec in specs:
        try:
            parse_fault(spec)
        except FaultSpecError as error:
            raise click.BadParameter(f"{error}\n\n{GRAMMAR}") from None
    return specs


# Click reflows paragraphs; \b keeps one as it is.
_EPILOG = "\n\n".join(f"\b\n{paragraph}" for paragraph in GRAMMAR.split("\n\n"))


@click.command(
    help="Run the four vendors' APIs on this machine, with data of their own.\n\nNothing leaves the machine. "
    "Point a configuration at it with `qtydash config init --sandbox URL`. What was asked of it is told at "
    "URL/_sandbox/ledger. Stop it with ctrl-c.",
    epilog=_EPILOG,
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--latency",
    type=click.IntRange(0, 60_000),
    default=0,
    metavar="MS",
    help="Milliseconds added to every answer.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SPEC",
    callback=_checked,
    help="Something that goes wrong, see below. May be repeated.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other numbers.")
def sandbox(port: int, latency: int, faults: Sequence[str], seed: int) -> None:
    from qtydash.sandbox.app import create_app
    from qtydash.sandbox.server import SandboxServer

    server = SandboxServer(create_app(seed=seed, latency_ms=latency, faults=faults), port)
    try:
        server.serve_forever(on_ready=_announce)
    except OSError as error:
        words = error.strerror or str(error)
        click.echo(
            f"The sandbox cannot listen on port {port}: {words}. Choose another port, or --port 0 for a free one.",
            err=True,
        )
        sys.exit(1)


def _announce(url: str) -> None:
    click.echo(
        f"The sandbox listens at {url} (all four APIs; stop it with ctrl-c).\n"
        f"To use it, make a configuration for it in another terminal, then open the dashboard:\n"
        f"  qtydash config init --sandbox {url}\n"
        f"  qtydash",
        err=True,
    )
