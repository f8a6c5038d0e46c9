"""What every reading command does: open the profile, read, say why when it is not live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import click

from qtydash.cli.context import Context
from qtydash.cli.failure import Misuse, failure_of, say
from qtydash.config.models import Config, NamedProduct
from qtydash.domain.errors import InvalidId, NotFound
from qtydash.domain.names import did_you_mean
from qtydash.domain.snapshot import Snapshot
from qtydash.domain.vendors import VENDORS, VendorKey
from qtydash.services import log
from qtydash.services.clock import utc_now
from qtydash.services.names import product_code, product_names
from qtydash.services.read import NothingCached, Reads, age, read_now, read_offline
from qtydash.services.sources import Sources

Q = TypeVar("Q")
T = TypeVar("T")

live_option = click.option("--live", is_flag=True, help="Fail when the vendor cannot be read; no cached rows.")


@dataclass(frozen=True, slots=True)
class Opened:
    """The active profile and what can be read in it."""

    context: Context
    config: Config
    sources: Sources

    def read(self, reads: Reads[Q, T], query: Q, *, live: bool) -> Snapshot[T]:
        """Read once, and say on standard error why, when what is returned is not live.

        Raises ``VendorError``, ``NothingCached``, ``InvalidId``.
        """
        if live and self.context.offline:
            raise click.UsageError("--live and --offline exclude each other.")
        try:
            return read_offline(reads, query) if self.context.offline else self._read_now(reads, query, live)
        finally:
            for notice in self.sources.notices:
                say(notice)

    def read_product(
        self, reads: Reads[str, T], given: str, products: Sequence[NamedProduct], *, live: bool
    ) -> Snapshot[T]:
        """``read`` of the product that ``given`` names; one that is found nowhere gets the nearest known name."""
        try:
            return self.read(reads, product_code(given, products), live=live)
        except (NotFound, InvalidId, NothingCached) as error:
            known = product_names(products)
            failure = failure_of(error)
            if failure is None or given in known or not (hint := did_you_mean(given, known)):
                raise
            raise type(failure)(f"{failure.message} {hint}") from error

    def _read_now(self, reads: Reads[Q, T], query: Q, live: bool) -> Snapshot[T]:
        import asyncio

        async def once() -> tuple[Snapshot[T], str]:
            try:
                return await read_now(reads, query, live_only=live)
            finally:
                await self.sources.aclose()

        snapshot, reason = asyncio.run(once())
        if reason:
            say(f"{reason} Showing what was read {age(snapshot, utc_now())} ago.")
        return snapshot


def open_profile(context: Context) -> Opened:
    """Load the configuration. Raises ``ConfigError``."""
    from qtydash.config.load import load

    config = load(context.config_file, context.profile)
    log.begin(config.paths.journal_db)
    return Opened(context, config, Sources(config.profile, config.paths, utc_now))


def not_configured(key: VendorKey, config: Config) -> Misuse:
    """The sentence for a vendor whose section is missing."""
    return Misuse(
        f"Profile {config.profile.name!r} has no section for {VENDORS[key].name}. "
        f"Add [profiles.{config.profile.name}.{key}] to {config.paths.config_file}."
    )
