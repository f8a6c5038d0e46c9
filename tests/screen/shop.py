"""A small shop with fixed data, and a dashboard over it that contacts nobody."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from qtydash.config.models import (
    CartSession,
    CartSource,
    GiftsSource,
    NamedProduct,
    OrderQtySource,
    Paths,
    Profile,
    Secret,
    TicketsSource,
)
from qtydash.domain.carts import Cart, CartLine, GiftInfo, ItemMarker, OrderMarker
from qtydash.domain.changes import Facts, Intent, Kind, WriteRequest
from qtydash.domain.errors import Unreachable, VendorError
from qtydash.domain.gifts import UNLIMITED, Gift, objection
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.pace import Observation
from qtydash.domain.review import Objection, Observed
from qtydash.domain.snapshot import OnProgress, Snapshot
from qtydash.domain.tickets import Availability, TicketDay, TicketOption, TicketProduct
from qtydash.domain.vendors import CART, GIFTS, ORDER_QTY, TICKETS, Vendor
from qtydash.services.background import Background
from qtydash.services.changes import Changes
from qtydash.services.port import BatchRules, ChangePort, Told
from qtydash.services.sources import Sources
from qtydash.storage.journal import Journal
from qtydash.tui.app import DEFAULT_KEYS, QtyDash
from qtydash.tui.glyphs import UNICODE, Glyphs
from qtydash.tui.keymap import Keymap
from qtydash.tui.looks import Looks
from qtydash.tui.panes.changes import ChangesPane
from qtydash.tui.panes.room import ORDER
from qtydash.tui.workspace import Workspace

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
SIZES = ((80, 24), (120, 40), (160, 48))
PATIENCE = 60.0
"""Seconds until a test gives up waiting for what does not come."""

T = TypeVar("T")


@dataclass
class StubReads(Generic[T]):
    """A vendor that answers what it is told to: ``seen`` from the cache, ``answer`` or ``error`` live."""

    vendor: Vendor
    seen: Snapshot[T] | None = None
    answer: Snapshot[T] | None = None
    error: VendorError | None = None
    hold: bool = False
    asked: list[object] = field(default_factory=list)

    def cached(self, query: object) -> Snapshot[T] | None:
        return self.seen

    async def live(self, query: object, on_progress: OnProgress | None = None) -> Snapshot[T]:
        self.asked.append(query)
        if self.hold:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        assert self.answer is not None
        return self.answer


def days() -> tuple[TicketDay, ...]:
    """Twelve options from 1 March to 30 April with every state in the first week shown."""
    found = []
    for option in range(12):
        for offset in range(61):
            on = date(2026, 3, 1) + timedelta(days=offset)
            left = (option * 7 + offset * 3) % 23 + 6
            left = {5: 4, 6: 0, 7: -3}.get(offset, left) if option == 1 else left
            sold = 10 if (option, offset) == (2, 6) else 30 - left
            if (option, offset) not in {(0, 7), (3, 5)}:
                found.append(
                    TicketDay(f"option-{option:02d}", on, 30, left, sold, f"inv-{option:02d}-{offset:02d}")
                )
    return tuple(found)


OPTION_NAMES = (
    "Adult",
    "Child",
    "Senior",
    "小人チケット 夏季限定",
    "Group of ten",
    "Evening",
    *map("Slot {}".format, range(6)),
)
AVAILABILITY = Availability(
    "day-ticket",
    days(),
    tuple(TicketOption(f"option-{n:02d}", name) for n, name in enumerate(OPTION_NAMES)),
)
PRODUCTS = (TicketProduct("day-ticket", "Day ticket", city="Seoul"), TicketProduct("night", "Night ticket"))

GIFT_LIST = (
    Gift(f"{1:024x}", "BAG-01", (("en", "Canvas bag"), ("zh-hant", "帆布袋")), "active", 21, False, NOW),
    Gift(f"{2:024x}", "BAG-02", (("zh-hant", "夏季限定 帆布袋"),), "active", 3, False, NOW - timedelta(days=2)),
    Gift(f"{3:024x}", "CUP-01", (("en", "Cup"),), "active", 0, True, NOW - timedelta(hours=5)),
    Gift(f"{4:024x}", "CUP-01", (("en", "Cup, second run"),), "draft", 40, False, None),
    Gift(f"{5:024x}", "PEN-07", (("en", "Pen"),), "active", -2, False, NOW - timedelta(minutes=9)),
    Gift(f"{6:024x}", "", (), "active", 0, False, NOW - timedelta(days=40)),
    *(
        Gift(f"{n:024x}", f"PIN-{n:02d}", (("en", f"Pin {n}"),), "active", n * 3, False, NOW - timedelta(days=n))
        for n in range(7, 41)
    ),
)

CART_NOW = Cart(
    "o690411",
    "USD",
    Decimal("634.50"),
    "siteUS",
    (
        CartLine("ci-1", "camcorder_1", "camsku_1_3", "HD Flash Memory Camcorder", 1, Decimal(597), Decimal(597)),
        CartLine(
            "ci-2",
            "Product_6Dxyi",
            "Sku_6Exyi",
            "Amores Perros",
            1,
            Decimal("19.99"),
            Decimal(0),
            (ItemMarker("promo40001", -2112496103, 1, 0, 0, 0),),
        ),
        CartLine(
            "ci-3",
            "mug",
            "mug_1",
            "Mug",
            3,
            Decimal("12.50"),
            Decimal("37.50"),
            (ItemMarker("promo50002", 77, 0, 0, 1, 2),),
        ),
    ),
    (
        OrderMarker("promo40001", -2112496103, 1, 1, 0, 0, 0, 0, "product", "Product_6Dxyi", True),
        OrderMarker("promo50002", 77, 4, 0, 0, 1, 1, 0, "product", "mug", False),
    ),
    (GiftInfo("promo40001", -2112496103, 0, "product", "Product_6Dxyi"), GiftInfo("promo50002", 77, 3, "product")),
    (("promo40001", "Buy a camcorder"), ("promo50002", "Four free mugs")),
)


def _hold(n: int, minutes: int, quantity: str, **other: Any) -> OrderQty:
    touched = NOW - timedelta(minutes=minutes)
    return OrderQty(
        f"coq-{n:03d}",
        "company-1",
        "shop-1",
        touched,
        touched,
        other.get("deleted", False),
        False,
        f"inventory-{n % 3}",
        "region-1",
        "prod-1",
        f"cart-{n // 2:03d}",
        Decimal(quantity),
        None,
        other.get("active", True),
        other.get("submitted", False),
    )


HOLDS = (
    _hold(1, 2, "1"),
    _hold(2, 46, "2.5"),
    _hold(3, 60 * 26, "0.125"),
    _hold(4, 5, "3", submitted=True),
    _hold(5, 300, "1", active=False),
    _hold(6, 400, "1", deleted=True),
    replace(_hold(7, 0, "4"), created=None, modified=None),
    _hold(8, -90, "2"),
    *(_hold(n, n * 3, f"{n}.5") for n in range(9, 60)),
)

_FAKE = Secret("plain", ("obviously-fake",))
PROFILE = Profile(
    "prod",
    label="Han River park",
    tickets=TicketsSource(_FAKE, _FAKE, products=(NamedProduct("day-ticket", "Day ticket"),)),
    gifts=GiftsSource(_FAKE, "handle"),
    cart=CartSource("https://shop.example.com", (CartSession("support", visitor_id=_FAKE),)),
    order_qty=OrderQtySource(_FAKE, _FAKE, products=(NamedProduct("prod-1", "Gummies"), NamedProduct("prod-2"))),
)

OUTAGE = Unreachable("The connection was refused.", hint="Check the network; cached data stays readable.")


LOOKED_AT = NOW - timedelta(hours=1)


@dataclass
class StubPast:
    """What was left of ticket days at the last look, an hour ago, and when yesterday ended, where it was another
    number."""

    look: dict[Any, int] = field(default_factory=dict)
    yesterday: dict[Any, int] = field(default_factory=dict)
    kept: list[tuple[str, datetime]] = field(default_factory=list)

    def of_day(self, product: str, option: str, day: date, inventory: str) -> tuple[Observation, ...]:
        return ()

    def moved_since(self, product: str, when: datetime) -> dict[Any, int]:
        return self.look if NOW - when < timedelta(hours=6) else self.yesterday

    def last_look(self, product: str) -> datetime | None:
        return LOOKED_AT

    def keep_look(self, product: str, fetched_at: datetime) -> None:
        self.kept.append((product, fetched_at))


@dataclass
class Shop:
    """The stubs of one dashboard."""

    tickets: StubReads[Availability]
    ticket_products: StubReads[tuple[TicketProduct, ...]]
    gifts: StubReads[tuple[Gift, ...]]
    cart: StubReads[Cart]
    order_qty: StubReads[tuple[OrderQty, ...]]
    past: StubPast = field(default_factory=StubPast, kw_only=True)

    @property
    def each(self) -> tuple[StubReads[Any], ...]:
        return self.tickets, self.gifts, self.cart, self.order_qty


def live_snapshot(data: T, **other: Any) -> Snapshot[T]:
    return Snapshot(data, NOW - timedelta(seconds=12), "live", **other)


def cached_snapshot(data: T, **other: Any) -> Snapshot[T]:
    return Snapshot(data, NOW - timedelta(hours=3), "cache", **other)


def shop(state: str = "live") -> Shop:
    """A shop in one state: ``live``, ``cached`` (live is awaited), ``offline``, ``empty`` or ``error``."""
    before = {("option-00", date(2026, 3, 8), "inv-00-07"): 9, ("option-04", date(2026, 3, 7), "inv-04-06"): 1}
    full: tuple[tuple[Vendor, Any, Any, dict[Any, Any]], ...] = (
        (TICKETS, AVAILABILITY, Availability("day-ticket", ()), {}),
        (TICKETS, PRODUCTS, (), {}),
        (GIFTS, GIFT_LIST, (), {f"{1:024x}": 20, f"{2:024x}": 8}),
        (CART, CART_NOW, Cart(""), {}),
        (ORDER_QTY, HOLDS, (), {"coq-001": Decimal(2)}),
    )
    stubs: list[StubReads[Any]] = []
    for vendor, data, nothing, previous in full:
        match state:
            case "live":
                stub = StubReads[Any](vendor, None, live_snapshot(data, previous=previous))
            case "cached":
                stub = StubReads[Any](vendor, cached_snapshot(data), hold=True)
            case "offline":
                stub = StubReads[Any](vendor, cached_snapshot(data), error=OUTAGE)
            case "empty":
                stub = StubReads[Any](vendor, None, live_snapshot(nothing))
            case _:
                stub = StubReads[Any](vendor, error=OUTAGE)
        stubs.append(stub)
    return Shop(*stubs, past=StubPast(dict(before) if state == "live" else {}))


class ShopSources(Sources):
    """The stubs, where the dashboard looks for its sources."""

    def __init__(self, stubs: Shop) -> None:
        super().__init__(Profile("empty"), Paths(Path("none"), Path("none"), Path("none")), lambda: NOW)
        self.tickets, self.ticket_products = stubs.tickets, stubs.ticket_products
        self.gifts, self.cart, self.order_qty = stubs.gifts, stubs.cart, stubs.order_qty
        self.ticket_history = stubs.past  # type: ignore[assignment]


STARTING = 100
"""Looks for whether every pane was made and the changes were opened; tests that hold that up go on without."""


@dataclass
class Dashboard:
    """A running dashboard and the one who presses its keys."""

    app: QtyDash
    pilot: Pilot[int]
    drawn: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever something was drawn."""

    @property
    def changes(self) -> ChangesPane:
        return next(pane for pane in self.app.listings if isinstance(pane, ChangesPane))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Wait until every read that can end has ended and the screen is drawn."""
        stubs = vars(self.app.workspace.sources).values()
        waiting = [stub.vendor for stub in stubs if isinstance(stub, StubReads) and stub.hold]
        held = {pane for pane in self.app.panes if pane.vendor in waiting}
        for worker in [w for w in self.app.workers if w.node not in held]:
            with suppress(WorkerCancelled):  # a newer read took its place
                await worker.wait()
        await self.pilot.pause()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what is to be seen on the screen, looking whenever it was drawn.

        For what no worker waits for, as ``settle`` does: a batch that a stub holds up.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self.drawn.clear()
                    await self.drawn.wait()
        await self.pilot.pause()
        assert holds(), self.text

    @property
    def text(self) -> str:
        return screen_text(self.app)

    def line_with(self, words: str) -> str:
        """The first line of the screen that holds ``words``."""
        return next((line for line in self.text.splitlines() if words in line), "")


@dataclass
class StubStock:
    """SHOPLINE's side of a change: stock in memory, and what goes wrong when it is asked for.

    ``errors`` are raised by the next sends, one each (None: goes well); ``applies`` tells whether such a send is
    done all the same. ``hold`` keeps sends waiting; ``sent`` are the requests that came.
    """

    stock: dict[str, int] = field(default_factory=dict)
    unlimited: frozenset[str] = frozenset()
    errors: list[VendorError | None] = field(default_factory=list)
    applies: bool = True
    read_error: VendorError | None = None
    hold: bool = False
    sent: list[tuple[str, str, object]] = field(default_factory=list)
    vendor: Vendor = GIFTS
    origin: str = "https://open.shopline.io"
    kinds: frozenset[Kind] = frozenset({Kind.GIFT_ADJUST, Kind.GIFT_SET})
    rules: BatchRules = field(default_factory=BatchRules)

    def request(self, intent: Intent) -> WriteRequest:
        body = {"quantity": intent.amount or 0, "replace": intent.kind is Kind.GIFT_SET}
        return WriteRequest("PUT", f"/v1/gifts/{intent.ids['gift']}/update_quantity", body)

    def objection(self, intent: Intent, before: Facts, expected: Facts) -> Objection:
        return objection(intent, expected)

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> dict[str, Observed]:
        if self.read_error is not None:
            raise self.read_error
        return {intent.target: self._observed(str(intent.ids["gift"])) for intent in intents}

    def _observed(self, gift: str) -> Observed:
        if gift not in self.stock:
            return Observed(NOW, None)
        return Observed(NOW, {"quantity": self.stock[gift]}, UNLIMITED if gift in self.unlimited else "")

    async def send(self, intent: Intent, op_id: str) -> Told:
        request, gift = self.request(intent), str(intent.ids["gift"])
        self.sent.append((request.method, request.path, request.body))
        if self.hold:
            await asyncio.Event().wait()
        error = self.errors.pop(0) if self.errors else None
        if error is None or self.applies:
            self.stock[gift] = intent.expected({"quantity": self.stock[gift]})["quantity"]
        if error is not None:
            raise error
        return Told(200, {"quantity": self.stock[gift]})


def stub_stock(gifts: Sequence[Gift] = GIFT_LIST) -> StubStock:
    """The stock of the shop's gifts."""
    unlimited = frozenset(gift.id for gift in gifts if gift.unlimited)
    return StubStock({gift.id: gift.quantity for gift in gifts}, unlimited)


