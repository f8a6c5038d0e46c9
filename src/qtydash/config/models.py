"""What a profile holds: plain frozen dataclasses, so that whoever only reads them loads no validation library.

``config.load`` validates them with pydantic. The text under each field is its documentation: the starter file,
the schema and the reference are made from it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal

from qtydash.domain.order_qty import DEFAULT_STALE_AFTER
from qtydash.domain.tickets import LowThreshold
from qtydash.domain.vendors import VendorKey

STRICT = {"extra": "forbid", "use_attribute_docstrings": True}

SecretKind = Literal["plain", "env", "command", "keyring", "file"]


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a credential is found, or, for ``plain``, the credential itself. Never shown."""

    kind: SecretKind
    where: tuple[str, ...] = field(repr=False)
    """One element, but for ``command``: its argument list."""


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product the operator works with, under the name they give it."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    code: str
    """The vendor's id of the product (`code` for tickets, `id` for order quantity)."""
    name: str = ""
    """What to call it."""


@dataclass(frozen=True, slots=True)
class TicketsSource:
    """AX Cloud channel API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    api_key: Secret
    """Sent as `Authorization: Token …`."""
    channel_code: Secret
    """Sent as `Channel: Code …`."""
    base_url: str = "https://prod.ax-cloud.com"
    """The test system is https://test.ax-cloud.com."""
    page_size: int = 100
    """Rows asked for per page, 1 to 500."""
    low: LowThreshold = field(default_factory=LowThreshold)
    """A day is low at `left` pieces or fewer, or at `ratio` of its maximum or less."""
    products: tuple[NamedProduct, ...] = ()
    """Products offered first; the first is shown at start."""
    option_names: dict[str, str] = field(default_factory=dict)
    """Option code to name, used where the vendor tells none."""


@dataclass(frozen=True, slots=True)
class GiftsSource:
    """SHOPLINE Open API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    token: Secret
    """Sent as `Authorization: Bearer …`."""
    user_agent: str
    """The merchant handle; the vendor demands it as User-Agent."""
    base_url: str = "https://open.shopline.io"
    """Older shops: https://open.shoplineapp.com."""
    low: int = 5
    """A gift is low at this many pieces or fewer."""
    languages: tuple[str, ...] = ("en", "zh-hant")
    """Title languages, the preferred first."""


@dataclass(frozen=True, slots=True)
class CartSession:
    """One way into a cart: a login, a token, or a visitor id."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    name: str
    """What to call it, unique in the profile."""
    username: str = ""
    """With `password`: logs in, and refreshes the token before it expires."""
    password: Secret | None = None
    """The shopper's or agent's password."""
    token: Secret | None = None
    """A bearer token made elsewhere; it is not refreshed."""
    visitor_id: Secret | None = None
    """Sent as `X-CCVisitorId`."""
    organization: str = ""
    """Sent as `X-CCOrganization`."""
    site: str = ""
    """Sent as `X-CCSite`."""


@dataclass(frozen=True, slots=True)
class CartSource:
    """Oracle Commerce storefront API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    base_url: str
    """The storefront's own address."""
    sessions: tuple[CartSession, ...] = ()
    """The carts that can be looked into; the first is shown at start."""
    token_lifetime: timedelta = timedelta(minutes=15)
    """How long a login token lives; it is renewed a minute before."""


@dataclass(frozen=True, slots=True)
class OrderQtySource:
    """BLAZE partner API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    partner_key: Secret
    """The partner key, sent in `partner_key_header`."""
    developer_key: Secret
    """The developer key, sent raw as `Authorization`."""
    base_url: str = "https://api.partners.blaze.me"
    """The partner API's address."""
    partner_key_header: str = "x-api-key"
    """Some accounts need `partner_key` here."""
    stale_after: timedelta = DEFAULT_STALE_AFTER
    """A hold is stale when active, not submitted and not touched for this long."""
    products: tuple[NamedProduct, ...] = ()
    """The products whose holds are listed (`id` and `name`); the vendor has no call that lists them."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One shop: its four sources and how careful to be with them."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    name: str
    """The table's own name."""
    label: str = ""
    """What the header shows; the profile's name when empty."""
    write: bool = False
    """Read-only unless true."""
    max_bulk: int = 200
    """More deletions than this in one batch are refused."""
    reconcile_after: timedelta = timedelta(seconds=90)
    """How long after sending an unknown outcome may be judged by reading."""
    refresh: timedelta | None = timedelta(seconds=60)
    """Time between automatic refreshes, at least 5s; "off" for none."""
    proxy: str = ""
    """A proxy for all four vendors; proxy variables of the environment are ignored on purpose."""
    tickets: TicketsSource | None = None
    gifts: GiftsSource | None = None
    cart: CartSource | None = None
    order_qty: OrderQtySource | None = None

    @property
    def title(self) -> str:
        return self.label or self.name

    def base_url(self, vendor: VendorKey) -> str | None:
        """The configured address of a vendor, None when its section is missing."""
        section = getattr(self, vendor)
        return None if section is None else str(section.base_url)


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the files are: the configuration, the cache (disposable) and the journal (never)."""

    config_file: Path
    cache_db: Path
    journal_db: Path


@dataclass(frozen=True, slots=True)
class Config:
    """The active profile and where everything is kept."""

    paths: Paths
    profile: Profile
    profiles: tuple[str, ...]
    """Names of all profiles in the file."""
