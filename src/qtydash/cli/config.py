"""``qtydash config``: make, check and show the configuration."""

from collections.abc import Sequence
from pathlib import Path

import click

from qtydash.cli.context import Context, global_options, pass_context
from qtydash.cli.failure import ExitCode, Failure, Misuse, say
from qtydash.cli.groups import WordedGroup
from qtydash.cli.output import chosen_format, print_rows, write
from qtydash.config.models import Config, Secret
from qtydash.domain.snapshot import Snapshot
from qtydash.services.clock import utc_now
from qtydash.services.export import Row, json_text


@click.group(cls=WordedGroup)
@global_options
def config() -> None:
    """Make, check and show the configuration."""


@config.command()
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@click.option("--sandbox", metavar="URL", help="Write one that points at a running `qtydash sandbox`.")
@global_options
@pass_context
def init(context: Context, force: bool, sandbox: str | None) -> None:
    """Write a commented configuration that only you can read."""
    from qtydash.config.create import AlreadyThere, create
    from qtydash.config.paths import locate
    from qtydash.config.starter import starter

    path = locate(context.config_file).config_file
    text = starter() if sandbox is None else _of_sandbox(sandbox)
    try:
        create(path, text, replace=force)
    except AlreadyThere as error:
        raise Failure(str(error)) from None
    say(f"Wrote {path}; only you can read it.")
    if sandbox is None:
        say("Switch on the vendors you use in it, then run `qtydash config check`.")


@config.command()
@global_options
@pass_context
def check(context: Context) -> None:
    """Test each vendor's credentials with its cheapest read."""
    import asyncio

    from qtydash.config.load import load
    from qtydash.domain.vendors import VENDOR_KEYS

    if context.offline:
        raise Misuse("A check asks the vendors: leave out --offline.")
    loaded = load(context.config_file, context.profile)
    profile = loaded.profile
    _say_doubts(loaded)
    if not any(profile.base_url(vendor) for vendor in VENDOR_KEYS):
        raise Misuse(
            f"Profile {profile.name!r} has no vendor, so there is nothing to check. "
            f"Add a section such as [profiles.{profile.name}.tickets] to {loaded.paths.config_file}."
        )

    from qtydash.services.check import check_sources

    checks = asyncio.run(check_sources(profile, loaded.paths, utc_now))
    rows = [
        {
            "vendor": result.vendor.key,
            "name": result.vendor.name,
            "ok": result.ok,
            "seconds": round(result.seconds, 2),
            "words": result.words,
        }
        for result in checks
    ]
    _print(context, ("vendor", "name", "ok", "seconds", "words"), rows)
    if not all(result.ok for result in checks):
        raise click.exceptions.Exit(ExitCode.FAILED)


@config.command()
@global_options
@pass_context
def show(context: Context) -> None:
    """Show every value and where it comes from. Secrets are named, never shown."""
    from qtydash.config.load import load
    from qtydash.config.outline import dotted, values

    loaded = load(context.config_file, context.profile)
    found: list[tuple[str, object]] = [("profile", loaded.profile.name)]
    found += [
        (dotted(place), _plain(place[-1], value, loaded.paths.config_file))
        for place, value in values(loaded.profile)
    ]
    found += [(f"keys.{id}", key) for id, key in loaded.keys.items()]
    rows = [{"key": key, "value": value, "origin": str(loaded.origins[key])} for key, value in found]
    _print(context, ("key", "value", "origin"), rows)


@config.command()
@global_options
@pass_context
def keys(context: Context) -> None:
    """List every command of the dashboard with its key and its id, by which `keys` names it."""
    from qtydash.config.errors import ConfigMissing
    from qtydash.config.load import load
    from qtydash.tui.keymap import keymap

    try:
        asked = load(context.config_file, context.profile).keys
    except ConfigMissing:
        asked = {}
    own = keymap(asked)
    for warning in own.warnings:
        say(warning)
    rows = [
        {"id": each.id, "key": each.shown, "own": each.id in own.keys, "help": each.help}
        for each in own.commands()
    ]
    _print(context, ("id", "key", "own", "help"), rows)


@config.command()
@global_options
@pass_context
def path(context: Context) -> None:
    """Show where the configuration, the cache, the journal and the log are."""
    from qtydash.config.paths import locate
    from qtydash.services.log import log_file

    paths = locate(context.config_file)
    files = {"config": paths.config_file, "cache": paths.cache_db, "journal": paths.journal_db}
    files["log"] = log_file(paths.journal_db)
    rows = [{"file": name, "exists": place.exists(), "path": str(place)} for name, place in files.items()]
    _print(context, ("file", "exists", "path"), rows)


@config.command()
@global_options
def schema() -> None:
    """Print the JSON schema of config.toml, for editors."""
    from qtydash.config.schema import json_schema

    write(json_text(json_schema()))


def _say_doubts(loaded: Config) -> None:
    """What the dashboard would warn of: keys and a theme that it cannot use."""
    from qtydash.tui.keymap import keymap
    from qtydash.tui.looks import Looks, theme_names

    _, doubt = Looks(loaded.profile.theme).first(theme_names())
    for warning in (*keymap(loaded.keys).warnings, *filter(None, [doubt])):
        say(warning)


def _of_sandbox(url: str) -> str:
    from qtydash.config.rules import base_url
    from qtydash.sandbox.profile import config_toml

    try:
        return config_toml(base_url(url))
    except ValueError as error:
        words = str(error)
    raise click.UsageError(f"--sandbox {words}")


def _plain(key: str | int, value: object, config_file: Path) -> object:
    """A value of a profile as JSON has it."""
    from datetime import timedelta

    from qtydash.config.rules import in_words
    from qtydash.config.secrets import describe

    match value:
        case Secret():
            return describe(value, config_file)
        case timedelta():
            return in_words(value)
        case tuple():
            return list(value)
        case None if key == "refresh":
            return "off"
    return value


def _print(context: Context, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Print rows; a table here cuts nothing, since a path or a sentence is of no use in part."""
    now = utc_now()
    if chosen_format(context) != "table":
        print_rows(context, Snapshot(rows, now, "live"), columns, rows, columns, now)
        return
    from qtydash.cli.table import table_text
    from qtydash.services.export import plain_cell

    shown = [{column: row[column] if plain_cell(row[column]) else "-" for column in columns} for row in rows]
    write(table_text(columns, shown, widest=None), terminal=True)
