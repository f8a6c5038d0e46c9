"""What a profile holds: plain frozen dataclasses, so that whoever only reads them loads no validation library.

``config.load`` validates them with pydantic by the rules in their annotations. The text under each field is its
documentation: the starter file, the schema and the reference are made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from qtydash.config import rules
from qtydash.config.credentials import Credential
from qtydash.config.credentials import Secret as Secret
from qtydash.config.credentials import SecretKind as SecretKind
from qtydash.config.markers import Between, Checked, ReadAs
from qtydash.config.rules import BaseUrl, Duration, HeaderValue, Interval, Line, Proxy, Refresh, VendorId
from qtydash.domain.order_qty import DEFAULT_STALE_AFTER
from qtydash.domain.tickets import LowThreshold
from qtydash.domain.vendors import VendorKey

STRICT = {"extra": "forbid", "use_attribute_docstrings": True}


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product the operator works with, under the name they give it."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    code: VendorId
    """The vendor's id of the product."""
    name: Line = ""
    """What to call it."""


@dataclass(frozen=True, slots=True)
class HeldProduct(NamedProduct):
    """A product whose holds are listed. Its code is written `id`, as that vendor calls it."""

    __pydantic_config__: ClassVar[dict[str, object]] = {
        **STRICT,
        "alias_generator": lambda name: "id" if name == "code" else name,
    }

    code: VendorId
    """The vendor's id of the product."""
    name: Line = ""
    """What to call it."""


@dataclass(frozen=True, slots=True)
class TicketsSource:
    """AX Cloud channel API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    api_key: Credential
    """Sent as `Authorization: Token …`."""
    channel_code: Credential
    """Sent as `Channel: Code …`."""
    base_url: BaseUrl = "https://prod.ax-cloud.com"
    """The test system is https://test.ax-cloud.com."""
    page_size: Annotated[int, Between(1, 500)] = 100
    """Rows asked for per page, 1 to 500."""
    low: Annotated[LowThreshold, Checked(rules.low_threshold)] = field(default_factory=LowThreshold)
    """A day is low at `left` pieces or fewer, or at `ratio` of its maximum or less."""
    products: Annotated[tuple[NamedProduct, ...], Checked(rules.unique("code"))] = ()
    """Products offered first; the first is shown at start."""
    option_names: dict[str, Line] = field(default_factory=dict)
    """Option code to name, used where the vendor tells none."""


@dataclass(frozen=True, slots=True)
class GiftsSource:
    """SHOPLINE Open API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    token: Credential
    """Sent as `Authorization: Bearer …`."""
    user_agent: Annotated[str, Checked(rules.required_header_value)]
    """The merchant handle; the vendor demands it as User-Agent."""
    base_url: BaseUrl = "https://open.shopline.io"
    """Older shops: https://open.shoplineapp.com."""
    low: Annotated[int, Between(0, 9_999_999)] = 5
    """A gift is low at this many pieces or fewer."""
    languages: Annotated[tuple[Line, ...], Checked(rules.languages)] = ("en", "zh-hant")
    """Title languages, the preferred first."""


def _has_a_way_in(session: "CartSession") -> "CartSession":
    if bool(session.username) != bool(session.password):
        raise ValueError("needs `username` and `password` together.")
    if not (session.username or session.token or session.visitor_id):
        raise ValueError("needs a way in: `username` and `password`, or `token`, or `visitor_id`.")
    return session


@dataclass(frozen=True, slots=True)
class CartSession:
    """One way into a cart: a login, a token, or a visitor id."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    name: Annotated[str, Checked(rules.session_name)]
    """What to call it, unique in the profile."""
    username: Line = ""
    """With `password`: logs in, and refreshes the token before it expires."""
    password: Credential | None = None
    """The shopper's or agent's password."""
    token: Credential | None = None
    """A bearer token made elsewhere; it is not refreshed."""
    visitor_id: Credential | None = None
    """Sent as `X-CCVisitorId`."""
    organization: HeaderValue = ""
    """Sent as `X-CCOrganization`."""
    site: HeaderValue = ""
    """Sent as `X-CCSite`."""


@dataclass(frozen=True, slots=True)
class CartSource:
    """Oracle Commerce storefront API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    base_url: BaseUrl
    """The storefront's own address."""
    sessions: Annotated[
        tuple[Annotated[CartSession, Checked(_has_a_way_in)], ...], Checked(rules.unique("name"))
    ] = ()
    """The carts that can be looked into; the first is shown at start."""
    token_lifetime: Duration = timedelta(minutes=15)
    """How long a login token lives; it is renewed a minute before."""


@dataclass(frozen=True, slots=True)
class OrderQtySource:
    """BLAZE partner API."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    partner_key: Credential
    """The partner key, sent in `partner_key_header`."""
    developer_key: Credential
    """The developer key, sent raw as `Authorization`."""
    base_url: BaseUrl = "https://api.partners.blaze.me"
    """The partner API's address."""
    partner_key_header: Annotated[str, Checked(rules.header_name)] = "x-api-key"
    """Some accounts need `partner_key` here."""
    stale_after: Duration = DEFAULT_STALE_AFTER
    """A hold is stale when active, not submitted and not touched for this long."""
    products: Annotated[
        tuple[NamedProduct, ...],
        ReadAs(Annotated[tuple[HeldProduct, ...], Checked(rules.unique("code"))]),
    ] = ()
    """The products whose holds are listed (`id` and `name`); the vendor has no call that lists them."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One shop: its four sources and how careful to be with them."""

    __pydantic_config__: ClassVar[dict[str, object]] = STRICT

    name: str
    """The table's own name."""
    label: Line = ""
    """What the header shows; the profile's name when empty."""
    write: bool = False
    """Read-only unless true."""
    max_bulk: Annotated[int, Between(1, 10_000)] = 200
    """More deletions than this in one batch are refused."""
    reconcile_after: Duration = timedelta(seconds=90)
    """How long after sending an unknown outcome may be judged by reading."""
    refresh: Refresh = timedelta(seconds=60)
    """Time between automatic refreshes, at least 5s; "off" for none."""
    watch_every: Interval = timedelta(minutes=5)
    """How often `qtydash watch` looks, at least every 5s."""
    watch_command: Annotated[tuple[str, ...], Checked(rules.command)] = ()
    """A program and its arguments that `qtydash watch` runs when its findings change; no shell reads it."""
    glyphs: Literal["unicode", "ascii"] = "unicode"
    """The marks on the screen; "ascii" for terminals that draw the others badly."""
    theme: Line = ""
    """The screen's colours, such as "nord" or "ansi-light"; when empty, the theme chosen last on the screen."""
    proxy: Proxy = ""
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
class Provenance:
    """Where an effective value comes from. ``where`` names the file's key, the variable or the option."""

    kind: Literal["default", "file", "environment", "command line"]
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}" if self.where else self.kind


@dataclass(frozen=True, slots=True)
class Config:
    """The active profile and where everything is kept."""

    paths: Paths
    profile: Profile
    profiles: tuple[str, ...]
    """Names of all profiles in the file."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The operator's own keys, by the id of their command, as they are written: not all of them may be usable."""
    origins: Mapping[str, Provenance] = field(default_factory=dict, repr=False)
    """Where each effective value comes from, by its dotted key (`tickets.base_url`); `profile` is the choice."""