WRITABLE = replace(PROFILE, write=True)


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def opened(
    stubs: Shop | Sources | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    profile: Profile = PROFILE,
    offline: bool = False,
    now: Any = lambda: NOW,
    glyphs: Glyphs = UNICODE,
    keymap: Keymap = DEFAULT_KEYS,
    looks: Looks | None = None,
    stock: ChangePort | None = None,
    home: Path | None = None,
) -> AsyncIterator[Dashboard]:
    """The dashboard over ``stubs``, after its first reads. Its journal is in ``home``, or gone with it."""
    sources = stubs if isinstance(stubs, Sources) else ShopSources(stubs if stubs is not None else shop())
    background = Background()
    folder = TemporaryDirectory()
    ports = sources.change_ports or [stock or stub_stock()]
    journal = Journal((home or Path(folder.name)) / "journal.db")
    changes = Changes(
        profile, journal, ports, now, purpose="The dashboard", sleep=_at_once, operator="tester@here"
    )
    app = QtyDash(Workspace(profile, sources, background, now, lambda: changes, offline, glyphs), keymap, looks)
    app.tick_every = 3_600.0  # a second passes when the test says ``tick``, not while a busy machine is slow
    try:
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            dashboard = Dashboard(app, pilot)
            app.post_display_hook = dashboard.drawn.set  # type: ignore[method-assign]
            for _ in range(STARTING):
                await pilot.pause()
                if app.change_watch is not None and len(app.listings) == len(ORDER):
                    break
            await dashboard.settle()
            yield dashboard
    finally:
        background.close(sources.aclose)
        changes.close()
        folder.cleanup()


def screen_text(app: QtyDash) -> str:
    """What stands on the screen, line by line, without trailing blanks."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


def screen_svg(app: QtyDash) -> str:
    """The screen as a picture whose ids do not change from run to run."""
    return re.sub(r"terminal-\d+", "terminal-0", app.export_screenshot(simplify=True))
