"""How ``qtydash cart`` takes away what is still open of gift selections."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from qtydash.cli.cart import session_reads
from qtydash.cli.context import Context
from qtydash.cli.engine import Engine, engine
from qtydash.cli.write_options import Asked
from qtydash.cli.writing import Rules, carry_out, check_asked, reviewed
from qtydash.domain.carts import Cart, SelectionKey, selections
from qtydash.domain.changes import Intent, open_in_all
from qtydash.domain.errors import NotFound
from qtydash.domain.review import Proposal
from qtydash.domain.vendors import CART
from qtydash.services.carts import removal_intent, removal_of_all_intent
from qtydash.services.clock import utc_now


def remove_some(context: Context, session: str, key: SelectionKey, quantity: int, asked: Asked) -> None:
    """Take ``quantity`` open pieces of one gift selection away. Raises ``Exit`` unless it was done."""
    with _opened(context, session, asked) as (running, cart):
        found = next((s for s in selections(cart) if s.key == key), None)
        if found is None:
            raise NotFound(
                f"{CART.name} knows no gift selection {key[1]} of promotion {key[0]} in cart {cart.order_id}.",
                hint=f"Nothing was sent. `qtydash cart show --session {session}` shows the selections.",
            )
        now = utc_now()
        intent = removal_intent(session, cart, found, quantity, now=now, seen_at=now)
        carry_out(running, [_review(running, intent, asked)], asked, Rules())


def remove_all(context: Context, session: str, count: int, asked: Asked) -> None:
    """Take everything open in a cart away, if that is ``count`` pieces. Raises ``Exit`` unless it was done."""
    with _opened(context, session, asked) as (running, cart):
        now = utc_now()
        proposal = _review(running, removal_of_all_intent(session, cart, now=now, seen_at=now), asked)
        carry_out(running, [_counted(proposal, count)], asked, Rules())


@contextmanager
def _opened(context: Context, session: str, asked: Asked) -> Iterator[tuple[Engine, Cart]]:
    """The engine, and the session's cart as it is now. Raises ``NotFound`` when there is none."""
    check_asked(context, asked)
    with engine(context, writes=not asked.dry_run) as running:
        reads, name = session_reads(running.opened, session)
        cart = running.run(reads.live(name)).data
        if cart.is_empty:
            raise NotFound(f"The cart of session {name!r} is empty.", hint="Nothing was sent.")
        yield running, cart


def _review(running: Engine, intent: Intent, asked: Asked) -> Proposal:
    # What the cart held a moment ago is nothing that a person has seen.
    intent = replace(intent, seen=None, seen_at=None, reason=asked.reason)
    (proposal,) = reviewed(running, [intent])
    return proposal


def _counted(proposal: Proposal, count: int) -> Proposal:
    """The proposal, refused where all that is open is not as much as was said."""
    facts = proposal.observed.facts if proposal.observed is not None else None
    if proposal.refusal or facts is None or (found := open_in_all(facts)) == count:
        return proposal
    return replace(proposal, refusal=f"--quantity says {count}, and {found} are open in the cart.")
