"""``qtydash demo``: the dashboard on the embedded sandbox, with nothing of the user's read or touched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from qtydash.cli import failure


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Other numbers, other data.")
@click.option("--latency", type=click.IntRange(0, 60_000), default=0, metavar="MS", help="Delay every answer.")
@click.pass_context
def demo(ctx: click.Context, seed: int, latency: int) -> None:
    """Look around: the dashboard on a sandbox of its own, which ends with it. Changes are allowed."""
    if not failure.on_terminal():
        raise failure.Misuse("The dashboard needs a terminal. For scripts there is `qtydash sandbox`.")
    from qtydash.sandbox.app import create_app
    from qtydash.sandbox.profile import config_toml
    from qtydash.sandbox.server import SandboxServer
    from qtydash.tui.run import run

    with SandboxServer(create_app(seed=seed, latency_ms=latency)) as server, _own_home() as home:
        file = home / "config.toml"
        file.touch(0o600)
        file.write_text(config_toml(server.url), encoding="utf-8")
        code = run(None, None, False)
    ctx.exit(code)


@contextmanager
def _own_home() -> Iterator[Path]:
    """A folder for configuration, cache and journal; every setting in the environment is out of the way."""
    before = {name: value for name, value in os.environ.items() if name.startswith("QTYDASH_")}
    with TemporaryDirectory(prefix="qtydash-demo-") as folder:
        try:
            for name in before:
                del os.environ[name]
            os.environ["QTYDASH_HOME"] = folder
            yield Path(folder)
        finally:
            os.environ.pop("QTYDASH_HOME", None)
            os.environ.update(before)
