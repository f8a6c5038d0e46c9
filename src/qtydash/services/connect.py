"""How a vendor is reached: its credentials and its client, had when the first live read needs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from qtydash.config.models import Profile, Secret
from qtydash.domain.errors import Unauthorized
from qtydash.domain.vendors import Vendor, VendorKey
from qtydash.services import log

if TYPE_CHECKING:
    import asyncio

    from pydantic import SecretStr

    from qtydash.adapters.http import VendorClient

A = TypeVar("A", covariant=True)
T = TypeVar("T")


class CredentialMissing(Unauthorized):
    """A credential could not be had from where the configuration says it is. Nothing was sent."""

    default_hint = ""


class Connection(Generic[A]):
    """One adapter and its client, made once, in the event loop of the first read that asks for it."""

    def __init__(self, make: Callable[[], Awaitable[tuple[A, VendorClient]]]) -> None:
        self._make = make
        self._lock: asyncio.Lock | None = None
        self._made: tuple[A, VendorClient] | None = None

    async def adapter(self) -> A:
        """Raises ``CredentialMissing``; the next call then tries again."""
        import asyncio

        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            if self._made is None:
                self._made = await self._make()
            return self._made[0]

    async def aclose(self) -> None:
        """Close the client. A later read makes a new one."""
        made, self._made = self._made, None
        if made is not None:
            await made[1].aclose()


async def credential(vendor: Vendor, secret: Secret, config_file: Path) -> SecretStr:
    """Resolve a secret off the loop: a command may take seconds. Raises ``CredentialMissing``."""
    from qtydash.config.errors import SecretError
    from qtydash.config.secrets import resolve

    try:
        found = await _in_daemon(partial(resolve, secret, config_file))
    except SecretError as error:
        raise CredentialMissing(
            f"The credentials for {vendor.name} cannot be had: {error}", request_started=False
        ) from None
    log.hide(found)
    return found


async def _in_daemon(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread that the program's end does not wait for, as it does for ``asyncio.to_thread``."""
    import asyncio
    import threading
    from concurrent.futures import Future

    done: Future[T] = Future()

    def run() -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            done.set_exception(error)

    threading.Thread(target=run, name="qtydash-credential", daemon=True).start()
    return await asyncio.wrap_future(done)


# SHOPLINE documents 20; a quarter leaves room for the shop's other tools. AX Cloud documents none and answers a
# product in many pages, which are few at a time as it is. The others answer in one page.
REQUESTS_PER_SECOND: dict[VendorKey, float] = {"tickets": 100, "gifts": 5, "cart": 5, "order_qty": 5}

# BLAZE pages nothing: 100,000 records of one product are 40 MiB in one answer.
MAX_MIB: dict[VendorKey, int] = {"tickets": 8, "gifts": 8, "cart": 8, "order_qty": 56}
# A record of BLAZE has 16. Whether AX Cloud's page counts rows or options is not documented: a hundred options
# of a year are 36,600 rows of six.
MAX_VALUES: dict[VendorKey, int] = {"tickets": 450_000, "gifts": 100_000, "cart": 100_000, "order_qty": 2_500_000}


def client(
    vendor: Vendor, base_url: str, profile: Profile, headers: Mapping[str, SecretStr | str]
) -> VendorClient:
    """The vendor's HTTP client, with the profile's proxy and its right to write. Loads the network library."""
    from qtydash.adapters.http import VendorClient

    return VendorClient(
        vendor,
        base_url,
        profile=profile.name,
        write=profile.write,
        headers=headers,
        proxy=profile.proxy,
        per_second=REQUESTS_PER_SECOND[vendor.key],
        max_bytes=MAX_MIB[vendor.key] * 2**20,
        max_values=MAX_VALUES[vendor.key],
    )


def prefixed(scheme: str, secret: SecretStr) -> SecretStr:
    """``scheme``, a blank and the secret, still secret."""
    return type(secret)(f"{scheme} {secret.get_secret_value()}")
