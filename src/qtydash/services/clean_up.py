"""A clean-up: order-quantity rows frozen by id, deleted one by one on the change engine, looked up at the end."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from qtydash.domain.changes import Intent, Kind, State
from qtydash.domain.errors import InvalidId, VendorError
from qtydash.domain.order_qty import OrderQty
from qtydash.domain.order_qty_delta import Listed, delta, delta_words
from qtydash.domain.order_qty_sums import Tally, freed
from qtydash.domain.review import Proposal
from qtydash.services.changes import Changes, NotNow
from qtydash.services.order_qty import HoldChanges, HoldLists
from qtydash.services.order_qty_intents import cart_deletion_intent, held_ids, products_of

_SAME_READ = timedelta(minutes=5)
"""The lists that a plan has just read serve as what was there before."""

CART_WARNING = "Rows of products that are not listed here go too: the vendor deletes the whole cart."


class CleanUp:
    """The deletion of frozen rows, from the fresh read to what the lists are afterwards.

    It belongs to one event loop. ``before`` are the lists as the plan has read them.
    """

    def __init__(self, changes: Changes, intents: Sequence[Intent]) -> None:
        self.changes = changes
        self.intents = tuple(intents)
        self.before: Listed = {}

    async def plan(self) -> tuple[Proposal, ...]:
        """Read every row afresh. Raises ``NotNow``."""
        port = hold_port(self.changes)
        proposals = await self.changes.plan(self.intents)
        if all(proposal.unread is None for proposal in proposals):
            self.before = (await port.listed(products_of(self.intents), max_age=_SAME_READ)).by_id
        return proposals

    async def lists_since(self, outcomes: Iterable[tuple[Intent, State | None]]) -> str:
        """What the lists are now against what they were before, in sentences.

        ``outcomes`` are the deletions with what each came to.
        """
        told = list(outcomes)
        deleted = self._listed(intent for intent, state in told if state is State.CONFIRMED)
        doubtful = self._listed(intent for intent, state in told if state is State.UNKNOWN)
        try:
            after = (await hold_port(self.changes).listed(products_of(self.intents))).by_id
        except (VendorError, InvalidId) as error:
            why = error.full if isinstance(error, VendorError) else str(error)
            return f"{len(deleted):,} deleted; the list could not be read again to compare. {why}"
        return delta_words(delta(self.before, after, deleted, doubtful), len(deleted))

    def _listed(self, intents: Iterable[Intent]) -> list[str]:
        """The rows of deletions that were there before."""
        return [id for intent in intents for id in held_ids(intent) if id in self.before]


def cart_intent(cart: str, lists: HoldLists, reason: str = "") -> Intent:
    """Delete all of a cart, whose rows are those in ``lists``. Raises ``NotNow`` when there is none."""
    rows = [
        (product, hold)
        for product, holds in lists.of.items()
        for hold in holds.values()
        if hold.consumer_cart_id == cart
    ]
    if not rows:
        raise NotNow(f"No product that was read lists a row of cart {cart}, so there is nothing to delete.")
    return cart_deletion_intent(
        cart, rows, now=lists.read_at, seen_at=lists.read_at, products=lists.of, reason=reason
    )


def hold_port(changes: Changes) -> HoldChanges:
    """The vertical that deletes. Raises ``NotNow`` when the profile has no section for it."""
    port = changes.port_of(Kind.HOLD_DELETE)
    if not isinstance(port, HoldChanges):
        raise NotNow(f"{port.vendor.name} cannot list what is to be deleted.")
    return port


def rows_read(proposal: Proposal) -> tuple[OrderQty, ...]:
    """The records that a deletion would take, as they were read; those that are gone are not among them."""
    observed = proposal.observed
    record = None if observed is None else observed.record
    found = [record] if isinstance(record, OrderQty) else record if isinstance(record, list) else []
    return tuple(each for each in found if isinstance(each, OrderQty) and not each.deleted)


def would_free(proposals: Iterable[Proposal]) -> Tally:
    """What the deletions give back to buyers: what their records hold that hold stock."""
    return freed(row for proposal in proposals for row in rows_read(proposal))
