"""Carts: reading a session's, or an order someone saved to a file, and removing what is still open."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qtydash.config.models import CartSession, CartSource, Profile
from qtydash.domain.cart_removal import (
    all_removal_facts,
    left_open_words,
    removal_facts,
    side_effect_words,
    side_effects,
)
from qtydash.domain.carts import Cart, GiftSelection, SelectionKey, selections
from qtydash.domain.changes import Facts, Intent, Kind, WriteRequest, open_in_all
from qtydash.domain.errors import NotFound, Refused, Unauthorized, UnexpectedAnswer, VendorError
from qtydash.domain.review import NO_OBJECTION, Objection, Observed
from qtydash.domain.snapshot import OnProgress, Reading, Snapshot
from qtydash.domain.vendors import CART
from qtydash.services.connect import Connection, client, credential
from qtydash.services.names import unknown
from qtydash.services.port import BatchRules, Told
from qtydash.services.read import CachedReads
from qtydash.storage.cache import Cache, Source
from qtydash.storage.carts import CARTS

if TYPE_CHECKING:
    from qtydash.adapters.carts import CartsApi
    from qtydash.adapters.http import VendorClient

MAX_ORDER = 8 * 1024 * 1024
"""Bytes of a saved or pasted order that are accepted."""


class OrderFileError(Exception):
    """A saved order cannot be shown. The text is a sentence."""


def connection(
    profile: Profile, source: CartSource, session: CartSession, config_file: Path
) -> Connection[CartsApi]:
    """Oracle Commerce as one session sees it; each session has a client of its own, so no credential is shared."""

    async def make() -> tuple[CartsApi, VendorClient]:
        from qtydash.adapters.carts import CartCredentials, CartsApi

        secrets = {
            name: await credential(CART, secret, config_file)
            for name in ("password", "token", "visitor_id")
            if (secret := getattr(session, name)) is not None
        }
        http = client(CART, source.base_url, profile, {})
        credentials = CartCredentials(
            name=session.name,
            username=session.username,
            password=secrets.get("password"),
            token=secrets.get("token"),
            visitor_id=secrets.get("visitor_id"),
            organization=session.organization,
            site=session.site,
            token_lifetime=source.token_lifetime,
        )
        return CartsApi(http, credentials), http

    return Connection(make)


def current(
    apis: Mapping[str, Connection[CartsApi]], cache: Cache, source: Source, now: Callable[[], datetime]
) -> CachedReads[str, Cart]:
    """A session's current cart; the query is the session's name."""

    async def ask(session: str, _: OnProgress | None) -> Reading[Cart]:
        if session not in apis:
            raise unknown("session", session, apis)
        return await (await apis[session].adapter()).current()

    return CachedReads(CART, ask, cache, CARTS, source, now)


def from_file(path: Path | str, now: Callable[[], datetime]) -> Snapshot[Cart]:
    """The order saved in a file, ``-`` for standard input: a GET answer, a change's answer or an agent's view.

    ``fetched_at`` is when the file was last written. Raises ``OrderFileError``.
    """
    body, fetched_at = _contents(str(path), now)
    return _order(body, fetched_at, _called(path))


def from_text(text: str, now: Callable[[], datetime]) -> Snapshot[Cart]:
    """The order in a text that someone pasted, read as ``from_file`` reads a file. Raises ``OrderFileError``."""
    return _order(text.encode("utf-8", "replace"), now(), "The pasted text")


def _order(body: bytes, fetched_at: datetime, called: str) -> Snapshot[Cart]:
    if len(body) > MAX_ORDER:
        raise OrderFileError(f"{called} is larger than 8 MiB, so it is no saved order.")
    if not body.strip():
        raise OrderFileError(
            f"{called} is no saved order: it is empty. The answer 204 of an empty cart has no body; "
            "save it with its headers (curl -i), and it is shown as one."
        )
    from qtydash.adapters.cart_orders import parse_order

    try:
        reading = parse_order(body)
    except Unauthorized as error:
        raise OrderFileError(
            f"{called} holds a refusal, no order: {error.reason} Whoever asked was not logged in, or no longer: "
            "log in and save the answer again."
        ) from error
    except (Refused, NotFound) as error:
        raise OrderFileError(f"{called} holds a refusal, no order: {error.reason}") from error
    except VendorError as error:
        raise OrderFileError(
            f"{called} is no saved order: {error.reason} Save the answer of orders/current as JSON."
        ) from error
    return Snapshot(reading.data, fetched_at, "cache", reading.complete, reading.warnings)


def _contents(path: str, now: Callable[[], datetime]) -> tuple[bytes, datetime]:
    try:
        if path == "-":
            return sys.stdin.buffer.read(MAX_ORDER + 1), now()
        with Path(path).open("rb") as file:
            body = file.read(MAX_ORDER + 1)
        return body, datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
        raise OrderFileError(f"{_called(path)} cannot be read: {reason.lower()}.") from error


def _called(path: Path | str) -> str:
    return "The order on standard input" if str(path) == "-" else f"The file {path}"


class CartChanges:
    """Removing what is still open of gift selections: the engine's port to Oracle Commerce.

    One unresolved change per cart: the counts of its selections hang together.
    """

    vendor = CART
    kinds = frozenset({Kind.CART_REMOVE, Kind.CART_REMOVE_ALL})
    rules = BatchRules()

    def __init__(self, apis: Mapping[str, Connection[CartsApi]], origin: str, now: Callable[[], datetime]) -> None:
        self.origin = origin
        self._apis = apis
        self._now = now
        self._seen: dict[str, Cart] = {}

    def request(self, intent: Intent) -> WriteRequest:
        """See ``ChangePort``. The identifier goes out as an integer."""
        from qtydash.adapters.carts import REMOVE_ALL, removal_request

        if intent.kind is Kind.CART_REMOVE_ALL:
            return REMOVE_ALL
        return removal_request(*_selection_key(intent), intent.amount or 0)

    def objection(self, intent: Intent, before: Facts, expected: Facts) -> Objection:
        """See ``ChangePort``. Everything open is asked about again when it is not the number that was typed."""
        if intent.kind is Kind.CART_REMOVE_ALL:
            typed, now = open_in_all(intent.seen or before), open_in_all(before)
            words = f"Open in the cart: {typed} when this was staged, {now} now."
            return NO_OBJECTION if typed == now else Objection(question=words)
        still_open = before["available"]
        if (intent.amount or 0) <= still_open:
            return NO_OBJECTION
        words = f"Only {still_open} of it can still be removed." if still_open > 0 else "Nothing of it is open."
        return Objection(refusal=words)

    async def observe(self, intents: Sequence[Intent], *, max_age: timedelta) -> Mapping[str, Observed]:
        """See ``ChangePort``. Nothing is kept, so ``max_age`` is always met.

        That one session's cart cannot be read says nothing about another's.
        """
        carts: dict[str, tuple[Cart | VendorError, datetime]] = {}
        for session in sorted({_session(intent) for intent in intents}):
            try:
                carts[session] = await self._current(session), self._now()
            except VendorError as error:
                carts[session] = error, self._now()
        errors = [told for told, _ in carts.values() if isinstance(told, VendorError)]
        if errors and len(errors) == len(carts):
            raise errors[0]
        return {intent.target: self._observed(intent, *carts[_session(intent)]) for intent in intents}

    async def _current(self, session: str) -> Cart:
        reading = await (await self._api(session)).current()
        if not reading.complete:
            raise UnexpectedAnswer(" ".join(reading.warnings))
        return reading.data

    async def send(self, intent: Intent, op_id: str) -> Told:
        """See ``ChangePort``. What changed in the cart beside the counts is told in ``note``."""
        api = await self._api(_session(intent))
        if intent.kind is Kind.CART_REMOVE_ALL:
            answer = await api.remove_all_selectable_quantity(op_id)
        else:
            promotion, gift = _selection_key(intent)
            answer = await api.remove_selectable_quantity(promotion, gift, intent.amount or 0, op_id)
        cart = answer.data
        if cart.order_id != intent.ids["order"]:
            raise UnexpectedAnswer(
                f"{CART.name} answered the removal with another cart, {cart.order_id or 'one without an id'}.",
                hint="The removal may have been made: read the cart again before trying anything.",
                status=200,
            )
        note = " ".join(filter(None, (self._side_effects(intent, cart), *answer.warnings)))
        return Told(200, _facts(intent, cart), data=cart, note=note)

    async def _api(self, session: str) -> CartsApi:
        if session not in self._apis:  # a change outlives the configuration that it was staged under
            raise VendorError(
                str(unknown("session", session, self._apis)),
                hint="A change is made in the session that it was staged in: configure that one, or unstage it.",
                request_started=False,
            )
        return await self._apis[session].adapter()

    def _observed(self, intent: Intent, cart: Cart | VendorError, at: datetime) -> Observed:
        if isinstance(cart, VendorError):
            return Observed(at, None, unread=cart)
        self._seen[intent.target] = cart
        if cart.order_id != intent.ids["order"]:
            now = f"cart {cart.order_id}" if cart.order_id else "no cart"
            return Observed(at, None, f"The session has {now} now, not cart {intent.ids['order']}.")
        return Observed(at, _facts(intent, cart))

    def _side_effects(self, intent: Intent, cart: Cart) -> str:
        of_all = intent.kind is Kind.CART_REMOVE_ALL
        told = left_open_words(cart) if of_all else ""
        if (before := self._seen.get(intent.target)) is not None:
            beside = side_effects(before, cart, None if of_all else _selection_key(intent))
            told = f"{told} {side_effect_words(beside, cart.currency or before.currency)}"
        return told.strip()


def removal_target(order_id: str) -> str:
    """What a change of a cart calls its target."""
    return f"cart:{order_id}"


def removal_intent(
    session: str, cart: Cart, selection: GiftSelection, quantity: int, *, now: datetime, seen_at: datetime
) -> Intent:
    """Take ``quantity`` open pieces of one selection away, as seen at ``seen_at``."""
    return Intent(
        kind=Kind.CART_REMOVE,
        target=removal_target(cart.order_id),
        label=f"{selection.label} in cart {cart.order_id}",
        staged_at=now,
        amount=quantity,
        ids={
            "session": session,
            "order": cart.order_id,
            "promotion": selection.promotion_id,
            "gift": selection.gift_id,
        },
        seen=removal_facts(selection),
        seen_at=seen_at,
    )


def removal_of_all_intent(session: str, cart: Cart, *, now: datetime, seen_at: datetime) -> Intent:
    """Take every open piece of every selection away."""
    return Intent(
        kind=Kind.CART_REMOVE_ALL,
        target=removal_target(cart.order_id),
        label=f"Cart {cart.order_id}",
        staged_at=now,
        ids={"session": session, "order": cart.order_id},
        seen=all_removal_facts(cart),
        seen_at=seen_at,
    )


def _session(intent: Intent) -> str:
    return str(intent.ids["session"])


def _facts(intent: Intent, cart: Cart) -> Facts | None:
    if intent.kind is Kind.CART_REMOVE_ALL:
        return all_removal_facts(cart)
    wanted = _selection_key(intent)
    return next((removal_facts(selection) for selection in selections(cart) if selection.key == wanted), None)


def _selection_key(intent: Intent) -> SelectionKey:
    return str(intent.ids["promotion"]), int(intent.ids["gift"])
